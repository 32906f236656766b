// What Ctrl+K finds and does among ratings.
import { backend } from '../../backend';
import { i18n } from '../../i18n/index.svelte';
import { ratings as ratingsTexts } from '../../i18n/texts/ratings';
import type { PaletteItem, SearchProvider } from '../../state/palette.svelte';
import { router } from '../../state/router.svelte';
import { issueOf } from './filter';
import { stateOf } from './marks';

/** The newest request about an issue: at most one waits, the rest are over. */
async function newest(issue: number) {
  const which = ['pending', 'ended'] as const;
  const pages = await Promise.all(
    which.map((each) =>
      backend().call('ratings.page', {
        filter: { which: each, issue, rate: null, origin: null, outcome: null, closed_from: null, closed_until: null },
        after: null,
        limit: 1,
      }),
    ),
  );
  return pages.flatMap(({ rows }) => rows).sort((a, b) => b.id - a.id)[0];
}

export const ratingSearch: readonly SearchProvider[] = [
  {
    id: 'ratings',
    title: () => i18n.of(ratingsTexts).search.title,
    async find(words) {
      const issue = issueOf(words);
      if (issue === null) return [];
      const row = await newest(issue);
      if (!row) return [];
      const t = i18n.of(ratingsTexts);
      return [
        {
          id: `rating:${row.id}`,
          title: t.search.issue(issue),
          note: [stateOf(row, t).word, row.title].filter(Boolean).join(' · '),
          run: () => router.open('rating', row.id),
        },
      ];
    },
  },
];

export const ratingCommands: readonly (() => PaletteItem)[] = [
  () => ({
    id: 'ratings:waiting',
    title: i18n.of(ratingsTexts).search.waiting,
    words: 'ratings waiting оценки ждут csat',
    run: () => router.go('#/ratings'),
  }),
];
