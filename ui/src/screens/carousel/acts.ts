// What a person changes on the carousel at one press. Each tells what came of it; a switch can be taken back.
import { ApiError, backend } from '../../backend';
import type { Absence } from '../../bindings/Absence';
import type { CarouselDesk } from '../../bindings/CarouselDesk';
import { i18n } from '../../i18n/index.svelte';
import { carousel as carouselTexts } from '../../i18n/texts/carousel';
import { notices } from '../../state/notices.svelte';
import { router } from '../../state/router.svelte';
import { session } from '../../state/session.svelte';
import { desk } from './desk.svelte';

/** How long taking back is offered. */
const UNDO_MS = 8000;
/** What is under way: a second press on the same switch waits for the first. */
const pending = new Set<string>();

export const isConflict = (cause: unknown): boolean => cause instanceof ApiError && cause.code === 'conflict';

/** Tells why an act came to nothing, and shows how it is now. */
export function failed(cause: unknown): void {
  if (isConflict(cause)) notices.show({ tone: 'warning', title: i18n.of(carouselTexts).conflict });
  else notices.failed(cause);
  session.noticeSignedOut(cause);
  desk.refresh();
}

async function act(key: string, run: () => Promise<CarouselDesk>, done: () => void): Promise<void> {
  if (pending.has(key)) return;
  pending.add(key);
  try {
    desk.take(await run());
    done();
  } catch (cause) {
    failed(cause);
  } finally {
    pending.delete(key);
  }
}

export function switchService(service: number, name: string, enabled: boolean): Promise<void> {
  const t = i18n.of(carouselTexts).services;
  return act(
    `service:${service}`,
    () => backend().call('carousel.switch_service', { service, enabled }),
    () =>
      notices.done(
        enabled ? t.on(name) : t.off(name),
        { label: t.undo, run: () => void switchService(service, name, !enabled) },
        UNDO_MS,
      ),
  );
}

export function switchPerson(person: number, name: string, enabled: boolean): Promise<void> {
  const t = i18n.of(carouselTexts);
  return act(
    `person:${person}`,
    () => backend().call('carousel.switch_person', { person, enabled }),
    () =>
      notices.done(
        enabled ? t.people.on(name) : t.people.off(name),
        { label: t.services.undo, run: () => void switchPerson(person, name, !enabled) },
        UNDO_MS,
      ),
  );
}

/** Removes days away; taking it back enters them anew. */
export function dropAbsence(person: number, name: string, absence: Absence): Promise<void> {
  const t = i18n.of(carouselTexts).absence;
  const { start, end, half, rrule } = absence;
  const again = () =>
    act(
      `absence:${absence.id}`,
      () => backend().call('carousel.keep_absence', { person, id: 0, start, end, half, rrule }),
      () => notices.done(t.saved(name)),
    );
  return act(
    `absence:${absence.id}`,
    () => backend().call('carousel.drop_absence', { id: absence.id }),
    () => notices.done(t.dropped(name), { label: t.undo, run: () => void again() }, UNDO_MS),
  );
}

export const turnNow = (): Promise<void> =>
  act(
    'turn',
    () => backend().call('carousel.turn_now', {}),
    () => notices.done(i18n.of(carouselTexts).line.turned),
  );

export async function importNow(): Promise<void> {
  if (desk.data?.by_file) {
    router.go('#/settings?section=imports');
    return;
  }
  await act(
    'import',
    () => backend().call('carousel.import_now', {}),
    () => notices.done(i18n.of(carouselTexts).catalogue.asked),
  );
}
