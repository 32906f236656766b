// What Ctrl+K finds and does among tickets.
import { backend } from '../../backend';
import type { TicketRow } from '../../bindings/TicketRow';
import { i18n } from '../../i18n/index.svelte';
import { tickets as ticketsTexts } from '../../i18n/texts/tickets';
import type { Command, PaletteItem, SearchProvider } from '../../state/palette.svelte';
import { router } from '../../state/router.svelte';
import { desk } from './desk.svelte';
import { engineFilter, numberOf, readFilter } from './filter';

/** Shorter words are not looked for. */
const LEAST = 3;
const MOST = 6;

const item = (row: TicketRow): PaletteItem => ({
  id: `ticket:${row.id}`,
  title: `#${row.id} ${row.subject}`,
  note: [row.status.name, row.assignee?.name].filter(Boolean).join(' · '),
  run: () => router.open('ticket', row.id),
});

async function found(words: string): Promise<TicketRow[]> {
  const number = numberOf(words);
  if (number !== null) return (await backend().call('tickets.rows', { ids: [number] })).rows;
  if (!words.split(/\s+/).some((word) => word.length >= LEAST)) return [];
  // For somebody who may not see all of them these are the ones they have to do with.
  const filter = { ...engineFilter(readFilter({ tab: 'all', over: 'any' })), search: words };
  return (await backend().call('tickets.page', { filter, after: null, limit: MOST })).rows;
}

export const ticketSearch: readonly SearchProvider[] = [
  {
    id: 'tickets',
    title: () => i18n.of(ticketsTexts).search.title,
    find: async (words) => (await found(words)).map((row) => ({ ...item(row), exact: row.id === numberOf(words) })),
  },
];

export const ticketCommands: readonly Command[] = [
  () => ({
    id: 'tickets:create',
    title: i18n.of(ticketsTexts).search.create,
    words: 'ticket request issue new заявка создать завести',
    run: () => {
      desk.writing = true;
      if (router.route.screen !== 'tickets') router.go(router.linkTo('tickets'));
    },
  }),
  () => ({
    id: 'tickets:mine',
    title: i18n.of(ticketsTexts).search.mine,
    words: 'tickets requests issues заявки мои',
    run: () => router.go('#/tickets'),
  }),
  () => ({
    id: 'tickets:assigned',
    title: i18n.of(ticketsTexts).search.assigned,
    words: 'tickets tasks assigned заявки задачи назначены на меня',
    run: () => router.go('#/tickets?tab=assigned'),
  }),
  () => ({
    id: 'tickets:board',
    title: i18n.of(ticketsTexts).search.board,
    words: 'tickets board kanban заявки задачи доска канбан',
    run: () => router.go('#/tickets?tab=assigned&view=board'),
  }),
];
