// Where services, people and tickets of the carousel stand, and how that looks. Pure.
import type { AssignmentRow } from '../../bindings/AssignmentRow';
import type { CarouselConsidered } from '../../bindings/CarouselConsidered';
import type { CarouselDesk } from '../../bindings/CarouselDesk';
import type { CarouselPerson } from '../../bindings/CarouselPerson';
import type { CarouselPlace } from '../../bindings/CarouselPlace';
import type { CarouselService } from '../../bindings/CarouselService';
import type { Mark } from '../../components/badge';

export type ServiceState = 'removed' | 'off' | 'trouble' | 'nobody' | 'listing' | 'assigning' | 'on';

/** The gravest of what can be said of a service. */
export function serviceState({ row, present }: CarouselService): ServiceState {
  if (row.removed_at !== null) return 'removed';
  if (!row.enabled) return 'off';
  if (present.length === 0) return 'nobody';
  if (row.trouble !== null) return 'trouble';
  return row.stage ?? 'on';
}

export const serviceMarks: Record<ServiceState, Mark> = {
  removed: { tone: 'off', shape: 'square' },
  off: { tone: 'off', shape: 'ring' },
  trouble: { tone: 'alarm', shape: 'triangle' },
  nobody: { tone: 'warning', shape: 'triangle' },
  listing: { tone: 'talking', shape: 'ring' },
  assigning: { tone: 'talking', shape: 'half' },
  on: { tone: 'ready', shape: 'dot' },
};

/** Whether somebody has to look at a service. */
export const isTroubled = (service: CarouselService): boolean =>
  ['trouble', 'nobody'].includes(serviceState(service)) ||
  (service.row.enabled && service.row.removed_at === null && service.row.parked > 0);

/** The colour of a service's edge; null for the ones nobody has to look at. */
export function serviceEdge(service: CarouselService): string | null {
  const state = serviceState(service);
  return state === 'nobody' ? 'warning' : state === 'trouble' ? 'alarm' : null;
}

/** Services that are on and have nobody to be given their tickets. */
export const forsaken = (desk: Pick<CarouselDesk, 'services'>): CarouselService[] =>
  desk.services.filter((service) => serviceState(service) === 'nobody');

export type PersonState = 'removed' | 'disabled' | 'off' | 'full' | 'present';

/** Why somebody can be given no ticket now, in the engine's order; `present` can. */
export function personState(person: CarouselPerson, capacity: number | null): PersonState {
  if (person.row.removed_at !== null) return 'removed';
  if (!person.row.enabled) return 'disabled';
  if (person.off) return 'off';
  return capacity !== null && person.given_today >= capacity ? 'full' : 'present';
}

export const personMarks: Record<PersonState, Mark> = {
  removed: { tone: 'off', shape: 'square' },
  disabled: { tone: 'off', shape: 'ring' },
  off: { tone: 'off', shape: 'half' },
  full: { tone: 'warning', shape: 'half' },
  present: { tone: 'ready', shape: 'dot' },
};

export const placeMarks: Record<CarouselPlace, Mark> = {
  turn: { tone: 'ready', shape: 'dot' },
  later: { tone: 'ready', shape: 'ring' },
  off: { tone: 'off', shape: 'half' },
  disabled: { tone: 'off', shape: 'ring' },
  removed: { tone: 'off', shape: 'square' },
  refused: { tone: 'warning', shape: 'triangle' },
  full: { tone: 'warning', shape: 'half' },
};

/** What came of an assignment: its outcome, or where it stands while there is none. */
export type Ending =
  'planned' | 'sent' | 'confirmed' | 'taken' | 'gone' | 'person_refused' | 'ticket_refused' | 'failed';

export const endingOf = ({ state, outcome }: Pick<AssignmentRow, 'state' | 'outcome'>): Ending => outcome ?? state;

export const endingMarks: Record<Ending, Mark> = {
  planned: { tone: 'unknown', shape: 'dashed' },
  sent: { tone: 'talking', shape: 'half' },
  confirmed: { tone: 'ready', shape: 'dot' },
  taken: { tone: 'off', shape: 'ring' },
  gone: { tone: 'off', shape: 'square' },
  person_refused: { tone: 'warning', shape: 'triangle' },
  ticket_refused: { tone: 'alarm', shape: 'triangle' },
  failed: { tone: 'alarm', shape: 'square' },
};

/** Those who could have been given a ticket. */
export const couldBe = (considered: readonly CarouselConsidered[]): number =>
  considered.filter(({ place }) => place === 'turn' || place === 'later').length;

/** Whether an assignment, the last of its ticket, may be given to somebody else. */
export const canReassign = (row: AssignmentRow, ofTicket: readonly AssignmentRow[]): boolean =>
  row.state === 'confirmed' && ofTicket.every((other) => other.id <= row.id);

/** The people of a service as the turn goes: from the next one on, or from whoever comes after the last one. */
export function ring(members: readonly number[], next: number | null, last: number | null): number[] {
  const ordered = [...new Set(members)].sort((a, b) => a - b);
  const place = ordered.findIndex((id) => (next === null ? id > (last ?? 0) : id === next));
  return place < 0 ? ordered : [...ordered.slice(place), ...ordered.slice(0, place)];
}
