// The carousel as it is, one for the page: the screen and its panels look at the same reading. It is read while anything
// shows it, and let go after that.
import { untrack } from 'svelte';
import { backend } from '../../backend';
import type { CarouselDesk } from '../../bindings/CarouselDesk';
import type { CarouselGroupRow } from '../../bindings/CarouselGroupRow';
import type { CarouselPerson } from '../../bindings/CarouselPerson';
import type { CarouselService } from '../../bindings/CarouselService';
import { i18n } from '../../i18n/index.svelte';
import { carousel as carouselTexts } from '../../i18n/texts/carousel';
import { LiveQuery } from '../../state/live.svelte';

class Desk {
  private readonly query = new LiveQuery<'carousel.desk'>();
  private users = 0;
  private unsubscribe: (() => void) | null = null;

  readonly people = $derived(
    new Map<number, CarouselPerson>((this.data?.people ?? []).map((person) => [person.row.id, person])),
  );
  readonly services = $derived(
    new Map<number, CarouselService>((this.data?.services ?? []).map((service) => [service.row.id, service])),
  );
  readonly groups = $derived(
    new Map<number, CarouselGroupRow>((this.data?.groups ?? []).map((group) => [group.id, group])),
  );

  get data(): CarouselDesk | null {
    return this.query.data;
  }
  get error(): unknown {
    return this.query.error;
  }
  get readAt(): Date | null {
    return this.query.readAt;
  }
  get loading(): boolean {
    return this.query.loading;
  }

  refresh = (): void => this.query.refresh();

  /** A command told how it is now: that is shown, whatever an earlier question still brings. */
  take(desk: CarouselDesk): void {
    this.query.stop();
    this.query.loading = false;
    this.query.data = desk;
    this.query.error = null;
    this.query.readAt = new Date();
  }

  /** What somebody is called; the number where nobody of it is known. */
  nameOf(id: number): string {
    return this.people.get(id)?.row.name || i18n.of(carouselTexts).person(id);
  }

  groupNames(ids: readonly number[]): string[] {
    return ids.flatMap((id) => this.groups.get(id)?.name ?? []);
  }

  enter(): void {
    this.users += 1;
    if (this.users > 1) return;
    this.unsubscribe = backend().subscribe((change) => this.query.hear(change, ['carousel']));
    this.query.ask('carousel.desk', {});
  }

  leave(): void {
    this.users -= 1;
    if (this.users > 0) return;
    this.unsubscribe?.();
    this.query.stop();
    // What was read for one person is not shown to the next.
    this.query.data = null;
    this.query.error = null;
    this.query.readAt = null;
  }
}

export const desk = new Desk();

/** Keeps the desk read for as long as the component being created is there. */
export function useDesk(): void {
  $effect(() => {
    untrack(() => desk.enter());
    return () => desk.leave();
  });
}
