// What Ctrl+K can do from Now, whichever screen is on view.
import { i18n } from '../../i18n/index.svelte';
import { handover } from '../../state/handover.svelte';
import type { Command } from '../../state/palette.svelte';

export const nowCommands: readonly Command[] = [
  () => ({
    id: 'now:handover',
    title: i18n.t.now.handover.title,
    keys: 'h',
    words: i18n.t.now.handover.words,
    run: () => (handover.open = true),
  }),
];
