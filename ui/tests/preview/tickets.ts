// Tickets of the invented tracker, filtered and paged the way the engine does it. A change is answered at once and settled by
// `settle`, as the tracker would: made, refused, overtaken, or made in part.
import { ApiError, type Answers, type FakeBackend } from '../../src/backend/fake';
import type { AgainRequest } from '../../src/bindings/AgainRequest';
import type { ChangeTicketRequest } from '../../src/bindings/ChangeTicketRequest';
import type { DeleteNoteRequest } from '../../src/bindings/DeleteNoteRequest';
import type { NewTicketRequest } from '../../src/bindings/NewTicketRequest';
import type { TicketAccount } from '../../src/bindings/TicketAccount';
import type { TicketChangeRow } from '../../src/bindings/TicketChangeRow';
import type { TicketDesk } from '../../src/bindings/TicketDesk';
import type { TicketDetailRow } from '../../src/bindings/TicketDetailRow';
import type { TicketEntryRow } from '../../src/bindings/TicketEntryRow';
import type { TicketFilter } from '../../src/bindings/TicketFilter';
import type { TicketKeptFilter } from '../../src/bindings/TicketKeptFilter';
import type { TicketNamed } from '../../src/bindings/TicketNamed';
import type { TicketRow } from '../../src/bindings/TicketRow';
import type { TicketTrouble } from '../../src/bindings/TicketTrouble';
import type { WatchTicketRequest } from '../../src/bindings/WatchTicketRequest';
import { descriptions, entriesOf, members, priorities, projects, statuses, subjects } from './ticketsStory';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
/** Who looks, as the tracker knows them. */
export const ME = 11;

const named = (list: readonly TicketNamed[], id: number): TicketNamed => {
  const found = list.find((each) => each.id === id);
  return { id, name: found?.name ?? `#${id}` };
};

type Request =
  ChangeTicketRequest | NewTicketRequest | (DeleteNoteRequest & { text: string | null }) | WatchTicketRequest;

export class PreviewTickets {
  rows: TicketRow[];
  account: TicketAccount | null;
  connected = true;
  filters: TicketKeptFilter[] = [];
  changes: TicketChangeRow[] = [];
  /** What the tracker lets be set; null while it has not said. */
  allowed: number[] | null = null;
  readonly aside = new Set<number>();
  readonly watchers = new Map<number, TicketNamed[]>();
  readonly details = new Map<number, Partial<TicketDetailRow>>();
  readonly asked = new Map<number, Request>();
  private tell: ((id: number) => void) | null = null;

  constructor(
    private readonly now: number,
    count: number,
    mode: string,
    private readonly me: () => { login: string; full_name: string; supervisor: boolean },
  ) {
    this.connected = mode !== 'off';
    this.account = mode === 'keyless' ? null : { id: ME, good: mode !== 'bad', name: null };
    this.rows = Array.from({ length: count }, (_, index) => this.make(4700 + count - index, index));
  }

  /** Changes are told as the engine tells them. */
  attach(backend: FakeBackend): void {
    this.tell = (id) => backend.publish({ kind: 'changed', rev: 1, area: 'tickets', ids: [id] });
  }

  private make(id: number, index: number): TicketRow {
    const status = pick([1, 2, 2, 3, 1, 4, 5, 2, 6], id);
    const people = members.slice(0, 5);
    const updated = this.now - index * 47 * MINUTE - 4 * MINUTE;
    const assignee = id % 3 === 0 ? ME : id % 7 === 0 ? null : (people[id % people.length]?.id ?? null);
    return {
      id,
      subject: pick(subjects, id * 5),
      project: named(projects, id % 4 === 3 ? 2 : 1),
      tracker: { id: 1, name: 'Обращение' },
      status: named(statuses, status),
      closed: statuses.find((each) => each.id === status)?.closed ?? false,
      priority: named(priorities, pick([4, 4, 3, 4, 5, 4, 6], id * 3)),
      author: named(members, id % 2 === 0 ? ME : 12 + (id % 4)),
      assignee: assignee === null ? null : named(members, assignee),
      private: id % 23 === 5,
      done_ratio: id % 5 === 0 ? 40 : 0,
      due_date: id % 9 === 4 ? new Date(this.now - DAY).toISOString().slice(0, 10) : null,
      created_on: updated - 5 * DAY - (id % 7) * HOUR,
      updated_on: updated,
      status_at: updated - (id % 6) * 11 * HOUR,
      gone_at: id % 31 === 17 ? updated : null,
    };
  }

