import { expect, test } from 'vitest';
import { age, bytes, dayOf, dayTitle, duration, fullInstant, instant, number, phone, shiftDay, work } from './format';

const zone = 'Europe/Moscow';
const now = new Date('2026-11-05T12:00:00Z');

test.each([
  ['2026-11-05T11:03:22Z', 'ru', '14:03:22'],
  ['2026-11-05T11:03:22Z', 'en', '14:03:22'],
  ['2026-11-04T21:00:00Z', 'ru', '00:00:00'],
  ['2026-11-04T20:59:59Z', 'ru', '4 ноя, 23:59'],
  ['2026-05-05T11:03:22Z', 'en', '5 May, 14:03'],
  ['2026-05-05T11:03:22Z', 'ru', '5 мая, 14:03'],
  ['2025-11-05T11:03:22Z', 'ru', '05.11.2025 14:03'],
  ['2025-12-31T21:00:00Z', 'ru', '1 янв, 00:00'],
  ['not a date', 'ru', '—'],
] as const)('instant %s in %s is %s', (at, language, expected) => {
  expect(instant(at, language, zone, now)).toBe(expected);
});

test('an absent instant is a dash', () => expect(instant(null, 'ru', zone, now)).toBe('—'));

test('the full instant names the zone and its offset at that time', () => {
  expect(fullInstant('2026-11-05T11:03:22.500Z', zone)).toBe('05.11.2026 14:03:22.500 (Europe/Moscow, UTC+3)');
  expect(fullInstant('2026-07-01T10:00:00Z', 'Europe/Vilnius')).toBe('01.07.2026 13:00:00 (Europe/Vilnius, UTC+3)');
  expect(fullInstant('2026-12-01T10:00:00Z', 'Europe/Vilnius')).toBe('01.12.2026 12:00:00 (Europe/Vilnius, UTC+2)');
});

test.each([
  [0, '0:00'],
  [7.9, '0:07'],
  [247, '4:07'],
  [3599, '59:59'],
  [3847, '1:04:07'],
  [360_000, '100:00:00'],
  [-3, '0:00'],
  [null, '—'],
])('duration of %s s is %s', (seconds, expected) => expect(duration(seconds)).toBe(expected));

test.each([
  [0, '0'],
  [59, '0'],
  [240, '4 мин'],
  [16_500, '4 ч 35 мин'],
  [361_800, '100 ч'],
  [-60, '0'],
  [null, '—'],
])('work of %s s is %s', (seconds, expected) => {
  expect(work(seconds, 'ru').replaceAll('\u00a0', ' ')).toBe(expected);
  expect(work(16_500, 'en').replaceAll('\u00a0', ' ')).toBe('4 h 35 min');
});

test.each([
  [2, 'ru', '2 с назад'],
  [90, 'ru', '1 мин назад'],
  [7200, 'en', '2 h ago'],
  [86_400, 'ru', '1 день назад'],
  [86_400 * 3, 'ru', '3 дня назад'],
  [86_400 * 11, 'ru', '11 дней назад'],
  [86_400, 'en', '1 day ago'],
  [-5, 'en', '0 s ago'],
] as const)('age of %s s in %s is %s', (seconds, language, expected) => {
  const text = age(new Date(now.getTime() - seconds * 1000), language, now);
  expect(text.replaceAll('\u00a0', ' ')).toBe(expected);
});

test.each([
  ['+74951234567', '+7 495 123-45-67'],
  ['74951234567', '+7 495 123-45-67'],
  ['84951234567', '8 495 123-45-67'],
  ['4951234567', '495 123-45-67'],
  ['+7 (495) 123-45-67', '+7 495 123-45-67'],
  ['1234567', '123-45-67'],
  ['123456', '12-34-56'],
  ['+37060012345', '+370 600 12345'],
  ['+441632960123', '+441 632 960 123'],
  ['1042', '1042'],
  ['anonymous', 'anonymous'],
  ['', '—'],
  [null, '—'],
])('phone %s is read as %s', (raw, expected) => expect(phone(raw)).toBe(expected));

test('numbers: zero is shown, absent is a dash', () => {
  expect(number(0, 'ru')).toBe('0');
  expect(number(null, 'ru')).toBe('—');
  expect(number(1234567, 'ru')).toBe('1\u00a0234\u00a0567');
  expect(number(1.26, 'ru', 1)).toBe('1,3');
  expect(bytes(1_468_006, 'ru')).toBe('1,4\u00a0МБ');
  expect(bytes(512, 'en')).toBe('512\u00a0B');
});

test('days', () => {
  expect(dayOf(new Date('2026-11-04T21:30:00Z'), zone)).toBe('2026-11-05');
  expect(shiftDay('2026-03-01', -1)).toBe('2026-02-28');
  expect(shiftDay('2028-02-28', 1)).toBe('2028-02-29');
  expect(dayTitle('2026-11-05', 'ru', '2026-12-01')).toBe('5 ноя');
  expect(dayTitle('2025-11-05', 'en', '2026-12-01')).toBe('5 Nov 2025');
});
