// A carousel of invented services and people: some away, one refused, one service with nobody, a log of several weeks decided
// strictly in turn. Filtered and changed the way the engine does it. `?carousel=off`, `unconnected`, `dry`, `empty`, `failed`,
// `by_file`
// show it in other states.
import { ApiError, type Answers } from '../../src/backend/fake';
import type { Absence } from '../../src/bindings/Absence';
import type { AssignmentFilter } from '../../src/bindings/AssignmentFilter';
import type { AssignmentRow } from '../../src/bindings/AssignmentRow';
import type { CarouselDesk } from '../../src/bindings/CarouselDesk';
import type { CarouselLab } from '../../src/bindings/CarouselLab';
import type { CarouselPerson } from '../../src/bindings/CarouselPerson';
import type { CarouselService } from '../../src/bindings/CarouselService';
import type { CarouselShare } from '../../src/bindings/CarouselShare';
import type { CarouselTicketRow } from '../../src/bindings/CarouselTicketRow';
import type { CatalogueImport } from '../../src/bindings/CatalogueImport';
import { shiftDay } from '../../src/i18n/format';
import { daysAway } from '../../src/screens/carousel/absences';
import { personState } from '../../src/screens/carousel/marks';
import { absencesOf, DAY, groups, HOUR, logOf, MINUTE, offers, queueOf, staff } from './carouselStory';

export class PreviewCarousel {
  readonly today: string;
  services: CarouselService[];
  people: CarouselPerson[];
  log: AssignmentRow[];
  waiting = new Map<number, CarouselTicketRow[]>();
  enabled: boolean;
  connected: boolean;
  byFile: boolean;
  dryRun: boolean;
  imported: CatalogueImport | null;
  importing: number | null = null;
  private nextAbsence = 100;

  constructor(
    readonly now: number,
    wish: string,
  ) {
    this.today = new Date(now).toISOString().slice(0, 10);
    this.enabled = wish !== 'off';
    this.connected = wish !== 'unconnected';
    this.byFile = wish === 'by_file';
    this.dryRun = wish === 'dry';
    const empty = wish === 'empty';
    this.people = empty ? [] : staff.map((each) => this.person(each));
    this.services = empty ? [] : offers.map((each) => this.service(each));
    this.log = empty ? [] : logOf(this.services, now);
    if (this.dryRun)
      this.log = this.log.map((row, place) =>
        place < 6 && row.way === 'turn' ? { ...row, state: 'planned', outcome: null } : row,
      );
    const none = { inserted: 0, updated: 0, removed: 0 };
    this.imported = empty
      ? null
      : {
          at: new Date(now - 23 * MINUTE).toISOString(),
          services: { inserted: 1, updated: 2, removed: 1 },
          people: { inserted: 2, updated: 3, removed: 1 },
          groups: none,
          bindings: { inserted: 5, updated: 0, removed: 2 },
          trouble: null,
        };
    if (wish === 'failed' && this.imported)
      this.imported = { ...this.imported, services: none, people: none, bindings: none, trouble: 'empty_people' };
    this.refresh();
  }

  private person([id, name, ofGroups, enabled]: (typeof staff)[number]): CarouselPerson {
    const [lastname = null, firstname = null] = name.split(' ');
    const login = `u${id}`;
    const flagged = id === 583030;
    return {
      row: {
        id,
        enabled,
        name,
        firstname,
        lastname,
        middlename: null,
        email: `${login}@example.com`,
        username: login,
        flagged_at: flagged ? this.now - 47 * MINUTE : null,
        flag: flagged ? 'Пользователь заблокирован' : null,
        removed_at: id === 582950 ? this.now - 9 * DAY : null,
        groups: ofGroups,
      },
      absences: absencesOf(id, this.today),
      off: false,
      given_today: 0,
      last_given: null,
    };
  }

  private service([id, name, ofGroups, enabled]: (typeof offers)[number]): CarouselService {
    const members = staff.filter(([, , own]) => own.some((each) => ofGroups.includes(each))).map(([person]) => person);
    const queue = queueOf(id, this.now);
    this.waiting.set(id, queue);
    const refused = id === 1210;
    return {
      row: {
        id,
        enabled,
        name,
        fullname: `ИТ / ${name}`,
        description: id === 1201 ? 'Всё, что не нашло себе другого места' : null,
        last: null,
        stage: id === 1204 && enabled ? 'assigning' : null,
        stage_at: this.now - 20_000,
        nobody_since: id === 1215 ? this.now - 26 * HOUR : null,
        trouble: refused ? 'Недостаточно прав на список заявок сервиса' : null,
        listed_at: enabled && id !== 1215 && id !== 1101 ? this.now - 20_000 - (id % 7) * 6000 : null,
        cut: false,
        removed_at: id === 1101 ? this.now - 31 * DAY : null,
        waiting: queue.length,
        parked: queue.filter(({ parked }) => parked).length,
        groups: ofGroups,
      },
      members,
      present: [],
      next: null,
    };
  }

