// What the address says of reports: the tab, the period they share, the filters of the reports on tickets. Pure.
import type { QualityBy } from '../../bindings/QualityBy';
import type { QualityRequest } from '../../bindings/QualityRequest';
import type { ReportDays } from '../../bindings/ReportDays';
import type { StaleTickets } from '../../bindings/StaleTickets';
import type { TicketGrouping } from '../../bindings/TicketGrouping';
import type { TicketReport } from '../../bindings/TicketReport';
import type { TicketReportDay } from '../../bindings/TicketReportDay';
import type { TicketReportStatus } from '../../bindings/TicketReportStatus';
import { shiftDay } from '../../i18n/format';

type Params = Readonly<Record<string, string>>;

export type Tab =
  'tickets' | 'activity' | 'stale' | 'quality' | 'calls' | 'states' | 'fairness' | 'csat' | 'availability' | 'handover';
export const tabs: readonly Tab[] = [
  'tickets',
  'activity',
  'stale',
  'quality',
  'calls',
  'states',
  'fairness',
  'csat',
  'availability',
  'handover',
];
export type Period = 'today' | 'week' | 'month' | 'quarter' | 'own';
export const periods: readonly Period[] = ['today', 'week', 'month', 'quarter', 'own'];
export const groupings: readonly TicketGrouping[] = ['executor', 'month', 'executor_month', 'month_executor'];
export const months: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** Days of a period with today. */
const DAYS: Record<Exclude<Period, 'own'>, number> = { today: 1, week: 7, month: 30, quarter: 90 };
const USUAL: Period = 'month';
/** The longest period the engine counts, and the longest where each minute or each stretch of a state counts. */
const MOST_DAYS = 366;
const MOST_FINE_DAYS = 92;
export const mostDays = (tab: Tab): number => (tab === 'states' || tab === 'availability' ? MOST_FINE_DAYS : MOST_DAYS);

/** How long a ticket stands still at least, days, unless the address says otherwise (behaviour/helpdesk 8). */
export const STALE_DAYS = 7;
const MOST_STALE_DAYS = 3650;

/** Nobody works on a ticket, as the engine takes it. */
export const NOBODY = 0;

/** Filters of one tab that mean nothing in another. */
export const OF_ONE_TAB = ['sort', 'whose', 'kind', 'rows', 'centre', 'by', 'open', 'days', 'order', 'fold'];
/** What narrows tickets beside the project; the same on both of their tabs as far as it is there. */
export const NARROWING = ['status', 'executor', 'year', 'months', 'since', 'till'];

export function oneOf<T extends string>(all: readonly T[], text: string | null | undefined): T | null {
  return all.find((each) => each === text) ?? null;
}

const whole = (text: string | undefined): number | null => (/^\d{1,15}$/.test(text ?? '') ? Number(text) : null);

export const isDay = (text: string | null | undefined): text is string =>
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text ?? '');

export const tabOf = (params: Params): Tab => oneOf(tabs, params.tab) ?? 'tickets';

/** The period of a tab and what it is called: its days, both included, no more than the engine counts there. */
export function periodOf(params: Params, today: string, most: number): { period: Period; days: ReportDays } {
  const period = oneOf(periods, params.period) ?? USUAL;
  if (period !== 'own') return { period, days: { from: shiftDay(today, 1 - DAYS[period]), to: today } };
  const until = isDay(params.until) ? params.until : today;
  const from = isDay(params.from) ? params.from : shiftDay(until, 1 - DAYS.month);
  const [first, to] = from <= until ? [from, until] : [until, from];
  const earliest = shiftDay(to, 1 - most);
  return { period, days: { from: first < earliest ? earliest : first, to } };
}

/** How many days a period has. */
export const lengthOf = ({ from, to }: ReportDays): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000) + 1;

/** Every day of a period. */
export const eachDay = (days: ReportDays): string[] =>
  Array.from({ length: lengthOf(days) }, (_, index) => shiftDay(days.from, index));

