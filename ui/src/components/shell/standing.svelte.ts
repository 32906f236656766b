// The sources of the engine as they stand, for the bar above and for the wallboard: asked once in a while, judged every second.
import type { Source } from '../../bindings/Source';
import { i18n } from '../../i18n/index.svelte';
import { termOf } from '../../i18n/texts/terms';
import { clock } from '../../state/clock.svelte';
import { live } from '../../state/live.svelte';
import { session } from '../../state/session.svelte';
import type { Mark } from '../badge';
import { standingMarks, standingOf, type Standing } from './sources';

/** Ages need no more than this, however much comes in. */
const PAUSE_MS = 5000;

export interface Stood {
  source: Source;
  title: string;
  standing: Standing;
  mark: Mark;
  word: string;
}

export interface Sources {
  readonly all: readonly Stood[];
  /** How far this workstation's clock is behind the engine's, milliseconds. */
  readonly drift: number;
}

/** Opens the sources for the component being created. */
export function openSources(): Sources {
  const query = live('engine.health', () => ({}), ['engine', 'deliveries'], { pause: PAUSE_MS });
  const drift = $derived(query.data && query.readAt ? query.data.now - query.readAt.getTime() : 0);
  const all = $derived(
    (query.data?.sources ?? []).map((source): Stood => {
      const standing = session.connection === 'lost' ? 'unheard' : standingOf(source, clock.now.getTime() + drift);
      return {
        source,
        title: termOf(i18n.t.terms.integrations, source.name),
        standing,
        mark: standingMarks[standing],
        word: i18n.t.shell.sourceState[standing],
      };
    }),
  );
  return {
    get all() {
      return all;
    },
    get drift() {
      return drift;
    },
  };
}
