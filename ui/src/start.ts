// Puts the console on a page. Apart from `main.ts` so that tests start the same page on an engine of their own.
import { mount } from 'svelte';
import App from './App.svelte';
import { useBackend, type Backend } from './backend';
import { mendReportedLanguage } from './i18n/locale';
import { notices } from './state/notices.svelte';
import { preferences } from './state/preferences.svelte';
import './styles/tokens.css';
import './styles/base.css';

export function start(backend: Backend, target: HTMLElement): void {
  mendReportedLanguage();
  useBackend(backend);
  preferences.start();
  for (const title of backend.notes ?? []) notices.show({ tone: 'warning', title });
  mount(App, { target });
}
