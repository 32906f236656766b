// Changes a person asked for, from the asking to the tracker's answer: which outcomes were put aside, and who waits for one. What was asked
// exactly the engine keeps. Not here: what is drawn of it.
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { backend } from '../../backend';
import type { AgainRequest } from '../../bindings/AgainRequest';
import type { ChangeTicketRequest } from '../../bindings/ChangeTicketRequest';
import type { DeleteNoteRequest } from '../../bindings/DeleteNoteRequest';
import type { TicketChangeId } from '../../bindings/TicketChangeId';
import type { TicketChangeRow } from '../../bindings/TicketChangeRow';
import { Burst, concerns } from '../../state/follow.svelte';

/** Changes just asked for, until the ticket itself tells of them. */
export const fresh = new SvelteMap<TicketChangeId, TicketChangeRow>();
/** Settled changes the person needs to see no more. */
export const putAside = new SvelteSet<TicketChangeId>();

export async function send(request: ChangeTicketRequest): Promise<TicketChangeRow> {
  const row = await backend().call('tickets.change', request);
  fresh.set(row.id, row);
  return row;
}

/** Rewrites a note of one's own, or takes it away where it is to say nothing any more. */
export async function rewrite(request: DeleteNoteRequest, text: string | null): Promise<TicketChangeRow> {
  const asking =
    text === null
      ? backend().call('tickets.delete_note', request)
      : backend().call('tickets.edit_note', { ...request, text });
  const row = await asking;
  fresh.set(row.id, row);
  return row;
}

/** Hears of a ticket from now on, or no longer. */
export async function watch(id: number, on: boolean): Promise<TicketChangeRow> {
  const row = await backend().call('tickets.watch', { id, on });
  fresh.set(row.id, row);
  return row;
}

/** Has a change sent again that was not made, or not whole. */
export async function resend(request: AgainRequest): Promise<TicketChangeRow> {
  const row = await backend().call('tickets.again', request);
  fresh.set(row.id, row);
  putAside.add(request.id);
  return row;
}

/** The person needs to see it no more: here at once, elsewhere and later by the engine, where it is theirs. */
export async function dismiss(change: TicketChangeRow, own: boolean): Promise<void> {
  putAside.add(change.id);
  if (own) await backend().call('tickets.put_aside', { id: change.id });
}

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
