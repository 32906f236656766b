// One act on several tickets or ratings: what it is before it is done, a receipt of each, what could not be done, and who may.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../src/backend';
import type { ChangeTicketRequest } from '../src/bindings/ChangeTicketRequest';
import { changeOf, chosenOf, KEEP, requestOf } from '../src/screens/tickets/bulk';
import { outcomes } from '../src/screens/tickets/sending.svelte';
import { clock } from '../src/state/clock.svelte';
import { faults, openPage } from './page';
import type { Preview } from './preview/engine';

const NOW = Date.parse('2026-11-05T11:20:00Z');
const asked = (backend: Preview, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
});
afterEach(() => {
  cleanup();
  outcomes.forget();
  vi.useRealTimers();
});

async function markAll(label: string) {
  const grid = await screen.findByRole('grid', { name: label });
  await fireEvent.click((await within(grid).findAllByRole('checkbox', { name: 'Отметить строку' }))[0] as HTMLElement);
  await fireEvent.click(screen.getByRole('checkbox', { name: 'Отметить все строки' }));
}
async function choose(where: HTMLElement, name: RegExp, value: string | RegExp) {
  const opener = await within(where).findByRole('combobox', { name });
  opener.focus();
  await fireEvent.keyDown(opener, { key: 'Enter' });
  await fireEvent.pointerUp(await screen.findByRole('option', { name: value }));
}

test('several tickets are changed each by a request of its own, and what was so already is left out', async () => {
  const backend = openPage('#/tickets?tab=assigned', 'tickets=24');
  await markAll('Заявки');
  await fireEvent.click(await screen.findByRole('button', { name: /^Изменить \d+ заяв/ }));
  const dialog = await screen.findByRole('dialog');
  const go = () => within(dialog).getByRole('button', { name: /^Изменить \d+ заяв/ });
  expect(go()).toBeDisabled();
  const [priority] = backend.tickets.rows.map((row) => row.priority.name);
  await choose(dialog, /Приоритет/, priority ?? '');
  const count = Number(go().textContent?.replace(/\D/g, ''));
  if (count > 0) expect(within(dialog).getAllByText(new RegExp(`→ ${priority}`)).length).toBeGreaterThan(0);
  await fireEvent.input(within(dialog).getByRole('textbox', { name: 'Комментарий ко всем' }), {
    target: { value: 'Проверили всё разом' },
  });
  await fireEvent.click(go());
  await within(dialog).findByRole('list', { name: 'Что вышло с каждой' });
  const sent = asked(backend, 'tickets.change') as ChangeTicketRequest[];
  expect(sent.length).toBeGreaterThan(1);
  expect(new Set(sent.map(({ id }) => id)).size).toBe(sent.length);
  for (const request of sent) {
    expect(request.note).toBe('Проверили всё разом');
    expect(request.wanted.status).toBeNull();
    expect((request.wanted.priority === null) === (request.seen.priority === null)).toBe(true);
  }
  expect(await faults()).toEqual([]);
});

test('only what differs on a ticket is asked of it, held against what was seen', () => {
  const row = { id: 7, status: { id: 1 }, priority: { id: 4 }, assignee: null } as never;
  const wanted = chosenOf({ status: '2', priority: '4', assignee: '0' });
  expect(changeOf(row, wanted)).toEqual({ status: 2, priority: null, assignee: null });
  expect(changeOf(row, chosenOf({ status: '1', priority: KEEP, assignee: KEEP }))).toBeNull();
  expect(requestOf(row, wanted, ' ')).toEqual({
    id: 7,
    wanted: { status: 2, priority: null, assignee: null },
    seen: { status: 1, priority: null, assignee: null },
    note: null,
    private: false,
    files: [],
  });
});

test('a supervisor stops the clock of several ratings with one reason; one that is refused stops nobody else', async () => {
  const backend = openPage('#/ratings', 'role=supervisor&ratings=40');
  await markAll('Запросы оценок');
  const open = await screen.findByRole('button', { name: /^Остановить часы: \d+/ });
  const count = Number(open.textContent?.replace(/\D/g, ''));
  expect(count).toBeGreaterThan(1);
  await fireEvent.click(open);
  const dialog = await screen.findByRole('dialog', { name: /^Остановить часы по/ });
  const go = within(dialog).getByRole('button', { name: /^Остановить часы по/ });
  expect(go).toBeDisabled();
  await fireEvent.input(within(dialog).getByRole('textbox'), { target: { value: 'Ждём поставку' } });
  const hold = backend.answers['ratings.hold'];
  let first = true;
  backend.answers['ratings.hold'] = (request) => {
    if (!first) return hold?.(request) as never;
    first = false;
    throw new ApiError('conflict', 'it was answered');
  };
  await fireEvent.click(go);
  await screen.findByRole('dialog', { name: `Сделано: ${count - 1} из ${count}` });
  expect(asked(backend, 'ratings.hold')).toHaveLength(count);
  const results = within(await within(dialog).findByRole('list', { name: 'Что вышло с каждой' }));
  expect(results.getAllByText('сделано')).toHaveLength(count - 1);
});

test('a viewer marks nothing', async () => {
  openPage('#/ratings', 'role=viewer');
  await screen.findByRole('grid', { name: 'Запросы оценок' });
  await waitFor(() => expect(screen.queryByRole('checkbox')).toBeNull());
});
