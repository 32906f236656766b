// The kinds of things a case is made of: their icons' names, the groups they are filtered by, and where each leads. Pure.
import type { CaseCard } from '../../bindings/CaseCard';

export type Kind = CaseCard['kind'];
export type Group = 'calls' | 'states' | 'tickets' | 'chats' | 'ratings' | 'documents' | 'deliveries';

export const groups: readonly Group[] = ['calls', 'states', 'tickets', 'chats', 'ratings', 'documents', 'deliveries'];

const groupOfKind: Record<Kind, Group> = {
  phone: 'calls',
  call: 'calls',
  agency: 'calls',
  stretch: 'states',
  ticket: 'tickets',
  pair: 'chats',
  rating: 'ratings',
  document: 'documents',
  task: 'documents',
};

export const kinds = Object.keys(groupOfKind) as Kind[];

/** The kind of a thing as it is written: `call` of `call:17`. */
export const kindOf = (thing: string): Kind => {
  const [word = ''] = thing.split(':', 1);
  return kinds.find((kind) => kind === word) ?? 'ticket';
};

export const groupOf = (thing: string): Group => groupOfKind[kindOf(thing)];

/** Whether a text can be the name of a thing at all. */
export const isThing = (text: string): boolean => {
  const [, word = ''] = /^([a-z]+):\d{1,20}$/.exec(text) ?? [];
  return kinds.some((kind) => kind === word);
};

/** The address of a thing's case. */
export const caseAddress = (thing: string): string => `#/case/${thing}`;

/** The groups on view, of `calls,tickets` in the address; all where it names none. */
export function readGroups(text: string | null): readonly Group[] {
  const named = (text ?? '').split(',');
  const chosen = groups.filter((group) => named.includes(group));
  return chosen.length > 0 ? chosen : groups;
}

/** The address of a view with one group switched; all of them is no choice. */
export function switchGroup(shown: readonly Group[], group: Group): string | null {
  if (shown.length === groups.length) return group;
  const next = groups.filter((each) => (each === group ? !shown.includes(each) : shown.includes(each)));
  return next.length === 0 || next.length === groups.length ? null : next.join(',');
}
