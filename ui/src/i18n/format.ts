// Instants, durations, numbers and phones as people read them. Pure functions of the value, the language, the zone and
// the present moment; the reactive face of them is `i18n.f`.
import { intlLocale, type Language } from './locale';
import { enForm, ruForm } from './plural';

export const absent = '—';

/** An instant as the engine gives it (milliseconds UTC), as a date, or as RFC 3339 text. */
export type Instant = Date | number | string | null;

const ruMonths = ['янв', 'фев', 'мар', 'апр', 'мая', 'июн', 'июл', 'авг', 'сен', 'окт', 'ноя', 'дек'];
const enMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Parts {
  year: number;
  month: number;
  day: number;
  time: string;
}

const partFormats = new Map<string, Intl.DateTimeFormat>();

function parts(at: Date, zone: string): Parts {
  let format = partFormats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    partFormats.set(zone, format);
  }
  const found: Record<string, string> = {};
  for (const part of format.formatToParts(at)) found[part.type] = part.value;
  return {
    year: Number(found.year),
    month: Number(found.month),
    day: Number(found.day),
    time: `${found.hour}:${found.minute}:${found.second}`,
  };
}

const two = (value: number) => String(value).padStart(2, '0');

/** Today `14:03:22`, this year `5 ноя, 14:03`, else `05.11.2025 14:03`. */
export function instant(at: Instant, language: Language, zone: string, now: Date): string {
  const date = toDate(at);
  if (!date) return absent;
  const then = parts(date, zone);
  const today = parts(now, zone);
  if (then.year === today.year && then.month === today.month && then.day === today.day) return then.time;
  const short = then.time.slice(0, 5);
  if (then.year === today.year) {
    const month = (language === 'ru' ? ruMonths : enMonths)[then.month - 1];
    return `${then.day} ${month}, ${short}`;
  }
  return `${two(then.day)}.${two(then.month)}.${then.year} ${short}`;
}

/** The whole instant with its zone, for the hover: `05.11.2025 14:03:22.500 (Europe/Moscow, UTC+3)`. */
export function fullInstant(at: Instant, zone: string): string {
  const date = toDate(at);
  if (!date) return absent;
  const then = parts(date, zone);
  const offset = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'shortOffset' })
    .formatToParts(date)
    .find((part) => part.type === 'timeZoneName')
    ?.value.replace('GMT', 'UTC');
  const fraction = date.getUTCMilliseconds();
  const tail = fraction ? `.${String(fraction).padStart(3, '0')}` : '';
  return `${two(then.day)}.${two(then.month)}.${then.year} ${then.time}${tail} (${zone}${offset ? `, ${offset}` : ''})`;
}

/** The clock of an instant in a zone, without seconds: `14:00`. */
export function hourOf(at: Date | number, zone: string): string {
  return parts(new Date(at), zone).time.slice(0, 5);
}

/** The clock of an instant in a zone, with seconds: `14:00:07`. */
export function clockOf(at: Date | number, zone: string): string {
  return parts(new Date(at), zone).time;
}

/** The calendar day `YYYY-MM-DD` an instant falls on in the zone. */
export function dayOf(at: Date, zone: string): string {
  const then = parts(at, zone);
  return `${then.year}-${two(then.month)}-${two(then.day)}`;
}

/** The day `days` later than `YYYY-MM-DD`; calendar arithmetic, so clock changes do not matter. */
export function shiftDay(day: string, days: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, 10);
}

/** A day in words: `5 ноя`, with the year when it is not the present one. */
export function dayTitle(day: string, language: Language, today: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  const name = (language === 'ru' ? ruMonths : enMonths)[Number(month) - 1] ?? month;
  return `${Number(date)} ${name}${day.slice(0, 4) === today.slice(0, 4) ? '' : ` ${year}`}`;
}

/** `4:07`, over an hour `1:04:07`. Seconds; a negative length is the sign of two clocks apart and reads as zero. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return absent;
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** An amount of work, `12 ч 5 мин`, `12 h 5 min`; below a minute nothing is left, from 100 hours on no minutes. Seconds. */
export function work(seconds: number | null | undefined, language: Language): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return absent;
  const minutes = Math.max(0, Math.floor(seconds / 60));
  const [hour, minute] = language === 'ru' ? ['ч', 'мин'] : ['h', 'min'];
  const parts = [
    minutes >= 60 ? `${number(Math.floor(minutes / 60), language)}\u00a0${hour}` : '',
    minutes % 60 > 0 && minutes < 6000 ? `${minutes % 60}\u00a0${minute}` : '',
  ].filter(Boolean);
  return parts.join('\u00a0') || '0';
}

