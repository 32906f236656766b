import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { ApiError, useBackend } from '../src/backend';
import { FakeBackend } from '../src/backend/fake';
import { MOST_RENDERED } from '../src/components/table/window';
import { i18n } from '../src/i18n/index.svelte';
import Harness from './Harness.svelte';

const people = [
  { id: 1, name: 'Мария', calls: 12 },
  { id: 2, name: 'Анна', calls: 7 },
  { id: 3, name: 'Павел', calls: 30 },
];
const names = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => row.querySelector('td')?.textContent?.trim());

let backend: FakeBackend;
beforeEach(() => {
  backend = new FakeBackend();
  useBackend(backend);
  i18n.choose('ru');
});

test('it is a table that says how many rows it has, the header included', () => {
  render(Harness, { rows: people });
  const table = screen.getByRole('grid', { name: 'Люди' });
  expect(table.tagName).toBe('TABLE');
  expect(table).toHaveAttribute('aria-rowcount', '4');
  expect(screen.getAllByRole('row').map((row) => row.getAttribute('aria-rowindex'))).toEqual(['1', '2', '3', '4']);
});

test('a long list keeps few rows in the page', () => {
  const rows = Array.from({ length: 50_000 }, (_, id) => ({ id, name: `П ${id}`, calls: id }));
  render(Harness, { rows });
  expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '50001');
  expect(screen.getAllByRole('row').length).toBeLessThanOrEqual(MOST_RENDERED + 1);
});

test('titles sort and say how', async () => {
  render(Harness, { rows: people });
  const title = screen.getByRole('button', { name: 'Имя' });
  await fireEvent.click(title);
  expect(names()).toEqual(['Анна', 'Мария', 'Павел']);
  expect(screen.getByRole('columnheader', { name: /Имя/ })).toHaveAttribute('aria-sort', 'ascending');
  await fireEvent.click(title);
  expect(names()).toEqual(['Павел', 'Мария', 'Анна']);
});

test('arrows, letters and Enter walk and open', async () => {
  const onopen = vi.fn();
  render(Harness, { rows: people, onopen });
  const rows = screen.getAllByRole('row');
  rows[1]?.focus();
  await fireEvent.keyDown(rows[1] as HTMLElement, { key: 'ArrowDown' });
  await vi.waitFor(() => expect(document.activeElement).toBe(rows[2]));
  await fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'о', code: 'KeyJ' });
  await vi.waitFor(() => expect(document.activeElement).toBe(rows[3]));
  await fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'Enter' });
  expect(onopen).toHaveBeenCalledExactlyOnceWith(people[2]);
});

test('the second half of a double press does nothing where the table has moved under it', async () => {
  const onopen = vi.fn();
  render(Harness, { rows: people, onopen });
  const cell = (name: string) => screen.getByRole('cell', { name });
  await fireEvent.click(cell('Анна'), { detail: 1 });
  await fireEvent.click(cell('Мария'), { detail: 2 });
  await fireEvent.click(screen.getByRole('button', { name: 'Имя' }), { detail: 2 });
  expect(onopen).toHaveBeenCalledExactlyOnceWith(people[1]);
  expect(names()).toEqual(['Мария', 'Анна', 'Павел']);
  await fireEvent.click(cell('Анна'), { detail: 2 });
  expect(onopen).toHaveBeenCalledTimes(2);
});

test('marked rows go to the act; a row that leaves takes its mark along', async () => {
  const onact = vi.fn();
  const { rerender } = render(Harness, { rows: people, onact });
  for (const box of screen.getAllByRole('checkbox', { name: 'Отметить строку' }).slice(0, 2))
    await fireEvent.click(box);
  expect(screen.getByRole('button', { name: 'Вывести 2' })).toBeVisible();
  await rerender({ rows: people.slice(1), onact });
  await fireEvent.click(screen.getByRole('button', { name: 'Вывести 1' }));
  expect(onact).toHaveBeenCalledExactlyOnceWith([people[1]]);
  expect(screen.queryByRole('button', { name: /Вывести/ })).toBeNull();
});

test('an edge is moved by the keyboard and the width is remembered', async () => {
  const { unmount } = render(Harness, { rows: people });
  await fireEvent.keyDown(screen.getByRole('separator', { name: /Имя/ }), { key: 'ArrowRight' });
  expect(screen.getByRole('separator', { name: /Имя/ })).toHaveAttribute('aria-valuenow', '136');
  unmount();
  render(Harness, { rows: people });
  expect(screen.getByRole('separator', { name: /Имя/ })).toHaveAttribute('aria-valuenow', '136');
});

test('an empty table says so; a failure offers another try and folds its detail', async () => {
  const onretry = vi.fn();
  const { rerender } = render(Harness, { rows: [] });
  expect(screen.getByText('Никого нет.')).toBeVisible();
  await rerender({ rows: null, error: new ApiError('busy', 'writer queue full'), onretry });
  expect(screen.getByRole('alert')).toHaveTextContent('Сервер занят');
  expect(screen.getByText('busy: writer queue full')).not.toBeVisible();
  await fireEvent.click(screen.getByRole('button', { name: 'Повторить' }));
  expect(onretry).toHaveBeenCalledOnce();
});

test.each([
  ['CSV', 'csv'],
  ['Excel (XLSX)', 'xlsx'],
])('%s gives all rows of a table that is whole on the page', async (label, format) => {
  backend.answers['table.export'] = ({ name }) => ({
    name: `${name}.${format}`,
    mime: 'text/plain',
    content_base64: '',
  });
  render(Harness, { rows: people });
  await fireEvent.click(screen.getByRole('button', { name: 'Выгрузить' }));
  await fireEvent.click(await screen.findByText(label));
  await vi.waitFor(() => expect(backend.saved.map(({ name }) => name)).toEqual([`people.${format}`]));
  const rows = [
    ['Мария', 12],
    ['Анна', 7],
    ['Павел', 30],
  ];
  const request = { name: 'people', columns: ['Имя', 'Звонки'], rows, format };
  expect(backend.asked).toContainEqual({ name: 'table.export', request });
});
