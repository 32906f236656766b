// Conversations and issues on an engine of functions: the figures and requests, the list and its filter, what a change does, the
// panel with both sides, what may be pressed by whom, search, notices, and the three connections in Settings.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ChatPageRequest } from '../src/bindings/ChatPageRequest';
import type { NoticeRow } from '../src/bindings/NoticeRow';
import { fields } from '../src/i18n/texts/fields';
import { issueOf, readFilter } from '../src/screens/deliveries/chat/filter';
import { draft } from '../src/screens/settings/draft.svelte';
import { clock } from '../src/state/clock.svelte';
import { faults, openPage } from './page';
import { freshNotice, noticeList } from './preview/notices';
import type { Preview } from './preview/engine';
import { fields as shown } from './preview/fields';

const NOW = Date.parse('2026-11-05T11:20:00Z');
const LIST = '#/deliveries?tab=chat';
/** Stopped by an echo; paused by a person; with a message that could not be copied; in order. */
const ECHO = 60;
const FAILED = 58;
const CALM = 59;

const asked = (backend: Preview, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const filters = (backend: Preview) =>
  (asked(backend, 'chat_link.page') as ChatPageRequest[]).map(({ filter }) => filter);
const changed = (backend: Preview, ...ids: number[]) =>
  backend.publish({ kind: 'changed', rev: 1, area: 'chat_link', ids });
const grid = () => screen.findByRole('grid', { name: 'Пары: переписка и её задача' });
const rowOf = async (issue: string) => (await within(await grid()).findByText(issue)).closest('tr') as HTMLElement;
const line = () => screen.findByRole('region', { name: 'Мост между мессенджером и трекером' });
const requests = () => screen.findByRole('region', { name: 'Обращения без задачи' });
const details = () => screen.findByRole('complementary', { name: 'Подробности' });
const part = async (name: string) => within(await within(await details()).findByRole('region', { name }));
const item = async (name: RegExp) => within(await (await part('Переписка')).findByRole('listitem', { name }));
const showsRows = (count: number) =>
  waitFor(async () => expect((await grid()).getAttribute('aria-rowcount')).toBe(String(count + 1)));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
});
afterEach(() => {
  cleanup();
  draft.undo();
  vi.useRealTimers();
});

test('each pair says what was said last, on which side, whether it was copied, and what waits', async () => {
  const backend = openPage(LIST);
  const row = within(await rowOf('DESK-460'));
  expect(row.getByRole('link', { name: 'DESK-460' })).toHaveAttribute('href', 'https://tracker.example.com/DESK-460');
  expect(row.getByText('мессенджер, Раса Казлаускене:')).toBeVisible();
  expect(row.getByText('ждёт')).toBeVisible();
  expect(row.getByText('2')).toBeVisible();
  expect(row.getByText('эхо')).toBeVisible();
  expect(within(await rowOf('DESK-453')).getByText('i.smirnov')).toBeVisible();
  expect(within(await rowOf('DESK-458')).getByText('1')).toHaveClass('alarm');
  await showsRows(backend.bridge.pairs.length);
});

test('every figure leads to the pairs behind it', async () => {
  const backend = openPage(LIST);
  const figures = within(await line());
  const { counts } = backend.bridge.desk();
  expect(await figures.findByRole('link', { name: `Пары ${counts.pairs}` })).toHaveAttribute('href', LIST);
  expect(figures.getByRole('link', { name: `На паузе ${counts.paused}` })).toHaveAttribute(
    'href',
    `${LIST}&which=paused`,
  );
  expect(figures.getByRole('link', { name: `Ждут ${counts.held}` })).toHaveAttribute('href', `${LIST}&which=stuck`);
  expect(figures.getByRole('link', { name: `Не скопированы ${counts.failed}` })).toHaveAttribute(
    'href',
    `${LIST}&which=stuck`,
  );
  backend.bridge.change(CALM, { paused_at: NOW, paused_why: 'storm' });
  changed(backend, CALM);
  expect(await figures.findByRole('link', { name: `На паузе ${counts.paused + 1}` })).toBeVisible();
  expect(await within(await rowOf('DESK-459')).findByText('шквал сообщений')).toBeVisible();
});

