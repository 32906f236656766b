// What the address says of the carousel: the tab, its filters, the month and the period. Pure.
import type { CarouselStrategy } from '../../bindings/CarouselStrategy';
import { shiftDay } from '../../i18n/format';

type Params = Readonly<Record<string, string>>;

export type Tab = 'services' | 'people' | 'calendar' | 'log' | 'fairness' | 'catalogue';
export const tabs: readonly Tab[] = ['services', 'people', 'calendar', 'log', 'fairness', 'catalogue'];
export type ServiceShow = 'all' | 'on' | 'off' | 'trouble';
export const serviceShows: readonly ServiceShow[] = ['all', 'on', 'off', 'trouble'];
export type Who = 'all' | 'on' | 'off' | 'flagged' | 'disabled';
export const whos: readonly Who[] = ['all', 'on', 'off', 'flagged', 'disabled'];
export type Period = 'week' | 'month' | 'quarter' | 'own';
export const periods: readonly Period[] = ['week', 'month', 'quarter', 'own'];
export const strategies: readonly CarouselStrategy[] = ['turn', 'round_robin', 'weighted', 'least_loaded'];

/** Days of a period with today. */
const DAYS: Record<Exclude<Period, 'own'>, number> = { week: 7, month: 30, quarter: 90 };
/** The longest period the engine counts, days. */
export const MOST_DAYS = 366;

/** Filters of one tab that mean nothing in another; a service and a group mean the same everywhere. */
export const OF_ONE_TAB = ['q', 'show', 'who', 'now', 'sort', 'ticket', 'person', 'run', 'month', 'every', 'open'];

export function oneOf<T extends string>(all: readonly T[], text: string | null | undefined): T | null {
  return all.find((each) => each === text) ?? null;
}

/** A number of the service desk in the address. */
export function idOf(text: string | null | undefined): number | null {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : null;
}

/** The number in what was typed: `№ 4711` is 4711. */
export function ticketOf(text: string | null | undefined): number | null {
  const found = /^\s*(?:№|#)?\s*(\d{1,15})\s*$/.exec(text ?? '');
  return found ? Number(found[1]) : null;
}

export const isDay = (text: string | null | undefined): text is string =>
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text ?? '');

/** The month in the address, `YYYY-MM`; the present one otherwise. */
export function monthOf(text: string | null | undefined, today: string): string {
  return /^[12]\d{3}-(0[1-9]|1[0-2])$/.test(text ?? '') ? String(text) : today.slice(0, 7);
}

/** The days of a period, both included, and what it is called. */
export function periodOf(params: Params, today: string): { period: Period; from: string; until: string } {
  const period = oneOf(periods, params.period) ?? 'month';
  if (period !== 'own') return { period, from: shiftDay(today, 1 - DAYS[period]), until: today };
  const until = isDay(params.until) ? params.until : today;
  const from = isDay(params.from) ? params.from : shiftDay(until, 1 - DAYS.month);
  const [first, last] = from <= until ? [from, until] : [until, from];
  const earliest = shiftDay(last, 1 - MOST_DAYS);
  return { period, from: first < earliest ? earliest : first, until: last };
}

/** Whether any of these words is in any of these texts, as people type: parts, any case. */
export function matches(typed: string, texts: readonly (string | number | null)[], locale: string): boolean {
  const words = typed.toLocaleLowerCase(locale).split(/\s+/).filter(Boolean);
  const hay = texts
    .filter((text) => text !== null)
    .join(' ')
    .toLocaleLowerCase(locale);
  return words.every((word) => hay.includes(word));
}
