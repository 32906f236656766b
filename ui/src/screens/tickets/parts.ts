// An entry of the history in words. A sentence is a list of plain and of weighty pieces, so that foreign words are never taken for
// tags. Pure.
import type { TicketPartRow } from '../../bindings/TicketPartRow';

/** Plain words, or the name of something. */
export type Words = string | { strong: string };

export interface PartTexts {
  fields: Record<string, string>;
  changed: (name: string, from: string, to: string) => Words[];
  set: (name: string, to: string) => Words[];
  emptied: (name: string, from: string) => Words[];
  rewritten: (name: string) => Words[];
  attached: (file: string) => Words[];
  removed: (file: string) => Words[];
  related: (kind: string, to: string) => Words[];
  unrelated: (kind: string, to: string) => Words[];
  relations: Record<string, string>;
  yes: string;
  no: string;
}

/** Fields that say yes or no, by the tracker's names. */
const FLAGS = ['easy_helpdesk_need_reaction', 'is_private'];

const wordOf = (table: Record<string, string>, code: string): string =>
  Object.hasOwn(table, code) ? (table[code] ?? code) : code;

const day = (text: string): string => text.replace(/^(\d{4})-(\d{2})-(\d{2})$/, '$3.$2.$1');

function valueOf(part: TicketPartRow, value: string, t: PartTexts): string {
  if (part.part === 'done_ratio') return `${value}\u00a0%`;
  if (part.part === 'relative') return `#${value}`;
  if (FLAGS.includes(part.name) && /^[01]$/.test(value)) return value === '1' ? t.yes : t.no;
  return day(value);
}

/** What an entry changed, in words. */
export function sentenceOf(part: TicketPartRow, t: PartTexts): Words[] {
  const [old, now] = [part.old || null, part.new || null];
  if (part.part === 'attachment') return now === null ? t.removed(old ?? part.name) : t.attached(now);
  if (part.part === 'relation') {
    const kind = wordOf(t.relations, part.name);
    return now === null ? t.unrelated(kind, `#${old ?? ''}`) : t.related(kind, `#${now}`);
  }
  // A field of the tracker's own is called as people there call it.
  const name = part.part === 'custom' ? part.name : wordOf(t.fields, part.part === 'other' ? part.name : part.part);
  if (part.part === 'description' || (old === null && now === null)) return t.rewritten(name);
  if (now === null) return t.emptied(name, valueOf(part, old ?? '', t));
  if (old === null) return t.set(name, valueOf(part, now, t));
  return t.changed(name, valueOf(part, old, t), valueOf(part, now, t));
}

/** The line by which a note of the console is found again says nothing to people. */
export const withoutMark = (text: string): string =>
  text.replace(/\s*(?:<br\s*\/?>|<p>)?\s*\[pult [0-9a-z]{1,16}-\d{1,12}\](?:\s*<\/p>)?\s*$/i, '');
