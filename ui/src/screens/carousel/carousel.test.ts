import { beforeEach, expect, test } from 'vitest';
import type { AssignmentRow } from '../../bindings/AssignmentRow';
import type { CarouselPerson } from '../../bindings/CarouselPerson';
import type { CarouselService } from '../../bindings/CarouselService';
import { i18n } from '../../i18n/index.svelte';
import { idOf, matches, monthOf, periodOf, ticketOf } from './filter';
import { canReassign, couldBe, endingOf, isTroubled, personState, ring, serviceEdge, serviceState } from './marks';
import { daysOf, monthTitle, shiftMonth } from './month';
import { numberOf, secondOf } from './panel';
import { peopleOf, type Choice } from './people';
import { byDifference, difference, furthest, longest } from './shares';
import { absenceWords, nearestWords, signed, tenths, whenWords } from './words';

beforeEach(() => {
  i18n.choose('ru');
  i18n.zone = 'UTC';
});

const person = (
  id: number,
  more: Partial<CarouselPerson['row']> = {},
  rest: Partial<CarouselPerson> = {},
): CarouselPerson => ({
  row: {
    id,
    enabled: true,
    name: `Человек ${id}`,
    firstname: null,
    lastname: null,
    middlename: null,
    email: null,
    username: null,
    flagged_at: null,
    flag: null,
    removed_at: null,
    groups: [1],
    ...more,
  },
  absences: [],
  off: false,
  given_today: 0,
  last_given: null,
  ...rest,
});

const service = (more: Partial<CarouselService['row']> = {}, present = [3]): CarouselService => ({
  row: {
    id: 1,
    enabled: true,
    name: 'Сеть',
    fullname: null,
    description: null,
    last: null,
    stage: null,
    stage_at: null,
    nobody_since: null,
    trouble: null,
    listed_at: null,
    cut: false,
    removed_at: null,
    waiting: 0,
    parked: 0,
    groups: [1],
    ...more,
  },
  members: [3, 7, 9],
  present,
  next: null,
});

test('of a service the gravest is told', () => {
  expect(serviceState(service())).toBe('on');
  expect(serviceState(service({ stage: 'listing' }))).toBe('listing');
  expect(serviceState(service({ trouble: 'rights' }))).toBe('trouble');
  expect(serviceState(service({ trouble: 'rights' }, []))).toBe('nobody');
  expect(serviceState(service({ enabled: false }, []))).toBe('off');
  expect(serviceState(service({ removed_at: 5 }, []))).toBe('removed');
  expect([serviceEdge(service({}, [])), serviceEdge(service({ trouble: 'x' })), serviceEdge(service())]).toEqual([
    'warning',
    'alarm',
    null,
  ]);
  expect([isTroubled(service({ parked: 1 })), isTroubled(service({ parked: 1, enabled: false }))]).toEqual([
    true,
    false,
  ]);
});

test('of a person it is told why no ticket can come, in the engine’s order', () => {
  expect(personState(person(1), null)).toBe('present');
  expect(personState(person(1, {}, { given_today: 5 }), 5)).toBe('full');
  expect(personState(person(1, {}, { given_today: 5, off: true }), 5)).toBe('off');
  expect(personState(person(1, { enabled: false }, { off: true }), null)).toBe('disabled');
  expect(personState(person(1, { enabled: false, removed_at: 1 }), null)).toBe('removed');
});

test('the ring goes round from the next one, or from after the last', () => {
  expect(ring([9, 3, 7, 3], 9, 7)).toEqual([9, 3, 7]);
  expect(ring([3, 7, 9], null, 8)).toEqual([9, 3, 7]);
  expect(ring([3, 7, 9], null, 9)).toEqual([3, 7, 9]);
  expect(ring([3, 7, 9], null, null)).toEqual([3, 7, 9]);
});

const line = (id: number, more: Partial<AssignmentRow> = {}): AssignmentRow => ({
  id,
  service: 1,
  service_name: 'Сеть',
  ticket: 4711,
  person: 3,
  person_name: 'Человек 3',
  way: 'turn',
  state: 'confirmed',
  outcome: 'confirmed',
  detail: null,
  last: null,
  considered: [],
  otherwise: null,
  by: null,
  created_at: 0,
  updated_at: 0,
  ...more,
});

test('only the last decision about a ticket, and only one that came true, can be given to another', () => {
  const [older, newer] = [line(1), line(2)];
  expect(canReassign(newer, [newer, older])).toBe(true);
  expect(canReassign(older, [newer, older])).toBe(false);
  const sent = line(3, { state: 'sent', outcome: null });
  expect([canReassign(sent, [sent]), canReassign(newer, [sent, newer])]).toEqual([false, false]);
});

test('an ending is the outcome, or where it stands', () => {
  expect(endingOf({ state: 'planned', outcome: null })).toBe('planned');
  expect(endingOf({ state: 'failed', outcome: 'taken' })).toBe('taken');
  const considered = (['turn', 'later', 'off', 'refused'] as const).map((place, id) => ({
    person: id,
    name: '',
    place,
    given: 0,
  }));
  expect(couldBe(considered)).toBe(2);
});

