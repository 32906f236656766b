// Changes a person asked for, from the asking to the tracker's answer: what exactly was asked (the engine tells it in names only),
// which outcomes were put aside, and who waits for one. Not here: what is drawn of it.
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { backend } from '../../backend';
import type { ChangeTicketRequest } from '../../bindings/ChangeTicketRequest';
import type { TicketChangeId } from '../../bindings/TicketChangeId';
import type { TicketChangeRow } from '../../bindings/TicketChangeRow';
import { Burst, concerns } from '../../state/follow.svelte';

const asked = new Map<TicketChangeId, ChangeTicketRequest>();
/** Changes just asked for, until the ticket itself tells of them. */
export const fresh = new SvelteMap<TicketChangeId, TicketChangeRow>();
/** Settled changes the person needs to see no more. */
export const putAside = new SvelteSet<TicketChangeId>();

export async function send(request: ChangeTicketRequest): Promise<TicketChangeRow> {
  const row = await backend().call('tickets.change', request);
  asked.set(row.id, request);
  fresh.set(row.id, row);
  return row;
}

/** What was asked with a change, where this page asked it. */
export const requestOf = (change: TicketChangeId): ChangeTicketRequest | undefined => asked.get(change);

/** Waits for the outcomes of changes, also after whoever asked has gone to another screen. */
class Outcomes {
  private readonly waited = new Map<TicketChangeId, (row: TicketChangeRow) => void>();
  private readonly burst = new Burst(() => void this.look());
  private unsubscribe: (() => void) | null = null;
  private looking = false;
  private again = false;

  /** Calls back once the change is settled. It may be by the time this is called. */
  await(change: TicketChangeId, settled: (row: TicketChangeRow) => void): void {
    this.waited.set(change, settled);
    this.unsubscribe ??= backend().subscribe((heard) => {
      if (concerns(heard, ['tickets'])) this.burst.hear();
    });
    void this.look();
  }

  /** Waits no longer, for instance when somebody else signs in. */
  forget(): void {
    this.waited.clear();
    this.rest();
  }

  private rest(): void {
    this.unsubscribe?.();
    this.unsubscribe = null;
    this.burst.stop();
  }

  private async look(): Promise<void> {
    if (this.looking) {
      this.again = true;
      return;
    }
    this.looking = true;
    try {
      do {
        this.again = false;
        for (const [id, settled] of [...this.waited]) {
          const row = await backend().call('tickets.change_state', { id });
          if (row.state === 'sending' || !this.waited.delete(id)) continue;
          settled(row);
        }
      } while (this.again);
    } catch {
      // Asked again with the next change, or after the gap that hid this one.
    } finally {
      this.looking = false;
      if (this.waited.size === 0) this.rest();
    }
  }
}

export const outcomes = new Outcomes();
