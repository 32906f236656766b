// The list of documents, the newest first.
import { backend } from '../../../backend';
import type { DocumentFilter } from '../../../bindings/DocumentFilter';
import type { DocumentId } from '../../../bindings/DocumentId';
import type { DocumentRow } from '../../../bindings/DocumentRow';
import { KeyedList, openList } from '../../../state/keyed.svelte';
import { fits } from './filter';

const newestFirst = (a: DocumentRow, b: DocumentRow): number => b.id - a.id;

const page = (filter: DocumentFilter, before: DocumentId | null, limit: number) =>
  backend().call('erp.page', { filter, before, limit });

async function rows(filter: DocumentFilter, ids: number[]): Promise<DocumentRow[]> {
  const found = await backend().call('erp.rows', { ids });
  return found.rows.filter((row) => fits(filter, row));
}

/** Opens the list for the component being created. */
export function openDocuments(filter: () => DocumentFilter): KeyedList<DocumentRow, DocumentFilter, DocumentId> {
  const list = new KeyedList<DocumentRow, DocumentFilter, DocumentId>({ area: 'erp', order: newestFirst, page, rows });
  openList(list, filter);
  return list;
}
