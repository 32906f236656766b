// The list of tickets, the last changed first. Whether a changed ticket still belongs to a choice only the engine knows (an address
// in it, a word of its title), so it is asked for the top of the list, where whatever was changed stands.
import { backend } from '../../backend';
import type { TicketFilter } from '../../bindings/TicketFilter';
import type { TicketPageKey } from '../../bindings/TicketPageKey';
import type { TicketRow } from '../../bindings/TicketRow';
import { KeyedList, openList, PAGE } from '../../state/keyed.svelte';
import { lastChangedFirst } from './filter';

export type TicketList = KeyedList<TicketRow, TicketFilter, TicketPageKey>;

/** Opens the list for the component being created. */
export function openTickets(filter: () => TicketFilter): TicketList {
  const page = (wanted: TicketFilter, after: TicketPageKey | null, limit: number) =>
    backend().call('tickets.page', { filter: wanted, after, limit });

  async function rows(wanted: TicketFilter, ids: number[]): Promise<TicketRow[]> {
    const asked = new Set(ids);
    const { rows: top, next } = await page(wanted, null, PAGE);
    const found = top.filter((row) => asked.has(row.id));
    const last = top.at(-1);
    if (next === null || last === undefined || found.length === asked.size) return found;
    // Below the top nothing moves but a mark of the ticket itself; what stood there still does.
    const here = new Set((list.rows ?? []).map((row) => row.id));
    const deeper = ids.filter((id) => here.has(id) && !found.some((row) => row.id === id));
    if (deeper.length === 0) return found;
    const known = await backend().call('tickets.rows', { ids: deeper });
    return [...found, ...known.rows.filter((row) => lastChangedFirst(last, row) < 0)];
  }

  const list: TicketList = new KeyedList<TicketRow, TicketFilter, TicketPageKey>({
    area: 'tickets',
    order: lastChangedFirst,
    page,
    rows,
  });
  openList(list, filter);
  return list;
}
