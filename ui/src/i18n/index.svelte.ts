// The language in force: texts (`i18n.t`, `i18n.of`) and formatting (`i18n.f`), all reactive, so the page changes language
// without a reload. Words live in files of `texts/` with both languages. Those that any screen may need at once are in `i18n.t`;
// the words of a screen or a panel are imported where they are used, and so are loaded with it.
import { clock } from '../state/clock.svelte';
import * as format from './format';
import { languages, pickLanguage, safeZone, type Language } from './locale';
import { errors } from './texts/errors';
import { notices } from './texts/notices';
import { now } from './texts/now';
import { parts } from './texts/parts';
import { screens } from './texts/screens';
import { shell } from './texts/shell';
import { terms } from './texts/terms';
import { whole } from './texts/whole';

const sections = {
  shell,
  screens,
  parts,
  errors,
  notices,
  now,
  terms,
  whole,
};

type Texts = { [S in keyof typeof sections]: (typeof sections)[S]['ru'] };

function textsOf(language: Language): Texts {
  return Object.fromEntries(Object.entries(sections).map(([name, both]) => [name, both[language]])) as Texts;
}

const texts: Record<Language, Texts> = { ru: textsOf('ru'), en: textsOf('en') };

class I18n {
  language = $state<Language>('ru');
  zone = $state(safeZone(undefined));

  get t(): Texts {
    return texts[this.language];
  }

  /** A section's words in the language in force. */
  of<T>(section: Record<Language, T>): T {
    return section[this.language];
  }

  /** Formatting in the language and zone in force. Times and ages follow the common clock. */
  readonly f = {
    instant: (at: format.Instant) => format.instant(at, this.language, this.zone, clock.day),
    fullInstant: (at: format.Instant) => format.fullInstant(at, this.zone),
    span: (ms: number) => format.span(ms, this.language),
    age: (at: format.Instant) => format.age(at, this.language, clock.now),
    /** The hour of an instant in a zone that is not the reader's: `14:00`. */
    hour: (at: Date | number, zone: string) => format.hourOf(at, zone),
    dayTitle: (day: string) => format.dayTitle(day, this.language, this.today()),
    number: (value: number | null | undefined, digits?: number) => format.number(value, this.language, digits),
    bytes: (value: number | null | undefined) => format.bytes(value, this.language),
    duration: format.duration,
    work: (seconds: number | null | undefined) => format.work(seconds, this.language),
    elapsed: (seconds: number | null | undefined) => format.elapsed(seconds, this.language),
    /** The clock of an instant in the zone in force, with seconds. */
    clock: (at: Date | number) => format.clockOf(at, this.zone),
    phone: format.phone,
  };

  /** The present day in the zone in force. */
  today(): string {
    return format.dayOf(clock.day, this.zone);
  }

  choose(language: Language): void {
    this.language = language;
    document.documentElement.lang = language;
  }

  /** Takes the remembered language, else that of what speaks beside the page, else the first of the browser's that we speak. */
  start(remembered: string | null, beside?: Language): void {
    const known = languages.find((each) => each === remembered);
    this.choose(known ?? beside ?? pickLanguage(navigator.languages ?? [navigator.language]));
  }
}

export const i18n = new I18n();
