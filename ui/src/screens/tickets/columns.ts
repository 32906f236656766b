// The columns of the board: statuses in the tracker's order, and whose card stands in which. Pure.
import type { TicketRow } from '../../bindings/TicketRow';
import type { TicketStatus } from '../../bindings/TicketStatus';

export interface BoardColumn {
  status: TicketStatus;
  cards: TicketRow[];
}

/** Cards of the board at most, as the engine gives them at once. */
export const MOST_CARDS = 500;

/**
 * `wanted` are the statuses the filter asks for; without them all that fit the choice of open and closed. A status cards stand in is
 * always there, also one the tracker's list does not name.
 */
export function columnsOf(
  rows: readonly TicketRow[],
  statuses: readonly TicketStatus[],
  columnOf: (row: TicketRow) => number,
  fits: (status: TicketStatus) => boolean,
): BoardColumn[] {
  const cards = new Map<number, TicketRow[]>();
  for (const row of rows.slice(0, MOST_CARDS)) {
    const column = columnOf(row);
    cards.set(column, [...(cards.get(column) ?? []), row]);
  }
  const strange = rows
    .filter((row) => cards.has(row.status.id) && !statuses.some(({ id }) => id === row.status.id))
    .map((row): TicketStatus => ({ ...row.status, closed: row.closed }));
  const all = [...statuses, ...new Map(strange.map((status) => [status.id, status])).values()];
  return all
    .filter((status) => cards.has(status.id) || fits(status))
    .map((status) => ({ status, cards: cards.get(status.id) ?? [] }));
}

export type Step = { kind: 'focus' | 'move'; column: number; card: number };

/** What a key means on a card: going to another one, or with Shift taking the card to a neighbouring column. */
export function stepOf(
  press: { key: string; shiftKey: boolean; ctrlKey: boolean; metaKey: boolean; altKey: boolean },
  at: { column: number; card: number },
  lengths: readonly number[],
): Step | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const side = press.key === 'ArrowLeft' ? -1 : press.key === 'ArrowRight' ? 1 : 0;
  if (side !== 0 && press.shiftKey) {
    const column = at.column + side;
    return column >= 0 && column < lengths.length ? { kind: 'move', column, card: 0 } : null;
  }
  if (press.shiftKey) return null;
  if (side !== 0) {
    for (let column = at.column + side; column >= 0 && column < lengths.length; column += side) {
      const length = lengths[column] ?? 0;
      if (length > 0) return { kind: 'focus', column, card: Math.min(at.card, length - 1) };
    }
    return null;
  }
  const length = lengths[at.column] ?? 0;
  const card =
    press.key === 'ArrowUp'
      ? at.card - 1
      : press.key === 'ArrowDown'
        ? at.card + 1
        : press.key === 'Home'
          ? 0
          : press.key === 'End'
            ? length - 1
            : -1;
  return card >= 0 && card < length && card !== at.card ? { kind: 'focus', column: at.column, card } : null;
}
