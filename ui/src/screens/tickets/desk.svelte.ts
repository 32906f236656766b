// What tickets need beside them (lists of the tracker, kept filters, the person's own account), one for the page: the screen and
// its panels look at the same reading. It is read while anything shows it, and let go after that.
import { untrack } from 'svelte';
import { backend } from '../../backend';
import type { TicketDesk } from '../../bindings/TicketDesk';
import type { TicketKeptFilter } from '../../bindings/TicketKeptFilter';
import { LiveQuery } from '../../state/live.svelte';
import { session } from '../../state/session.svelte';

/** The lists change seldom, tickets often: so long changes of tickets are gathered, milliseconds. */
const PAUSE_MS = 30_000;

class Desk {
  /** The window of the person's own key is open. */
  connecting = $state(false);
  /** The window of a new request is open. */
  writing = $state(false);
  private readonly query = new LiveQuery<'tickets.desk'>(PAUSE_MS);
  private users = 0;
  private unsubscribe: (() => void) | null = null;

  get data(): TicketDesk | null {
    return this.query.data;
  }
  get error(): unknown {
    return this.query.error;
  }

  /** Whether acts are made with a key of one's own. */
  get own(): boolean {
    return this.data?.account?.good ?? false;
  }

  /** Whether fields of a ticket may be changed: with a key of one's own, or by a supervisor. */
  get mayChange(): boolean {
    return this.own || session.may('supervisor');
  }

  refresh = (): void => this.query.refresh();

  /** The engine told which filters are kept now. */
  keep(filters: TicketKeptFilter[]): void {
    if (this.query.data) this.query.data = { ...this.query.data, filters };
  }

  enter(): void {
    this.users += 1;
    if (this.users > 1) return;
    this.unsubscribe = backend().subscribe((change) => this.query.hear(change, ['tickets', 'people']));
    this.query.ask('tickets.desk', {});
  }

  leave(): void {
    this.users -= 1;
    if (this.users > 0) return;
    this.unsubscribe?.();
    this.query.stop();
    // What was read for one person is not shown to the next.
    this.query.data = null;
    this.query.error = null;
    this.connecting = this.writing = false;
  }
}

export const desk = new Desk();

/** Keeps the desk read for as long as the component being created is there. */
export function useDesk(): void {
  $effect(() => {
    untrack(() => desk.enter());
    return () => untrack(() => desk.leave());
  });
}
