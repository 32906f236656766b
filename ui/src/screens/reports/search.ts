// What Ctrl+K can open among reports: each of them by its name.
import { i18n } from '../../i18n/index.svelte';
import { reports as reportsTexts } from '../../i18n/texts/reports';
import type { Command } from '../../state/palette.svelte';
import { printRoute } from '../../state/route';
import { router } from '../../state/router.svelte';
import { tabs } from './filter';

export const reportCommands: readonly Command[] = tabs.map((tab) => () => {
  const t = i18n.of(reportsTexts);
  return {
    id: `reports:${tab}`,
    title: t.search.open(t.tabs[tab]),
    words: t.search.words,
    run: () => router.go(printRoute({ screen: 'reports', path: [], params: tab === 'tickets' ? {} : { tab } })),
  };
});
