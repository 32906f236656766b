// Now on an engine of functions: the sentence, incidents taken on and put off, a group repeated in place, and the handover.
import { cleanup, fireEvent, screen, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clock } from '../src/state/clock.svelte';
import { handover } from '../src/state/handover.svelte';
import { notices } from '../src/state/notices.svelte';
import { faults, openPage } from './page';

const NOW = Date.parse('2026-11-05T11:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
  notices.all = [];
  handover.open = false;
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const asked = (backend: ReturnType<typeof openPage>, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const incidents = () => screen.findByRole('region', { name: 'Сбои' });
const press = (key: string, code: string) => fireEvent.keyDown(document.body, { key, code });

test('the console begins with Now, which says the worst in one sentence', async () => {
  openPage('#');
  expect(await screen.findByText('Нет связи: VPN главного офиса (vpn.example.com), уже 14 мин')).toBeVisible();
  expect(location.hash).toBe('#/now');
  const lines = within(await incidents()).getAllByRole('button', { name: /VPN главного офиса|вход отклонён/ });
  expect(lines).toHaveLength(2);
  expect(within(await incidents()).getByText('Нет связи с системой: Redmine')).toBeVisible();
  expect(screen.getByText(/Занимается b.kim/)).toBeVisible();
});

test('a quiet moment says that all is well, and every number leads to its rows', async () => {
  openPage('#/now', 'now=quiet');
  expect(await screen.findByText('Всё в порядке')).toBeVisible();
  expect(screen.queryByRole('region', { name: 'Сбои' })).toBeNull();
  for (const [name, address] of [
    [/^Пороги операторов: 0/, '#/floor?over=1'],
    [/^Без исполнителя: 0/, '#/carousel'],
    [/^Мои заявки: 7/, '#/tickets?tab=assigned'],
    [/^Оценки истекают: 0/, '#/ratings'],
    [/^Зависшие доставки: 0/, '#/deliveries?tab=out&failed=1'],
  ] as const)
    expect(screen.getByRole('link', { name })).toHaveAttribute('href', address);
});

test('an incident is taken on and let go, and put off for everybody until a time', async () => {
  const backend = openPage('#/now');
  const region = await incidents();
  await fireEvent.click(within(region).getByRole('button', { name: 'Взять на себя' }));
  expect(asked(backend, 'now.acknowledge')).toEqual([{ id: 7, acknowledged: true }]);
  expect(await screen.findByText('Сбой за вами')).toBeVisible();
  expect(await within(await incidents()).findByText(/Занимается a.komarova/)).toBeVisible();
  expect(await screen.findByText(/: занимается/)).toBeVisible();
  await press('s', 'KeyS');
  const dialog = await screen.findByRole('dialog', { name: 'Отложить сбой для всех' });
  await fireEvent.click(within(dialog).getByRole('button', { name: /На час/ }));
  expect(asked(backend, 'now.snooze')).toEqual([{ id: 7, until: NOW + 3_600_000 }]);
});

test('whoever may not act is offered no act', async () => {
  openPage('#/now', 'role=viewer');
  await incidents();
  expect(screen.queryByRole('button', { name: 'Взять на себя' })).toBeNull();
  expect(screen.queryByRole('button', { name: /^Повторить/ })).toBeNull();
  expect(screen.queryByRole('button', { name: /^Действия/ })).toBeNull();
});

test('a group of stuck calls is shown before it is repeated, in three presses', async () => {
  const backend = openPage('#/now');
  const card = await screen.findByRole('region', { name: 'Зависшие доставки' });
  const rows = [11, 12].map((id) => ({ id, subject: `call:${id}` }));
  backend.answers['deliveries.effects'] = () => ({ rows }) as never;
  const done = { ending: 'done' as const, new_id: null, error: null };
  backend.answers['deliveries.retry'] = ({ ids }) => ({ outcomes: ids.map((id) => ({ id, ...done })) });
  await fireEvent.click(within(card).getByRole('button', { name: /^Повторить: Okdesk/ }));
  const dialog = await screen.findByRole('dialog');
  expect(await within(dialog).findByText(/call:11/)).toBeVisible();
  expect(asked(backend, 'deliveries.effects').at(-1)).toMatchObject({
    filter: { integration: 'okdesk', kind: 'set_rating', state: 'dead' },
  });
  await fireEvent.click(within(dialog).getByRole('button', { name: /2/ }));
  await vi.waitFor(() => expect(asked(backend, 'deliveries.retry')).toEqual([{ ids: [11, 12] }]));
});

/** The menu of acts on one thing of Now. */
const acts = async (what: RegExp) => {
  await fireEvent.keyDown(await screen.findByRole('button', { name: what }), { key: 'Enter' });
  return screen.findByRole('menu');
};
const choose = async (what: RegExp, item: RegExp | string) =>
  fireEvent.click(within(await acts(what)).getByRole('menuitem', { name: item }));

test('an operator past a limit is taken on, put off and noted in place', async () => {
  const backend = openPage('#/now', 'role=supervisor');
  const card = await screen.findByRole('region', { name: 'Пороги операторов' });
  const [link] = within(card).getAllByRole('link', { name: /^(?!Пороги)/ });
  const name = new RegExp(`^Действия: ${link?.textContent ?? ''}`);
  await choose(name, 'Взять на себя');
  const [taken] = asked(backend, 'now.take_operator') as { operator: number; interval: number; taken: boolean }[];
  expect(taken?.taken).toBe(true);
  expect(await within(card).findByText(/^Занимается a.komarova/)).toBeInTheDocument();
  await choose(name, 'Отложить…');
  const dialog = await screen.findByRole('dialog', { name: /^Отложить для всех: / });
  await fireEvent.click(within(dialog).getByRole('button', { name: /На час/ }));
  expect(asked(backend, 'now.snooze_operator')).toEqual([
    { operator: taken?.operator, interval: taken?.interval, until: NOW + 3_600_000 },
  ]);
  await choose(name, 'Записать заметку…');
  const note = await screen.findByRole('dialog', { name: /^Новая заметка/ });
  await fireEvent.input(within(note).getByRole('textbox'), { target: { value: 'Позвонить' } });
  await fireEvent.click(within(note).getByRole('button', { name: 'Записать' }));
  expect(asked(backend, 'floor.note')).toEqual([{ operator: taken?.operator, text: 'Позвонить' }]);
});

test('an operator past a limit is asked for a state with the floor’s own question', async () => {
  const backend = openPage('#/now', 'role=supervisor');
  const card = await screen.findByRole('region', { name: 'Пороги операторов' });
  const opens = await within(card).findAllByRole('button', { name: /^Действия: / });
  for (const open of opens) {
    await fireEvent.keyDown(open, { key: 'Enter' });
    const item = within(await screen.findByRole('menu')).queryByRole('menuitem', { name: 'Сделать готовым' });
    if (item && !item.hasAttribute('data-disabled')) {
      await fireEvent.click(item);
      break;
    }
    await fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' });
  }
  const dialog = await screen.findByRole('dialog');
  await fireEvent.click(within(dialog).getByRole('button', { name: /1/ }));
  await vi.waitFor(() => expect(asked(backend, 'floor.ask')).toHaveLength(1));
  expect(asked(backend, 'floor.ask')[0]).toMatchObject({ wanted: 'ready' });
});

test('a rating that is due is held in place, with its reason', async () => {
  const backend = openPage('#/now', 'role=supervisor');
  backend.answers['ratings.hold'] = () => ({}) as never;
  await choose(/^Действия: № 1482/, 'Остановить часы');
  const dialog = await screen.findByRole('dialog', { name: /1482/ });
  await fireEvent.input(within(dialog).getByRole('textbox'), { target: { value: 'Ждём поставку' } });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Остановить часы по № 1482' }));
  await vi.waitFor(() => expect(asked(backend, 'ratings.hold')).toEqual([{ id: 3, reason: 'Ждём поставку' }]));
});

test('a source is checked in place by the administrator, and what is wrong leads to its settings', async () => {
  const backend = openPage('#/now');
  backend.answers['settings.check'] = () => ({
    steps: [{ step: 'sign_in', ok: false, detail: '401 wrong password' }],
    took_ms: 42,
  });
  await choose(/^Действия: Справочник агентств/, 'Проверить сейчас');
  expect(asked(backend, 'settings.check')).toEqual([{ integration: 'agencies' }]);
  expect(await screen.findByText('Справочник агентств: проверка не прошла')).toBeVisible();
  await fireEvent.click(screen.getByRole('button', { name: 'Открыть настройки' }));
  expect(location.hash).toContain('connection=agencies');
});

test('sources that nobody can prove to be whole are named', async () => {
  openPage('#/now');
  const card = await screen.findByRole('region', { name: 'Свежесть данных' });
  expect(within(card).getByText('Чего нельзя доказать')).toBeVisible();
  expect(within(card).getByText(/^Телефония сообщает о звонке один раз/)).toBeInTheDocument();
  expect(within(card).getByText(/^Лента звонков приходит от отправителя/)).toBeInTheDocument();
});

test('the handover opens by one key over any screen, in the language of the page', async () => {
  const backend = openPage('#/calls');
  await screen.findByRole('main');
  await press('h', 'KeyH');
  const dialog = await screen.findByRole('dialog', { name: 'Передача смены' });
  expect(await within(dialog).findByText(/Звонки: 120/)).toBeVisible();
  expect(asked(backend, 'handover.get')).toEqual([{ since: NOW - 12 * 3_600_000, language: 'ru' }]);
  await fireEvent.click(within(dialog).getByRole('radio', { name: '8 ч' }));
  await vi.waitFor(() => expect(asked(backend, 'handover.get')).toHaveLength(2));
  document.execCommand = () => true;
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Скопировать' }));
  expect(await screen.findByText('Текст скопирован')).toBeVisible();
});

test('what could not be read is said, with a way to ask again', async () => {
  const backend = openPage('#/now');
  await incidents();
  cleanup();
  const next = openPage('#/now', 'now=quiet');
  delete next.answers['now.get'];
  expect(backend).not.toBe(next);
  expect(await screen.findByRole('alert')).toBeVisible();
});

test('it can be read by everybody', async () => {
  openPage('#/now', '', 'en');
  expect(await screen.findByRole('region', { name: 'Incidents' })).toBeVisible();
  expect(await faults()).toEqual([]);
});
