// The filter of tickets as the address holds it, what the engine is asked for it, and how the rows of an answer stand. Pure.
import type { TicketFilter } from '../../bindings/TicketFilter';
import type { TicketRow } from '../../bindings/TicketRow';
import type { TicketWhose } from '../../bindings/TicketWhose';

type Params = Readonly<Record<string, string>>;

export const tabs: readonly TicketWhose[] = ['mine', 'assigned', 'all'];
export type Over = 'open' | 'closed' | 'any';
export const overs: readonly Over[] = ['open', 'closed', 'any'];
export type View = 'list' | 'board';

/** The assignee nobody is, as the engine takes it. */
export const NOBODY = 0;

export interface TicketsFilter {
  tab: TicketWhose;
  view: View;
  over: Over;
  statuses: readonly number[];
  project: number | null;
  priority: number | null;
  assignee: number | null;
  search: string;
}

/** Parameters that narrow the list; the tab and the view are no narrowing. */
export const NARROWING = ['over', 'status', 'project', 'priority', 'assignee', 'q'];

const oneOf = <T extends string>(all: readonly T[], text: string | undefined): T | null =>
  all.find((each) => each === text) ?? null;
const whole = (text: string | undefined): number | null => (/^\d{1,15}$/.test(text ?? '') ? Number(text) : null);

/** Reads what the address says; what it cannot mean is left out. */
export function readFilter(params: Params): TicketsFilter {
  const statuses = (params.status ?? '').split(',').flatMap((text) => whole(text) ?? []);
  return {
    tab: oneOf(tabs, params.tab) ?? 'mine',
    view: params.view === 'board' ? 'board' : 'list',
    over: oneOf(overs, params.over) ?? 'open',
    statuses: [...new Set(statuses)].sort((a, b) => a - b),
    project: whole(params.project),
    priority: whole(params.priority),
    assignee: whole(params.assignee),
    search: params.q ?? '',
  };
}

const CLOSED: Record<Over, boolean | null> = { open: false, closed: true, any: null };

/** What the engine is asked. */
export function engineFilter(filter: TicketsFilter): TicketFilter {
  const { tab, over, statuses, project, priority, assignee } = filter;
  return {
    whose: tab,
    closed: CLOSED[over],
    statuses: [...statuses],
    project,
    priority,
    // Whose work it is, the tab says already.
    assignee: tab === 'assigned' ? null : assignee,
    search: filter.search.trim() || null,
  };
}

/** A kept filter as parameters of the address; a patch: what it does not narrow is taken out. */
export function paramsOf(filter: TicketFilter): Record<string, string | number | null> {
  const over = filter.closed === null ? 'any' : filter.closed ? 'closed' : null;
  return {
    tab: filter.whose === 'mine' ? null : filter.whose,
    over,
    status: filter.statuses.join(',') || null,
    project: filter.project,
    priority: filter.priority,
    // Nobody is a 0, which is something to look for.
    assignee: filter.assignee === null ? null : String(filter.assignee),
    q: filter.search,
  };
}

/** Whether two filters let the same tickets through. */
export const sameFilter = (a: TicketFilter, b: TicketFilter): boolean =>
  JSON.stringify(paramsOf(a)) === JSON.stringify(paramsOf(b));

export const isNarrowed = (filter: TicketsFilter): boolean =>
  filter.over !== 'open' ||
  filter.statuses.length > 0 ||
  filter.project !== null ||
  filter.priority !== null ||
  (filter.assignee !== null && filter.tab !== 'assigned') ||
  filter.search.trim() !== '';

/** The chosen statuses with one more, or without it. */
export const toggled = (statuses: readonly number[], id: number): string | null =>
  (statuses.includes(id) ? statuses.filter((each) => each !== id) : [...statuses, id]).join(',') || null;

/** The last changed first, as the engine gives its pages. */
export const lastChangedFirst = (a: TicketRow, b: TicketRow): number => b.updated_on - a.updated_on || b.id - a.id;

/** The number in what was typed: `#4711` and `№ 4711` are 4711. */
export function numberOf(text: string): number | null {
  const found = /^\s*(?:№|#)?\s*(\d{1,12})\s*$/.exec(text);
  const number = Number(found?.[1]);
  return found && number > 0 ? number : null;
}
