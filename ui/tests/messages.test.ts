// Messages on an engine of functions: conversations, one of them, one's own account, and where else of the page they show.
import { cleanup, fireEvent, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clock } from '../src/state/clock.svelte';
import { notices } from '../src/state/notices.svelte';
import { wishes } from '../src/state/wishes.svelte';
import { faults, openPage } from './page';
import { OWN } from './preview/messages';

const NOW = Date.parse('2026-11-05T11:00:00Z');
const ORLOVA = 'm.orlova@chat.example.com';
const WITH_ORLOVA = `#/inbox/messages?with=${ORLOVA}`;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
  notices.all = [];
  wishes.preferences = null;
  looking = true;
  vi.spyOn(document, 'hasFocus').mockImplementation(() => looking);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

let looking = true;
const asked = (backend: ReturnType<typeof openPage>, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const thread = () => screen.findByRole('region', { name: 'Переписка: Мария Орлова' });
const field = () => screen.findByRole('textbox', { name: 'Сообщение для Мария Орлова' });
const list = () => screen.findByRole('navigation', { name: 'Беседы' });

test('conversations stand newest first, with what is not read and how people are', async () => {
  openPage('#/inbox/messages');
  const links = within(await list()).getAllByRole('link');
  expect(links.map((each) => each.querySelector('.name')?.textContent)).toEqual([
    'Мария Орлова',
    'Борис Ким',
    'Павел Орлов',
    'Светлана Волкова (касса)',
    'hr@chat.example.com',
  ]);
  expect(links[0]).toHaveTextContent('2 непрочитанных сообщения');
  expect(links[0]).toHaveTextContent('на месте');
  expect(links[4]).toHaveTextContent('не видно');
  expect(await screen.findByRole('link', { name: /Входящие.*3 непрочитанных сообщения/ })).toBeVisible();
});

test('a conversation is opened by its link, is read while it is looked at, and Back leads out', async () => {
  looking = false;
  const backend = openPage('#/inbox/messages');
  await fireEvent.click(within(await list()).getByRole('link', { name: /Мария Орлова/ }));
  await vi.waitFor(() => expect(location.hash).toContain('with=m.orlova'));
  const shown = await thread();
  expect(await within(shown).findByText('Перезвоните ему сами или отдать в очередь?')).toBeVisible();
  expect(within(shown).getByText('Новые')).toBeVisible();
  expect(asked(backend, 'messages.seen')).toEqual([]);
  looking = true;
  await fireEvent.focus(window);
  await vi.waitFor(() => expect(asked(backend, 'messages.seen')).toHaveLength(1));
  const newest = backend.messages.of(ORLOVA)[0];
  expect(asked(backend, 'messages.seen')).toEqual([{ peer: ORLOVA, upto: newest?.id }]);
  await vi.waitFor(() => expect(backend.messages.overview().unread).toBe(1));
});

test('what became of our words stands as a word, and times have their seconds', async () => {
  openPage(WITH_ORLOVA, 'old=0');
  const shown = await thread();
  expect((await within(shown).findAllByText('доставлено')).length).toBe(2);
  expect(within(shown).getByText('отправлено')).toBeVisible();
  expect(within(shown).getByText('из другой программы')).toBeVisible();
  expect(within(shown).getByText('10:57')).toHaveAttribute('title', '05.11.2026 10:57:00 (UTC, UTC+0)');
  const days = within(shown).getAllByRole('region');
  expect(days.map((each) => each.getAttribute('aria-label'))).toEqual(['3 ноя', 'Вчера', 'Сегодня']);
  expect(within(shown).getByRole('link', { name: '#4313' })).toHaveAttribute(
    'href',
    expect.stringContaining('ticket:4313'),
  );
});

test('Enter sends, Shift+Enter does not, and the words are there before the engine tells of them', async () => {
  const backend = openPage(WITH_ORLOVA, 'old=0');
  const input = await field();
  await fireEvent.input(input, { target: { value: ' Сама перезвоню\n' } });
  await fireEvent.keyDown(input, { key: 'Enter', shiftKey: true });
  expect(asked(backend, 'messages.write')).toEqual([]);
  await fireEvent.keyDown(input, { key: 'Enter' });
  expect(asked(backend, 'messages.write')).toEqual([{ peer: ORLOVA, text: 'Сама перезвоню' }]);
  const said = await within(await thread()).findByText('Сама перезвоню');
  expect(said.closest('li')).toHaveTextContent('в очереди');
  expect(input).toHaveValue('');
});

test('what is too long is not sent, and says by how much', async () => {
  const backend = openPage(WITH_ORLOVA, 'old=0');
  const input = await field();
  await fireEvent.input(input, { target: { value: '😀'.repeat(5002) } });
  expect(await screen.findByText('Длиннее на 2 знака')).toBeVisible();
  await fireEvent.keyDown(input, { key: 'Enter' });
  expect(asked(backend, 'messages.write')).toEqual([]);
  await fireEvent.input(input, { target: { value: '😀'.repeat(5000) } });
  expect(screen.getByText(/^5.000 из 5.000$/)).toBeVisible();
});

test('words that could not be sent stay where they were typed', async () => {
  const backend = openPage(WITH_ORLOVA, 'old=0');
  backend.answers['messages.write'] = () => {
    throw new Error('the connection broke');
  };
  const input = await field();
  await fireEvent.input(input, { target: { value: 'Минуту' } });
  await fireEvent.keyDown(input, { key: 'Enter' });
  expect(await screen.findByRole('alert')).toBeVisible();
  expect(input).toHaveValue('Минуту');
});

test('what somebody writes appears by itself and is read at once', async () => {
  const backend = openPage(WITH_ORLOVA, 'old=0');
  await within(await thread()).findByText('Хорошо, спасибо');
  await vi.waitFor(() => expect(asked(backend, 'messages.seen')).toHaveLength(1));
  backend.messages.heard('m.orlova', 'Клиент дозвонился сам');
  expect(await within(await thread()).findByText('Клиент дозвонился сам')).toBeVisible();
  await vi.waitFor(() => expect(asked(backend, 'messages.seen')).toHaveLength(2));
});

test('changes of another person are not asked about', async () => {
  const backend = openPage(WITH_ORLOVA, 'old=0');
  await within(await thread()).findByText('Хорошо, спасибо');
  await vi.waitFor(() => expect(backend.messages.overview().unread).toBe(1));
  await tick();
  const before = asked(backend, 'messages.list').length;
  backend.publish({ kind: 'changed', rev: 9, area: 'messages', ids: [99] });
  await tick();
  expect(asked(backend, 'messages.list')).toHaveLength(before);
});

test('earlier messages come by pages, and stay when something changes', async () => {
  const backend = openPage(WITH_ORLOVA, 'old=60');
  const shown = await thread();
  await within(shown).findByText('Хорошо, спасибо');
  expect(within(shown).queryByText(/№ 1000:/)).toBeNull();
  await fireEvent.click(within(shown).getByRole('button', { name: 'Показать раньше' }));
  expect(await within(shown).findByText(/№ 1000:/)).toBeVisible();
  expect(within(shown).queryByRole('button', { name: 'Показать раньше' })).toBeNull();
  backend.messages.heard('m.orlova', 'Ещё одно');
  expect(await within(shown).findByText('Ещё одно')).toBeVisible();
  expect(within(shown).getByText(/№ 1000:/)).toBeVisible();
});

test('what was not delivered says why and is sent again by a press', async () => {
  const backend = openPage('#/inbox/messages?with=s.volkova@chat.example.com');
  expect(await screen.findByText(/такого адреса нет/)).toBeVisible();
  await fireEvent.click(screen.getByRole('button', { name: 'Отправить ещё раз' }));
  expect(asked(backend, 'messages.send_again')).toHaveLength(1);
  expect(await screen.findByText('в очереди')).toBeVisible();
  expect(screen.queryByText(/такого адреса нет/)).toBeNull();
});

test('while the session is down nothing can be sent, and the time of the next try ticks', async () => {
  openPage(WITH_ORLOVA, 'old=0&chat=offline');
  expect(await screen.findByText('Отправить нельзя: нет связи с мессенджером.')).toBeVisible();
  expect(await field()).toBeDisabled();
  expect(screen.getByText('повтор через 0:42')).toBeVisible();
  clock.set(new Date(NOW + 2000));
  expect(await screen.findByText('повтор через 0:40')).toBeVisible();
});

test('search finds conversations, contacts and an address nobody has yet', async () => {
  openPage('#/inbox/messages');
  const box = within(await list());
  const input = screen.getByRole('textbox', { name: 'Имя, адрес или слово' });
  await fireEvent.input(input, { target: { value: 'литвин' } });
  expect(box.getByRole('link', { name: /Ольга Литвин/ })).toBeVisible();
  expect(box.queryByRole('link', { name: /Борис Ким/ })).toBeNull();
  await fireEvent.input(input, { target: { value: 'New@Chat.example.com' } });
  await fireEvent.click(box.getByRole('link', { name: 'Написать на new@chat.example.com' }));
  await fireEvent.input(input, { target: { value: 'никого такого' } });
  expect(box.getByText(/Ничего не нашлось/)).toBeVisible();
});

test('a conversation is begun with a colleague', async () => {
  openPage('#/inbox/messages');
  await list();
  await fireEvent.click((await screen.findAllByRole('button', { name: 'Новая беседа' }))[0]!);
  const dialog = await screen.findByRole('dialog', { name: 'Новая беседа' });
  expect(within(dialog).getAllByText(/коллега в Пульте/)).toHaveLength(3);
  await fireEvent.click(within(dialog).getByRole('button', { name: /Игорь Ткач/ }));
  expect(await screen.findByText('Сообщений ещё нет. Напишите первое.')).toBeVisible();
  expect(await screen.findByRole('heading', { name: 'Игорь Ткач' })).toBeVisible();
  expect(await faults()).toEqual([]);
});

test('who asks to see how one is gets one of two answers', async () => {
  const backend = openPage('#/inbox/messages');
  const question = await screen.findByRole('region', { name: 'Просят видеть, на месте ли вы' });
  await fireEvent.click(within(question).getByRole('button', { name: 'Не разрешать: Никита Петров' }));
  expect(asked(backend, 'messages.answer_subscription')).toEqual([{ peer: 'n.petrov@chat.example.com', allow: false }]);
  expect(await within(question).findByText('Ответ отправляется…')).toBeVisible();
});

test('an account is connected, and the session tells whether its password is right', async () => {
  const backend = openPage('#/inbox/messages', 'chat=none');
  await fireEvent.click(await screen.findByRole('button', { name: 'Подключить учётную запись' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Своя учётная запись' }));
  expect(dialog.getByText(/хранилище секретов/)).toBeVisible();
  await fireEvent.click(dialog.getByRole('button', { name: 'Подключить' }));
  expect(await dialog.findByText('Нужен вид имя@домен')).toBeVisible();
  expect(dialog.getByText('Введите пароль')).toBeVisible();
  await fireEvent.input(dialog.getByRole('textbox', { name: 'Адрес' }), { target: { value: OWN.toUpperCase() } });
  await fireEvent.input(dialog.getByLabelText('Пароль'), { target: { value: 'wrong' } });
  await fireEvent.click(dialog.getByRole('button', { name: 'Подключить' }));
  expect(asked(backend, 'messages.connect')).toEqual([{ address: OWN, password: 'wrong' }]);
  expect(await dialog.findByText('Проверяем у сервера…')).toBeVisible();
  backend.messages.turn('auth_failed');
  expect(await dialog.findByText(/Сервер не принял пароль/)).toBeVisible();
  expect(dialog.getByText(/больше не пробует/)).toBeVisible();
  const change = dialog.getAllByRole('button', { name: 'Сменить пароль' })[0]!;
  await fireEvent.click(change);
  await fireEvent.input(dialog.getByLabelText('Пароль'), { target: { value: 'right' } });
  await fireEvent.click(dialog.getByRole('button', { name: 'Подключить' }));
  await vi.waitFor(() => expect(asked(backend, 'messages.connect')).toHaveLength(2));
  backend.messages.turn('live');
  expect(await screen.findByText(`Подключено: ${OWN}`)).toBeVisible();
  await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('a certificate that is not trusted shows its fingerprint, and is tried again by a press', async () => {
  const backend = openPage('#/inbox/messages', 'chat=cert_problem');
  expect(await screen.findByText(/^9F:3C:1A:77/)).toBeVisible();
  await fireEvent.click(screen.getByRole('button', { name: 'Попробовать снова' }));
  expect(asked(backend, 'messages.try_again')).toHaveLength(1);
});

test('an account is let go after a question', async () => {
  const backend = openPage('#/inbox/messages');
  await fireEvent.click(await screen.findByRole('button', { name: OWN }));
  const dialog = within(await screen.findByRole('dialog'));
  await fireEvent.click(dialog.getByRole('button', { name: 'Отключить' }));
  expect(asked(backend, 'messages.disconnect')).toEqual([]);
  await fireEvent.click(dialog.getByRole('button', { name: `Отключить ${OWN}` }));
  expect(await screen.findByText('Учётная запись отключена')).toBeVisible();
  expect(await screen.findByText(/Новые сообщения не приходят/)).toBeVisible();
});

test('without a messenger the screen says who connects one', async () => {
  openPage('#/inbox/messages', 'chat=off&role=viewer');
  expect(await screen.findByText(/Мессенджер не подключён/)).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Подключить' })).toBeNull();
});

test('a notice of a message leads to its conversation', async () => {
  const backend = openPage('#/inbox');
  const rows = (await backend.call('notices.list', { which: 'all', class: null, search: null, before: null, limit: 1 }))
    .rows;
  const row = {
    ...rows[0]!,
    id: 77,
    class: 'message' as const,
    level: 'info' as const,
    subject: `conversation:7/${ORLOVA}`,
  };
  const notice = {
    ...row,
    code: 'messages.heard',
    values: { peer: ORLOVA, name: 'Мария Орлова', text: '<i>Добрый</i>' },
  };
  backend.answers['notices.list'] = () => ({
    rows: [notice],
    groups: [{ subject: notice.subject, count: 1, unread: 1 }],
    next: null,
    unread: 1,
  });
  backend.answers['notices.mark'] = () => ({ ids: [77], unread: 0 });
  backend.publish({ kind: 'changed', rev: 1, area: 'notices', ids: [77] });
  const group = within(await screen.findByRole('region', { name: 'Мария Орлова' }));
  expect(group.getByText('<i>Добрый</i>')).toBeVisible();
  await fireEvent.click(group.getByRole('button', { name: /Вам пишет Мария Орлова/ }));
  expect(await thread()).toBeVisible();
});

test('the bell tells of messages beside notices', async () => {
  openPage('#/calls');
  await fireEvent.click(await screen.findByRole('button', { name: /^Уведомления: 3/ }));
  await fireEvent.click(await screen.findByRole('button', { name: '3 непрочитанных сообщения' }));
  expect(await list()).toBeVisible();
});

test('duplicates are chosen only where they arrive, and their address is the person’s to settle', async () => {
  const backend = openPage('#/settings?section=notices');
  expect(await screen.findByText('Копии уходят на a.komarova@example.com.')).toBeVisible();
  expect(screen.getByRole('switch', { name: 'Заявки: В мессенджер' })).toBeEnabled();
  const address = screen.getByRole('textbox', { name: 'Адрес для копий' });
  await fireEvent.input(address, { target: { value: 'nobody' } });
  await fireEvent.change(address);
  expect(screen.getByText('Нужен вид имя@домен')).toBeVisible();
  expect(asked(backend, 'notices.set_preferences')).toEqual([]);
  await fireEvent.input(address, { target: { value: 'Anna@chat.example.com' } });
  await fireEvent.change(address);
  await vi.waitFor(() =>
    expect(asked(backend, 'notices.set_preferences')).toEqual([
      expect.objectContaining({ messenger: 'anna@chat.example.com' }),
    ]),
  );
  expect(await faults()).toEqual([]);
});

test('without an address no class of notices goes to the messenger', async () => {
  const backend = openPage('#/calls');
  backend.messages.own = null;
  cleanup();
  openPage('#/settings?section=notices', 'chat=off');
  expect(await screen.findByText('Копии не уходят: мессенджер не подключён.')).toBeVisible();
  expect(screen.getByRole('switch', { name: 'Заявки: В мессенджер' })).toBeDisabled();
});

test('an operator with an address is written to from the floor', async () => {
  const backend = openPage('#/floor');
  const operator = [...backend.floor.rows.values()][0]!;
  backend.messages.contacts = [
    { ...backend.messages.contacts[0]!, person: { login: operator.login_id, full_name: operator.name } },
  ];
  backend.messages.publish();
  location.hash = `#/floor?open=operator:${operator.id}`;
  window.dispatchEvent(new HashChangeEvent('hashchange'));
  await fireEvent.click(await screen.findByRole('button', { name: 'Написать' }));
  expect(location.hash).toBe('#/inbox/messages?with=m.orlova%40chat.example.com');
});

test.each([WITH_ORLOVA, '#/inbox/messages', `${WITH_ORLOVA}&open=ticket:4313`])(
  'no accessibility faults at %s',
  async (hash) => {
    openPage(hash);
    await list();
    await vi.waitFor(() => expect(document.querySelector('main .wait')).toBeNull());
    expect(await faults()).toEqual([]);
  },
);

test.each(['chat=none', 'chat=off', 'chat=empty', 'chat=cert_problem'])(
  'no accessibility faults with %s',
  async (wish) => {
    openPage('#/inbox/messages', wish);
    await screen.findByRole('radio', { name: /Сообщения/ });
    await vi.waitFor(() => expect(document.querySelector('main .wait')).toBeNull());
    expect(await faults()).toEqual([]);
  },
);
