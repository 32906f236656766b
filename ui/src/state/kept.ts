// The view of each screen as a person left it, kept on this workstation: filters, order, tab and kind of view, by the names a
// screen gives. Not here: when a view comes back (the router's).
import { isText, recall, remember } from './storage';

type Params = Readonly<Record<string, string>>;

/** Which parameters of a screen are kept. What is opened, days, and words to look for are questions of the moment. */
export type Keeps = Readonly<Record<string, readonly string[]>>;

/** Values that mean "the days beside it": without those days they mean nothing. */
const WITH_DAYS = ['own', 'days'];

const isParams = (value: unknown): value is Params =>
  typeof value === 'object' && value !== null && Object.values(value).every(isText);

export function keptOf(params: Params, names: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = params[name];
    if (value && !WITH_DAYS.includes(value)) kept[name] = value;
  }
  return kept;
}

const keyOf = (person: string, screen: string) => `view.${person}.${screen}`;

/** What a person left a screen with; a name that is no longer kept is left out. */
export const recallView = (person: string, screen: string, names: readonly string[]): Record<string, string> =>
  keptOf(recall(keyOf(person, screen), isParams) ?? {}, names);

/** A view without anything of its own is not kept at all: filters that were taken off stay off. */
export function rememberView(person: string, screen: string, params: Params): void {
  remember(keyOf(person, screen), Object.keys(params).length > 0 ? params : null);
}
