// Reports of the invented house: a year and a half of tickets grouped the way the engine does it, calls, time in states and ratings of
// the other parts of the preview added up.
import { type Answers } from '../../src/backend/fake';
import type { CallsOfDay } from '../../src/bindings/CallsOfDay';
import type { CallsOfHour } from '../../src/bindings/CallsOfHour';
import type { OperatorTotal } from '../../src/bindings/OperatorTotal';
import type { RatingsOfDay } from '../../src/bindings/RatingsOfDay';
import type { ReportDays } from '../../src/bindings/ReportDays';
import type { StateTimes } from '../../src/bindings/StateTimes';
import type { TicketDesk } from '../../src/bindings/TicketDesk';
import type { TicketGroup } from '../../src/bindings/TicketGroup';
import type { TicketReport } from '../../src/bindings/TicketReport';
import type { TicketRow } from '../../src/bindings/TicketRow';
import type { TicketStatus } from '../../src/bindings/TicketStatus';
import type { Floor } from './floor';
import type { PreviewNetwork } from './network';
import type { PreviewRatings } from './ratings';

const MINUTE = 60_000;
const DAY = 86_400_000;
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

const people = [
  { id: 6, name: 'Белова Анна' },
  { id: 7, name: 'Вознесенский-Разумовский Константин Александрович' },
  { id: 8, name: 'Жуков Пётр' },
  { id: 9, name: 'Казлаускайте Рута' },
  { id: 10, name: 'Орлова Мария' },
];
const statuses: TicketStatus[] = [
  { id: 1, name: 'Новая', closed: false },
  { id: 2, name: 'В работе', closed: false },
  { id: 4, name: 'Ждёт ответа', closed: false },
  { id: 3, name: 'Решена', closed: false },
  { id: 5, name: 'Закрыта', closed: true },
  { id: 6, name: 'Отклонена', closed: true },
];
const subjects = [
  'Не печатает принтер на третьем этаже',
  'Доступ к общей папке отдела бронирования',
  'Обновить программу расчётов на всех рабочих местах офиса',
  'Не приходит почта с сайта',
  'Сбросить пароль',
  'Пропал звук в гарнитуре',
];

export class PreviewReports {
  tickets: TicketRow[];

  constructor(now: number, count: number) {
    this.tickets = Array.from({ length: count }, (_, index) => {
      const created = now - Math.floor(((index * 7919) % 540) * DAY) - (index % 24) * 60 * MINUTE;
      const old = now - created > 20 * DAY;
      const status =
        old && index % 9 !== 0 ? pick(statuses.slice(4), Number(index % 14 === 1)) : pick(statuses, index % 4);
      const who = index % 11 === 3 ? null : pick(people, (index * 3 + (index >> 3)) % 7);
      return {
        id: 20_000 + index,
        subject: index % 40 === 5 ? '' : pick(subjects, index * 5),
        project: { id: 1, name: 'Служба поддержки' },
        tracker: { id: 3, name: 'Обращение' },
        status: { id: status.id, name: status.name },
        closed: status.closed,
        priority: { id: 4, name: 'Обычный' },
        author: { id: 20, name: 'Сафина Дина' },
        assignee: who,
        private: false,
        done_ratio: 0,
        due_date: null,
        created_on: created,
        updated_on: created + 2 * DAY,
        status_at: Math.min(now, created + ((index * 13) % 40) * DAY),
        gone_at: null,
      };
    });
  }

  private closedOn = (row: TicketRow): number | null => (row.closed ? row.status_at : null);

  /** The tickets of a report with the months they count in, the last first. */
  belonging(report: TicketReport): { row: TicketRow; month: string }[] {
    return this.tickets
      .flatMap((row) => {
        const at = report.day === 'closed' ? this.closedOn(row) : row.created_on;
        if (at === null) return [];
        const day = new Date(at).toISOString().slice(0, 10);
        const status =
          report.status === null ||
          (report.status.status === 'is'
            ? report.status.id === row.status.id
            : (report.status.status === 'closed') === row.closed);
        const fits =
          status &&
          (report.year === null || day.startsWith(String(report.year))) &&
          (report.months.length === 0 || report.months.includes(Number(day.slice(5, 7)))) &&
          (report.from === null || day >= report.from) &&
          (report.to === null || day <= report.to) &&
          (report.executor === null || report.executor === (row.assignee?.id ?? 0));
        return fits ? [{ row, month: day.slice(0, 7), at }] : [];
      })
      .sort((a, b) => b.at - a.at);
  }

