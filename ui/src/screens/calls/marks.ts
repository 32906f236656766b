// How results of calls look and which of them the chart stacks together. Pure.
import type { Badge } from '../../bindings/Badge';
import type { CallRow } from '../../bindings/CallRow';
import type { Centre } from '../../bindings/Centre';
import type { HourBar } from '../../bindings/HourBar';
import type { Shape, Tone } from '../../components/badge';
import type { ChartData } from '../../components/chart';
import { RESULTS, TYPES, type Code } from './filter';

export interface Mark {
  tone: Tone;
  shape: Shape;
}

/** Each badge has a shape of its own, so that results differ without colour. */
export const marks: Record<Badge, Mark> = {
  success: { tone: 'ready', shape: 'dot' },
  dropped: { tone: 'warning', shape: 'half' },
  'no-internet': { tone: 'alarm', shape: 'triangle' },
  failed: { tone: 'alarm', shape: 'square' },
  unknown: { tone: 'unknown', shape: 'dashed' },
};
export const liveMark: Mark = { tone: 'talking', shape: 'ring' };

const badges: Record<(typeof RESULTS)[number], Badge> = {
  0: 'failed',
  1: 'success',
  2: 'dropped',
  3: 'no-internet',
  4: 'failed',
  5: 'failed',
  6: 'failed',
};

export type ResultCode = keyof typeof badges | 'unknown';
export type TypeCode = (typeof TYPES)[number] | 'unknown';

/** A stored code as a key of the texts. */
export const resultCode = (code: Code | null): ResultCode => RESULTS.find((each) => each === code) ?? 'unknown';
export const typeCode = (code: Code | null): TypeCode => TYPES.find((each) => each === code) ?? 'unknown';

/** The Vilnius centre's journal has no result and no type: there, no code is nothing unknown but nothing kept. */
const keepsNone = (call: { centre: Centre }, code: number | null): boolean =>
  call.centre === 'vilnius' && code === null;

/** The result of a call; null where there is none to know. */
export const resultOf = (call: { centre: Centre; result: number | null }): ResultCode | null =>
  keepsNone(call, call.result) ? null : resultCode(call.result);
/** The type of a call; null where there is none to know, or nobody has said it of a call that goes on. */
export const typeOf = (call: CallRow): TypeCode | null =>
  keepsNone(call, call.type_call) || (call.state === 'open' && call.type_call === null)
    ? null
    : typeCode(call.type_call);

export function badgeOf(code: Code | null): Badge {
  const known = resultCode(code);
  return known === 'unknown' ? 'unknown' : badges[known];
}

/** Calls of each result over all hours, the most frequent first; null for those whose centre keeps none. */
export function countByResult(
  hours: readonly Pick<HourBar, 'centre' | 'result' | 'calls'>[],
): { code: ResultCode | null; calls: number }[] {
  const sums = new Map<ResultCode | null, number>();
  for (const bar of hours) {
    const code = resultOf(bar);
    sums.set(code, (sums.get(code) ?? 0) + bar.calls);
  }
  return [...sums].map(([code, calls]) => ({ code, calls })).sort((a, b) => b.calls - a.calls);
}

export type Group = 'success' | 'dropped' | 'failed' | 'unknown';
/** The groups of results that charts stack, from the bottom up. */
export const groups: readonly { id: Group; token: string }[] = [
  { id: 'success', token: 'ready' },
  { id: 'dropped', token: 'warning' },
  { id: 'failed', token: 'alarm' },
  { id: 'unknown', token: 'off' },
];

export function groupOf(code: number | null): Group {
  const badge = badgeOf(code);
  return badge === 'no-internet' ? 'failed' : badge;
}

const HOUR_S = 3600;

/** Hours in a row, empty ones included, a stack of groups for each; null when there is nothing to draw. */
export function hourChart(hours: readonly HourBar[], words: Record<Group, string>): ChartData | null {
  if (hours.length === 0) return null;
  const starts = hours.map((bar) => bar.hour / 1000);
  const first = Math.min(...starts);
  const count = Math.round((Math.max(...starts) - first) / HOUR_S) + 1;
  const x = Array.from({ length: count }, (_, index) => first + index * HOUR_S);
  const series = groups.map(({ id, token }) => {
    const values = new Array<number>(count).fill(0);
    for (const bar of hours) {
      if (groupOf(bar.result) !== id) continue;
      const place = Math.round((bar.hour / 1000 - first) / HOUR_S);
      values[place] = (values[place] ?? 0) + bar.calls;
    }
    return { label: words[id], token, kind: 'bars' as const, values };
  });
  return { x, series, stacked: true };
}

/** Seconds of a call: up to `now` while it goes on; null when nobody said when it ended. */
export function lengthOf(call: CallRow, now: () => number): number | null {
  const end = call.ended_at ?? (call.state === 'open' ? now() : null);
  return end === null ? null : (end - call.started_at) / 1000;
}
