// What is looked for in the traffic and from which days it is, as the address says it. Pure.
import { shiftDay } from '../../i18n/format';

type Params = Readonly<Record<string, string>>;

/** All of it, the last days with today, or days of one's own. */
export type Period = 'all' | 'today' | 'week' | 'month' | 'own';
export const periods: readonly Period[] = ['all', 'today', 'week', 'month', 'own'];

/** Days of a period with today. */
const DAYS: Record<Exclude<Period, 'all' | 'own'>, number> = { today: 1, week: 7, month: 30 };
/** The longest text the engine looks for. */
const LONGEST = 200;

export interface Sought {
  text: string;
  period: Period;
  /** The first and the last day, `YYYY-MM-DD`; null for all of it. */
  days: { from: string; until: string } | null;
}

/** Names of the parameters. */
export const SOUGHT = { search: null, period: null, from: null, until: null };

const isDay = (text: string | undefined): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '');

/** Reads what the address says; what it cannot mean is left out. */
export function readSought(params: Params, today: string): Sought {
  const period = periods.find((each) => each === params.period) ?? 'all';
  return { text: (params.search ?? '').slice(0, LONGEST), period, days: daysOf(period, params, today) };
}

function daysOf(period: Period, params: Params, today: string): Sought['days'] {
  if (period === 'all') return null;
  if (period !== 'own') return { from: shiftDay(today, 1 - DAYS[period]), until: today };
  const until = isDay(params.until) ? params.until : today;
  const from = isDay(params.from) ? params.from : until;
  return from <= until ? { from, until } : { from: until, until: from };
}

/** Whether it narrows the list. */
export const isSought = ({ text, days }: Sought): boolean => text.trim() !== '' || days !== null;

/** The part of a request; `startOf` says when a day begins, milliseconds UTC. */
export function soughtOf({ text, days }: Sought, startOf: (day: string) => number) {
  return {
    search: text.trim() || null,
    from: days && startOf(days.from),
    until: days && startOf(shiftDay(days.until, 1)),
  };
}
