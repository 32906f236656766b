// The ratings screen on an engine of functions: figures and what they lead to, tabs, the countdown, the panel, acts by role,
// what a conflict says, and search.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../src/backend';
import type { RatingFilter } from '../src/bindings/RatingFilter';
import { number } from '../src/i18n/format';
import { clock } from '../src/state/clock.svelte';
import { faults, openPage } from './page';
import { freshNotice, noticeList } from './preview/notices';
import type { Preview } from './preview/engine';

const NOW = Date.parse('2026-11-05T11:20:00Z');
/** The beginning of the thirty days that end today. */
const MONTH = Date.parse('2026-10-07T00:00:00Z');

const asked = (backend: Preview, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const filters = (backend: Preview) =>
  (asked(backend, 'ratings.page') as { filter: RatingFilter }[]).map(({ filter }) => filter);
const changed = (backend: Preview, ...ids: number[]) =>
  backend.publish({ kind: 'changed', rev: 1, area: 'ratings', ids });
const figures = () => screen.findByRole('region', { name: 'Удовлетворённость' });
const grid = () => screen.findByRole('grid', { name: 'Запросы оценок' });
const details = () => screen.findByRole('complementary', { name: 'Подробности' });
const rowOf = async (issue: number) =>
  (await within(await grid()).findByText(String(issue))).closest('tr') as HTMLElement;
const shown = async () => Number((await grid()).getAttribute('aria-rowcount')) - 1;
const showsRows = (count: number) => waitFor(async () => expect(await shown()).toBe(count));

async function open(backend: Preview, issue: number) {
  await fireEvent.click(await rowOf(issue));
  return backend.ratings.of((row) => row.issue === issue);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('satisfaction is of clients’ own answers; automatic ratings stand beside it under their own name', async () => {
  const backend = openPage('#/ratings');
  const strip = await figures();
  const of = (origin: string) =>
    backend.ratings.rows.filter((row) => row.state === 'rated' && row.origin === origin && row.closed_at >= MONTH);
  const good = of('user').filter((row) => row.rate !== 'bad').length;
  const share = number((good / of('user').length) * 100, 'ru', 1);
  const button = await within(strip).findByRole('button', { name: `CSAT по ответам клиентов: ${share}\u00a0%` });
  expect(button).toBeVisible();
  expect(within(strip).getByText(`${good} из ${of('user').length}`, { exact: false })).toBeVisible();
  expect(within(strip).getByRole('heading', { name: 'С автоматическими' })).toBeVisible();
  expect(within(strip).getByText(/Это не мнение клиентов/)).toHaveTextContent(String(of('auto').length));
  const table = within(strip).getByRole('table', { name: 'Оценки по тому, кто их поставил' });
  for (const [name, count] of [
    ['Отлично, Клиент ответил', of('user').filter((row) => row.rate === 'good').length],
    ['Отлично, Автоматически, ответа не было', of('auto').length],
    ['Хорошо, Поставил супервизор', of('supervisor').length],
  ] as const)
    expect(within(table).getByRole('button', { name: `${name}: ${count}` })).toHaveTextContent(String(count));
});

test('without answers there is a dash, not zero per cent, however many silences there were', async () => {
  const backend = openPage('#/ratings');
  backend.ratings.rows = backend.ratings.rows.filter((row) => row.origin !== 'user');
  changed(backend);
  const strip = await figures();
  expect(await within(strip).findByRole('button', { name: 'CSAT по ответам клиентов: —' })).toBeDisabled();
  expect(within(strip).getByText('Клиенты за этот период не отвечали')).toBeVisible();
  expect(within(strip).getByRole('button', { name: 'С автоматическими: 100\u00a0%' })).toBeEnabled();
});

test('every number leads to exactly the rows it counted', async () => {
  const backend = openPage('#/ratings');
  const strip = await figures();
  const counts = backend.ratings.figures(MONTH, NOW + 86_400_000).counts;
  for (const [name, count] of [
    [/^Плохо, Клиент ответил/, counts.by_user[2]],
    [/^Отлично, Автоматически/, counts.by_auto[0]],
    [/^CSAT по ответам клиентов/, counts.by_user.reduce((sum, one) => sum + one)],
    [/^С автоматическими/, [...counts.by_user, ...counts.by_auto].reduce((sum, one) => sum + one)],
    [/^Ждут ответа/, counts.pending],
    [/^Не спрошены/, counts.not_asked],
    [/^Отменены/, counts.cancelled],
  ] as const) {
    const button = await within(strip).findByRole('button', { name });
    await waitFor(() => expect(button).toBeEnabled());
    await fireEvent.click(button);
    expect(button).toHaveAttribute('aria-pressed', 'true');
    await showsRows(count);
  }
});

test('a period is asked for by whole days of the reader’s zone', async () => {
  const backend = openPage('#/ratings');
  await figures();
  await fireEvent.click(screen.getByRole('radio', { name: '7 дней' }));
  expect(location.hash).toBe('#/ratings?period=week');
  await waitFor(() =>
    expect(asked(backend, 'ratings.figures').at(-1)).toEqual({
      from: Date.parse('2026-10-30T00:00:00Z'),
      until: Date.parse('2026-11-06T00:00:00Z'),
    }),
  );
  await fireEvent.click(screen.getByRole('radio', { name: 'Свой' }));
  expect(location.hash).toBe('#/ratings?period=own&from=2026-10-30&until=2026-11-05');
  const from = screen.getByRole('group', { name: 'Закрыты с' });
  await fireEvent.click(within(from).getByRole('button', { name: 'Следующий день' }));
  await waitFor(() =>
    expect(asked(backend, 'ratings.figures').at(-1)).toMatchObject({ from: Date.parse('2026-10-31T00:00:00Z') }),
  );
});

test('those who wait stand by their deadline, and those who could not be asked are not among them', async () => {
  openPage('#/ratings');
  await rowOf(4181);
  const numbers = within(await grid())
    .getAllByRole('row')
    .slice(1)
    .map((row) => row.querySelectorAll('td')[1]?.textContent?.trim());
  expect(numbers).toEqual(['4181', '4182', '4183', '4184', '4186', '3961', '4190', '4191', '4192']);
  await fireEvent.click(screen.getByRole('tab', { name: 'Не спрошены' }));
  expect(location.hash).toBe('#/ratings?tab=unasked');
  expect(within(await rowOf(4185)).getByText('у автора нет адреса почты')).toBeVisible();
  await showsRows(3);
});

test('an automatic rating looks and reads unlike an answer of a client', async () => {
  const backend = openPage('#/ratings?tab=ended');
  const automatic = backend.ratings.of((row) => row.state === 'rated' && row.origin === 'auto');
  const own = backend.ratings.of((row) => row.state === 'rated' && row.origin === 'user' && row.rate === 'good');
  const badge = (row: HTMLElement) => within(row).getByText('Отлично').closest('.badge');
  const first = await rowOf(automatic.issue);
  expect(within(first).getByText('Автоматически')).toBeVisible();
  expect(badge(first)).toHaveClass('off');
  expect(within(first).queryByText('Клиент')).toBeNull();
  const second = await rowOf(own.issue);
  expect(within(second).getByText('Клиент')).toBeVisible();
  expect(badge(second)).toHaveClass('ready');
});

test('filters are in the address, and the engine is asked by them', async () => {
  const backend = openPage('#/ratings?tab=ended&rate=bad&origin=user');
  await waitFor(() =>
    expect(filters(backend).at(-1)).toMatchObject({
      which: 'ended',
      issue: null,
      rate: 'bad',
      origin: 'user',
      outcome: null,
    }),
  );
  await fireEvent.input(await screen.findByRole('textbox', { name: 'Номер заявки' }), { target: { value: '№ 4171' } });
  await waitFor(() => expect(filters(backend).at(-1)).toMatchObject({ issue: 4171 }));
  await showsRows(1);
  await fireEvent.click(screen.getByRole('tab', { name: 'Ждут' }));
  expect(location.hash).toBe('#/ratings');
});

test('nothing matches: the filters can be dropped', async () => {
  openPage('#/ratings?issue=77');
  await fireEvent.click(await screen.findByRole('button', { name: 'Сбросить фильтры' }));
  expect(location.hash).toBe('#/ratings');
  expect(await rowOf(4181)).toBeVisible();
});

test('the countdown ticks with the common clock and the rest of the row is not drawn again', async () => {
  openPage('#/ratings');
  const row = await rowOf(4182);
  const title = within(row).getByText('4182');
  expect(within(row).getByText('4:00:00')).toBeVisible();
  const seen: MutationRecord[] = [];
  const watcher = new MutationObserver((records) => seen.push(...records));
  watcher.observe(await grid(), { childList: true, subtree: true, characterData: true, attributes: true });
  clock.set(new Date(NOW + 61_000));
  expect(await within(row).findByText('3:58:59')).toBeVisible();
  seen.push(...watcher.takeRecords());
  watcher.disconnect();
  expect(title).toBeInTheDocument();
  const cells = new Set(seen.map(({ target }) => target.parentElement?.closest('td') ?? target));
  // One cell of each of those who were asked and whose clock runs.
  expect(cells.size).toBe(4);
});

test('a clock that stands says so, why and who stopped it, and does not tick', async () => {
  openPage('#/ratings');
  const row = await rowOf(4183);
  expect(within(row).getByText('спрошен, на паузе')).toBeVisible();
  const left = within(row).getByText('8:00:00, стоит');
  expect(left).toHaveAttribute('title', 'На паузе: i.smirnov. Автор в отпуске до понедельника');
  clock.set(new Date(NOW + 600_000));
  await within(await rowOf(4182)).findByText('3:50:00');
  expect(left).toHaveTextContent('8:00:00, стоит');
});

test('a changed request is read by its id, moves to its list, and the figures follow', async () => {
  const backend = openPage('#/ratings');
  await rowOf(4182);
  const before = asked(backend, 'ratings.figures').length;
  const { id } = backend.ratings.of((row) => row.issue === 4182);
  backend.ratings.change(id, { state: 'rated', rate: 'good', origin: 'user', ended_at: NOW });
  const added = backend.ratings.begin();
  changed(backend, id, added.id);
  await waitFor(() => expect(screen.queryByText('4182')).toBeNull());
  expect(await rowOf(added.issue)).toBeVisible();
  expect(asked(backend, 'ratings.rows')).toEqual([{ ids: [id, added.id] }]);
  expect(asked(backend, 'ratings.page')).toHaveLength(1);
  await waitFor(() => expect(asked(backend, 'ratings.figures').length).toBeGreaterThan(before));
});

test('a long list is read further as it is scrolled, and a closed period ends the reading', async () => {
  const backend = openPage('#/ratings?tab=ended&period=today&within=1', 'ratings=1800');
  await waitFor(() => expect(filters(backend)).toHaveLength(1));
  await showsRows(backend.ratings.page(filters(backend)[0]!, null, 500).rows.filter(isOfToday).length);
  expect(asked(backend, 'ratings.page')).toHaveLength(1);
  cleanup();
  const all = openPage('#/ratings?tab=ended&sort=issue', 'ratings=1800');
  await showsRows(1800);
  expect(asked(all, 'ratings.page')).toHaveLength(4);
});
const isOfToday = ({ closed_at }: { closed_at: number }) => closed_at >= Date.parse('2026-11-05T00:00:00Z');

test('the panel tells the reason in words, and each decision its own', async () => {
  openPage('#/ratings?tab=unasked&open=rating:187');
  const panel = await details();
  expect(await within(panel).findByText(/другая система отказалась ответить/, { selector: 'p' })).toBeVisible();
  expect(within(panel).getByText('Ответ другой стороны: insufficient_scope: user')).toBeVisible();
  const decisions = within(panel).getByRole('region', { name: 'Решения' });
  await fireEvent.click(within(decisions).getAllByRole('button', { name: 'Почему?' })[0] as HTMLElement);
  const why = await screen.findByRole('dialog', { name: 'Почему так' });
  expect(within(why).getByText(/Это не молчание/)).toBeVisible();
});

test('other requests about the same issue are a press away', async () => {
  const backend = openPage('#/ratings?open=rating:188');
  const part = await within(await details()).findByRole('region', { name: 'Другие запросы по этой заявке' });
  expect(within(part).getByText('отменён')).toBeVisible();
  await fireEvent.click(within(part).getByRole('link'));
  expect(backend.ratings.find(150)).toMatchObject({ issue: 3961, ending: 'reopened' });
  expect(await within(await details()).findByText('Почему отменён:')).toBeVisible();
});

test('a supervisor stops the clock with a reason, and starts it again', async () => {
  const backend = openPage('#/ratings', 'role=supervisor');
  const { id } = await open(backend, 4182);
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Остановить часы' }));
  const dialog = await screen.findByRole('dialog', { name: 'Остановить часы по заявке № 4182?' });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Остановить часы по № 4182' }));
  expect(await within(dialog).findByText('Напишите причину')).toBeVisible();
  expect(asked(backend, 'ratings.hold')).toEqual([]);
  await fireEvent.input(within(dialog).getByRole('textbox', { name: 'Причина' }), { target: { value: ' В отпуске ' } });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Остановить часы по № 4182' }));
  const start = await within(await details()).findByRole('button', { name: 'Пустить часы' });
  expect(asked(backend, 'ratings.hold')).toEqual([{ id, reason: 'В отпуске' }]);
  expect(within(await details()).getByText('Причина: В отпуске')).toBeVisible();
  await fireEvent.click(start);
  await fireEvent.click(await screen.findByRole('button', { name: 'Пустить часы по № 4182' }));
  expect(await within(await details()).findByRole('button', { name: 'Остановить часы' })).toBeVisible();
  expect(asked(backend, 'ratings.release')).toEqual([{ id }]);
});

test('rating by hand says whose it will be, names the choice on the button and is then nobody else’s', async () => {
  const backend = openPage('#/ratings', 'role=supervisor');
  const { id } = await open(backend, 4182);
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Оценить вручную' }));
  const dialog = await screen.findByRole('dialog', { name: 'Оценить заявку № 4182 за клиента?' });
  expect(dialog).toHaveTextContent('останется с пометкой, что её поставил супервизор');
  expect(within(dialog).getByRole('button', { name: 'Выберите оценку' })).toBeDisabled();
  await fireEvent.click(within(dialog).getByRole('radio', { name: 'Плохо' }));
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Поставить «Плохо» заявке № 4182' }));
  await waitFor(() => expect(asked(backend, 'ratings.rate')).toEqual([{ id, rate: 'bad' }]));
  const panel = await details();
  expect(await within(panel).findByText('супервизора a.komarova, не клиента')).toBeVisible();
  expect(within(panel).getByText(/Оценка уже уходит/)).toBeVisible();
  expect(within(panel).queryByRole('button', { name: 'Отменить запрос' })).toBeNull();
});

test('cancelling asks for a reason and keeps it; asking again begins from the start where nobody was asked', async () => {
  const backend = openPage('#/ratings?tab=unasked', 'role=supervisor');
  const first = await open(backend, 4185);
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Спросить ещё раз' }));
  const again = await screen.findByRole('dialog', { name: /ещё раз\?$/ });
  expect(again).toHaveTextContent('Автора поищут заново');
  await fireEvent.click(within(again).getByRole('button', { name: 'Спросить о № 4185 ещё раз' }));
  await waitFor(() => expect(asked(backend, 'ratings.ask_again')).toEqual([{ id: first.id }]));
  const second = await open(backend, 4187);
  await fireEvent.click(
    await within(await details()).findByRole('button', { name: 'Отменить запрос' }, { timeout: 3000 }),
  );
  const cancel = await screen.findByRole('dialog', { name: 'Отменить запрос оценки заявки № 4187?' });
  await fireEvent.input(within(cancel).getByRole('textbox', { name: 'Причина' }), { target: { value: 'Проба' } });
  await fireEvent.click(within(cancel).getByRole('button', { name: 'Отменить запрос по № 4187' }));
  expect(await within(await details()).findByText('Причина: Проба')).toBeVisible();
  expect(asked(backend, 'ratings.cancel')).toEqual([{ id: second.id, reason: 'Проба' }]);
});

test.each([
  [4181, ['Остановить часы', 'Спросить ещё раз', 'Оценить вручную', 'Отменить запрос']],
  [4183, ['Пустить часы', 'Спросить ещё раз', 'Оценить вручную', 'Отменить запрос']],
  [4184, ['Оценить вручную', 'Отменить запрос']],
  [4190, []],
  [4191, ['Остановить часы', 'Оценить вручную', 'Отменить запрос']],
])('of issue %s only what its state allows is offered', async (issue, names) => {
  const backend = openPage('#/ratings', 'role=supervisor');
  await open(backend, issue);
  const panel = await details();
  await within(panel).findByRole('heading', { name: `Заявка № ${issue}` });
  const all = ['Остановить часы', 'Пустить часы', 'Спросить ещё раз', 'Оценить вручную', 'Отменить запрос'];
  expect(all.filter((name) => within(panel).queryByRole('button', { name }) !== null)).toEqual(names);
});

test('a viewer sees everything and is told who may act', async () => {
  openPage('#/ratings?open=rating:184', 'role=viewer');
  const panel = await details();
  expect(await within(panel).findByRole('alert')).toHaveTextContent('Служба заявок не приняла оценку');
  expect(within(panel).getByText('Останавливать часы, спрашивать и оценивать может старший смены.')).toBeVisible();
  expect(within(panel).queryByRole('button', { name: 'Оценить вручную' })).toBeNull();
});

test('a conflict is told plainly, nothing is sent twice, and the panel shows how it is now', async () => {
  const backend = openPage('#/ratings', 'role=supervisor');
  const { id } = await open(backend, 4182);
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Спросить ещё раз' }));
  const dialog = await screen.findByRole('dialog', { name: /ещё раз\?$/ });
  // Meanwhile the client answered, and the page has not heard of it.
  backend.ratings.change(id, { state: 'rating', rate: 'good', origin: 'user' });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Спросить о № 4182 ещё раз' }));
  expect(await within(dialog).findByRole('alert')).toHaveTextContent(
    /запрос за это время изменился.*Ничего не сделано/,
  );
  expect(asked(backend, 'ratings.ask_again')).toHaveLength(1);
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Отмена' }));
  expect(await within(await details()).findByText('клиента: он ответил сам')).toBeVisible();
});

test('another failure is told in its own words and can be tried again', async () => {
  const backend = openPage('#/ratings', 'role=supervisor');
  await open(backend, 4183);
  const answer = backend.answers['ratings.release'];
  backend.answers['ratings.release'] = () => {
    throw new ApiError('busy', 'queue full');
  };
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Пустить часы' }));
  await fireEvent.click(await screen.findByRole('button', { name: 'Пустить часы по № 4183' }));
  expect(await within(await screen.findByRole('dialog')).findByRole('alert')).toHaveTextContent('Сервер занят');
  backend.answers['ratings.release'] = answer;
  await fireEvent.click(screen.getByRole('button', { name: 'Пустить часы по № 4183' }));
  expect(await within(await details()).findByRole('button', { name: 'Остановить часы' })).toBeVisible();
});

test('a request that is gone says so', async () => {
  openPage('#/ratings?open=rating:9999');
  expect(await within(await details()).findByRole('alert')).toHaveTextContent('Этого запроса больше нет');
});

async function search(words: string) {
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  await fireEvent.input(await screen.findByRole('combobox', { name: 'Поиск и команды' }), { target: { value: words } });
}

test('an issue’s number in the palette opens its newest request, whichever list that is in', async () => {
  const backend = openPage('#/ratings');
  await rowOf(4181);
  const first = backend.ratings.of((row) => row.state === 'rated');
  const second = backend.ratings.begin();
  backend.ratings.change(second.id, { issue: first.issue });
  await search(String(first.issue));
  const option = await screen.findByRole('option', { name: new RegExp(`Оценка заявки № ${first.issue}`) });
  expect(option).toHaveTextContent('ищем автора');
  await fireEvent.click(option);
  expect(location.hash).toBe(`#/ratings?open=rating:${second.id}`);
  const others = await within(await details()).findByRole('region', { name: 'Другие запросы по этой заявке' });
  expect(within(others).getByRole('link')).toHaveAttribute('href', `#/ratings?open=rating:${first.id}`);
});

test('the command shows who is waited for', async () => {
  openPage('#/ratings?tab=ended');
  await rowOf(4180);
  await search('ждут');
  await fireEvent.click(await screen.findByRole('option', { name: /Оценки: кто ждёт ответа/ }));
  expect(location.hash).toBe('#/ratings');
});

test('notices of ratings are sentences, and open their request', async () => {
  const backend = openPage('#/ratings');
  const row = backend.ratings.of((each) => each.rate === 'bad' && each.origin === 'user' && each.state === 'rated');
  const values = { issue: row.issue, title: row.title, name: row.author_name };
  const told = freshNotice({ class: 'rating', subject: `rating:${row.id}`, code: 'ratings.bad', values });
  backend.answers['notices.list'] = () => noticeList(told);
  backend.publish({ kind: 'changed', rev: 2, area: 'notices', ids: [] });
  await fireEvent.click(await screen.findByRole('button', { name: 'Уведомления: 1 непрочитанное' }));
  const sentence = `Плохая оценка заявки № ${row.issue}: «${row.title}», ${row.author_name}`;
  await fireEvent.click(await screen.findByText(sentence));
  expect(location.hash).toBe(`#/ratings?open=rating:${row.id}`);
});

test.each([
  ['those who wait', '#/ratings?open=rating:183'],
  ['those not asked', '#/ratings?tab=unasked&open=rating:185'],
  ['ended ones', '#/ratings?tab=ended&period=own&open=rating:180'],
])('no accessibility faults among %s', async (_name, hash) => {
  openPage(hash);
  await within(await details()).findAllByRole('region');
  await within(await figures()).findByRole('table');
  expect(await faults()).toEqual([]);
});
