// Judging a typed value before it is sent, in the reader's language. The engine judges again and has the last word. Pure.
import type { Field } from '../../bindings/Field';
import type { settings } from '../../i18n/texts/settings';
import { jsonFault } from './json';
import { faultOf } from './weights';

type Words = (typeof settings)['ru']['field'];

/** Kinds whose value is a JSON text. */
export const isJson = (kind: Field['kind']): kind is 'menu' | 'form' => kind === 'menu' || kind === 'form';

export const isList = (kind: Field['kind']): boolean =>
  ['texts', 'names', 'origins', 'networks', 'numbers'].includes(kind);

/** Lines of a list as typed: trimmed, without empty ones; whole numbers become numbers. */
export function readLines(kind: Field['kind'], text: string): (string | number)[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return kind === 'numbers' ? lines.map((line) => (/^\d{1,15}$/.test(line) ? Number(line) : line)) : lines;
}

/** The value of a typed line; an empty one is "not set" where nothing is set by default. */
export function readText(field: Field, text: string): string | number | null {
  const line = text.trim();
  if (line === '' && field.default === null) return null;
  if (field.kind === 'whole') return /^-?\d{1,15}$/.test(line) ? Number(line) : line;
  return field.kind === 'text' ? text : line;
}

const formats: Partial<Record<Field['kind'], RegExp>> = {
  names: /^[a-z0-9_-]{1,32}$/,
  networks: /^[0-9a-f.:]+\/\d{1,3}$/i,
  origins: /^(\*|https?:\/\/[^/\s?#]+)$/,
  numbers: /^\d+$/,
  texts: /^.{1,128}$/u,
};

/** What is wrong with a value, or null. */
export function problemOf(field: Field, value: unknown, t: Words, number: (n: number) => string): string | null {
  const { kind, min, max } = field;
  if (kind === 'whole') {
    if (value === null && field.default === null) return null;
    if (typeof value !== 'number') return t.wholeWrong;
    const outside = (min !== null && value < min) || (max !== null && value > max);
    return outside ? t.between(number(min ?? 0), number(max ?? Number.MAX_SAFE_INTEGER)) : null;
  }
  if (isList(kind)) {
    const list = Array.isArray(value) ? value.map(String) : [];
    if (min !== null && list.length < min) return t.tooFew(min);
    if (max !== null && list.length > max) return t.tooMany(max);
    const wrong = list.find((line) => formats[kind]?.test(line) === false);
    if (wrong !== undefined) return t.badLine(wrong);
    const twice = list.find((line, index) => list.indexOf(line) !== index);
    return twice === undefined ? null : t.twice(twice);
  }
  if (kind === 'queues') {
    const wordless = Object.entries(value ?? {}).find(([, words]) => Object.values(words ?? {}).flat().length === 0);
    return wordless === undefined ? null : t.queues.wordless(wordless[0]);
  }
  if (kind === 'weights') {
    const found = faultOf(value);
    return found && t.weights.faults[found.fault](found.person);
  }
  if (typeof value !== 'string') return null;
  if (isJson(kind)) {
    if (value.trim() === '') return t.json.blank;
    const fault = jsonFault(value);
    return fault && t.json.broken(fault.line, fault.column);
  }
  if (kind === 'time_of_day') return /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? null : t.timeOfDay;
  if (kind === 'url') return /^https?:\/\/[^\s/?#]+[^\s?#]*$/.test(value) ? null : t.url;
  if (kind === 'address') return /^(\[[0-9a-f:.]+\]|[0-9.]+):\d{1,5}$/i.test(value) ? null : t.address;
  if (kind === 'text') {
    const length = [...value].length;
    if (min !== null && length < min) return t.tooShort(min);
    if (max !== null && length > max) return t.tooLong(max);
  }
  return null;
}

/** Whether two values of a setting are the same: order of a table's keys does not count. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length && keys.every((key) => key in right && sameValue(left[key], right[key]))
  );
}