  groups(report: TicketReport): TicketGroup[] {
    const of = (by: 'executor' | 'month', { row, month }: { row: TicketRow; month: string }) =>
      by === 'month'
        ? { id: month, name: month }
        : row.assignee === null
          ? { id: 'unassigned', name: '' }
          : { id: String(row.assignee.id), name: row.assignee.name };
    const [first, second] = report.grouping.split('_') as ['executor' | 'month', ('executor' | 'month')?];
    const fold = (rows: { row: TicketRow; month: string }[], by: 'executor' | 'month', then?: 'executor' | 'month') => {
      const found = new Map<string, { name: string; rows: typeof rows }>();
      for (const one of rows) {
        const { id, name } = of(by, one);
        const group = found.get(id) ?? { name, rows: [] };
        group.rows.push(one);
        found.set(id, group);
      }
      const order = ([id, { name }]: [string, { name: string }]) => (id === 'unassigned' ? '\uffff' : name);
      return [...found]
        .sort((a, b) => order(a).localeCompare(order(b), 'ru'))
        .map(([id, group]): TicketGroup => ({
          id,
          name: group.name,
          count: group.rows.length,
          children: then ? fold(group.rows, then) : [],
        }));
    };
    return fold(this.belonging(report), first, second);
  }

  desk(all: boolean): TicketDesk {
    return {
      connected: true,
      all,
      me: 6,
      account: null,
      page: 'https://tracker.example.com/issues/{id}',
      statuses,
      priorities: [{ id: 4, name: 'Обычный', default: true }],
      projects: [
        { id: 1, name: 'Служба поддержки', trackers: [], members: people },
        { id: 2, name: 'Связь и рабочие места филиалов', trackers: [], members: people.slice(0, 2) },
      ],
      filters: [],
      unmade: [],
      largest_file: 5_000_000,
    };
  }
}

const days = ({ from, to }: ReportDays): string[] => {
  const found: string[] = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += DAY)
    found.push(new Date(at).toISOString().slice(0, 10));
  return found;
};

const operators = ['Анна Белова', 'Игорь Смирнов', 'Мария Кузнецова', 'Павел Орлов', 'Томас Петрайтис', null];

