// Appearance chosen on this workstation: theme, colours of states, language, zone.
import { backend } from '../backend';
import { i18n } from '../i18n/index.svelte';
import { safeZone, type Language } from '../i18n/locale';
import { isText, recall, remember } from './storage';

export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

class Preferences {
  theme = $state<Theme>('system');
  /** States of operators in the colours of the console before Pult. */
  classicStates = $state(false);

  start(): void {
    i18n.start(recall('language', isText), backend().language);
    this.speak();
    const zone = recall('zone', isText);
    if (zone) i18n.zone = safeZone(zone);
    const theme = recall('theme', isText);
    this.showTheme(themes.find((each) => each === theme) ?? 'system');
    this.showStates(recall('states', isText) === 'classic');
  }

  chooseTheme(theme: Theme): void {
    this.showTheme(theme);
    remember('theme', theme === 'system' ? null : theme);
  }

  chooseStates(classic: boolean): void {
    this.showStates(classic);
    remember('states', classic ? 'classic' : null);
  }

  chooseLanguage(language: Language): void {
    i18n.choose(language);
    remember('language', language);
    this.speak();
  }

  /** An empty name returns to the system's zone. */
  chooseZone(zone: string): void {
    i18n.zone = safeZone(zone || undefined);
    remember('zone', zone || null);
  }

  /** Tray and toasts of the window speak as the page does. */
  private speak(): void {
    // Words in another language are a lesser evil than an alarm about them.
    backend()
      .speak?.(i18n.language)
      .catch((cause: unknown) => console.warn('the window did not take the language', cause));
  }

  private showTheme(theme: Theme): void {
    this.theme = theme;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  private showStates(classic: boolean): void {
    this.classicStates = classic;
    if (classic) document.documentElement.dataset.states = 'classic';
    else delete document.documentElement.dataset.states;
  }
}

export const preferences = new Preferences();
