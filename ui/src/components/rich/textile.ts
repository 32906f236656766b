// Textile as Redmine writes it, as HTML that is still to be made harmless. The package there is for it takes exponential time over a
// list of dashes, so a ticket could stop the page; here every pattern is bounded, and a text costs about as much as it is long. Not
// here: raw HTML (trackers show it as words, but for `pre` and `code`), macros, wiki links, footnotes, looks.

/** Marks of what is put aside while the rest is read. They mean nothing in a text. */
const [OPEN, CLOSE] = ['\ue000', '\ue001'];
const aside = /\ue000(\d+)\ue001/g;

/** What may stand between a sign and its point: a class, a style, a language, an alignment. */
const LOOKS = String.raw`(?:\([^)\n]{0,80}\)|\{[^}\n]{0,200}\}|\[[^\]\n]{0,20}\]|[<>=~^_]|\\\d|/\d){0,6}`;
const block = new RegExp(String.raw`^(h[1-6]|bq|bc|p)${LOOKS}\. (.*)$`, 's');
const cell = new RegExp(String.raw`^(_?)(?:${LOOKS})\. (.*)$`, 's');
const item = /^([*#]{1,8}) +(\S.*)$/;
const row = /^\|(.*)\|\s*$/;
const quote = /^> ?(.*)$/;

const phrases: readonly [sign: string, tag: string][] = [
  ['**', 'b'],
  ['*', 'strong'],
  ['__', 'i'],
  ['_', 'em'],
  ['??', 'cite'],
  ['-', 'del'],
  ['+', 'ins'],
  ['^', 'sup'],
  ['~', 'sub'],
  ['%', ''],
];
const escaped = (sign: string) => sign.replace(/[*?+^]/g, String.raw`\$&`);
const phrasePatterns = phrases.map(([sign, tag]) => {
  const mark = escaped(sign);
  const looks = sign === '%' ? String.raw`(?:\{[^}\n]{0,200}\})?` : '';
  const words = String.raw`([^\s${escaped(sign[0] ?? '')}](?:[^\n]{0,400}?[^\s${escaped(sign[0] ?? '')}])?)`;
  const before = String.raw`(^|[\s(\[{>"'«„—–-])`;
  const after = String.raw`(?=$|[\s)\]}.,;:!?"'»“<—–-])`;
  return [new RegExp(before + mark + looks + words + mark + after, 'gm'), tag] as const;
});

const inert = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function textile(text: string): string {
  const kept: string[] = [];
  const keep = (html: string) => `${OPEN}${kept.push(html) - 1}${CLOSE}`;
  const source = text
    .replace(/[\ue000\ue001]/g, '')
    .replaceAll('\r\n', '\n')
    .replace(/<pre(?:\s[^>\n]{0,200})?>([\s\S]*?)<\/pre>/gi, (_, code: string) => `\n\n${keep(pre(code))}\n\n`);
  const html = source
    .split(/\n[ \t]*\n/)
    .map((part) => blockOf(part.replace(/^\n+|\n+$/g, ''), keep))
    .join('\n');
  return back(html, kept);
}

const pre = (code: string): string =>
  `<pre>${inert(code.replace(/^\s*<code(?:\s[^>\n]{0,200})?>/i, '').replace(/<\/code>\s*$/i, ''))}</pre>`;

/** Puts back what was put aside; what was put aside may hold more of it. */
function back(html: string, kept: readonly string[], depth = 0): string {
  if (depth > 6) return html.replace(aside, '');
  return html.replace(aside, (_, place: string) => back(kept[Number(place)] ?? '', kept, depth + 1));
}

type Keep = (html: string) => string;

function blockOf(part: string, keep: Keep): string {
  if (part === '') return '';
  if (/^\ue000\d+\ue001$/.test(part)) return part;
  const signed = block.exec(part);
  if (signed) {
    const [, sign = '', words = ''] = signed;
    if (sign === 'bc') return `<pre>${inert(words)}</pre>`;
    if (sign === 'bq') return `<blockquote><p>${lines(words, keep)}</p></blockquote>`;
    // A heading is one line; what follows it at once is a paragraph.
    const [first = '', ...rest] = words.split('\n');
    if (sign === 'p') return `<p>${lines(words, keep)}</p>`;
    return `<${sign}>${inline(first, keep)}</${sign}>${blockOf(rest.join('\n'), keep)}`;
  }
  return groups(part.split('\n'))
    .map(({ kind, of }) => {
      if (kind === 'list') return list(of, keep);
      if (kind === 'table') return table(of, keep);
      if (kind === 'quote')
        return `<blockquote><p>${lines(of.map((line) => quote.exec(line)?.[1] ?? '').join('\n'), keep)}</p></blockquote>`;
      return `<p>${lines(of.join('\n'), keep)}</p>`;
    })
    .join('');
}

type Kind = 'list' | 'table' | 'quote' | 'words';
const kindOf = (line: string): Kind =>
  item.test(line) ? 'list' : row.test(line) ? 'table' : quote.test(line) ? 'quote' : 'words';

/** Lines of one kind that follow one another. */
function groups(of: readonly string[]): { kind: Kind; of: string[] }[] {
  const found: { kind: Kind; of: string[] }[] = [];
  for (const line of of) {
    const kind = kindOf(line);
    const last = found.at(-1);
    if (last?.kind === kind) last.of.push(line);
    else found.push({ kind, of: [line] });
  }
  return found;
}

const lines = (text: string, keep: Keep): string =>
  text
    .split('\n')
    .map((line) => inline(line, keep))
    .join('<br>');

/** Lists of lists by the number of signs. */
function list(of: readonly string[], keep: Keep): string {
  const open: string[] = [];
  let html = '';
  for (const line of of) {
    const [, signs = '*', words = ''] = item.exec(line) ?? [];
    const tag = signs.endsWith('#') ? 'ol' : 'ul';
    while (open.length > signs.length) html += `</li></${open.pop()}>`;
    if (open.length === signs.length) {
      html += '</li>';
      if (open.at(-1) !== tag) {
        html += `</${open.pop()}><${tag}>`;
        open.push(tag);
      }
    }
    while (open.length < signs.length) {
      open.push(tag);
      html += `<${tag}>${open.length < signs.length ? '<li>' : ''}`;
    }
    html += `<li>${inline(words, keep)}`;
  }
  while (open.length > 0) html += `</li></${open.pop()}>`;
  return html;
}

function table(of: readonly string[], keep: Keep): string {
  const rows = of.map((line) => {
    const cells = (row.exec(line)?.[1] ?? '').split('|').map((one) => {
      const [, head, words] = cell.exec(one.trimStart()) ?? [undefined, '', one];
      const tag = head === '_' ? 'th' : 'td';
      return `<${tag}>${inline((words ?? '').trim(), keep)}</${tag}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table><tbody>${rows.join('')}</tbody></table>`;
}

const code = /@([^@\n]{1,400})@|<code(?:\s[^>\n]{0,100})?>([^\n]{0,2000}?)<\/code>/gi;
const linked = /"([^"\n]{1,300})":((?:https?:\/\/|mailto:)[^\s<>"|\ue000\ue001]{1,2000})/gi;
const picture = /(^|[\s(])!([^!\s]{1,500}\.(?:png|jpe?g|gif|webp|bmp|svg)|https?:\/\/[^!\s]{1,500})!/gim;

/** Words of one line. */
function inline(words: string, keep: Keep): string {
  const named = words
    .replace(code, (_, at?: string, tag?: string) => keep(`<code>${inert(at ?? tag ?? '')}</code>`))
    .replace(linked, (_, text: string, to: string) => {
      let href = to.replace(/[.,;:!?]+$/, '');
      if (!href.includes('(')) href = href.replace(/\)+$/, '');
      const name = text.replace(/\([^()]{0,100}\)$/, '') || text;
      return keep(`<a href="${inert(href)}">${phrased(inert(name))}</a>`) + to.slice(href.length);
    })
    .replace(picture, (_, before: string, to: string) => `${before}${keep(`<img src="${inert(to)}">`)}`);
  return phrased(inert(named));
}

const phrased = (html: string): string =>
  phrasePatterns.reduce(
    (text, [pattern, tag]) =>
      text.replace(pattern, (_, before: string, words: string) =>
        tag === '' ? `${before}${words}` : `${before}<${tag}>${words}</${tag}>`,
      ),
    html,
  );
