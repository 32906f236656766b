// Acts on several things at once: what each is called, and what came of it. Pure.
import type { Mark } from './badge';

export interface BulkItem {
  id: number;
  name: string;
  /** What would be done to it, beside its name. */
  note?: string;
}

/** How it ended for one thing, or how far it is. */
export interface BulkOutcome extends Mark {
  word: string;
  detail?: string;
  /** `open` may still end either way. */
  ending: 'done' | 'open' | 'refused';
}

/** The most things of one act; the rest stay marked for the next. */
export const MOST_AT_ONCE = 500;

export function tallyOf(outcomes: Iterable<BulkOutcome>): Record<BulkOutcome['ending'], number> {
  const counts = { done: 0, open: 0, refused: 0 };
  for (const { ending } of outcomes) counts[ending] += 1;
  return counts;
}

const ORDER: readonly BulkOutcome['ending'][] = ['refused', 'open', 'done'];

/** What somebody has to look at comes first. */
export function worstFirst(
  items: readonly BulkItem[],
  outcomes: ReadonlyMap<number, BulkOutcome>,
): [BulkItem, BulkOutcome][] {
  const told = items.flatMap((item): [BulkItem, BulkOutcome][] => {
    const outcome = outcomes.get(item.id);
    return outcome ? [[item, outcome]] : [];
  });
  return told.sort(([, a], [, b]) => ORDER.indexOf(a.ending) - ORDER.indexOf(b.ending));
}
