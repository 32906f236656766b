// Days in the reader's zone as milliseconds, and a moment in words.
import { parseDate } from '@internationalized/date';
import { dayOf } from '../../i18n/format';
import { i18n } from '../../i18n/index.svelte';

/** The instant at which a calendar day `YYYY-MM-DD` begins in the zone in force. */
export const startOf = (day: string): number => parseDate(day).toDate(i18n.zone).getTime();

/** The beginning of the day an instant falls on. */
export const dayStart = (at: number): number => startOf(dayOf(new Date(at), i18n.zone));

/** How far the zone's clock is ahead of UTC at the beginning of that day, milliseconds. */
export const offsetAt = (at: number): number =>
  Date.parse(`${dayOf(new Date(at), i18n.zone)}T00:00:00Z`) - dayStart(at);

/** A moment to the second, with its day unless that is today: `14 окт, 12:34:56`. */
export function momentWords(at: number): string {
  const day = dayOf(new Date(at), i18n.zone);
  return `${day === i18n.today() ? '' : `${i18n.f.dayTitle(day)}, `}${i18n.f.clock(at)}`;
}
