// The tickets screen on an engine of functions: lists and figures, the address, kept filters, one ticket with its history, what is
// asked of the tracker and each way it may come out, the board, a new request, a key of one's own, and search.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ChangeTicketRequest } from '../src/bindings/ChangeTicketRequest';
import type { TicketFilter } from '../src/bindings/TicketFilter';
import { desk } from '../src/screens/tickets/desk.svelte';
import { forgetDrafts } from '../src/screens/tickets/drafts.svelte';
import { fresh, outcomes, putAside } from '../src/screens/tickets/sending.svelte';
import { clock } from '../src/state/clock.svelte';
import { notices } from '../src/state/notices.svelte';
import { faults, openPage } from './page';
import type { Preview } from './preview/engine';
import { ME } from './preview/tickets';

const NOW = Date.parse('2026-11-05T11:20:00Z');

const asked = (backend: Preview, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const filters = (backend: Preview) =>
  (asked(backend, 'tickets.page') as { filter: TicketFilter }[]).map(({ filter }) => filter);
const sent = (backend: Preview) => asked(backend, 'tickets.change') as ChangeTicketRequest[];
const changed = (backend: Preview, ...ids: number[]) =>
  backend.publish({ kind: 'changed', rev: 1, area: 'tickets', ids });
const grid = () => screen.findByRole('grid', { name: 'Заявки' });
const details = () => screen.findByRole('complementary', { name: 'Подробности' });
const part = async (name: string) => within(await details()).findByRole('region', { name });
const rowOf = async (id: number) => (await within(await grid()).findByText(String(id))).closest('tr') as HTMLElement;
const shown = async () => Number((await grid()).getAttribute('aria-rowcount')) - 1;
const column = (name: RegExp) => screen.findByRole('region', { name });
const type = async (text: string) =>
  fireEvent.input(await within(await part('Ответить')).findByRole('textbox', { name: 'Комментарий' }), {
    target: { value: text },
  });
/** Chooses in a list of values, by the keys a person would press. */
async function choose(where: HTMLElement, name: RegExp, value: string) {
  const opener = await within(where).findByRole('combobox', { name });
  opener.focus();
  await fireEvent.keyDown(opener, { key: 'Enter' });
  const option = await screen.findByRole('option', { name: value });
  await fireEvent.pointerUp(option);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
});
afterEach(() => {
  cleanup();
  forgetDrafts();
  outcomes.forget();
  putAside.clear();
  fresh.clear();
  notices.all = [];
  vi.useRealTimers();
});

test('the first tab is one’s own open requests, the last changed first', async () => {
  const backend = openPage('#/tickets');
  await rowOf(4790);
  expect(filters(backend)[0]).toMatchObject({ whose: 'mine', closed: false, statuses: [] });
  const own = backend.tickets.rows.filter((row) => row.author?.id === ME && !row.closed);
  expect(await shown()).toBe(own.length);
  await fireEvent.click(screen.getByRole('tab', { name: 'Мои задачи' }));
  expect(location.hash).toBe('#/tickets?tab=assigned');
  await waitFor(() => expect(filters(backend).at(-1)).toMatchObject({ whose: 'assigned' }));
});

test('all tickets are a tab only for who may see all', async () => {
  openPage('#/tickets?tab=all', 'role=viewer');
  await rowOf(4790);
  expect(screen.queryByRole('tab', { name: 'Все' })).toBeNull();
  expect(screen.getByRole('tab', { name: 'Мои заявки' })).toHaveAttribute('aria-selected', 'true');
});

