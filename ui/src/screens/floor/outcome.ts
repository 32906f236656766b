// How the outcome of a request looks. Pure.
import type { CommandState } from '../../bindings/CommandState';
import type { Mark } from '../../components/badge';
import { isWaiting } from './states';

export function outcomeLook(state: CommandState | null): Mark {
  if (state === 'done') return { tone: 'ready', shape: 'dot' };
  if (state === null || state === 'unknown') return { tone: 'unknown', shape: 'dashed' };
  if (isWaiting(state)) return { tone: 'accent', shape: 'half' };
  return { tone: state === 'too_late' ? 'warning' : 'alarm', shape: 'square' };
}
