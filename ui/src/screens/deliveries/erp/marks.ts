// How states of documents, of their tasks and of the directory look, and what may be done with a document as it stands. Pure.
import type { DirectoryPart } from '../../../bindings/DirectoryPart';
import type { DocumentFile } from '../../../bindings/DocumentFile';
import type { DocumentRow } from '../../../bindings/DocumentRow';
import type { DocumentStage } from '../../../bindings/DocumentStage';
import type { DocumentState } from '../../../bindings/DocumentState';
import type { DocumentTaskState } from '../../../bindings/DocumentTaskState';
import type { HouseDirectory } from '../../../bindings/HouseDirectory';
import type { Mark } from '../../../components/badge';

const stateMarks: Record<DocumentState, Mark> = {
  received: { tone: 'talking', shape: 'ring' },
  partial: { tone: 'warning', shape: 'half' },
  done: { tone: 'ready', shape: 'dot' },
  update_failed: { tone: 'warning', shape: 'square' },
  error: { tone: 'alarm', shape: 'triangle' },
};

export const documentStates = Object.keys(stateMarks) as DocumentState[];

export const taskMarks: Record<DocumentTaskState, Mark> = {
  creating: { tone: 'talking', shape: 'ring' },
  created: { tone: 'talking', shape: 'half' },
  stale: { tone: 'talking', shape: 'half' },
  done: { tone: 'ready', shape: 'dot' },
  refused: { tone: 'alarm', shape: 'triangle' },
  update_failed: { tone: 'warning', shape: 'square' },
  completed: { tone: 'off', shape: 'dot' },
};
export const noTaskMark: Mark = { tone: 'unknown', shape: 'dashed' };

interface Words {
  states: Record<DocumentState, string>;
  stages: Record<DocumentStage, string>;
}

/** The word and the look of where a document stands: what is under way, else what has become of it. */
export function stateOf({ state, stage }: Pick<DocumentRow, 'state' | 'stage'>, t: Words): Mark & { word: string } {
  return stage === null
    ? { ...stateMarks[state], word: t.states[state] }
    : { ...stateMarks.received, word: t.stages[stage] };
}

/** The colour of a row's edge; null for the rows nobody has to look at. */
export function edgeOf({ state, stage }: DocumentRow): string | null {
  if (stage !== null) return null;
  return state === 'error' ? 'alarm' : state === 'partial' || state === 'update_failed' ? 'warning' : null;
}

/** Whether a supervisor may have it worked on again: it is settled, and something is left to be done. */
export const canRepeat = ({ state, stage }: DocumentRow): boolean =>
  stage === null && (state === 'partial' || state === 'update_failed' || state === 'error');

export function fileMark({ file, failed }: DocumentFile): Mark {
  if (file !== null) return { tone: 'ready', shape: 'dot' };
  return failed ? { tone: 'warning', shape: 'square' } : { tone: 'unknown', shape: 'dashed' };
}

export const houseParts = ['departments', 'people', 'project', 'schedule'] as const satisfies (keyof HouseDirectory)[];

/** What is no longer believed is read anew by the next document: nobody has to do anything about it. */
export function partMark(part: DirectoryPart | null, now: number): Mark {
  if (part === null) return { tone: 'unknown', shape: 'dashed' };
  return part.fresh_until > now ? { tone: 'ready', shape: 'dot' } : { tone: 'off', shape: 'half' };
}
