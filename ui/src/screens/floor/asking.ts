// What may be asked of an operator's state here and now. The engine decides again; the page only does not offer what would
// be refused.
import type { OperatorRow } from '../../bindings/OperatorRow';
import type { Wanted } from '../../bindings/Wanted';
import { session } from '../../state/session.svelte';
import { board } from './board.svelte';
import { isWaiting, mayFollow, wishes } from './states';

/** The requests this person may make at all. */
export function offered(): Wanted[] {
  if (!session.may('supervisor') || !board.facts?.acts || !board.fresh) return [];
  return wishes.filter((wanted) => !board.unsupported.has(wanted));
}

/** Whether this operator's state allows the request: one at a time, and never by what is no longer heard. */
export function askable(row: OperatorRow, wanted: Wanted): boolean {
  const waits = row.command !== null && isWaiting(row.command.state);
  return !waits && !row.missing && board.staleAt(row) === null && mayFollow(wanted, row.state);
}
