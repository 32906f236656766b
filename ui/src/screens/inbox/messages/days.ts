// A conversation as it is read: the oldest first, by days, what one side said close together in one run. Pure.
import type { MessageRow } from '../../../bindings/MessageRow';
import { dayOf } from '../../../i18n/format';

/** What is further apart begins a run of its own, milliseconds. */
const APART_MS = 5 * 60_000;

export interface Said {
  row: MessageRow;
  /** The first of its run. */
  first: boolean;
}

export interface Day {
  /** `YYYY-MM-DD` in the reader's zone. */
  day: string;
  said: Said[];
}

/** Rows come newest first, as the engine gives them. */
export function byDays(rows: readonly MessageRow[], zone: string): Day[] {
  const days: Day[] = [];
  let before: MessageRow | null = null;
  for (const row of rows.toReversed()) {
    const day = dayOf(new Date(row.at), zone);
    let last = days.at(-1);
    if (last?.day !== day) {
      last = { day, said: [] };
      days.push(last);
      before = null;
    }
    last.said.push({ row, first: before === null || before.ours !== row.ours || row.at - before.at > APART_MS });
    before = row;
  }
  return days;
}

/** The earliest message of theirs that is not read yet, for rows newest first. */
export const firstUnread = (rows: readonly MessageRow[]): number | null =>
  rows.findLast((row) => !row.ours && row.unread)?.id ?? null;
