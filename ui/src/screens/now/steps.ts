// The first steps of a new installation, each judged by what there is. Pure.
import type { Connection } from '../../bindings/Connection';
import type { PersonRow } from '../../bindings/PersonRow';
import type { Source } from '../../bindings/Source';

export type StepId = 'connect' | 'secrets' | 'alive' | 'people' | 'limits';

export interface Step {
  id: StepId;
  done: boolean;
  href: string;
  /** The integrations that still lack something. */
  lacking: readonly string[];
}

/** `looked`: whether the limits were looked at, which nothing but a person can tell. */
export function stepsOf(
  connections: readonly Pick<Connection, 'name' | 'active' | 'secrets'>[],
  people: readonly Pick<PersonRow, 'id'>[],
  sources: readonly Pick<Source, 'name' | 'seen_at'>[],
  looked: boolean,
): Step[] {
  const active = connections.filter((each) => each.active);
  const unset = active.filter((each) => each.secrets.some(({ expected, entry }) => expected.in_use && !entry.set));
  const silent = sources.filter((source) => source.seen_at === null);
  const settings = '#/settings?section=';
  const [first] = unset;
  return [
    { id: 'connect', done: active.length > 0, href: `${settings}connections`, lacking: [] },
    {
      id: 'secrets',
      done: active.length > 0 && unset.length === 0,
      href: first ? `${settings}connections&connection=${first.name}` : `${settings}connections`,
      lacking: unset.map(({ name }) => name),
    },
    {
      id: 'alive',
      done: sources.length > 0 && silent.length === 0,
      href: '#/deliveries',
      lacking: silent.map(({ name }) => name),
    },
    { id: 'people', done: people.length > 1, href: `${settings}people`, lacking: [] },
    { id: 'limits', done: looked, href: `${settings}floor`, lacking: [] },
  ];
}
