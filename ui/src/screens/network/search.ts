// What Ctrl+K finds among watched addresses.
import { backend } from '../../backend';
import { i18n } from '../../i18n/index.svelte';
import { rank, type SearchProvider } from '../../state/palette.svelte';
import { router } from '../../state/router.svelte';

const LEAST_LETTERS = 2;
const MOST = 6;

export const targetSearch: readonly SearchProvider[] = [
  {
    id: 'targets',
    title: () => i18n.t.network.targets,
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
