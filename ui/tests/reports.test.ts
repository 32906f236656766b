// The reports screen on an engine of functions: what a person may see, figures and the tickets behind them, tickets that stand still,
// what each tab asks for and what its file holds, search.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../src/backend';
import { clock } from '../src/state/clock.svelte';
import { faults, openPage } from './page';
import type { Preview } from './preview/engine';

const NOW = Date.parse('2026-11-05T11:20:00Z');

const asked = (backend: Preview, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request as Record<string, unknown>);
const last = (backend: Preview, name: string) => asked(backend, name).at(-1);
const grid = (name: string) => screen.findByRole('grid', { name });
const details = () => screen.findByRole('complementary', { name: 'Подробности' });
const rowsOf = async (name: string) => {
  const table = await grid(name);
  await waitFor(() => expect(within(table).getAllByRole('row').length).toBeGreaterThan(1));
  return within(table).getAllByRole('row').slice(1);
};

async function exportAs(button: HTMLElement, form: RegExp) {
  await fireEvent.keyDown(button, { key: 'Enter' });
  await fireEvent.click(await screen.findByRole('menuitem', { name: form }));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('a figure leads to the tickets it counted, page by page, and each of them to its own panel', async () => {
  const backend = openPage('#/reports?grouping=executor_month');
  const [first] = await rowsOf('Группы заявок');
  if (!first) throw new Error('no group');
  const report = { project: 1, year: 2026, grouping: 'executor_month', months: [] };
  expect(last(backend, 'reports.tickets')).toMatchObject({ report });
  const button = within(first).getByRole('button', { name: /^Белова Анна: .* Показать$/ });
  const count = Number(button.textContent);
  await fireEvent.click(button);
  expect(location.hash).toContain('open=report:6/any');
  const panel = await details();
  await waitFor(() => expect(panel).toHaveTextContent(new RegExp(`${count} заяв`)));
  expect(last(backend, 'reports.ticket_details')).toMatchObject({ executor: 6, month: null, skip: 0, limit: 50 });
  expect(within(panel).getAllByRole('listitem').length).toBe(50);
  await fireEvent.click(within(panel).getByRole('button', { name: 'Следующие' }));
  await waitFor(() => expect(last(backend, 'reports.ticket_details')).toMatchObject({ skip: 50 }));
  await waitFor(() => expect(within(panel).getByText(`51–100 из ${count}`)).toBeVisible());
  const link = within(panel).getAllByRole('link')[0];
  expect(link?.getAttribute('href')).toMatch(/open=ticket:\d+$/);
  expect(await faults()).toEqual([]);
});

test('groups are folded and put in order by the address, and all of it is one view to be sent', async () => {
  const backend = openPage('#/reports?grouping=month_executor&span=all&order=count&fold=1&status=open&executor=0');
  const rows = await rowsOf('Группы заявок');
  const counts = rows.map((row) => Number(within(row).getByRole('button').textContent));
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  expect(last(backend, 'reports.tickets')).toMatchObject({
    report: { year: null, status: { status: 'open' }, executor: 0, grouping: 'month_executor' },
  });
  await fireEvent.click(screen.getByRole('button', { name: 'Развернуть группы' }));
  await waitFor(async () => expect((await rowsOf('Группы заявок')).length).toBeGreaterThan(rows.length));
  expect(location.hash).not.toContain('fold');
});

test('without the right nothing of a project is asked for, with it the report is there', async () => {
  const backend = openPage('#/reports', '?role=viewer');
  expect(await screen.findByText(/дано право на отчёты/)).toBeVisible();
  expect(await screen.findByRole('link', { name: /^Закрыта \(завершены\): .* Показать$/ })).toHaveAttribute(
    'href',
    '#/tickets?over=any&status=5',
  );
  expect([...asked(backend, 'tickets.desk'), ...asked(backend, 'reports.tickets')]).toEqual([]);
  await fireEvent.click(screen.getByRole('tab', { name: 'Зависшие' }));
  expect(await screen.findByText(/дано право на отчёты/)).toBeVisible();
  expect(asked(backend, 'reports.stale')).toEqual([]);
  cleanup();
  openPage('#/reports?tab=tickets', '?role=viewer&grants=redmine_report');
  expect((await rowsOf('Группы заявок')).length).toBeGreaterThan(1);
});

test('tickets stand still for seven days until another number is typed, and a refusal is told as one', async () => {
  const backend = openPage('#/reports?tab=stale');
  await rowsOf('Зависшие заявки');
  expect(last(backend, 'reports.stale')).toMatchObject({ stale: { project: 1, days: 7 }, skip: 0 });
  const days = screen.getByRole('spinbutton', { name: 'Не двигаются, дней' });
  await fireEvent.input(days, { target: { value: '' } });
  await fireEvent.input(days, { target: { value: '30' } });
  await waitFor(() => expect(last(backend, 'reports.stale')).toMatchObject({ stale: { days: 30 } }));
  expect(location.hash).toContain('days=30');
  await exportAs(screen.getByRole('button', { name: 'Выгрузить' }), /XLSX/);
  await waitFor(() => expect(backend.saved.map(({ name }) => name)).toEqual(['stale-tickets.xlsx']));
  expect(last(backend, 'reports.stale_export')).toMatchObject({ stale: { days: 30 }, format: 'xlsx' });
  backend.answers['reports.stale'] = () => {
    throw new ApiError('forbidden', 'the right of reports is missing');
  };
  await fireEvent.click(screen.getByRole('button', { name: 'Обновить' }));
  expect(await screen.findByRole('alert')).toBeVisible();
});

test('what happened lately stands with its words, and whose tickets it is about is in the address', async () => {
  const backend = openPage('#/reports?tab=activity');
  const list = await screen.findByRole('list', { name: 'Недавно обновлённые заявки' });
  expect(last(backend, 'tickets.activity')).toEqual({ whose: 'mine' });
  const [first] = within(list).getAllByRole('button', { name: /^#\d+ / });
  if (!first) throw new Error('no ticket');
  await fireEvent.click(first);
  expect(location.hash).toMatch(/open=ticket:\d+/);
  await fireEvent.click(screen.getByRole('radio', { name: 'Все' }));
  await waitFor(() => expect(last(backend, 'tickets.activity')).toEqual({ whose: 'all' }));
  expect(location.hash).toContain('whose=all');
  await waitFor(() => expect(within(list).getAllByText('Игорь Смирнов').length).toBeGreaterThan(0));
  expect(await faults()).toEqual([]);
  backend.answers['tickets.activity'] = () => ({ rows: [], days: 10 });
  await fireEvent.click(screen.getByRole('button', { name: 'Обновить' }));
  expect(await screen.findByText('Открытых заявок, обновлённых за 10 дней, здесь нет.')).toBeVisible();
  cleanup();
  openPage('#/reports?tab=activity&whose=all', '?role=viewer');
  expect(await screen.findByRole('radio', { name: 'Мои' })).toBeChecked();
  expect(screen.queryByRole('radio', { name: 'Все' })).toBeNull();
});

test('kinds of requests are for those with the right of quality, and what they are sorted by is in the address', async () => {
  const backend = openPage('#/reports?tab=quality&period=today', '?role=viewer&grants=quality');
  const [first] = await rowsOf('Обращения по видам');
  expect(first).toHaveTextContent('Авиакомпания «Север»');
  const days = { from: '2026-11-05', to: '2026-11-05' };
  expect(last(backend, 'reports.quality')).toEqual({ project: 1, days, kind: null, by: null });
  const totals = screen.getByLabelText('Итоги за период');
  expect(totals).toHaveTextContent(/Всего\s*31/);
  expect(totals).toHaveTextContent(/Не указано\s*3/);
  expect(await faults()).toEqual([]);
  await exportAs(screen.getByRole('button', { name: 'Выгрузить' }), /CSV/);
  await waitFor(() => expect(backend.saved.map(({ name }) => name)).toEqual(['quality.csv']));
  cleanup();
  const again = openPage('#/reports?tab=quality&rows=field:%D0%9A%D0%BE%D0%B4&kind=x');
  await rowsOf('Обращения по видам');
  expect(last(again, 'reports.quality')).toMatchObject({ kind: 'x', by: { by: 'field', name: 'Код' } });
  cleanup();
  const other = openPage('#/reports?tab=quality', '?role=viewer&grants=redmine_report');
  expect(await screen.findByText(/дано право «Качество»/)).toBeVisible();
  expect(asked(other, 'reports.quality')).toEqual([]);
});

test('tabs share their period, and none asks for more days than the engine counts', async () => {
  const backend = openPage('#/reports?tab=calls&period=own&from=2026-01-01&until=2026-11-01');
  await rowsOf('Операторы');
  expect(last(backend, 'reports.calls')).toMatchObject({ days: { from: '2026-01-01', to: '2026-11-01' } });
  await fireEvent.click(screen.getByRole('tab', { name: 'Доступность' }));
  await rowsOf('Доступность целей');
  expect(last(backend, 'reports.availability')).toEqual({ days: { from: '2026-08-02', to: '2026-11-01' } });
  await fireEvent.click(screen.getByRole('radio', { name: '7 дней' }));
  await waitFor(() =>
    expect(last(backend, 'reports.availability')).toEqual({ days: { from: '2026-10-30', to: '2026-11-05' } }),
  );
  expect(await faults()).toEqual([]);
  await exportAs(screen.getByRole('button', { name: 'Выгрузить' }), /CSV/);
  await waitFor(() => expect(backend.saved.map(({ name }) => name)).toEqual(['availability.csv']));
});

test('a target nobody watched has no per cent, and one that was is not called perfect', async () => {
  openPage('#/reports?tab=availability');
  const rows = await rowsOf('Доступность целей');
  const text = rows.map((row) => row.textContent ?? '');
  expect(text.some((row) => row.includes('не наблюдали'))).toBe(true);
  expect(text.find((row) => row.includes('SIP-шлюз'))).toMatch(/99,99\d/);
});

test('time in states is of operators or of teams, and signed-out time is in no share', async () => {
  openPage('#/reports?tab=states&by=team');
  const [first] = await rowsOf('Время в статусах');
  const bar = within(first as HTMLElement).getByRole('img');
  expect(bar.getAttribute('aria-label')).toMatch(/Разговор/);
  expect(bar.getAttribute('aria-label')).not.toMatch(/Выход/);
  await fireEvent.click(screen.getByRole('radio', { name: 'Операторы' }));
  const rows = await rowsOf('Время в статусах');
  await fireEvent.click(rows[0] as HTMLElement);
  expect(location.hash).toMatch(/open=operator:\d+/);
});

test('answers and automatic ratings never share a figure, and each number leads to its requests', async () => {
  const backend = openPage('#/reports?tab=csat');
  const human = await screen.findByRole('region', { name: 'Ответы клиентов' });
  const automatic = screen.getByRole('region', { name: 'Автоматические оценки' });
  const from = Date.parse('2026-10-07T00:00:00Z');
  const { counts, satisfaction } = backend.ratings.figures(from, from + 30 * 86_400_000);
  expect(human).toHaveTextContent(`${String(Math.round((satisfaction ?? 0) * 1000) / 10).replace('.', ',')} %`);
  expect(automatic).not.toHaveTextContent('%');
  const link = within(automatic).getByRole('link', { name: /Отлично/ });
  expect(link).toHaveTextContent(String(counts.by_auto[0]));
  expect(link.getAttribute('href')).toBe(
    '#/ratings?period=own&from=2026-10-07&until=2026-11-05&within=1&tab=ended&outcome=rated&origin=auto&rate=good',
  );
  expect(await faults()).toEqual([]);
  await exportAs(screen.getByRole('button', { name: 'Скачать отчёт' }), /CSV/);
  await waitFor(() => expect(last(backend, 'reports.export')).toMatchObject({ what: { report: 'ratings' } }));
});

test('fairness leads on to the comparison of strategies with the same days', async () => {
  openPage('#/reports?tab=fairness&period=week');
  const link = await screen.findByRole('link', { name: 'Сравнить стратегии' });
  expect(link).toHaveAttribute('href', '#/carousel?tab=fairness&period=own&from=2026-10-30&until=2026-11-05');
  expect(await screen.findByRole('table', { name: 'Кому сколько досталось' })).toBeVisible();
});

test('every report is found by its name', async () => {
  openPage('#/calls');
  await screen.findByRole('grid', { name: 'Журнал звонков' });
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  const field = await screen.findByRole('combobox', { name: 'Поиск и команды' });
  await fireEvent.input(field, { target: { value: 'отчёт доступность' } });
  await fireEvent.click(await screen.findByRole('option', { name: /Отчёт: Доступность/ }));
  await waitFor(() => expect(location.hash).toBe('#/reports?tab=availability'));
});

test('a day of the chart leads to its journal, an operator to theirs of the last day', async () => {
  openPage('#/reports?tab=calls&period=own&from=2026-11-01&until=2026-11-04');
  const chart = await screen.findByRole('slider', { name: /Нажмите на день/ });
  await fireEvent.keyDown(chart, { key: 'Home' });
  await fireEvent.keyDown(chart, { key: 'Enter' });
  expect(location.hash).toBe('#/calls?date=2026-11-01');
  cleanup();
  openPage('#/reports?tab=calls&period=own&from=2026-11-01&until=2026-11-04');
  await fireEvent.click(await screen.findByText('Анна Белова'));
  expect(decodeURIComponent(location.hash.replace(/\+/g, ' '))).toBe('#/calls?date=2026-11-04&operator=Анна Белова');
});

test('the handover says how old its text is', async () => {
  openPage('#/reports?tab=handover');
  expect(await screen.findByText(/^обновлено/i)).toBeVisible();
});
