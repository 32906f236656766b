import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Floor, floorAnswers } from '../../../tests/preview/floor';
import { ApiError, FakeBackend } from '../../backend/fake';
import { useBackend } from '../../backend';
import { clock } from '../../state/clock.svelte';
import { session } from '../../state/session.svelte';
import { Board } from './board.svelte';

const NOW = Date.parse('2026-11-05T11:00:00Z');
let floor: Floor;
let backend: FakeBackend;
let board: Board;
let close: () => void;

const asked = (name: string) => backend.asked.filter((each) => each.name === name);
const changed = (...ids: number[]) => backend.publish({ kind: 'changed', rev: 1, area: 'floor', ids });

async function open(count: number, state = 'live') {
  floor = new Floor(NOW, count, state);
  backend = new FakeBackend(floorAnswers(floor));
  useBackend(backend);
  board = new Board();
  close = board.open();
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  clock.set(new Date());
  session.connection = 'connected';
});
afterEach(() => {
  close();
  vi.useRealTimers();
});

test('500 operators and 200 changes a second: ten updates a second at most, only the changed rows are new', async () => {
  await open(500);
  expect(board.operators.size).toBe(500);
  const before = new Map(board.operators);
  let updates = 0;
  const stop = $effect.root(() => {
    $effect(() => {
      void board.operators;
      updates += 1;
    });
  });
  flushSync();
  updates = 0;
  // A thousand changes in five seconds, all of forty operators: each is changed again and again.
  for (let index = 0; index < 1000; index += 1) {
    const id = (index % 40) + 1;
    floor.put(id, {
      state: index % 2 ? 'ready' : 'talking',
      group: index % 2 ? 'ready' : 'talking',
      since: NOW + index,
    });
    changed(id);
    await vi.advanceTimersByTimeAsync(5);
    flushSync();
  }
  await vi.advanceTimersByTimeAsync(1000);
  flushSync();
  stop();
  expect(asked('floor.board')).toHaveLength(1);
  expect(asked('floor.rows').length).toBeGreaterThan(20);
  expect(asked('floor.rows').length).toBeLessThanOrEqual(51);
  expect(updates).toBeLessThanOrEqual(51);
  // The newest state of each won, and whoever did not change is the same object: their rows are not drawn again.
  for (const [id, row] of board.operators) {
    if (id <= 40) expect(row).not.toBe(before.get(id));
    else expect(row).toBe(before.get(id));
  }
  for (let id = 1; id <= 40; id += 1) expect(board.operators.get(id)?.since).toBe(NOW + 959 + id);
});

test('a change without ids, or of nobody, reads the board again; another area does not', async () => {
  await open(8);
  backend.publish({ kind: 'changed', rev: 1, area: 'calls', ids: [1] });
  await vi.advanceTimersByTimeAsync(1000);
  expect(backend.asked).toHaveLength(1);
  changed();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked('floor.board')).toHaveLength(2);
  changed(3, 0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked('floor.board')).toHaveLength(3);
  expect(asked('floor.rows')).toHaveLength(0);
});

test('who does not come back has left every team', async () => {
  await open(8);
  floor.rows.delete(3);
  changed(3);
  await vi.advanceTimersByTimeAsync(100);
  expect([...board.operators.keys()]).toEqual([1, 2, 4, 5, 6, 7, 8]);
});

test('after a failed reading the next change reads the whole board, for the lost answer told of others', async () => {
  await open(8);
  const answer = backend.answers['floor.rows'];
  backend.answers['floor.rows'] = () => {
    throw new ApiError('busy', 'queue full');
  };
  changed(3);
  await vi.advanceTimersByTimeAsync(100);
  expect(board.error).not.toBeNull();
  expect(board.operators.size).toBe(8);
  if (answer) backend.answers['floor.rows'] = answer;
  changed(4);
  await vi.advanceTimersByTimeAsync(100);
  expect(board.error).toBeNull();
  expect(asked('floor.board')).toHaveLength(2);
});

test('a change that comes while an answer is under way is read after it', async () => {
  await open(8);
  let release = () => {};
  const answer = backend.answers['floor.rows'];
  backend.answers['floor.rows'] = async (request) => {
    await new Promise<void>((resolve) => (release = resolve));
    return answer?.(request) ?? { operators: [] };
  };
  changed(1);
  await vi.advanceTimersByTimeAsync(100);
  changed(2);
  await vi.advanceTimersByTimeAsync(500);
  expect(asked('floor.rows')).toHaveLength(1);
  release();
  await vi.advanceTimersByTimeAsync(200);
  expect(asked('floor.rows').map((each) => each.request)).toEqual([{ ids: [1] }, { ids: [2] }]);
  release();
});

test('time in state follows the source’s clock, stands still when nobody watches, and is absent when nobody said since when', async () => {
  await open(8);
  floor.put(1, { since: NOW - 60_000, teams: [1] });
  floor.put(2, { since: null });
  if (floor.session) floor.session = { ...floor.session, clock_offset_ms: 5000 };
  changed();
  await vi.advanceTimersByTimeAsync(1000);
  clock.set(new Date(NOW + 10_000));
  const row = () => board.operators.get(1)!;
  expect(board.seconds(row())).toBe(75);
  expect(board.seconds(board.operators.get(2)!)).toBeNull();
  expect(board.staleAt(row())).toBeNull();
  floor.teams = floor.teams.map((team) =>
    team.id === 1 ? { ...team, why: 'no_answer', watched_until: NOW - 20_000 } : team,
  );
  changed(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(board.staleAt(row())).toBe(NOW - 20_000);
  expect(board.seconds(row())).toBe(45);
  clock.set(new Date(NOW + 60_000));
  expect(board.seconds(row())).toBe(45);
  // Known through another team that is watched.
  expect(board.staleAt({ ...row(), teams: [1, 2] })).toBeNull();
});

test('a kind of request the source cannot do is not offered again in this session', async () => {
  await open(8);
  expect([...board.unsupported]).toEqual([]);
  const command = floor.ask(1, 'not_ready', '');
  if (command) floor.put(1, { command: { ...command, state: 'unsupported' } });
  changed(1);
  await vi.advanceTimersByTimeAsync(100);
  expect([...board.unsupported]).toEqual(['not_ready']);
});

test('without a source, without acts and without operators the board is bare', async () => {
  await open(8, 'none');
  expect(board.bare).toBe(true);
});

test('a lone change is read at once, and a second one not before its pause', async () => {
  await open(8);
  await vi.advanceTimersByTimeAsync(1000);
  changed(3);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked('floor.rows')).toHaveLength(1);
  changed(4);
  await vi.advanceTimersByTimeAsync(99);
  expect(asked('floor.rows')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked('floor.rows').map((each) => each.request)).toEqual([{ ids: [3] }, { ids: [4] }]);
});
