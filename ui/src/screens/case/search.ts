// What Ctrl+K finds as a case: whatever number is pasted, Enter shows everything that belongs to it.
import { backend } from '../../backend';
import type { CaseCandidate } from '../../bindings/CaseCandidate';
import { i18n } from '../../i18n/index.svelte';
import { cases as casesTexts } from '../../i18n/texts/cases';
import type { Command, PaletteItem, SearchProvider } from '../../state/palette.svelte';
import { router } from '../../state/router.svelte';
import { session } from '../../state/session.svelte';
import { caseAddress } from './kinds';
import { lookOf } from './words';

/** Shorter words are not looked for. */
const LEAST = 3;
const MOST = 4;

function item({ thing, card, exact }: CaseCandidate, alone: boolean): PaletteItem {
  const look = lookOf(card);
  return {
    id: `case:${thing}`,
    title: i18n.of(casesTexts).search.open(look.title),
    note: [look.state?.word, look.note].filter(Boolean).join(' · '),
    // A number pasted as somebody else dials it is still the only one that can be meant.
    exact: exact || alone,
    run: () => router.go(caseAddress(thing)),
  };
}

export const caseSearch: readonly SearchProvider[] = [
  {
    id: 'cases',
    title: () => i18n.of(casesTexts).search.title,
    first: true,
    async find(words) {
      if (!session.may('viewer') || (!/\d/.test(words) && words.length < LEAST)) return [];
      const { found } = await backend().call('cases.find', { text: words });
      const alone = found.length === 1 && /^[\d\s()+-]+$/.test(words);
      return found.slice(0, MOST).map((each) => item(each, alone));
    },
  },
];

export const caseCommands: readonly Command[] = [
  () => ({
    id: 'cases:find',
    title: i18n.of(casesTexts).search.command,
    words: 'case number caller find дело номер клиент найти',
    run: () => router.go('#/case'),
  }),
];
