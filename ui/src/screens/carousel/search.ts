// What Ctrl+K finds and does about the carousel: its people and services by name, tickets by number.
import { backend } from '../../backend';
import { i18n } from '../../i18n/index.svelte';
import { carousel as carouselTexts } from '../../i18n/texts/carousel';
import type { Command, SearchProvider } from '../../state/palette.svelte';
import { router } from '../../state/router.svelte';
import { session } from '../../state/session.svelte';
import { matches, ticketOf } from './filter';

/** Names shown at most. */
const MOST = 5;
/** Fewer letters than these are in every name. */
const LEAST_LETTERS = 2;

export const carouselSearch: readonly SearchProvider[] = [
  {
    id: 'carousel',
    title: () => i18n.of(carouselTexts).search.title,
    async find(words) {
      const t = i18n.of(carouselTexts);
      const ticket = ticketOf(words);
      if (ticket !== null) {
        const { rows } = await backend().call('carousel.log', {
          filter: { service: null, person: null, ticket },
          before: null,
          limit: 1,
        });
        return rows.map((row) => ({
          id: `assignment:${row.ticket}`,
          title: t.search.ticket(row.ticket),
          note: [row.person_name, row.service_name, i18n.f.instant(row.created_at)].join(' · '),
          run: () => router.open('assignment', `${row.ticket}/${row.id}`),
        }));
      }
      if (words.trim().length < LEAST_LETTERS) return [];
      const desk = await backend().call('carousel.desk', {});
      const people = desk.people
        .filter(({ row }) => row.removed_at === null && matches(words, [row.name, row.username], i18n.language))
        .map(({ row }) => ({
          id: `employee:${row.id}`,
          title: row.name,
          note: row.enabled ? t.personal.onCarousel : t.people.states.disabled,
          run: () => router.open('employee', row.id),
        }));
      const services = desk.services
        .filter(({ row }) => row.removed_at === null && matches(words, [row.name, row.fullname], i18n.language))
        .map(({ row }) => ({
          id: `service:${row.id}`,
          title: row.name,
          note: t.search.service,
          run: () => router.open('service', row.id),
        }));
      return [...people.slice(0, MOST), ...services.slice(0, MOST)];
    },
  },
];

const page = (id: string, title: () => string, words: string, address: string): Command => {
  return () => ({
    id: `carousel:${id}`,
    title: title(),
    words: `${i18n.of(carouselTexts).search.words} ${words}`,
    run: () => router.go(address),
  });
};

export const carouselCommands: readonly Command[] = [
  page('services', () => i18n.of(carouselTexts).search.services, 'очередь turn', '#/carousel'),
  page('now', () => i18n.of(carouselTexts).search.now, 'люди смена people duty', '#/carousel?tab=people&now=1'),
  page(
    'calendar',
    () => i18n.of(carouselTexts).search.calendar,
    'отпуск отсутствие vacation absence',
    '#/carousel?tab=calendar',
  ),
  page('log', () => i18n.of(carouselTexts).search.log, 'журнал почему why', '#/carousel?tab=log'),
  () =>
    session.may('admin')
      ? {
          id: 'carousel:turn',
          title: i18n.of(carouselTexts).search.turn,
          words: i18n.of(carouselTexts).search.words,
          run: () => void import('./acts').then(({ turnNow }) => turnNow()),
        }
      : null,
  () =>
    session.may('admin')
      ? {
          id: 'carousel:import',
          title: i18n.of(carouselTexts).search.import,
          words: `${i18n.of(carouselTexts).search.words} импорт import`,
          run: () => void import('./acts').then(({ importNow }) => importNow()),
        }
      : null,
];
