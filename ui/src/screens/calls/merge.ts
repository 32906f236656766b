// Puts changed rows into the part of the journal that was read. Pure.
import type { CallRow } from '../../bindings/CallRow';

/** The journal's order: newest first. */
export const byAge = (a: CallRow, b: CallRow): number => b.started_at - a.started_at || b.id - a.id;

/**
 * `rows` with `changed` in their places and without the `asked` ids that did not come back (they are gone, or the filter
 * no longer lets them through). A row beyond the end of what was read is left for the page it belongs to, unless `whole`
 * says that there is nothing further.
 */
export function merge(
  rows: readonly CallRow[],
  changed: readonly CallRow[],
  asked: ReadonlySet<number>,
  whole: boolean,
): CallRow[] {
  const kept = rows.filter((row) => !asked.has(row.id));
  const last = rows.at(-1);
  const fresh = changed.filter((row) => whole || (last !== undefined && byAge(row, last) <= 0)).sort(byAge);
  const merged: CallRow[] = [];
  let next = 0;
  for (const row of kept) {
    for (let one = fresh[next]; one && byAge(one, row) < 0; one = fresh[++next]) merged.push(one);
    merged.push(row);
  }
  return [...merged, ...fresh.slice(next)];
}