test('a figure of a status leads to exactly the tickets it counted', async () => {
  const backend = openPage('#/tickets?tab=all');
  const chips = await screen.findByRole('group', { name: 'По статусам' });
  const chip = within(chips).getByRole('button', { name: /^Новая/ });
  const count = backend.tickets.rows.filter((row) => row.status.id === 1).length;
  expect(chip).toHaveTextContent(String(count));
  await fireEvent.click(chip);
  expect(chip).toHaveAttribute('aria-pressed', 'true');
  expect(location.hash).toBe('#/tickets?tab=all&status=1');
  await waitFor(async () => expect(await shown()).toBe(count));
  await fireEvent.click(within(chips).getByRole('button', { name: /^Решена/ }));
  await waitFor(() => expect(filters(backend).at(-1)).toMatchObject({ statuses: [1, 4] }));
});

test('filters are in the address, and nobody is somebody to look for', async () => {
  const backend = openPage('#/tickets?tab=all&over=any&priority=5&project=1&assignee=0&q=принтер');
  await waitFor(() =>
    expect(filters(backend).at(-1)).toEqual({
      whose: 'all',
      closed: null,
      statuses: [],
      project: 1,
      priority: 5,
      assignee: 0,
      search: 'принтер',
    }),
  );
  await fireEvent.click(await screen.findByRole('button', { name: 'Сбросить фильтры' }));
  expect(location.hash).toBe('#/tickets?tab=all');
});

