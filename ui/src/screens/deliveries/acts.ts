// Acts on several records or calls: what they are about, and the count of how they ended. Pure.
import type { Ending } from '../../bindings/Ending';
import type { Outcome } from '../../bindings/Outcome';

export type ActName = 'replay' | 'retry' | 'cancel';

export interface ActItem {
  id: number;
  name: string;
  /** One that does not fit is not sent, and that is said. */
  fit: boolean;
}

/** How many of each ending, and how many were never sent. */
export type Tally = Record<Ending | 'untouched', number>;

/** `asked` counts everything that was shown to the person, fitting or not. */
export function tally(outcomes: readonly Outcome[], asked: number): Tally {
  const count: Tally = { done: 0, already: 0, refused: 0, untouched: Math.max(0, asked - outcomes.length) };
  for (const { ending } of outcomes) count[ending] += 1;
  return count;
}

/** The worst first: what somebody has to look at stands at the top. */
const order: readonly Ending[] = ['refused', 'already', 'done'];
export const worstFirst = (outcomes: readonly Outcome[]): Outcome[] =>
  [...outcomes].sort((a, b) => order.indexOf(a.ending) - order.indexOf(b.ending));
