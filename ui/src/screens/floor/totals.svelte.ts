// How long everybody was in each group today. A sum over the whole floor, so it is asked once a minute and not with every
// change.
import type { OperatorTimes } from '../../bindings/OperatorTimes';
import { clock } from '../../state/clock.svelte';
import { live } from '../../state/live.svelte';
import { dayStart } from './zone';

const MINUTE_MS = 60_000;

export interface TodayTotals {
  readonly byId: ReadonlyMap<number, OperatorTimes>;
  refresh: () => void;
}

/** Opens the totals of the present day for the component being created. */
export function todayTotals(): TodayTotals {
  const minute = $derived(Math.floor(clock.now.getTime() / MINUTE_MS) * MINUTE_MS);
  const query = live('floor.totals', () => ({ from: dayStart(minute), to: minute + MINUTE_MS }), []);
  const byId = $derived(new Map((query.data?.operators ?? []).map((one) => [one.id, one])));
  return {
    get byId() {
      return byId;
    },
    refresh: query.refresh,
  };
}
