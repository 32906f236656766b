// What came of a change, in words, and how it is asked for once more. Pure.
import type { ChangeTicketRequest } from '../../bindings/ChangeTicketRequest';
import type { TicketChangeRow } from '../../bindings/TicketChangeRow';
import type { TicketDesk } from '../../bindings/TicketDesk';
import type { TicketDetailRow } from '../../bindings/TicketDetailRow';
import type { TicketTrouble } from '../../bindings/TicketTrouble';
import type { TicketWanted } from '../../bindings/TicketWanted';
import type { tickets } from '../../i18n/texts/tickets';
import { fieldNames, fieldOf, nothing, type FieldName } from './drafts.svelte';

type Texts = (typeof tickets)['ru'];

/** The name of a part; a file is called by its own. */
export const partName = (t: Texts, part: string): string =>
  (Object.hasOwn(t.parts, part) ? t.parts[part] : part) ?? part;

export function troubleWords(t: Texts, trouble: TicketTrouble): string {
  switch (trouble.trouble) {
    case 'left':
      return t.trouble.left(trouble.parts.map((part) => partName(t, part)).join(', '));
    case 'refused':
    case 'rights':
      return t.trouble[trouble.trouble](trouble.detail);
    default:
      return t.trouble[trouble.trouble];
  }
}

/** What a change is to do, one thing after another. */
export function wishes(t: Texts['changes'], change: TicketChangeRow): string[] {
  return [
    ...(change.status === null ? [] : [t.wants.status(change.status)]),
    ...(change.priority === null ? [] : [t.wants.priority(change.priority)]),
    ...(change.assignee === null ? [] : [t.wants.assignee(change.assignee || t.wants.nobody)]),
    ...(change.note === null && !change.private ? [] : [change.private ? t.wants.privateNote : t.wants.note]),
    ...(change.files.length === 0 ? [] : [t.wants.files(change.files.join(', '))]),
  ];
}

/** Fields of a conflict: what was wanted beside what is there. */
export function differences(t: Texts, change: TicketChangeRow, detail: TicketDetailRow) {
  const fields = change.trouble?.trouble === 'conflict' ? change.trouble.fields : [];
  return fieldNames
    .filter((field) => fields.includes(field))
    .map((field) => ({
      field,
      name: partName(t, field),
      wanted: change[field] || t.changes.wants.nobody,
      now: detail.ticket[field]?.name ?? t.changes.wants.nobody,
    }));
}

/** What cannot be said again from here, and why. */
export type Lost = 'note' | 'files' | 'unknown';

/** The number behind a name, where only one is called so. */
function idOf(list: readonly { id: number; name: string }[], name: string): number | null {
  const found = list.filter((each) => each.name === name);
  return found.length === 1 ? (found[0]?.id ?? null) : null;
}

/** A change as it was asked, from the names the engine tells of it, for a page that did not ask it. */
function rebuilt(change: TicketChangeRow, detail: TicketDetailRow, desk: TicketDesk): ChangeTicketRequest | Lost {
  if (change.private && change.note === null) return 'note';
  if (change.files.length > 0) return 'files';
  const members = desk.projects.find(({ id }) => id === detail.ticket.project.id)?.members ?? [];
  const lists: Record<FieldName, readonly { id: number; name: string }[]> = {
    status: [...desk.statuses, ...detail.statuses.filter(({ id }) => !desk.statuses.some((one) => one.id === id))],
    priority: desk.priorities,
    assignee: members,
  };
  const wanted: TicketWanted = { ...nothing };
  for (const field of fieldNames) {
    const name = change[field];
    if (name === null) continue;
    wanted[field] = name === '' ? 0 : idOf(lists[field], name);
    if (wanted[field] === null) return 'unknown';
  }
  return { id: detail.ticket.id, wanted, seen: nothing, note: change.note, private: change.private, files: [] };
}

/** The request that asks for a change once more, held against what is on view now. */
export function again(
  change: TicketChangeRow,
  detail: TicketDetailRow,
  desk: TicketDesk,
  asked: ChangeTicketRequest | undefined,
): ChangeTicketRequest | Lost {
  const request = asked ?? rebuilt(change, detail, desk);
  if (typeof request === 'string') return request;
  const left = change.trouble?.trouble === 'left' ? change.trouble.parts : null;
  // Names of files among what was left cannot be told from each other by what was sent.
  if (left?.some((part) => part === 'files' || !(part === 'note' || fieldNames.some((field) => field === part))))
    return 'files';
  const wanted: TicketWanted = { ...nothing };
  const seen: TicketWanted = { ...nothing };
  for (const field of fieldNames) {
    if (request.wanted[field] === null || (left !== null && !left.includes(field))) continue;
    wanted[field] = request.wanted[field];
    seen[field] = fieldOf(detail.ticket, field);
  }
  return {
    ...request,
    wanted,
    seen,
    note: left === null || left.includes('note') ? request.note : null,
    files: left === null ? request.files : [],
  };
}
