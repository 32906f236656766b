// The language of the page and the locale given to `Intl`. The system may report a locale `Intl` refuses ("C",
// "POSIX", "en_US.UTF-8"), and then every formatting call would throw: nothing of ours but what is here reads navigator.language.

export type Language = 'ru' | 'en';

export const languages: readonly Language[] = ['ru', 'en'];

/** The locale each language is formatted with. English keeps the day before the month and the 24-hour clock. */
export const intlLocale: Record<Language, string> = { ru: 'ru-RU', en: 'en-GB' };

/** The first of the reported names we have texts for; Russian when there is none. */
export function pickLanguage(reported: readonly (string | null | undefined)[]): Language {
  for (const name of reported) {
    const language = (name ?? '').toLowerCase().split(/[-_.@]/, 1)[0];
    if (language === 'ru' || language === 'en') return language;
  }
  return 'ru';
}

/** Has the browser report a language that `Intl` accepts, for libraries that ask it as they are loaded (uPlot). */
export function mendReportedLanguage(): void {
  try {
    Intl.getCanonicalLocales(navigator.language);
  } catch {
    const value = intlLocale[pickLanguage(navigator.languages)];
    Object.defineProperty(navigator, 'language', { value, configurable: true });
  }
}

/** A zone name `Intl` accepts, else UTC. */
export function safeZone(name: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