/** A length in its largest whole unit: `40 с`, `3 min`; days in words. Milliseconds. */
export function span(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const ru = language === 'ru';
  if (seconds < 60) return `${seconds}\u00a0${ru ? 'с' : 's'}`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}\u00a0${ru ? 'мин' : 'min'}`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}\u00a0${ru ? 'ч' : 'h'}`;
  const days = Math.floor(seconds / 86_400);
  return `${days}\u00a0${ru ? ruForm(days, 'день', 'дня', 'дней') : enForm(days, 'day', 'days')}`;
}

/** A length that may be days, as a state of an operator may last: over a day `1д 03ч`, else as above. */
export function elapsed(seconds: number | null | undefined, language: Language): string {
  if (seconds === null || seconds === undefined || !(seconds > 86_400)) return duration(seconds);
  const days = Math.floor(seconds / 86_400);
  const hours = two(Math.floor(seconds / 3600) % 24);
  return language === 'ru' ? `${days}д ${hours}ч` : `${days}d ${hours}h`;
}

/** How old something is, in one unit: `2 с назад`, `3 min ago`. */
export function age(at: Instant, language: Language, now: Date): string {
  const date = toDate(at);
  if (!date) return absent;
  return `${span(now.getTime() - date.getTime(), language)} ${language === 'ru' ? 'назад' : 'ago'}`;
}

const numberFormats = new Map<string, Intl.NumberFormat>();

/** Zero is "0", absent is a dash. `digits` is the most digits after the point. */
export function number(value: number | null | undefined, language: Language, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return absent;
  const key = `${language}${digits}`;
  let format = numberFormats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(intlLocale[language], { maximumFractionDigits: digits });
    numberFormats.set(key, format);
  }
  return format.format(value);
}

/** Bytes with a binary step: `1,4 МБ`. */
export function bytes(value: number | null | undefined, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return absent;
  const units = language === 'ru' ? ['Б', 'КБ', 'МБ', 'ГБ', 'ТБ'] : ['B', 'KB', 'MB', 'GB', 'TB'];
  let step = 0;
  let rest = value;
  while (rest >= 1024 && step < units.length - 1) {
    rest /= 1024;
    step += 1;
  }
  return `${number(rest, language, rest < 10 && step > 0 ? 1 : 0)}\u00a0${units[step]}`;
}

/** A phone grouped for reading. What is copied stays raw; what is not a plain number is left as it came. */
export function phone(raw: string | null | undefined): string {
  if (!raw) return absent;
  const compact = raw.replace(/[\s()-]/g, '');
  if (!/^\+?\d+$/.test(compact)) return raw;
  const plus = compact.startsWith('+');
  const digits = plus ? compact.slice(1) : compact;
  if (digits.length === 11 && (digits[0] === '7' || (digits[0] === '8' && !plus))) {
    const head = digits[0] === '7' ? '+7' : '8';
    return `${head} ${digits.slice(1, 4)} ${local(digits.slice(4))}`;
  }
  // Numbers of the call journal come as digits alone, the country's first.
  if (!plus && digits.length === 11 && digits.startsWith('370')) return `+${baltic(digits)}`;
  if (plus) return `+${digits.length === 11 && digits.startsWith('370') ? baltic(digits) : threes(digits)}`;
  if (digits.length === 10) return `${digits.slice(0, 3)} ${local(digits.slice(3))}`;
  if (digits.length === 7 || digits.length === 6) return local(digits);
  return raw;
}

/** `1234567` is `123-45-67`, `123456` is `12-34-56`. */
function local(digits: string): string {
  const head = digits.length - 4;
  return `${digits.slice(0, head)}-${digits.slice(head, head + 2)}-${digits.slice(head + 2)}`;
}

const baltic = (digits: string) => `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`;
const threes = (digits: string) => digits.replace(/(\d{1,3})(?=(\d{3})+$)/g, '$1 ');

function toDate(at: Instant): Date | null {
  if (at === null) return null;
  const date = at instanceof Date ? at : new Date(at);
  return Number.isNaN(date.getTime()) ? null : date;
}
