// One change of several tickets: what was chosen, what of it differs on one, and the request for that one. Pure.
import type { ChangeTicketRequest } from '../../bindings/ChangeTicketRequest';
import type { TicketRow } from '../../bindings/TicketRow';
import type { TicketWanted } from '../../bindings/TicketWanted';
import { fieldNames, fieldOf, nothing } from './drafts.svelte';

/** Stands for a field that is left as it is. */
export const KEEP = 'keep';

/** As the form says it: an id, or that it is left alone. */
export interface Choice {
  status: string;
  priority: string;
  assignee: string;
}

export function chosenOf(choice: Choice): TicketWanted {
  const of = (text: string) => (text === KEEP ? null : Number(text));
  return { ...nothing, status: of(choice.status), priority: of(choice.priority), assignee: of(choice.assignee) };
}

/** What of it one ticket has not yet; null when nothing. */
export function changeOf(row: TicketRow, wanted: TicketWanted): TicketWanted | null {
  const change: TicketWanted = { ...nothing };
  for (const field of fieldNames) {
    if (wanted[field] !== null && wanted[field] !== (fieldOf(row, field) ?? 0)) change[field] = wanted[field];
  }
  return fieldNames.some((field) => change[field] !== null) ? change : null;
}

/** The request of one ticket, held against what is on view: what somebody else changed meanwhile is not overwritten. */
export function requestOf(row: TicketRow, wanted: TicketWanted, note: string): ChangeTicketRequest {
  const change = changeOf(row, wanted) ?? { ...nothing };
  const seen: TicketWanted = { ...nothing };
  for (const field of fieldNames) if (change[field] !== null) seen[field] = fieldOf(row, field);
  return {
    id: row.id,
    wanted: change,
    seen,
    note: note.trim() === '' ? null : note,
    private: false,
    files: [],
  };
}