  /** Who stands and whose turn it is, as the engine counts it from the people and the log. */
  refresh(): void {
    const midnight = Date.parse(`${this.today}T00:00:00Z`);
    const halfDay = midnight + 13 * HOUR;
    for (const person of this.people) {
      const given = this.log.filter(({ person: to, state }) => to === person.row.id && state === 'confirmed');
      const away = daysAway(person.absences, this.today, this.today).days.get(this.today);
      person.off = away !== undefined && (this.now < halfDay ? away.first : away.second);
      person.given_today = given.filter((row) => row.created_at >= midnight).length;
      person.last_given = given[0]?.updated_at ?? null;
    }
    for (const service of this.services) {
      service.row.last =
        this.log.find((row) => row.service === service.row.id && row.state === 'confirmed' && row.way === 'turn')
          ?.person ?? null;
      service.present = service.members.filter((id) => {
        const person = this.people.find(({ row }) => row.id === id);
        return person !== undefined && personState(person, null) === 'present';
      });
      service.next = service.present.find((id) => id > (service.row.last ?? 0)) ?? service.present[0] ?? null;
    }
  }

  desk(): CarouselDesk {
    return {
      enabled: this.enabled,
      connected: this.connected,
      by_file: this.byFile,
      dry_run: this.dryRun,
      strategy: 'turn',
      capacity: null,
      interval_s: 60,
      import_interval_min: 60,
      half_day_at: '13:00',
      today: this.today,
      services: structuredClone(this.services),
      people: structuredClone(this.people),
      groups: groups.map(([id, name, description]) => ({ id, name, description, removed_at: null })),
      imported: this.imported,
      importing_since: this.importing,
      links: this.connected
        ? {
            groups: 'https://company.example.com/employees/employeegroups',
            people: 'https://company.example.com/employees/employeeusers',
            services: 'https://company.example.com/settings/services',
          }
        : null,
    };
  }

  page(filter: AssignmentFilter, before: number | null, limit: number) {
    const { service, person, ticket } = filter;
    const all = this.log.filter(
      (row) =>
        (before === null || row.id < before) &&
        (service === null || row.service === service) &&
        (person === null || row.person === person) &&
        (ticket === null || row.ticket === ticket),
    );
    const rows = all.slice(0, limit);
    return { rows, next: all.length > limit ? (rows.at(-1)?.id ?? null) : null };
  }

