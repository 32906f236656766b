// How grades, heartbeats and the past of a target look, apart from the components that draw them.
import type { ChartPoints } from '../../bindings/ChartPoints';
import type { Grade } from '../../bindings/Grade';
import type { TargetView } from '../../bindings/TargetView';
import type { Mark } from '../../components/badge';
import type { ChartData } from '../../components/chart';

export const marks: Record<Grade, Mark> = {
  excellent: { tone: 'ready', shape: 'dot' },
  good: { tone: 'ready', shape: 'ring' },
  average: { tone: 'warning', shape: 'ring' },
  poor: { tone: 'warning', shape: 'half' },
  disconnected: { tone: 'alarm', shape: 'triangle' },
};
export const unwatched: Mark = { tone: 'unknown', shape: 'dashed' };

/** The worst first, the unknown before the well: the order a supervisor wants to see. */
const ORDER: readonly (Grade | null)[] = ['disconnected', 'poor', 'average', null, 'good', 'excellent'];
export const badness = (grade: Grade | null): number => ORDER.indexOf(grade);

/** The grade of a time alone, by the thresholds of the monitor before Pult. Milliseconds. */
export function gradeOfTime(ms: number | null): Grade {
  if (ms === null) return 'disconnected';
  if (ms < 100) return 'excellent';
  if (ms < 200) return 'good';
  if (ms < 500) return 'average';
  return 'poor';
}

/** The colour token of a grade's points. */
export const tokenOf = (grade: Grade): string => (marks[grade].tone === 'unknown' ? 'off' : marks[grade].tone);

export interface Words {
  grades: Record<Grade, string>;
  unknown: string;
  waiting: string;
  disabled: string;
}

/** The word and the look of a target's state. */
export function stateOf(target: TargetView, t: Words, now: number): Mark & { word: string } {
  if (!target.definition.enabled) return { ...unwatched, word: t.disabled };
  if (target.grade !== null) return { ...marks[target.grade], word: t.grades[target.grade] };
  return { ...unwatched, word: target.watched_until >= now ? t.waiting : t.unknown };
}

/** Whole days a certificate is still good for; negative once it is not. */
export function daysLeft(until: number | null, now: number): number | null {
  return until === null ? null : Math.floor((until - now) / 86_400_000);
}

/** Decimals with which a time in ms is read: the smaller, the more. */
export const digitsOf = (ms: number | null | undefined): number => (ms == null || ms >= 10 ? 0 : ms >= 1 ? 1 : 2);

export const lossOf = (sent: number, lost: number): number => (sent > 0 ? (lost / sent) * 100 : 0);

/** The kinds of cells of a row of heartbeats and what each is drawn as: its share of the height and its token. */
export const cells: Record<string, { height: number; token: string; hollow?: boolean }> = {
  e: { height: 1, token: 'ready' },
  g: { height: 1, token: 'ready', hollow: true },
  a: { height: 0.75, token: 'warning', hollow: true },
  p: { height: 0.75, token: 'warning' },
  d: { height: 1, token: 'alarm' },
  m: { height: 0.35, token: 'off' },
};

export const countOf = (text: string, letter: string): number => text.split(letter).length - 1;

export type Period = 'last' | 'hour' | 'day' | 'week' | 'month';
export const periods: readonly Period[] = ['last', 'hour', 'day', 'week', 'month'];
const HOUR = 3_600_000;
const LENGTHS: Record<Exclude<Period, 'last'>, number> = {
  hour: HOUR,
  day: 24 * HOUR,
  week: 7 * 24 * HOUR,
  month: 30 * 24 * HOUR,
};
/** Results drawn of the shortest period (behaviour/helpdesk 6). */
const LAST = 50;

/** What a period means now. Its end moves in steps, so that a longer one is not asked for anew with every look. */
export function spanOf(period: Period, now: number, periodS: number): { from: number; until: number } {
  const length = period === 'last' ? LAST * periodS * 1000 : LENGTHS[period];
  const step = Math.max(1000, Math.floor(length / 1000));
  const until = Math.ceil(now / step) * step;
  return { from: until - length, until };
}

/** How far before and after a moment of the past is drawn. */
const AROUND_MS = 1_800_000;

/** What is drawn of a moment of the past: half an hour to either side, as far as it has come. */
export function spanAround(moment: number, now: number): { from: number; until: number } {
  return { from: moment - AROUND_MS, until: Math.min(moment + AROUND_MS, Math.max(now, moment)) };
}

/** Points with their gaps: a null stands wherever nothing was measured for longer than the usual step. */
export function chartOf(points: ChartPoints, span: { from: number; until: number }, label: string): ChartData {
  const x: number[] = [];
  const median: (number | null)[] = [];
  const low: (number | null)[] = [];
  const high: (number | null)[] = [];
  const tokens: (string | null)[] = [];
  const tinted: NonNullable<ChartData['tinted']> = [];
  const step = points.step_ms;
  points.at.forEach((at, index) => {
    const before = points.at[index - 1];
    if (before !== undefined && at - before > 2.2 * step) {
      x.push((before + step) / 1000);
      for (const column of [median, low, high, tokens]) column.push(null);
    }
    x.push(at / 1000);
    const value = points.median_ms[index] ?? null;
    median.push(value);
    low.push(points.min_ms[index] ?? null);
    high.push(points.max_ms[index] ?? null);
    tokens.push(value === null ? null : tokenOf(gradeOfTime(value)));
    const loss = points.loss[index] ?? 0;
    if (loss > 0) tinted.push({ from: at / 1000, to: (at + step) / 1000, strength: loss });
  });
  return {
    x,
    // Points are told apart while they are few; a month is a line.
    series: [{ label, token: 'accent', kind: 'line', values: median, ...(x.length <= 150 ? { points: tokens } : {}) }],
    band: { low, high },
    tinted,
    notWatched: gapsOf(points.watched, span, step),
    span: [span.from / 1000, span.until / 1000],
  };
}

/** The stretches of a span in which nobody watched, in seconds. A moment between two looks is none. */
export function gapsOf(
  watched: readonly (readonly [number, number])[],
  { from, until }: { from: number; until: number },
  step: number,
): [number, number][] {
  const gaps: [number, number][] = [];
  let at = from;
  for (const [begin, end] of watched) {
    if (begin - at > 2.2 * step) gaps.push([at / 1000, begin / 1000]);
    at = Math.max(at, end);
  }
  if (until - at > 2.2 * step) gaps.push([at / 1000, until / 1000]);
  return gaps;
}
