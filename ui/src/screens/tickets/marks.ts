// How statuses, priorities and changes look, and whom a ticket can be given to. Pure.
import type { TicketAskedState } from '../../bindings/TicketAskedState';
import type { TicketDesk } from '../../bindings/TicketDesk';
import type { TicketPriority } from '../../bindings/TicketPriority';
import type { TicketRow } from '../../bindings/TicketRow';
import type { TicketStatus } from '../../bindings/TicketStatus';
import type { Mark } from '../../components/badge';

const overMark: Mark = { tone: 'off', shape: 'square' };
const newMark: Mark = { tone: 'accent', shape: 'ring' };
const underWayMark: Mark = { tone: 'talking', shape: 'half' };

/** The look of a status: the tracker's first one is new work, what is over is grey. */
export function statusMark(status: { id: number }, closed: boolean, statuses: readonly TicketStatus[]): Mark {
  if (closed) return overMark;
  return statuses.find((each) => !each.closed)?.id === status.id ? newMark : underWayMark;
}

/** The look of a priority by its place beside the usual one; there is no colour for what is usual. */
export function priorityMark(id: number, priorities: readonly TicketPriority[]): Mark {
  const place = priorities.findIndex((each) => each.id === id);
  const usual = priorities.findIndex((each) => each.default);
  if (place < 0 || usual < 0 || place === usual) return { tone: 'off', shape: 'dot' };
  if (place < usual) return { tone: 'off', shape: 'ring' };
  return place === priorities.length - 1 ? { tone: 'warning', shape: 'triangle' } : { tone: 'warning', shape: 'half' };
}

export const changeMarks: Record<TicketAskedState, Mark> = {
  sending: { tone: 'talking', shape: 'half' },
  done: { tone: 'ready', shape: 'dot' },
  partly: { tone: 'warning', shape: 'half' },
  conflict: { tone: 'warning', shape: 'triangle' },
  failed: { tone: 'alarm', shape: 'triangle' },
};

/** Whether a ticket should have been over before this day, `YYYY-MM-DD`. */
export const isLate = (row: Pick<TicketRow, 'closed' | 'due_date'>, today: string): boolean =>
  !row.closed && row.due_date !== null && row.due_date < today;

/** The colour of a row's edge; null for those nobody has to look at. */
export function edgeOf(row: TicketRow, today: string): string | null {
  if (row.gone_at !== null) return 'off';
  return isLate(row, today) ? 'warning' : null;
}

export interface Choice {
  value: string;
  label: string;
}

const choice = ({ id, name }: { id: number; name: string }): Choice => ({ value: String(id), label: name });

/** Whom a ticket of a project can be given to: its members, and whoever has it now. */
export function assignees(desk: TicketDesk, project: number, present: TicketRow['assignee']): Choice[] {
  const members = desk.projects.find((each) => each.id === project)?.members ?? [];
  const outside = present !== null && !members.some((member) => member.id === present.id) ? [present] : [];
  return [...outside, ...members].map(choice);
}

/** Everybody a ticket may have, of any project. */
export function everybody(desk: TicketDesk): Choice[] {
  const all = new Map(desk.projects.flatMap((project) => project.members.map((one) => [one.id, one] as const)));
  return [...all.values()].map(choice).sort((a, b) => a.label.localeCompare(b.label));
}

export const choices = (list: readonly { id: number; name: string }[]): Choice[] => list.map(choice);

/** The address of a ticket's page at the tracker. */
export const pageOf = (page: string | null, id: number): string | null => page?.replace('{id}', String(id)) ?? null;
