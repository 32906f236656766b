// What somebody's messages are beside one conversation (their account, contacts, conversations), one for the page: the screen, the rail
// and the bell look at the same reading. It is read while anything shows it, and let go after that.
import { untrack } from 'svelte';
import { backend } from '../../../backend';
import type { MessagesOverview } from '../../../bindings/MessagesOverview';
import { LiveQuery } from '../../../state/live.svelte';

/** Contacts come and go all the time: so long changes are gathered, milliseconds. */
const PAUSE_MS = 1000;

class Mailbox {
  /** The window of the person's own account is open. */
  connecting = $state(false);
  /** The window in which a conversation is begun is open. */
  beginning = $state(false);
  private readonly query = new LiveQuery<'messages.overview'>(PAUSE_MS);
  private users = 0;
  private unsubscribe: (() => void) | null = null;

  get data(): MessagesOverview | null {
    return this.query.data;
  }
  get error(): unknown {
    return this.query.error;
  }
  get readAt(): Date | null {
    return this.query.readAt;
  }
  get unread(): number {
    return this.data?.unread ?? 0;
  }
  /** Whether something can be sent now. */
  get live(): boolean {
    return this.data?.account?.session?.state === 'live';
  }

  refresh = (): void => this.query.refresh();

  /** The engine told how things are now. */
  take(overview: MessagesOverview): void {
    this.query.data = overview;
  }

  /** Whether a change of messages is of this person's. */
  isOwn = (ids: number[]): boolean => this.data === null || ids.includes(this.data.me);

  enter(): void {
    this.users += 1;
    if (this.users > 1) return;
    this.unsubscribe = backend().subscribe((change) => this.query.hear(change, ['messages'], this.isOwn));
    this.query.ask('messages.overview', {});
  }

  leave(): void {
    this.users -= 1;
    if (this.users > 0) return;
    this.unsubscribe?.();
    this.query.stop();
    // What was read for one person is not shown to the next.
    this.query.data = null;
    this.query.error = null;
    this.connecting = this.beginning = false;
  }
}

export const mailbox = new Mailbox();

/** Keeps the mailbox read for as long as the component being created is there. */
export function useMailbox(): void {
  $effect(() => {
    untrack(() => mailbox.enter());
    return () => untrack(() => mailbox.leave());
  });
}
