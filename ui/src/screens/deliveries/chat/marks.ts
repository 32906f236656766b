// How states of pairs, of what was said in them and of requests look, and what may be done with each. Pure.
import type { ChatItemRow } from '../../../bindings/ChatItemRow';
import type { ChatItemState } from '../../../bindings/ChatItemState';
import type { ChatPairRow } from '../../../bindings/ChatPairRow';
import type { ChatRequestState } from '../../../bindings/ChatRequestState';
import type { Mark } from '../../../components/badge';

export const itemMarks: Record<ChatItemState, Mark> = {
  finding: { tone: 'talking', shape: 'ring' },
  reading: { tone: 'talking', shape: 'ring' },
  sending: { tone: 'talking', shape: 'half' },
  done: { tone: 'ready', shape: 'dot' },
  skipped: { tone: 'off', shape: 'dashed' },
  held: { tone: 'warning', shape: 'half' },
  failed: { tone: 'alarm', shape: 'triangle' },
};

export const requestMarks: Record<ChatRequestState, Mark> = {
  opened: { tone: 'unknown', shape: 'dashed' },
  author: { tone: 'talking', shape: 'ring' },
  department: { tone: 'talking', shape: 'ring' },
  creating: { tone: 'talking', shape: 'half' },
  anchoring: { tone: 'talking', shape: 'half' },
  done: { tone: 'ready', shape: 'dot' },
  failed: { tone: 'alarm', shape: 'triangle' },
  skipped: { tone: 'off', shape: 'dashed' },
};

export const pausedMark: Mark = { tone: 'warning', shape: 'square' };
export const runningMark: Mark = { tone: 'ready', shape: 'dot' };

/** The colour of a row's edge; null for the rows nobody has to look at. */
export const edgeOf = ({ failed, held, paused_at }: ChatPairRow): string | null =>
  failed > 0 ? 'alarm' : held > 0 || paused_at !== null ? 'warning' : null;

/** Whether a supervisor may say that it is not to be copied. */
export const canDrop = ({ state }: ChatItemRow): boolean => state === 'held' || state === 'failed';

/** What would only make an echo, or has nothing in it, is not offered. */
const NEVER_SENT: readonly (string | null)[] = ['ours', 'empty', 'deleted'];

/** Whether a supervisor may have it copied that was not. */
export const canSend = (item: ChatItemRow): boolean =>
  canDrop(item) || (item.state === 'skipped' && !NEVER_SENT.includes(item.reason));
