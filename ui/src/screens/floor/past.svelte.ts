// The floor as it was: one moment at a time, the newest wish first. While an answer is on its way only the last wish
// waits, so that a slider can be dragged without asking for every second under it.
import { backend } from '../../backend';
import type { Moment } from '../../bindings/Moment';
import type { OperatorRow } from '../../bindings/OperatorRow';
import { session } from '../../state/session.svelte';
import { NOT_WATCHED } from './states';

export class Past {
  /** What `moments` show, milliseconds UTC by the engine's clock; null before anything was read. */
  shown = $state<number | null>(null);
  moments = $state.raw<readonly Moment[]>([]);
  error = $state.raw<unknown>(null);
  private wanted: number | null = null;
  private working = false;

  want(at: number | null): void {
    this.wanted = at;
    if (at === null) {
      this.shown = null;
      this.moments = [];
      this.error = null;
    } else void this.work();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      for (let at = this.wanted; at !== null && at !== this.shown; at = this.wanted) {
        const { operators } = await backend().call('floor.moment', { at });
        if (this.wanted === null) break;
        this.moments = operators;
        this.shown = at;
        this.error = null;
      }
    } catch (cause) {
      this.error = cause;
      session.noticeSignedOut(cause);
    } finally {
      this.working = false;
    }
  }
}

/** The operators of today as they were: state, reason and time are of the moment, calls and requests are not kept. */
export function asTheyWere(
  operators: ReadonlyMap<number, OperatorRow>,
  moments: readonly Moment[],
): { rows: OperatorRow[]; gone: number } {
  const at = new Map(moments.map((moment) => [moment.id, moment]));
  const rows = [...operators.values()].map((row): OperatorRow => {
    const then = at.get(row.id);
    return {
      ...row,
      state: then?.state ?? NOT_WATCHED,
      group: then?.group ?? 'unknown',
      reason: then?.reason ?? null,
      since: then?.since ?? null,
      interval: then?.interval ?? null,
      pending: null,
      dialogs: [],
      command: null,
      missing: false,
      alarm: 0,
    };
  });
  const gone = moments.filter((moment) => moment.state !== null && !operators.has(moment.id)).length;
  return { rows, gone };
}
