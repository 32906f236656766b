// Groups of a report as rows of a table: each with its children below it, in the order asked for. Pure.
import type { TicketGroup } from '../../bindings/TicketGroup';
import type { TicketGrouping } from '../../bindings/TicketGrouping';
import { NOBODY, type Part } from './filter';

/** The group of tickets nobody works on, as the engine names it. */
export const UNASSIGNED = 'unassigned';

export type Order = 'name' | 'count';
export const orders: readonly Order[] = ['name', 'count'];

export interface GroupRow {
  key: string;
  group: TicketGroup;
  depth: 0 | 1;
  /** Which tickets the figure counts. */
  part: Part;
  /** The part of the longest bar at its depth, 0 to 1. */
  share: number;
}

const isMonth = (id: string): boolean => /^\d{4}-\d{2}$/.test(id);

const partOf = (id: string): Part =>
  isMonth(id) ? { executor: null, month: id } : { executor: id === UNASSIGNED ? NOBODY : Number(id), month: null };

const both = (a: Part, b: Part): Part => ({ executor: a.executor ?? b.executor, month: a.month ?? b.month });

/** Months keep their order, and whatever is counted the same the engine's. */
function ordered(groups: readonly TicketGroup[], order: Order): readonly TicketGroup[] {
  return order === 'name' ? groups : [...groups].sort((a, b) => b.count - a.count);
}

export function rowsOf(groups: readonly TicketGroup[], order: Order, folded: boolean): GroupRow[] {
  const most = Math.max(1, ...groups.map((group) => group.count));
  return ordered(groups, order).flatMap((group) => {
    const part = partOf(group.id);
    const row: GroupRow = { key: group.id, group, depth: 0, part, share: group.count / most };
    if (folded) return [row];
    const children = ordered(group.children, order).map((child): GroupRow => ({
      key: `${group.id}/${child.id}`,
      group: child,
      depth: 1,
      part: both(part, partOf(child.id)),
      share: child.count / most,
    }));
    return [row, ...children];
  });
}

/** Whether groups have children. */
export const isNested = (grouping: TicketGrouping): boolean =>
  grouping === 'executor_month' || grouping === 'month_executor';
