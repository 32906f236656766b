// A question kept answered: asked when a screen opens and when its request changes, asked again when the engine says
// that one of its areas changed, or after a gap. Answers that come late, out of order, are dropped.
import { ApiError, backend, type Change, type CommandName, type Commands } from '../backend';
import { Burst, concerns, follow, PAUSE_MS } from './follow.svelte';
import { session } from './session.svelte';

export interface Hearing {
  /** Whether changes of these ids matter here; all do when it is absent. */
  ids?: (ids: number[]) => boolean;
  /** How long a burst is gathered, milliseconds. */
  pause?: number;
}

export class LiveQuery<N extends CommandName> {
  data = $state.raw<Commands[N]['response'] | null>(null);
  error = $state.raw<unknown>(null);
  loading = $state(false);
  /** When the shown data was read. */
  readAt = $state.raw<Date | null>(null);
  private turn = 0;
  private asked: { name: N; request: Commands[N]['request'] } | null = null;
  private readonly burst: Burst;

  constructor(pause = PAUSE_MS) {
    this.burst = new Burst(this.refresh, pause);
  }

  /** Asks a new question. The old answer stays on screen until the new one comes. */
  ask(name: N, request: Commands[N]['request']): void {
    this.asked = { name, request };
    void this.read();
  }

  refresh = (): void => {
    if (this.asked) void this.read();
  };

  hear(change: Change, areas: readonly string[], ids?: Hearing['ids']): void {
    if (!concerns(change, areas)) return;
    // No ids: too many to name.
    if (ids && change.kind === 'changed' && change.ids.length > 0 && !ids(change.ids)) return;
    this.burst.hear();
  }

  stop(): void {
    this.turn += 1;
    this.burst.stop();
  }

  private async read(): Promise<void> {
    if (!this.asked) return;
    const turn = ++this.turn;
    this.loading = true;
    try {
      const answer = await backend().call(this.asked.name, this.asked.request);
      if (turn !== this.turn) return;
      this.data = answer;
      this.error = null;
      this.readAt = new Date();
    } catch (cause) {
      if (turn !== this.turn) return;
      this.error = cause;
      // What was read earlier may no longer be ours to see.
      if (cause instanceof ApiError && cause.code === 'forbidden') this.data = null;
      session.noticeSignedOut(cause);
    } finally {
      if (turn === this.turn) this.loading = false;
    }
  }
}

/** Opens a live question for the component being created. `request` may be null: nothing is asked yet. */
export function live<N extends CommandName>(
  name: N,
  request: () => Commands[N]['request'] | null,
  areas: readonly string[],
  { ids, pause }: Hearing = {},
): LiveQuery<N> {
  const query = new LiveQuery<N>(pause);
  follow({
    question: request,
    ask: (wanted) => query.ask(name, wanted),
    hear: (change) => query.hear(change, areas, ids),
    stop: () => query.stop(),
  });
  return query;
}
