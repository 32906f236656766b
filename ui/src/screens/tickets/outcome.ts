// What came of a change, in words, and how it is asked for once more. Pure.
import type { AgainRequest } from '../../bindings/AgainRequest';
import type { TicketChangeRow } from '../../bindings/TicketChangeRow';
import type { TicketDetailRow } from '../../bindings/TicketDetailRow';
import type { TicketTrouble } from '../../bindings/TicketTrouble';
import type { TicketWanted } from '../../bindings/TicketWanted';
import type { tickets } from '../../i18n/texts/tickets';
import { withoutMark } from './parts';
import { fieldNames, fieldOf, nothing } from './drafts.svelte';

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
  if (change.act === 'edit_note') return [t.wants.editNote];
  if (change.act === 'watch' || change.act === 'unwatch') return [t.wants[change.act]];
  if (change.act === 'delete_note') return [t.wants.deleteNote];
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
  const entry = detail.entries.find(({ id }) => id === change.entry);
  const note = {
    field: 'note',
    name: partName(t, 'note'),
    wanted: change.act === 'delete_note' ? t.changes.wants.taken : (change.note ?? t.changes.wants.privateNote),
    now: withoutMark(entry?.notes ?? '') || t.changes.wants.taken,
  };
  return [
    ...fieldNames
      .filter((field) => fields.includes(field))
      .map((field) => ({
        field,
        name: partName(t, field),
        wanted: change[field] || t.changes.wants.nobody,
        now: detail.ticket[field]?.name ?? t.changes.wants.nobody,
      })),
    ...(fields.includes('note') ? [note] : []),
  ];
}

/** Whether whoever asked can have it sent again by the engine, which keeps everything but private words. */
export const canGoAgain = (change: TicketChangeRow): boolean =>
  change.state !== 'sending' && change.state !== 'done' && !(change.private && change.act !== 'delete_note');

/** The request that sends a change again, held against what is on view now. */
export function again(change: TicketChangeRow, detail: TicketDetailRow): AgainRequest {
  const seen: TicketWanted = { ...nothing };
  for (const field of fieldNames) if (change[field] !== null) seen[field] = fieldOf(detail.ticket, field);
  const entry = detail.entries.find(({ id }) => id === change.entry);
  return { id: change.id, seen, seen_note: change.entry === null ? null : withoutMark(entry?.notes ?? '') };
}
