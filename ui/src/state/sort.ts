// The order of a table as the address has it: `sort=-at` is by `at`, descending.
import type { Sort } from '../components/table/columns';
import { router } from './router.svelte';

export function sortInAddress(): Sort | null {
  const text = router.param('sort');
  return text ? { column: text.replace(/^-/, ''), descending: text.startsWith('-') } : null;
}

/** Keeps an order in the address; it is no step to come back from. */
export function keepSort(next: Sort | null): void {
  router.set({ sort: next && `${next.descending ? '-' : ''}${next.column}` }, 'replace');
}