export function reportsAnswers(
  reports: PreviewReports,
  now: number,
  rest: { floor: Floor; network: PreviewNetwork; ratings: PreviewRatings; all: boolean },
): Answers {
  const { floor, network, ratings } = rest;
  const times = (id: number, length: number): StateTimes => ({
    by_group: {
      talking: (((id * 731) % 300) + 60) * MINUTE * length,
      ready: ((id * 97) % 200) * MINUTE * length,
      wrap_up: ((id * 31) % 40) * MINUTE * length,
      not_ready: (id % 50) * MINUTE * length,
      unknown: id % 7 === 2 ? 25 * MINUTE * length : 0,
      signed_out: 500 * MINUTE * length,
    },
    not_ready_by_verdict: { person: (id % 50) * 40_000 * length, network: (id % 50) * 20_000 * length },
    talks: ((id * 7) % 60) * length,
  });
  const add = (a: StateTimes, b: StateTimes): StateTimes => {
    const sum = <K extends string>(x: Partial<Record<K, number>>, y: Partial<Record<K, number>>) =>
      Object.fromEntries(
        [...Object.keys(x), ...Object.keys(y)].map((key) => [key, (x[key as K] ?? 0) + (y[key as K] ?? 0)]),
      );
    return {
      by_group: sum(a.by_group, b.by_group),
      not_ready_by_verdict: sum(a.not_ready_by_verdict, b.not_ready_by_verdict) as Record<string, number>,
      talks: a.talks + b.talks,
    };
  };
  const none: StateTimes = { by_group: {}, not_ready_by_verdict: {}, talks: 0 };
  const file = (name: string, format: 'csv' | 'xlsx') => ({
    name: `${name}.${format}`,
    mime: 'text/csv; charset=utf-8',
    content_base64: '',
  });
  return {
    'tickets.desk': () => reports.desk(rest.all),
    'tickets.counts': () => {
      const own = reports.tickets.slice(0, 48);
      const counted = statuses.map((status) => ({
        status: { id: status.id, name: status.name },
        closed: status.closed,
        count: own.filter((row) => row.status.id === status.id).length,
      }));
      const found = counted.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
      return { total: own.length, statuses: found };
    },
    'reports.tickets': ({ report, skip, limit }) => {
      const groups = reports.groups(report);
      return {
        groups: groups.slice(skip, skip + limit),
        total_groups: groups.length,
        total: groups.reduce((sum, group) => sum + group.count, 0),
        cut: false,
      };
    },
    'reports.ticket_details': ({ report, month, executor, skip, limit }) => {
      const found = reports
        .belonging(report)
        .filter(
          (one) =>
            (month === null || one.month === month) && (executor === null || executor === (one.row.assignee?.id ?? 0)),
        );
      return {
        rows: found.slice(skip, skip + limit).map(({ row }) => ({
          id: row.id,
          subject: row.subject,
          status: row.status.name,
          created_on: row.created_on,
          closed_on: row.closed ? row.status_at : null,
          executor: row.assignee?.name ?? '',
        })),
        total: found.length,
      };
    },
    'reports.ticket_export': ({ format }) => file('tickets', format),
    'reports.stale': ({ stale, skip, limit }) => {
      const found = reports.tickets
        .filter(
          (row) =>
            !row.closed &&
            row.status_at <= now - stale.days * DAY &&
            (stale.status === null || stale.status === row.status.id) &&
            (stale.executor === null || stale.executor === (row.assignee?.id ?? 0)),
        )
        .sort((a, b) => a.status_at - b.status_at);
      return { rows: found.slice(skip, skip + limit), total: found.length };
    },
    'reports.quality': ({ kind, by }) => {
      const rows = [
        { name: 'Авиакомпания «Север»', counts: [12, 5, 2], others: 0, total: 19 },
        { name: 'Авиакомпания «Юг»', counts: [4, 6, 1], others: 0, total: 11 },
        { name: '', counts: [1, 0, 0], others: 0, total: 1 },
      ];
      return {
        tally: {
          kinds: ['Жалоба', 'Вопрос', ''],
          rows,
          sum: { name: '', counts: [17, 11, 3], others: 0, total: 31 },
          more: 0,
          new: 4,
        },
        kind: kind ?? 'Тип обращения',
        by: by ?? { by: 'field', name: 'Заголовок' },
        fields: ['Заголовок', 'Тип обращения'],
        cut: false,
        zone: 'Europe/Moscow',
      };
    },
    'reports.quality_export': ({ format }) => file('quality', format),
    'reports.stale_export': ({ format }) => file('stale-tickets', format),
    'reports.calls': ({ days: period, centre }) => {
      const all = days(period);
      const centres = centre === null ? (['moscow', 'vilnius'] as const) : [centre];
      const results = (of: 'moscow' | 'vilnius') => (of === 'moscow' ? [1, 2, 0, 4, 3] : [null]);
      const byDay = all.flatMap((day, place) =>
        centres.flatMap((of) =>
          results(of).map((result, index): CallsOfDay => ({
            day,
            centre: of,
            result,
            calls: Math.round(((place % 7 > 4 ? 12 : 60) + ((place * 31) % 17)) / (index * index * 2 + 1)),
          })),
        ),
      );
      const calls = byDay.reduce((sum, bar) => sum + bar.calls, 0);
      const byHour = Array.from({ length: 13 }, (_, hour) => hour + 8).flatMap((hour) =>
        centres.flatMap((of) =>
          results(of).map((result, index): CallsOfHour => ({
            hour,
            centre: of,
            result,
            calls: Math.round((all.length * (30 - (hour - 13) * (hour - 13))) / (index * index * 4 + 8)),
          })),
        ),
      );
      const totals = operators.map((operator, index): OperatorTotal => ({
        operator,
        calls: Math.round(calls / (index + 2.2)),
        mean_seconds: operator === null ? null : 95 + index * 41,
      }));
      return { calls, operators: totals, days: byDay, hours: byHour };
    },
    'reports.states': ({ days: period }) => {
      const length = days(period).length;
      const names = new Map(floor.teams.map((team) => [team.id, team.name]));
      const rows = [...floor.rows.values()].map((row) => ({
        id: row.id,
        name: row.name,
        teams: row.teams.map((team) => names.get(team) ?? ''),
        of: row.teams,
        times: times(row.id, length),
      }));
      return {
        operators: rows.map(({ of: _of, ...row }) => row),
        teams: floor.teams.flatMap((team) => {
          const own = rows.filter((row) => row.of.includes(team.id));
          const sum = own.reduce((all, row) => add(all, row.times), none);
          return own.length === 0 ? [] : [{ id: team.id, name: team.name, people: own.length, times: sum }];
        }),
        zone: 'Europe/Moscow',
      };
    },
    'reports.ratings': ({ days: period }) => {
      const [from, until] = [Date.parse(`${period.from}T00:00:00Z`), Date.parse(`${period.to}T00:00:00Z`) + DAY];
      const found = days(period).flatMap((day): RatingsOfDay[] => {
        const at = Date.parse(`${day}T00:00:00Z`);
        const { by_user, by_auto, by_supervisor } = ratings.figures(at, at + DAY).counts;
        const some = [...by_user, ...by_auto, ...by_supervisor].some((count) => count > 0);
        return some ? [{ day, by_user, by_auto, by_supervisor }] : [];
      });
      return { figures: ratings.figures(from, until), days: found, zone: 'Europe/Moscow' };
    },
    'reports.availability': ({ days: period }) => {
      const length = days(period).length * DAY;
      const cycles = Math.round(length / 10_000);
      return {
        length_ms: length,
        zone: 'Europe/Moscow',
        targets: network.targets.map(({ id, definition }, index) => {
          const part = [1, 0.92, 0.55, 0, 0.99][index % 5] ?? 1;
          const failed = part === 0 ? 0 : Math.round(cycles * part * ([0, 0.00004, 0.21, 0, 0.013][index % 5] ?? 0));
          const counted = Math.round(cycles * part);
          return {
            id,
            title: definition.title,
            host: definition.host,
            enabled: definition.enabled,
            availability: {
              watched_ms: Math.round(length * part),
              cycles: counted,
              failed,
              sent: counted * 3,
              lost: failed * 3,
              share: counted === 0 ? null : (counted - failed) / counted,
            },
          };
        }),
      };
    },
    'reports.export': ({ what, format }) => file(what.report, format),
  };
}
