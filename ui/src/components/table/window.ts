// Which rows of a long table are in the page. Rows have one height, so this is arithmetic: a list of a hundred thousand
// needs no measuring and no memory per row. Pure.

export const ROW_HEIGHT = 32;
/** Rows kept above and below the visible ones, so that a fast scroll shows no gap. */
const MARGIN = 12;
/** No page holds more rows than this, whatever height the browser reports before its styles arrive. */
export const MOST_RENDERED = 160;

export interface RowWindow {
  start: number;
  /** One past the last. */
  end: number;
}

export function rowWindow(count: number, scrollTop: number, viewHeight: number): RowWindow {
  const visible = Math.min(Math.ceil(Math.max(0, viewHeight) / ROW_HEIGHT) + 1, MOST_RENDERED - 2 * MARGIN);
  const first = Math.min(Math.max(0, Math.floor(scrollTop / ROW_HEIGHT)), Math.max(0, count - 1));
  return { start: Math.max(0, first - MARGIN), end: Math.min(count, first + visible + MARGIN) };
}

/** Where to scroll so that a row is in view below the header; the present place when it already is. */
export function scrollToRow(index: number, scrollTop: number, viewHeight: number): number {
  const top = index * ROW_HEIGHT;
  if (top < scrollTop) return top;
  const over = top + ROW_HEIGHT - (scrollTop + viewHeight);
  return over > 0 ? scrollTop + over : scrollTop;
}
