// How states look: shape and tone beside the word. One table for lists, panels and dialogs.
import type { EffectState } from '../../bindings/EffectState';
import type { IntegrationSummary } from '../../bindings/IntegrationSummary';
import type { RecordState } from '../../bindings/RecordState';
import type { Mark } from '../../components/badge';

export const recordMarks: Record<RecordState, Mark> = {
  waiting: { tone: 'off', shape: 'ring' },
  done: { tone: 'ready', shape: 'dot' },
  duplicate: { tone: 'off', shape: 'half' },
  not_understood: { tone: 'warning', shape: 'square' },
  failed: { tone: 'alarm', shape: 'triangle' },
};

export const effectMarks: Record<EffectState, Mark> = {
  queued: { tone: 'off', shape: 'ring' },
  in_flight: { tone: 'talking', shape: 'half' },
  done: { tone: 'ready', shape: 'dot' },
  refused: { tone: 'alarm', shape: 'square' },
  expired: { tone: 'warning', shape: 'square' },
  dead: { tone: 'alarm', shape: 'triangle' },
  cancelled: { tone: 'off', shape: 'dashed' },
};

export const recordStates = Object.keys(recordMarks) as RecordState[];
export const effectStates = Object.keys(effectMarks) as EffectState[];

/** Calls that may be made once more, and those that may be taken back, or put aside for good. */
export const canRetry = (state: EffectState): boolean => ['refused', 'expired', 'dead', 'cancelled'].includes(state);
export const canCancel = (state: EffectState): boolean => ['queued', 'refused', 'expired', 'dead'].includes(state);

/** The colour of a row's edge; null for the rows nobody has to look at. */
export function edgeOf(mark: Mark): string | null {
  return mark.tone === 'alarm' || mark.tone === 'warning' ? mark.tone : null;
}

/** Whether nothing goes out by this connection until somebody lets it: by hand, or because it was refused. */
export const isStopped = ({ connection }: IntegrationSummary): boolean =>
  connection.paused_by !== null || connection.trouble !== null;
