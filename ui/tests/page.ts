// The whole page on the preview's engine, for tests of screens.
import axe from 'axe-core';
import { render } from '@testing-library/svelte';
import App from '../src/App.svelte';
import { useBackend } from '../src/backend';
import type { WallWindow } from '../src/backend/backend';
import { i18n } from '../src/i18n/index.svelte';
import type { Language } from '../src/i18n/locale';
import { preferences } from '../src/state/preferences.svelte';
import { session } from '../src/state/session.svelte';
import { makeBackend } from './preview/engine';

export function openPage(hash: string, wish = '', language: Language = 'ru', wall?: WallWindow) {
  history.replaceState(null, '', hash);
  session.present = null;
  const backend = makeBackend(new URLSearchParams(wish));
  if (wall) backend.wall = wall;
  useBackend(backend);
  preferences.start();
  i18n.choose(language);
  i18n.zone = 'UTC';
  render(App);
  return backend;
}

/** Accessibility faults of what is on view. Colours and sizes need a real layout: the browser tests look at those. */
export async function faults(): Promise<string[]> {
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  return violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join('\n')}`);
}
