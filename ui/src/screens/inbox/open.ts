// Shows what a notice is about: a record in the panel, a screen, or the list of notices.
import type { NoticeRow } from '../../bindings/NoticeRow';
import { router } from '../../state/router.svelte';
import { addressOf, detailLoader, screenOf } from '..';

export function openSubject({ subject }: Pick<NoticeRow, 'subject'>): void {
  const [kind = '', id = ''] = subject.split(':', 2);
  if (id && detailLoader(kind)) router.open(kind, id);
  else if (screenOf(kind)) router.go(router.linkTo(kind));
  else router.go(addressOf(subject) ?? location.hash);
}
