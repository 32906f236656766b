// Rows as tab-separated text for the clipboard, and as cells of which the engine makes a file. A table that is longer than what was
// read is exported by the engine from its own rows, not here.
import type { ShownCell } from '../../bindings/ShownCell';
import type { CellValue, Column } from './columns';

const valueOf = <Row>(column: Column<Row>, row: Row): CellValue => (column.file ?? column.value)(row);

function raw<Row>(column: Column<Row>, row: Row): string {
  const value = valueOf(column, row);
  return value === null ? '' : String(value);
}

export function toTabSeparated<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  return rows.map((row) => columns.map((column) => raw(column, row).replace(/[\t\r\n]+/g, ' ')).join('\t')).join('\n');
}

/** Cells of a table as the engine puts them into a file. */
export function cellsOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): ShownCell[][] {
  return rows.map((row) =>
    columns.map((column) => {
      const value = valueOf(column, row);
      return column.instant && typeof value === 'number' ? { at: value } : value;
    }),
  );
}
