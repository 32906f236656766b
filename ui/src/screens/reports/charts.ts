// Figures of a period as charts: days and hours without anything are zeros, for somebody counted then and found none. Pure.
import type { CallReport } from '../../bindings/CallReport';
import type { RatingsOfDay } from '../../bindings/RatingsOfDay';
import type { ReportDays } from '../../bindings/ReportDays';
import type { ChartData, Series } from '../../components/chart';
import { groups, groupOf, type Group } from '../calls/marks';
import { eachDay } from './filter';

const HOURS = 24;

function stacked(
  length: number,
  bars: readonly { place: number; result: number | null; calls: number }[],
  words: Record<Group, string>,
): ChartData {
  const series = groups.map(({ id, token }): Series => {
    const values = new Array<number>(length).fill(0);
    for (const { place, result, calls } of bars)
      if (groupOf(result) === id) values[place] = (values[place] ?? 0) + calls;
    return { label: words[id], token, kind: 'bars', values };
  });
  return { x: Array.from({ length }, (_, index) => index), series, stacked: true };
}

/** Calls day by day; x is the place of the day in the period. */
export function daysChart(report: CallReport, days: ReportDays, words: Record<Group, string>): ChartData {
  const all = eachDay(days);
  const places = new Map(all.map((day, place) => [day, place]));
  const bars = report.days.flatMap(({ day, result, calls }) => {
    const place = places.get(day);
    return place === undefined ? [] : [{ place, result, calls }];
  });
  return stacked(all.length, bars, words);
}

/** Calls by hour of the day. */
export const hoursChart = (report: CallReport, words: Record<Group, string>): ChartData =>
  stacked(
    HOURS,
    report.hours.map(({ hour, result, calls }) => ({ place: hour, result, calls })),
    words,
  );

/** Answers of clients day by day, the good at the bottom. What was given automatically has a chart of its own. */
export function ratingsChart(
  days: readonly RatingsOfDay[],
  period: ReportDays,
  whose: 'by_user' | 'by_auto',
  words: readonly [string, string, string],
): ChartData {
  const all = eachDay(period);
  const found = new Map(days.map((each) => [each.day, each[whose]]));
  const tokens = whose === 'by_user' ? ['ready', 'accent', 'warning'] : ['off', 'off', 'off'];
  const series = words.map((label, place): Series => ({
    label,
    token: tokens[place] ?? 'off',
    kind: 'bars',
    values: all.map((day) => found.get(day)?.[place] ?? 0),
  }));
  return { x: all.map((_, place) => place), series, stacked: true };
}
