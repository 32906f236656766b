// One record by its number, as a panel has it open: the answer counts only while it is of the number in the address.
import type { CommandName, Commands } from '../backend';
import { live, type Hearing } from './live.svelte';

/** The commands that are asked by a number alone. */
type ByNumber = {
  [N in CommandName]: Commands[N]['request'] extends { id: number }
    ? { id: number } extends Commands[N]['request']
      ? N
      : never
    : never;
}[CommandName];

export interface OpenRecord<Answer> {
  readonly number: number;
  /** Whether the address names a record at all. */
  readonly valid: boolean;
  readonly data: Answer | null;
  readonly error: unknown;
  refresh: () => void;
}

/** Opens a record for the component being created. `id` may go on after a slash; `own` tells whose an answer is. */
export function openRecord<N extends ByNumber>(
  name: N,
  id: () => string,
  own: (answer: Commands[N]['response']) => number,
  areas: readonly string[],
  hearing: Hearing = {},
): OpenRecord<Commands[N]['response']> {
  const number = $derived(Number(id().split('/', 1)[0]));
  const valid = $derived(Number.isSafeInteger(number) && number > 0);
  const answer = live(name, () => (valid ? { id: number } : null), areas, hearing);
  return {
    get number() {
      return number;
    },
    get valid() {
      return valid;
    },
    get data() {
      return answer.data && own(answer.data) === number ? answer.data : null;
    },
    get error() {
      return answer.error;
    },
    refresh: answer.refresh,
  };
}
