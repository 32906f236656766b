// The inbox on an engine of functions: places, keys, acts with their way back, the bell, and the person's own settings.
import { fireEvent, screen, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cleanup } from '@testing-library/svelte';
import { clock } from '../src/state/clock.svelte';
import { notices } from '../src/state/notices.svelte';
import { wishes } from '../src/state/wishes.svelte';
import { faults, openPage } from './page';
import { freshNotice } from './preview/notices';

const NOW = Date.parse('2026-11-05T11:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
  notices.all = [];
  wishes.preferences = null;
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const press = (key: string, code: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key, code });
const asked = (backend: ReturnType<typeof openPage>, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const group = (name: string | RegExp) => screen.findByRole('region', { name });
const tab = (name: RegExp) => screen.findByRole('tab', { name });

test('notices stand by their subject, and comments are plain text', async () => {
  openPage('#/inbox', 'notices=6');
  const ticket = await group('#4313 Нет доступа к отчёту по продажам');
  expect(within(ticket).getAllByRole('listitem')).toHaveLength(2);
  expect(within(ticket).getByText("Добавлен комментарий от 'Борис Ким'")).toBeVisible();
  expect(within(ticket).getByText(/<b>Проверил<\/b>/)).toBeVisible();
  expect(ticket.querySelector('b')).toBeNull();
  expect(await tab(/Непрочитанные\s*9/)).toHaveAttribute('aria-selected', 'true');
});

test('keys go down the list, put aside, and what was done can be taken back', async () => {
  const backend = openPage('#/inbox', 'notices=6');
  await group(/#4312/);
  await press('j', 'KeyJ');
  await vi.waitFor(() => expect(document.activeElement).toHaveAttribute('data-notice', '10'));
  await press('j', 'KeyJ');
  await vi.waitFor(() => expect(document.activeElement).toHaveAttribute('data-notice', '7'));
  await press('k', 'KeyK');
  await vi.waitFor(() => expect(document.activeElement).toHaveAttribute('data-notice', '10'));
  await press('e', 'KeyE');
  expect(await screen.findByText('Готово: 1')).toBeVisible();
  expect(asked(backend, 'notices.finish')).toEqual([{ ids: [10], done: true }]);
  await fireEvent.click(screen.getByRole('button', { name: 'Вернуть' }));
  expect(asked(backend, 'notices.finish').at(-1)).toEqual({ ids: [10], done: false });
});

test('several are put aside together once that is confirmed', async () => {
  const backend = openPage('#/inbox', 'notices=6');
  const ticket = await group(/#4312/);
  for (const box of within(ticket).getAllByRole('checkbox')) await fireEvent.click(box);
  expect(screen.getByText('Выбрано: 2')).toBeVisible();
  await press('e', 'KeyE');
  const dialog = await screen.findByRole('dialog', { name: 'Отметить готовыми?' });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Отметить готовыми: 2 уведомления' }));
  await vi.waitFor(() => expect(asked(backend, 'notices.finish')).toEqual([{ ids: [10, 7], done: true }]));
});

test('a notice is snoozed until a time of the reader’s, and lies there meanwhile', async () => {
  const backend = openPage('#/inbox', 'notices=3');
  await group(/#4312/);
  await press('j', 'KeyJ');
  await press('s', 'KeyS');
  const dialog = await screen.findByRole('dialog', { name: 'Отложить' });
  await fireEvent.click(within(dialog).getByRole('button', { name: /До завтра/ }));
  expect(asked(backend, 'notices.snooze')).toEqual([{ ids: [7], until: Date.parse('2026-11-06T09:00:00Z') }]);
  expect(await screen.findByText(/Отложено до/)).toBeVisible();
  backend.publish({ kind: 'changed', rev: 1, area: 'notices', ids: [7] });
  await fireEvent.click(await tab(/Отложенные\s*1/));
  expect(await screen.findByRole('button', { name: 'Вернуть сейчас' })).toBeVisible();
});

test('a subject is muted for good, and lies among the muted', async () => {
  const backend = openPage('#/inbox', 'notices=3');
  await group(/#4312/);
  await press('j', 'KeyJ');
  await press('m', 'KeyM');
  await screen.findByRole('dialog', { name: 'Заглушить' });
  await vi.waitFor(() => expect(document.activeElement).toHaveTextContent('Этот предмет на час'));
  await press('3', 'Digit3');
  expect(asked(backend, 'notices.mute')).toEqual([{ kind: 'subject', target: 'ticket:4312', until: null }]);
  backend.publish({ kind: 'changed', rev: 1, area: 'notices', ids: [] });
  await tab(/Заглушённые\s*1/);
  await vi.waitFor(() => expect(screen.queryByRole('region', { name: /#4312/ })).toBeNull());
});

test('clearing asks first, says how many, and comes back', async () => {
  const backend = openPage('#/inbox', 'notices=20');
  await group(/#4312/);
  await fireEvent.click(await screen.findByRole('button', { name: 'Очистить' }));
  const dialog = await screen.findByRole('dialog', { name: 'Очистить входящие?' });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Очистить входящие' }));
  expect(await screen.findByText('Удалено: 24')).toBeVisible();
  backend.publish({ kind: 'changed', rev: 1, area: 'notices', ids: [] });
  expect(await screen.findByText(/Непрочитанных уведомлений нет/)).toBeVisible();
  await fireEvent.click(screen.getByRole('button', { name: 'Вернуть' }));
  expect(await screen.findByText('Возвращено: 24')).toBeVisible();
});

test('why me says how the person is concerned and what their rule is', async () => {
  openPage('#/inbox', 'notices=1');
  const ticket = await group(/#4312/);
  await fireEvent.click(within(ticket).getByRole('button', { name: 'Почему мне?' }));
  const dialog = await screen.findByRole('dialog', { name: 'Почему мне?' });
  expect(await within(dialog).findByText('Вы исполнитель этой заявки.')).toBeVisible();
  expect(within(dialog).getByText('Это обычное правило, вы его не меняли.')).toBeVisible();
});

test('a filter is in the address and an empty answer offers to lift it', async () => {
  openPage('#/inbox?q=такого%20нет');
  await fireEvent.click(await screen.findByRole('button', { name: 'Снять отбор' }));
  expect(location.hash).toBe('#/inbox');
  expect(await group('Связь')).toBeVisible();
});

test('a hundred unread are 99+ on the bell, and the panel is emptied with a way back', async () => {
  const backend = openPage('#/calls', 'notices=120');
  const bell = await screen.findByRole('button', { name: 'Уведомления: 123 непрочитанных' });
  expect(bell).toHaveTextContent('99+');
  await fireEvent.click(bell);
  await fireEvent.click(await screen.findByRole('button', { name: 'Очистить' }));
  expect(await screen.findByText('Удалено: 124')).toBeVisible();
  expect(asked(backend, 'notices.empty')).toHaveLength(1);
});

test('without a panel the bell leads to the list', async () => {
  const backend = openPage('#/calls');
  const before = await backend.call('notices.preferences', {});
  backend.answers['notices.preferences'] = () => ({ ...before, panel: false });
  backend.publish({ kind: 'changed', rev: 1, area: 'notices', ids: [] });
  expect(await screen.findByRole('link', { name: /Уведомления: 3/ })).toHaveAttribute('href', '#/inbox');
});

test('what is new is told as the engine says, and a storm in one sentence', async () => {
  const backend = openPage('#/calls');
  await screen.findByRole('grid');
  const row = freshNotice({
    id: 91,
    class: 'ticket',
    subject: 'ticket:1',
    code: 'tickets.gone',
    values: { ticket: 1 },
  });
  const silent = { toast: false, sound: false, messenger: false, why: 'muted' as const, even_so: null };
  const loud = { ...silent, toast: true, why: 'new' as const };
  const news = { private: false, newest: 92, now: NOW, storm: null };
  backend.answers['notices.news'] = () => ({
    ...news,
    fresh: [
      { notice: row, announcement: loud },
      { notice: { ...row, id: 92, values: { ticket: 2 } }, announcement: silent },
    ],
  });
  backend.publish({ kind: 'changed', rev: 1, area: 'notices', ids: [91, 92] });
  expect(await screen.findByText('Заявка #1 больше не видна')).toBeVisible();
  expect(screen.queryByText('Заявка #2 больше не видна')).toBeNull();
  backend.answers['notices.news'] = () => ({ ...news, storm: 7, fresh: [{ notice: row, announcement: loud }] });
  backend.publish({ kind: 'changed', rev: 2, area: 'notices', ids: [93] });
  expect(await screen.findByText('7 новых уведомлений')).toBeVisible();
  expect(asked(backend, 'notices.news').at(-1)).toEqual({ after: 92, since: NOW });
});

test('silence is the person’s and ends by a press', async () => {
  const backend = openPage('#/calls');
  await fireEvent.click(await screen.findByRole('button', { name: /Не беспокоить/ }));
  expect(asked(backend, 'notices.hold_back')).toEqual([{ until: NOW + 3_600_000 }]);
  await fireEvent.click(await screen.findByRole('button', { pressed: true, name: /Тишина до/ }));
  expect(asked(backend, 'notices.hold_back').at(-1)).toEqual({ until: null });
});

test('settings of notices are kept at once, and a bad period is refused', async () => {
  const backend = openPage('#/settings?section=notices', 'role=operator');
  const period = await screen.findByRole('spinbutton');
  await fireEvent.change(period, { target: { value: '9' } });
  expect(await screen.findByText('Число от 10 до 600.')).toBeVisible();
  expect(asked(backend, 'notices.set_preferences')).toEqual([]);
  await fireEvent.change(period, { target: { value: '10' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Добавить тихие часы' }));
  await fireEvent.click(screen.getByRole('switch', { name: 'Заявки: Звук' }));
  await vi.waitFor(() =>
    expect(asked(backend, 'notices.set_preferences').at(-1)).toMatchObject({
      check_seconds: 10,
      quiet_hours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', until: '07:00' }],
      rules: [{ class: 'ticket', sound: false, toast: true }],
    }),
  );
  expect(await faults()).toEqual([]);
});

test.each(['#/inbox', '#/inbox?tab=done', '#/inbox?tab=all&class=ticket'])(
  'no accessibility faults at %s',
  async (hash) => {
    openPage(hash, 'notices=9');
    await screen.findByRole('tab', { selected: true });
    await vi.waitFor(() => expect(document.querySelector('.list .wait')).toBeNull());
    expect(await faults()).toEqual([]);
  },
);
