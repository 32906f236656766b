// Words of the carousel: services and people, turns and their reasons, absences, the log, the laboratory, the import.
import { en } from './carousel.en';
import { ru } from './carousel.ru';

export const carousel = { ru, en };

/** Why an import came to nothing: a word of ours, or the other side's own. */
export function importTrouble(t: typeof ru, trouble: string): string {
  const { troubles } = t.catalogue;
  return (Object.hasOwn(troubles, trouble) && troubles[trouble]) || t.said(trouble);
}
