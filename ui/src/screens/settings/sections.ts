// The sections of the settings: who sees them, and which settings of the file they hold.
import type { Field } from '../../bindings/Field';
import type { Role } from '../../bindings/Role';

export interface Section {
  id: SectionId;
  group: 'work' | 'server' | 'own';
  role: Role;
  /** Settings whose path begins so. */
  prefixes: readonly string[];
}

export type SectionId =
  | 'connections'
  | 'people'
  | 'keys'
  | 'calls'
  | 'floor'
  | 'network'
  | 'ratings'
  | 'erp'
  | 'carousel'
  | 'chat_link'
  | 'tickets'
  | 'messages'
  | 'imports'
  | 'retention'
  | 'backup'
  | 'transfer'
  | 'listeners'
  | 'lanes'
  | 'log'
  | 'other'
  | 'appearance'
  | 'notices'
  | 'password'
  | 'audit'
  | 'about';

export const sections: readonly Section[] = [
  { id: 'connections', group: 'work', role: 'admin', prefixes: ['integrations.'] },
  { id: 'people', group: 'work', role: 'admin', prefixes: [] },
  { id: 'keys', group: 'work', role: 'admin', prefixes: [] },
  { id: 'calls', group: 'work', role: 'admin', prefixes: ['areas.calls.'] },
  { id: 'floor', group: 'work', role: 'admin', prefixes: ['areas.floor.'] },
  { id: 'network', group: 'work', role: 'admin', prefixes: ['areas.network.'] },
  { id: 'ratings', group: 'work', role: 'admin', prefixes: ['areas.ratings.'] },
  { id: 'erp', group: 'work', role: 'admin', prefixes: ['areas.erp.'] },
  { id: 'carousel', group: 'work', role: 'admin', prefixes: ['areas.carousel.'] },
  { id: 'chat_link', group: 'work', role: 'admin', prefixes: ['areas.chat_link.'] },
  { id: 'tickets', group: 'work', role: 'admin', prefixes: ['areas.tickets.'] },
  { id: 'messages', group: 'work', role: 'admin', prefixes: ['areas.messages.'] },
  { id: 'imports', group: 'work', role: 'admin', prefixes: [] },
  { id: 'audit', group: 'work', role: 'admin', prefixes: [] },
  { id: 'retention', group: 'server', role: 'admin', prefixes: ['retention.'] },
  { id: 'backup', group: 'server', role: 'admin', prefixes: ['storage.'] },
  { id: 'transfer', group: 'server', role: 'admin', prefixes: [] },
  { id: 'listeners', group: 'server', role: 'admin', prefixes: ['console.', 'hooks.'] },
  { id: 'lanes', group: 'server', role: 'admin', prefixes: ['lanes.'] },
  { id: 'log', group: 'server', role: 'admin', prefixes: ['log.'] },
  { id: 'other', group: 'server', role: 'admin', prefixes: [] },
  { id: 'appearance', group: 'own', role: 'operator', prefixes: [] },
  { id: 'notices', group: 'own', role: 'operator', prefixes: [] },
  { id: 'password', group: 'own', role: 'operator', prefixes: [] },
  { id: 'about', group: 'own', role: 'viewer', prefixes: [] },
];

/** The section that holds a setting; `other` takes what no section names. */
export function sectionOf(path: string): SectionId {
  // A fault of a whole table is named without a dot at its end: `console.tls`.
  const found = sections.find(({ prefixes }) => prefixes.some((prefix) => `${path}.`.startsWith(prefix)));
  return found?.id ?? 'other';
}

export function fieldsOf(fields: readonly Field[], section: SectionId): Field[] {
  return fields.filter((field) => sectionOf(field.path) === section);
}
