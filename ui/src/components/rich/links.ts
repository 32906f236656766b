// Addresses and numbers of tickets within plain words. Pure.

export type Piece = { text: string } | { href: string; text: string } | { ticket: number; text: string };

const found = /https?:\/\/[^\s<>"'«»]+|(?<![\p{L}\p{N}_&#/-])#(\d{1,9})(?![\p{L}\p{N}_])/giu;

/** A web or mail address as a browser understands it; anything else is none. */
export function safeHref(raw: string): string | null {
  if (!/^(?:https?:\/\/|mailto:)/i.test(raw.trim())) return null;
  try {
    const url = new URL(raw.trim());
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A text in pieces: words, addresses, numbers of tickets. Together they are the text again. */
export function pieces(text: string): Piece[] {
  const list: Piece[] = [];
  let end = 0;
  const words = (until: number) => {
    if (until > end) list.push({ text: text.slice(end, until) });
    end = until;
  };
  for (const match of text.matchAll(found)) {
    if (match.index < end) continue;
    const whole = match[1] === undefined ? match[0].replace(/[.,;:!?)\]}]+$/, '') : match[0];
    const href = match[1] === undefined ? safeHref(whole) : null;
    if (match[1] === undefined && href === null) continue;
    words(match.index);
    list.push(href === null ? { ticket: Number(match[1]), text: whole } : { href, text: whole });
    end = match.index + whole.length;
  }
  words(text.length);
  return list;
}
