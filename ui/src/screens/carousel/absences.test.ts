import { expect, test } from 'vitest';
import type { Absence } from '../../bindings/Absence';
import { comingUp, faultOf, requestOf, typedOf, type Typed } from './absence';
import { daysAway, isOver, isRule, nearest, occurrences, printWeekly, readWeekly, stretches } from './absences';

const row = (start: string, end: string, more: Partial<Absence> = {}): Absence => ({
  id: 1,
  start,
  end,
  half: null,
  rrule: null,
  source: 'manual',
  ...more,
});
const days = (absence: Absence, from: string, to: string) => [...daysAway([absence], from, to).days.keys()];

test('both ends of a stretch are days away', () => {
  expect(days(row('2026-05-10', '2026-05-12'), '2026-05-01', '2026-05-31')).toEqual([
    '2026-05-10',
    '2026-05-11',
    '2026-05-12',
  ]);
  expect(days(row('2026-05-12', '2026-05-10'), '2026-05-01', '2026-05-31')).toEqual([]);
});

test('a stretch that began before the month is drawn from its first day on', () => {
  expect(days(row('2026-04-20', '2026-05-02'), '2026-05-01', '2026-05-31')).toEqual(['2026-05-01', '2026-05-02']);
});

test('a weekly rule counts from its first day, and a longer stretch reaches into the month', () => {
  const fridays = row('2026-11-03', '2026-11-03', { rrule: 'FREQ=WEEKLY;BYDAY=FR' });
  // The first day itself is none of it unless it is a Friday.
  expect(days(fridays, '2026-11-01', '2026-11-21')).toEqual(['2026-11-06', '2026-11-13', '2026-11-20']);
  const weekends = row('2026-10-31', '2026-11-01', { rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SA' });
  expect(days(weekends, '2026-11-01', '2026-11-30')).toEqual([
    '2026-11-01',
    '2026-11-14',
    '2026-11-15',
    '2026-11-28',
    '2026-11-29',
  ]);
});

test('two halves of one day, of two rows, make a whole one', () => {
  const first = row('2026-11-05', '2026-11-05', { half: 'first' });
  const second = row('2026-11-05', '2026-11-05', { id: 2, half: 'second', rrule: 'FREQ=DAILY;COUNT=1' });
  const away = daysAway([first, second], '2026-11-01', '2026-11-30').days.get('2026-11-05');
  expect(away).toMatchObject({ first: true, second: true, recurring: true });
  expect(away?.rows).toEqual([first, second]);
});

test('clock changes move no day', () => {
  const daily = row('2026-10-24', '2026-10-24', { rrule: 'FREQ=DAILY;COUNT=3' });
  expect(days(daily, '2026-10-01', '2026-10-31')).toEqual(['2026-10-24', '2026-10-25', '2026-10-26']);
});

test('a rule that never comes true is given up, and said to be untold', () => {
  const never = row('2016-11-02', '2016-11-02', { rrule: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30' });
  expect(occurrences(never.start, never.rrule ?? '', '2026-11-01', '2026-11-30')).toBeNull();
  expect(stretches(never, '2026-11-01', '2026-11-30')).toBeNull();
  expect(daysAway([never], '2026-11-01', '2026-11-30').unclear).toEqual([never]);
});

test('a rule of many years is told to its end', () => {
  expect(occurrences('2000-01-01', 'FREQ=DAILY', '2026-11-01', '2026-11-03')).toHaveLength(3);
});

test.each([
  ['FREQ=WEEKLY;BYDAY=FR', true],
  ['FREQ=MONTHLY;BYMONTHDAY=-1', true],
  ['FREQ=YEARLY', true],
  ['FREQ=HOURLY', false],
  ['FREQ=DAILY;BYHOUR=9', false],
  ['FREQ=WEEKLY;BYDAY=XX', false],
  ['каждую пятницу', false],
  ['', false],
  [`FREQ=WEEKLY;BYDAY=${'MO,'.repeat(100)}TU`, false],
])('%j is a rule the engine keeps: %s', (rule, kept) => expect(isRule('2026-11-03', rule)).toBe(kept));

test.each([
  ['FREQ=WEEKLY;BYDAY=FR', { days: [4], every: 1, until: null }],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU', { days: [0, 1], every: 2, until: null }],
  ['FREQ=WEEKLY;BYDAY=SU;UNTIL=20261231T235959Z', { days: [6], every: 1, until: '2026-12-31' }],
])('%s is what the form prints again', (rule, weekly) => {
  expect(readWeekly(rule)).toEqual(weekly);
  expect(printWeekly(weekly)).toBe(rule);
});

test.each(['FREQ=MONTHLY', 'FREQ=WEEKLY', 'FREQ=WEEKLY;BYDAY=FR;COUNT=3', 'FREQ=WEEKLY;INTERVAL=9;BYDAY=FR'])(
  '%s is more than the form of weekdays has',
  (rule) => expect(readWeekly(rule)).toBeNull(),
);

test('the stretch that is on comes before one that is to come', () => {
  const soon = row('2026-11-20', '2026-11-21');
  const now = row('2026-11-01', '2026-11-09', { id: 2 });
  expect(nearest([soon, now], '2026-11-05')).toEqual({ start: '2026-11-01', end: '2026-11-09', absence: now });
  expect(nearest([soon], '2026-11-22')).toBeNull();
});

test('what is over is over, a rule without an end never', () => {
  expect(isOver(row('2026-11-01', '2026-11-04'), '2026-11-05')).toBe(true);
  expect(isOver(row('2026-11-01', '2026-11-05'), '2026-11-05')).toBe(false);
  expect(isOver(row('2020-01-03', '2020-01-03', { rrule: 'FREQ=WEEKLY;BYDAY=FR' }), '2026-11-05')).toBe(false);
  expect(isOver(row('2020-01-03', '2020-01-03', { rrule: 'FREQ=DAILY;UNTIL=20200110T235959Z' }), '2026-11-05')).toBe(
    true,
  );
});

const typed = (more: Partial<Typed> = {}): Typed => ({ ...typedOf(null, '2026-11-05'), ...more });

test('an end before the start is a fault of the form, before anything is sent', () => {
  expect(faultOf(typed({ end: '2026-11-04' }))).toEqual({ at: 'end', fault: 'order' });
  expect(faultOf(typed({ end: '2036-12-01' }))).toEqual({ at: 'end', fault: 'tooLong' });
  expect(faultOf(typed({ repeat: 'weekly', days: [] }))).toEqual({ at: 'days', fault: 'noDays' });
  expect(faultOf(typed({ repeat: 'weekly', until: '2026-11-01' }))).toEqual({ at: 'until', fault: 'until' });
  expect(faultOf(typed({ repeat: 'own', rule: 'FREQ=HOURLY' }))).toEqual({ at: 'rule', fault: 'rule' });
  expect(faultOf(typed())).toBeNull();
});

test('what is typed becomes what the engine is asked', () => {
  expect(requestOf(typed({ end: '2026-11-09', part: 'second' }), 7, 0)).toEqual({
    person: 7,
    id: 0,
    start: '2026-11-05',
    end: '2026-11-09',
    half: 'second',
    rrule: null,
  });
  // Weekdays are single days, whatever the last day was before.
  expect(requestOf(typed({ end: '2026-11-09', repeat: 'weekly', days: [4, 0], every: 2 }), 7, 3)).toMatchObject({
    id: 3,
    end: '2026-11-05',
    rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR',
  });
});

test('a kept row opens as it was entered; a rule over several days is one of one’s own', () => {
  const weekly = row('2026-11-06', '2026-11-06', { rrule: 'FREQ=WEEKLY;BYDAY=FR', half: 'first' });
  expect(typedOf(weekly, '2026-01-01')).toMatchObject({
    repeat: 'weekly',
    days: [4],
    part: 'first',
    start: '2026-11-06',
  });
  expect(typedOf({ ...weekly, end: '2026-11-07' }, '2026-01-01')).toMatchObject({ repeat: 'own' });
});

test('the form tells the next days of a rule, and that there are none', () => {
  expect(comingUp(typed(), '2026-11-05')).toBeNull();
  expect(comingUp(typed({ repeat: 'weekly', days: [4] }), '2026-11-10')).toEqual([
    '2026-11-13',
    '2026-11-20',
    '2026-11-27',
    '2026-12-04',
  ]);
  expect(comingUp(typed({ repeat: 'own', rule: 'FREQ=WEEKLY;UNTIL=20261101T000000Z' }), '2026-11-10')).toEqual([]);
});
