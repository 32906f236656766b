// Rows as text: tab-separated for the clipboard, CSV for a file. A whole table that is longer than what was read is
// exported by the engine, not here.
import type { FileToSave } from '../../backend';
import type { Column } from './columns';

/** A value that a spreadsheet would run as a formula is kept a text. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d\s().,-]+$/.test(text) ? `'${text}` : text;
}

function raw<Row>(column: Column<Row>, row: Row): string {
  const value = column.value(row);
  return value === null ? '' : String(value);
}

export function toTabSeparated<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  return rows.map((row) => columns.map((column) => raw(column, row).replace(/[\t\r\n]+/g, ' ')).join('\t')).join('\n');
}

export function toCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const quote = (text: string) => (/[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [
    columns.map((column) => quote(column.title)),
    ...rows.map((row) => columns.map((column) => quote(harmless(raw(column, row))))),
  ];
  return lines.map((line) => line.join(',')).join('\r\n') + '\r\n';
}

/** A CSV file with the mark by which spreadsheets recognise UTF-8. */
export function csvFile(name: string, csv: string): FileToSave {
  const bytes = new TextEncoder().encode(`\ufeff${csv}`);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { name: `${name}.csv`, mime: 'text/csv;charset=utf-8', content_base64: btoa(binary) };
}