test('which pairs, and the issue that was typed or pasted, are in the address and reach the engine', async () => {
  const backend = openPage(`${LIST}&which=stuck`);
  await waitFor(() => expect(filters(backend).at(-1)).toEqual({ which: 'stuck', issue: null }));
  await fireEvent.click(await screen.findByRole('radio', { name: 'На паузе' }));
  await waitFor(() => expect(filters(backend).at(-1)).toEqual({ which: 'paused', issue: null }));
  expect(location.hash).toBe(`${LIST}&which=paused`);
  await fireEvent.input(screen.getByRole('textbox', { name: 'Ключ задачи' }), { target: { value: 'desk-460' } });
  await waitFor(() => expect(filters(backend).at(-1)).toEqual({ which: 'paused', issue: 'DESK-460' }));
  await showsRows(1);
  await fireEvent.click(screen.getByRole('tab', { name: 'Документы 1С' }));
  expect(location.hash).toBe('#/deliveries?tab=documents');
});

test.each([
  ['https://tracker.example.com/DESK-41?from=mail', 'DESK-41'],
  [' desk-41 ', 'DESK-41'],
  ['#DESK-41', 'DESK-41'],
  ['X2_Y-7', 'X2_Y-7'],
  ['nothing', 'NOTHING'],
  ['  ', null],
  [undefined, null],
])('%j names the issue %j', (text, issue) => expect(issueOf(text)).toBe(issue));

test('a word that is no choice of pairs is none', () => {
  expect(readFilter({ which: 'lost', state: 'failed' })).toEqual({ which: 'all', issue: null });
});

test('nothing matches: the filters can be dropped', async () => {
  openPage(`${LIST}&issue=DESK-7`);
  await fireEvent.click(await screen.findByRole('button', { name: 'Сбросить фильтры' }));
  expect(location.hash).toBe(LIST);
  expect(await rowOf('DESK-460')).toBeVisible();
});

test('opening reads one page however many pairs there are, and a change reads it anew', async () => {
  const backend = openPage(LIST, 'pairs=900');
  await showsRows(350);
  changed(backend, 700);
  const page = { filter: { which: 'all', issue: null }, after: null, limit: 350 };
  await waitFor(() => expect(asked(backend, 'chat_link.page')).toEqual([page, page]));
});

test('requests say where they stand and why they failed; one is tried again after being asked once', async () => {
  const backend = openPage(LIST, 'role=supervisor');
  const list = within(await requests());
  expect(list.getAllByRole('listitem')).toHaveLength(3);
  expect(list.getByText('создаём задачу')).toBeVisible();
  expect(list.getAllByText(/поле «department» не принимает/)).toHaveLength(2);
  const [first] = list.getAllByRole('button', { name: /^Повторить: / });
  await fireEvent.click(first as HTMLElement);
  const dialog = within(await screen.findByRole('dialog', { name: 'Повторить обращение?' }));
  expect(asked(backend, 'chat_link.request_again')).toEqual([]);
  await fireEvent.click(dialog.getByRole('button', { name: 'Повторить обращение' }));
  expect(await screen.findByText('Обращение снова в работе')).toBeVisible();
  expect(asked(backend, 'chat_link.request_again')).toEqual([{ id: 903 }]);
  expect(await list.findByText('узнаём автора')).toBeVisible();
});

test('requests are folded by a press on their figure, and begin folded where none failed', async () => {
  const backend = openPage(LIST);
  await requests();
  await fireEvent.click(await within(await line()).findByRole('button', { name: 'Обращения не созданы 2' }));
  expect(screen.queryByRole('region', { name: 'Обращения без задачи' })).toBeNull();
  cleanup();
  const again = openPage(LIST);
  again.bridge.requests = backend.bridge.requests.filter(({ state }) => state !== 'failed');
  changed(again);
  const figure = await within(await line()).findByRole('button', { name: 'Обращения не созданы 0' });
  await waitFor(() => expect(figure).toHaveAttribute('aria-expanded', 'false'));
});

test.each([
  ['none', 'Мост не подключён: нет ни мессенджера, ни трекера', 'connections'],
  ['deaf', 'Мессенджер не подключён', 'connections'],
  ['off', 'Мост выключен', 'chat_link'],
])('a bridge that is %s says so, and leads an administrator to its settings', async (bridge, text, section) => {
  openPage(LIST, `bridge=${bridge}`);
  const banner = (await screen.findByText(new RegExp(`^${text}`))).parentElement as HTMLElement;
  await fireEvent.click(within(banner).getByRole('button'));
  expect(location.hash).toBe(`#/settings?section=${section}`);
  cleanup();
  openPage(LIST, `bridge=${bridge}&role=supervisor`);
  const plain = (await screen.findByText(new RegExp(`^${text}`))).parentElement as HTMLElement;
  expect(within(plain).queryByRole('button')).toBeNull();
});

