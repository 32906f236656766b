import { expect, test } from 'vitest';
import { LEAST_WIDTH, isLayout, isShown, nextSort, noLayout, sorted, widthOf, type Column } from './columns';
import { cellsOf, toTabSeparated } from './export';
import { tableAct } from './keyboard';
import { MOST_RENDERED, rowWindow, scrollToRow } from './window';

interface Person {
  name: string | null;
  calls: number;
}
const columns: Column<Person>[] = [
  { id: 'name', title: 'Имя', width: 100, value: (person) => person.name },
  { id: 'calls', title: 'Calls, total', width: 60, align: 'end', value: (person) => person.calls },
];

test('the window holds what is in view and a margin, never the whole list', () => {
  expect(rowWindow(100_000, 0, 640)).toEqual({ start: 0, end: 33 });
  expect(rowWindow(100_000, 32_000, 640)).toEqual({ start: 988, end: 1033 });
  expect(rowWindow(5, 0, 640)).toEqual({ start: 0, end: 5 });
  expect(rowWindow(0, 0, 640)).toEqual({ start: 0, end: 0 });
  const unstyled = rowWindow(100_000, 0, 3_200_000);
  expect(unstyled.end - unstyled.start).toBeLessThanOrEqual(MOST_RENDERED);
});

test('a place beyond a list that became shorter still shows rows', () => {
  const { start, end } = rowWindow(10, 32_000, 640);
  expect([start, end]).toEqual([0, 10]);
});

test('a row comes into view by the shortest way', () => {
  expect(scrollToRow(0, 320, 640)).toBe(0);
  expect(scrollToRow(12, 320, 640)).toBe(320);
  expect(scrollToRow(40, 320, 640)).toBe(41 * 32 - 640);
});

test('sorting: numbers inside words, absent last both ways, equal rows keep their order', () => {
  const people: Person[] = [
    { name: 'Ян 10', calls: 1 },
    { name: null, calls: 2 },
    { name: 'ян 9', calls: 1 },
    { name: 'Ёлка', calls: 3 },
  ];
  const names = (descending: boolean) =>
    sorted(people, columns, { column: 'name', descending }, 'ru-RU').map((person) => person.name);
  expect(names(false)).toEqual(['Ёлка', 'ян 9', 'Ян 10', null]);
  expect(names(true)).toEqual(['Ян 10', 'ян 9', 'Ёлка', null]);
  const byCalls = sorted(people, columns, { column: 'calls', descending: true }, 'ru-RU');
  expect(byCalls.map((person) => person.name)).toEqual(['Ёлка', null, 'Ян 10', 'ян 9']);
  expect(sorted(people, columns, null, 'ru-RU')).toBe(people);
});

test('pressing a title: ascending, descending, as it came', () => {
  const first = nextSort(null, 'name');
  const second = nextSort(first, 'name');
  expect([first, second, nextSort(second, 'name')]).toEqual([
    { column: 'name', descending: false },
    { column: 'name', descending: true },
    null,
  ]);
});

test('layouts from elsewhere are refused, widths are bounded', () => {
  expect(isLayout({ widths: { a: 1 }, toggled: ['b'] })).toBe(true);
  for (const wrong of [null, {}, { widths: { a: '1' }, toggled: [] }, { widths: {}, toggled: [1] }]) {
    expect(isLayout(wrong)).toBe(false);
  }
  const [name] = columns as [Column<Person>];
  expect(widthOf(name, { widths: { name: 1 }, toggled: [] })).toBe(LEAST_WIDTH);
  expect(isShown({ ...name, hidden: true }, noLayout)).toBe(false);
  expect(isShown({ ...name, hidden: true }, { widths: {}, toggled: ['name'] })).toBe(true);
});

test('cells of a file are words, numbers and instants, in the order of the columns', () => {
  const seen: Column<Person> = { id: 'seen', title: 'Когда', width: 90, value: ({ calls }) => calls, instant: true };
  const rank: Column<Person> = { id: 'rank', title: 'Вид', width: 90, value: () => 3, file: () => 'худший' };
  expect(cellsOf([{ name: '=1+1', calls: 7 }], [...columns, seen, rank])).toEqual([['=1+1', 7, { at: 7 }, 'худший']]);
  expect(cellsOf([{ name: null, calls: 0 }], columns)).toEqual([[null, 0]]);
  expect(toTabSeparated([{ name: null, calls: 0 }], [rank])).toBe('худший');
});

test('the clipboard gets raw values in tab-separated lines', () => {
  expect(toTabSeparated([{ name: 'a\tb\nc', calls: 1 }], columns)).toBe('a b c\t1');
});

const key = { key: '', code: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
test.each([
  [{ key: 'ArrowDown' }, { act: 'move', to: 6, extend: false }],
  [
    { key: 'ArrowUp', shiftKey: true },
    { act: 'move', to: 4, extend: true },
  ],
  [
    { key: 'о', code: 'KeyJ' },
    { act: 'move', to: 6, extend: false },
  ],
  [{ key: 'PageDown' }, { act: 'move', to: 9, extend: false }],
  [{ key: 'Home' }, { act: 'move', to: 0, extend: false }],
  [
    { key: 'End', ctrlKey: true },
    { act: 'move', to: 9, extend: false },
  ],
  [{ key: ' ' }, { act: 'mark' }],
  [{ key: 'Enter' }, { act: 'open' }],
  [{ key: 'с', code: 'KeyC', ctrlKey: true }, { act: 'copy' }],
  [{ key: 'ф', code: 'KeyA', ctrlKey: true }, { act: 'mark-all' }],
  [{ key: 'ArrowDown', altKey: true }, null],
  [{ key: 'x', code: 'KeyX' }, null],
])('key %j in a table of ten at row 5', (given, expected) => {
  expect(tableAct({ ...key, ...given }, 5, 10, 8)).toEqual(expected);
});
test('an empty table has no acts', () => expect(tableAct({ ...key, key: 'Enter' }, -1, 0, 8)).toBeNull());
