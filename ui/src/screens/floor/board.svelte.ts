// The floor as it is, one for the page: operators by id, kept fresh by the ids of the changed. However fast they change,
// the page is told at most ten times a second, and the newest state of each wins. One request is under way at a time, so
// an answer read before a change can never undo the one that came with it.
import { ApiError, backend, type Change } from '../../backend';
import type { FloorBoard } from '../../bindings/FloorBoard';
import type { OperatorRow } from '../../bindings/OperatorRow';
import type { SessionState } from '../../bindings/SessionState';
import type { Wanted } from '../../bindings/Wanted';
import { clock } from '../../state/clock.svelte';
import { session } from '../../state/session.svelte';

/** The least time between two updates of the page. */
export const PAUSE_MS = 100;
/** Whole boards are read less often: the state of a session may turn many times in a second. */
const BOARD_PAUSE_MS = 300;
/** Queues the engine counts change with every operator and call: they are read by themselves, no more often than this. */
export const COUNT_PAUSE_MS = 1000;
/** A call that waits is given up by the clock alone: no change tells of it. */
export const COUNT_AGAIN_MS = 10_000;
/** The engine's most for rows by id. */
const MOST_IDS = 500;
/** Clocks of the page and the engine closer than this are taken for the same: the answer has travelled too. */
const CLOSE_MS = 2000;

type Facts = Omit<FloorBoard, 'operators'>;
/** Without a supervisor's rights the account's own row is heard all the same. */
const heard: readonly SessionState[] = ['live', 'polling', 'no_rights'];

export class Board {
  /** Teams, queues, session, limits: all of the board but the operators. */
  facts = $state.raw<Facts | null>(null);
  operators = $state.raw<ReadonlyMap<number, OperatorRow>>(new Map());
  error = $state.raw<unknown>(null);
  readAt = $state.raw<Date | null>(null);
  /** The engine's clock less the page's, milliseconds. */
  private skew = $state(0);
  private users = 0;
  private turn = 0;
  private working = false;
  private whole = false;
  /** A reading failed: what it would have told is not known. */
  private behind = false;
  private changed = new Set<number>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** When the last reading was asked for: pauses run from there, so that a lone change is read at once. */
  private askedAt = -Infinity;
  private counting: ReturnType<typeof setTimeout> | null = null;
  private countDue = 0;
  private unsubscribe: (() => void) | null = null;

  readonly teams = $derived(new Map((this.facts?.teams ?? []).map((team) => [team.id, team])));
  /** The source is heard, and so are we. */
  readonly fresh = $derived(
    session.connection !== 'lost' && this.facts?.session != null && heard.includes(this.facts.session.state),
  );
  /** Requests that the source has turned down as a kind since this session began are not offered again. */
  readonly unsupported = $derived.by(() => {
    const found = new Set<Wanted>();
    const since = this.facts?.session?.since ?? 0;
    for (const { command } of this.operators.values()) {
      if (command?.state === 'unsupported' && command.asked_at >= since) found.add(command.wanted);
    }
    const features = this.facts?.session?.features;
    if (features && features.length > 0 && !features.includes('not_ready')) found.add('not_ready');
    return found;
  });

  get session() {
    return this.facts?.session ?? null;
  }

  get limits() {
    return this.facts?.limits ?? [];
  }

  /** Nothing tells of operators: no source was ever switched on. */
  get bare(): boolean {
    return this.facts !== null && this.facts.session === null && !this.facts.acts && this.operators.size === 0;
  }

  /** The source's clock at this moment. Ticks with the page's. */
  get now(): number {
    return this.at(clock.now.getTime());
  }

  /** The source's clock when the page's shows this. */
  at(page: number): number {
    return page + this.skew + (this.session?.clock_offset_ms ?? 0);
  }

  /** The engine's clock: what it stamps itself. */
  get engineNow(): number {
    return clock.now.getTime() + this.skew;
  }

  /** Up to when what a row says is known; null while it is known now. Somebody in two teams is known through either. */
  staleAt(row: OperatorRow): number | null {
    const teams = row.teams.flatMap((id) => this.teams.get(id) ?? []);
    const watched = teams.some((team) => team.why === null);
    if (this.fresh && (watched || teams.length === 0)) return null;
    const until = Math.max(...teams.map((team) => team.watched_until ?? 0));
    if (session.connection === 'lost') return this.readAt ? this.readAt.getTime() + this.skew : until;
    return Number.isFinite(until) && until > 0 ? until : (this.session?.since ?? this.facts?.now ?? 0);
  }

  /** Seconds in the present state; stands still once nobody watches, and is absent when nobody said since when. */
  seconds(row: OperatorRow): number | null {
    if (row.since === null) return null;
    const stale = this.staleAt(row);
    const now = stale === null ? this.now : stale + (this.session?.clock_offset_ms ?? 0);
    return Math.max(0, (now - row.since) / 1000);
  }

