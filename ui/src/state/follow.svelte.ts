// How every question of a component is kept answered: asked when it opens and when the question changes, asked again
// after a change or a gap, at once for the first and together for a burst; let go with the component. Not here: what
// is asked and what becomes of the answer.
import { untrack } from 'svelte';
import { backend, type Change } from '../backend';

/** Changes that follow one another closely are asked for together. */
export const PAUSE_MS = 300;

/** Makes few questions of many changes: the first is asked for at once, the rest after a pause. */
export class Burst {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private again = false;

  constructor(
    private readonly ask: () => void,
    private readonly pause = PAUSE_MS,
  ) {}

  hear(): void {
    if (this.timer) {
      this.again = true;
      return;
    }
    this.ask();
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.again) this.hear();
    }, this.pause);
    this.again = false;
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.again = false;
  }
}

interface Follower<Question> {
  /** Null: nothing is asked yet. */
  question: () => Question | null;
  ask: (question: Question) => void;
  hear: (change: Change) => void;
  stop: () => void;
}

/** Ties a reader to the component being created. */
export function follow<Question>({ question, ask, hear, stop }: Follower<Question>): void {
  let printed: string | null = null;
  $effect(() => {
    const wanted = question();
    const text = wanted === null ? null : JSON.stringify(wanted);
    if (wanted === null || text === printed) return;
    printed = text;
    untrack(() => ask(wanted));
  });
  $effect(() => {
    const unsubscribe = backend().subscribe(hear);
    return () => {
      unsubscribe();
      stop();
    };
  });
}

/** Whether a change is of one of these areas; a gap may hide any. */
export const concerns = (change: Change, areas: readonly string[]): boolean =>
  change.kind === 'resync' || areas.includes(change.area);
