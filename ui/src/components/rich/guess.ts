// Which markup a text is written in: a tracker does not say. Told by signs that plain text seldom has; without any it is plain text,
// which can never be drawn wrong. Pure.

export type Markup = 'plain' | 'textile' | 'markdown' | 'html';

/** Longer texts stay plain: drawing them could hold the page up, whatever they are made of. */
export const LONGEST = 20_000;

/** Tags that an editor writes. Textile has `pre` and `code` of its own. */
const tags =
  /<\/?(?:p|br|div|span|ul|ol|li|table|tbody|tr|td|th|strong|em|b|i|u|a|h[1-6]|blockquote|hr|img)(?:\s[^<>]*)?\/?>/i;

const textileSigns: readonly RegExp[] = [
  /^h[1-6](?:\([^)\n]*\))?\. \S/m,
  /^(?:bq|bc|p|pre)(?:[(<>=][^.\n]*)?\. \S/m,
  /"[^"\n]{1,200}":(?:https?:\/\/|mailto:)\S/,
  /(?:^|[\s(])@[^@\s][^@\n]{0,200}@(?=[\s,.;:!?)]|$)/m,
  /(?:^|[\s(])\*[^*\s][^*\n]{0,200}(?<=[^*\s])\*(?=[\s,.;:!?)]|$)/m,
  /(?:^|\n)(?:\*{1,4} \S[^\n]*\n){2}/,
  /(?:^|\n)#{1,4} \S[^\n]*\n#{1,4} \S/,
  /^\|(?:_\.|[<>=~^]\.)/m,
  /^\|[^\n|]+\|[^\n]*\|\s*$/m,
  /<pre>|<code>/,
  /(?:^|\s)![^!\s]{1,200}\.(?:png|jpe?g|gif|webp)!/i,
];

const markdownSigns: readonly RegExp[] = [
  /^ {0,3}```/m,
  /^ {0,3}~~~/m,
  /\*\*[^*\s][^*\n]{0,200}\*\*/,
  /\[[^\]\n]{1,200}\]\((?:https?:\/\/|mailto:|#|\/)[^)\n]*\)/,
  /(?:^|[^`])`[^`\n]{1,200}`(?!`)/,
  /^\|[ :|-]*-{3,}[ :|-]*\|?\s*$/m,
  /(?:^|\n)#{1,6} [^\n]+(?:\n(?!#{1,4} )|$)/,
  /^- \[[ xX]\] /m,
  /!\[[^\]\n]{0,200}\]\([^)\n]+\)/,
];

const count = (signs: readonly RegExp[], text: string) => signs.filter((sign) => sign.test(text)).length;

export function guess(text: string): Markup {
  if (text.length > LONGEST) return 'plain';
  if (tags.test(text)) return 'html';
  const [textile, markdown] = [count(textileSigns, text), count(markdownSigns, text)];
  if (textile === 0 && markdown === 0) return 'plain';
  // What both could be is Textile: trackers come with it.
  return markdown > textile ? 'markdown' : 'textile';
}
