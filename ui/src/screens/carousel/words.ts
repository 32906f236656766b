// Days away and differences in words. Reads the language in force.
import type { Absence } from '../../bindings/Absence';
import { i18n } from '../../i18n/index.svelte';
import { carousel as carouselTexts } from '../../i18n/texts/carousel';
import { intlLocale } from '../../i18n/locale';
import { nearest, readWeekly } from './absences';
import { EVEN } from './shares';

/** A stretch of days: `5 ноя`, `5 ноя – 9 ноя`. */
export function spanWords(start: string, end: string): string {
  const t = i18n.of(carouselTexts).absence;
  return start === end ? i18n.f.dayTitle(start) : t.span(i18n.f.dayTitle(start), i18n.f.dayTitle(end));
}

/** What of a day it is. */
export const partWords = ({ half }: Pick<Absence, 'half'>): string =>
  i18n.of(carouselTexts).absence.partsShort[half ?? 'whole'];

/** When a row counts, without its part of the day: `5 ноя – 9 ноя`, `каждую неделю: пт`. */
export function whenWords(absence: Absence): string {
  const t = i18n.of(carouselTexts).absence;
  const { start, end, rrule } = absence;
  if (rrule === null) return spanWords(start, end);
  const weekly = start === end ? readWeekly(rrule) : null;
  if (weekly === null) return [spanWords(start, end), t.byRule(rrule)].join(', ');
  const days = weekly.days.map((day) => t.dayNames[day]?.toLocaleLowerCase(i18n.language)).join(', ');
  const every = weekly.every === 1 ? '' : (t.everies[String(weekly.every)] ?? '');
  return [
    t.weekly(days, every),
    t.sinceDay(i18n.f.dayTitle(start)),
    weekly.until === null ? '' : t.untilWords(i18n.f.dayTitle(weekly.until)),
  ]
    .filter(Boolean)
    .join(', ');
}

/** The whole row: when, and what of each day. */
export const absenceWords = (absence: Absence): string => `${whenWords(absence)}, ${partWords(absence)}`;

/** The days away that are on or come next, for a list: `до 9 ноя`, `сегодня, первая половина дня`, `с 20 ноя`. */
export function nearestWords(absences: readonly Absence[], today: string): string | null {
  const found = nearest(absences, today);
  if (found === null) return null;
  const t = i18n.of(carouselTexts).absence;
  const { start, end, absence } = found;
  const part = absence.half === null ? '' : partWords(absence);
  const when =
    start > today
      ? start === end
        ? i18n.f.dayTitle(start)
        : t.sinceDay(i18n.f.dayTitle(start))
      : end === today
        ? t.today
        : t.till(i18n.f.dayTitle(end));
  return [when, part].filter(Boolean).join(', ');
}

/** Tickets to one decimal, whole ones too: shares stand below one another. */
export const tenths = (value: number): string =>
  new Intl.NumberFormat(intlLocale[i18n.language], { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(
    value,
  );

/** How far from even, with its sign: `+1,7`, `−2,4`, `0`. */
export function signed(value: number): string {
  if (Math.abs(value) < EVEN) return '0';
  return `${value > 0 ? '+' : '−'}${tenths(Math.abs(value))}`;
}
