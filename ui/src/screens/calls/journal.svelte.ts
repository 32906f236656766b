// The journal of calls: newest first, asked for by the filter.
import { backend } from '../../backend';
import type { CallRow } from '../../bindings/CallRow';
import type { Cursor } from '../../bindings/Cursor';
import type { Filter } from '../../bindings/Filter';
import { KeyedList, openList } from '../../state/keyed.svelte';

/** The journal's order: newest first. */
export const byAge = (a: CallRow, b: CallRow): number => b.started_at - a.started_at || b.id - a.id;

export class CallJournal extends KeyedList<CallRow, Filter, Cursor> {
  constructor() {
    super({
      area: 'calls',
      order: byAge,
      page: (filter, after, limit) => backend().call('calls.page', { filter, after, limit }),
      rows: async (filter, ids) => (await backend().call('calls.rows', { ids, filter })).rows,
    });
  }
}

/** Opens the journal for the component being created. */
export function openJournal(filter: () => Filter): CallJournal {
  const journal = new CallJournal();
  openList(journal, filter);
  return journal;
}
