// The case on an engine of functions: what belongs to it and why, the timeline and its filter, splits and joins with their way back, the
// summary, search by a pasted number, and the links that lead to it.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clock } from '../src/state/clock.svelte';
import { faults, openPage } from './page';

const NOW = Date.parse('2026-11-05T11:20:00Z');
const PHONE = 'phone:37060011122';
const SUBJECT = /Не пришло подтверждение возврата/;

const timeline = () => screen.findByRole('region', { name: 'Хронология' });
const things = () => screen.findByRole('region', { name: 'Что относится к делу' });
const itemOf = async (name: string | RegExp) =>
  (await within(await things()).findByText(name)).closest('li') as HTMLElement;
const dialog = () => screen.findByRole('dialog');
const type = (field: HTMLElement, value: string) => fireEvent.input(field, { target: { value } });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('everything of a caller stands on one page, each thing with its state and the reason it is there', async () => {
  openPage(`#/case/${PHONE}`);
  const ticket = await itemOf(SUBJECT);
  expect(within(ticket).getByText('В работе')).toBeVisible();
  expect(within(ticket).getByRole('button', { name: 'Номер звонившего написан в тексте' })).toBeVisible();
  const rating = await itemOf(/Заявка № 4183/);
  expect(within(rating).getByText('вероятно')).toBeVisible();
  expect(within(await things()).getByText('с него открыто')).toBeVisible();
  const days = within(await timeline()).getAllByRole('heading');
  expect(days.map((day) => day.textContent)).toHaveLength(2);
  expect(within(await timeline()).getByText('Статус: Новая → В работе')).toBeVisible();
  expect(within(await timeline()).getByText(/ждёт до вечера/)).toBeVisible();
  expect(await faults()).toEqual([]);
});

test('a reason opens to its evidence, how far it goes, and what would change it', async () => {
  openPage(`#/case/${PHONE}`);
  await fireEvent.click(within(await itemOf(SUBJECT)).getByRole('button', { name: /Номер звонившего/ }));
  const why = await dialog();
  expect(within(why).getByText(/в комментарии .*Сравнивается весь номер/)).toBeVisible();
  expect(within(why).getByText('точно')).toBeVisible();
  expect(within(why).getByText('number_in_text')).toBeVisible();
  expect(await faults()).toEqual([]);
});

test('what happened is filtered by kind, and the filter is in the address', async () => {
  openPage(`#/case/${PHONE}`);
  await timeline();
  await fireEvent.click(screen.getByRole('button', { name: /^Звонки/ }));
  expect(location.hash).toContain('only=calls');
  expect(within(await timeline()).queryByText(/Статус:/)).toBeNull();
  expect(within(await timeline()).getAllByText(/^Звонок с/)).toHaveLength(2);
  await fireEvent.click(screen.getByRole('button', { name: /^Обмен/ }));
  expect(within(await timeline()).getByText(/3 попытки/)).toBeVisible();
  await fireEvent.click(screen.getByRole('button', { name: /^Звонки/ }));
  await fireEvent.click(screen.getByRole('button', { name: /^Обмен/ }));
  expect(location.hash).not.toContain('only');
});

test('a split wants a reason, keeps the thing out with that reason, and can be undone at once', async () => {
  const backend = openPage(`#/case/${PHONE}`);
  await fireEvent.click(within(await itemOf(SUBJECT)).getByRole('button', { name: /^Разъединить/ }));
  const asked = await dialog();
  await fireEvent.click(within(asked).getByRole('button', { name: 'Разъединить' }));
  expect(await within(asked).findByText('Напишите причину')).toBeVisible();
  await type(within(asked).getByLabelText('Причина'), 'Номер записан по ошибке');
  await fireEvent.click(within(asked).getByRole('button', { name: 'Разъединить' }));
  await waitFor(() => expect(backend.cases.hand).toMatchObject([{ verdict: 'split', a: PHONE, b: 'ticket:4312' }]));
  expect(await within(await things()).findByText(/Номер записан по ошибке/)).toBeVisible();
  expect(within(await timeline()).queryByText(/Статус:/)).toBeNull();
  await fireEvent.click(await screen.findByRole('button', { name: 'Отменить' }));
  await waitFor(() => expect(backend.cases.hand).toEqual([]));
  expect(await within(await timeline()).findByText(/Статус:/)).toBeVisible();
});

test('a split of another day is taken back from the list of what is kept out', async () => {
  const backend = openPage(`#/case/${PHONE}`);
  await timeline();
  backend.cases.say('split', PHONE, 'call:17', 'Другой человек');
  const back = await screen.findByRole('button', { name: 'Вернуть: Звонок № 17' });
  await fireEvent.click(back);
  await waitFor(() => expect(backend.cases.hand).toEqual([]));
  expect(await itemOf('Звонок № 17')).toBeVisible();
});

