// The form of a maintenance: what is typed, whether it can be, what is sent. Pure.
import { parseDateTime, toZoned } from '@internationalized/date';
import type { MaintenanceSchedule } from '../../bindings/MaintenanceSchedule';

export interface TypedWindow {
  repeat: 'once' | 'weekly';
  /** `YYYY-MM-DD` and `HH:MM` by the reader's clock. */
  fromDay: string;
  fromTime: string;
  untilDay: string;
  untilTime: string;
  /** 1 Monday to 7 Sunday. */
  days: number[];
  /** `HH:MM` by the clock of the house's zone. */
  begins: string;
  length: string;
}

/** The schedule, or nothing when it cannot be one. */
export function scheduleOf(typed: TypedWindow, zone: string): MaintenanceSchedule | null {
  if (typed.repeat === 'once') {
    const from = instantOf(typed.fromDay, typed.fromTime, zone);
    const until = instantOf(typed.untilDay, typed.untilTime, zone);
    return from !== null && until !== null && until > from
      ? { repeat: 'once', from: from.toISOString(), until: until.toISOString() }
      : null;
  }
  const time = CLOCK.exec(typed.begins.trim());
  const minutes = /^\d{1,4}$/.test(typed.length.trim()) ? Number(typed.length) : 0;
  if (!time || typed.days.length === 0 || minutes < 1 || minutes > 1440) return null;
  const days = [...typed.days].sort((a, b) => a - b);
  return { repeat: 'weekly', days, minute: Number(time[1]) * 60 + Number(time[2]), minutes };
}

const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;

function instantOf(day: string, time: string, zone: string): Date | null {
  if (!CLOCK.test(time.trim())) return null;
  try {
    return toZoned(parseDateTime(`${day}T${time.trim().padStart(5, '0')}`), zone).toDate();
  } catch {
    return null;
  }
}

/** `03:00` of 180. */
export const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
