// The filter of ratings as the address holds it, what the engine is asked for it, and which rows it lets through. Pure.
//
// The engine narrows the pages; a row that has just changed is held against the same question here, so that a number leads to
// exactly the rows it counted.
import type { Origin } from '../../bindings/Origin';
import type { Rate } from '../../bindings/Rate';
import type { RatingFilter } from '../../bindings/RatingFilter';
import type { RatingRow } from '../../bindings/RatingRow';
import type { RatingWhich } from '../../bindings/RatingWhich';
import { shiftDay } from '../../i18n/format';

type Params = Readonly<Record<string, string>>;

export type Tab = 'waiting' | 'unasked' | 'ended';
export const tabs: readonly Tab[] = ['waiting', 'unasked', 'ended'];
export type Period = 'today' | 'week' | 'month' | 'quarter' | 'own';
export const periods: readonly Period[] = ['today', 'week', 'month', 'quarter', 'own'];
export const rates: readonly Rate[] = ['good', 'normal', 'bad'];
export const origins: readonly Origin[] = ['user', 'auto', 'supervisor'];
export type Outcome = 'rated' | 'cancelled';
export const outcomes: readonly Outcome[] = ['rated', 'cancelled'];

/** Days of a period with today. */
const DAYS: Record<Exclude<Period, 'own'>, number> = { today: 1, week: 7, month: 30, quarter: 90 };
const USUAL: Period = 'month';

/** Whose rating; `not_by_hand` is what satisfaction with automatic ratings counts. */
export type Whose = Origin | 'not_by_hand';

export interface RatingsFilter {
  tab: Tab;
  issue: number | null;
  rate: Rate | null;
  origin: Whose | null;
  outcome: Outcome | null;
  period: Period;
  /** The days of the period, the last one included, `YYYY-MM-DD`. */
  days: { from: string; until: string };
  /** Only issues closed in the period. */
  within: boolean;
}

/** What narrows the list; the tab and the period are no narrowing. */
export const NARROWING = ['issue', 'rate', 'origin', 'outcome', 'within'];

const oneOf = <T extends string>(all: readonly T[], text: string | undefined): T | null =>
  all.find((each) => each === text) ?? null;
const isDay = (text: string | undefined): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '');

/** The number in what was typed: `№ 153` is 153. */
export function issueOf(text: string | undefined): number | null {
  const found = /^\s*(?:№|#)?\s*(\d{1,15})\s*$/.exec(text ?? '');
  const number = Number(found?.[1]);
  return found && number > 0 ? number : null;
}

/** Reads what the address says; what it cannot mean is left out. */
export function readFilter(params: Params, today: string): RatingsFilter {
  const tab = oneOf(tabs, params.tab) ?? 'waiting';
  const period = oneOf(periods, params.period) ?? USUAL;
  return {
    tab,
    issue: issueOf(params.issue),
    rate: oneOf(rates, params.rate),
    origin: oneOf<Whose>([...origins, 'not_by_hand'], params.origin),
    outcome: tab === 'ended' ? oneOf(outcomes, params.outcome) : null,
    period,
    days: daysOf(period, params, today),
    within: params.within === '1',
  };
}

function daysOf(period: Period, params: Params, today: string): RatingsFilter['days'] {
  if (period !== 'own') return { from: shiftDay(today, 1 - DAYS[period]), until: today };
  const until = isDay(params.until) ? params.until : today;
  const from = isDay(params.from) ? params.from : shiftDay(until, 1 - DAYS.week);
  return from <= until ? { from, until } : { from: until, until: from };
}

/** Whether anything narrows the list. */
export const isNarrowed = (filter: RatingsFilter): boolean =>
  filter.issue !== null || filter.rate !== null || filter.origin !== null || filter.outcome !== null || filter.within;

/** Milliseconds UTC, the end not included. */
export interface Span {
  from: number;
  until: number;
}

/** What the list is asked. */
export interface Question {
  which: RatingWhich;
  issue: number | null;
  rate: Rate | null;
  origin: Whose | null;
  outcome: Outcome | null;
  closed: Span | null;
}

const WHICH: Record<Tab, RatingWhich> = { waiting: 'pending', unasked: 'not_asked', ended: 'ended' };

export function questionOf(filter: RatingsFilter, span: Span): Question {
  const { tab, issue, rate, origin, outcome, within } = filter;
  return { which: WHICH[tab], issue, rate, origin, outcome, closed: within ? span : null };
}

/** The part of a question that the engine answers by itself. */
export const engineFilter = ({ which, issue, rate, origin, outcome, closed }: Question): RatingFilter => ({
  which,
  issue,
  rate,
  origin: origin === 'not_by_hand' ? null : origin,
  outcome,
  closed_from: closed?.from ?? null,
  closed_until: closed?.until ?? null,
});

const isOver = (row: RatingRow): boolean => row.state === 'rated' || row.state === 'cancelled';

/** An author who was not asked owes no answer: such a request stands in its own list alone. */
function belongs(which: RatingWhich, row: RatingRow): boolean {
  if (which === 'ended') return isOver(row);
  const unasked = row.state === 'undeliverable';
  return which === 'not_asked' ? unasked : !unasked && !isOver(row);
}

export function fits(question: Question, row: RatingRow): boolean {
  const { issue, rate, origin, outcome, closed } = question;
  const whose = origin === 'not_by_hand' ? row.origin === 'user' || row.origin === 'auto' : row.origin === origin;
  return (
    belongs(question.which, row) &&
    (issue === null || row.issue === issue) &&
    (rate === null || row.rate === rate) &&
    (origin === null || whose) &&
    (outcome === null || row.state === outcome) &&
    (closed === null || (row.closed_at >= closed.from && row.closed_at < closed.until))
  );
}
