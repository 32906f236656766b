// A long list as it is scrolled: pages by key in the engine's order, kept fresh by the ids of changed rows. One request is
// under way at a time, so a page read before a change can never undo the row that came with the change. What is asked and
// how rows are ordered is told by each list.
import { ApiError, type Change } from '../backend';
import { Burst, follow } from './follow.svelte';
import { merge, type Order } from './merge';
import { session } from './session.svelte';

/** The engine's most for a page and for rows by id. */
export const PAGE = 500;
/** Rows kept at most: beyond them a list is narrowed, not scrolled. */
export const MOST_ROWS = 100_000;

export interface Source<Row extends { id: number }, Filter, Key> {
  /** Changes of this area are of rows here. */
  area: string;
  /** The order the pages come in. */
  order: Order<Row>;
  /** May give few rows, even none, and still lead on. */
  page: (filter: Filter, after: Key | null, limit: number) => Promise<{ rows: Row[]; next: Key | null }>;
  /** Those of them that are there and that the filter lets through. */
  rows: (filter: Filter, ids: number[]) => Promise<Row[]>;
}

export class KeyedList<Row extends { id: number }, Filter, Key> {
  rows = $state.raw<readonly Row[] | null>(null);
  error = $state.raw<unknown>(null);
  /** When what is shown was read or last brought up to date. */
  readAt = $state.raw<Date | null>(null);
  /** A reading of everything shown is under way, as after a press on "refresh". */
  refreshing = $state(false);
  /** More rows fit than are kept. */
  cut = $state(false);
  private filter: Filter | null = null;
  private next = $state.raw<Key | null>(null);
  /** Answers to an earlier filter are dropped. */
  private turn = 0;
  /** Nothing of the present filter was read yet: what is shown belongs to the one before. */
  private fresh = true;
  private working = false;
  private again = false;
  private wantMore = false;
  private wantAll = false;
  private changed = new Set<number>();
  private readonly burst = new Burst(() => void this.work());

  constructor(private readonly source: Source<Row, Filter, Key>) {}

  /** Nothing further can be read. */
  get complete(): boolean {
    return this.next === null && !this.cut;
  }

  /** Shows the rows of another filter. What is shown stays until the new rows come. */
  show(filter: Filter): void {
    this.turn += 1;
    this.filter = filter;
    this.next = null;
    this.fresh = this.again = true;
    this.wantMore = false;
    this.changed.clear();
    void this.work();
  }

  refresh = (): void => {
    this.again = true;
    void this.work();
  };

  /** The end of what was read is near. */
  more = (): void => {
    if (!this.next || this.error) return;
    this.wantMore = true;
    void this.work();
  };

  /** Another order than the engine's needs all rows; off returns to reading on demand. */
  readAll(on: boolean): void {
    this.wantAll = on;
    if (on) void this.work();
  }

  hear(change: Change): void {
    if (change.kind === 'changed') {
      if (change.area !== this.source.area) return;
      for (const id of change.ids) this.changed.add(id);
      if (change.ids.length === 0 || this.changed.size > PAGE) this.again = true;
    } else {
      this.again = true;
    }
    this.burst.hear();
  }

  stop(): void {
    this.turn += 1;
    this.filter = null;
    this.burst.stop();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      // Whether anything is left is asked with no pause before `working` falls: a wish made in between would be lost.
      while (this.filter && this.due) {
        const turn = this.turn;
        try {
          await this.step(this.filter);
        } catch (cause) {
          if (turn !== this.turn) continue;
          this.error = cause;
          this.wantMore = this.again = false;
          this.changed.clear();
          if (cause instanceof ApiError && cause.code === 'forbidden') this.rows = null;
          session.noticeSignedOut(cause);
          break;
        }
      }
    } finally {
      this.working = false;
      this.refreshing = false;
    }
  }

  private get due(): boolean {
    return this.again || this.changed.size > 0 || (this.next !== null && (this.wantMore || this.wantAll));
  }

  /** One request, or as many as reading again takes. */
  private async step(filter: Filter): Promise<void> {
    if (this.again) await this.readAgain(filter);
    else if (this.changed.size > 0) await this.readChanged(filter);
    else if (this.next) await this.readMore(filter, this.next);
  }

  /** Reads as many rows as are shown, so that a list scrolled far stays where it is. */
  private async readAgain(filter: Filter): Promise<void> {
    const turn = this.turn;
    const wanted = this.fresh ? PAGE : Math.max(PAGE, this.rows?.length ?? 0);
    this.again = false;
    this.refreshing = true;
    this.changed.clear();
    const rows: Row[] = [];
    let after: Key | null = null;
    do {
      const page: { rows: Row[]; next: Key | null } = await this.source.page(filter, after, PAGE);
      if (turn !== this.turn) return;
      rows.push(...page.rows);
      after = page.next;
    } while (after && rows.length < wanted);
    this.fresh = false;
    this.put(rows, after);
    this.refreshing = false;
  }

  private async readMore(filter: Filter, from: Key): Promise<void> {
    const turn = this.turn;
    const page = await this.source.page(filter, from, PAGE);
    if (turn !== this.turn) return;
    // A page may be empty and still lead on; then the wish stands.
    if (page.rows.length > 0) this.wantMore = false;
    this.put([...(this.rows ?? []), ...page.rows], page.next);
  }

  private async readChanged(filter: Filter): Promise<void> {
    const turn = this.turn;
    const asked = this.changed;
    this.changed = new Set();
    const rows = await this.source.rows(filter, [...asked]);
    if (turn !== this.turn) return;
    this.put(merge(this.rows ?? [], rows, asked, this.complete, this.source.order), this.next);
  }

  private put(rows: Row[], next: Key | null): void {
    const cut = rows.length > MOST_ROWS || (rows.length === MOST_ROWS && next !== null);
    this.rows = cut ? rows.slice(0, MOST_ROWS) : rows;
    this.cut = cut;
    this.next = cut ? null : next;
    this.error = null;
    this.readAt = new Date();
  }
}

/** Ties a list to the component being created. */
export function openList<Row extends { id: number }, Filter, Key>(
  list: KeyedList<Row, Filter, Key>,
  filter: () => Filter,
): void {
  follow({
    question: filter,
    ask: (wanted) => list.show(wanted),
    hear: (change) => list.hear(change),
    stop: () => list.stop(),
  });
}
