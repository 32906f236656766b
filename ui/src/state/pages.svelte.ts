// A long list read page by page, newest first, and kept fresh: a change reads again all that was read, so that no row on
// screen is older than another. For lists whose pages go by "older than this id".
import { ApiError } from '../backend';
import { Burst, concerns, follow } from './follow.svelte';
import { session } from './session.svelte';

/** Rows of the first page: a tall screen and what the table wants ahead of it, so that opening asks once. */
const FIRST = 350;
/** Rows the engine gives at once at most. */
const MOST = 500;
/** Rows gathered for one act at most; what is left is acted on by asking again. */
export const MOST_AT_ONCE = 10_000;

export class LivePages<Row> {
  rows = $state.raw<readonly Row[] | null>(null);
  error = $state.raw<unknown>(null);
  /** There are no older rows. */
  complete = $state(false);
  readAt = $state.raw<Date | null>(null);
  private turn = 0;
  private busy = false;
  private readonly burst: Burst;

  constructor(
    private readonly read: (before: number | null, limit: number) => Promise<readonly Row[]>,
    private readonly id: (row: Row) => number,
  ) {
    this.burst = new Burst(this.refresh);
  }

  /** Begins anew: the question has changed. The old rows stay on view until the new ones come. */
  restart(): void {
    void this.fetch(FIRST);
  }

  refresh = (): void => {
    void this.fetch(Math.max(FIRST, this.rows?.length ?? 0));
  };

  /** Reads the next older page. */
  more = (): void => {
    if (this.busy || this.complete || this.rows === null) return;
    void this.fetch(this.rows.length + MOST, this.rows);
  };

  /** Reads all rows there are, whatever is on view, up to `MOST_AT_ONCE`; ends early when `stopped` says so. */
  async all(sofar: (rows: number) => void, stopped: () => boolean): Promise<Row[]> {
    const rows: Row[] = [];
    for (let complete = false; !complete && !stopped() && rows.length < MOST_AT_ONCE; sofar(rows.length)) {
      const last = rows.at(-1);
      const page = await this.read(last === undefined ? null : this.id(last), MOST);
      rows.push(...page);
      complete = page.length < MOST;
    }
    return rows.slice(0, MOST_AT_ONCE);
  }

  /** Something changed. */
  hear(): void {
    this.burst.hear();
  }

  stop(): void {
    this.turn += 1;
    this.burst.stop();
  }

  private async fetch(wanted: number, known: readonly Row[] = []): Promise<void> {
    const turn = ++this.turn;
    this.busy = true;
    try {
      const rows = [...known];
      let complete = false;
      while (rows.length < wanted && !complete) {
        const last = rows.at(-1);
        const limit = Math.min(MOST, wanted - rows.length);
        const page = await this.read(last === undefined ? null : this.id(last), limit);
        if (turn !== this.turn) return;
        rows.push(...page);
        complete = page.length < limit;
      }
      this.rows = rows;
      this.complete = complete;
      this.error = null;
      this.readAt = new Date();
    } catch (cause) {
      if (turn !== this.turn) return;
      this.error = cause;
      if (cause instanceof ApiError && cause.code === 'forbidden') this.rows = null;
      session.noticeSignedOut(cause);
    } finally {
      if (turn === this.turn) this.busy = false;
    }
  }
}

/** Opens a long list for the component being created. `question` is what the reading depends on. */
export function livePages<Row, Question>(options: {
  question: () => Question;
  read: (question: Question, before: number | null, limit: number) => Promise<readonly Row[]>;
  id: (row: Row) => number;
  areas: readonly string[];
}): LivePages<Row> {
  let asked: Question;
  const pages = new LivePages<Row>((before, limit) => options.read(asked, before, limit), options.id);
  follow({
    question: options.question,
    ask: (question) => {
      asked = question;
      pages.restart();
    },
    hear: (change) => {
      if (concerns(change, options.areas)) pages.hear();
    },
    stop: () => pages.stop(),
  });
  return pages;
}
