// What a state looks like and what may follow it: groups in their order, marks, limits of time. Pure.
import type { CommandState } from '../../bindings/CommandState';
import type { Group } from '../../bindings/Group';
import type { LimitRow } from '../../bindings/LimitRow';
import type { OperatorRow } from '../../bindings/OperatorRow';
import type { Wanted } from '../../bindings/Wanted';

/** The order of the floor, and of its counters. */
export const groups: readonly Group[] = ['talking', 'ready', 'wrap_up', 'not_ready', 'unknown', 'signed_out'];
export const wishes: readonly Wanted[] = ['ready', 'not_ready', 'signed_out'];

/** The colour token of a group. Each also has a shape of its own, so that groups differ without colour. */
export const tokenOf: Record<Group, string> = {
  talking: 'state-talking',
  ready: 'state-ready',
  wrap_up: 'state-wrap-up',
  not_ready: 'state-not-ready',
  unknown: 'state-off',
  signed_out: 'state-off',
};

export const isGroup = (text: string | null | undefined): text is Group => groups.some((group) => group === text);

/** A mark beside the group's word: what the word alone does not tell. */
export type Mark = 'hold' | 'ringing' | 'outbound' | 'to_ready';

export function markOf(state: string | null): Mark | null {
  if (state === 'hold') return 'hold';
  if (state === 'reserved') return 'ringing';
  if (state === 'reserved_outbound' || state === 'reserved_preview') return 'outbound';
  return state === 'wrap_up_ready' ? 'to_ready' : null;
}

/** The word of a moment at which nobody watched; the engine has none for it. */
export const NOT_WATCHED = 'not_watched';

/** The group of a state's word, for the words that name what comes next. */
export function groupOfWord(word: string): Group {
  if (word.startsWith('reserved') || word === 'hold' || word === 'talking') return 'talking';
  if (word.startsWith('wrap_up')) return 'wrap_up';
  if (word === 'signing_in' || word === 'not_ready') return 'not_ready';
  return word === 'ready' || word === 'signed_out' ? word : 'unknown';
}

/** The source's own text of a state nobody has a meaning for. */
export const rawOf = (state: string | null): string | null => (state?.startsWith('other:') ? state.slice(6) : null);

export type Level = 0 | 1 | 2;

/** How long is too long already. A state's own limit goes before its group's. */
export function levelOf(
  limits: readonly LimitRow[],
  state: string | null,
  group: Group,
  seconds: number | null,
): Level {
  if (seconds === null) return 0;
  const limit = limits.find((each) => each.word === state) ?? limits.find((each) => each.word === group);
  if (!limit || seconds < limit.amber) return 0;
  return limit.red !== null && seconds >= limit.red ? 2 : 1;
}

/** Whether the source is known to turn a request down from this state; what is not listed is left to it. */
export function mayFollow(wanted: Wanted, state: string): boolean {
  if (wanted === 'signed_out') return state !== 'signed_out' && state !== 'unknown';
  const writing = state === 'wrap_up' || state === 'wrap_up_ready';
  return writing || state === (wanted === 'ready' ? 'not_ready' : 'ready');
}

/** The request has no outcome yet. */
export const isWaiting = (state: CommandState): boolean => state === 'sent' || state === 'taken';

/** In a call that signing out would leave behind. */
export const isInCall = (row: OperatorRow): boolean => row.group === 'talking' || row.dialogs.some(isGoingOn);

/** A call that is not over. */
export const isGoingOn = ({ phase }: OperatorRow['dialogs'][number]): boolean =>
  phase === 'ringing' || phase === 'active' || phase === 'held';

/** The call to show in a row: the one talked on, else one on hold, else one that rings. */
export function callOf(row: OperatorRow): OperatorRow['dialogs'][number] | null {
  const order = ['active', 'held', 'ringing'];
  const going = row.dialogs.filter(isGoingOn).sort((a, b) => order.indexOf(a.phase) - order.indexOf(b.phase));
  return going[0] ?? null;
}

export type Counts = Record<Group, number>;

export function countGroups(rows: Iterable<{ group: Group }>): Counts {
  const counts: Counts = { talking: 0, ready: 0, wrap_up: 0, not_ready: 0, unknown: 0, signed_out: 0 };
  for (const row of rows) counts[row.group] += 1;
  return counts;
}
