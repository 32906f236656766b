// One conversation as it is scrolled: pages from the newest back, and all that is on view read again when something changed, so that the
// state of what was said is never old. One request is under way at a time.
import { backend, type Change } from '../../../backend';
import type { MessageKey } from '../../../bindings/MessageKey';
import type { MessageRow } from '../../../bindings/MessageRow';
import { Burst, concerns, follow } from '../../../state/follow.svelte';
import { session } from '../../../state/session.svelte';
import { mailbox } from './mailbox.svelte';

/** Messages of the first page. */
export const PAGE = 50;
/** The engine's most for a page. */
const MOST = 200;
/** So many may have come since the last reading before a second page is needed for them. */
const AHEAD = 10;

const earlier = (row: MessageRow, than: MessageRow | undefined): boolean =>
  than !== undefined && (row.at < than.at || (row.at === than.at && row.id < than.id));
const keyOf = (row: MessageRow | undefined): MessageKey | null => (row ? { at: row.at, id: row.id } : null);

export class Thread {
  /** Newest first; null until they were read. */
  rows = $state.raw<readonly MessageRow[] | null>(null);
  error = $state.raw<unknown>(null);
  /** Where earlier ones begin; null when there are none. */
  next = $state.raw<MessageKey | null>(null);
  private peer: string | null = null;
  private turn = 0;
  private working = false;
  private again = false;
  private wantMore = false;
  private readonly burst = new Burst(() => this.refresh());

  show(peer: string): void {
    this.turn += 1;
    this.peer = peer;
    [this.rows, this.next, this.error, this.wantMore] = [null, null, null, false];
    this.refresh();
  }

  refresh = (): void => {
    this.again = true;
    void this.work();
  };

  /** Earlier ones are wanted. */
  more = (): void => {
    if (!this.next || this.error) return;
    this.wantMore = true;
    void this.work();
  };

  /** What was just said is shown before the engine tells of it. */
  took(row: MessageRow): void {
    if (this.rows && row.peer === this.peer) {
      this.rows = [row, ...this.rows.filter((each) => each.id !== row.id)].sort((a, b) => b.at - a.at || b.id - a.id);
    }
    this.refresh();
  }

  hear(change: Change): void {
    if (!concerns(change, ['messages'])) return;
    if (change.kind === 'changed' && change.ids.length > 0 && !mailbox.isOwn(change.ids)) return;
    this.burst.hear();
  }

  stop(): void {
    this.turn += 1;
    this.peer = null;
    this.burst.stop();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      // Whether anything is left is asked with no pause before `working` falls: a wish made in between would be lost.
      while (this.peer !== null && (this.again || (this.wantMore && this.next))) {
        const turn = this.turn;
        try {
          if (this.again) await this.readAgain(this.peer);
          else await this.readMore(this.peer);
        } catch (cause) {
          if (turn !== this.turn) continue;
          this.error = cause;
          this.again = this.wantMore = false;
          session.noticeSignedOut(cause);
        }
      }
    } finally {
      this.working = false;
    }
  }

  /** Reads back to the earliest that is shown, so that a conversation scrolled far back stays where it is. */
  private async readAgain(peer: string): Promise<void> {
    const turn = this.turn;
    const shown = this.rows?.length ?? 0;
    const earliest = shown > PAGE ? this.rows?.at(-1) : undefined;
    this.again = false;
    let rows: MessageRow[] = [];
    let before: MessageKey | null = null;
    do {
      const limit = Math.min(MOST, Math.max(PAGE, shown + AHEAD - rows.length));
      const page: { rows: MessageRow[]; next: MessageKey | null } = await backend().call('messages.list', {
        peer,
        before,
        limit: earliest ? limit : PAGE,
      });
      if (turn !== this.turn) return;
      rows.push(...page.rows);
      before = page.next;
    } while (before && earliest && earlier(earliest, rows.at(-1)));
    if (earliest) {
      const kept = rows.filter((row) => !earlier(row, earliest));
      if (kept.length < rows.length) before = keyOf(kept.at(-1));
      rows = kept;
    }
    [this.rows, this.next, this.error] = [rows, before, null];
  }

  private async readMore(peer: string): Promise<void> {
    const turn = this.turn;
    this.wantMore = false;
    const page = await backend().call('messages.list', { peer, before: this.next, limit: PAGE });
    if (turn !== this.turn) return;
    [this.rows, this.next] = [[...(this.rows ?? []), ...page.rows], page.next];
  }
}

/** Opens a conversation for the component being created. */
export function openThread(peer: () => string): Thread {
  const thread = new Thread();
  follow({
    question: peer,
    ask: (wanted) => thread.show(wanted),
    hear: (change) => thread.hear(change),
    stop: () => thread.stop(),
  });
  return thread;
}
