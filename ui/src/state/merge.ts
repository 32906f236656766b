// Puts changed rows into the part of a list that was read. Pure.

/** Below zero when the first stands before the second. */
export type Order<Row> = (a: Row, b: Row) => number;

/**
 * `rows` with `changed` in their places and without the `asked` ids that did not come back (they are gone, or the filter
 * no longer lets them through). A row beyond the end of what was read is left for the page it belongs to, unless `whole`
 * says that there is nothing further.
 */
export function merge<Row extends { id: number }>(
  rows: readonly Row[],
  changed: readonly Row[],
  asked: ReadonlySet<number>,
  whole: boolean,
  order: Order<Row>,
): Row[] {
  const kept = rows.filter((row) => !asked.has(row.id));
  const last = rows.at(-1);
  const fresh = changed.filter((row) => whole || (last !== undefined && order(row, last) <= 0)).sort(order);
  const merged: Row[] = [];
  let next = 0;
  for (const row of kept) {
    for (let one = fresh[next]; one && order(one, row) < 0; one = fresh[++next]) merged.push(one);
    merged.push(row);
  }
  return [...merged, ...fresh.slice(next)];
}
