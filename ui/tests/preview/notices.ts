// Notices of the invented contact centre: of tickets, of the floor and of the network, and what its person does with them.
import { ApiError } from '../../src/backend';
import type { Answers } from '../../src/backend/fake';
import type { Mute } from '../../src/bindings/Mute';
import type { NoticeRow } from '../../src/bindings/NoticeRow';
import type { NoticeRule } from '../../src/bindings/NoticeRule';
import type { Notices } from '../../src/bindings/Notices';
import type { Preferences } from '../../src/bindings/Preferences';
import type { Which } from '../../src/bindings/Which';

type Told = Pick<NoticeRow, 'class' | 'level' | 'subject' | 'code' | 'values'>;

const told: readonly Told[] = [
  {
    class: 'floor_threshold',
    level: 'warning',
    subject: 'operator:4',
    code: 'floor.too_long',
    values: { operator: 'Павел Орлов', state: 'not_ready', minutes: 30 },
  },
  { class: 'floor_source', level: 'critical', subject: 'floor', code: 'floor.source_lost', values: { teams: 4 } },
  {
    class: 'network_incident',
    level: 'critical',
    subject: 'target:4',
    code: 'network.lost',
    values: { title: 'Филиал Каунас', host: 'kaunas.example.com', trouble: 'timeout' },
  },
  {
    class: 'network_incident',
    level: 'warning',
    subject: 'target:1',
    code: 'network.certificate',
    values: { title: 'Finesse', host: 'finesse.example.com', days: 12, until: '2026-11-17T00:00:00Z' },
  },
];

const people = ['Анна Серова', 'Борис Ким', 'Ольга Литвин'];
const comments = [
  'Картридж привезут после обеда, пока печатайте на втором этаже.',
  '<b>Проверил</b>: касса видит принтер, задание не уходит.\nПришлите, пожалуйста, номер чека и время.',
  'Готово, проверьте.',
];
const subjects = ['Не печатает касса № 2', 'Нет доступа к отчёту по продажам', 'Заменить гарнитуру оператору'];

/** Changes of three tickets, as many as asked for. */
function ofTickets(count: number): Told[] {
  return Array.from({ length: count }, (_, index): Told => {
    const [ticket, by] = [index % 3, people[index % people.length] ?? ''];
    const base = { ticket: 4312 + ticket, entry: 900 + index, subject: subjects[ticket] ?? '', by };
    const status = index % 2 === 0;
    return {
      class: 'ticket',
      level: 'info',
      subject: `ticket:${base.ticket}`,
      code: 'tickets.entry',
      values: status
        ? { ...base, status, old_status: 'Новая', new_status: 'В работе', commented: false }
        : { ...base, status, commented: true, comment: comments[index % 3] ?? null, private: index % 5 === 0 },
    };
  });
}

const usual = (kind: NoticeRow['class']): NoticeRule => ({
  class: kind,
  least: 'info',
  toast: true,
  sound: kind === 'ticket',
  messenger: false,
  urgent: false,
});

/** A notice for everybody that nobody has read. */
export const freshNotice = (
  of: Pick<NoticeRow, 'class' | 'subject' | 'code' | 'values'> & Partial<NoticeRow>,
): NoticeRow => ({
  id: 1,
  level: 'warning',
  decision: null,
  raised_at: Date.now(),
  updated_at: Date.now(),
  cleared_at: null,
  times: 1,
  everyone: true,
  why: null,
  read: false,
  done: false,
  snoozed_until: null,
  muted: false,
  part_of: null,
  ...of,
});

/** The whole list. */
export const noticeList = (...rows: NoticeRow[]): Notices => ({
  rows,
  groups: rows.map(({ subject }) => ({ subject, count: 1, unread: 1 })),
  next: null,
  unread: rows.filter((row) => !row.read).length,
});

export interface NoticeWishes {
  /** Changes of tickets beside the four of the house. */
  tickets?: number;
}

