// Shows what a notice is about: a record in the panel, a screen, or the list of notices.
import type { NoticeRow } from '../../bindings/NoticeRow';
import { printRoute, type Route } from '../../state/route';
import { router } from '../../state/router.svelte';
import { addressOf, detailLoader, firstScreen, screenOf } from '..';

export function openSubject({ subject }: Pick<NoticeRow, 'subject'>): void {
  const [kind = '', id = ''] = subject.split(':', 2);
  if (id && detailLoader(kind)) router.open(kind, id);
  else if (screenOf(kind)) router.go(router.linkTo(kind));
  else router.go(addressOf(subject) ?? '#/inbox');
}

/** The subject an address leads to, as the toasts of the desktop have it: `#/open/ticket:4312`. */
export function subjectOf({ screen, path }: Route): string | null {
  return screen === 'open' && path.length > 0 ? path.join('/') : null;
}

/** Goes where something beside the page leads: a subject opens as the bell opens it, over the view at hand. */
export function follow(route: Route): void {
  const subject = subjectOf(route);
  if (subject === null) return router.go(printRoute(route));
  if (['', 'open'].includes(router.route.screen)) router.go(router.linkTo(firstScreen), 'replace');
  openSubject({ subject });
}
