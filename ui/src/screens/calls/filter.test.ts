import { describe, expect, test } from 'vitest';
import { isNarrowed, presentDays, readFilter, toRequest } from './filter';

const today = '2026-11-05';
const ask = (params: Record<string, string>) => toRequest(readFilter(params), { from: today, to: today });

test('a bare address is today in both centres', () => {
  expect(ask({})).toEqual({
    centre: null,
    days: { from: today, to: today },
    phone: null,
    operator: null,
    result: null,
    type_call: null,
    theme: null,
    agency: null,
    only_open: false,
  });
  expect(isNarrowed(readFilter({ date: '2026-11-04' }))).toBe(false);
});

test('every filter of the address reaches the engine', () => {
  expect(
    ask({
      centre: 'vilnius',
      date: '2026-10-31',
      phone: '(906) 12',
      operator: 'Анна Белова',
      result: '0',
      type: 'unknown',
      theme: 'Оплата',
      agency: '4100',
      live: '1',
    }),
  ).toEqual({
    centre: 'vilnius',
    days: { from: '2026-10-31', to: '2026-10-31' },
    phone: { digits: '90612', place: 'anywhere' },
    operator: 'Анна Белова',
    result: 0,
    type_call: -1,
    theme: 'Оплата',
    agency: 4100,
    only_open: true,
  });
});

describe('the phone', () => {
  test('a star asks for the end', () =>
    expect(ask({ phone: '*12-34' }).phone).toEqual({ digits: '1234', place: 'end' }));
  test('without digits there is nothing to ask', () => expect(ask({ phone: '*' }).phone).toBeNull());
});

describe('all time', () => {
  test('counts beside a number', () => expect(ask({ phone: '12', all: '1' }).days).toBeNull());
  test('counts beside an agency', () => expect(ask({ agency: '7', all: '1' }).days).toBeNull());
  test('alone it is today', () => expect(ask({ all: '1' }).days).toEqual({ from: today, to: today }));
  test('a star alone is no number', () => expect(ask({ phone: '*', all: '1' }).days).not.toBeNull());
});

test.each([
  [{ centre: 'riga' }],
  [{ result: '7' }],
  [{ result: '1.5' }],
  [{ type: '8' }],
  [{ date: 'yesterday' }],
  [{ agency: 'x' }],
  [{ live: 'yes' }],
] as [Record<string, string>][])('what an address cannot mean is left out: %j', (params) =>
  expect(ask(params)).toEqual(ask({})),
);

test.each<Record<string, string>>([
  { centre: 'moscow' },
  { phone: '1' },
  { operator: 'А' },
  { result: '0' },
  { type: 'unknown' },
  { theme: 'Т' },
  { agency: '1' },
  { live: '1' },
])('%j narrows', (params) => expect(isNarrowed(readFilter(params))).toBe(true));

test('around midnight two days are the present, whatever the reader’s clock says', () => {
  // 23:30 in Vilnius, 00:30 in Moscow, 21:30 UTC.
  expect(presentDays(new Date('2026-11-21T21:30:00Z'))).toEqual({ from: '2026-11-21', to: '2026-11-22' });
  expect(presentDays(new Date('2026-11-21T22:30:00Z'))).toEqual({ from: '2026-11-22', to: '2026-11-22' });
});
