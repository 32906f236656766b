// What Ctrl+K finds among calls and agencies, and does with the journal.
import { backend } from '../../backend';
import { i18n } from '../../i18n/index.svelte';
import { calls as callsTexts } from '../../i18n/texts/calls';
import { notices } from '../../state/notices.svelte';
import type { Command, SearchProvider } from '../../state/palette.svelte';
import { router } from '../../state/router.svelte';
import { session } from '../../state/session.svelte';
import { digitsOf, presentDays, readFilter, toRequest } from './filter';

/** Fewer digits fit too many numbers to be a question. */
const LEAST_DIGITS = 3;
const LEAST_LETTERS = 2;
const MOST_CALLS = 5;
const MOST_AGENCIES = 8;

const numbers: SearchProvider = {
  id: 'calls',
  title: () => i18n.of(callsTexts).search.numbers,
  async find(words, signal) {
    const digits = digitsOf(words);
    // Letters mean that a name is sought, whatever digits stand beside them.
    if (digits.length < LEAST_DIGITS || /\p{L}/u.test(words)) return [];
    const phone = words.trim().startsWith('*') ? `*${digits}` : digits;
    const filter = toRequest(readFilter({ phone, all: '1' }), presentDays(new Date()));
    const { rows } = await backend().call('calls.page', { filter, after: null, limit: MOST_CALLS });
    if (signal.aborted) return [];
    return [
      {
        id: 'calls:all',
        title: i18n.of(callsTexts).search.allTime(digits),
        run: () => router.go(`#/calls?phone=${phone}&all=1`),
      },
      ...rows.map((call) => ({
        id: `call:${call.id}`,
        title: i18n.f.phone(call.phone),
        note: [i18n.f.instant(call.started_at), call.operator].filter(Boolean).join(' · '),
        run: () => router.go(`#/calls?phone=${phone}&all=1&open=call:${call.id}`),
      })),
    ];
  },
};

const agencies: SearchProvider = {
  id: 'agencies',
  title: () => i18n.of(callsTexts).agency.search,
  async find(words) {
    // Agencies of the Moscow centre belong to its calls: without the right to them the engine refuses.
    if (words.length < LEAST_LETTERS || !session.has('calls_moscow')) return [];
    const found = await backend().call('agencies.search', { text: words, limit: MOST_AGENCIES });
    return found.agencies.map((agency) => ({
      id: `agency:${agency.ID_TR}`,
      title: agency.NAME_RU ?? agency.NAME_EN ?? i18n.of(callsTexts).agency.number(agency.ID_TR),
      // Many an address begins with its city.
      note: agency.ADDRESS?.startsWith(agency.CITY_NAME ?? '')
        ? agency.ADDRESS
        : [agency.CITY_NAME, agency.ADDRESS].filter(Boolean).join(', '),
      run: () => router.open('agency', agency.ID_TR),
    }));
  },
};

export const callSearch: readonly SearchProvider[] = [numbers, agencies];

/** The journal as the address asks for it, else the whole present day. */
async function exportJournal(format: 'csv' | 'xlsx'): Promise<void> {
  const params = router.route.screen === 'calls' ? router.route.params : {};
  try {
    const filter = toRequest(readFilter(params), presentDays(new Date()));
    const file = await backend().call('calls.export', { filter, format });
    await backend().saveFile(file);
    notices.done(i18n.t.parts.table.exported(file.name));
  } catch (cause) {
    notices.failed(cause, () => void exportJournal(format));
  }
}

export const callCommands: readonly Command[] = [
  () => ({
    id: 'calls:live',
    title: i18n.of(callsTexts).search.live,
    words: 'live calls идущие',
    run: () => router.go('#/calls?live=1'),
  }),
  ...(['xlsx', 'csv'] as const).map((format) => () => ({
    id: `calls:${format}`,
    title: i18n.of(callsTexts).search.export(format.toUpperCase()),
    note: router.route.screen === 'calls' ? i18n.of(callsTexts).search.onView : i18n.of(callsTexts).search.today,
    words: 'export выгрузить журнал',
    run: () => void exportJournal(format),
  })),
];
