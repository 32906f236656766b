// A question kept answered: asked when a screen opens and when its request changes, asked again when the engine says
// that one of its areas changed, or after a gap. Answers that come late, out of order, are dropped.
import { untrack } from 'svelte';
import { ApiError, backend, type Change, type CommandName, type Commands } from '../backend';
import { session } from './session.svelte';

/** Bursts of changes become one question: the first change is answered at once, the rest after this pause. */
const PAUSE_MS = 300;

export class LiveQuery<N extends CommandName> {
  data = $state.raw<Commands[N]['response'] | null>(null);
  error = $state.raw<unknown>(null);
  loading = $state(false);
  /** When the shown data was read. */
  readAt = $state.raw<Date | null>(null);
  private turn = 0;
  private asked: { name: N; request: Commands[N]['request'] } | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private again = false;

  /** Asks a new question. The old answer stays on screen until the new one comes. */
  ask(name: N, request: Commands[N]['request']): void {
    this.asked = { name, request };
    void this.read();
  }

  refresh = (): void => {
    if (this.asked) void this.read();
  };

  hear(change: Change, areas: readonly string[], concerns?: (ids: number[]) => boolean): void {
    if (change.kind === 'changed') {
      if (!areas.includes(change.area)) return;
      // No ids: too many to name.
      if (concerns && change.ids.length > 0 && !concerns(change.ids)) return;
    }
    if (this.timer) {
      this.again = true;
      return;
    }
    this.refresh();
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.again) this.refresh();
      this.again = false;
    }, PAUSE_MS);
  }

  stop(): void {
    this.turn += 1;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
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
  /** Whether changes of these ids matter here; all do when it is absent. */
  concerns?: (ids: number[]) => boolean,
): LiveQuery<N> {
  const query = new LiveQuery<N>();
  let printed: string | null = null;
  $effect(() => {
    const wanted = request();
    const text = wanted === null ? null : JSON.stringify(wanted);
    if (wanted === null || text === printed) return;
    printed = text;
    untrack(() => query.ask(name, wanted));
  });
  $effect(() => {
    const unsubscribe = backend().subscribe((change) => query.hear(change, areas, concerns));
    return () => {
      unsubscribe();
      query.stop();
    };
  });
  return query;
}
