// What the inbox shows, kept in the address.
import type { NoticeClass } from '../../bindings/NoticeClass';
import { classes } from './marks';

export const places = ['unread', 'read', 'done', 'snoozed', 'muted', 'all'] as const;
export type Place = (typeof places)[number];

export interface Filter {
  place: Place;
  class: NoticeClass | null;
  search: string;
}

export function readFilter(params: Readonly<Record<string, string>>): Filter {
  return {
    place: places.find((each) => each === params.tab) ?? 'unread',
    class: classes.find((each) => each === params.class) ?? null,
    search: params.q ?? '',
  };
}
