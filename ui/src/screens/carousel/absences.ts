// Days away laid out in the calendar, and rules of recurrence as they are typed. Pure.
//
// A rule is read by the same kind of library on both sides; which days count is decided by the engine alone. Here they are
// only drawn.
import { RRule } from 'rrule';
import type { Absence } from '../../bindings/Absence';
import { shiftDay } from '../../i18n/format';

/** Steps a rule may take before it is given up: a rule that never comes true goes on to the year 9999 by itself. */
const STEPS = 20_000;
/** The longest rule the engine keeps, characters. */
export const LONGEST_RULE = 255;
/** The longest stretch the engine keeps, days after the first. */
export const LONGEST_DAYS = 3660;
export const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

class TooManySteps extends Error {}

const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);
const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** How many days after one day another is. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((noon(to).getTime() - noon(from).getTime()) / 86_400_000);

/** A rule from its first day on; null when it is none that the engine keeps. */
function readRule(start: string, rule: string): RRule | null {
  if (rule.length > LONGEST_RULE || !/(^|;)FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;|$)/.test(rule)) return null;
  if (/BY(HOUR|MINUTE|SECOND)/.test(rule)) return null;
  try {
    return new RRule({ ...RRule.parseString(rule), dtstart: noon(start) }, true);
  } catch {
    return null;
  }
}

/** Lets a rule take no more than so many steps: the library looks at the interval once in each. */
function bounded(rule: RRule): RRule {
  const { interval } = rule.options;
  let steps = 0;
  Object.defineProperty(rule.options, 'interval', {
    get() {
      steps += 1;
      if (steps > STEPS) throw new TooManySteps();
      return interval;
    },
  });
  return rule;
}

/** The first days of a rule's stretches between two days; null when it cannot be told here. */
export function occurrences(start: string, rule: string, from: string, to: string): string[] | null {
  const read = readRule(start, rule);
  if (read === null) return null;
  try {
    return bounded(read).between(noon(from), noon(to), true).map(dayOf);
  } catch (cause) {
    if (cause instanceof TooManySteps) return null;
    throw cause;
  }
}

/** Whether a rule is one the engine keeps, as far as it can be told here. */
export const isRule = (start: string, rule: string): boolean => readRule(start, rule) !== null;

/** What of one day somebody is away. */
export interface Away {
  first: boolean;
  second: boolean;
  /** Any of it comes of a rule. */
  recurring: boolean;
  /** The rows it comes of. */
  rows: Absence[];
}

/** Stretches of one row that touch the days from one to another; null when its rule cannot be told here. */
export function stretches(absence: Absence, from: string, to: string): { start: string; end: string }[] | null {
  if (absence.end < absence.start) return [];
  if (absence.rrule === null) {
    return absence.start <= to && absence.end >= from ? [{ start: absence.start, end: absence.end }] : [];
  }
  const length = daysBetween(absence.start, absence.end);
  const starts = occurrences(absence.start, absence.rrule, shiftDay(from, -length), to);
  return starts && starts.map((start) => ({ start, end: shiftDay(start, length) }));
}

/** Each day away from one to another, and the rows whose rules cannot be told here. */
export function daysAway(
  absences: readonly Absence[],
  from: string,
  to: string,
): { days: Map<string, Away>; unclear: Absence[] } {
  const days = new Map<string, Away>();
  const unclear: Absence[] = [];
  for (const absence of absences) {
    const found = stretches(absence, from, to);
    if (found === null) unclear.push(absence);
    for (const { start, end } of found ?? []) {
      for (let day = start < from ? from : start; day <= end && day <= to; day = shiftDay(day, 1)) {
        const away = days.get(day) ?? { first: false, second: false, recurring: false, rows: [] };
        if (absence.half !== 'second') away.first = true;
        if (absence.half !== 'first') away.second = true;
        away.recurring ||= absence.rrule !== null;
        // Stretches of one rule may overlap.
        if (!away.rows.includes(absence)) away.rows.push(absence);
        days.set(day, away);
      }
    }
  }
  return { days, unclear };
}

/** How far ahead the next days away are looked for. */
const AHEAD_DAYS = 60;

/** The stretch of days away that is on, or comes next; null when none is near. */
export function nearest(
  absences: readonly Absence[],
  today: string,
): { start: string; end: string; absence: Absence } | null {
  const all = absences.flatMap((absence) =>
    (stretches(absence, today, shiftDay(today, AHEAD_DAYS)) ?? []).map((stretch) => ({ ...stretch, absence })),
  );
  return all.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))[0] ?? null;
}

/** Whether no day of it is still to come. */
export function isOver(absence: Absence, today: string): boolean {
  if (absence.rrule === null) return absence.end < today;
  const until = /(?:^|;)UNTIL=(\d{4})(\d{2})(\d{2})/.exec(absence.rrule);
  return (
    until !== null && shiftDay(`${until[1]}-${until[2]}-${until[3]}`, daysBetween(absence.start, absence.end)) < today
  );
}

/** A rule of weekdays, as the form has it. */
export interface Weekly {
  /** Places in the week, Monday is 0. */
  days: number[];
  every: number;
  /** The last day it may begin on. */
  until: string | null;
}

export function printWeekly({ days, every, until }: Weekly): string {
  const names = [...days].sort((a, b) => a - b).map((day) => weekdays[day]);
  return [
    'FREQ=WEEKLY',
    ...(every > 1 ? [`INTERVAL=${every}`] : []),
    `BYDAY=${names.join(',')}`,
    ...(until === null ? [] : [`UNTIL=${until.replaceAll('-', '')}T235959Z`]),
  ].join(';');
}

/** The rule of weekdays a text is; null when it says anything the form does not have. */
export function readWeekly(rule: string): Weekly | null {
  const parts = new Map(rule.split(';').map((part) => part.split('=', 2) as [string, string]));
  const known = new Set(['FREQ', 'INTERVAL', 'BYDAY', 'UNTIL']);
  if (parts.get('FREQ') !== 'WEEKLY' || [...parts.keys()].some((name) => !known.has(name))) return null;
  const days = (parts.get('BYDAY') ?? '').split(',').map((name) => weekdays.findIndex((each) => each === name));
  const every = Number(parts.get('INTERVAL') ?? 1);
  const until = /^(\d{4})(\d{2})(\d{2})(T\d{6}Z)?$/.exec(parts.get('UNTIL') ?? '');
  if (days.includes(-1) || ![1, 2, 3, 4].includes(every) || (parts.has('UNTIL') && until === null)) return null;
  return { days, every, until: until && `${until[1]}-${until[2]}-${until[3]}` };
}