export function noticesAnswers(now: number, { tickets = 0 }: NoticeWishes = {}): Answers {
  const all = [...ofTickets(tickets), ...told];
  let rows = all.map((each, index): NoticeRow => {
    const house = index - tickets;
    return {
      ...each,
      id: all.length - index,
      decision: null,
      raised_at: now - (index * 17 + 1) * 60_000,
      updated_at: now,
      cleared_at: house === 1 ? now - 60_000 : null,
      times: house === 2 ? 3 : 1,
      everyone: house >= 0,
      why: house >= 0 ? null : 'assignee',
      read: house === 3,
      done: false,
      snoozed_until: null,
      muted: false,
      part_of: null,
    };
  });
  let mutes: Mute[] = [];
  let before: NoticeRow[] | null = null;
  let preferences: Preferences = {
    scope: 'mine',
    check_seconds: 30,
    panel: true,
    position: 'top-right',
    keep_read: true,
    private: false,
    quiet_until: null,
    messenger: null,
    quiet_hours: [],
    zone: 'UTC',
    rules: [],
  };
  const silent = (row: NoticeRow) =>
    mutes.some(({ kind, target }) => target === (kind === 'class' ? row.class : row.subject));
  const place = (row: NoticeRow): Which =>
    row.done ? 'done' : row.snoozed_until !== null ? 'snoozed' : silent(row) ? 'muted' : row.read ? 'read' : 'unread';
  const lies = (row: NoticeRow, which: Which) =>
    which === 'all' ||
    (which === 'standing' && row.cleared_at === null) ||
    (which === 'open' && ['read', 'unread'].includes(place(row))) ||
    which === place(row);
  const count = (which: Which) => rows.filter((row) => lies(row, which)).length;
  const change = (ids: readonly number[], patch: Partial<NoticeRow>) => {
    if (ids.some((id) => !rows.some((row) => row.id === id))) throw new ApiError('not_found', 'no such notice');
    rows = rows.map((row) => (ids.includes(row.id) ? { ...row, ...patch } : row));
    return { ids: [...ids], unread: count('unread') };
  };
  return {
    'notices.list': (request) => {
      const words = request.search?.toLowerCase();
      const fit = rows.filter(
        (row) =>
          lies(row, request.which) &&
          (!request.class || row.class === request.class) &&
          (!request.subject || row.subject === request.subject) &&
          (!words || JSON.stringify(row.values).toLowerCase().includes(words)) &&
          row.id < (request.before ?? Infinity),
      );
      const page = fit.slice(0, request.limit).map((row) => ({ ...row, muted: silent(row) }));
      return {
        rows: page,
        groups: [...new Set(page.map((row) => row.subject))].map((subject) => ({
          subject,
          count: rows.filter((row) => row.subject === subject).length,
          unread: rows.filter((row) => row.subject === subject && !row.read).length,
        })),
        next: fit.length > request.limit ? (page.at(-1)?.id ?? null) : null,
        unread: count('unread'),
      };
    },
    'notices.counts': () => ({
      unread: count('unread'),
      read: count('read'),
      snoozed: count('snoozed'),
      muted: count('muted'),
    }),
    'notices.mark': ({ ids, read }) => {
      const chosen = ids.length > 0 ? ids : rows.filter((row) => lies(row, 'unread')).map((row) => row.id);
      return change(chosen, read ? { read } : { read, done: false });
    },
    'notices.finish': ({ ids, done }) => change(ids, done ? { done, read: true } : { done }),
    'notices.snooze': ({ ids, until }) => change(ids, { snoozed_until: until, read: false, done: false }),
    'notices.empty': () => {
      before = rows;
      const removed = count('open');
      rows = rows.map((row) => (lies(row, 'open') ? { ...row, done: true, read: true } : row));
      return { removed, unread: 0 };
    },
    'notices.undo_empty': () => {
      if (before === null) throw new ApiError('conflict', 'there is nothing to take back');
      const removed = before.filter((row) => lies(row, 'open')).length;
      [rows, before] = [before, null];
      return { removed, unread: count('unread') };
    },
    'notices.mutes': () => ({ mutes }),
    'notices.mute': ({ kind, target, until }) => {
      mutes = [{ id: mutes.length + 1, kind, target, until, muted_at: now }, ...mutes];
      return { mutes };
    },
    'notices.unmute': ({ id }) => {
      mutes = mutes.filter((each) => each.id !== id);
      return { mutes };
    },
    'notices.preferences': () => preferences,
    'notices.set_preferences': (wanted) => (preferences = wanted),
    'notices.hold_back': ({ until }) => (preferences = { ...preferences, quiet_until: until }),
    'notices.why': ({ id }) => {
      const notice = rows.find((row) => row.id === id);
      if (!notice) throw new ApiError('not_found', 'no such notice');
      const announcement = { toast: true, sound: true, messenger: false, why: 'new' as const, even_so: null };
      return { notice, rule: usual(notice.class), usual: true, announcement, mutes: [] };
    },
    'notices.news': () => ({ fresh: [], storm: null, private: false, newest: rows[0]?.id ?? 0, now }),
  };
}