  find(id: number): TicketRow {
    const row = this.rows.find((each) => each.id === id);
    if (!row) throw new ApiError('not_found', 'ticket');
    return row;
  }

  /** Somebody else changes a ticket at the tracker. */
  change(id: number, more: Partial<TicketRow>): TicketRow {
    const row = { ...this.find(id), updated_on: this.now + this.rows.length, ...more };
    this.rows = [row, ...this.rows.filter((each) => each.id !== id)];
    return row;
  }

  private fits(filter: TicketFilter, row: TicketRow): boolean {
    const search = filter.search?.trim().toLocaleLowerCase('ru') ?? '';
    const whose =
      filter.whose === 'mine'
        ? row.author?.id === ME
        : filter.whose === 'assigned'
          ? row.assignee?.id === ME
          : this.me().supervisor || row.author?.id === ME || row.assignee?.id === ME;
    return (
      whose &&
      (filter.closed === null || row.closed === filter.closed) &&
      (filter.statuses.length === 0 || filter.statuses.includes(row.status.id)) &&
      (filter.project === null || row.project.id === filter.project) &&
      (filter.priority === null || row.priority.id === filter.priority) &&
      (filter.assignee === null || (row.assignee?.id ?? 0) === filter.assignee) &&
      (search === '' ||
        String(row.id) === search.replace('#', '') ||
        search
          .split(/\s+/)
          .filter((word) => word.length >= 3)
          .every((word) => `${row.subject} ${row.project.name}`.toLocaleLowerCase('ru').includes(word)))
    );
  }

  chosen(filter: TicketFilter): TicketRow[] {
    return this.rows.filter((row) => this.fits(filter, row)).sort((a, b) => b.updated_on - a.updated_on || b.id - a.id);
  }

  detail(id: number): TicketDetailRow {
    const ticket = this.find(id);
    const offered = this.allowed === null ? statuses : statuses.filter((each) => this.allowed?.includes(each.id));
    return {
      ticket,
      description: pick(descriptions, id),
      category: 'Рабочие места',
      custom: [
        ['Что нового', ''],
        ['Кабинет', '314'],
      ],
      emails: ['m.orlova@example.com'],
      start_date: null,
      closed_on: ticket.closed ? ticket.updated_on : null,
      parent: id % 4 === 0 ? id - 1 : null,
      children: id % 4 === 3 ? [{ id: id + 1, name: pick(subjects, (id + 1) * 5) }] : [],
      watchers: this.watchers.get(id) ?? [],
      entries: entriesOf(id, ticket.updated_on, this.account?.good ?? false),
      attachments:
        id % 2 === 0
          ? [
              {
                id: id * 10,
                name: 'Снимок экрана 12.png',
                size: 184_320,
                content_type: 'image/png',
                author: 'Мария Орлова',
                created_on: new Date(ticket.created_on).toISOString(),
              },
            ]
          : [],
      statuses: offered.some((each) => each.id === ticket.status.id)
        ? offered
        : [...statuses.filter((each) => each.id === ticket.status.id), ...offered],
      statuses_known: this.allowed !== null,
      changes: this.changes.filter((change) => change.ticket === id && !this.aside.has(change.id)),
      read_at: this.now - 2 * MINUTE,
      ...this.details.get(id),
    };
  }

  desk(): TicketDesk {
    return {
      connected: this.connected,
      all: this.me().supervisor,
      me: ME,
      account: this.account,
      page: 'https://help.example.com/issues/{id}',
      statuses,
      priorities,
      projects,
      filters: this.filters,
      unmade: this.changes.filter(({ act, state, id }) => act === 'new' && state === 'failed' && !this.aside.has(id)),
      largest_file: 20 << 20,
    };
  }