  /** Opens the board until the returned function is called; the first to open it reads it. */
  open(): () => void {
    if (this.users++ === 0) {
      this.unsubscribe = backend().subscribe((change) => this.hear(change));
      this.refresh();
    }
    return () => {
      if (--this.users === 0) this.close();
    };
  }

  refresh = (): void => {
    this.whole = true;
    void this.work();
  };

  hear(change: Change): void {
    if (change.kind === 'changed') {
      if (change.area === 'floor' || change.area === 'calls') this.planCount(COUNT_PAUSE_MS);
      if (change.area !== 'floor') return;
      // No ids, or the id of nobody: teams, queues or the session.
      if (change.ids.length === 0 || change.ids.includes(0)) this.whole = true;
      for (const id of change.ids) this.changed.add(id);
      if (this.changed.size > MOST_IDS) this.whole = true;
    } else {
      this.whole = true;
    }
    this.plan(PAUSE_MS);
  }

  /** Reads again so long after the last reading began; what is planned stands. */
  private plan(pause: number): void {
    this.timer ??= setTimeout(
      () => {
        this.timer = null;
        void this.work();
      },
      Math.max(0, this.askedAt + pause - performance.now()),
    );
  }

  private close(): void {
    this.unsubscribe?.();
    this.turn += 1;
    if (this.timer) clearTimeout(this.timer);
    if (this.counting) clearTimeout(this.counting);
    this.timer = this.counting = null;
    this.whole = this.behind = false;
    this.changed.clear();
    this.askedAt = -Infinity;
    this.facts = null;
    this.operators = new Map();
    this.error = null;
    this.readAt = null;
  }

  private async work(): Promise<void> {
    if (this.working) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (!this.whole && this.changed.size === 0) return;
    this.working = true;
    this.askedAt = performance.now();
    const turn = this.turn;
    const whole = this.whole || this.behind;
    const ids = [...this.changed];
    this.whole = this.behind = false;
    this.changed.clear();
    try {
      if (whole) this.takeBoard(turn, await backend().call('floor.board', {}));
      else this.takeRows(turn, ids, (await backend().call('floor.rows', { ids })).operators);
    } catch (cause) {
      if (turn === this.turn) {
        this.error = cause;
        this.behind = true;
        // What was read earlier may no longer be ours to see.
        if (cause instanceof ApiError && cause.code === 'forbidden') this.operators = new Map();
        session.noticeSignedOut(cause);
      }
    } finally {
      this.working = false;
      if (this.users > 0 && (this.whole || this.changed.size > 0)) {
        this.plan(turn !== this.turn ? 0 : this.whole ? BOARD_PAUSE_MS : PAUSE_MS);
      }
    }
  }

  private planCount(pause: number): void {
    if (!this.facts?.queues.some((row) => row.origin === 'configured')) return;
    const due = Date.now() + pause;
    // What is planned for sooner stands.
    if (this.counting && this.countDue <= due) return;
    if (this.counting) clearTimeout(this.counting);
    this.countDue = due;
    this.counting = setTimeout(() => {
      this.counting = null;
      void this.count();
    }, pause);
  }

  /** Reads the queues alone. One failed reading is made good by the next: the board itself says when nothing comes. */
  private async count(): Promise<void> {
    const turn = this.turn;
    try {
      const { queues } = await backend().call('floor.queues', {});
      if (turn !== this.turn || this.facts === null) return;
      this.facts = { ...this.facts, queues };
      if (queues.some((row) => (row.queue.waiting ?? 0) > 0)) this.planCount(COUNT_AGAIN_MS);
    } catch (cause) {
      if (turn !== this.turn) return;
      session.noticeSignedOut(cause);
      this.planCount(COUNT_AGAIN_MS);
    }
  }

  private takeBoard(turn: number, { operators, ...facts }: FloorBoard): void {
    if (turn !== this.turn) return;
    const skew = facts.now - Date.now();
    this.skew = Math.abs(skew) < CLOSE_MS ? 0 : skew;
    this.facts = facts;
    this.operators = new Map(operators.map((row) => [row.id, this.same(row)]));
    this.planCount(COUNT_AGAIN_MS);
    this.taken();
  }

  private takeRows(turn: number, asked: readonly number[], rows: readonly OperatorRow[]): void {
    if (turn !== this.turn) return;
    const next = new Map(this.operators);
    const found = new Map(rows.map((row) => [row.id, row]));
    for (const id of asked) {
      const row = found.get(id);
      // Who did not come back has left every team.
      if (row) next.set(id, this.same(row));
      else next.delete(id);
    }
    this.operators = next;
    this.taken();
  }

  private taken(): void {
    this.error = null;
    this.readAt = new Date();
  }

  /** The row we hold when it says the same: an unchanged row is not drawn again. */
  private same(row: OperatorRow): OperatorRow {
    const held = this.operators.get(row.id);
    return held && JSON.stringify(held) === JSON.stringify(row) ? held : row;
  }
}

export const board = new Board();

/** Keeps the board open for as long as the component being created lives. */
export function useBoard(): Board {
  $effect(() => board.open());
  return board;
}
