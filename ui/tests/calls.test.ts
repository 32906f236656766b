// The calls screen on an engine of functions: filters and the address, live rows, the panel, acts, search.
import axe from 'axe-core';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import App from '../src/App.svelte';
import { ApiError, useBackend } from '../src/backend';
import type { Filter } from '../src/bindings/Filter';
import { i18n } from '../src/i18n/index.svelte';
import { clock } from '../src/state/clock.svelte';
import { preferences } from '../src/state/preferences.svelte';
import { session } from '../src/state/session.svelte';
import { makeBackend, type Preview } from './preview/engine';

const FIRST = '+7 495 123-45-67';

function open(hash = '#/calls', wish = ''): Preview {
  history.replaceState(null, '', hash);
  session.present = null;
  const backend = makeBackend(new URLSearchParams(wish));
  useBackend(backend);
  preferences.start();
  i18n.choose('ru');
  render(App);
  return backend;
}

const lastFilter = (backend: Preview) =>
  (backend.asked.filter((each) => each.name === 'calls.page').at(-1)?.request as { filter: Filter }).filter;
const asked = (backend: Preview, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const changed = (backend: Preview, ...ids: number[]) =>
  backend.publish({ kind: 'changed', rev: 1, area: 'calls', ids });
const rowOf = async (text: string) => (await screen.findAllByText(text))[0]?.closest('tr') as HTMLElement;
const scroller = () => screen.getByRole('grid').parentElement as HTMLElement;
const details = () => screen.findByRole('complementary', { name: 'Подробности' });

async function choose(label: RegExp, value: string) {
  const trigger = screen.getByRole('combobox', { name: label });
  trigger.focus();
  await fireEvent.keyDown(trigger, { key: 'Enter' });
  const option = await screen.findByRole('option', { name: value });
  await fireEvent.pointerMove(option);
  await fireEvent.pointerUp(option);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-05T11:20:00Z') });
  clock.set(new Date());
  i18n.zone = 'Europe/Moscow';
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('the row says who called, what became of it, and what can be opened', async () => {
  open();
  expect(within(await rowOf(FIRST)).getByText('идёт')).toBeVisible();
  expect(screen.getAllByText('Телефон не определен').length).toBeGreaterThan(0);
  const row = await rowOf('+7 495 128-20-81');
  expect(within(row).getByText('Обработано')).toBeVisible();
  expect(within(row).getByRole('button', { name: 'Карта клиента' })).toBeVisible();
  expect(within(row).getByRole('button', { name: 'Инфо' })).toBeVisible();
  expect(within(await rowOf(FIRST)).queryByRole('button', { name: 'Инфо' })).toBeNull();
});

test('choosing filters writes the address and asks the engine', async () => {
  const backend = open();
  await screen.findByText(FIRST);
  await fireEvent.click(screen.getByRole('radio', { name: 'Вильнюс' }));
  await fireEvent.click(screen.getByRole('button', { name: 'Только идущие' }));
  await fireEvent.input(screen.getByRole('textbox', { name: /Номер или/ }), { target: { value: '*4567' } });
  expect(location.hash).toBe('#/calls?centre=vilnius&live=1&phone=*4567');
  await vi.waitFor(() =>
    expect(lastFilter(backend)).toMatchObject({
      centre: 'vilnius',
      only_open: true,
      phone: { digits: '4567', place: 'end' },
    }),
  );
});

test('a list of values is a filter, and going back takes it off', async () => {
  const backend = open();
  await screen.findByText(FIRST);
  await choose(/^Результат/, 'Клиент положил трубку');
  expect(location.hash).toBe('#/calls?result=2');
  await vi.waitFor(() => expect(lastFilter(backend).result).toBe(2));
  history.back();
  await vi.waitFor(() => expect(location.hash).toBe('#/calls'));
  await vi.waitFor(() => expect(lastFilter(backend).result).toBeNull());
});

test('an address brings every filter to its control', async () => {
  open('#/calls?centre=moscow&date=2026-11-04&operator=Анна Белова&result=unknown&type=5&theme=Оплата&live=1');
  await screen.findByRole('grid');
  expect(screen.getByRole('radio', { name: 'Москва' })).toBeChecked();
  for (const name of ['Оператор: Анна Белова', 'Результат: Неизвестный результат', 'Тип: Заказ тура', 'Тема: Оплата'])
    expect(screen.getByRole('combobox', { name })).toBeVisible();
  expect(screen.getByRole('button', { name: /4 ноя/ })).toBeVisible();
  expect(screen.getByRole('button', { name: 'Только идущие' })).toHaveAttribute('aria-pressed', 'true');
});

test('filters come back as they were left, a day and a number do not', async () => {
  open('#/calls?centre=moscow&result=1&date=2026-11-04&phone=12');
  await screen.findByRole('grid');
  cleanup();
  open('#/calls');
  await screen.findByRole('grid');
  expect(location.hash).toBe('#/calls?centre=moscow&result=1');
});

test('all time is offered beside a number', async () => {
  const backend = open('#/calls?phone=4567');
  await fireEvent.click(await screen.findByRole('button', { name: 'За всё время' }));
  expect(location.hash).toBe('#/calls?phone=4567&all=1');
  await vi.waitFor(() => expect(lastFilter(backend).days).toBeNull());
  await fireEvent.click(screen.getByRole('button', { name: 'За всё время' }));
  expect(location.hash).toBe('#/calls?phone=4567');
});

test('figures are filters: an operator and a result', async () => {
  const backend = open();
  const totals = await screen.findByRole('region', { name: 'Сводка' });
  await fireEvent.click(within(totals).getByRole('button', { name: /Игорь Смирнов/ }));
  expect(new URLSearchParams(location.hash.split('?')[1]).get('operator')).toBe('Игорь Смирнов');
  await vi.waitFor(() => expect(lastFilter(backend).operator).toBe('Игорь Смирнов'));
  // The list of operators stays whole; the count is of the chosen one.
  expect(within(totals).getByRole('button', { name: /Анна Белова/ })).toBeVisible();
  expect(await screen.findByText(/^3\d звон/)).toBeVisible();
  await fireEvent.click(within(totals).getByRole('button', { name: /Обработано/ }));
  await vi.waitFor(() => expect(lastFilter(backend).result).toBe(1));
});

test('a new call comes in at the top when the top is on view', async () => {
  const backend = open();
  await screen.findByText(FIRST);
  const { id } = backend.journal.begin(Date.now());
  const added = backend.journal.change(id, { phone: '74950000001' });
  changed(backend, added.id);
  await vi.waitFor(() => expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '242'));
  expect((await rowOf(i18n.f.phone(added.phone))).getAttribute('aria-rowindex')).toBe('2');
  expect(asked(backend, 'calls.rows')).toMatchObject([{ ids: [added.id] }]);
});

test('a new call does not move what is being read further down', async () => {
  const backend = open();
  await screen.findByText(FIRST);
  scroller().scrollTop = 32 * 100;
  await fireEvent.scroll(scroller());
  const seen = await screen.findByText(i18n.f.phone(backend.journal.rows[103]?.phone));
  const added = backend.journal.begin(Date.now());
  changed(backend, added.id);
  await vi.waitFor(() => expect(scroller().scrollTop).toBe(32 * 101));
  expect(seen).toBeInTheDocument();
  expect(scroller().querySelector('tr.spacer td')).toHaveStyle({ height: `${(101 - 12) * 32}px` });
});

test('a call that ends changes in its row', async () => {
  const backend = open();
  const row = await rowOf(FIRST);
  const id = backend.journal.rows[0]?.id ?? 0;
  backend.journal.change(id, { state: 'ended', ended_at: Date.now(), result: 3, badge: 'no-internet' });
  changed(backend, id);
  expect(await within(row).findByText('Не работает интернет')).toBeVisible();
});

test('a live call ticks with the common clock', async () => {
  open();
  const row = await rowOf(FIRST);
  expect(within(row).getByText('0:40')).toBeVisible();
  clock.set(new Date(Date.now() + 25_000));
  expect(await within(row).findByText('1:05')).toBeVisible();
});

test('an own order is in the address and reads the whole list first', async () => {
  const backend = open('#/calls', 'rows=1300');
  await screen.findByText('1 300 звонков', { normalizer: (text) => text.replaceAll('\u00a0', ' ') });
  await fireEvent.click(screen.getByRole('button', { name: 'Оператор' }));
  expect(location.hash).toBe('#/calls?sort=operator');
  await vi.waitFor(() => expect(asked(backend, 'calls.page').length).toBeGreaterThanOrEqual(3));
});

test('the client’s card and the agency open from the row and from the panel’s address', async () => {
  open();
  await fireEvent.click(within(await rowOf('+7 495 128-20-81')).getByRole('button', { name: 'Инфо' }));
  const panel = await details();
  const info = await within(panel).findByRole('region', { name: 'Агентство по обращению' });
  expect(within(info).getByRole('link', { name: 'Москва, Кленовый бул., 18' })).toHaveAttribute(
    'href',
    `https://yandex.ru/maps/?text=${encodeURIComponent('Москва, Кленовый бул., 18')}`,
  );
  expect(within(info).getByRole('link', { name: /Кленовый/ })).toHaveAttribute('rel', 'noopener noreferrer');
  expect(within(info).getByText('принимает')).toBeVisible();
  expect(within(panel).getByRole('region', { name: 'Карта клиента' })).toHaveTextContent('Наталья Зорина');
  expect(location.hash).toBe('#/calls?open=call:90234/info');
});

test('in the window the map opens in the system’s browser', async () => {
  const backend = open('#/calls?open=call:90234/info');
  backend.features = { window: true, signIn: false };
  await fireEvent.click(await screen.findByRole('link', { name: /Кленовый/ }));
  expect(backend.opened).toEqual([expect.stringContaining('https://yandex.ru/maps/')]);
});

const ofAgency = (backend: Preview, card: 'found' | 'missing' | 'asked', blacklist: boolean | null = null) =>
  backend.journal.rows.find((row) => row.card_state === card && (blacklist === null || row.blacklist === blacklist));

test('a blacklisted agency without a contract is an alarm', async () => {
  const backend = open();
  const id = ofAgency(backend, 'found', true)?.id;
  await screen.findByText(FIRST);
  location.hash = `#/calls?open=call:${id}`;
  const panel = await details();
  expect(await within(panel).findByRole('alert')).toHaveTextContent('Агентство в чёрном списке');
  const card = within(panel).getByRole('region', { name: 'Карточка агентства' });
  expect(within(card).getByText('Нет')).toHaveClass('alarm');
  expect(within(card).getByText('Да')).toHaveClass('alarm');
  expect(within(panel).getByRole('region', { name: 'Последние звонки агентства' })).toBeVisible();
});

test.each([
  ['asked', 'Ждём карточку от службы агентств…'],
  ['missing', 'Карточки нет: служба агентств не ответила вовремя.'],
] as const)('a card that is %s is said', async (state, words) => {
  const backend = open();
  await screen.findByText(FIRST);
  const row = backend.journal.rows.find((each) => each.centre === 'vilnius');
  backend.journal.change(row?.id ?? 0, { agency_id: 4103, card_state: state, lack: 'too_late', agency_name: null });
  location.hash = `#/calls?open=call:${row?.id}`;
  expect(await within(await details()).findByText(words)).toBeVisible();
});

test('a decision explains itself and leads to its record', async () => {
  const backend = open();
  const id = ofAgency(backend, 'found')?.id;
  await screen.findByText(FIRST);
  location.hash = `#/calls?open=call:${id}`;
  const part = await within(await details()).findByRole('region', { name: 'Решения' });
  expect(within(part).getByRole('link', { name: 'Запись в обмене' })).toHaveAttribute(
    'href',
    '#/deliveries?open=record:4990',
  );
  await fireEvent.click(within(part).getAllByRole('button', { name: 'Почему?' }).at(-1) as HTMLElement);
  const why = await screen.findByRole('dialog', { name: 'Почему так' });
  expect(within(why).getByRole('row', { name: /выбран наибольший номер агентства/ })).toBeVisible();
  expect(within(why).getByText(/Не будь этого агентства/)).toBeVisible();
});

test('the mark of a call-back is set and taken away', async () => {
  const backend = open('#/calls?open=call:90240');
  await fireEvent.click(await screen.findByRole('button', { name: 'Отметить перезвон' }));
  await fireEvent.click(await screen.findByRole('button', { name: 'Снять отметку' }));
  expect(await screen.findByRole('button', { name: 'Отметить перезвон' })).toBeVisible();
  expect(asked(backend, 'calls.mark_called_back')).toEqual([
    { id: 90240, done: true },
    { id: 90240, done: false },
  ]);
});

test('a theme of one’s own is taken', async () => {
  const backend = open('#/calls?open=call:90240');
  const field = await screen.findByRole('combobox', { name: 'Выберите или напишите тему' });
  field.focus();
  await fireEvent.input(field, { target: { value: 'Паспорта' } });
  const option = await screen.findByRole('option', { name: 'Записать «Паспорта»' });
  await fireEvent.pointerMove(option);
  await fireEvent.pointerUp(option);
  await vi.waitFor(() => expect(asked(backend, 'calls.set_theme')).toEqual([{ id: 90240, theme: 'Паспорта' }]));
});

test('several calls are marked, each tells what became of it, failed ones are tried again', async () => {
  const backend = open();
  await screen.findByText(FIRST);
  const answer = backend.answers['calls.mark_called_back'];
  backend.answers['calls.mark_called_back'] = (request) => {
    if (request.id === 90239) throw new ApiError('busy', 'queue full');
    return answer?.(request) ?? backend.journal.find(request.id);
  };
  for (const box of screen.getAllByRole('checkbox', { name: 'Отметить строку' }).slice(0, 3))
    await fireEvent.click(box);
  await fireEvent.click(screen.getByRole('button', { name: 'Отметить перезвон: 3' }));
  await fireEvent.click(await screen.findByRole('button', { name: 'Отметить 3 звонка' }));
  expect(await screen.findByRole('dialog', { name: 'Отмечено 2 из 3' })).toHaveTextContent('Сервер занят');
  backend.answers['calls.mark_called_back'] = answer;
  await fireEvent.click(screen.getByRole('button', { name: 'Повторить для 1' }));
  expect(await screen.findByRole('dialog', { name: 'Отмечено 3 из 3' })).toBeVisible();
});

test('who may only look is offered no acts', async () => {
  open('#/calls?open=call:90234', 'role=viewer');
  expect(await within(await details()).findByText('Обращение')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Отметить перезвон' })).toBeNull();
  expect(screen.queryByRole('checkbox', { name: 'Отметить строку' })).toBeNull();
  expect(screen.queryByRole('combobox', { name: /тему/ })).toBeNull();
});

test('the export is of all that matches', async () => {
  const backend = open('#/calls?centre=vilnius');
  await screen.findByText('48 звонков');
  const button = screen.getByRole('button', { name: 'Выгрузить' });
  button.focus();
  await fireEvent.keyDown(button, { key: 'Enter' });
  await fireEvent.click(await screen.findByRole('menuitem', { name: 'Excel (XLSX)' }));
  await vi.waitFor(() =>
    expect(backend.saved.map((file) => [file.name, atob(file.content_base64)])).toEqual([['calls.xlsx', '48']]),
  );
  expect(asked(backend, 'calls.export')).toMatchObject([{ format: 'xlsx', filter: { centre: 'vilnius' } }]);
});

async function search(words: string) {
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  await fireEvent.input(await screen.findByRole('combobox', { name: 'Поиск и команды' }), { target: { value: words } });
}

test('digits in the palette find calls of all time', async () => {
  open();
  await screen.findByText(FIRST);
  await search('123-45');
  await fireEvent.click(await screen.findByRole('option', { name: /«12345» в номере/ }));
  expect(location.hash).toBe('#/calls?phone=12345&all=1');
});

test('an agency is found by its name and opens with its hours', async () => {
  open();
  await screen.findByText(FIRST);
  await search('лазурн');
  await fireEvent.click(await screen.findByRole('option', { name: /Лазурный берег/ }));
  expect(location.hash).toBe('#/calls?open=agency:302');
  const panel = await details();
  expect(await within(panel).findByRole('heading', { name: 'Лазурный берег' })).toBeVisible();
  expect(within(panel).getByText('пн–чт')).toBeVisible();
  expect(within(panel).getByText('выходной')).toBeVisible();
});

test('nothing fits: the filters can be dropped; a failure offers another try', async () => {
  const backend = open('#/calls?theme=Нет такой');
  await fireEvent.click(await screen.findByRole('button', { name: 'Сбросить фильтры' }));
  expect(location.hash).toBe('#/calls');
  await screen.findByText(FIRST);
  cleanup();
  const broken = open('#/calls');
  broken.answers['calls.page'] = () => {
    throw new ApiError('busy', 'queue full');
  };
  expect(await screen.findByRole('alert')).toHaveTextContent('Сервер занят');
  broken.answers['calls.page'] = backend.answers['calls.page'];
  await fireEvent.click(screen.getByRole('button', { name: 'Повторить' }));
  expect(await screen.findByText(FIRST)).toBeVisible();
});

test('a call that is gone says so', async () => {
  open('#/calls?open=call:1');
  expect(await within(await details()).findByRole('alert')).toHaveTextContent('Этого звонка больше нет');
});

test.each([
  ['a call with both cards', '#/calls?open=call:90234'],
  ['a call with an agency', '#/calls?centre=vilnius&open=call:90227'],
  ['an agency', '#/calls?open=agency:300'],
])('no accessibility faults on %s', async (_name, hash) => {
  open(hash);
  await within(await details()).findAllByRole('region');
  await screen.findByRole('region', { name: 'Сводка' });
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join('\n')}`)).toEqual([]);
});

test('an hour of the chart is a filter: its calls alone, by the pointer and by the keyboard', async () => {
  open();
  const chart = await screen.findByRole('slider', { name: /Звонки по часам/ });
  await fireEvent.keyDown(chart, { key: 'End' });
  expect(chart.getAttribute('aria-valuetext')).toMatch(/^\d{2}:00 · /);
  await fireEvent.keyDown(chart, { key: 'Enter' });
  expect(location.hash).toMatch(/^#\/calls\?hour=\d+$/);
  const hour = Number(/hour=(\d+)/.exec(location.hash)?.[1]);
  const said = chart.getAttribute('aria-valuetext') ?? '';
  const sum = [...said.matchAll(/ (\d+)(?= ·|$)/g)].reduce((all, [, each]) => all + Number(each), 0);
  await vi.waitFor(() => expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', String(sum + 1)), 5000);
  expect(hour % 3600).toBe(0);
  await fireEvent.click(screen.getByRole('button', { name: /^\d{2}:00–\d{2}:00$/ }));
  expect(location.hash).toBe('#/calls');
});

test('the operator of a call leads to the operator’s panel', async () => {
  // Later than whatever was read of the floor for the tests before.
  vi.setSystemTime(Date.parse('2026-11-05T11:40:00Z'));
  const backend = open('#/calls?open=call:90230');
  const name = backend.journal.rows.find((each) => each.id === 90230)?.operator ?? '';
  const row = backend.floor.rows.get(1);
  for (const [id, each] of backend.floor.rows) if (each.name === name) backend.floor.rows.delete(id);
  if (row) backend.floor.rows.set(1, { ...row, name });
  expect(await within(await details()).findByRole('link', { name })).toHaveAttribute('href', '#/calls?open=operator:1');
});
