// The pure parts of tickets: the address, steps on the board, sentences of the history, and asking for a change once more.
import { expect, test } from 'vitest';
import type { TicketChangeRow } from '../../bindings/TicketChangeRow';
import type { TicketDesk } from '../../bindings/TicketDesk';
import type { TicketDetailRow } from '../../bindings/TicketDetailRow';
import type { TicketFilter } from '../../bindings/TicketFilter';
import type { TicketPartRow } from '../../bindings/TicketPartRow';
import type { TicketRow } from '../../bindings/TicketRow';
import { tickets } from '../../i18n/texts/tickets';
import { columnsOf, stepOf } from './columns';
import { engineFilter, isNarrowed, numberOf, paramsOf, readFilter, toggled } from './filter';
import { assignees, edgeOf, priorityMark, statusMark } from './marks';
import { again, canGoAgain, differences, troubleWords, wishes } from './outcome';
import { sentenceOf, withoutMark } from './parts';

const row = (more: Partial<TicketRow> = {}): TicketRow => ({
  id: 7,
  subject: 'Стул',
  project: { id: 1, name: 'Служба' },
  tracker: { id: 1, name: 'Обращение' },
  status: { id: 1, name: 'Новая' },
  closed: false,
  priority: { id: 4, name: 'Обычный' },
  author: null,
  assignee: null,
  private: false,
  done_ratio: 0,
  due_date: null,
  created_on: 0,
  updated_on: 0,
  status_at: 0,
  gone_at: null,
  ...more,
});
const statuses = [
  { id: 1, name: 'Новая', closed: false },
  { id: 2, name: 'В работе', closed: false },
  { id: 5, name: 'Закрыта', closed: true },
];
const priorities = [
  { id: 3, name: 'Низкий', default: false },
  { id: 4, name: 'Обычный', default: true },
  { id: 5, name: 'Высокий', default: false },
  { id: 6, name: 'Немедленный', default: false },
];
const members = [
  { id: 11, name: 'Анна' },
  { id: 12, name: 'Игорь' },
  { id: 13, name: 'Игорь' },
];
const desk = {
  statuses,
  priorities,
  projects: [{ id: 1, name: 'Служба', trackers: [], members }],
} as unknown as TicketDesk;
const detail = (more: Partial<TicketRow> = {}) => ({ ticket: row(more), statuses }) as unknown as TicketDetailRow;
const change = (more: Partial<TicketChangeRow> = {}): TicketChangeRow => ({
  id: 1,
  act: 'change',
  ticket: 7,
  entry: null,
  by: 'a.komarova',
  name: 'Анна',
  status: null,
  priority: null,
  assignee: null,
  note: null,
  private: false,
  subject: null,
  files: [],
  state: 'failed',
  trouble: { trouble: 'too_late' },
  at: 0,
  settled_at: 0,
  ...more,
});

test('what the address cannot mean is left out', () => {
  expect(
    readFilter({ tab: 'nobody', over: 'half', status: '2,x,2,1', project: '-1', assignee: '0', view: 'cube' }),
  ).toEqual({
    tab: 'mine',
    view: 'list',
    over: 'open',
    statuses: [1, 2],
    project: null,
    priority: null,
    assignee: 0,
    search: '',
  });
});

