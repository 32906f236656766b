// What Ctrl+K opens in the settings: each section by its name, for whoever has it.
import { i18n } from '../../i18n/index.svelte';
import { settings as settingsTexts } from '../../i18n/texts/settings';
import type { Command } from '../../state/palette.svelte';
import { router } from '../../state/router.svelte';
import { session } from '../../state/session.svelte';
import { sections } from './sections';

export const settingsCommands: readonly Command[] = sections
  // Settings that no section names may be none at all.
  .filter(({ id }) => id !== 'other')
  .map(({ id, role }) => () => {
    const t = i18n.of(settingsTexts);
    if (!session.may(role) || (id === 'password' && !session.me?.has_account)) return null;
    return {
      id: `settings:${id}`,
      title: `${i18n.t.screens.settings.title}: ${t.sections[id].title}`,
      words: `settings ${id}`,
      run: () => router.go(`#/settings?section=${id}`),
    };
  });
