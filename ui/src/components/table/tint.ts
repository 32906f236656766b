// The tint of a changed cell: it fades once and leaves nothing behind. Drawn by the animation engine, so a live table
// needs no timers.
import type { Action } from 'svelte/action';
import { TINT_MS } from '../timing';

export const tintOnChange: Action<HTMLElement, string | null> = (node, first) => {
  let before = first;
  return {
    update(text) {
      if (text === before) return;
      before = text;
      if (text === null || !node.animate || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
      node.animate([{ backgroundColor: 'var(--changed)' }, { backgroundColor: 'transparent' }], {
        duration: TINT_MS,
        easing: 'ease-out',
      });
    },
  };
};
