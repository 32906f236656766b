// Notices gathered by what they are about, the newest subject first. Not here: reading them.
import type { NoticeGroup } from '../../bindings/NoticeGroup';
import type { NoticeRow } from '../../bindings/NoticeRow';

export interface Gathered {
  subject: string;
  /** Newest first, as far as they were read. */
  rows: NoticeRow[];
  /** How many there are about it wherever they lie, counted up to 100. */
  total: number;
}

/** Rows come newest first, page after page: a subject stands where its newest notice does. */
export function gather(rows: readonly NoticeRow[], groups: readonly NoticeGroup[]): Gathered[] {
  const totals = new Map(groups.map((group) => [group.subject, group.count]));
  const gathered = new Map<string, Gathered>();
  for (const row of rows) {
    const known = gathered.get(row.subject);
    if (known) known.rows.push(row);
    else gathered.set(row.subject, { subject: row.subject, rows: [row], total: totals.get(row.subject) ?? 1 });
  }
  return [...gathered.values()];
}
