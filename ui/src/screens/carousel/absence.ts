// Days away as the form has them: what is typed, what is wrong with it, and what is asked of the engine. Pure.
import type { Absence } from '../../bindings/Absence';
import type { AbsenceHalf } from '../../bindings/AbsenceHalf';
import type { CarouselKeepAbsence } from '../../bindings/CarouselKeepAbsence';
import { shiftDay } from '../../i18n/format';
import { daysBetween, isRule, LONGEST_DAYS, occurrences, printWeekly, readWeekly } from './absences';

export type Repeat = 'none' | 'weekly' | 'own';
export type Part = 'whole' | AbsenceHalf;

export interface Typed {
  start: string;
  end: string;
  part: Part;
  repeat: Repeat;
  /** Places in the week, Monday is 0. */
  days: number[];
  every: number;
  /** The last day of a rule of weekdays. */
  until: string | null;
  rule: string;
}

/** What the form begins with: a row that is kept, or a day. */
export function typedOf(absence: Absence | null, day: string): Typed {
  const { start, end, half, rrule } = absence ?? { start: day, end: day, half: null, rrule: null };
  // Stretches of several days that repeat are a rule of one's own: the form has single days only.
  const weekly = rrule === null || start !== end ? null : readWeekly(rrule);
  const weekday = (new Date(`${start}T12:00:00Z`).getUTCDay() + 6) % 7;
  return {
    start,
    end,
    part: half ?? 'whole',
    repeat: rrule === null ? 'none' : weekly ? 'weekly' : 'own',
    days: weekly?.days ?? [weekday],
    every: weekly?.every ?? 1,
    until: weekly?.until ?? null,
    rule: rrule ?? 'FREQ=MONTHLY',
  };
}

export type Fault = 'order' | 'tooLong' | 'noDays' | 'until' | 'rule';

/** What is wrong, by its place in the form; nothing where it may be sent. */
export function faultOf(typed: Typed): { at: 'end' | 'days' | 'until' | 'rule'; fault: Fault } | null {
  const { start, end, repeat, days, until, rule } = typed;
  if (repeat === 'weekly') {
    if (days.length === 0) return { at: 'days', fault: 'noDays' };
    return until !== null && until < start ? { at: 'until', fault: 'until' } : null;
  }
  if (end < start) return { at: 'end', fault: 'order' };
  if (daysBetween(start, end) > LONGEST_DAYS) return { at: 'end', fault: 'tooLong' };
  if (repeat === 'none') return null;
  return isRule(start, rule.trim()) ? null : { at: 'rule', fault: 'rule' };
}

/** The rule it repeats by. */
const ruleOf = ({ repeat, rule, days, every, until }: Typed): string | null =>
  repeat === 'none' ? null : repeat === 'own' ? rule.trim() : printWeekly({ days, every, until });

export function requestOf(typed: Typed, person: number, id: number): CarouselKeepAbsence {
  const { start, end, part, repeat } = typed;
  return {
    person,
    id,
    start,
    end: repeat === 'weekly' ? start : end,
    half: part === 'whole' ? null : part,
    rrule: ruleOf(typed),
  };
}

const SHOWN = 4;

/** The first days a rule comes to within a year from its start or from today; null when there is no rule to tell of. */
export function comingUp(typed: Typed, today: string): string[] | null {
  const rule = ruleOf(typed);
  if (rule === null || faultOf(typed) !== null) return null;
  const from = typed.start > today ? typed.start : today;
  return occurrences(typed.start, rule, from, shiftDay(from, 366))?.slice(0, SHOWN) ?? null;
}

/** Days that a rule lasts unless somebody says otherwise. */
const LASTS_DAYS = 90;

/** The last day proposed for a rule: some months on from its start or from today, whichever is later. */
export const laterDay = (start: string, today: string): string => shiftDay(start > today ? start : today, LASTS_DAYS);
