// The filter of the journal as the address holds it, and the same filter as the engine takes it. Pure.
//
// `phone=*1234` asks for numbers that end so; `all=1` looks through all time and counts only beside a phone or an
// agency, since the whole journal without either is nobody's question.
import type { Centre } from '../../bindings/Centre';
import type { Filter } from '../../bindings/Filter';
import { dayOf } from '../../i18n/format';

type Params = Readonly<Record<string, string>>;

export interface CallsFilter {
  centre: Centre | null;
  /** `YYYY-MM-DD`; null is today. */
  date: string | null;
  allTime: boolean;
  phone: string;
  operator: string | null;
  result: Code | null;
  type: Code | null;
  theme: string | null;
  agency: number | null;
  /** When the hour begins whose calls alone are shown, seconds since 1970. The engine gives whole days: the page narrows them. */
  hour: number | null;
  onlyLive: boolean;
}

/** A code of the journal's tables, or everything outside them. */
export type Code = number | 'unknown';

export const RESULTS = [0, 1, 2, 3, 4, 5, 6] as const;
export const TYPES = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** Stands for "outside the table" in a request. */
const OUTSIDE = -1;

/** Names of the parameters. */
export const FILTER_PARAMS = [
  'centre',
  'date',
  'all',
  'phone',
  'operator',
  'result',
  'type',
  'theme',
  'agency',
  'hour',
  'live',
];

const isCentre = (text: string | undefined): text is Centre => text === 'moscow' || text === 'vilnius';

function codeOf(text: string | undefined, table: readonly number[]): Code | null {
  if (text === 'unknown') return 'unknown';
  const code = Number(text);
  return text !== undefined && table.includes(code) ? code : null;
}

/** Reads what the address says; what it cannot mean is left out. */
export function readFilter(params: Params): CallsFilter {
  const phone = params.phone ?? '';
  const agency = Number(params.agency);
  const of = params.agency && Number.isSafeInteger(agency) ? agency : null;
  return {
    centre: isCentre(params.centre) ? params.centre : null,
    date: /^\d{4}-\d{2}-\d{2}$/.test(params.date ?? '') ? (params.date ?? null) : null,
    allTime: params.all === '1' && (digitsOf(phone) !== '' || of !== null),
    phone,
    operator: params.operator ?? null,
    result: codeOf(params.result, RESULTS),
    type: codeOf(params.type, TYPES),
    theme: params.theme ?? null,
    agency: of,
    hour: /^\d{9,11}$/.test(params.hour ?? '') ? Number(params.hour) : null,
    onlyLive: params.live === '1',
  };
}

/** Where the centres count their days, as the engine's settings begin. */
const CENTRE_ZONES = ['Europe/Vilnius', 'Europe/Moscow'];

/** The days it is now at the centres: around midnight there are two, and the reader's own may be a third. */
export function presentDays(now: Date): { from: string; to: string } {
  const days = CENTRE_ZONES.map((zone) => dayOf(now, zone)).sort();
  return { from: days[0] ?? '', to: days.at(-1) ?? '' };
}

/** The request of a filter; `today` holds when the address names no day. */
export function toRequest(filter: CallsFilter, today: { from: string; to: string }): Filter {
  const digits = digitsOf(filter.phone);
  const code = (wanted: Code | null) => (wanted === 'unknown' ? OUTSIDE : wanted);
  return {
    centre: filter.centre,
    days: filter.allTime ? null : filter.date === null ? today : { from: filter.date, to: filter.date },
    phone: digits ? { digits, place: filter.phone.trim().startsWith('*') ? 'end' : 'anywhere' } : null,
    operator: filter.operator,
    result: code(filter.result),
    type_call: code(filter.type),
    theme: filter.theme,
    agency: filter.agency,
    only_open: filter.onlyLive,
  };
}

/** Whether anything beside the day narrows the list. */
export function isNarrowed(filter: CallsFilter): boolean {
  return (
    filter.centre !== null ||
    filter.phone !== '' ||
    filter.operator !== null ||
    filter.result !== null ||
    filter.type !== null ||
    filter.theme !== null ||
    filter.agency !== null ||
    filter.hour !== null ||
    filter.onlyLive
  );
}

const HOUR_S = 3600;

/** Whether a call began in the hour asked for. */
export const inHour = (hour: number | null, startedAt: number): boolean =>
  hour === null || (startedAt >= hour * 1000 && startedAt < (hour + HOUR_S) * 1000);

export const digitsOf = (text: string): string => text.replace(/\D/g, '');
