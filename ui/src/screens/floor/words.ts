// The floor's codes in the reader's words. Pure: the tables are passed in.
import type { Reason } from '../../bindings/Reason';
import type { floor } from '../../i18n/texts/floor';
import { NOT_WATCHED, groupOfWord, markOf, rawOf } from './states';

type Texts = typeof floor.ru;

/** A state as its group's word. */
export function stateWord(t: Texts, state: string): string {
  return state === NOT_WATCHED ? t.notWatched : t.groups[groupOfWord(state)];
}

/** A state with what its group's word does not tell: `Разговор · удержание`. */
export function stateWords(t: Texts, state: string): string {
  const mark = markOf(state);
  return [stateWord(t, state), mark ? t.marks[mark] : rawOf(state)].filter(Boolean).join(' · ');
}

/** Why: the source's own name of the reason, else where it comes from, with the code where that is all there is. */
export function reasonWords(t: Texts, reason: Reason | null): string | null {
  if (reason === null) return null;
  if (reason.label) return reason.label;
  const system: Record<string, string> = t.systemReasons;
  const named = reason.code === null || reason.kind === 'chosen' ? undefined : system[reason.code];
  if (named) return named;
  if (reason.kind !== 'other_system' && reason.kind !== 'chosen') return t.reasonKinds[reason.kind];
  return reason.code === null ? t.reasonKinds[reason.kind] : t.reasonCode(reason.code);
}

/** What stands in the way of the session; also for an answer or a refusal of the node that nothing is written about. */
export function causeWords(t: Texts, code: string): string {
  if (Object.hasOwn(t.causes, code)) return codeWords(t.causes, code);
  const status = /^http_(\d+)$/.exec(code)?.[1];
  return status ? t.causeHttp(status) : t.causeOther(code.replaceAll('_', '-'));
}

/** A code of the texts in words; one without words is shown as it is. */
export function codeWords(table: Record<string, string>, code: string): string {
  return (Object.hasOwn(table, code) && table[code]) || code;
}