test('who is on the carousel now, by service and by group', () => {
  const people = [
    person(3, { groups: [1] }),
    person(7, { groups: [2], flagged_at: 5 }),
    person(9, { groups: [1], enabled: false }),
    person(11, { groups: [2] }, { off: true }),
    person(12, { removed_at: 1 }),
  ];
  const all: Choice = { typed: '', service: null, group: null, who: 'all', now: false, gone: false };
  const ids = (choice: Partial<Choice>) => peopleOf(people, { ...all, ...choice }, null, 'ru').map(({ row }) => row.id);
  expect(ids({})).toEqual([3, 7, 9, 11]);
  expect(ids({ gone: true })).toContain(12);
  expect(ids({ now: true })).toEqual([3, 7]);
  expect(ids({ now: true, group: 2 })).toEqual([7]);
  expect(ids({ service: service() })).toEqual([3, 7, 9]);
  expect(ids({ who: 'flagged' })).toEqual([7]);
  expect(ids({ who: 'off' })).toEqual([11]);
  expect(ids({ who: 'disabled' })).toEqual([9]);
  expect(ids({ typed: 'ЧЕЛОВЕК 1' })).toEqual([11]);
});

test('the address holds a period of days, at most as many as the engine counts', () => {
  const today = '2026-11-05';
  expect(periodOf({}, today)).toEqual({ period: 'month', from: '2026-10-07', until: today });
  expect(periodOf({ period: 'week' }, today)).toMatchObject({ from: '2026-10-30' });
  expect(periodOf({ period: 'own', from: '2026-11-03', until: '2026-11-01' }, today)).toEqual({
    period: 'own',
    from: '2026-11-01',
    until: '2026-11-03',
  });
  expect(periodOf({ period: 'own', from: '2020-01-01', until: today }, today).from).toBe('2025-11-05');
  expect(periodOf({ period: 'own', from: 'завтра' }, today)).toMatchObject({ from: '2026-10-07', until: today });
});

test('numbers and months of the address; what they cannot mean is left out', () => {
  expect([ticketOf('№ 4711'), ticketOf(' #12 '), ticketOf('12a'), ticketOf(null)]).toEqual([4711, 12, null, null]);
  expect([idOf('583001'), idOf('-1'), idOf(null)]).toEqual([583001, null, null]);
  expect([monthOf('2026-02', '2026-11-05'), monthOf('2026-13', '2026-11-05')]).toEqual(['2026-02', '2026-11']);
  expect([numberOf('4711/93'), secondOf('4711/93'), secondOf('4711'), numberOf('x')]).toEqual([4711, 93, null, null]);
  expect([matches('сеть 12', ['Сеть', 1201], 'ru'), matches('сеть 13', ['Сеть', 1201], 'ru')]).toEqual([true, false]);
});

test('a month has its days with the weekends', () => {
  const days = daysOf('2028-02');
  expect(days).toHaveLength(29);
  expect(days[0]).toEqual({ day: '2028-02-01', number: 1, weekday: 1, weekend: false });
  expect(days.filter(({ weekend }) => weekend).map(({ number }) => number)).toEqual([5, 6, 12, 13, 19, 20, 26, 27]);
  expect([shiftMonth('2026-12', 1), shiftMonth('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
  expect([monthTitle('2026-11', 'ru-RU'), monthTitle('2026-11', 'en-GB')]).toEqual(['ноябрь 2026', 'November 2026']);
});

test('the furthest from even, either way', () => {
  const shares = [
    { person: 3, given: 10, even: 8.5 },
    { person: 7, given: 4, even: 6.2 },
    { person: 9, given: 5, even: 5 },
  ];
  expect(furthest(shares)?.person).toBe(7);
  expect(furthest([])).toBeNull();
  expect(byDifference(shares).map((share) => share.person)).toEqual([3, 9, 7]);
  expect(longest(shares)).toBe(10);
  expect(shares.map((share) => signed(difference(share)))).toEqual(['+1,5', '−2,2', '0']);
  expect(tenths(9)).toBe('9,0');
});

test('days away in words', () => {
  const today = i18n.today();
  const year = today.slice(0, 4);
  const row = (start: string, end: string, more = {}) => ({
    id: 1,
    start,
    end,
    half: null,
    rrule: null,
    source: 'manual' as const,
    ...more,
  });
  expect(absenceWords(row(`${year}-11-05`, `${year}-11-09`))).toBe('5 ноя – 9 ноя, весь день');
  expect(whenWords(row(`${year}-11-06`, `${year}-11-06`, { rrule: 'FREQ=WEEKLY;BYDAY=FR' }))).toBe(
    'каждую неделю: пт, с 6 ноя',
  );
  expect(whenWords(row(`${year}-11-06`, `${year}-11-07`, { rrule: 'FREQ=MONTHLY' }))).toBe(
    '6 ноя – 7 ноя, по правилу FREQ=MONTHLY',
  );
  expect(nearestWords([row(`${year}-11-01`, `${year}-11-09`)], `${year}-11-05`)).toBe('до 9 ноя');
  expect(nearestWords([row(`${year}-11-05`, `${year}-11-05`, { half: 'first' })], `${year}-11-05`)).toBe(
    'сегодня, первая половина дня',
  );
  expect(nearestWords([row(`${year}-11-20`, `${year}-11-22`)], `${year}-11-05`)).toBe('с 20 ноя');
  expect(nearestWords([], today)).toBeNull();
});
