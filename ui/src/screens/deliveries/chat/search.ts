// What Ctrl+K finds and does among conversations and issues.
import { backend } from '../../../backend';
import { i18n } from '../../../i18n/index.svelte';
import { chatLink as chatLinkTexts } from '../../../i18n/texts/chatLink';
import type { PaletteItem, SearchProvider } from '../../../state/palette.svelte';
import { router } from '../../../state/router.svelte';
import { isKey, issueOf } from './filter';

export const pairSearch: readonly SearchProvider[] = [
  {
    id: 'pairs',
    title: () => i18n.of(chatLinkTexts).search.title,
    async find(words) {
      const issue = issueOf(words);
      if (!isKey(issue)) return [];
      const filter = { which: 'all', issue } as const;
      const { rows } = await backend().call('chat_link.page', { filter, after: null, limit: 1 });
      return rows.map((row) => ({
        id: `pair:${row.id}`,
        title: `${row.issue} ${row.summary}`,
        note: [row.status, row.last ? i18n.f.instant(row.last.at) : ''].filter(Boolean).join(' · '),
        run: () => router.open('pair', row.id),
      }));
    },
  },
];

const LIST = '#/deliveries?tab=chat';

export const pairCommands: readonly (() => PaletteItem)[] = [
  () => ({
    id: 'pairs:list',
    title: i18n.of(chatLinkTexts).search.open,
    words: 'chat tracker bridge чат трекер мост пары задачи pairs issues',
    run: () => router.go(LIST),
  }),
  () => ({
    id: 'pairs:stuck',
    title: i18n.of(chatLinkTexts).search.stuck,
    words: 'chat tracker bridge чат трекер мост пары застряло stuck failed held',
    run: () => router.go(`${LIST}&which=stuck`),
  }),
];
