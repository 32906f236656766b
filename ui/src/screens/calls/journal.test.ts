import { beforeEach, expect, test, vi } from 'vitest';
import { ApiError, FakeBackend } from '../../backend/fake';
import { useBackend } from '../../backend';
import type { Commands } from '../../backend';
import type { Filter } from '../../bindings/Filter';
import { Journal, callsAnswers, makeRow } from '../../../tests/preview/calls';
import { readFilter, toRequest } from './filter';
import { PAGE } from '../../state/keyed.svelte';
import { merge } from '../../state/merge';
import { CallJournal, byAge } from './journal.svelte';

const NOW = Date.parse('2026-11-05T20:59:00Z');
const today = toRequest(readFilter({}), { from: '2026-11-05', to: '2026-11-05' });

let store: Journal;
let backend: FakeBackend;
let journal: CallJournal;

function open(count: number, filter: Filter = today) {
  store = new Journal(NOW, count, 0);
  backend = new FakeBackend(callsAnswers(store));
  useBackend(backend);
  journal = new CallJournal();
  journal.show(filter);
}

const ids = () => journal.rows?.map((row) => row.id);
const asked = (name: string) => backend.asked.filter((each) => each.name === name);
const read = (count: number) => vi.waitFor(() => expect(journal.rows).toHaveLength(count));
const changed = (...list: number[]) => journal.hear({ kind: 'changed', rev: 1, area: 'calls', ids: list });

beforeEach(() => vi.useRealTimers());

test('pages follow one another without a gap or a repeat', async () => {
  open(1200);
  await read(PAGE);
  journal.more();
  await read(2 * PAGE);
  journal.more();
  await read(1200);
  journal.more();
  expect(ids()).toEqual(store.rows.map((row) => row.id));
  expect(asked('calls.page')).toHaveLength(3);
});

test('an order of its own reads everything', async () => {
  open(1200);
  journal.readAll(true);
  await read(1200);
});

test('an empty page that leads on is followed', async () => {
  open(600);
  await read(PAGE);
  const answer = backend.answers['calls.page'];
  let empty = 2;
  backend.answers['calls.page'] = (request) =>
    empty-- > 0 ? { rows: [], next: request.after } : (answer?.(request) ?? { rows: [], next: null });
  journal.more();
  await read(600);
});

test('a new call comes in at the top, asked for by its id', async () => {
  open(10);
  await read(10);
  const added = store.begin(NOW);
  changed(added.id);
  await read(11);
  expect(ids()?.[0]).toBe(added.id);
  expect(asked('calls.rows')).toEqual([{ name: 'calls.rows', request: { ids: [added.id], filter: today } }]);
  expect(asked('calls.page')).toHaveLength(1);
});

test('a changed call changes in place; one the filter no longer lets through leaves', async () => {
  open(10, { ...today, only_open: true });
  await read(3);
  const [first, second] = store.rows;
  store.change(first?.id ?? 0, { theme: 'Оплата' });
  store.change(second?.id ?? 0, { state: 'ended' });
  changed(first?.id ?? 0, second?.id ?? 0);
  await read(2);
  expect(journal.rows?.[0]?.theme).toBe('Оплата');
});

test('changes during a request are asked for after it', async () => {
  open(10);
  await read(10);
  let release = () => {};
  backend.answers['calls.rows'] = async ({ ids: wanted }) => {
    await new Promise<void>((resolve) => (release = resolve));
    return { rows: store.rows.filter((row) => wanted.includes(row.id)) };
  };
  const [first] = store.rows;
  changed(first?.id ?? 0);
  await vi.waitFor(() => expect(asked('calls.rows')).toHaveLength(1));
  const added = store.begin(NOW);
  changed(added.id);
  release();
  await vi.waitFor(() => expect(asked('calls.rows')).toHaveLength(2));
  release();
  await read(11);
  expect(asked('calls.rows')[1]?.request).toMatchObject({ ids: [added.id] });
});

test('too many to name, or a gap: what is shown is read again, as far as it was read', async () => {
  open(1200);
  await read(PAGE);
  journal.more();
  await read(2 * PAGE);
  store.begin(NOW);
  changed();
  await vi.waitFor(() => expect(asked('calls.page')).toHaveLength(4));
  await vi.waitFor(() => expect(ids()?.[0]).toBe(store.rows[0]?.id));
  expect(journal.rows).toHaveLength(2 * PAGE);
  store.begin(NOW);
  journal.hear({ kind: 'resync' });
  await vi.waitFor(() => expect(ids()?.[0]).toBe(store.rows[0]?.id));
});

test('changes elsewhere ask nothing', async () => {
  open(3);
  await read(3);
  journal.hear({ kind: 'changed', rev: 1, area: 'people', ids: [store.rows[0]?.id ?? 0] });
  expect(backend.asked).toHaveLength(1);
});

test('an answer to an earlier filter is dropped; what was shown stays until the new rows come', async () => {
  open(20);
  await read(20);
  const answer = backend.answers['calls.page'];
  let release = () => {};
  backend.answers['calls.page'] = async (request: Commands['calls.page']['request']) => {
    if (request.filter.centre === 'vilnius') await new Promise<void>((resolve) => (release = resolve));
    return answer?.(request) ?? { rows: [], next: null };
  };
  journal.show({ ...today, centre: 'vilnius' });
  expect(journal.rows).toHaveLength(20);
  journal.show({ ...today, centre: 'moscow' });
  release();
  await read(16);
  expect(new Set(journal.rows?.map((row) => row.centre))).toEqual(new Set(['moscow']));
});

test('a failure keeps what was read and says so; refreshing mends it', async () => {
  open(5);
  await read(5);
  const answer = backend.answers['calls.page'];
  backend.answers['calls.page'] = () => {
    throw new ApiError('busy', 'queue full');
  };
  journal.refresh();
  await vi.waitFor(() => expect(journal.error).toBeInstanceOf(ApiError));
  expect(journal.rows).toHaveLength(5);
  backend.answers['calls.page'] = answer;
  journal.refresh();
  await vi.waitFor(() => expect(journal.error).toBeNull());
});

test('rows below the end of what was read wait for their page', () => {
  const rows = [makeRow(9, 900, 0, false), makeRow(7, 700, 0, false)];
  const late = makeRow(5, 500, 0, false);
  const between = makeRow(8, 800, 0, false);
  expect(merge(rows, [late, between], new Set([5, 8]), false, byAge).map((row) => row.id)).toEqual([9, 8, 7]);
  expect(merge(rows, [late, between], new Set([5, 8]), true, byAge).map((row) => row.id)).toEqual([9, 8, 7, 5]);
  expect(merge([], [late], new Set([5]), true, byAge)).toEqual([late]);
  expect(byAge(makeRow(2, 1, 0, false), makeRow(1, 1, 0, false))).toBeLessThan(0);
});