test('something is found, chosen and added with a reason', async () => {
  const backend = openPage(`#/case/${PHONE}`);
  await timeline();
  await fireEvent.click(screen.getByRole('button', { name: 'Добавить в дело' }));
  const adding = await dialog();
  await type(within(adding).getByLabelText(/Номер телефона/), 'повторный');
  await fireEvent.click(within(adding).getByRole('button', { name: 'Найти' }));
  expect(await within(adding).findByRole('radio', { name: /#77/ })).toBeChecked();
  await type(within(adding).getByLabelText('Причина'), 'Тот же возврат');
  expect(await faults()).toEqual([]);
  await fireEvent.click(within(adding).getByRole('button', { name: /^Добавить #77/ }));
  await waitFor(() => expect(backend.cases.hand).toMatchObject([{ verdict: 'joined', reason: 'Тот же возврат' }]));
  const added = await itemOf(/#77/);
  expect(within(added).getByRole('button', { name: 'Соединено вручную' })).toBeVisible();
});

test('whoever only looks is offered neither splits nor joins', async () => {
  openPage(`#/case/${PHONE}`, 'role=viewer');
  await itemOf(SUBJECT);
  expect(screen.queryByRole('button', { name: /Разъединить/ })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Добавить в дело' })).toBeNull();
});

test('the summary is the same text for the same case, in the reader’s language', async () => {
  const copied: string[] = [];
  vi.stubGlobal('navigator', {
    ...navigator,
    clipboard: { writeText: async (text: string) => void copied.push(text) },
  });
  openPage(`#/case/${PHONE}`);
  await timeline();
  await fireEvent.click(screen.getByRole('button', { name: 'Скопировать сводку' }));
  expect(await screen.findByText('Сводка скопирована')).toBeVisible();
  await fireEvent.click(screen.getByRole('button', { name: 'Скопировать сводку' }));
  await waitFor(() => expect(copied).toHaveLength(2));
  expect(copied[0]).toBe(copied[1]);
  expect(copied[0]).toContain('Дело: +370 600 11122');
  expect(copied[0]).toContain('Почему вместе:');
  expect(copied[0]).toMatch(/- Заявка № 4183: .* \(вероятно\)/);
  vi.unstubAllGlobals();
});

test('a pasted number and Enter show the case, however fast Enter comes', async () => {
  openPage('#/calls');
  await screen.findByRole('grid', { name: 'Журнал звонков' });
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  const field = await screen.findByRole('combobox', { name: /Поиск/ });
  await type(field, '+370 (600) 11-122');
  await fireEvent.keyDown(field, { key: 'Enter' });
  await waitFor(() => expect(location.hash).toBe(`#/case/${PHONE}`));
  expect(await itemOf(SUBJECT)).toBeVisible();
});

test('a case that is not there, an address that names none, and a failure each say what to do', async () => {
  openPage('#/case/ticket:9');
  expect(await screen.findByRole('heading', { name: 'Такого дела нет' })).toBeVisible();
  cleanup();
  openPage('#/case/people:1');
  expect(await screen.findByText('В адресе нет ни номера, ни записи')).toBeVisible();
  cleanup();
  openPage('#/case');
  expect(await screen.findByText(/Вставьте номер телефона/)).toBeVisible();
  await fireEvent.click(screen.getByRole('button', { name: 'Дело: найти по номеру' }));
  expect(await screen.findByRole('combobox', { name: /Поиск/ })).toBeVisible();
  cleanup();
  const failing = openPage(`#/case/${PHONE}`);
  await timeline();
  failing.cases.failing = 'unreachable';
  failing.publish({ kind: 'changed', rev: 1, area: 'cases', ids: [] });
  expect(await screen.findByText('Дело не обновилось: показано то, что было прочитано раньше.')).toBeVisible();
});

test('the panels of calls, tickets, ratings, documents and pairs lead to their case', async () => {
  const backend = openPage('#/calls');
  const grid = await screen.findByRole('grid', { name: 'Журнал звонков' });
  await waitFor(() => expect(within(grid).getAllByRole('row').length).toBeGreaterThan(3));
  const call = backend.journal.rows[0];
  location.hash = `#/calls?open=call:${call?.id}`;
  for (const [kind, id] of [
    ['call', call?.id],
    ['ticket', backend.tickets.rows[0]?.id],
    ['rating', backend.ratings.rows[0]?.id],
    ['document', backend.documents.rows[0]?.id],
    ['pair', backend.bridge.pairs[0]?.id],
  ] as const) {
    cleanup();
    openPage(`#/calls?open=${kind}:${id}`);
    const panel = await screen.findByRole('complementary', { name: 'Подробности' });
    expect(await within(panel).findByRole('link', { name: 'Дело' })).toHaveAttribute('href', `#/case/${kind}:${id}`);
  }
});

test('the case reads in English as well', async () => {
  openPage(`#/case/${PHONE}`, '', 'en');
  expect(await screen.findByRole('region', { name: 'Timeline' })).toBeVisible();
  expect(await screen.findByText('Status: Новая → В работе')).toBeVisible();
  expect(await faults()).toEqual([]);
});
