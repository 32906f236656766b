// What a secret is called in the reader's language; the engine's own words where there are none. Pure.
import type { Expected } from '../../bindings/Expected';

const CLIENT = 'telephony.client.';

interface Words {
  names: Record<string, string>;
  client: (client: string) => string;
}

export function secretName(expected: Expected, t: Words): string {
  if (expected.name.startsWith(CLIENT)) return t.client(expected.name.slice(CLIENT.length));
  return (Object.hasOwn(t.names, expected.name) && t.names[expected.name]) || expected.about || expected.name;
}
