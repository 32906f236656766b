// How a source stands, with its silence measured against its usual pace. What is not known is not judged. Pure.
import type { Source } from '../../bindings/Source';
import type { SourceState } from '../../bindings/SourceState';
import type { Mark } from '../badge';

/** `unheard`: the engine itself is out of reach, so nothing is known of its sources. */
export type Standing = SourceState | 'late' | 'overdue' | 'unheard';

export const standingMarks: Record<Standing, Mark> = {
  live: { tone: 'ready', shape: 'dot' },
  silent: { tone: 'unknown', shape: 'dashed' },
  unheard: { tone: 'unknown', shape: 'dashed' },
  paused: { tone: 'off', shape: 'ring' },
  late: { tone: 'warning', shape: 'ring' },
  trouble: { tone: 'warning', shape: 'half' },
  overdue: { tone: 'alarm', shape: 'square' },
  down: { tone: 'alarm', shape: 'triangle' },
};

/** `now` is the engine's time, milliseconds: a workstation whose clock is off must not raise an alarm. */
export function standingOf(source: Source, now: number): Standing {
  if (source.state !== 'live') return source.state;
  if (source.overdue_at !== null && now >= source.overdue_at) return 'overdue';
  return source.late_at !== null && now >= source.late_at ? 'late' : 'live';
}
