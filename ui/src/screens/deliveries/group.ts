// A group of calls as its address names it, and why its calls came to nothing. Pure.
import type { EffectRow } from '../../bindings/EffectRow';
import { readErrors, type ToldError } from './payload';

export function groupOf(id: string): { integration: string; kind: string } {
  const cut = id.indexOf('/');
  return cut < 0 ? { integration: id, kind: '' } : { integration: id.slice(0, cut), kind: id.slice(cut + 1) };
}

export interface Cause extends ToldError {
  count: number;
}

/** The reasons of the last tries, the most frequent first. */
export function causesOf(rows: readonly Pick<EffectRow, 'error'>[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const { error } of rows) {
    const told = readErrors(error)[0] ?? { code: '', detail: '' };
    const key = `${told.code}\n${told.detail}`;
    const known = causes.get(key);
    if (known) known.count += 1;
    else causes.set(key, { ...told, count: 1 });
  }
  return [...causes.values()].sort((a, b) => b.count - a.count);
}
