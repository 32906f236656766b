// The layout a person gave to one table, as state that is remembered under the table's name.
import { recall, remember } from '../../state/storage';
import { isLayout, isShown, noLayout, widthOf, type Column, type Layout } from './columns';

export class TableLayout {
  private layout = $state.raw<Layout>(noLayout);

  constructor(private readonly table: string) {
    this.layout = recall(`table.${table}`, isLayout) ?? noLayout;
  }

  get changed(): boolean {
    return this.layout.toggled.length > 0 || Object.keys(this.layout.widths).length > 0;
  }

  shown<Row>(columns: Column<Row>[]): Column<Row>[] {
    return columns.filter((column) => isShown(column, this.layout));
  }

  isShown<Row>(column: Column<Row>): boolean {
    return isShown(column, this.layout);
  }

  width<Row>(column: Column<Row>): number {
    return widthOf(column, this.layout);
  }

  isResized(id: string): boolean {
    return id in this.layout.widths;
  }

  resize(id: string, width: number): void {
    this.keep({ ...this.layout, widths: { ...this.layout.widths, [id]: Math.round(width) } });
  }

  /** Shows or hides a column; the last shown one stays. */
  toggle<Row>(column: Column<Row>, columns: Column<Row>[]): void {
    if (isShown(column, this.layout) && this.shown(columns).length === 1) return;
    const toggled = this.layout.toggled.includes(column.id)
      ? this.layout.toggled.filter((id) => id !== column.id)
      : [...this.layout.toggled, column.id];
    this.keep({ ...this.layout, toggled });
  }

  reset(): void {
    this.keep(noLayout);
  }

  private keep(layout: Layout): void {
    this.layout = layout;
    remember(`table.${this.table}`, layout === noLayout ? null : layout);
  }
}