  lab(from: string, to: string, service: number | null): CarouselLab {
    const [start, end] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${shiftDay(to, 1)}T00:00:00Z`)];
    const given = this.log.filter(
      (row) =>
        row.state === 'confirmed' &&
        row.way === 'turn' &&
        row.updated_at >= start &&
        row.updated_at < end &&
        (service === null || row.service === service),
    );
    const eligible = (row: AssignmentRow) =>
      row.considered.filter(({ place }) => place === 'turn' || place === 'later').map(({ person }) => person);
    const shares = (choose: (row: AssignmentRow, counts: Map<number, CarouselShare>) => number): CarouselShare[] => {
      const all = new Map<number, CarouselShare>();
      const of = (person: number) => {
        const share = all.get(person) ?? { person, given: 0, even: 0 };
        all.set(person, share);
        return share;
      };
      for (const row of given) {
        const among = eligible(row);
        for (const person of among) of(person).even += 1 / among.length;
        of(choose(row, all)).given += 1;
      }
      return [...all.values()].sort((a, b) => a.person - b.person);
    };
    const least = (row: AssignmentRow, counts: Map<number, CarouselShare>) =>
      [...eligible(row)].sort((a, b) => (counts.get(a)?.given ?? 0) - (counts.get(b)?.given ?? 0) || a - b)[0] ??
      row.person;
    const run = (
      strategy: CarouselLab['runs'][number]['strategy'],
      ofRun: CarouselShare[],
      same: number,
      busiest: number,
    ) => ({
      strategy,
      shares: ofRun,
      furthest: Math.max(0, ...ofRun.map((share) => Math.abs(share.given - share.even))),
      busiest_day: busiest,
      same,
    });
    const actual = shares((row) => row.person);
    const few = shares(least);
    const n = given.length;
    return {
      tickets: n,
      cut: false,
      actual,
      runs: [
        run('turn', actual, n, 4),
        run('round_robin', few, Math.round(n * 0.41), 3),
        run('weighted', actual, Math.round(n * 0.78), 4),
        run('least_loaded', few, Math.round(n * 0.37), 3),
      ],
    };
  }

  keep(person: number, absence: Absence): void {
    const found = this.people.find(({ row }) => row.id === person);
    if (!found) throw new ApiError('conflict', 'nobody of that number');
    if (absence.end < absence.start) throw new ApiError('bad_field', 'the last day is before the first', 'end');
    const kept = { ...absence, id: absence.id === 0 ? (this.nextAbsence += 1) : absence.id };
    found.absences = [...found.absences.filter(({ id }) => id !== kept.id), kept];
    this.refresh();
  }

  drop(id: number): void {
    for (const person of this.people) person.absences = person.absences.filter((absence) => absence.id !== id);
    this.refresh();
  }
}

export function carouselAnswers(carousel: PreviewCarousel): Answers {
  const nothing = () => new ApiError('conflict', 'nothing was changed');
  return {
    'carousel.desk': () => carousel.desk(),
    'carousel.waiting': ({ service }) => ({ rows: carousel.waiting.get(service) ?? [] }),
    'carousel.plan': ({ service }) => {
      const members = carousel.desk().services.find(({ row }) => row.id === service)?.present ?? [];
      const free = (carousel.waiting.get(service) ?? []).filter(({ parked }) => !parked);
      const rows = free.map(({ ticket }, place) => ({
        ticket,
        person: members[place % Math.max(1, members.length)] ?? null,
        otherwise: null,
        considered: [],
      }));
      return { rows };
    },
    'carousel.log': ({ filter, before, limit }) => carousel.page(filter, before, limit),
    'carousel.lab': ({ from, to, service }) => carousel.lab(from, to, service),
    'carousel.switch_service': ({ service, enabled }) => {
      const found = carousel.services.find(({ row }) => row.id === service);
      if (!found || found.row.enabled === enabled || found.row.removed_at !== null) throw nothing();
      found.row = { ...found.row, enabled, nobody_since: null, stage: null };
      return carousel.desk();
    },
    'carousel.switch_person': ({ person, enabled }) => {
      const found = carousel.people.find(({ row }) => row.id === person);
      if (!found || found.row.enabled === enabled || found.row.removed_at !== null) throw nothing();
      found.row = { ...found.row, enabled, flag: null, flagged_at: null };
      carousel.refresh();
      return carousel.desk();
    },
    'carousel.keep_absence': ({ person, ...absence }) => {
      carousel.keep(person, { ...absence, source: 'manual' });
      return carousel.desk();
    },
    'carousel.drop_absence': ({ id }) => {
      carousel.drop(id);
      return carousel.desk();
    },
    'carousel.turn_now': () => carousel.desk(),
    'carousel.import_now': () => {
      if (carousel.importing !== null) throw nothing();
      carousel.importing = Date.now();
      return carousel.desk();
    },
    'carousel.reassign': ({ ticket, to }) => {
      const [row] = carousel.log.filter((each) => each.ticket === ticket);
      const person = carousel.people.find((each) => each.row.id === to)?.row;
      if (!row || !person || row.state !== 'confirmed' || row.person === to) throw nothing();
      carousel.log.unshift({
        ...row,
        id: (carousel.log[0]?.id ?? 0) + 1,
        person: to,
        person_name: person.name,
        way: 'reassigned',
        state: 'sent',
        outcome: null,
        considered: [],
        otherwise: null,
        by: 'a.komarova',
        created_at: Date.now(),
        updated_at: Date.now(),
      });
      return {};
    },
    'carousel.release': ({ service, ticket }) => {
      const rows = carousel.waiting.get(service) ?? [];
      if (!rows.some((row) => row.ticket === ticket && row.tries > 0)) throw nothing();
      carousel.waiting.set(
        service,
        rows.map((row) =>
          row.ticket === ticket ? { ...row, tries: 0, parked: false, next_try: Date.now(), refused: [] } : row,
        ),
      );
      return { rows: carousel.waiting.get(service) ?? [] };
    },
  };
}