test('the panel shows both sides, how it began, what was not copied and whose echo it is', async () => {
  openPage(`${LIST}&open=pair:${ECHO}`);
  const panel = within(await details());
  expect(await panel.findByText(/^Радар услышал эхо: скопированные нами/)).toBeVisible();
  const beginning = await part('Как началось');
  expect(beginning.getByText('форма')).toBeVisible();
  expect(beginning.getByText('p.orlov')).toBeVisible();
  expect(beginning.getByText('Контакт-центр')).toBeVisible();
  expect(beginning.getByText('Проблемы с качеством связи')).toBeVisible();
  const echo = await item(/^трекер, Робот уведомлений, № 6005/);
  expect(echo.getByText('эхо: эти слова уже ходили туда и обратно')).toBeVisible();
  expect(echo.getByText('прошло 2 круга')).toBeVisible();
  await fireEvent.click(echo.getByRole('button', { name: 'эхо № 6004' }));
  expect(document.activeElement).toHaveAccessibleName(/^мессенджер, Робот уведомлений, № 6004/);
  const first = await item(/№ 6001/);
  expect(first.getByText('запись звонка.mp3')).toBeVisible();
  expect(first.getByText('Копия 4601')).toBeVisible();
  expect(first.queryByRole('button', { name: /^(Отправить|Не копировать): / })).toBeNull();
});

test('a long text is folded, a change is marked, and the other side’s words stand where it failed', async () => {
  openPage(`${LIST}&open=pair:${FAILED}`);
  const failed = await item(/№ 5803/);
  expect(failed.getByText('Комментарий не принят: задача заблокирована')).toBeVisible();
  const whole = failed.getByRole('button', { name: 'Показать целиком' });
  const before = failed.getByText(/^Шаги:/).textContent?.length ?? 0;
  await fireEvent.click(whole);
  expect(failed.getByText(/^Шаги:/).textContent?.length).toBeGreaterThan(before);
  expect((await item(/№ 5804/)).getByText('исправлено')).toBeVisible();
  expect((await item(/№ 5806/)).getByText('не копировать: так решил(а) i.smirnov')).toBeVisible();
});

test('a supervisor resumes a pair and is told how many go out', async () => {
  const backend = openPage(`${LIST}&open=pair:${ECHO}`, 'role=supervisor');
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Возобновить' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Возобновить DESK-460?' }));
  expect(dialog.getByText(/^Уйдут 2 сообщения, по порядку/)).toBeVisible();
  expect(asked(backend, 'chat_link.resume')).toEqual([]);
  await fireEvent.click(dialog.getByRole('button', { name: 'Возобновить и отправить 2 сообщения' }));
  expect(await screen.findByText('DESK-460: копирование идёт')).toBeVisible();
  expect(asked(backend, 'chat_link.resume')).toEqual([{ id: ECHO }]);
  expect(await within(await details()).findByRole('button', { name: 'Приостановить' })).toBeVisible();
});

test('a supervisor pauses a pair, and a refusal is told while the panel shows how it is now', async () => {
  const backend = openPage(`${LIST}&open=pair:${CALM}`, 'role=supervisor');
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Приостановить' }));
  backend.bridge.change(CALM, { paused_at: NOW, paused_why: 'i.smirnov' });
  await fireEvent.click(await screen.findByRole('button', { name: 'Приостановить DESK-459' }));
  expect(await within(await screen.findByRole('dialog')).findByRole('alert')).toBeVisible();
  await waitFor(() =>
    expect(screen.getByRole('complementary', { hidden: true })).toHaveTextContent('На паузу поставил(а) i.smirnov'),
  );
});