/** A status of the report as the address has it: `open`, `closed`, or a number. */
export function statusOf(text: string | undefined): TicketReportStatus | null {
  if (text === 'open' || text === 'closed') return { status: text };
  const id = whole(text);
  return id === null ? null : { status: 'is', id };
}

const monthsOf = (text: string | undefined): number[] => {
  const wanted = new Set((text ?? '').split(',').map(Number));
  return months.filter((month) => wanted.has(month));
};

/** Which days count: all of a year or some of its months, or days of one's own. */
export type Span = 'all' | 'year' | 'days';
export const spans: readonly Span[] = ['all', 'year', 'days'];

export interface TicketsFilter {
  /** Null: nothing is counted yet. */
  project: number | null;
  span: Span;
  report: TicketReport;
}

/** The report that the address asks for; the first project there is where it names none. */
export function ticketsOf(params: Params, today: string, first: number | null): TicketsFilter {
  const project = whole(params.project) ?? first;
  const span = oneOf(spans, params.span) ?? 'year';
  const year = whole(params.year) ?? Number(today.slice(0, 4));
  return {
    project,
    span,
    report: {
      project: project ?? 0,
      day: (oneOf(['created', 'closed'], params.day) ?? 'created') satisfies TicketReportDay,
      from: span === 'days' && isDay(params.since) ? params.since : null,
      to: span === 'days' && isDay(params.till) ? params.till : null,
      year: span === 'year' ? year : null,
      months: span === 'year' ? monthsOf(params.months) : [],
      status: statusOf(params.status),
      executor: whole(params.executor),
      grouping: oneOf(groupings, params.grouping) ?? 'executor',
    },
  };
}

/** Whether anything beside the project and the period narrows the report. */
export const isNarrowed = ({ status, executor, months }: TicketReport): boolean =>
  status !== null || executor !== null || months.length > 0;

/** Tickets that stand still, as the address asks for them. */
export function staleOf(params: Params, first: number | null): StaleTickets | null {
  const project = whole(params.project) ?? first;
  const days = whole(params.days) ?? STALE_DAYS;
  const status = statusOf(params.status);
  return project === null
    ? null
    : {
        project,
        days: Math.min(MOST_STALE_DAYS, Math.max(1, days)),
        status: status?.status === 'is' ? status.id : null,
        executor: whole(params.executor),
      };
}

/** Marks a field of the tracker's own in the address: its name could be any word. */
export const FIELD = 'field:';
const byWords = ['tracker', 'category', 'author', 'executor'] as const;

/** What the rows of the report on quality differ in, as the address has it. */
export const byOf = (by: QualityBy): string => (by.by === 'field' ? FIELD + by.name : by.by);

function readBy(text: string | undefined): QualityBy | null {
  if (text?.startsWith(FIELD)) return { by: 'field', name: text.slice(FIELD.length) };
  const word = oneOf(byWords, text);
  return word === null ? null : { by: word };
}

/** The report on quality that the address asks for; null while there is no project. */
export function qualityOf(params: Params, days: ReportDays, first: number | null): QualityRequest | null {
  const project = whole(params.project) ?? first;
  return project === null ? null : { project, days, kind: params.kind ?? null, by: readBy(params.rows) };
}

/** The part of a report that a figure leads to: whose tickets, of which month. */
export interface Part {
  /** 0 for nobody; null for anybody. */
  executor: number | null;
  /** `YYYY-MM`. */
  month: string | null;
}

/** A part in the address of the panel: `7/2026-02`, `any/2026-02`, `0/any`. */
export const printPart = ({ executor, month }: Part): string => `${executor ?? 'any'}/${month ?? 'any'}`;

export function readPart(id: string): Part | null {
  const [who = '', month = ''] = id.split('/');
  const executor = who === 'any' ? null : whole(who);
  if ((executor === null && who !== 'any') || (month !== 'any' && !/^\d{4}-(0[1-9]|1[0-2])$/.test(month))) return null;
  return { executor, month: month === 'any' ? null : month };
}
