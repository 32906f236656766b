// Columns of a table: what a screen declares, and the layout a person made of them (widths, hidden columns, order of
// rows), which is kept on the workstation.
import type { Snippet } from 'svelte';

export type CellValue = string | number | null;

export interface Column<Row> {
  id: string;
  title: string;
  /** Pixels at first. One column of a table may `grow` and take what is left. */
  width: number;
  grow?: boolean;
  /** Numbers stand at the end of their column. */
  align?: 'start' | 'end';
  /** Sorted by this, and copied and exported as this. */
  value: (row: Row) => CellValue;
  /** The value is an instant, milliseconds UTC: a file has a date and time there. */
  instant?: boolean;
  /** Copied and exported as this, where the value serves for sorting alone. */
  file?: (row: Row) => CellValue;
  /** Drawn and compared as this; the value itself when absent. */
  text?: (row: Row) => string;
  /** Shown on hover: the full instant, the raw number. */
  hint?: (row: Row) => string | undefined;
  /** A drawing of its own, for states and links. */
  cell?: Snippet<[Row]>;
  /** Changes by itself every second; such a cell is not tinted on change. */
  ticking?: boolean;
  sortable?: boolean;
  /** Stays at the end of the view when the table is wider: for the acts of a row. */
  pinned?: boolean;
  /** Not shown until it is chosen. */
  hidden?: boolean;
}

export interface Sort {
  column: string;
  descending: boolean;
}

export interface Layout {
  widths: Record<string, number>;
  /** Columns whose visibility differs from what the screen declared. */
  toggled: string[];
}

export const noLayout: Layout = { widths: {}, toggled: [] };
export const LEAST_WIDTH = 48;
export const MOST_WIDTH = 900;

export function isLayout(value: unknown): value is Layout {
  if (typeof value !== 'object' || value === null || !('widths' in value) || !('toggled' in value)) return false;
  const { widths, toggled } = value;
  return (
    typeof widths === 'object' &&
    widths !== null &&
    Object.values(widths).every((width) => typeof width === 'number') &&
    Array.isArray(toggled) &&
    toggled.every((id) => typeof id === 'string')
  );
}

export function isShown<Row>(column: Column<Row>, layout: Layout): boolean {
  return layout.toggled.includes(column.id) === Boolean(column.hidden);
}

export function widthOf<Row>(column: Column<Row>, layout: Layout): number {
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, layout.widths[column.id] ?? column.width));
}

export function textOf<Row>(column: Column<Row>, row: Row): string {
  if (column.text) return column.text(row);
  const value = column.value(row);
  return value === null ? '—' : String(value);
}

/** Rows in the order of the sort; absent values stand last whichever way the sort runs. Equal rows keep their order. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: Column<Row>[],
  sort: Sort | null,
  locale: string,
): readonly Row[] {
  const column = sort && columns.find((each) => each.id === sort.column);
  if (!column) return rows;
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const direction = sort.descending ? -1 : 1;
  const keyed = rows.map((row) => ({ row, value: column.value(row) }));
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    if (typeof a.value === 'number' && typeof b.value === 'number') return direction * (a.value - b.value);
    return direction * collator.compare(String(a.value), String(b.value));
  });
  return keyed.map(({ row }) => row);
}

/** The next sort after a press on a column: ascending, descending, as it came. */
export function nextSort(sort: Sort | null, column: string): Sort | null {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}