test('a filter is kept by a name, applied and removed', async () => {
  const backend = openPage('#/tickets?tab=all&priority=5');
  await rowOf(4780);
  const open = async () => {
    const button = screen.getByRole('button', { name: 'Сохранённые фильтры' });
    button.focus();
    await fireEvent.keyDown(button, { key: 'Enter' });
  };
  await open();
  await fireEvent.click(await screen.findByRole('menuitem', { name: 'Сохранить этот фильтр…' }));
  await fireEvent.input(await screen.findByRole('textbox', { name: 'Название' }), { target: { value: ' Срочное ' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Сохранить' }));
  await waitFor(() => expect(backend.tickets.filters.map(({ name }) => name)).toEqual(['Срочное']));
  expect(backend.tickets.filters[0]?.filter).toMatchObject({ whose: 'all', closed: false, priority: 5 });
  await fireEvent.click(screen.getByRole('tab', { name: 'Мои заявки' }));
  await open();
  await fireEvent.click(await screen.findByRole('menuitemcheckbox', { name: 'Срочное' }));
  expect(location.hash).toBe('#/tickets?tab=all&priority=5');
  await open();
  await fireEvent.click(await screen.findByRole('menuitem', { name: 'Удалить «Срочное»' }));
  await waitFor(() => expect(backend.tickets.filters).toEqual([]));
});

test('a changed ticket comes to the top, and one that no longer fits leaves', async () => {
  const backend = openPage('#/tickets');
  await rowOf(4770);
  backend.tickets.change(4770, { subject: 'Уже другая тема' });
  backend.tickets.change(4772, { author: { id: 12, name: 'Игорь Смирнов' } });
  changed(backend, 4770, 4772);
  expect(await within(await grid()).findByText('Уже другая тема')).toBeVisible();
  await waitFor(() => expect(screen.queryByText('4772')).toBeNull());
  expect(within(await grid()).getAllByRole('row')[1]).toHaveTextContent('4770');
});

test('a long list is read further as it is sorted', async () => {
  const backend = openPage('#/tickets?tab=all&over=any&sort=subject', 'tickets=1200');
  await waitFor(async () => expect(await shown()).toBe(1200));
  expect(filters(backend)).toHaveLength(3);
});

test('opening a ticket has it read anew; the history says what changed in the words people know', async () => {
  const backend = openPage('#/tickets?open=ticket:4788');
  const journal = await part('История');
  expect(asked(backend, 'tickets.open')).toEqual([{ id: 4788 }]);
  const texts = within(journal)
    .getAllByRole('listitem')
    .map((each) => each.textContent?.replace(/\s+/g, ' ').trim());
  expect(texts).toContain('Параметр Приоритет изменился c Обычный на Высокий');
  expect(texts).toContain('Параметр Готово изменился c 0 % на 40 %');
  expect(texts).toContain('Параметр Нужна реакция изменился c Нет на Да');
  expect(texts).toContain('Файл Снимок экрана 12.png добавлен');
  expect(within(journal).getByText('закрытый')).toBeVisible();
  expect(await within(journal).findByText('не помогло')).toBeVisible();
  // The console's own mark is for programs.
  expect(journal).not.toHaveTextContent('[pult');
  const order = () => within(journal).getAllByText(/Игорь Смирнов|Мария Орлова/).length;
  expect(order()).toBeGreaterThan(3);
  await fireEvent.click(within(journal).getByRole('radio', { name: 'Сначала старые' }));
  expect(within(journal).getAllByRole('listitem')[0]).toHaveTextContent('Назначена');
});

const ownNote = (id: number, notes: string) => ({
  id: id * 100 + 9,
  user: { id: ME, name: 'Анна Комарова' },
  notes,
  private: false,
  hidden: false,
  parts: [],
  created_on: NOW - 60_000,
  updated_on: null,
});

test('one’s own note is rewritten and taken away, and is on its way until the tracker has done it', async () => {
  const backend = openPage('#/tickets?tab=all&open=ticket:4790');
  await part('История');
  const others = backend.tickets.detail(4790).entries;
  backend.tickets.details.set(4790, { entries: [...others, ownNote(4790, 'Смотрю\n\n[pult 7f3a-12]')] });
  changed(backend, 4790);
  const history = await part('История');
  // What somebody else said is theirs.
  expect(await within(history).findAllByRole('button', { name: 'Исправить свой комментарий' })).toHaveLength(1);
  await fireEvent.click(within(history).getByRole('button', { name: 'Исправить свой комментарий' }));
  const field = within(history).getByRole('textbox', { name: 'Текст комментария' });
  expect(field).toHaveValue('Смотрю');
  const save = within(history).getByRole('button', { name: 'Сохранить в трекере' });
  expect(save).toBeDisabled();
  await fireEvent.input(field, { target: { value: 'Починили' } });
  await fireEvent.click(save);
  await waitFor(() =>
    expect(asked(backend, 'tickets.edit_note')).toEqual([
      { id: 4790, entry: 479_009, seen: 'Смотрю', text: 'Починили' },
    ]),
  );
  expect(await within(history).findByText('исправление отправляется')).toBeVisible();
  expect(within(history).getByText('Смотрю')).toBeVisible();
  expect(within(history).queryByRole('button', { name: 'Удалить комментарий' })).toBeNull();
  backend.tickets.settle(1);
  expect(await within(history).findByText('Починили')).toBeVisible();

  await fireEvent.click(await within(history).findByRole('button', { name: 'Удалить комментарий' }));
  const question = await screen.findByRole('dialog');
  await fireEvent.click(within(question).getByRole('button', { name: 'Удалить комментарий' }));
  await waitFor(() =>
    expect(asked(backend, 'tickets.delete_note')).toEqual([{ id: 4790, entry: 479_009, seen: 'Починили' }]),
  );
  expect(await within(history).findByText('удаление отправляется')).toBeVisible();
  backend.tickets.settle(2);
  await waitFor(() => expect(within(history).queryByText('Починили')).toBeNull());
});

test('one watches a ticket and stops; who else does is told', async () => {
  const backend = openPage('#/tickets?tab=all&open=ticket:4790');
  backend.tickets.watchers.set(4790, [{ id: 12, name: 'Игорь Смирнов' }]);
  changed(backend, 4790);
  const panel = within(await details());
  expect(await panel.findByText('Следят: Игорь Смирнов')).toBeVisible();
  await fireEvent.click(panel.getByRole('button', { name: 'Следить' }));
  await waitFor(() => expect(asked(backend, 'tickets.watch')).toEqual([{ id: 4790, on: true }]));
  expect(panel.queryByRole('button', { name: 'Следить' })).toBeNull();
  backend.tickets.settle(1);
  expect(await panel.findByText('Вы следите; ещё следят: Игорь Смирнов')).toBeVisible();
  await fireEvent.click(panel.getByRole('button', { name: 'Больше не следить' }));
  await waitFor(() => expect(asked(backend, 'tickets.watch').at(-1)).toEqual({ id: 4790, on: false }));
});

test('a note that was changed meanwhile is not overwritten: both are shown', async () => {
  const backend = openPage('#/tickets?tab=all&open=ticket:4790');
  await part('История');
  backend.tickets.details.set(4790, { entries: [ownNote(4790, 'Смотрю')] });
  changed(backend, 4790);
  const history = await part('История');
  await fireEvent.click(await within(history).findByRole('button', { name: 'Исправить свой комментарий' }));
  const field = within(history).getByRole('textbox', { name: 'Текст комментария' });
  await fireEvent.input(field, { target: { value: 'Починили' } });
  backend.tickets.details.set(4790, { entries: [ownNote(4790, 'Иначе')] });
  changed(backend, 4790);
  expect(await within(history).findByRole('alert')).toHaveTextContent('комментарий изменили');
  await fireEvent.click(within(history).getByRole('button', { name: 'Сохранить в трекере' }));
  await waitFor(() => expect(asked(backend, 'tickets.edit_note')).toMatchObject([{ seen: 'Смотрю' }]));
  backend.tickets.settle(1, { trouble: 'conflict', fields: ['note'] });
  const changes = await part('Изменения');
  const line = await within(changes).findByRole('row', { name: /комментарий/ });
  expect(
    within(line)
      .getAllByRole('cell')
      .map((cell) => cell.textContent),
  ).toEqual(['Починили', 'Иначе']);
});

test('private words nobody may read are told to be there, and nothing more', async () => {
  openPage('#/tickets?open=ticket:4788', 'tracker=keyless');
  expect(await within(await part('История')).findByText('Закрытый комментарий')).toBeVisible();
  expect(within(await part('Ответить')).queryByRole('checkbox')).toBeNull();
});

test('without a key of one’s own fields are not offered, and the way to one is', async () => {
  const backend = openPage('#/tickets?open=ticket:4788', 'tracker=keyless&role=viewer');
  const form = await part('Ответить');
  expect(within(form).queryByRole('combobox', { name: /^Статус/ })).toBeNull();
  await fireEvent.click(within(form).getByRole('button', { name: 'Подключить свой ключ' }));
  const dialog = await screen.findByRole('dialog', { name: 'Свой ключ трекера' });
  const field = within(dialog).getByLabelText('Ключ доступа к API');
  await fireEvent.input(field, { target: { value: 'wrong' } });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Подключить' }));
  expect(await within(dialog).findByRole('alert')).toHaveTextContent('Трекер не знает этого ключа');
  await fireEvent.input(field, { target: { value: ' good key ' } });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Подключить' }));
  expect(await within(form).findByRole('combobox', { name: /^Статус/ })).toBeVisible();
  expect(asked(backend, 'tickets.connect').at(-1)).toEqual({ key: 'good key' });
});

test('what is said and changed goes in one request, with what was seen', async () => {
  const backend = openPage('#/tickets?open=ticket:4788');
  const form = await part('Ответить');
  await choose(form, /^Статус/, 'В работе');
  await type('Берём в работу');
  await fireEvent.keyDown(within(form).getByRole('textbox', { name: 'Комментарий' }), { key: 'Enter', ctrlKey: true });
  await waitFor(() => expect(sent(backend)).toHaveLength(1));
  expect(sent(backend)[0]).toEqual({
    id: 4788,
    wanted: { status: 2, priority: null, assignee: null },
    seen: { status: 1, priority: null, assignee: null },
    note: 'Берём в работу',
    private: false,
    files: [],
  });
  const changes = await part('Изменения');
  expect(within(changes).getByText('отправляется')).toBeVisible();
  // Until the tracker has said so, the ticket is as it was.
  expect(within(await details()).getAllByText('Новая').length).toBeGreaterThan(0);
  expect(within(form).getByRole('textbox', { name: 'Комментарий' })).toHaveValue('');
  backend.tickets.settle(1);
  expect(await within(changes).findByText('сделано')).toBeVisible();
  await fireEvent.click(within(changes).getByRole('button', { name: 'Убрать' }));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Изменения' })).toBeNull());
});

test('one press takes a ticket; it can be given back once the tracker has done so', async () => {
  const backend = openPage('#/tickets?tab=all&open=ticket:4786', 'role=supervisor');
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Взять себе' }));
  await waitFor(() => expect(sent(backend)).toHaveLength(1));
  const none = { status: null, priority: null };
  const before = sent(backend)[0]?.seen.assignee;
  expect(before).toEqual(expect.any(Number));
  expect(sent(backend)[0]).toMatchObject({ id: 4786, wanted: { ...none, assignee: ME }, note: null });
  backend.tickets.settle(1);
  await fireEvent.click(await screen.findByRole('button', { name: 'Вернуть' }));
  await waitFor(() =>
    expect(sent(backend)[1]).toMatchObject({ wanted: { ...none, assignee: before }, seen: { ...none, assignee: ME } }),
  );
});

test('what is one’s own already, or not to be had, is not offered', async () => {
  openPage('#/tickets?tab=all&open=ticket:4790');
  await within(await details()).findByRole('textbox', { name: 'Комментарий' });
  expect(screen.queryByRole('button', { name: 'Взять себе' })).toBeNull();
});

test('a draft stays with its ticket while another is looked at', async () => {
  openPage('#/tickets?open=ticket:4788');
  await type('Не дописано');
  await fireEvent.click(await rowOf(4786));
  await waitFor(async () =>
    expect(within(await part('Ответить')).getByRole('textbox', { name: 'Комментарий' })).toHaveValue(''),
  );
  await fireEvent.click(await rowOf(4788));
  await waitFor(async () =>
    expect(within(await part('Ответить')).getByRole('textbox', { name: 'Комментарий' })).toHaveValue('Не дописано'),
  );
});

test('somebody else’s change is told while one writes, and is not overwritten unasked', async () => {
  const backend = openPage('#/tickets?open=ticket:4788');
  const form = await part('Ответить');
  await choose(form, /^Статус/, 'В работе');
  backend.tickets.change(4788, { status: { id: 3, name: 'Ожидает ответа заявителя' } });
  changed(backend, 4788);
  expect(await within(form).findByRole('alert')).toHaveTextContent('теперь «Ожидает ответа заявителя»');
  await fireEvent.click(within(form).getByRole('button', { name: 'Изменить' }));
  await waitFor(() => expect(sent(backend)[0]?.seen.status).toBe(1));
});

test('a conflict shows both values; taking what is there sends nothing, sending again tells what was seen', async () => {
  const backend = openPage('#/tickets?open=ticket:4788');
  const form = await part('Ответить');
  await choose(form, /^Статус/, 'В работе');
  await fireEvent.click(within(form).getByRole('button', { name: 'Изменить' }));
  await waitFor(() => expect(sent(backend)).toHaveLength(1));
  backend.tickets.change(4788, { status: { id: 4, name: 'Решена' } });
  backend.tickets.settle(1, { trouble: 'conflict', fields: ['status'] });
  const changes = await part('Изменения');
  const line = await within(changes).findByRole('row', { name: 'статус В работе Решена' });
  expect(line).toBeVisible();
  expect(within(changes).getByRole('button', { name: 'Взять текущее' })).toBeVisible();
  await fireEvent.click(within(changes).getByRole('button', { name: 'Отправить заново' }));
  await waitFor(() => expect(asked(backend, 'tickets.again')).toMatchObject([{ id: 1, seen: { status: 4 } }]));
  backend.tickets.settle(2, { trouble: 'conflict', fields: ['status'] });
  await fireEvent.click(await within(await part('Изменения')).findByRole('button', { name: 'Взять текущее' }));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Изменения' })).toBeNull());
  expect(asked(backend, 'tickets.put_aside')).toEqual([{ id: 2 }]);
  expect(sent(backend)).toHaveLength(1);
});

test('what was not made says why and can be tried again; what was left is named', async () => {
  const backend = openPage('#/tickets?open=ticket:4788');
  await type('Сделано');
  await fireEvent.click(within(await part('Ответить')).getByRole('button', { name: 'Отправить комментарий' }));
  await waitFor(() => expect(sent(backend)).toHaveLength(1));
  backend.tickets.settle(1, { trouble: 'rights', detail: 'Недостаточно прав' });
  const changes = await part('Изменения');
  expect(await within(changes).findByText('Не хватает прав в трекере: Недостаточно прав')).toBeVisible();
  await fireEvent.click(within(changes).getByRole('button', { name: 'Повторить' }));
  await waitFor(() => expect(asked(backend, 'tickets.again')).toMatchObject([{ id: 1 }]));
  backend.tickets.settle(2, { trouble: 'left', parts: ['note', 'отчёт.pdf'] });
  expect(
    await within(changes).findByText('Трекер согласился, но оставил как было: комментарий, отчёт.pdf.'),
  ).toBeVisible();
  await fireEvent.click(within(changes).getByRole('button', { name: 'Повторить' }));
  expect(await screen.findByText('Файлы нужно приложить ещё раз.')).toBeVisible();
});

test('a request that was not made is there after a reload, to be sent again or put aside', async () => {
  const backend = openPage('#/tickets?tab=all');
  await rowOf(4790);
  backend.tickets.create({
    project: 1,
    tracker: null,
    priority: null,
    assignee: null,
    subject: 'Стул',
    description: '',
    files: [],
  });
  backend.tickets.settle(1, { trouble: 'too_late' });
  cleanup();
  const again = openPage('#/tickets?tab=all');
  again.tickets.changes = backend.tickets.changes;
  backend.tickets.asked.forEach((request, id) => again.tickets.asked.set(id, request));
  await rowOf(4790);
  desk.refresh();
  const unmade = await screen.findByRole('region', { name: 'Не созданы' });
  expect(within(unmade).getByText('Стул')).toBeVisible();
  await fireEvent.click(within(unmade).getByRole('button', { name: 'Повторить' }));
  await waitFor(() => expect(asked(again, 'tickets.again')).toMatchObject([{ id: 1 }]));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Не созданы' })).toBeNull());
});

test('files are brought before they are attached, and one that is too large stays here', async () => {
  const backend = openPage('#/tickets?open=ticket:4788');
  const form = await part('Ответить');
  const big = new File(['x'], 'big.bin');
  Object.defineProperty(big, 'size', { value: 21 << 20 });
  const input = within(form).getByLabelText('Приложить файлы', { selector: 'input' });
  await fireEvent.change(input, { target: { files: [new File(['журнал'], 'log.txt', { type: 'text/plain' }), big] } });
  const list = await within(form).findByRole('list', { name: 'Приложенные файлы' });
  expect(await within(list).findByText('готов')).toBeVisible();
  expect(within(list).getByText('слишком большой')).toBeVisible();
  expect(asked(backend, 'tickets.upload')).toEqual([
    { name: 'log.txt', content_type: 'text/plain', content_base64: btoa(unescape(encodeURIComponent('журнал'))) },
  ]);
  const send = within(form).getByRole('button', { name: 'Отправить комментарий' });
  expect(send).toBeDisabled();
  await fireEvent.click(within(list).getByRole('button', { name: 'Убрать big.bin' }));
  await waitFor(() => expect(send).toBeEnabled());
  await fireEvent.click(send);
  await waitFor(() => expect(sent(backend)[0]?.files).toHaveLength(1));
});

test('a pasted picture is attached, pasted words are not', async () => {
  const backend = openPage('#/tickets?open=ticket:4788');
  const note = within(await part('Ответить')).getByRole('textbox', { name: 'Комментарий' });
  await fireEvent.paste(note, { clipboardData: { files: [] } });
  await fireEvent.paste(note, { clipboardData: { files: [new File(['1'], 'image.png', { type: 'image/png' })] } });
  await waitFor(() => expect(asked(backend, 'tickets.upload')).toHaveLength(1));
});

test('an attachment is saved and never shown', async () => {
  const backend = openPage('#/tickets?open=ticket:4788');
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Скачать Снимок экрана 12.png' }));
  await waitFor(() => expect(backend.saved.map(({ mime }) => mime)).toEqual(['application/octet-stream']));
});

test('a card stands in its new column as unconfirmed until the tracker has said yes', async () => {
  const backend = openPage('#/tickets?tab=all&view=board');
  const before = backend.tickets.rows.filter((row) => row.status.id === 1).length;
  await column(new RegExp(`^Новая: ${before}$`));
  const card = () => screen.getByRole('article', { name: /4788/ });
  card().focus();
  await fireEvent.keyDown(card(), { key: 'ArrowRight', shiftKey: true });
  await waitFor(() => expect(sent(backend)).toHaveLength(1));
  expect(sent(backend)[0]).toMatchObject({ id: 4788, wanted: { status: 2 }, seen: { status: 1 }, note: null });
  const there = await column(/^В работе: 30$/);
  expect(within(there).getByText('отправляется')).toBeVisible();
  expect(card()).toHaveAttribute('draggable', 'false');
  backend.tickets.settle(1);
  await column(/^В работе: 31$/);
  await waitFor(() => expect(card()).not.toHaveAttribute('aria-busy'));
});

test.each([
  [{ trouble: 'refused', detail: 'Нет перехода' } as const, 'Трекер отказал: Нет перехода'],
  [{ trouble: 'conflict', fields: ['status'] } as const, 'Её уже изменил кто-то другой, ничего не записано.'],
  [{ trouble: 'left', parts: ['status'] } as const, 'Трекер согласился, но оставил как было: статус.'],
])('a card goes back when the tracker answers %j', async (trouble, words) => {
  const backend = openPage('#/tickets?tab=all&view=board');
  const card = await screen.findByRole('article', { name: /4788/ });
  card.focus();
  await fireEvent.keyDown(card, { key: 'ArrowRight', shiftKey: true });
  await waitFor(() => expect(sent(backend)).toHaveLength(1));
  backend.tickets.settle(1, 'fields' in trouble || 'parts' in trouble ? structured(trouble) : trouble);
  expect(await screen.findByText('Заявка № 4788 вернулась на место')).toBeVisible();
  expect(screen.getByText(words)).toBeVisible();
  expect(within(await column(/^Новая: 20$/)).getByRole('article', { name: /4788/ })).toBeVisible();
});
type Trouble = Parameters<Preview['tickets']['settle']>[1];
const structured = (trouble: object): NonNullable<Trouble> => structuredClone(trouble) as NonNullable<Trouble>;

test('a card is dropped into a column by the pointer, where the tracker lets it', async () => {
  const backend = openPage('#/tickets?tab=all&view=board');
  backend.tickets.allowed = [1, 2];
  const card = await screen.findByRole('article', { name: /4788/ });
  const dataTransfer = { setData: () => {}, effectAllowed: '' };
  await fireEvent.dragStart(card, { dataTransfer });
  const barred = await screen.findAllByText('трекер не даёт перевести сюда');
  expect(barred.length).toBeGreaterThan(0);
  await fireEvent.drop(await column(/^Решена/), { dataTransfer });
  expect(sent(backend)).toEqual([]);
  await fireEvent.dragStart(card, { dataTransfer });
  await fireEvent.drop(await column(/^В работе/), { dataTransfer });
  await waitFor(() => expect(sent(backend)).toHaveLength(1));
});

test('a new request is followed until it has a number, and is opened', async () => {
  const backend = openPage('#/tickets');
  await rowOf(4790);
  await fireEvent.click(screen.getByRole('button', { name: 'Новая заявка' }));
  const dialog = await screen.findByRole('dialog', { name: 'Новая заявка' });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Создать заявку' }));
  expect(await within(dialog).findByText('Напишите, о чём заявка')).toBeVisible();
  await fireEvent.input(within(dialog).getByRole('textbox', { name: 'Тема' }), {
    target: { value: ' Сломался стул ' },
  });
  await fireEvent.input(within(dialog).getByRole('textbox', { name: 'Описание' }), { target: { value: 'Ножка' } });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Создать заявку' }));
  expect(await within(dialog).findByText('Отправляем в трекер…')).toBeVisible();
  expect(asked(backend, 'tickets.create')).toEqual([
    {
      project: 1,
      tracker: null,
      priority: null,
      assignee: null,
      subject: 'Сломался стул',
      description: 'Ножка',
      files: [],
    },
  ]);
  const { ticket } = backend.tickets.settle(1);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(location.hash).toBe(`#/tickets?open=ticket:${ticket}`);
});

test('a request that was refused stays as it was written', async () => {
  const backend = openPage('#/tickets');
  await rowOf(4790);
  await fireEvent.click(screen.getByRole('button', { name: 'Новая заявка' }));
  const dialog = await screen.findByRole('dialog', { name: 'Новая заявка' });
  const subject = within(dialog).getByRole('textbox', { name: 'Тема' });
  await fireEvent.input(subject, { target: { value: 'Стул' } });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Создать заявку' }));
  await waitFor(() => expect(asked(backend, 'tickets.create')).toHaveLength(1));
  backend.tickets.settle(1, { trouble: 'refused', detail: 'Тип не может быть пустым' });
  expect(await within(dialog).findByRole('alert')).toHaveTextContent('Тип не может быть пустым');
  expect(subject).toHaveValue('Стул');
  expect(within(dialog).getByRole('button', { name: 'Создать заявку' })).toBeEnabled();
});

test('a number typed into Ctrl+K opens that ticket by Enter', async () => {
  openPage('#/calls');
  await screen.findByRole('grid');
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  const field = await screen.findByRole('combobox', { name: 'Поиск и команды' });
  await fireEvent.input(field, { target: { value: '4788' } });
  await screen.findByRole('option', { name: /#4788/ });
  expect(screen.getAllByRole('option')[0]).toHaveTextContent('#4788');
  await fireEvent.keyDown(field, { key: 'Enter' });
  expect(location.hash).toContain('open=ticket:4788');
  expect(await part('История')).toBeVisible();
});

test('a tracker that is not connected is said so, and nothing is offered that would be refused', async () => {
  openPage('#/tickets?open=ticket:4788', 'tracker=off');
  expect(await screen.findByText(/Трекер не подключён/)).toBeVisible();
  expect(screen.getByRole('button', { name: 'Новая заявка' })).toBeDisabled();
  await part('История');
  expect(screen.queryByRole('region', { name: 'Ответить' })).toBeNull();
});

test.each([
  ['#/tickets?tab=all&open=ticket:4788', 'ru'],
  ['#/tickets?tab=all&view=board', 'en'],
] as const)('%s has no accessibility faults', async (hash, language) => {
  openPage(hash, '', language);
  if (hash.includes('board')) await screen.findByRole('group', { name: 'Board of tickets' });
  else {
    await grid();
    await part('История');
  }
  expect(await faults()).toEqual([]);
});
