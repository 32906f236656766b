import { expect, test } from 'vitest';
import type { Outcome } from '../../bindings/Outcome';
import { tally, worstFirst } from './acts';

const outcome = (id: number, ending: Outcome['ending']): Outcome => ({ id, ending, new_id: null, error: null });
const outcomes = [outcome(1, 'done'), outcome(2, 'already'), outcome(3, 'refused'), outcome(4, 'done')];

test('every thing shown is counted once, the unsent too', () => {
  expect(tally(outcomes, 7)).toEqual({ done: 2, already: 1, refused: 1, untouched: 3 });
  expect(tally([], 2)).toEqual({ done: 0, already: 0, refused: 0, untouched: 2 });
});

test('what somebody has to look at stands first', () => {
  expect(worstFirst(outcomes).map(({ id }) => id)).toEqual([3, 2, 1, 4]);
});
