// The days of a month as the calendar has them. Pure.
import { shiftDay } from '../../i18n/format';

export interface Day {
  /** `YYYY-MM-DD`. */
  day: string;
  /** Of the month, from 1. */
  number: number;
  /** Place in the week, Monday is 0. */
  weekday: number;
  weekend: boolean;
}

export function shiftMonth(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

export function daysOf(month: string): Day[] {
  const days: Day[] = [];
  for (let day = `${month}-01`; day.startsWith(month); day = shiftDay(day, 1)) {
    const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
    days.push({ day, number: days.length + 1, weekday, weekend: weekday > 4 });
  }
  return days;
}

/** A month in words: `ноябрь 2026`. */
export function monthTitle(month: string, locale: string): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  const name = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(date);
  return `${name} ${month.slice(0, 4)}`;
}
