// What a call out is about, in words: `call:89995` is "Звонок 89995".
import { i18n } from '../../i18n/index.svelte';
import { cases as casesTexts } from '../../i18n/texts/cases';

/** A subject of a kind without words of its own stays as it is: it is copied and searched in that form. */
export function subjectWords(subject: string): string {
  const [kind = '', ...rest] = subject.split(':');
  const kinds: Readonly<Record<string, string>> = i18n.of(casesTexts).kinds;
  const word = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  return word && rest.length > 0 ? `${word} ${rest.join(':')}` : subject;
}
