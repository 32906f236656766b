// j, k and Enter in lists of the floor that are no tables: the same keys as there, through what is drawn.
import { i18n } from '../../i18n/index.svelte';
import { useShortcuts } from '../../state/shortcuts.svelte';

/** Marks what the keys go through. */
export const STEP = 'data-step';

/** `opened` says whether the panel is open: then it follows, as in a table. */
export function useSteps(host: () => HTMLElement | undefined, opened: () => boolean): void {
  function step(by: number) {
    const all = [...(host()?.querySelectorAll<HTMLElement>(`[${STEP}]`) ?? [])];
    const from = all.findIndex((each) => each === document.activeElement);
    const next = all[Math.min(all.length - 1, Math.max(0, from < 0 ? 0 : from + by))];
    next?.focus();
    if (opened()) next?.click();
  }
  const keys = () => i18n.t.shell.keys;
  useShortcuts([
    { keys: 'j', group: 'table', title: () => keys().rows, run: () => step(1) },
    { keys: 'k', group: 'table', title: () => keys().rows, run: () => step(-1) },
    { keys: 'enter', group: 'table', title: () => keys().open },
  ]);
}