  ask(request: ChangeTicketRequest): TicketChangeRow {
    const { wanted, seen } = request;
    const differs = (field: 'status' | 'priority' | 'assignee') =>
      wanted[field] !== null && wanted[field] !== (seen[field] ?? (field === 'assignee' ? 0 : null));
    if (
      !request.note?.trim() &&
      request.files.length === 0 &&
      !(['status', 'priority', 'assignee'] as const).some(differs)
    )
      throw new ApiError('conflict', 'it is so already');
    const name = (list: readonly TicketNamed[], id: number | null) => (id === null ? null : named(list, id).name);
    return this.begin(request, {
      ticket: request.id,
      status: name(statuses, wanted.status),
      priority: name(priorities, wanted.priority),
      assignee: wanted.assignee === 0 ? '' : name(members, wanted.assignee),
      note: request.private ? null : request.note,
      private: request.private,
      subject: null,
    });
  }

  create(request: NewTicketRequest): TicketChangeRow {
    return this.begin(request, { act: 'new', subject: request.subject });
  }

  /** As it was asked; of what was made in part only the rest. */
  again({ id, seen, seen_note }: AgainRequest): TicketChangeRow {
    const request = this.asked.get(id);
    const trouble = this.changes.find((each) => each.id === id)?.trouble;
    if (!request) throw new ApiError('not_found', 'change');
    const left = trouble?.trouble === 'left' ? trouble.parts : null;
    if ('files' in request && left && left.length > request.files.length + 1)
      throw new ApiError('bad_field', '', 'files');
    this.aside.add(id);
    if ('text' in request) return this.rewrite({ ...request, seen: seen_note ?? '' }, request.text);
    if ('on' in request) return this.watch(request);
    return 'subject' in request ? this.create(request) : this.ask({ ...request, seen });
  }

  watch(request: WatchTicketRequest): TicketChangeRow {
    return this.begin(request, { act: request.on ? 'watch' : 'unwatch', ticket: request.id });
  }

  rewrite(request: DeleteNoteRequest, text: string | null): TicketChangeRow {
    const { id, entry } = request;
    const there = this.detail(id).entries.find((each) => each.id === entry);
    if (there?.user.id !== ME || !this.account?.good) throw new ApiError('forbidden', 'only a note of your own');
    const act = text === null ? 'delete_note' : 'edit_note';
    return this.begin({ ...request, text }, { act, ticket: id, entry, note: text });
  }

  private begin(request: Request, more: Partial<TicketChangeRow>): TicketChangeRow {
    const row: TicketChangeRow = {
      id: this.changes.length + 1,
      act: 'change',
      ticket: null,
      entry: null,
      by: this.me().login,
      name: this.me().full_name,
      status: null,
      priority: null,
      assignee: null,
      note: null,
      private: false,
      subject: null,
      files: ('files' in request ? request.files : []).map((hash) => `${hash.slice(0, 8)}.txt`),
      state: 'sending',
      trouble: null,
      at: this.now,
      settled_at: null,
      ...more,
    };
    this.changes = [...this.changes, row];
    this.asked.set(row.id, request);
    if (row.ticket !== null) this.tell?.(row.ticket);
    return row;
  }

  /** The tracker answers: without a trouble it did what was asked. */
  settle(id: number, trouble: TicketTrouble | null = null): TicketChangeRow {
    const row = this.changes.find((each) => each.id === id);
    const request = this.asked.get(id);
    if (!row || !request) throw new Error(`no change ${id}`);
    const state = trouble === null ? 'done' : trouble.trouble === 'left' ? 'partly' : trouble.trouble;
    const settled: TicketChangeRow = {
      ...row,
      state: state === 'done' || state === 'partly' || state === 'conflict' ? state : 'failed',
      trouble,
      settled_at: this.now,
    };
    if ('subject' in request && (settled.state === 'done' || settled.state === 'partly')) {
      const made = {
        ...this.make(4800 + this.changes.length, 0),
        subject: request.subject,
        author: named(members, ME),
      };
      this.rows = [made, ...this.rows];
      settled.ticket = made.id;
    } else if ('entry' in request && settled.state === 'done') {
      const { text } = request;
      const kept = this.detail(request.id).entries;
      const said = kept.map((each) => (each.id === request.entry ? { ...each, notes: text } : each));
      const left = said.filter((each) => each.id !== request.entry || text !== null || each.parts.length > 0);
      this.details.set(request.id, { ...this.details.get(request.id), entries: left });
    } else if ('on' in request && settled.state === 'done') {
      const others = (this.watchers.get(request.id) ?? []).filter((each) => each.id !== ME);
      this.watchers.set(request.id, request.on ? [...others, named(members, ME)] : others);
    } else if ('wanted' in request && settled.state === 'done') {
      const { status, priority, assignee } = request.wanted;
      this.change(request.id, {
        ...(status === null
          ? {}
          : { status: named(statuses, status), closed: statuses.find((each) => each.id === status)?.closed ?? false }),
        ...(priority === null ? {} : { priority: named(priorities, priority) }),
        ...(assignee === null ? {} : { assignee: assignee === 0 ? null : named(members, assignee) }),
      });
    }
    this.changes = this.changes.map((each) => (each.id === id ? settled : each));
    this.tell?.(settled.ticket ?? 0);
    return settled;
  }
}

