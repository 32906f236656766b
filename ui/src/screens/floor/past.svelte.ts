// The floor as it was: one moment at a time, the newest wish first. While an answer is on its way only the last wish
// waits, so that a slider can be dragged without asking for every second under it.
import { backend } from '../../backend';
import type { DialogReport } from '../../bindings/DialogReport';
import type { Moment } from '../../bindings/Moment';
import type { OperatorRow } from '../../bindings/OperatorRow';
import type { TargetMoment } from '../../bindings/TargetMoment';
import { session } from '../../state/session.svelte';
import { NOT_WATCHED } from './states';

export class Past {
  /** What `moments` show, milliseconds UTC by the engine's clock; null before anything was read. */
  shown = $state<number | null>(null);
  moments = $state.raw<readonly Moment[]>([]);
  /** How every target of the network was. */
  targets = $state.raw<readonly TargetMoment[]>([]);
  error = $state.raw<unknown>(null);
  private wanted: number | null = null;
  private working = false;

  want(at: number | null): void {
    this.wanted = at;
    if (at === null) {
      this.shown = null;
      this.moments = [];
      this.targets = [];
      this.error = null;
    } else void this.work();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      for (let at = this.wanted; at !== null && at !== this.shown; at = this.wanted) {
        const { operators, targets } = await backend().call('floor.moment', { at });
        if (this.wanted === null) break;
        this.moments = operators;
        this.targets = targets;
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

/** A call of the journal among the calls of a row of the past. */
const JOURNAL = 'journal:';

/** Which call of the journal a row of the past shows; null for one that is not there yet, and for calls of the present. */
export const journalOf = ({ id }: Pick<DialogReport, 'id'>): string | null =>
  id.startsWith(JOURNAL) ? id.slice(JOURNAL.length) : null;

/** What is kept of a call of the past: when it began and the other side's number. */
const callOfMoment = ({ login_id, call }: Moment): DialogReport[] =>
  call === null
    ? []
    : [
        {
          id: call.id === null ? 'live' : `${JOURNAL}${call.id}`,
          login_id,
          phase: 'active',
          direction: 'unknown',
          number: call.phone,
          dialed: null,
          queue: null,
          began: new Date(call.began).toISOString(),
          changed: null,
          wrap_up: null,
        },
      ];

/** Everybody as they were, also those who are in no team today: what is not kept (the phone, requests) is today's or nothing. */
export function asTheyWere(
  operators: ReadonlyMap<number, OperatorRow>,
  moments: readonly Moment[],
): { rows: OperatorRow[]; gone: number } {
  const rows = moments.map((then): OperatorRow => {
    const today = operators.get(then.id);
    return {
      id: then.id,
      login_id: then.login_id,
      login_name: today?.login_name ?? null,
      first_name: today?.first_name ?? null,
      last_name: today?.last_name ?? null,
      name: then.name,
      extension: today?.extension ?? null,
      teams: then.teams,
      state: then.state ?? NOT_WATCHED,
      group: then.group,
      reason: then.reason,
      since: then.since,
      interval: then.interval,
      pending: null,
      dialogs: callOfMoment(then),
      command: null,
      note: null,
      missing: false,
      alarm: 0,
    };
  });
  return { rows, gone: moments.filter((moment) => moment.gone).length };
}
