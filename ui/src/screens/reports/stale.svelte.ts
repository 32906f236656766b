// Tickets that stand still, read page by page, the longest first: a change reads again all that was read.
import { ApiError, backend } from '../../backend';
import type { StaleTickets } from '../../bindings/StaleTickets';
import type { TicketRow } from '../../bindings/TicketRow';
import { Burst, concerns, follow } from '../../state/follow.svelte';
import { session } from '../../state/session.svelte';

/** Rows the engine gives at once at most. */
const PAGE = 500;
/** Rows on view at most: beyond them a person narrows the question or takes the file. */
export const MOST_ROWS = 10_000;
/** Tickets change often, and which of them stand still hardly ever. */
const PAUSE_MS = 10_000;

export class StaleList {
  rows = $state.raw<readonly TicketRow[] | null>(null);
  total = $state(0);
  error = $state.raw<unknown>(null);
  loading = $state(false);
  readAt = $state.raw<Date | null>(null);
  private question: StaleTickets | null = null;
  private turn = 0;
  private readonly burst = new Burst(() => this.refresh(), PAUSE_MS);

  /** Begins anew: the old rows stay on view until the new ones come. */
  ask(question: StaleTickets): void {
    this.question = question;
    void this.read(PAGE);
  }

  refresh = (): void => {
    void this.read(Math.max(PAGE, this.rows?.length ?? 0));
  };

  /** Reads on. */
  more = (): void => {
    const read = this.rows?.length ?? 0;
    if (this.loading || read === 0 || read >= Math.min(this.total, MOST_ROWS)) return;
    void this.read(read + PAGE, this.rows ?? []);
  };

  /** Reads all there are: an order of the reader's own is of all of them. */
  all = (): void => {
    if (this.rows !== null && this.rows.length < Math.min(this.total, MOST_ROWS)) void this.read(MOST_ROWS, this.rows);
  };

  hear(): void {
    this.burst.hear();
  }

  stop(): void {
    this.turn += 1;
    this.burst.stop();
  }

  private async read(wanted: number, known: readonly TicketRow[] = []): Promise<void> {
    const stale = this.question;
    if (stale === null) return;
    const turn = ++this.turn;
    this.loading = true;
    try {
      const rows = new Map(known.map((row) => [row.id, row]));
      let total = Number.POSITIVE_INFINITY;
      for (let skip = known.length; skip < Math.min(wanted, total, MOST_ROWS); skip += PAGE) {
        const page = await backend().call('reports.stale', { stale, skip, limit: PAGE });
        if (turn !== this.turn) return;
        for (const row of page.rows) rows.set(row.id, row);
        total = page.total;
        if (page.rows.length === 0) break;
      }
      this.rows = [...rows.values()];
      if (Number.isFinite(total)) this.total = total;
      this.error = null;
      this.readAt = new Date();
    } catch (cause) {
      if (turn !== this.turn) return;
      this.error = cause;
      if (cause instanceof ApiError && cause.code === 'forbidden') this.rows = null;
      session.noticeSignedOut(cause);
    } finally {
      if (turn === this.turn) this.loading = false;
    }
  }
}

/** Opens the list for the component being created. */
export function openStale(question: () => StaleTickets | null): StaleList {
  const list = new StaleList();
  follow({
    question,
    ask: (wanted) => list.ask(wanted),
    hear: (change) => {
      if (concerns(change, ['tickets'])) list.hear();
    },
    stop: () => list.stop(),
  });
  return list;
}
