// What Ctrl+K can do with notices, whichever screen is on view.
import { i18n } from '../../i18n/index.svelte';
import type { PaletteItem } from '../../state/palette.svelte';
import { wishes } from '../../state/wishes.svelte';
import { markAll } from './acts';

export const inboxCommands: readonly (() => PaletteItem)[] = [
  () => ({
    id: 'notices:read',
    title: i18n.t.notices.markAll,
    words: 'notices read уведомления прочитать',
    run: () => void markAll(),
  }),
  () => ({
    id: 'notices:quiet',
    title: i18n.t.shell.quietHour,
    words: 'quiet do not disturb не беспокоить тишина',
    run: () => void wishes.hold(new Date()),
  }),
];
