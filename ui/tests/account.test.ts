// One's own account at the source of operators' states: signing in, what goes wrong, signing out, and where it is needed.
import { cleanup, fireEvent, screen, within } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { ApiError } from '../src/backend';
import type { FloorAccount } from '../src/bindings/FloorAccount';
import { faults, openPage } from './page';

type Page = ReturnType<typeof openPage>;
const PASSWORD = 'correct horse';
const asked = (backend: Page, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const opener = (name: string) => screen.findByRole('button', { name });
const dialog = async () => within(await screen.findByRole('dialog', { name: 'Своя учётная запись Finesse' }));
const type = (window: ReturnType<typeof within>, label: string, value: string) =>
  fireEvent.input(window.getByLabelText(label), { target: { value } });

async function tryIn(login: string, password: string) {
  const window = await dialog();
  await type(window, 'Логин Finesse', login);
  await type(window, 'Пароль Finesse', password);
  await fireEvent.click(window.getByRole('button', { name: 'Войти в Finesse' }));
  return window;
}

afterEach(cleanup);

test('the floor says with which account requests are made, and one’s own takes the place of the connection’s', async () => {
  const backend = openPage('#/floor');
  await fireEvent.click(await opener('Запросы: подключение'));
  await tryIn(' 70405 ', PASSWORD);
  expect(await screen.findByText(/^Запросы теперь уходят от вашего имени: .+, 70405$/)).toBeVisible();
  expect(await opener('Запросы: 70405')).toBeVisible();
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(asked(backend, 'floor.sign_in')).toEqual([{ account: '70405', password: PASSWORD }]);
});

test('the password is kept nowhere in the page', async () => {
  openPage('#/floor');
  await fireEvent.click(await opener('Запросы: подключение'));
  expect((await dialog()).getByLabelText('Пароль Finesse')).toHaveAttribute('autocomplete', 'new-password');
  await tryIn('70405', PASSWORD);
  await fireEvent.click(await opener('Запросы: 70405'));
  await fireEvent.click((await dialog()).getByRole('button', { name: 'Войти заново' }));
  expect((await dialog()).getByLabelText('Логин Finesse')).toHaveValue('70405');
  expect((await dialog()).getByLabelText('Пароль Finesse')).toHaveValue('');
  expect(document.documentElement.outerHTML + JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain(
    PASSWORD,
  );
  expect(location.href).not.toContain('horse');
});

test('a wrong password is said once with what another try may do, and is not tried again', async () => {
  const backend = openPage('#/floor');
  await fireEvent.click(await opener('Запросы: подключение'));
  const window = await tryIn('70405', 'wrong');
  const words = 'Finesse не принял логин или пароль. Остались 3 попытки, потом Пульт сделает перерыв.';
  expect(await window.findByText(words)).toBeVisible();
  expect(window.getAllByRole('alert')).toHaveLength(1);
  const field = window.getByLabelText('Пароль Finesse');
  expect(field).toHaveAccessibleDescription(words);
  expect(field).toHaveValue('');
  expect(field).toHaveFocus();
  // An empty password is not a try.
  await fireEvent.click(window.getByRole('button', { name: 'Войти в Finesse' }));
  expect(asked(backend, 'floor.sign_in')).toHaveLength(1);
});

test.each([
  [new ApiError('bad_field', 'no such user', 'account'), 'Finesse не знает такого логина'],
  [new ApiError('conflict', 'too many wrong tries'), /^Слишком много неверных попыток подряд\. Пять минут/],
  [
    new ApiError('conflict', 'too many wrong tries', undefined, 130_000),
    /^Слишком много неверных попыток подряд\. .*не раньше чем через 3 мин\./,
  ],
  [new ApiError('unreachable', 'HTTP 503'), /^Пароль проверить не удалось\. Ничего не изменено/],
  [new ApiError('not_found', 'no source'), /^Запись не найдена/],
])('a refusal is told in words: %s', async (refusal, words) => {
  const backend = openPage('#/floor');
  backend.answers['floor.sign_in'] = () => {
    throw refusal;
  };
  await fireEvent.click(await opener('Запросы: подключение'));
  const window = await tryIn('70405', PASSWORD);
  expect(await window.findByRole('alert')).toHaveTextContent(words);
  expect(window.getByLabelText('Пароль Finesse')).toHaveValue('');
  expect(await opener('Запросы: подключение')).toBeInTheDocument();
});

test('the last try and the one after it are told by figures, in English too', async () => {
  openPage('#/floor', '', 'en');
  await fireEvent.click(await opener('Requests: connection'));
  const window = within(await screen.findByRole('dialog'));
  const wrong = async () => {
    await type(window, 'Finesse user id', '70405');
    await type(window, 'Finesse password', 'wrong');
    await fireEvent.click(window.getByRole('button', { name: 'Sign in to Finesse' }));
  };
  for (const words of [/3 more tries/, /2 more tries/, /1 more try,/, /No try is left/]) {
    await wrong();
    expect(await window.findByText(words)).toBeVisible();
  }
  await wrong();
  expect(await window.findByRole('alert')).toHaveTextContent(/in 5 min at the earliest/);
});

test('an account that another window connects is shown here, and one whose password is no longer taken says so', async () => {
  const backend = openPage('#/floor');
  await opener('Запросы: подключение');
  backend.floor.signIn('70405', PASSWORD);
  backend.publish({ kind: 'changed', rev: 2, area: 'people', ids: [] });
  const button = await opener('Запросы: 70405');
  backend.floor.good = false;
  backend.publish({ kind: 'changed', rev: 3, area: 'people', ids: [] });
  await vi.waitFor(() => expect(button).toHaveAttribute('title', expect.stringContaining('больше не принимает')));
  await fireEvent.click(button);
  expect(await (await dialog()).findByRole('alert')).toHaveTextContent('войдите заново');
});

test('while the password is checked the window says so and waits', async () => {
  const backend = openPage('#/floor');
  let settle: (answer: FloorAccount) => void = () => {};
  backend.answers['floor.sign_in'] = () => new Promise((done) => (settle = done));
  await fireEvent.click(await opener('Запросы: подключение'));
  const window = await tryIn('70405', PASSWORD);
  expect(await window.findByText('Finesse проверяет пароль…')).toBeVisible();
  expect(window.getByRole('button', { name: 'Войти в Finesse' })).toBeDisabled();
  await fireEvent.keyDown(document.body, { key: 'Escape' });
  await fireEvent.click(window.getByRole('button', { name: 'Закрыть' }));
  expect(screen.getByRole('dialog')).toHaveAttribute('data-state', 'open');
  settle({ account: '70405', good: true, operator: null, name: null, supervisor: true });
  await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('Escape leaves the window as long as nothing is under way', async () => {
  openPage('#/floor');
  await fireEvent.click(await opener('Запросы: подключение'));
  await dialog();
  await fireEvent.keyDown(document.body, { key: 'Escape' });
  await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('an account without a supervisor’s rights is said to be of no use, and can be left', async () => {
  const backend = openPage('#/floor');
  await fireEvent.click(await opener('Запросы: подключение'));
  const window = await tryIn('70401', PASSWORD);
  expect(await window.findByRole('alert')).toHaveTextContent('Прав супервизора у этой учётной записи нет');
  await fireEvent.click(window.getByRole('button', { name: 'Выйти из Finesse' }));
  const question = within(await screen.findByRole('dialog', { name: 'Выйти из Finesse: 70401' }));
  expect(asked(backend, 'floor.sign_out')).toEqual([]);
  await fireEvent.click(question.getByRole('button', { name: 'Выйти из 70401' }));
  expect(await screen.findByText('Запросы снова уходят от учётной записи подключения')).toBeVisible();
  expect(asked(backend, 'floor.sign_out')).toEqual([{}]);
  expect(await opener('Запросы: подключение')).toBeVisible();
});

test('Ctrl+K opens the account from any screen', async () => {
  openPage('#/network', 'own=70405');
  await screen.findByRole('heading', { name: 'Связь' });
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  const field = await screen.findByRole('combobox', { name: 'Поиск и команды' });
  await fireEvent.input(field, { target: { value: 'учётная' } });
  await fireEvent.keyDown(field, { key: 'Enter' });
  expect(await (await dialog()).findByText('Запросы о состоянии уходят от вашей учётной записи 70405.')).toBeVisible();
  expect(location.hash).toBe('#/floor');
  await fireEvent.click((await dialog()).getByRole('button', { name: 'Войти заново' }));
  await vi.waitFor(async () => expect((await dialog()).getByLabelText('Пароль Finesse')).toHaveFocus());
});

test('who may ask for nothing is offered no account', async () => {
  const backend = openPage('#/floor', 'role=viewer');
  await screen.findByRole('grid', { name: 'Операторы' });
  expect(screen.queryByRole('button', { name: /^Запросы/ })).toBeNull();
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  const field = await screen.findByRole('combobox', { name: 'Поиск и команды' });
  await fireEvent.input(field, { target: { value: 'учётная' } });
  // The account of the messenger is everybody's own.
  const offered = screen.queryAllByRole('option').map((option) => option.textContent.trim());
  expect(offered).toEqual(['Своя учётная запись мессенджера']);
  expect(asked(backend, 'floor.account')).toEqual([]);
});

test('an account that cannot be read is not taken for the connection’s', async () => {
  // Nobody of this login has been on the page before: nothing is known of their account.
  const backend = openPage('#/floor', 'role=supervisor&login=o.belova');
  const answer = backend.answers['floor.account'];
  backend.answers['floor.account'] = () => {
    throw new ApiError('busy', 'queue full');
  };
  await fireEvent.click(await opener('Запросы: —'));
  const window = await dialog();
  expect(window.getByRole('alert')).toHaveTextContent('С какой учётной записью уходят запросы, не прочитано');
  if (answer) backend.answers['floor.account'] = answer;
  await fireEvent.click(window.getByRole('button', { name: 'Повторить' }));
  expect(await window.findByLabelText('Логин Finesse')).toBeVisible();
});

test('a request says with which account it is made; where that one may not, one’s own is asked for', async () => {
  const backend = openPage('#/floor?open=operator:1');
  backend.floor.put(1, { name: 'Павел Орлов', state: 'ready', group: 'ready', missing: false });
  const panel = within(await screen.findByRole('complementary', { name: 'Подробности' }));
  await fireEvent.click(await panel.findByRole('button', { name: 'Вывести' }));
  const request = () => screen.findByRole('dialog', { name: /^Вывести из системы/ });
  expect(await within(await request()).findByText(/Уйдёт от учётной записи подключения/)).toBeVisible();
  await fireEvent.click(within(await request()).getByRole('button', { name: 'Вывести 1 оператора' }));
  await vi.waitFor(() => expect(asked(backend, 'floor.ask')).toHaveLength(1));
  const command = backend.floor.rows.get(1)?.command;
  backend.floor.put(1, { command: command ? { ...command, state: 'refused_rights' } : null });
  backend.publish({ kind: 'changed', rev: 1, area: 'floor', ids: [1] });
  const needed = await screen.findByText(/Нужна ваша: войдите и попросите снова/);
  await fireEvent.click(within(needed).getByRole('button', { name: 'Войти со своей' }));
  await tryIn('70405', PASSWORD);
  expect(await within(await request()).findByText(/Уйдёт от вашей учётной записи 70405/)).toBeVisible();
  await vi.waitFor(async () => expect(within(await request()).getByLabelText('Зачем')).toHaveFocus());
  await fireEvent.click(within(await request()).getByRole('button', { name: 'Вывести 1 оператора' }));
  await vi.waitFor(() => expect(asked(backend, 'floor.ask')).toHaveLength(2));
});

test.each([
  ['the sign-in', '', 'Запросы: подключение'],
  ['a connected account', 'own=70405', 'Запросы: 70405'],
])('no accessibility faults on %s', async (_, wish, name) => {
  openPage('#/floor', wish);
  await fireEvent.click(await opener(name));
  await dialog();
  expect(await faults()).toEqual([]);
});
