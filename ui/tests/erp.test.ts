// ERP documents on an engine of functions: the list and its filter, what a change does, the directory, the panel with the choice
// behind each task, what may be pressed by whom, search, notices, and the samples in Settings.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import samples from '../../assets/samples/erp_request.json';
import type { DocumentPageRequest } from '../src/bindings/DocumentPageRequest';
import type { DocumentTrouble } from '../src/bindings/DocumentTrouble';
import { erp, troubleText } from '../src/i18n/texts/erp';
import { fields } from '../src/i18n/texts/fields';
import { clock } from '../src/state/clock.svelte';
import { faults, openPage } from './page';
import { freshNotice, noticeList } from './preview/notices';
import type { Preview } from './preview/engine';
import { fields as shown } from './preview/fields';

const NOW = Date.parse('2026-11-05T11:20:00Z');
const LIST = '#/deliveries?tab=documents';

const asked = (backend: Preview, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const filters = (backend: Preview) => (asked(backend, 'erp.page') as DocumentPageRequest[]).map(({ filter }) => filter);
const changed = (backend: Preview, ...ids: number[]) => backend.publish({ kind: 'changed', rev: 1, area: 'erp', ids });
const grid = () => screen.findByRole('grid', { name: 'Документы 1С и их задачи' });
const details = () => screen.findByRole('complementary', { name: 'Подробности' });
const house = () => screen.findByRole('region', { name: 'Справочник портала' });
const rowOf = async (number: string) => (await within(await grid()).findByText(number)).closest('tr') as HTMLElement;
const showsRows = (count: number) =>
  waitFor(async () => expect((await grid()).getAttribute('aria-rowcount')).toBe(String(count + 1)));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('each document says where it stands, how many of its tasks are there and what is wrong', async () => {
  const backend = openPage(LIST);
  const row = await rowOf('00-000143');
  expect(within(row).getByText('созданы не все задачи')).toBeVisible();
  expect(within(row).getByText('2/3')).toBeVisible();
  expect(within(row).getByText(/^Строка 2, «Раскройный участок»: портал не создал задачу/)).toBeVisible();
  // What is under way goes before what has become of it.
  expect(within(await rowOf('00-000144')).getByText('создаём задачи')).toBeVisible();
  const order = within(await grid())
    .getAllByRole('row')
    .slice(1, 4)
    .map((each) => each.querySelector('td')?.textContent);
  expect(order).toEqual(['00-000144', '00-000143', '00-000142']);
  await showsRows(backend.documents.rows.length);
});

test('the state and the number are in the address, and the engine is asked by them', async () => {
  const backend = openPage(`${LIST}&state=error`);
  await waitFor(() => expect(filters(backend).at(-1)).toEqual({ state: 'error', number: null }));
  await showsRows(backend.documents.rows.filter(({ state }) => state === 'error').length);
  const count = backend.documents.counts().error;
  expect(await screen.findByLabelText(`Состояние: задач нет · ${count}`)).toBeVisible();
  await fireEvent.input(screen.getByRole('textbox', { name: 'Номер документа' }), { target: { value: '№ 00-000141' } });
  await waitFor(() => expect(filters(backend).at(-1)).toEqual({ state: 'error', number: '00-000141' }));
  await showsRows(1);
  await fireEvent.click(screen.getByRole('tab', { name: 'Исходящие' }));
  expect(location.hash).toBe('#/deliveries?tab=out');
});

test('a word that is no state of a document is no filter', async () => {
  const backend = openPage(`${LIST}&state=dead`);
  await waitFor(() => expect(filters(backend).at(-1)).toEqual({ state: null, number: null }));
});

test('nothing matches: the filters can be dropped', async () => {
  openPage(`${LIST}&number=77`);
  await fireEvent.click(await screen.findByRole('button', { name: 'Сбросить фильтры' }));
  expect(location.hash).toBe(LIST);
  expect(await rowOf('00-000144')).toBeVisible();
});

test('before the first document an administrator is shown the way to the connection', async () => {
  openPage(LIST, 'documents=0');
  await fireEvent.click(await screen.findByRole('button', { name: 'Открыть подключение 1С' }));
  expect(location.hash).toBe('#/settings?section=connections&connection=erp');
});

test('a changed document is read by its id, a new one comes on top, and what no longer fits leaves', async () => {
  const backend = openPage(`${LIST}&state=partial`);
  await rowOf('00-000143');
  backend.documents.change(43, { state: 'done', trouble: null, tasks: 3 });
  const added = backend.documents.begin();
  backend.documents.change(added.id, { state: 'partial', stage: null });
  changed(backend, 43, added.id);
  expect(await rowOf(added.number)).toBeVisible();
  await waitFor(() => expect(screen.queryByText('00-000143')).toBeNull());
  expect(asked(backend, 'erp.rows')).toEqual([{ ids: [43, added.id] }]);
  expect(asked(backend, 'erp.page')).toHaveLength(1);
});

test('the directory says how old each part is, and what is out of date', async () => {
  const backend = openPage(LIST);
  const line = within(await house());
  expect(await line.findByText(/^12.мин назад$/)).toBeVisible();
  expect(line.getByText(/26.мин назад, устарело/)).toBeVisible();
  expect(line.getByText('118')).toBeVisible();
  backend.documents.house = { ...backend.documents.house, project: null, failed_at: NOW - 60_000 };
  changed(backend);
  expect(await line.findByText('не прочитано')).toBeVisible();
  expect(line.getByText(/последнее чтение не вышло, 1.мин назад/)).toBeVisible();
  backend.documents.house = { ...backend.documents.house, reading_since: NOW };
  changed(backend);
  expect(await line.findByText('читается…')).toBeVisible();
});

test('a supervisor has the directory forgotten after being asked once; a viewer is not offered it', async () => {
  const backend = openPage(LIST, 'role=supervisor');
  await fireEvent.click(await within(await house()).findByRole('button', { name: 'Обновить справочник' }));
  const dialog = await screen.findByRole('dialog', { name: 'Обновить справочник портала?' });
  expect(asked(backend, 'erp.forget_directory')).toEqual([]);
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Обновить справочник' }));
  expect(await screen.findByText('Справочник прочитается заново')).toBeVisible();
  await waitFor(async () => expect(within(await house()).getAllByText('не прочитано')).toHaveLength(4));
  cleanup();
  openPage(LIST, 'role=viewer');
  await within(await house()).findByText('118');
  expect(screen.queryByRole('button', { name: 'Обновить справочник' })).toBeNull();
});

test('behind each task stands the choice: loads, tasks, whose turn it was, reasons, and who was chosen', async () => {
  openPage(`${LIST}&open=document:40`);
  const panel = within(await details());
  const table = await panel.findByRole('table', { name: 'Как выбирали: Швейный цех' });
  const page = /^https:\/\/portal\.example\.com\/company\/personal\/user\/\d+\/tasks\/task\/view\/\d+\/$/;
  const links = panel.getAllByRole('link').map((link) => link.getAttribute('href') ?? '');
  expect(links.some((href) => page.test(href))).toBe(true);
  const cells = (name: RegExp) =>
    within(within(table).getByRole('rowheader', { name }).closest('tr') as HTMLElement)
      .getAllByRole('cell')
      .map((cell) => cell.textContent?.trim());
  expect(cells(/Ольга Вознесенская.*выбран\(а\).*занятость наименьшая/)).toEqual(['2\u00a0ч', '2', '0', '03:11:20']);
  expect(cells(/Мария Ткач.*занятость та же, задач больше/)).toEqual(['2\u00a0ч', '3', '1', '4 ноя, 22:11']);
  // Unknown is not nothing to do, and never given is not unknown.
  expect(cells(/Нина Шилова.*занятость не прочитана/)).toEqual(['—', '—', '—', 'не было']);
  expect(cells(/Ирина.*сейчас отсутствует/)).toEqual(['0', '0', '0', 'не было']);
  // A person without a name is known by the portal's number.
  expect(within(table).getByRole('rowheader', { name: /^№ 44/ })).toBeVisible();
  // Whoever was taken, then those weighed, then those left out, however little they had to do.
  const names = within(table)
    .getAllByRole('rowheader')
    .map((cell) => cell.textContent?.trim().slice(0, 5));
  expect(names).toEqual(['Ольга', '№ 44 ', 'Мария', 'Ирина', 'Нина ']);
});

test('many lines begin with their choices folded', async () => {
  openPage(`${LIST}&open=document:43`);
  const panel = within(await details());
  const folds = await panel.findAllByRole('button', { name: /^Как выбирали/ });
  expect(folds).toHaveLength(3);
  expect(panel.queryByRole('table')).toBeNull();
  await fireEvent.click(folds[1] as HTMLElement);
  expect(panel.getByRole('table', { name: 'Как выбирали: Раскройный участок' })).toBeVisible();
  expect(panel.getByText('Ответ портала: Не указан крайний срок задачи')).toBeVisible();
});

test('a trouble says what happened and what to do, files say where they are', async () => {
  openPage(`${LIST}&open=document:40`);
  const panel = within(await details());
  expect(await panel.findByText(/^Портал не принял файлы или изменения: .*QUOTA_EXCEEDED/)).toBeVisible();
  expect(panel.getByText(/Пульт пробует ещё раз сам/)).toBeVisible();
  const files = within(panel.getByRole('region', { name: 'Файлы' }));
  expect(files.getByText('на диске портала')).toBeVisible();
  expect(files.getByText('не перенесён')).toBeVisible();
});

test('the panel leads to the record and the calls, and each decision says why', async () => {
  openPage(`${LIST}&open=document:43`);
  const panel = within(await details());
  const traffic = within(await panel.findByRole('region', { name: 'В обмене' }));
  expect(traffic.getByRole('link', { name: 'Запись 4999' })).toHaveAttribute('href', `${LIST}&open=record:4999`);
  expect(traffic.getByRole('link', { name: 'Вызов 1990' })).toHaveAttribute('href', `${LIST}&open=effect:1990`);
  const decisions = within(panel.getByRole('region', { name: 'Решения' }));
  expect(decisions.getByText(/каждая строка отдана тому, кто в её подотделе занят меньше всех/)).toBeVisible();
  const surveyed = decisions.getByText(/Занятость прочитана/).closest('li') as HTMLElement;
  await fireEvent.click(within(surveyed).getByRole('button', { name: 'Почему?' }));
  const why = within(await screen.findByRole('dialog', { name: 'Почему так' }));
  expect(why.getByRole('rowheader', { name: 'Швейный цех: Мария Ткач' })).toBeVisible();
  expect(why.getByText('занятость больше')).toBeVisible();
});

test('two lines of one sub-department stand in one explanation', async () => {
  const backend = openPage(LIST);
  const panel = backend.documents.panel(43);
  const surveyed = panel.decisions.find(({ kind }) => kind === 'surveyed');
  if (surveyed) surveyed.explanation.candidates = surveyed.explanation.candidates.flatMap((each) => [each, each]);
  backend.answers['erp.detail'] = () => panel;
  await fireEvent.click(await rowOf('00-000143'));
  const item = (await within(await details()).findByText(/Занятость прочитана/)).closest('li') as HTMLElement;
  await fireEvent.click(within(item).getByRole('button', { name: 'Почему?' }));
  const why = within(await screen.findByRole('dialog', { name: 'Почему так' }));
  expect(why.getAllByRole('rowheader', { name: 'Швейный цех: Мария Ткач' })).toHaveLength(2);
});

test('a supervisor tries a document again, is asked once, and sees it go on', async () => {
  const backend = openPage(`${LIST}&open=document:43`, 'role=supervisor');
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Повторить' }));
  const dialog = await screen.findByRole('dialog', { name: 'Повторить документ № 00-000143?' });
  expect(dialog).toHaveTextContent('Недостающих задач: 1,');
  expect(asked(backend, 'erp.again')).toEqual([]);
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Повторить № 00-000143' }));
  expect(await screen.findByText('Документ № 00-000143 снова в работе')).toBeVisible();
  expect(asked(backend, 'erp.again')).toEqual([{ id: 43 }]);
  expect(await within(await details()).findByText('узнаём занятость')).toBeVisible();
  expect(within(await details()).queryByRole('button', { name: 'Повторить' })).toBeNull();
});

test('when somebody was quicker, the refusal is told and the panel shows how it is now', async () => {
  const backend = openPage(`${LIST}&open=document:43`);
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Повторить' }));
  backend.documents.change(43, { state: 'done', trouble: null, tasks: 3 });
  await fireEvent.click(await screen.findByRole('button', { name: 'Повторить № 00-000143' }));
  expect(await within(await screen.findByRole('dialog')).findByRole('alert')).toBeVisible();
  await waitFor(() => expect(screen.getByRole('complementary', { hidden: true })).toHaveTextContent('3 из 3'));
});

test.each([
  ['what is done', 42],
  ['what is being worked on', 44],
])('%s cannot be tried again', async (_name, id) => {
  openPage(`${LIST}&open=document:${id}`);
  await within(await details()).findByRole('region', { name: 'Решения' });
  expect(within(await details()).queryByRole('button', { name: 'Повторить' })).toBeNull();
});

test('a viewer reads everything, and is told who can press', async () => {
  openPage(`${LIST}&open=document:43`, 'role=viewer');
  const panel = within(await details());
  expect(await panel.findByText('Повторить документ может старший смены.')).toBeVisible();
  expect(panel.queryByRole('button', { name: 'Повторить' })).toBeNull();
  expect(panel.queryByRole('link', { name: /^Запись/ })).toBeNull();
});

test('a document that came again with changes says that they wait', async () => {
  openPage(`${LIST}&open=document:44`);
  expect(await within(await details()).findByText(/пришёл ещё раз с изменениями/)).toBeVisible();
});

test('a document that is gone says so', async () => {
  openPage(`${LIST}&open=document:9999`);
  expect(await within(await details()).findByRole('alert')).toHaveTextContent('Этого документа больше нет');
});

async function search(words: string) {
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  await fireEvent.input(await screen.findByRole('combobox', { name: 'Поиск и команды' }), { target: { value: words } });
}

test('a document’s number in the palette opens it', async () => {
  openPage(LIST);
  await rowOf('00-000143');
  await search('00-000143');
  const option = await screen.findByRole('option', { name: /Документ 1С № 00-000143/ });
  expect(option).toHaveTextContent('созданы не все задачи');
  await fireEvent.click(option);
  expect(location.hash).toBe(`${LIST}&open=document:43`);
});

test('the command shows the documents without tasks', async () => {
  openPage('#/calls');
  await screen.findByRole('grid');
  await search('не созданы задачи');
  await fireEvent.click(await screen.findByRole('option', { name: /Документы 1С: не созданы задачи/ }));
  expect(location.hash).toBe(`${LIST}&state=error`);
});

test('a notice of a document is a sentence, and opens it', async () => {
  const backend = openPage(LIST);
  const values = { number: '00-000141', state: 'error' };
  const row = freshNotice({ class: 'document', subject: 'document:41', code: 'erp.document', values });
  backend.answers['notices.list'] = () => noticeList(row);
  backend.publish({ kind: 'changed', rev: 2, area: 'notices', ids: [] });
  await fireEvent.click(await screen.findByRole('button', { name: 'Уведомления: 1 непрочитанное' }));
  await fireEvent.click(await screen.findByText('Документ 1С № 00-000141: задачи не созданы'));
  expect(location.hash).toBe(`${LIST}&open=document:41`);
});

test('every trouble is a whole sentence with its values, in both languages', () => {
  const troubles: DocumentTrouble[] = [
    { trouble: 'not_connected' },
    { trouble: 'no_root', name: 'Цех' },
    { trouble: 'several_roots', name: 'Цех', ids: [1, 5] },
    { trouble: 'no_department', name: 'Цех' },
    { trouble: 'several_departments', name: 'Цех', ids: [1, 5] },
    { trouble: 'no_staff', name: 'Цех' },
    { trouble: 'no_project', name: 'Цех' },
    { trouble: 'loads_unknown', name: 'Цех', reason: 'why' },
    { trouble: 'line_refused', line: 2, name: 'Цех', detail: 'why' },
    { trouble: 'portal_failed', detail: 'why' },
    { trouble: 'update_refused', detail: 'why' },
  ];
  for (const table of [erp.ru, erp.en])
    for (const trouble of troubles) {
      const text = troubleText(table, trouble);
      expect(text).toMatch(/\.$/);
      expect(text).not.toMatch(/undefined|null/);
      for (const value of Object.values(trouble)
        .filter((each) => each !== trouble.trouble)
        .flat())
        expect(text).toContain(String(value));
      expect(table.troubles[trouble.trouble].mend).not.toBe('');
    }
  expect(troubleText(erp.ru, { trouble: 'portal_failed', detail: '' })).toBe('Портал не ответил как нужно.');
  expect(troubleText(erp.ru, { trouble: 'newer' } as unknown as DocumentTrouble)).toBe('newer');
});

test('the connection guides in words, makes only its own key and shows both samples to copy', async () => {
  const copied = vi.fn(() => Promise.resolve());
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: copied }, configurable: true });
  openPage('#/settings?section=connections&connection=erp');
  const card = await screen.findByRole('article', { name: '1С' });
  expect(within(card).getByText('Как подключить')).toBeVisible();
  const secret = (code: string) => within(card).getByText(code).closest('.secret') as HTMLElement;
  expect(within(secret('erp.api_key')).getByRole('button', { name: 'Создать случайный' })).toBeVisible();
  expect(within(secret('erp.bitrix_webhook')).queryByRole('button', { name: 'Создать случайный' })).toBeNull();
  expect(card).toHaveTextContent('задайте секрет «Адрес вебхука задач»');
  // Without a key documents are taken from this machine.
  expect(card).not.toHaveTextContent('задайте секрет «Ключ 1С»');
  expect(within(card).queryByText(/^What /)).toBeNull();
  for (const [name, word] of [
    ['full', 'Со всеми полями'],
    ['minimal', 'Только обязательное'],
  ] as const) {
    await fireEvent.click(within(card).getByRole('button', { name: `Скопировать образец: ${word}` }));
    await waitFor(() => expect(copied).toHaveBeenCalledWith(JSON.stringify(samples[name], null, 2)));
  }
  await fireEvent.click(within(card).getByRole('button', { name: 'Только обязательное' }));
  expect(within(card).getByRole('region', { name: 'Только обязательное' })).toHaveTextContent('"calculations"');
  expect(await faults()).toEqual([]);
});

test('every setting of documents and of their sender has words in both languages', () => {
  const paths = shown.filter(({ path }) => /erp/.test(path)).map(({ path }) => path);
  expect(paths).toHaveLength(17);
  for (const language of ['ru', 'en'] as const)
    expect(paths.filter((path) => fields[language][path] === undefined)).toEqual([]);
});

test.each([
  ['the list', LIST],
  ['a document with missing tasks', `${LIST}&open=document:40`],
  ['a document being worked on', `${LIST}&open=document:44`],
])('no accessibility faults in %s', async (_name, hash) => {
  openPage(hash);
  await rowOf('00-000143');
  await within(await house()).findByText('118');
  if (hash !== LIST) await within(await details()).findByRole('region', { name: 'Решения' });
  expect(await faults()).toEqual([]);
});
