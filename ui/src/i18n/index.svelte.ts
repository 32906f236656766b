// The language in force: texts (`i18n.t`) and formatting (`i18n.f`), both reactive, so the page changes language
// without a reload. A screen's words live in one file of `texts/` with both languages; this list names those files.
import { clock } from '../state/clock.svelte';
import * as format from './format';
import { languages, pickLanguage, safeZone, type Language } from './locale';
import { audit } from './texts/audit';
import { bulk } from './texts/bulk';
import { calls } from './texts/calls';
import { carousel } from './texts/carousel';
import { cases } from './texts/cases';
import { chatLink } from './texts/chatLink';
import { connections } from './texts/connections';
import { deliveries } from './texts/deliveries';
import { erp } from './texts/erp';
import { errors } from './texts/errors';
import { fields } from './texts/fields';
import { floor } from './texts/floor';
import { inbox } from './texts/inbox';
import { messages } from './texts/messages';
import { notices } from './texts/notices';
import { network } from './texts/network';
import { now } from './texts/now';
import { parts } from './texts/parts';
import { people } from './texts/people';
import { ratings } from './texts/ratings';
import { reports } from './texts/reports';
import { settings } from './texts/settings';
import { shell } from './texts/shell';
import { terms } from './texts/terms';
import { tickets } from './texts/tickets';
import { traffic } from './texts/traffic';
import { whole } from './texts/whole';
import { why } from './texts/why';

const sections = {
  shell,
  parts,
  errors,
  audit,
  bulk,
  calls,
  carousel,
  cases,
  chatLink,
  connections,
  deliveries,
  erp,
  fields,
  floor,
  inbox,
  messages,
  notices,
  network,
  now,
  people,
  ratings,
  reports,
  settings,
  terms,
  tickets,
  traffic,
  whole,
  why,
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

  /** Takes the remembered language, else the first of the system's that we speak. */
  start(remembered: string | null): void {
    const known = languages.find((each) => each === remembered);
    this.choose(known ?? pickLanguage(navigator.languages ?? [navigator.language]));
  }
}

export const i18n = new I18n();
