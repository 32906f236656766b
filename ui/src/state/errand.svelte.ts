// An act chosen in Ctrl+K whose button or dialog belongs to a screen: the screen takes it as soon as it is on view, and asks,
// confirms and tells as it does for its own button.
import { untrack } from 'svelte';

/** What a palette may send a screen to do; `about` is the name of a connection. */
export type ErrandName = 'network:probe' | 'network:windows' | 'network:target' | 'deliveries:turn' | 'settings:check';

class Errand {
  wanted = $state.raw<{ name: ErrandName; about: string } | null>(null);

  ask(name: ErrandName, about = ''): void {
    this.wanted = { name, about };
  }
}

export const errand = new Errand();

/** Takes errands of one name for the component being created. `run` answers false while what it needs is not read yet. */
export function takeErrand(name: ErrandName, run: (about: string) => boolean): void {
  $effect(() => {
    const { wanted } = errand;
    if (wanted?.name !== name || !run(wanted.about)) return;
    untrack(() => (errand.wanted = null));
  });
  // Somebody who has gone elsewhere no longer wants it.
  $effect(() => () => {
    if (errand.wanted?.name === name) errand.wanted = null;
  });
}
