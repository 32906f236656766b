// A setting's value in a few words, for where it is only shown. Pure.
import type { Field } from '../../bindings/Field';
import type { settings } from '../../i18n/texts/settings';
import { termOf } from '../../i18n/texts/terms';

type Words = (typeof settings)['ru']['field'];

/** Items of a list told at most. */
const MOST = 3;

export function shown(field: Field, value: unknown, t: Words, number: (n: number) => string): string {
  if (value === null || value === undefined) return t.notSet;
  if (Array.isArray(value)) {
    if (value.length === 0) return t.empty;
    return value.length > MOST ? `${value.slice(0, MOST).join(', ')}…` : value.join(', ');
  }
  if (typeof value === 'boolean') return value ? t.on : t.off;
  if (typeof value === 'number') return number(value);
  if (typeof value === 'object') return Object.keys(value).join(', ') || t.empty;
  if (value === '') return t.empty;
  return field.kind === 'choice' ? termOf(t.choices, String(value)) : String(value);
}
