// The floor's screen on an engine of functions: the table and its marks, filters, the past, requests, the panel, the bell.
import { cleanup, fireEvent, screen, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import rules from '../../src-tauri/src/wall.rs?raw';
import { ApiError } from '../src/backend';
import type { QueueRow } from '../src/bindings/QueueRow';
import { clock } from '../src/state/clock.svelte';
import { i18n } from '../src/i18n/index.svelte';
import { floorCommands } from '../src/screens/floor/search';
import { faults, openPage } from './page';

const NOW = Date.parse('2026-11-05T11:00:00Z');
type Page = ReturnType<typeof openPage>;
const asked = (backend: Page, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const changed = (backend: Page, ...ids: number[]) => backend.publish({ kind: 'changed', rev: 1, area: 'floor', ids });
const details = () => screen.findByRole('complementary', { name: 'Подробности' });
const grid = () => screen.findByRole('grid', { name: 'Операторы' });
const rowOf = async (name: string) => (await within(await grid()).findAllByText(name))[0]?.closest('tr') as HTMLElement;
/** Moves the page's clock, and the one it is set by. */
function later(ms: number) {
  vi.setSystemTime(NOW + ms);
  clock.set(new Date());
}
/** Nobody but these, so that all rows fit the part of the table that is drawn without a layout. */
function only(backend: Page, count: number) {
  for (const id of [...backend.floor.rows.keys()]) if (id > count) backend.floor.rows.delete(id);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('every operator is there with state, time and team; signed-out ones and those without an extension too', async () => {
  const backend = openPage('#/floor');
  only(backend, 9);
  expect(await grid()).toHaveAttribute('aria-rowcount', '10');
  expect(screen.getByRole('link', { name: 'Операторы' })).toHaveAttribute('aria-current', 'page');
  const out = [...backend.floor.rows.values()].find((row) => row.state === 'signed_out');
  const row = await rowOf(out?.name ?? '');
  expect(within(row).getByText('Выход')).toBeVisible();
  expect(within(row).getByText('не указан')).toBeVisible();
});

test('a state of the contract has its badge, an unknown one its raw word on hover', async () => {
  const backend = openPage('#/floor');
  only(backend, 4);
  backend.floor.put(1, { name: 'А', state: 'hold', group: 'talking', pending: 'not_ready' });
  backend.floor.put(2, { name: 'Б', state: 'other:LUNCH_ROBOT', group: 'unknown', missing: true });
  backend.floor.put(3, { name: 'В', state: 'wrap_up_ready', group: 'wrap_up' });
  expect(within(await rowOf('А')).getByText('удержание')).toBeVisible();
  expect(within(await rowOf('А')).getByText('→ Не готов')).toBeVisible();
  expect(within(await rowOf('Б')).getByText('Неизвестно')).toHaveAttribute(
    'title',
    'Состояние в источнике: LUNCH_ROBOT',
  );
  expect(within(await rowOf('Б')).getByText('нет в ответе сервера')).toBeVisible();
  expect(within(await rowOf('В')).getByText('→ готов')).toBeVisible();
});

test('the time ticks and turns amber and red by the limits, without the row being drawn again', async () => {
  const backend = openPage('#/floor');
  only(backend, 6);
  backend.floor.put(1, { name: 'Тикает', state: 'not_ready', group: 'not_ready', since: NOW - 899_000 });
  const row = await rowOf('Тикает');
  expect(within(row).getByText('14:59')).toHaveAttribute('data-level', '0');
  const touched = new Set<Node>();
  const observer = new MutationObserver((list) => list.forEach((each) => touched.add(each.target)));
  observer.observe(await grid(), { subtree: true, childList: true, attributes: true, characterData: true });
  later(1000);
  await vi.waitFor(() => expect(within(row).getByText('15:00')).toHaveAttribute('data-level', '1'));
  observer.disconnect();
  // Only the words of times changed: no row, no cell.
  expect(
    [...touched].filter((node) => node instanceof HTMLTableRowElement || node instanceof HTMLTableCellElement),
  ).toEqual([]);
  later(1_000_000);
  await vi.waitFor(() => expect(within(row).getByText('31:39')).toHaveAttribute('data-level', '2'));
});

test('a thousand changes of a large floor draw only what changed', async () => {
  const backend = openPage('#/floor?group=ready', 'operators=500');
  await grid();
  const before = asked(backend, 'floor.rows').length;
  const ready = [...backend.floor.rows.values()].filter((row) => row.group === 'ready' && row.since !== null);
  const kept = ready.sort((a, b) => (a.since ?? 0) - (b.since ?? 0)).slice(0, 3);
  const rows = kept.map((row) =>
    document.querySelector(`tr[aria-rowindex] td[title="${row.login_id}"]`)?.closest('tr'),
  );
  expect(rows.every(Boolean)).toBe(true);
  const touched = new Set<Node>();
  const observer = new MutationObserver((list) => list.forEach((each) => touched.add(each.target)));
  for (const row of rows)
    if (row) observer.observe(row, { subtree: true, childList: true, attributes: true, characterData: true });
  const other = [...backend.floor.rows.values()].filter((row) => row.group === 'talking').map((row) => row.id);
  for (let index = 0; index < 1000; index += 1) {
    const id = other[index % other.length] ?? 1;
    backend.floor.put(id, { since: NOW - index * 1000 });
    changed(backend, id);
  }
  await vi.waitFor(() => expect(asked(backend, 'floor.rows').length).toBe(before + 1));
  observer.disconnect();
  expect(touched.size).toBe(0);
});

test('counters filter by group, and the filters are in the address', async () => {
  openPage('#/floor');
  await grid();
  const counters = screen.getByRole('list', { name: 'Счётчики состояний' });
  await fireEvent.click(within(counters).getByRole('button', { name: /^Не готов/ }));
  expect(location.hash).toBe('#/floor?group=not_ready');
  await fireEvent.input(screen.getByRole('textbox', { name: 'Имя, логин или номер' }), {
    target: { value: 'нет такого' },
  });
  await fireEvent.click(
    await screen.findAllByRole('button', { name: 'Сбросить фильтры' }).then((all) => all[0] as HTMLElement),
  );
  expect(location.hash).toBe('#/floor');
});

test('a view is saved by name and comes back', async () => {
  openPage('#/floor?group=talking&view=tiles');
  await fireEvent.click(await screen.findByRole('button', { name: 'Сохранённые виды' }));
  await fireEvent.click(await screen.findByRole('menuitem', { name: 'Сохранить этот вид…' }));
  await fireEvent.input(await screen.findByLabelText('Название вида'), { target: { value: 'Кто говорит' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Сохранить' }));
  expect(JSON.parse(localStorage.getItem('pult.floor.views') ?? '[]')).toEqual([
    { name: 'Кто говорит', params: { group: 'talking', view: 'tiles' } },
  ]);
});

test.each([
  ['offline', 'Нет связи с Finesse (VPN?) – повтор через 0:12'],
  ['out_of_service', 'Узел fin-a.cc.example вне обслуживания'],
  ['switched', 'Переключено на fin-b.cc.example'],
  ['auth_failed', 'Неверный логин или пароль'],
  ['no_rights', 'Нет прав супервизора'],
  ['cert_problem', 'Сертификат узла изменился'],
  ['polling', 'режим опроса'],
  ['conflict', 'Сеанс занял другой пульт'],
])('the session %s says: %s', async (state, words) => {
  openPage('#/floor', `floor=${state}`);
  await vi.waitFor(() => {
    const banner = document.querySelector('.banner strong');
    expect(banner?.textContent?.trim()).toBe(words);
  });
});

test.each([
  ['sign_in_blocked', 100_000, 'Неверный логин или пароль – снова можно через 1:40', /запер бы учётную запись/],
  ['sign_in_blocked', -1_000, 'Неверный логин или пароль', /запер бы учётную запись/],
  ['http_401', null, 'Неверный логин или пароль', null],
])(
  'a password refused with %s, %s ms before the next try, promises no try of its own',
  async (cause, wait, words, why) => {
    const backend = openPage('#/floor', 'floor=auth_failed');
    if (!backend.floor.session) throw new Error('there is a session');
    backend.floor.session = { ...backend.floor.session, cause, retry_at: wait === null ? null : NOW + wait };
    await vi.waitFor(() => {
      const banner = document.querySelector('.banner');
      expect(banner?.querySelector('strong')?.textContent?.trim()).toBe(words);
      expect(banner).toHaveTextContent('Пульт больше не пробует');
      if (why) expect(banner).toHaveTextContent(why);
      expect(banner).not.toHaveTextContent(/повтор|http_/);
    });
  },
);

test('stale rows stand at half strength, say as of when, and nothing can be asked of them', async () => {
  const backend = openPage('#/floor?open=operator:1', 'floor=offline');
  only(backend, 6);
  const table = await grid();
  await vi.waitFor(() => expect(table.querySelectorAll('tbody tr.dim').length).toBe(6));
  expect(await within(await details()).findByText('данные на 10:58:25')).toBeVisible();
  expect(within(await details()).queryByRole('button', { name: 'Вывести' })).toBeNull();
});

test('a certificate that is not trusted leads to the check that shows it', async () => {
  const backend = openPage('#/floor', 'floor=cert_problem');
  await fireEvent.click(await screen.findByRole('button', { name: 'Посмотреть сертификат' }));
  expect(location.hash).toBe('#/settings?section=connections&connection=finesse');
  expect(await screen.findByRole('button', { name: 'Посмотреть сертификат fin-a.cc.example…' })).toBeVisible();
  expect(asked(backend, 'settings.check')).toEqual([{ integration: 'finesse' }]);
});

test('a conflict is ended only by a person', async () => {
  const backend = openPage('#/floor', 'floor=conflict');
  await fireEvent.click(await screen.findByRole('button', { name: 'Подключиться здесь' }));
  await vi.waitFor(() => expect(asked(backend, 'floor.connect')).toEqual([{}]));
});

test('refresh asks the source once and rests', async () => {
  const backend = openPage('#/floor');
  await grid();
  await fireEvent.click(screen.getByRole('button', { name: 'Обновить' }));
  await vi.waitFor(() => expect(asked(backend, 'floor.refresh')).toEqual([{}]));
  expect(screen.getByRole('button', { name: 'Обновлять можно не чаще раза в 5 секунд' })).toBeDisabled();
});

test('sign-out names the operator, warns of the call, and the row waits for the source', async () => {
  const backend = openPage('#/floor?open=operator:1');
  only(backend, 5);
  backend.floor.put(1, { name: 'Павел Орлов', state: 'talking', group: 'talking', pending: null, missing: false });
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Вывести' }));
  const dialog = await screen.findByRole('dialog', { name: 'Вывести из системы: 1 оператор' });
  expect(within(dialog).getByRole('alert')).toHaveTextContent('Сейчас в разговоре: Павел Орлов');
  await fireEvent.input(within(dialog).getByLabelText('Зачем'), { target: { value: ' конец смены ' } });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Вывести 1 оператора' }));
  await vi.waitFor(() =>
    expect(asked(backend, 'floor.ask')).toEqual([{ operators: [1], wanted: 'signed_out', note: 'конец смены' }]),
  );
  const row = await rowOf('Павел Орлов');
  await vi.waitFor(() => expect(within(row).getByText('ожидание')).toBeVisible());
  expect(within(row).getByText('Разговор')).toBeVisible();
  const command = backend.floor.rows.get(1)?.command;
  backend.floor.put(1, { command: command ? { ...command, state: 'unknown' } : null });
  changed(backend, 1);
  expect(await within(dialog).findByText('результат неизвестен')).toBeVisible();
  await vi.waitFor(() => expect(within(row).queryByText('ожидание')).toBeNull());
});

test('a refused request keeps the window with the reason', async () => {
  const backend = openPage('#/floor?open=operator:1');
  backend.floor.put(1, { state: 'ready', group: 'ready', missing: false });
  backend.answers['floor.ask'] = () => {
    throw new ApiError('forbidden', 'no');
  };
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Сделать не готовым' }));
  const dialog = await screen.findByRole('dialog');
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Сделать 1 оператора не готовым' }));
  expect(await within(dialog).findByRole('alert')).toHaveTextContent('Не хватает прав');
});

test('a viewer sees everything and may ask nothing', async () => {
  openPage('#/floor?open=operator:1', 'role=viewer');
  const panel = await details();
  await within(panel).findByRole('slider', { name: 'Лента состояний' });
  expect(within(panel).queryByRole('button', { name: 'Вывести' })).toBeNull();
  expect(within(panel).queryByLabelText('Новая заметка')).toBeNull();
  expect(within(await grid()).queryByRole('checkbox')).toBeNull();
});

test('several are asked at once, those who cannot be are left out', async () => {
  const backend = openPage('#/floor');
  only(backend, 3);
  backend.floor.put(1, { state: 'ready', group: 'ready', missing: false });
  backend.floor.put(2, { state: 'ready', group: 'ready', missing: false });
  backend.floor.put(3, { state: 'talking', group: 'talking', missing: false });
  await grid();
  await fireEvent.click(screen.getByRole('checkbox', { name: 'Отметить все строки' }));
  await fireEvent.click(screen.getByRole('button', { name: 'Не готов: 2' }));
  const dialog = await screen.findByRole('dialog', { name: 'Перевести в «Не готов»: 2 оператора' });
  expect(within(dialog).getByText(/1 оператор не подходит/)).toBeVisible();
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Сделать 2 операторов не готовыми' }));
  await vi.waitFor(() => expect(asked(backend, 'floor.ask')).toMatchObject([{ operators: [2, 1] }]));
});

test('the past: everybody as they were, a bar that says so, and the way back', async () => {
  const backend = openPage('#/floor?at=2026-11-05T09:00:00Z');
  only(backend, 6);
  expect(await screen.findByText('прошлое: 09:00:00')).toBeVisible();
  await vi.waitFor(() => expect(asked(backend, 'floor.moment')).toEqual([{ at: Date.parse('2026-11-05T09:00:00Z') }]));
  const slider = screen.getByRole('slider', { name: 'Момент времени' });
  await fireEvent.keyDown(slider, { key: 'PageDown' });
  expect(location.hash).toBe('#/floor?at=2026-11-05T08:50:00Z');
  await vi.waitFor(() => expect(asked(backend, 'floor.moment')).toHaveLength(2));
  await fireEvent.click(screen.getByRole('button', { name: 'К настоящему' }));
  expect(location.hash).toBe('#/floor');
});

test('the past has the calls and the network of that second, and each leads on', async () => {
  const backend = openPage('#/floor?at=2026-11-05T09:00:00Z');
  only(backend, 6);
  const network = await screen.findByRole('list', { name: 'Связь в этот миг' });
  const [platform, printer] = within(network).getAllByRole('link');
  expect(platform).toHaveAccessibleName(/Finesse: Хорошее/);
  expect(platform).toHaveAttribute('href', '#/network?at=2026-11-05T09:00:00Z&target=finesse&open=target:1');
  expect(printer).toHaveAccessibleName(/Принтер: Не наблюдается/);
  const talking = backend.floor.moment(Date.parse('2026-11-05T09:00:00Z')).find((each) => each.call !== null);
  const row = await rowOf(talking?.name ?? '');
  await fireEvent.click(within(row).getByRole('button', { name: /370/ }));
  expect(location.hash).toContain(`open=call:${talking?.call?.id}`);
});

test('what nobody watched is unknown in the past', async () => {
  const backend = openPage('#/floor?at=2026-11-05T06:20:00Z');
  only(backend, 3);
  expect((await screen.findAllByText('не наблюдали')).length).toBe(3);
});

test('the panel: the line is read out by keys, a verdict opens what it rests on and can be decided otherwise', async () => {
  const backend = openPage('#/floor?open=operator:2');
  const panel = await details();
  const line = await within(panel).findByRole('slider', { name: 'Лента состояний' });
  await vi.waitFor(() => expect(line.querySelectorAll('.piece').length).toBeGreaterThan(5));
  await fireEvent.keyDown(line, { key: 'ArrowRight' });
  expect(line.getAttribute('aria-valuetext')).toMatch(/ · \d\d:\d\d:\d\d–/);
  await fireEvent.click((await within(panel).findAllByRole('button', { name: 'Почему?' }))[0] as HTMLElement);
  const dialog = await screen.findByRole('dialog', { name: 'Почему не готов' });
  expect(within(dialog).getByText('Рассмотрено окно')).toBeVisible();
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Решить иначе' }));
  await fireEvent.click(within(dialog).getByRole('radio', { name: 'Телефон' }));
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Записать решение' }));
  await vi.waitFor(() => expect(asked(backend, 'floor.overrule')).toMatchObject([{ operator: 2, verdict: 'phone' }]));
  expect(await within(panel).findByText('решил(а) a.komarova')).toBeVisible();
});

test('a verdict says what the messenger showed and which target was probed, and leads to it', async () => {
  openPage('#/floor?open=operator:2');
  const panel = await details();
  const whys = await within(panel).findAllByRole('button', { name: 'Почему?' });
  let found: HTMLElement | null = null;
  for (const why of whys) {
    await fireEvent.click(why);
    const dialog = await screen.findByRole('dialog', { name: 'Почему не готов' });
    found = within(dialog).queryByText('отключился в это же время');
    if (found) {
      expect(within(dialog).getByText(/Мессенджер оператора отключился в это же время/)).toBeVisible();
      expect(within(dialog).getByText('Finesse: 24 проверки, плохих 0')).toBeVisible();
      const link = within(dialog).getByRole('link', { name: 'Открыть «Finesse» в связи' });
      expect(link).toHaveAttribute('href', '#/network?target=finesse&open=target:1');
      break;
    }
    await fireEvent.click(within(dialog).getAllByRole('button', { name: 'Закрыть' }).at(-1) as HTMLElement);
  }
  expect(found).not.toBeNull();
});

test('a supervisor names where the messenger is, and takes it back', async () => {
  const backend = openPage('#/floor?open=operator:2');
  const panel = await details();
  const section = await within(panel).findByRole('region', { name: 'Мессенджер' });
  expect(within(section).getByText(/Адрес неизвестен/)).toBeVisible();
  await fireEvent.click(within(section).getByRole('button', { name: 'Изменить' }));
  await fireEvent.input(within(section).getByLabelText('Адрес мессенджера'), { target: { value: 'p@example.com' } });
  await fireEvent.click(within(section).getByRole('button', { name: 'Сохранить адрес' }));
  expect(await within(section).findByText('задан супервизором')).toBeVisible();
  await fireEvent.click(within(section).getByRole('button', { name: 'Изменить' }));
  await fireEvent.click(within(section).getByRole('button', { name: 'Убрать заданный' }));
  await vi.waitFor(() =>
    expect(asked(backend, 'floor.messenger')).toEqual([
      { operator: 2, address: 'p@example.com' },
      { operator: 2, address: null },
    ]),
  );
});

test('a note is written and stands in the list', async () => {
  const backend = openPage('#/floor?open=operator:2');
  const panel = await details();
  await fireEvent.input(await within(panel).findByLabelText('Новая заметка'), { target: { value: 'гарнитура' } });
  await fireEvent.click(within(panel).getByRole('button', { name: 'Записать' }));
  await vi.waitFor(() => expect(asked(backend, 'floor.note')).toEqual([{ operator: 2, text: 'гарнитура' }]));
  expect(await within(panel).findByText('гарнитура')).toBeVisible();
});

test('one’s own note is put right and taken back, another’s is only read', async () => {
  const backend = openPage('#/floor?open=operator:2');
  const note = { text: 'гарнитура', at: NOW - 3_600_000, changed_at: null };
  backend.floor.notes.set(2, [
    { ...note, id: 8, by: 'a.komarova' },
    { ...note, id: 7, by: 'p.sokolov', text: 'обучение' },
  ]);
  const panel = await details();
  const section = await within(panel).findByRole('region', { name: 'Заметки' });
  const line = await within(panel).findByRole('list', { name: 'Заметки на ленте' });
  expect(within(line).getAllByRole('listitem')).toHaveLength(2);
  expect(within(section).getAllByRole('button', { name: 'Исправить заметку' })).toHaveLength(1);
  await fireEvent.click(within(section).getByRole('button', { name: 'Исправить заметку' }));
  await fireEvent.input(within(section).getByLabelText('Текст заметки'), { target: { value: 'новая гарнитура' } });
  await fireEvent.click(within(section).getByRole('button', { name: 'Сохранить' }));
  expect(await within(section).findByText('новая гарнитура')).toBeVisible();
  expect(within(section).getByText(/исправлена/)).toBeVisible();
  await fireEvent.click(within(section).getByRole('button', { name: 'Удалить заметку' }));
  const dialog = await screen.findByRole('dialog', { name: 'Удалить заметку?' });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Удалить заметку' }));
  await vi.waitFor(() => expect(within(section).queryByText('новая гарнитура')).toBeNull());
  expect(within(section).getByText('обучение')).toBeVisible();
  expect(asked(backend, 'floor.note_edit')).toEqual([{ operator: 2, note: 8, text: 'новая гарнитура' }]);
  expect(asked(backend, 'floor.note_remove')).toEqual([{ operator: 2, note: 8 }]);
});

test('a row with notes bears a sign in the table and in the tiles', async () => {
  const backend = openPage('#/floor');
  only(backend, 2);
  backend.floor.put(1, { name: 'А', note: { count: 2, text: 'гарнитура' } });
  const sign = '2 заметки, последняя: гарнитура';
  expect(within(await rowOf('А')).getByTitle(sign)).toBeVisible();
  cleanup();
  const tiles = openPage('#/floor?view=tiles');
  only(tiles, 2);
  tiles.floor.put(1, { name: 'А', note: { count: 2, text: 'гарнитура' } });
  expect(await screen.findByTitle(sign)).toBeVisible();
});

test('the wallboard takes the page and Esc leaves it', async () => {
  openPage('#/floor/wallboard');
  expect(await screen.findByRole('region', { name: 'Табло операторов' })).toBeVisible();
  expect(screen.queryByRole('navigation')).toBeNull();
  await fireEvent.keyDown(document.body, { key: 'Escape', code: 'Escape' });
  expect(location.hash).toBe('#/floor');
});

test('the wallboard opens beside the console from its button and from Ctrl+K', async () => {
  const backend = openPage('#/floor');
  await fireEvent.click(await screen.findByRole('button', { name: 'Табло' }));
  expect(backend.opened).toEqual(['#/floor/wallboard']);
  expect(location.hash).toBe('#/floor');
  const command = floorCommands.map((each) => each()).find((each) => each?.id === 'floor:wallboard');
  command?.run();
  expect(backend.opened).toHaveLength(2);
});

test('the wallboard in its own window reads the floor, leaves by closing and hears no keys of the console', async () => {
  const done: string[] = [];
  const wall = { leave: async () => void done.push('leave'), fill: async () => void done.push('fill') };
  const backend = openPage('#/floor/wallboard', '', 'ru', wall);
  expect(await screen.findByRole('region', { name: 'Табло операторов' })).toBeVisible();
  expect(await screen.findByText(/^обновлено/i)).toBeVisible();
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  expect(screen.queryByRole('dialog')).toBeNull();
  await fireEvent.click(screen.getByRole('button', { name: 'На весь экран' }));
  await fireEvent.keyDown(document.body, { key: 'Escape', code: 'Escape' });
  expect(done).toEqual(['fill', 'leave']);
  expect(location.hash).toBe('#/floor/wallboard');
  // The window's process refuses all other questions: the two lists are one.
  const readings = /const READINGS[^=]*= \[([^\]]*)\]/.exec(rules)?.[1] ?? '';
  const allowed = readings.split(',').map((each) => each.trim().replaceAll('"', ''));
  expect(backend.asked.map(({ name }) => name).filter((name) => !allowed.includes(name))).toEqual([]);
});

test('a long wait in a queue is an alarm, an unknown figure is a dash', async () => {
  openPage('#/floor');
  const queues = await screen.findByRole('region', { name: 'Очереди' });
  const [long, short, unknown] = within(queues).getAllByRole('row').slice(1);
  expect(long).toHaveClass('critical');
  expect(short).not.toHaveClass('critical');
  expect(within(unknown as HTMLElement).getAllByText('—').length).toBeGreaterThan(5);
});

test('queues the engine counts say so, show who is offered a call, and are read anew when a call comes', async () => {
  const now = Date.now();
  const counted = (waiting: number): QueueRow[] => [
    {
      origin: 'configured',
      queue: {
        id: 'Продажи',
        name: 'Продажи',
        waiting,
        longest_since: waiting === 0 ? null : new Date(now - 40_000).toISOString(),
        ready: 2,
        not_ready: 1,
        busy_other: null,
        reserved: 4,
        signed_in: 12,
        talking: 3,
        wrap_up: 1,
      },
      heard_at: now,
    },
  ];
  const backend = openPage('#/floor');
  backend.floor.queues = counted(0);
  backend.answers['floor.queues'] = () => ({ queues: counted(2) });
  const queues = await screen.findByRole('region', { name: 'Очереди' });
  expect(await within(queues).findByText('считает Пульт')).toBeVisible();
  expect(within(queues).getByRole('columnheader', { name: 'Вызов' })).toBeVisible();
  expect(within(queues).queryByRole('columnheader', { name: 'Заняты' })).toBeNull();
  backend.publish({ kind: 'changed', rev: 2, area: 'calls', ids: [1] });
  await vi.waitFor(() => expect(asked(backend, 'floor.queues')).toHaveLength(1), { timeout: 3000 });
  await vi.waitFor(() => expect(within(queues).getAllByRole('row')[1]).toHaveClass('critical'));
  expect(within(queues).getAllByRole('row')[1]).toHaveTextContent(/Продажи2/);
});

test('without a source the screen says where to switch one on', async () => {
  openPage('#/floor', 'floor=none');
  expect(await screen.findByText(/Источник состояний операторов не включён/)).toBeVisible();
  await fireEvent.click(screen.getByRole('button', { name: 'К подключениям' }));
  expect(location.hash).toBe('#/settings?section=connections');
});

test('an unreadable board says so and tries again', async () => {
  const backend = openPage('#/floor');
  cleanup();
  const answer = backend.answers['floor.board'];
  const broken = openPage('#/floor');
  broken.answers['floor.board'] = () => {
    throw new ApiError('busy', 'queue full');
  };
  expect(await screen.findByRole('alert')).toHaveTextContent('Сервер занят');
  if (answer) broken.answers['floor.board'] = answer;
  await fireEvent.click(screen.getByRole('button', { name: 'Повторить' }));
  await vi.waitFor(async () => expect((await grid()).querySelectorAll('tbody tr').length).toBeGreaterThan(5));
});

test('the bell counts what is unread, marks all read, and takes it back', async () => {
  const backend = openPage('#/floor');
  await fireEvent.click(await screen.findByRole('button', { name: 'Уведомления: 3 непрочитанных' }));
  expect(await screen.findByText('Операторов не слышно: без наблюдения 4 команды')).toBeVisible();
  await fireEvent.click(screen.getByRole('button', { name: 'Прочитать все' }));
  await screen.findByText('Прочитаны 3 уведомления');
  await fireEvent.click(screen.getByRole('button', { name: 'Вернуть' }));
  await vi.waitFor(() =>
    expect(asked(backend, 'notices.mark')).toEqual([
      { ids: [], read: true },
      { ids: [4, 3, 2], read: false },
    ]),
  );
});

test('the bell tells of the network in words and opens the target', async () => {
  openPage('#/floor');
  await fireEvent.click(await screen.findByRole('button', { name: 'Уведомления: 3 непрочитанных' }));
  expect(await screen.findByText('Сертификат Finesse (finesse.example.com) кончается: осталось 12 дней')).toBeVisible();
  await fireEvent.click(screen.getByText('Нет связи: Филиал Каунас (kaunas.example.com)'));
  expect(location.hash).toBe('#/floor?open=target:4');
  expect(await within(await details()).findByText('Решения')).toBeVisible();
});

test.each([
  ['the table with an operator open', '#/floor?open=operator:2', ''],
  ['the tiles', '#/floor?view=tiles', ''],
  ['the teams', '#/floor?view=teams', ''],
  ['the past', '#/floor?at=2026-11-05T09:00:00Z', ''],
  ['the wallboard', '#/floor/wallboard', ''],
  ['a lost source', '#/floor', 'floor=offline'],
])('no accessibility faults on %s', async (_name, hash, wish) => {
  openPage(hash, wish);
  await vi.waitFor(() => expect(document.querySelectorAll('main svg[data-group]').length).toBeGreaterThan(5));
  if (hash.includes('open=')) await within(await details()).findAllByRole('region');
  expect(await faults()).toEqual([]);
});

test('the same screen in English', async () => {
  openPage('#/floor', '', 'en');
  expect(await screen.findByRole('grid', { name: 'Operators' })).toBeVisible();
  expect(screen.getByRole('button', { name: /^Wrap-up/ })).toBeVisible();
  i18n.choose('ru');
});

test.each(['tiles', 'teams'])(
  'in %s the keys go through operators as in a table, and what today came to is told',
  async (view) => {
    const backend = openPage(`#/floor?view=${view}`);
    only(backend, 6);
    await vi.waitFor(() => expect(document.querySelectorAll('[data-step]').length).toBeGreaterThan(2), 10_000);
    const key = (letter: string) =>
      fireEvent.keyDown(document.activeElement ?? document.body, { key: letter, code: `Key${letter.toUpperCase()}` });
    const steps = [...document.querySelectorAll('[data-step]')];
    await key('j');
    await key('j');
    expect(document.activeElement).toBe(steps[1]);
    await key('k');
    expect(document.activeElement).toBe(steps[0]);
    expect(steps[0]?.querySelectorAll('[title="Сегодня"] svg')).toHaveLength(3);
    await fireEvent.click(steps[0] as HTMLElement);
    await key('j');
    expect(location.hash).toMatch(new RegExp(`open=operator:${steps[1]?.getAttribute('data-step')}$`));
  },
);

test('what today came to does not stand beside rows of the past', async () => {
  openPage('#/floor?at=2026-11-05T10:30:00Z');
  const table = await grid();
  expect(within(table).queryByRole('columnheader', { name: /Σ разговор/ })).toBeNull();
  cleanup();
  openPage('#/floor');
  expect(within(await grid()).getByRole('columnheader', { name: /Σ разговор/ })).toBeInTheDocument();
});

test('the wallboard says how old it is and which sources are broken', async () => {
  openPage('#/floor/wallboard');
  const wall = within(await screen.findByRole('region', { name: 'Табло операторов' }));
  expect(await wall.findByText(/^обновлено/i)).toBeVisible();
  expect(await wall.findByText(/Справочник агентств: /)).toBeVisible();
  expect(wall.queryByText(/Телефония: /)).toBeNull();
});
