// Which people a filter lets through. Pure.
import type { CarouselPerson } from '../../bindings/CarouselPerson';
import type { CarouselService } from '../../bindings/CarouselService';
import { matches, type Who } from './filter';
import { personState } from './marks';

export interface Choice {
  typed: string;
  /** Only people of its groups. */
  service: CarouselService | null;
  group: number | null;
  who: Who;
  /** Only those who can be given a ticket at this moment. */
  now: boolean;
  /** Those who are gone as well. */
  gone: boolean;
}

const fits: Record<Who, (person: CarouselPerson) => boolean> = {
  all: () => true,
  on: ({ row }) => row.enabled,
  off: ({ off }) => off,
  flagged: ({ row }) => row.flagged_at !== null,
  disabled: ({ row }) => !row.enabled,
};

export function peopleOf(
  people: readonly CarouselPerson[],
  choice: Choice,
  capacity: number | null,
  locale: string,
): CarouselPerson[] {
  const { typed, service, group, who, now, gone } = choice;
  return people.filter(
    (person) =>
      (gone || person.row.removed_at === null) &&
      (service === null || service.members.includes(person.row.id)) &&
      (group === null || person.row.groups.includes(group)) &&
      fits[who](person) &&
      (!now || personState(person, capacity) === 'present') &&
      matches(typed, [person.row.id, person.row.name, person.row.username, person.row.email], locale),
  );
}
