// The whole page on an engine of functions: entry, navigation, panel, palette, freshness, accessibility.
import axe from 'axe-core';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import App from '../src/App.svelte';
import { ApiError, useBackend } from '../src/backend';
import { i18n } from '../src/i18n/index.svelte';
import { clock } from '../src/state/clock.svelte';
import { preferences } from '../src/state/preferences.svelte';
import { session } from '../src/state/session.svelte';
import { makeBackend } from './preview/engine';

function open(wish = '', hash = '#/calls') {
  history.replaceState(null, '', hash);
  session.present = null;
  const backend = makeBackend(new URLSearchParams(wish));
  useBackend(backend);
  preferences.start();
  i18n.choose('ru');
  render(App);
  return backend;
}

const press = (key: string, code: string, more: object = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, code, ...more });

beforeEach(() => {
  // Noon, so that the day of the invented centre holds its calls whatever the hour on this machine.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-05T11:00:00Z') });
  clock.set(new Date());
  i18n.zone = 'UTC';
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('the calls of the day are read and the rail says where we are', async () => {
  const backend = open();
  const table = await screen.findByRole('grid', { name: 'Журнал звонков' });
  expect(table).toHaveAttribute('aria-rowcount', '241');
  expect(screen.getByRole('link', { name: 'Звонки' })).toHaveAttribute('aria-current', 'page');
  expect(backend.asked.find((each) => each.name === 'calls.page')?.request).toMatchObject({
    filter: { days: { from: '2026-11-05', to: '2026-11-05' }, phone: null },
  });
  expect(screen.getByText('240 звонков')).toBeVisible();
});

test('a row opens beside the list, has an address, and Esc closes it', async () => {
  open();
  await fireEvent.click((await screen.findAllByText('+7 495 123-45-67'))[0] as HTMLElement);
  const panel = await screen.findByRole('complementary', { name: 'Подробности' });
  expect(location.hash).toBe('#/calls?open=call:90240');
  expect(await within(panel).findByRole('heading', { name: '+7 495 123-45-67' })).toBeVisible();
  await press('Escape', 'Escape');
  await vi.waitFor(() => expect(screen.queryByRole('complementary')).toBeNull());
  expect(location.hash).toBe('#/calls');
});

test('a link brings its filter and its record', async () => {
  const backend = open('', '#/calls?phone=*4567&open=call:90239');
  await screen.findByRole('complementary');
  await screen.findByRole('grid');
  expect(backend.asked.find((each) => each.name === 'calls.page')?.request).toMatchObject({
    filter: { phone: { digits: '4567', place: 'end' } },
  });
  expect(screen.getByRole('textbox', { name: /Номер или/ })).toHaveValue('*4567');
});

test('a change of its area is read again, another area is not', async () => {
  const backend = open();
  await screen.findByText('240 звонков');
  const reads = () => backend.asked.filter((each) => each.name === 'calls.totals').length;
  expect(reads()).toBe(1);
  backend.publish({ kind: 'changed', rev: 1, area: 'people', ids: [1] });
  expect(reads()).toBe(1);
  backend.publish({ kind: 'changed', rev: 2, area: 'calls', ids: [1] });
  expect(reads()).toBe(2);
});

test('from the filter Enter goes on to the rows, and the filter stays', async () => {
  open();
  const filter = await screen.findByRole('textbox', { name: /Номер или/ });
  await screen.findByText('+7 495 123-45-67');
  filter.focus();
  await press('Enter', 'Enter');
  expect(document.activeElement?.tagName).toBe('TR');
});

test('after a gap everything on screen is read again', async () => {
  const backend = open();
  await screen.findByText('+7 495 123-45-67');
  const before = backend.asked.length;
  backend.publish({ kind: 'resync' });
  await vi.waitFor(() => expect(backend.asked.length).toBe(before + 8));
  expect(
    backend.asked
      .slice(before)
      .map((each) => each.name)
      .sort(),
  ).toEqual([
    'calls.page',
    'calls.themes',
    'calls.totals',
    'engine.health',
    'messages.overview',
    'notices.list',
    'notices.news',
    'notices.preferences',
  ]);
});

test('g and a letter change the screen whatever the layout', async () => {
  open();
  await screen.findByRole('grid', { name: 'Журнал звонков' });
  await press('п', 'KeyG');
  await press('в', 'KeyD');
  expect(await screen.findByRole('grid', { name: /Входящие записи/ })).toBeInTheDocument();
  expect(location.hash).toBe('#/deliveries');
});

test('the palette finds a screen by part of its name', async () => {
  open();
  await screen.findByRole('grid');
  await press('л', 'KeyK', { ctrlKey: true });
  const field = await screen.findByRole('combobox', { name: 'Поиск и команды' });
  await fireEvent.input(field, { target: { value: 'настр' } });
  // Sections of it may be named so too; the screen itself comes first.
  expect(screen.getAllByRole('option')[0]).toHaveTextContent('Настройки');
  await fireEvent.keyDown(field, { key: 'Enter' });
  expect(await screen.findByRole('heading', { name: 'Подключения' })).toBeInTheDocument();
});

test('a lost connection is said, with what is safe', async () => {
  const backend = open();
  await screen.findByRole('grid');
  backend.turn('lost');
  expect(await screen.findByText('Нет связи с сервером.')).toBeVisible();
  backend.turn('connected');
  await vi.waitFor(() => expect(screen.queryByText('Нет связи с сервером.')).toBeNull());
});

test('sign-in: a wrong password says what to check, the right one opens the page', async () => {
  open('as=nobody', '#/settings');
  await fireEvent.input(await screen.findByLabelText('Логин'), { target: { value: 'a.komarova' } });
  await fireEvent.input(screen.getByLabelText('Пароль'), { target: { value: 'wrong' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Войти' }));
  expect(await screen.findByRole('alert')).toHaveTextContent(
    'Войти не удалось. Неверный пароль или пароль мог быть обновлен в ERP. Пожалуйста, попробуйте снова.',
  );
  await fireEvent.input(screen.getByLabelText('Пароль'), { target: { value: 'correct horse' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Войти' }));
  expect(await screen.findByRole('heading', { name: 'Подключения' })).toBeInTheDocument();
});

test.each([
  ['register_away', 'ERP недоступна.'],
  ['blocked', 'Учётная запись заблокирована.'],
  ['no_account', 'Учётной записи ещё нет.'],
  ['locked', 'Слишком много попыток входа.'],
] as const)('sign-in: %s is said in words of its own', async (code, words) => {
  const backend = open('as=nobody');
  backend.signIn = () => Promise.reject(new ApiError(code, 'not let in'));
  await fireEvent.input(await screen.findByLabelText('Логин'), { target: { value: 'a.komarova' } });
  await fireEvent.input(screen.getByLabelText('Пароль'), { target: { value: 'correct horse' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Войти' }));
  expect(await screen.findByRole('alert')).toHaveTextContent(words);
});

test('a session that was opened without the ERP says so, and until when', async () => {
  const backend = open();
  await screen.findByRole('grid');
  const account = () => screen.getByRole('button', { name: /^Учётная запись/ });
  expect(account()).not.toHaveAccessibleName(/ERP/);
  const me = backend.present.me;
  if (!me) throw new Error('nobody is signed in');
  backend.present = { ...backend.present, me: { ...me, checked_offline: true } };
  await session.refresh();
  await vi.waitFor(() => expect(account()).toHaveAccessibleName(/Пароль проверен без ERP/));
  const soon = Date.parse('2026-11-05T11:15:00Z');
  backend.present = { ...backend.present, me: { ...me, checked_offline: true, ask_again_at: soon } };
  backend.publish({ kind: 'changed', rev: 1, area: 'people', ids: [] });
  await vi.waitFor(() => expect(account()).toHaveAccessibleName(/войдите заново до .*11:15/));
});

test('first run: nothing is sent until the form is right', async () => {
  const backend = open('as=new');
  await fireEvent.input(await screen.findByLabelText('Код установки'), { target: { value: ' ABCD-1234 ' } });
  await fireEvent.input(screen.getByLabelText('Логин'), { target: { value: 'root' } });
  await fireEvent.input(screen.getByLabelText('Имя и фамилия'), { target: { value: 'Анна Белова' } });
  await fireEvent.input(screen.getByLabelText('Пароль'), { target: { value: 'long enough' } });
  await fireEvent.input(screen.getByLabelText('Пароль ещё раз'), { target: { value: 'long enoug' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Создать администратора' }));
  expect(screen.getByRole('alert')).toHaveTextContent('Пароли не совпадают');
  expect(backend.asked).toEqual([]);
  await fireEvent.input(screen.getByLabelText('Пароль ещё раз'), { target: { value: 'long enough' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Создать администратора' }));
  await screen.findByRole('grid');
  expect(backend.asked[0]).toEqual({
    name: 'first-run',
    request: { code: 'ABCD-1234', login: 'root', full_name: 'Анна Белова', password: 'long enough' },
  });
});

test('a session that ended brings the sign-in and keeps the address', async () => {
  const backend = open('', '#/calls?phone=123');
  await screen.findByRole('grid');
  backend.present = { ...backend.present, me: null };
  backend.answers['calls.page'] = () => {
    throw new ApiError('sign_in_needed', 'no session');
  };
  backend.publish({ kind: 'resync' });
  expect(await screen.findByRole('button', { name: 'Войти' })).toBeVisible();
  expect(location.hash).toBe('#/calls?phone=123');
});

test.each([
  ['the calls with a record open', '', '#/calls?open=call:90230', 'complementary'],
  ['the deliveries', '', '#/deliveries', 'grid'],
  ['the appearance', '', '#/settings?section=appearance', 'radiogroup'],
  ['the sign-in', 'as=nobody', '#/', 'main'],
  ['the first run', 'as=new', '#/', 'main'],
])('no accessibility faults on %s', async (_name, wish, hash, role) => {
  open(wish, hash);
  await screen.findAllByRole(role);
  // Colours and sizes need a real layout: the browser tests look at those.
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join('\n')}`)).toEqual([]);
});

const leave = () => {
  cleanup();
  session.present = null;
};

test.each([
  ['#/deliveries?tab=out&failed=1&open=effect:1', '#/deliveries?tab=out&failed=1'],
  ['#/tickets?tab=assigned&view=board&q=Иванов&open=ticket:1', '#/tickets?tab=assigned&view=board'],
  ['#/carousel?tab=people&who=on&q=Анна', '#/carousel?tab=people&who=on'],
  ['#/reports?tab=calls&period=own&from=2026-11-01&until=2026-11-02', '#/reports?tab=calls'],
  ['#/floor?view=tiles&team=1&at=2026-11-05T10:00:00', '#/floor?team=1&view=tiles'],
])('a window that was closed on %s opens again as %s', async (hash, kept) => {
  open('', hash);
  await screen.findByRole('main');
  leave();
  open('', hash.replace(/\?.*/, ''));
  await screen.findByRole('main');
  await vi.waitFor(() => expect(location.hash).toBe(kept));
});

test('filters that were taken off stay off, and a link is taken as it is', async () => {
  open('', '#/deliveries?tab=out&failed=1');
  await screen.findByRole('grid');
  await fireEvent.click(screen.getByRole('tab', { name: 'Входящие' }));
  expect(location.hash).toBe('#/deliveries');
  leave();
  open('', '#/deliveries');
  await screen.findByRole('grid');
  expect(location.hash).toBe('#/deliveries');
  leave();
  open('', '#/deliveries?tab=chat&which=stuck');
  await screen.findByRole('grid');
  leave();
  open('', '#/deliveries?tab=out');
  await screen.findByRole('grid');
  expect(location.hash).toBe('#/deliveries?tab=out');
});

test('the sheet has every shortcut of the screen on view, from the list that handles them', async () => {
  open('', '#/inbox');
  await screen.findAllByRole('tab');
  await press('?', 'Slash', { shiftKey: true });
  await screen.findByRole('dialog', { name: 'Сочетания клавиш' });
  const sheet = screen.getByRole('dialog', { name: 'Сочетания клавиш' });
  const keys = (title: string) =>
    [...(within(sheet).getByText(title).closest('div')?.querySelectorAll('kbd') ?? [])].map((each) => each.textContent);
  expect(keys('Следующая и предыдущая строка')).toEqual(['J', 'K']);
  for (const [title, key] of [
    ['Отметить строку', 'X'],
    ['Готово', 'E'],
    ['Отложить', 'S'],
  ] as const)
    expect(keys(title)).toEqual([key]);
});

test.each(['#/deliveries', '#/deliveries?tab=chat', '#/deliveries?tab=documents', '#/carousel?tab=people'])(
  'the order of %s is in the address and comes back with it',
  async (hash) => {
    open('', hash);
    const table = await screen.findByRole('grid');
    const head = within(table).getAllByRole('columnheader')[1] as HTMLElement;
    await fireEvent.click(within(head).getAllByRole('button')[0] as HTMLElement);
    expect(location.hash).toMatch(/[?&]sort=-?[a-zA-Z_]+$/);
    expect(head).toHaveAttribute('aria-sort', location.hash.includes('sort=-') ? 'descending' : 'ascending');
  },
);
