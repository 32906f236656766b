// What Ctrl+K finds among watched addresses, and does about them.
import { backend } from '../../backend';
import { i18n } from '../../i18n/index.svelte';
import { network as networkTexts } from '../../i18n/texts/network';
import { errand, type ErrandName } from '../../state/errand.svelte';
import { rank, type Command, type SearchProvider } from '../../state/palette.svelte';
import { router } from '../../state/router.svelte';
import { session } from '../../state/session.svelte';

const LEAST_LETTERS = 2;
const MOST = 6;

export const targetSearch: readonly SearchProvider[] = [
  {
    id: 'targets',
    title: () => i18n.of(networkTexts).targets,
    async find(words) {
      if (words.length < LEAST_LETTERS) return [];
      const { targets } = await backend().call('network.list', { station: null });
      const items = targets.map(({ id, definition }) => ({
        id: `target:${id}`,
        title: definition.title,
        note: definition.host,
        words: `${definition.key} ${definition.host}`,
        run: () => router.go(`#/network?target=${definition.key}&open=target:${id}`),
      }));
      return rank(items, words).slice(0, MOST);
    },
  },
];

function send(name: ErrandName) {
  router.go(router.linkTo('network'));
  errand.ask(name);
}

export const networkCommands: readonly Command[] = [
  // A viewer's own workstation looks as well; the server asks for a supervisor alone.
  () => ({
    id: 'network:probe',
    title: i18n.of(networkTexts).search.probe,
    words: 'probe ping refresh пинг обновить',
    run: () => send('network:probe'),
  }),
  () => ({
    id: 'network:windows',
    title: session.may('admin') ? i18n.of(networkTexts).windows.add : i18n.of(networkTexts).search.windows,
    words: 'maintenance window обслуживание окно работы',
    run: () => send('network:windows'),
  }),
  () =>
    session.may('admin')
      ? {
          id: 'network:target',
          title: i18n.of(networkTexts).addTarget,
          words: 'network target связь',
          run: () => send('network:target'),
        }
      : null,
];
