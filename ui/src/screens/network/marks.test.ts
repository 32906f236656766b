import { expect, test } from 'vitest';
import type { ChartPoints } from '../../bindings/ChartPoints';
import { chartOf, daysLeft, gapsOf, gradeOfTime, spanOf } from './marks';

const points = (at: number[], more: Partial<ChartPoints> = {}): ChartPoints => ({
  step_ms: 10_000,
  at,
  median_ms: at.map(() => 20),
  min_ms: at.map(() => 10),
  max_ms: at.map(() => 30),
  jitter_ms: at.map(() => 5),
  loss: at.map(() => 0),
  planned: at.map(() => false),
  watched: [],
  ...more,
});

test('the thresholds are those of the monitor before Pult', () => {
  const table: [number | null, string][] = [
    [99, 'excellent'],
    [100, 'good'],
    [199, 'good'],
    [200, 'average'],
    [499, 'average'],
    [500, 'poor'],
    [null, 'disconnected'],
  ];
  for (const [ms, grade] of table) expect(gradeOfTime(ms)).toBe(grade);
});

test('a gap is drawn where nothing was measured, and a late look is none', () => {
  const chart = chartOf(points([0, 10_000, 25_000, 60_000, 70_000]), { from: 0, until: 80_000 }, 'x');
  expect(chart.x).toEqual([0, 10, 25, 35, 60, 70]);
  expect(chart.series[0]?.values).toEqual([20, 20, 20, null, 20, 20]);
  expect(chart.band?.high).toEqual([30, 30, 30, null, 30, 30]);
});

test('a look without an answer is a gap in the line and a tint behind it', () => {
  const chart = chartOf(points([0, 10_000], { median_ms: [20, null], loss: [0, 1] }), { from: 0, until: 20_000 }, 'x');
  expect(chart.series[0]?.values).toEqual([20, null]);
  expect(chart.series[0]?.points).toEqual(['ready', null]);
  expect(chart.tinted).toEqual([{ from: 10, to: 20, strength: 1 }]);
});

test('a long period has no points on its line', () => {
  const many = points(Array.from({ length: 200 }, (_, index) => index * 10_000));
  expect(chartOf(many, { from: 0, until: 2_000_000 }, 'x').series[0]?.points).toBeUndefined();
});

test('what nobody watched is hatched from edge to edge', () => {
  const span = { from: 0, until: 100_000 };
  expect(gapsOf([], span, 10_000)).toEqual([[0, 100]]);
  expect(gapsOf([[30_000, 60_000]], span, 10_000)).toEqual([
    [0, 30],
    [60, 100],
  ]);
  // From one look to the next a moment passes: that is no gap.
  expect(gapsOf([[5_000, 95_000]], span, 10_000)).toEqual([]);
});

test('the end of a long period moves in steps', () => {
  const first = spanOf('month', 1_000_000_000_000, 10);
  const second = spanOf('month', 1_000_000_010_000, 10);
  expect(second).toEqual(first);
  expect(first.until - first.from).toBe(30 * 24 * 3_600_000);
  expect(spanOf('last', 500_000, 10)).toEqual({ from: 0, until: 500_000 });
});

test('days of a certificate are whole and turn negative', () => {
  const now = 1_000_000_000;
  expect(daysLeft(null, now)).toBeNull();
  expect(daysLeft(now + 86_400_000 * 2 - 1, now)).toBe(1);
  expect(daysLeft(now - 1, now)).toBe(-1);
});
