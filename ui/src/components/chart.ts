// The data and the options of a chart, apart from the component that owns the canvas: pure, tested without a canvas.
import type uPlot from 'uplot';

export interface Series {
  label: string;
  /** A colour token without the dashes: `accent`, `ready`, `alarm`. */
  token: string;
  kind: 'bars' | 'line';
  /** One per x; null is a gap and is drawn as one. */
  values: (number | null)[];
  /** A colour token for the point at each x, where points are drawn. */
  points?: (string | null)[];
}

/** A stretch drawn in the colour of alarm behind the lines, the stronger the nearer `strength` is to 1. */
export interface Tint {
  from: number;
  to: number;
  strength: number;
}

export interface ChartData {
  /** Seconds since 1970 for times, else the plain position. */
  x: number[];
  series: Series[];
  /** Stretches nobody watched, [from, to) in units of x: hatched, never drawn as zero. */
  notWatched?: [number, number][];
  /** From the least to the greatest around the first line, drawn as a faint band. */
  band?: { low: (number | null)[]; high: (number | null)[] };
  /** Stretches to be noticed, in units of x. */
  tinted?: Tint[];
  /** What the x axis shows, also where nothing was measured; the first and the last x when absent. */
  span?: [number, number];
  /** Bars stand on one another, the first series at the bottom; numbers stay each series' own. */
  stacked?: boolean;
}

/** The y axis starts at zero and leaves air above; an empty or all-gap chart still has an axis. */
export function yRange(_min: number | null, max: number | null): [number, number] {
  if (max === null || !Number.isFinite(max) || max <= 0) return [0, 1];
  return [0, max * 1.08];
}

/** The series in the order they are painted: a stack from its top down, so that each lower sum covers its part. */
export function painted({ series, stacked }: ChartData): Series[] {
  if (!stacked) return series;
  const sums: number[] = [];
  const raised = series.map((one) => ({
    ...one,
    values: one.values.map((value, index) => {
      if (value === null) return null;
      sums[index] = (sums[index] ?? 0) + value;
      return sums[index];
    }),
  }));
  return raised.reverse();
}

export function aligned(data: ChartData): uPlot.AlignedData {
  const edges = data.band ? [data.band.high, data.band.low] : [];
  return [data.x, ...painted(data).map((one) => one.values), ...edges] as uPlot.AlignedData;
}

/** Decimals in which numbers of this size still differ. */
export function decimals(values: readonly (number | null)[]): number {
  const most = Math.max(0, ...values.map((value) => Math.abs(value ?? 0)));
  return most >= 2 || most === 0 ? 1 : most >= 0.2 ? 2 : 3;
}

/** Rows of the table for screen readers at most: a month in ten thousand rows helps nobody. */
const LISTED = 120;

/** Which x stand in the table for screen readers. */
export function listed(length: number): number[] {
  const step = Math.max(1, Math.ceil(length / LISTED));
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step);
}

/** Few bars stand together in the middle of as much room as so many would take. */
const LEAST_ROOM = 6;

/** Bars need half a step of room at both ends, or the outer ones are cut. */
export function xRange(x: number[], bars: boolean): [number, number] {
  const first = x[0] ?? 0;
  const last = x.at(-1) ?? first;
  if (!bars && x.length > 1) return [first, last];
  const step = x.length > 1 ? (last - first) / (x.length - 1) : 3600;
  const half = (step * Math.max(x.length, LEAST_ROOM)) / 2;
  const middle = (first + last) / 2;
  return [middle - half, middle + half];
}

/** How many bars lie between two words: of hours they are the same ones each day. */
const STRIDES = [1, 2, 3, 4, 6, 8, 12, 24];

/** Which bars have a word under them: each stands under its bar, as many as there is room for. */
export function barTicks(x: number[], width: number, space: number): number[] {
  const least = Math.ceil(x.length / Math.max(1, Math.floor(width / space)));
  const stride = STRIDES.find((each) => each >= least) ?? least;
  return x.filter((_, index) => index % stride === 0);
}

/** Index of the x nearest to a position; null for an empty chart. */
export function nearest(x: number[], position: number): number | null {
  if (x.length === 0) return null;
  let low = 0;
  let high = x.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  const before = x[low - 1];
  const at = x[low] ?? 0;
  return before !== undefined && position - before < at - position ? low - 1 : low;
}

/** Where a key leads among the points of a chart; null for a key that leads nowhere. */
export function walked(key: string, from: number | null, count: number): number | null {
  if (count === 0) return null;
  const page = Math.max(1, Math.round(count / 10));
  const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, PageUp: page, PageDown: -page };
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  if (step === undefined) return null;
  // The newest is what is asked for first.
  return from === null ? count - 1 : Math.min(count - 1, Math.max(0, from + step));
}
