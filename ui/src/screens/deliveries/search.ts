// What Ctrl+K can do about deliveries and the connections they go by: what failed, pause and go on, check.
import { backend } from '../../backend';
import { i18n } from '../../i18n/index.svelte';
import { deliveries as deliveriesTexts } from '../../i18n/texts/deliveries';
import { termOf } from '../../i18n/texts/terms';
import { errand } from '../../state/errand.svelte';
import { rank, type Command, type PaletteItem, type SearchProvider } from '../../state/palette.svelte';
import { router } from '../../state/router.svelte';
import { session } from '../../state/session.svelte';
import { isStopped } from './marks';

const LEAST_LETTERS = 2;
const MOST = 8;

export const deliveryCommands: readonly Command[] = [
  () => ({
    id: 'deliveries:failed',
    title: i18n.of(deliveriesTexts).search.failed,
    words: 'failed dead letters сбой неудачные',
    run: () => router.go('#/deliveries?tab=out&failed=1'),
  }),
  () => ({
    id: 'deliveries:waiting',
    title: i18n.of(deliveriesTexts).search.waiting,
    words: 'waiting records ждут',
    run: () => router.go('#/deliveries?state=waiting'),
  }),
];

export const deliverySearch: readonly SearchProvider[] = [
  {
    id: 'connections',
    title: () => i18n.of(deliveriesTexts).search.connections,
    async find(words) {
      if (words.length < LEAST_LETTERS || !session.may('supervisor')) return [];
      const { integrations } = await backend().call('deliveries.summary', {});
      const t = i18n.of(deliveriesTexts).summary;
      const items = integrations.flatMap((each): PaletteItem[] => {
        const name = termOf(i18n.t.terms.integrations, each.name);
        const stopped = isStopped(each);
        return [
          ...(each.lane
            ? [
                {
                  id: `turn:${each.name}`,
                  title: stopped ? t.resumeAct(name) : t.pauseAct(name),
                  words: `${each.name} pause resume пауза`,
                  run: () => {
                    router.go(router.linkTo('deliveries'));
                    errand.ask('deliveries:turn', each.name);
                  },
                },
              ]
            : []),
          ...(session.may('admin')
            ? [
                {
                  id: `check:${each.name}`,
                  title: i18n.of(deliveriesTexts).search.check(name),
                  words: `${each.name} check connection подключение`,
                  run: () => {
                    router.go(`#/settings?section=connections&connection=${encodeURIComponent(each.name)}`);
                    errand.ask('settings:check', each.name);
                  },
                },
              ]
            : []),
        ];
      });
      return rank(items, words).slice(0, MOST);
    },
  },
];
