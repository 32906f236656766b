// Until when something can be put off, in the reader's zone. Not here: doing it.
import { CalendarDate, CalendarDateTime, fromDate, toCalendarDate, toZoned } from '@internationalized/date';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** When a working day begins, and when its evening does. */
const MORNING = 9;
const EVENING = 18;

export type Snooze = 'hour' | 'evening' | 'tomorrow' | 'monday';

export interface Until {
  name: Snooze;
  /** Milliseconds UTC. */
  at: number;
}

/** The times somebody may choose now: the evening only while it is ahead by more than an hour. */
export function snoozes(now: Date, zone: string): Until[] {
  const here = fromDate(now, zone);
  const today = toCalendarDate(here);
  const on = (date: CalendarDate, hour: number) =>
    toZoned(new CalendarDateTime(date.year, date.month, date.day, hour), zone)
      .toDate()
      .getTime();
  // 0 is Sunday, as in the platform's own dates.
  const weekday = today.toDate('UTC').getUTCDay();
  const untilMonday = (8 - weekday) % 7 || 7;
  const all: Until[] = [
    { name: 'hour', at: now.getTime() + HOUR_MS },
    { name: 'evening', at: on(today, EVENING) },
    { name: 'tomorrow', at: on(today.add({ days: 1 }), MORNING) },
    { name: 'monday', at: on(today.add({ days: untilMonday }), MORNING) },
  ];
  const seen = new Set<number>();
  return all.filter(({ name, at }) => {
    if (name === 'evening' && at <= now.getTime() + HOUR_MS) return false;
    // On Sunday, tomorrow is Monday.
    if (seen.has(at)) return false;
    seen.add(at);
    return true;
  });
}

export const inHour = (now: Date) => now.getTime() + HOUR_MS;
export const inDay = (now: Date) => now.getTime() + DAY_MS;