test.each<TicketFilter>([
  { whose: 'mine', closed: false, statuses: [], project: null, priority: null, assignee: null, search: null },
  { whose: 'all', closed: null, statuses: [1, 5], project: 2, priority: 4, assignee: 0, search: 'стул' },
  { whose: 'assigned', closed: true, statuses: [5], project: null, priority: null, assignee: null, search: null },
])('a kept filter goes to the address and back: %j', (filter) => {
  const params = Object.fromEntries(
    Object.entries(paramsOf(filter)).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
  expect(engineFilter(readFilter(params))).toEqual(filter);
});

test('the usual view narrows nothing, and a status is chosen and let go', () => {
  expect(isNarrowed(readFilter({}))).toBe(false);
  expect(isNarrowed(readFilter({ tab: 'assigned', assignee: '5' }))).toBe(false);
  expect(isNarrowed(readFilter({ assignee: '0' }))).toBe(true);
  expect([toggled([], 2), toggled([1, 2], 1), toggled([2], 2)]).toEqual(['2', '2', null]);
});

test.each([
  ['4711', 4711],
  [' #4711 ', 4711],
  ['№ 4711', 4711],
  ['4711a', null],
  ['0', null],
  ['-5', null],
])('%j is the number %j', (text, number) => expect(numberOf(text)).toBe(number));

test('a status the tracker no longer lists has a column all the same', () => {
  const rows = [row({ id: 1 }), row({ id: 2, status: { id: 9, name: 'Старая' } })];
  const columns = columnsOf(
    rows,
    statuses,
    (each) => each.status.id,
    (status) => !status.closed,
  );
  expect(columns.map(({ status, cards }) => [status.name, cards.length])).toEqual([
    ['Новая', 1],
    ['В работе', 0],
    ['Старая', 1],
  ]);
});

test('keys go through the cards and take one to the next column', () => {
  const press = (key: string, shiftKey = false) => ({ key, shiftKey, ctrlKey: false, metaKey: false, altKey: false });
  const lengths = [2, 0, 1];
  const at = { column: 0, card: 1 };
  expect(stepOf(press('ArrowUp'), at, lengths)).toEqual({ kind: 'focus', column: 0, card: 0 });
  expect(stepOf(press('ArrowDown'), at, lengths)).toBeNull();
  // An empty column has nothing to stand on, but takes a card.
  expect(stepOf(press('ArrowRight'), at, lengths)).toEqual({ kind: 'focus', column: 2, card: 0 });
  expect(stepOf(press('ArrowRight', true), at, lengths)).toEqual({ kind: 'move', column: 1, card: 0 });
  expect(stepOf(press('ArrowLeft', true), at, lengths)).toBeNull();
  expect(stepOf({ ...press('ArrowRight'), ctrlKey: true }, at, lengths)).toBeNull();
});

const sentence = (part: Partial<TicketPartRow>, language: 'ru' | 'en' = 'ru') =>
  sentenceOf({ part: 'other', name: '', old: null, new: null, ...part }, tickets[language].journal.parts)
    .map((piece) => (typeof piece === 'string' ? piece : `<${piece.strong}>`))
    .join('');

test.each([
  [{ part: 'status', old: 'Новая', new: 'В работе' }, 'Параметр <Статус> изменился c <Новая> на <В работе>'],
  [{ part: 'assignee', new: 'Игорь' }, 'Параметр <Назначена> задан: <Игорь>'],
  [{ part: 'assignee', old: 'Игорь' }, 'Параметр <Назначена> очищен, был <Игорь>'],
  [{ part: 'description' }, 'Параметр <Описание> изменился'],
  [{ part: 'done_ratio', old: '0', new: '50' }, 'Параметр <Готово> изменился c <0\u00a0%> на <50\u00a0%>'],
  [{ part: 'due_date', new: '2026-11-05' }, 'Параметр <Срок> задан: <05.11.2026>'],
  [{ part: 'custom', name: 'Что нового', old: 'a', new: '<b>' }, 'Параметр <Что нового> изменился c <a> на <<b>>'],
  [
    { part: 'other', name: 'easy_helpdesk_need_reaction', old: '1', new: '0' },
    'Параметр <Нужна реакция> изменился c <Да> на <Нет>',
  ],
  [{ part: 'other', name: 'toString', old: '1', new: '2' }, 'Параметр <toString> изменился c <1> на <2>'],
  [{ part: 'attachment', new: 'a.png' }, 'Файл <a.png> добавлен'],
  [{ part: 'attachment', old: 'a.png' }, 'Файл <a.png> удалён'],
  [{ part: 'relation', name: 'blocks', new: '12' }, 'Связь <блокирует> с <#12> добавлена'],
  [{ part: 'relative', old: '3', new: '4' }, 'Параметр <Родительская заявка> изменился c <#3> на <#4>'],
] as const)('%j reads as %s', (part, words) => expect(sentence(part)).toBe(words));

test('the console’s own mark is taken off, and only that', () => {
  expect(withoutMark('Текст\n\n[pult 7f3a-12]')).toBe('Текст');
  expect(withoutMark('<p>Текст</p><p>[pult 7f3a-12]</p>')).toBe('<p>Текст</p>');
  expect(withoutMark('Текст<br>[pult 7f3a-12]')).toBe('Текст');
  expect(withoutMark('[pult 7f3a-12] и дальше')).toBe('[pult 7f3a-12] и дальше');
});

test('what is sent again is held against what is on view now', () => {
  const there = {
    ...detail({ assignee: { id: 12, name: 'Игорь' } }),
    entries: [{ id: 90, notes: 'Да\n\n[pult 7f3a-1]' }],
  };
  const wanted = change({ status: 'В работе', assignee: '', note: 'Ещё раз' });
  expect(again(wanted, there as unknown as TicketDetailRow)).toEqual({
    id: 1,
    seen: { status: 1, priority: null, assignee: 12 },
    seen_note: null,
  });
  expect(again(change({ act: 'edit_note', entry: 90 }), there as unknown as TicketDetailRow).seen_note).toBe('Да');
});

test('private words are not kept, so they are not sent again', () => {
  expect(canGoAgain(change({ note: 'Да' }))).toBe(true);
  expect(canGoAgain(change({ private: true }))).toBe(false);
  expect(canGoAgain(change({ act: 'delete_note', private: true }))).toBe(true);
  expect([canGoAgain(change({ state: 'sending' })), canGoAgain(change({ state: 'done' }))]).toEqual([false, false]);
});

test('a change says what it is to do, a trouble says why not', () => {
  const t = tickets.ru;
  expect(wishes(t.changes, change({ status: 'В работе', assignee: '', private: true, files: ['a.txt'] }))).toEqual([
    'Статус: В работе',
    'Исполнитель: никто',
    'Закрытый комментарий',
    'Файлы: a.txt',
  ]);
  expect(troubleWords(t, { trouble: 'rights', detail: '' })).toBe('Не хватает прав в трекере');
  expect(troubleWords(t, { trouble: 'left', parts: ['note', 'toString'] })).toContain('комментарий, toString');
});

test('a note that was to be rewritten is held against what it says now', () => {
  const t = tickets.ru;
  const entry = { id: 90, notes: 'Иначе\n\n[pult 7f3a-12]' };
  const there = { ...detail(), entries: [entry] } as unknown as TicketDetailRow;
  const conflict: Partial<TicketChangeRow> = {
    state: 'conflict',
    trouble: { trouble: 'conflict', fields: ['note'] },
    entry: 90,
  };
  const edit = change({ act: 'edit_note', note: 'Починили', ...conflict });
  expect(wishes(t.changes, edit)).toEqual(['Исправить комментарий']);
  expect(differences(t, edit, there)).toEqual([
    { field: 'note', name: 'комментарий', wanted: 'Починили', now: 'Иначе' },
  ]);
  const gone = change({ act: 'delete_note', ...conflict, entry: 91 });
  expect(differences(t, gone, there)).toEqual([{ field: 'note', name: 'комментарий', wanted: 'нет', now: 'нет' }]);
});

test('marks: new work, what is over, what presses, and who has it from outside', () => {
  expect(statusMark({ id: 1 }, false, statuses).shape).toBe('ring');
  expect(statusMark({ id: 2 }, false, statuses).shape).toBe('half');
  expect(statusMark({ id: 5 }, true, statuses).tone).toBe('off');
  expect(priorities.map(({ id }) => priorityMark(id, priorities).shape)).toEqual(['ring', 'dot', 'half', 'triangle']);
  expect(edgeOf(row({ due_date: '2026-11-04' }), '2026-11-05')).toBe('warning');
  expect(edgeOf(row({ due_date: '2026-11-04', closed: true }), '2026-11-05')).toBeNull();
  expect(assignees(desk, 1, { id: 99, name: 'Прежний' })[0]).toEqual({ value: '99', label: 'Прежний' });
  expect(assignees(desk, 2, null)).toEqual([]);
});
