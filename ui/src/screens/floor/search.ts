// What Ctrl+K finds and does on the floor.
import { backend } from '../../backend';
import type { OperatorRow } from '../../bindings/OperatorRow';
import { i18n } from '../../i18n/index.svelte';
import { floor as floorTexts } from '../../i18n/texts/floor';
import type { Command, SearchProvider } from '../../state/palette.svelte';
import { router } from '../../state/router.svelte';
import { ownAccount } from './account.svelte';
import { board } from './board.svelte';
import { fitting, readFilter } from './filter';
import { openWall } from './wall';
import { stateWords } from './words';

const LEAST = 2;
const MOST = 6;
/** Letters typed one after another look through one reading of the board. */
const KEPT_MS = 5000;
let read: { at: number; rows: Promise<OperatorRow[]> } | null = null;

/** Everybody: from the board on view, else read for the search. */
async function everybody(): Promise<readonly OperatorRow[]> {
  if (board.operators.size > 0) return [...board.operators.values()];
  const now = Date.now();
  if (read === null || now - read.at > KEPT_MS) {
    read = {
      at: now,
      rows: backend()
        .call('floor.board', {})
        .then(({ operators }) => operators),
    };
  }
  return read.rows;
}

/** The operator a journal names, by name or login as the floor has them; null where nobody or more than one is so called. */
export async function operatorNamed(name: string): Promise<number | null> {
  const wanted = name.trim().toLocaleLowerCase();
  const found = (await everybody()).filter((row) =>
    [row.name, row.login_id, row.login_name].some((each) => each?.toLocaleLowerCase() === wanted),
  );
  return found.length === 1 ? (found[0]?.id ?? null) : null;
}

const operators: SearchProvider = {
  id: 'operators',
  title: () => i18n.of(floorTexts).search.title,
  async find(words) {
    if (words.length < LEAST) return [];
    const t = i18n.of(floorTexts);
    return fitting(await everybody(), readFilter({ q: words }))
      .slice(0, MOST)
      .map((row) => ({
        id: `operator:${row.id}`,
        title: row.name,
        note: [stateWords(t, row.state), row.extension].filter(Boolean).join(' · '),
        run: () => router.open('operator', row.id),
      }));
  },
};

export const floorSearch: readonly SearchProvider[] = [operators];

export const floorCommands: readonly Command[] = [
  () => ({
    id: 'floor:wallboard',
    title: i18n.of(floorTexts).search.board,
    words: 'wallboard табло',
    run: () => void openWall(),
  }),
  () => ({
    id: 'floor:not-ready',
    title: i18n.of(floorTexts).search.notReady,
    words: 'not ready',
    run: () => router.go('#/floor?group=not_ready'),
  }),
  () => ({
    id: 'floor:over',
    title: i18n.of(floorTexts).search.over,
    words: 'limit threshold порог',
    run: () => router.go('#/floor?over=1'),
  }),
  () =>
    ownAccount.mayHave
      ? {
          id: 'floor:account',
          title: i18n.of(floorTexts).search.account,
          words: 'account sign in out войти выйти учётка логин пароль',
          run: () => {
            ownAccount.shown = true;
            if (router.route.screen !== 'floor') router.go(router.linkTo('floor'));
          },
        }
      : null,
];