test.each([
  ['drop', 'Не копировать', 'Не копировать', 'chat_link.drop_item'],
  ['send', 'Отправить', 'Отправить сообщение', 'chat_link.send_item'],
] as const)(
  'a supervisor can %s what could not be copied, after being asked once',
  async (_act, open, act, command) => {
    const backend = openPage(`${LIST}&open=pair:${FAILED}`, 'role=supervisor');
    await fireEvent.click((await item(/№ 5803/)).getByRole('button', { name: `${open}: № 5803` }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(asked(backend, command)).toEqual([]);
    await fireEvent.click(dialog.getByRole('button', { name: act }));
    await waitFor(() => expect(asked(backend, command)).toEqual([{ pair: FAILED, id: 5803 }]));
    await waitFor(async () =>
      expect((await item(/№ 5803/)).queryByText('Комментарий не принят: задача заблокирована')).toBeNull(),
    );
  },
);

test('what was said long ago is read page by page', async () => {
  const backend = openPage(LIST);
  const [first] = backend.bridge.items.get(CALM) ?? [];
  if (!first) throw new Error('no item');
  const many = Array.from({ length: 150 }, (_, place) => ({
    ...first,
    id: 9_150 - place,
    text: `Слова ${150 - place}`,
  }));
  backend.bridge.items.set(CALM, many);
  location.hash = `${LIST}&open=pair:${CALM}`;
  const panel = within(await details());
  expect(await panel.findByText('Слова 150')).toBeVisible();
  await fireEvent.click(panel.getByText('Показать более ранние'));
  expect(await panel.findByText('Слова 50')).toBeVisible();
  expect(asked(backend, 'chat_link.pair').at(-1)).toEqual({ id: CALM, after: 9051, limit: 100 });
  await fireEvent.click(panel.getByText('К самым новым'));
  expect(await panel.findByText('Слова 150')).toBeVisible();
});

test('each decision says why, and the panel leads to the records and calls behind them', async () => {
  openPage(`${LIST}&open=pair:${ECHO}`);
  const decisions = await part('Решения');
  const echo = decisions.getByText(/^Радар услышал эхо/).closest('li') as HTMLElement;
  await fireEvent.click(within(echo).getByRole('button', { name: 'Почему?' }));
  const why = within(await screen.findByRole('dialog', { name: 'Почему так' }));
  expect(why.getByText('chat_link.echo')).toBeVisible();
  cleanup();
  openPage(`${LIST}&open=pair:${ECHO}`);
  const traffic = await part('В обмене');
  expect(traffic.getByRole('link', { name: 'Вызов 1992' })).toHaveAttribute('href', `${LIST}&open=effect:1992`);
  expect(traffic.getByRole('link', { name: 'Запись 4999' })).toHaveAttribute('href', `${LIST}&open=record:4999`);
});

test('a viewer reads everything, and is told who can press', async () => {
  openPage(`${LIST}&open=pair:${ECHO}`, 'role=viewer');
  const panel = within(await details());
  expect(await panel.findByText('Останавливать и отправлять может старший смены.')).toBeVisible();
  expect(panel.queryByRole('button', { name: /^(Возобновить|Отправить|Не копировать)/ })).toBeNull();
  expect(panel.queryByRole('link', { name: /^Запись/ })).toBeNull();
  expect(within(await requests()).queryByRole('button')).toBeNull();
});

test('an issue’s key opens its pair; one without a pair says so, as does a pair that is gone', async () => {
  openPage(`${LIST}&open=issue:DESK-458`);
  expect(await within(await details()).findByRole('heading', { name: 'DESK-458' })).toBeVisible();
  cleanup();
  openPage(`${LIST}&open=issue:DESK-7`);
  expect(await within(await details()).findByText('Пары с задачей DESK-7 нет')).toBeVisible();
  cleanup();
  openPage(`${LIST}&open=pair:9999`);
  expect(await within(await details()).findByRole('alert')).toHaveTextContent('Этой пары больше нет');
});

const notice = (more: Partial<NoticeRow>) =>
  freshNotice({
    class: 'chat_link',
    subject: 'issue:DESK-460',
    code: 'chat_link.echo',
    values: { issue: 'DESK-460', summary: 'Телефония', why: 'echo' },
    ...more,
  });

test.each([
  [notice({}), 'Эхо в переписке DESK-460 «Телефония»: пара остановлена', '#/calls?open=issue:DESK-460'],
  [
    notice({
      subject: 'chat_request:903',
      code: 'chat_link.request_failed',
      values: { summary: 'Принтер', name: 'Орлов', detail: 'HTTP 403' },
    }),
    'Обращение не создано «Принтер», Орлов: HTTP 403',
    LIST,
  ],
])('a notice is a sentence, and leads to what it is about', async (row, text, hash) => {
  const backend = openPage('#/calls');
  await screen.findByRole('grid');
  backend.answers['notices.list'] = () => noticeList(row);
  backend.publish({ kind: 'changed', rev: 2, area: 'notices', ids: [] });
  await fireEvent.click(await screen.findByRole('button', { name: 'Уведомления: 1 непрочитанное' }));
  await fireEvent.click(await screen.findByText(text));
  expect(location.hash).toBe(hash);
});

async function search(words: string) {
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  await fireEvent.input(await screen.findByRole('combobox', { name: 'Поиск и команды' }), { target: { value: words } });
}

test('an issue’s key in the palette opens its pair, and a command shows what is stuck', async () => {
  openPage('#/calls');
  await screen.findByRole('grid');
  await search('desk-458');
  await fireEvent.click(await screen.findByRole('option', { name: /^DESK-458/ }));
  expect(location.hash).toBe('#/calls?open=pair:58');
  await search('застрявшим');
  await fireEvent.click(await screen.findByRole('option', { name: /пары с застрявшим/ }));
  expect(location.hash).toBe(`${LIST}&which=stuck`);
});

test('the menu and the form are typed as JSON: a fault says its line, a press aligns, and the default comes back', async () => {
  const backend = openPage('#/settings?section=chat_link');
  const menu = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Меню бота' });
  const standard = menu.value;
  expect(standard).toContain('open_sd_form');
  const row = within(menu.closest('.row') as HTMLElement);
  await fireEvent.input(menu, { target: { value: '{\n"text": "Привет",\n}' } });
  expect(row.getByRole('alert')).toHaveTextContent('Это не JSON: ошибка в строке 3, знак 1');
  expect(menu).toHaveAttribute('aria-invalid', 'true');
  expect(row.getByRole('button', { name: 'Выровнять' })).toBeDisabled();
  await fireEvent.input(menu, { target: { value: '{"text":"Привет","rows":[]}' } });
  await fireEvent.click(row.getByRole('button', { name: 'Выровнять' }));
  expect(menu.value).toBe('{\n  "text": "Привет",\n  "rows": []\n}');
  await fireEvent.click(screen.getByRole('button', { name: 'Сохранить 1 настройку' }));
  await waitFor(() =>
    expect(asked(backend, 'settings.write')).toEqual([
      { changes: { 'areas.chat_link.menu': '{\n  "text": "Привет",\n  "rows": []\n}' } },
    ]),
  );
  await fireEvent.click(await row.findByRole('button', { name: 'Вернуть по умолчанию' }));
  expect(menu.value).toBe(standard);
  expect(await faults()).toEqual([]);
});

test.each([
  ['pachca', 'Пачка', { 'ct.pachca_token': false, 'ct.webhook_secret': false }],
  ['tracker', 'Яндекс Трекер', { 'ct.tracker_token': false, 'ct.tracker_hook_key': true }],
  ['yandex360', 'Яндекс 360', { 'ct.y360_token': false }],
])('the card of %s guides in words, and only keys of ours are made there', async (name, title, secrets) => {
  openPage(`#/settings?section=connections&connection=${name}`);
  const card = await screen.findByRole('article', { name: title });
  expect(within(card).getByText('Как подключить')).toBeVisible();
  for (const [code, made] of Object.entries(secrets)) {
    const row = within(card).getByText(code).closest('.secret') as HTMLElement;
    expect(within(row).queryByRole('button', { name: 'Создать случайный' }) !== null).toBe(made);
  }
  expect(within(card).queryByText(/^What /)).toBeNull();
  expect(card).not.toHaveTextContent('задайте секрет «Второй ключ триггера');
  expect(await faults()).toEqual([]);
});

test('the tracker’s card holds the body of its trigger to copy, without a place where words could break it', async () => {
  const copied = vi.fn((_: string) => Promise.resolve());
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: copied }, configurable: true });
  openPage('#/settings?section=connections&connection=tracker');
  const card = within(await screen.findByRole('article', { name: 'Яндекс Трекер' }));
  await fireEvent.click(card.getByRole('button', { name: 'Скопировать образец: Создан комментарий' }));
  await waitFor(() => expect(copied).toHaveBeenCalled());
  const body = copied.mock.calls[0]?.[0] ?? '';
  expect(JSON.parse(body)).toEqual({
    v: 1,
    type: 'issueCommentEvent',
    key: '{{issue.key}}',
    comment: { id: '{{userComment.id}}' },
    sentAt: '{{currentDateTime.unixEpoch}}',
  });
  expect(body).not.toContain('text');
});

test('every setting of the bridge and of its three systems has words in both languages', () => {
  const paths = shown.filter(({ path }) => /chat_|pachca|tracker|yandex360/.test(path)).map(({ path }) => path);
  expect(paths).toHaveLength(35);
  for (const language of ['ru', 'en'] as const)
    expect(paths.filter((path) => fields[language][path] === undefined)).toEqual([]);
});

test.each([
  ['the list', LIST],
  ['a pair stopped by an echo', `${LIST}&open=pair:${ECHO}`],
  ['a pair with a failed copy', `${LIST}&open=pair:${FAILED}`],
  ['a pair where nothing was said', `${LIST}&open=pair:56`],
])('no accessibility faults in %s', async (_name, hash) => {
  openPage(hash);
  await rowOf('DESK-460');
  await requests();
  if (hash !== LIST) await part('Решения');
  expect(await faults()).toEqual([]);
});
