import { expect, test } from 'vitest';
import type { CallReport } from '../../bindings/CallReport';
import type { TicketGroup } from '../../bindings/TicketGroup';
import { daysChart, hoursChart, ratingsChart } from './charts';
import {
  eachDay,
  lengthOf,
  mostDays,
  periodOf,
  printPart,
  readPart,
  staleOf,
  statusOf,
  tabOf,
  ticketsOf,
} from './filter';
import { rowsOf } from './groups';

const TODAY = '2026-11-05';
const words = { success: 'да', dropped: 'сами', failed: 'нет', unknown: '?' };

test('a tab and a period nobody knows are the usual ones, and no period is longer than the engine counts', () => {
  expect(tabOf({ tab: 'csat' })).toBe('csat');
  expect(tabOf({ tab: 'toString' })).toBe('tickets');
  expect(periodOf({}, TODAY, 366)).toEqual({ period: 'month', days: { from: '2026-10-07', to: TODAY } });
  expect(periodOf({ period: 'today' }, TODAY, 366).days).toEqual({ from: TODAY, to: TODAY });
  const own = { period: 'own', from: '2026-11-01', until: '2025-01-01' };
  expect(periodOf(own, TODAY, mostDays('calls')).days).toEqual({ from: '2025-11-01', to: '2026-11-01' });
  expect(lengthOf(periodOf(own, TODAY, mostDays('calls')).days)).toBe(366);
  expect(periodOf(own, TODAY, mostDays('availability')).days.from).toBe('2026-08-02');
  expect(lengthOf(periodOf({ period: 'quarter' }, TODAY, 92).days)).toBe(90);
  expect(eachDay({ from: '2026-02-27', to: '2026-03-01' })).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
});

test('a report begins with the present year of the first project', () => {
  const { project, report } = ticketsOf({}, TODAY, 3);
  expect([project, report.project, report.year, report.grouping]).toEqual([3, 3, 2026, 'executor']);
  expect(ticketsOf({}, TODAY, null).project).toBeNull();
  const narrowed = ticketsOf(
    {
      project: '7',
      span: 'days',
      since: '2026-01-01',
      till: 'x',
      year: '2020',
      months: '1',
      status: 'open',
      executor: '0',
    },
    TODAY,
    3,
  ).report;
  expect(narrowed).toMatchObject({ project: 7, from: '2026-01-01', to: null, year: null, months: [], executor: 0 });
  expect(narrowed.status).toEqual({ status: 'open' });
  expect(ticketsOf({ months: '12,1,13,x,1' }, TODAY, 3).report.months).toEqual([1, 12]);
  expect(ticketsOf({ span: 'all', months: '1' }, TODAY, 3).report).toMatchObject({ year: null, months: [] });
  expect([statusOf('5'), statusOf('opened'), statusOf(undefined)]).toEqual([{ status: 'is', id: 5 }, null, null]);
});

test('a ticket stands still for seven days unless the address says otherwise, and for one at least', () => {
  expect(staleOf({}, 3)).toEqual({ project: 3, days: 7, status: null, executor: null });
  expect(staleOf({ days: '0', status: 'open', executor: '8' }, 3)).toMatchObject({
    days: 1,
    status: null,
    executor: 8,
  });
  expect(staleOf({ days: '99999' }, 3)?.days).toBe(3650);
  expect(staleOf({}, null)).toBeNull();
});

test('a figure is an address and an address a figure', () => {
  for (const part of [
    { executor: 7, month: '2026-02' },
    { executor: 0, month: null },
    { executor: null, month: '2026-12' },
    { executor: null, month: null },
  ])
    expect(readPart(printPart(part))).toEqual(part);
  for (const wrong of ['', '7', '7/2026-13', 'x/any', '-1/any']) expect(readPart(wrong)).toBeNull();
});

const group = (id: string, count: number, children: TicketGroup[] = []): TicketGroup => ({
  id,
  name: id,
  count,
  children,
});

test('each group has its children below it, and each figure the tickets it counted', () => {
  const groups = [
    group('7', 3, [group('2026-01', 1), group('2026-02', 2)]),
    group('unassigned', 4, [group('2026-01', 4)]),
  ];
  const told = (rows: ReturnType<typeof rowsOf>) => rows.map(({ key, part }) => [key, part.executor, part.month]);
  expect(told(rowsOf(groups, 'name', false))).toEqual([
    ['7', 7, null],
    ['7/2026-01', 7, '2026-01'],
    ['7/2026-02', 7, '2026-02'],
    ['unassigned', 0, null],
    ['unassigned/2026-01', 0, '2026-01'],
  ]);
  expect(rowsOf(groups, 'count', false).map(({ key }) => key)).toEqual([
    'unassigned',
    'unassigned/2026-01',
    '7',
    '7/2026-02',
    '7/2026-01',
  ]);
  expect(rowsOf(groups, 'name', true).map(({ share }) => share)).toEqual([0.75, 1]);
  expect(told(rowsOf([group('2026-01', 2, [group('7', 2)])], 'name', false))[1]).toEqual(['2026-01/7', 7, '2026-01']);
});

test('days and hours without calls are zeros, and nothing outside the period is drawn', () => {
  const bar = { centre: 'moscow' as const, calls: 2 };
  const report: CallReport = {
    calls: 6,
    operators: [],
    days: [
      { ...bar, day: '2026-03-01', result: 1 },
      { ...bar, day: '2026-03-03', result: 1 },
      { ...bar, day: '2026-03-03', result: null },
      { ...bar, day: '2026-03-09', result: 1 },
    ],
    hours: [{ ...bar, hour: 23, result: 2 }],
  };
  const chart = daysChart(report, { from: '2026-03-01', to: '2026-03-03' }, words);
  expect(chart.x).toEqual([0, 1, 2]);
  expect(chart.series.map(({ label, values }) => [label, values])).toEqual([
    ['да', [2, 0, 2]],
    ['сами', [0, 0, 0]],
    ['нет', [0, 0, 0]],
    ['?', [0, 0, 2]],
  ]);
  const hours = hoursChart(report, words);
  expect([hours.x.length, hours.series[1]?.values[23], hours.series[0]?.values[23]]).toEqual([24, 2, 0]);
});

test('answers of clients and automatic ratings are charts of their own', () => {
  const days = [{ day: '2026-03-02', by_user: [1, 2, 3], by_auto: [9, 0, 0], by_supervisor: [5, 5, 5] }] as const;
  const period = { from: '2026-03-01', to: '2026-03-02' };
  const of = (whose: 'by_user' | 'by_auto') =>
    ratingsChart(
      days.map((day) => ({
        ...day,
        by_user: [...day.by_user],
        by_auto: [...day.by_auto],
        by_supervisor: [...day.by_supervisor],
      })),
      period,
      whose,
      ['отлично', 'хорошо', 'плохо'],
    ).series.map(({ values }) => values);
  expect(of('by_user')).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
  ]);
  expect(of('by_auto')).toEqual([
    [0, 9],
    [0, 0],
    [0, 0],
  ]);
});
