// The details of an act, as they are kept, in words. Pure. What a newer engine says besides stands under its own name.
import type { AuditRow } from '../../bindings/AuditRow';
import type { audit } from '../../i18n/texts/audit';
import { termOf } from '../../i18n/texts/terms';

type Words = (typeof audit)['ru']['details'];

/** What the words of a detail need from elsewhere. */
export interface Speech {
  words: Words;
  role: (code: string) => string;
  grant: (code: string) => string;
  importKind: (code: string) => string;
  instant: (at: number) => string;
}

type Bag = Record<string, unknown>;
const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNothing = (value: unknown) => value === null || value === '' || (Array.isArray(value) && value.length === 0);

function valueOf(name: string, value: unknown, speech: Speech): string {
  const { words } = speech;
  if (isNothing(value)) return words.nothing;
  if (Array.isArray(value)) {
    return value.map((each) => (name === 'grants' ? speech.grant(String(each)) : String(each))).join(', ');
  }
  if (isBag(value)) return pairs(value, speech).join('; ');
  if (name === 'role') return speech.role(String(value));
  if (name === 'kind') return speech.importKind(String(value));
  if (name === 'until' && typeof value === 'number') return speech.instant(value);
  if (name === 'minutes' && typeof value === 'number') return words.minutes(value);
  const text = String(value);
  const own = `${name}.${text}`;
  return termOf(words.values, Object.hasOwn(words.values, own) ? own : text);
}

const pairs = (detail: Bag, speech: Speech): string[] =>
  Object.entries(detail)
    // A sum of nothing and a field that was left empty say nothing.
    .filter(([name, value]) => value !== 0 && !(isNothing(value) && name !== 'until'))
    .flatMap(([name, value]) =>
      // What a key or an account may do stands beside its name, not in a bracket of its own.
      isBag(value) && (name === 'rights' || name === 'scope')
        ? pairs(value, speech)
        : [`${termOf(speech.words.fields, name)}: ${valueOf(name, value, speech)}`],
    );

/** The fields of two states that differ, each as it was and as it is. */
function changes(before: Bag, after: Bag, speech: Speech): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differing = names.filter(
    (name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null),
  );
  if (differing.length === 0) return [speech.words.unchanged];
  const said = (bag: Bag, name: string) => valueOf(name, bag[name] ?? null, speech);
  return differing.map(
    (name) => `${termOf(speech.words.fields, name)}: ${speech.words.change(said(before, name), said(after, name))}`,
  );
}

/** The details in words; null when an act says nothing besides. */
export function detailOf({ detail }: AuditRow, speech: Speech): string | null {
  if (!isBag(detail)) return isNothing(detail) ? null : JSON.stringify(detail);
  // A session's number says nothing to a reader; what became of file and backups is settled only after the act.
  const { before, after, session: _session, rebuilt: _rebuilt, backups: _backups, ...rest } = detail;
  const compared = isBag(before) && isBag(after) ? changes(before, after, speech) : [];
  return [...compared, ...pairs(rest, speech)].join(' · ') || null;
}
