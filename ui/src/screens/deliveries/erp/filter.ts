// The filter of documents as the address holds it, and which rows it lets through. Pure.
import type { DocumentFilter } from '../../../bindings/DocumentFilter';
import type { DocumentRow } from '../../../bindings/DocumentRow';
import { documentStates } from './marks';

type Params = Readonly<Record<string, string>>;

/** What narrows the list. */
export const NARROWING = ['state', 'number'];

/** Reads what the address says; what it cannot mean is left out. */
export function readFilter(params: Params): DocumentFilter {
  return {
    state: documentStates.find((each) => each === params.state) ?? null,
    number: numberOf(params.number),
  };
}

/** The number in what was typed: `№ 00-000123` is `00-000123`. */
export function numberOf(text: string | undefined): string | null {
  return (text ?? '').replace(/^\s*[№#]/, '').trim() || null;
}

export const isNarrowed = ({ state, number }: DocumentFilter): boolean => state !== null || number !== null;

export const fits = ({ state, number }: DocumentFilter, row: DocumentRow): boolean =>
  (state === null || row.state === state) && (number === null || row.number === number);