export function ticketsAnswers(tickets: PreviewTickets): Answers {
  return {
    'tickets.desk': () => tickets.desk(),
    'tickets.page': ({ filter, after, limit }) => {
      const all = tickets.chosen(filter);
      const from = after === null ? 0 : all.findIndex((row) => row.id === after.id) + 1;
      const rows = all.slice(from, from + limit);
      const last = rows.at(-1);
      const more = from + limit < all.length && last;
      return { rows, next: more ? { updated_on: last.updated_on, id: last.id } : null };
    },
    'tickets.counts': ({ filter }) => {
      const all = tickets.chosen({ ...filter, statuses: [] });
      const counted = statuses
        .map(({ id, name, closed }) => ({
          status: { id, name },
          closed,
          count: all.filter((row) => row.status.id === id).length,
        }))
        .filter(({ count }) => count > 0)
        .sort((a, b) => b.count - a.count);
      return { total: all.length, statuses: counted };
    },
    'tickets.activity': ({ whose }) => {
      const open = { closed: false, statuses: [], project: null, priority: null, assignee: null, search: null };
      const rows = tickets.chosen({ ...open, whose }).slice(0, 50);
      const said = (ticket: TicketRow) =>
        (tickets.detail(ticket.id).entries as readonly TicketEntryRow[])
          .flatMap(({ id, user, notes, private: some, created_on }) =>
            notes
              ? [{ id, user, text: notes.slice(0, 600), cut: notes.length > 600, private: some, at: created_on }]
              : [],
          )
          .reverse()
          .slice(0, 3);
      return { rows: rows.map((ticket) => ({ ticket, said: said(ticket) })), days: 10 };
    },
    'tickets.rows': ({ ids }) => ({ rows: tickets.rows.filter((row) => ids.includes(row.id)) }),
    'tickets.detail': ({ id }) => tickets.detail(id),
    'tickets.open': ({ id }) => tickets.detail(id),
    'tickets.export': () => ({ name: 'tickets.csv', mime: 'text/csv', content_base64: 'AAAA' }),
    'tickets.change': (request) => tickets.ask(request),
    'tickets.edit_note': ({ text, ...request }) => tickets.rewrite(request, text),
    'tickets.delete_note': (request) => tickets.rewrite(request, null),
    'tickets.watch': (request) => tickets.watch(request),
    'tickets.again': (request) => tickets.again(request),
    'tickets.put_aside': ({ id }) => {
      tickets.aside.add(id);
      return {};
    },
    'tickets.create': (request) => tickets.create(request),
    'tickets.change_state': ({ id }) => {
      const row = tickets.changes.find((each) => each.id === id);
      if (!row) throw new ApiError('not_found', 'change');
      return row;
    },
    'tickets.upload': ({ name, content_type, content_base64 }) => ({
      sha256: `${name.length}`.padStart(64, 'a'),
      name,
      content_type,
      size: atob(content_base64).length,
    }),
    'tickets.attachment': () => ({ name: 'file.png', mime: 'application/octet-stream', content_base64: 'AAAA' }),
    'tickets.keep_filter': (kept) => {
      tickets.filters = [...tickets.filters.filter((each) => each.name !== kept.name), kept];
      return { filters: tickets.filters };
    },
    'tickets.remove_filter': ({ name }) => {
      tickets.filters = tickets.filters.filter((each) => each.name !== name);
      return { filters: tickets.filters };
    },
    'tickets.connect': ({ key }) => {
      if (key !== 'good key') throw new ApiError('bad_field', 'the tracker does not know this key', 'key');
      tickets.account = { id: ME, good: true, name: 'Анна Комарова' };
      return tickets.account;
    },
    'tickets.disconnect': () => {
      tickets.account = null;
      return {};
    },
  };
}
