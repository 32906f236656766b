import { expect, test } from 'vitest';
import type { HourBar } from '../../bindings/HourBar';
import { aligned } from '../../components/chart';
import { calls } from '../../i18n/texts/calls';
import { RESULTS, TYPES } from './filter';
import {
  badgeOf,
  countByResult,
  hourChart,
  lengthOf,
  liveMark,
  marks,
  resultCode,
  resultOf,
  typeCode,
  typeOf,
} from './marks';
import { makeRow } from '../../../tests/preview/calls';

test('every code of the journal has its badge, and nothing else has one', () => {
  expect([...RESULTS, 'unknown' as const, null].map(badgeOf)).toEqual([
    'failed',
    'success',
    'dropped',
    'no-internet',
    'failed',
    'failed',
    'failed',
    'unknown',
    'unknown',
  ]);
  expect([resultCode(7), resultCode(-1), typeCode(8), typeCode(0)]).toEqual(['unknown', 'unknown', 'unknown', 0]);
});

test('a centre that keeps no result has none to know; the other has an unknown one', () => {
  const row = { ...makeRow(1, 0, 0, false), centre: 'vilnius' as const, result: null, type_call: null };
  expect([resultOf(row), typeOf(row)]).toEqual([null, null]);
  expect([resultOf({ ...row, result: 1 }), typeOf({ ...row, type_call: 2 })]).toEqual([1, 2]);
  expect([resultOf({ ...row, centre: 'moscow' }), typeOf({ ...row, centre: 'moscow' })]).toEqual([
    'unknown',
    'unknown',
  ]);
  expect(typeOf({ ...row, centre: 'moscow', state: 'open' })).toBeNull();
});

test('no two badges share a shape', () => {
  const shapes = [...Object.values(marks), liveMark].map((mark) => mark.shape);
  expect(new Set(shapes).size).toBe(shapes.length);
});

test('the Russian words are those of the code tables, English has as many', () => {
  expect(RESULTS.map((code) => calls.ru.results[code])).toEqual([
    'Сорвался',
    'Обработано',
    'Клиент положил трубку',
    'Не работает интернет',
    'Сорвался-обрыв',
    'Сорвался-плохая слышимость',
    'Сорвался-тишина',
  ]);
  expect(TYPES.map((code) => calls.ru.types[code])).toEqual([
    'Ошиблись номером',
    'Англичанин',
    'Агентство',
    'Сервисный звонок',
    'Покупка билетов',
    'Заказ тура',
    'Не по теме',
    'Сорвался звонок',
  ]);
  expect([calls.ru.results.unknown, calls.ru.types.unknown]).toEqual(['Неизвестный результат', 'Неизвестный тип']);
  expect(new Set(Object.values(calls.en.results)).size).toBe(8);
});

const HOUR = 3_600_000;
const bar = (hour: number, result: number | null, count: number): HourBar => ({
  hour: hour * HOUR,
  centre: 'moscow',
  result,
  calls: count,
});

test('hours without calls keep their place, groups are stacked and keep their own numbers', () => {
  const data = hourChart(
    [bar(10, 1, 5), bar(12, 1, 2), bar(12, 3, 1), bar(12, 0, 1), bar(12, null, 4)],
    calls.ru.groups,
  );
  expect(data?.x).toEqual([36_000, 39_600, 43_200]);
  expect(data?.series.map((one) => one.values)).toEqual([
    [5, 0, 2],
    [0, 0, 0],
    [0, 0, 2],
    [0, 0, 4],
  ]);
  // Painted from the top of the stack down.
  expect(data && aligned(data).slice(1)).toEqual([
    [5, 0, 8],
    [5, 0, 4],
    [5, 0, 2],
    [5, 0, 2],
  ]);
  expect(hourChart([], calls.ru.groups)).toBeNull();
});

test('results are counted over hours and centres, the most frequent first', () => {
  const hours = [
    bar(1, 2, 1),
    bar(1, 1, 1),
    { ...bar(2, 1, 3), centre: 'vilnius' as const },
    bar(2, 99, 2),
    bar(3, null, 1),
  ];
  expect(countByResult(hours)).toEqual([
    { code: 1, calls: 4 },
    { code: 'unknown', calls: 3 },
    { code: 2, calls: 1 },
  ]);
});

test('a live call lasts until now, one whose end nobody told has no length', () => {
  const call = makeRow(1, 1000, 0, false);
  expect(lengthOf({ ...call, ended_at: 61_000 }, () => 0)).toBe(60);
  expect(lengthOf({ ...call, state: 'open', ended_at: null }, () => 11_000)).toBe(10);
  expect(lengthOf({ ...call, state: 'ended', ended_at: null }, () => 11_000)).toBeNull();
});
