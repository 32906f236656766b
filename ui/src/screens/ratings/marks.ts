// How states and ratings look, and what may be done with a request as it stands. Pure.
import type { Rate } from '../../bindings/Rate';
import type { RatingRow } from '../../bindings/RatingRow';
import type { State } from '../../bindings/State';
import type { Mark } from '../../components/badge';

export const rateMarks: Record<Rate, Mark> = {
  good: { tone: 'ready', shape: 'dot' },
  normal: { tone: 'ready', shape: 'ring' },
  bad: { tone: 'warning', shape: 'triangle' },
};

/** Only an answer of a client has a colour: what nobody said is grey, whatever it counts as. */
export function rateMark(rate: Rate, row: Pick<RatingRow, 'origin'>): Mark {
  return row.origin === 'user' ? rateMarks[rate] : { ...rateMarks[rate], tone: 'off' };
}

const stateMarks: Record<State, Mark> = {
  received: { tone: 'off', shape: 'ring' },
  resolving: { tone: 'talking', shape: 'ring' },
  asked: { tone: 'talking', shape: 'half' },
  rating: { tone: 'accent', shape: 'dot' },
  // No colour of praise: an automatic rating is kept as well.
  rated: { tone: 'off', shape: 'dot' },
  undeliverable: { tone: 'unknown', shape: 'dashed' },
  cancelled: { tone: 'off', shape: 'square' },
};

interface Words {
  states: Record<State, string>;
  held: string;
  refused: string;
}

/** The word and the look of where a request stands. */
export function stateOf(row: RatingRow, t: Words): Mark & { word: string } {
  if (row.state === 'rating' && row.refusal !== null) return { tone: 'alarm', shape: 'triangle', word: t.refused };
  if (row.held_at !== null) return { tone: 'warning', shape: 'half', word: `${t.states[row.state]}, ${t.held}` };
  return { ...stateMarks[row.state], word: t.states[row.state] };
}

/** The colour of a row's edge; null for the rows nobody has to look at. */
export function edgeOf(row: RatingRow): string | null {
  if (row.state === 'rating' && row.refusal !== null) return 'alarm';
  return row.state === 'rated' && row.origin === 'user' && row.rate === 'bad' ? 'warning' : null;
}

export type Act = 'hold' | 'release' | 'ask_again' | 'rate' | 'cancel';

/** Acts that are offered for several requests at once. */
export type BulkAct = Extract<Act, 'hold' | 'ask_again' | 'cancel'>;
export const bulkActs: readonly BulkAct[] = ['cancel', 'ask_again', 'hold'];

/** What the rules allow in the present state, in the order of the buttons. */
export function actsOf(row: RatingRow): Act[] {
  if (row.state === 'rated' || row.state === 'cancelled') return [];
  if (row.state === 'rating') return row.refusal === null ? [] : ['rate', 'cancel'];
  const again: Act[] = row.state === 'asked' || row.state === 'undeliverable' ? ['ask_again'] : [];
  return [row.held_at === null ? 'hold' : 'release', ...again, 'rate', 'cancel'];
}

/** Seconds to the end of the time for an answer; below zero once it is over. A clock that stands shows what it stood at. */
export const secondsLeft = (row: RatingRow, now: () => number): number =>
  (row.deadline_at - (row.held_at ?? now())) / 1000;
