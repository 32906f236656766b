// Now in the invented contact centre: a dead tunnel with what lies behind it, operators past a limit, what is due and what is stuck.
// `?now=quiet` is a moment in which nothing needs anybody.
import { ApiError } from '../../src/backend';
import type { Answers, FakeBackend } from '../../src/backend/fake';
import type { Attention } from '../../src/bindings/Attention';
import type { Handover } from '../../src/bindings/Handover';
import type { Incident } from '../../src/bindings/Incident';
import type { NowOperator } from '../../src/bindings/NowOperator';
import type { NoticeRow } from '../../src/bindings/NoticeRow';
import type { Now } from '../../src/bindings/Now';
import type { Source } from '../../src/bindings/Source';
import type { Floor } from './floor';

const MINUTE = 60_000;

function row(
  id: number,
  at: number,
  more: Pick<NoticeRow, 'class' | 'level' | 'subject' | 'code' | 'values'>,
): NoticeRow {
  return {
    id,
    decision: null,
    raised_at: at,
    updated_at: at,
    cleared_at: null,
    times: 1,
    everyone: true,
    why: null,
    read: false,
    done: false,
    snoozed_until: null,
    muted: false,
    part_of: null,
    ...more,
  };
}

function incidentsOf(now: number): Incident[] {
  const kept = {
    ended_at: null,
    recovered: false,
    acknowledged_by: null,
    acknowledged_at: null,
    snoozed_by: null,
    snoozed_until: null,
  };
  const lost = row(21, now - 14 * MINUTE, {
    class: 'network_incident',
    level: 'critical',
    subject: 'target:4',
    code: 'network.lost',
    values: { title: 'VPN главного офиса', host: 'vpn.example.com', trouble: 'timeout' },
  });
  const behind = (id: number, source: string) =>
    row(id, now - 13 * MINUTE, {
      class: 'source',
      level: 'warning',
      subject: `source:${source}`,
      code: 'source.unreachable',
      values: { source },
    });
  const dead = row(24, now - 12 * MINUTE, {
    class: 'delivery',
    level: 'warning',
    subject: 'delivery:okdesk/set_rating',
    code: 'deliveries.dead',
    values: { source: 'okdesk', kind: 'set_rating', count: 4, oldest: now - 90_000_000 },
  });
  const refused = row(25, now - 47 * MINUTE, {
    class: 'source',
    level: 'critical',
    subject: 'source:agencies',
    code: 'source.refused',
    values: { source: 'agencies' },
  });
  return [
    {
      id: 7,
      cause: { kind: 'target', name: 4 },
      level: 'critical',
      head: 21,
      since: now - 14 * MINUTE,
      members: [21, 22, 23, 24],
      notices: [lost, behind(22, 'redmine'), behind(23, 'okdesk'), dead],
      ...kept,
    },
    {
      id: 8,
      cause: { kind: 'source', name: 'agencies' },
      level: 'critical',
      head: 25,
      since: now - 47 * MINUTE,
      members: [25],
      notices: [refused],
      ...kept,
      acknowledged_by: 'b.kim',
      acknowledged_at: now - 40 * MINUTE,
    },
  ];
}

/** Nobody has said anything of an operator past a limit. */
const NOBODY: Attention = { taken_by: null, taken_at: null, snoozed_by: null, snoozed_until: null };

export class PreviewNow {
  incidents: Incident[];
  said = new Map<number, Attention>();
  backend: FakeBackend | null = null;
  constructor(
    readonly now: number,
    readonly quiet: boolean,
  ) {
    this.incidents = quiet ? [] : incidentsOf(now);
  }

  find(id: number): Incident {
    const found = this.incidents.find((incident) => incident.id === id);
    if (!found) throw new ApiError('not_found', 'there is no such incident');
    return found;
  }

  /** Says something of an operator's stretch. */
  say(operator: number, patch: Partial<Attention>) {
    this.said.set(operator, { ...NOBODY, ...this.said.get(operator), ...patch });
    this.backend?.publish({ kind: 'changed', rev: 1, area: 'floor', ids: [operator] });
  }

  change(id: number, patch: Partial<Incident>) {
    this.find(id);
    this.incidents = this.incidents.map((each) => (each.id === id ? { ...each, ...patch } : each));
    this.backend?.publish({ kind: 'changed', rev: 1, area: 'notices', ids: this.find(id).members });
  }
}

export function nowAnswers(moment: PreviewNow, floor: Floor, sources: () => Source[], who: () => string): Answers {
  const { now, quiet } = moment;
  const answer = (): Now => {
    const open = moment.incidents.filter((each) => each.acknowledged_by === null && each.snoozed_until === null);
    const over = quiet ? [] : [...floor.rows.values()].filter((each) => each.alarm > 0);
    const rows = over.map((each): NowOperator => ({ ...each, ...NOBODY, ...moment.said.get(each.id) }));
    const waits = (row: NowOperator) => row.alarm > 1 && row.taken_by === null && row.snoozed_until === null;
    const red = rows.filter((each) => each.alarm > 1).length;
    const taken = moment.incidents.find((each) => each.acknowledged_by !== null);
    const sentence: Now['sentence'] = quiet
      ? { code: 'quiet', level: 'ok', count: 0, minutes: null, name: null }
      : open.length > 0
        ? { code: 'incident', level: 'trouble', count: open.length, minutes: 14, name: null }
        : { code: 'handled', level: 'attention', count: 2, minutes: null, name: taken?.acknowledged_by ?? null };
    return {
      now,
      sentence,
      incidents: moment.incidents,
      operators: {
        red,
        amber: rows.length - red,
        waiting: rows.filter(waits).length,
        amber_waiting: rows.filter((row) => row.alarm === 1).length,
        rows,
        heard: true,
      },
      unassigned: quiet
        ? null
        : { ticket: 48_690, service: 11, service_name: 'Кассы', created_at: now - 26 * MINUTE, waiting: 3 },
      tickets: { assigned: 7, news: quiet ? 0 : 4 },
      ratings: quiet
        ? { due: 0, next: [] }
        : {
            due: 2,
            next: [
              {
                id: 3,
                issue: 1482,
                title: 'Не печатает касса № 2',
                author: 'Ольга Литвин',
                deadline_at: now + 41 * MINUTE,
              },
              { id: 5, issue: 1490, title: 'Нет доступа к отчёту', author: null, deadline_at: now + 96 * MINUTE },
              { id: 9, issue: 1497, title: 'Заменить гарнитуру', author: 'Борис Ким', deadline_at: now + 420 * MINUTE },
            ],
          },
      deliveries: quiet
        ? { stuck: 0, groups: [] }
        : {
            stuck: 6,
            groups: [
              { integration: 'okdesk', kind: 'set_rating', state: 'dead', count: 4, oldest_at: now - 90_000_000 },
              {
                integration: 'agencies',
                kind: 'look_up_agency',
                state: 'refused',
                count: 2,
                oldest_at: now - 9_000_000,
              },
            ],
          },
      sources: sources(),
    };
  };
  return {
    'now.get': answer,
    'now.acknowledge': ({ id, acknowledged }) => {
      moment.change(id, {
        acknowledged_by: acknowledged ? who() : null,
        acknowledged_at: acknowledged ? now : null,
      });
      return answer();
    },
    'now.snooze': ({ id, until }) => {
      moment.change(id, { snoozed_until: until, snoozed_by: until === null ? null : who() });
      return answer();
    },
    'now.take_operator': ({ operator, taken }) => {
      moment.say(operator, { taken_by: taken ? who() : null, taken_at: taken ? now : null });
      return answer();
    },
    'now.snooze_operator': ({ operator, until }) => {
      moment.say(operator, { snoozed_until: until, snoozed_by: until === null ? null : who() });
      return answer();
    },
    'handover.get': ({ since, language }): Handover => ({
      from: since ?? now - 12 * 60 * MINUTE,
      until: now,
      zone: 'Europe/Moscow',
      incidents: [],
      calls: { total: 120, handled: 100, hung_up: 12, failed: 5, no_result: 3 },
      operators: [],
      tickets: { changed: 14, opened: 5, closed: 4, still: 3 },
      ratings: { answered: [9, 2, 1], automatic: 4, waiting: 3, not_asked: 1, bad: [] },
      carousel: { given: 31, failed: 2, nobody: [] },
      stuck: [],
      notes: [],
      text:
        language === 'en'
          ? 'Shift handover\n\nIncidents: none\nCalls: 120 (handled 100, hung up 12, failed 5, no result 3)\n'
          : [
              'Передача смены',
              '05.11.2025 08:00 — 05.11.2025 20:00 (Europe/Moscow)',
              '',
              'Сбои: 2',
              '- VPN: нет связи, 05.11 09:00 — 05.11 10:15 (1 ч 15 мин)',
              '- desk: система недоступна, 05.11 14:00 — продолжается, занимается vera',
              'Звонки: 120 (обработано 100, положили трубку 12, сорвалось 5, без результата 3)',
              'Операторы: 1',
              '- Белова О.: превышений порога 2, не готов 1 ч 35 мин',
              'Заявки: изменено 14, новых 5, закрыто 4, стоят больше 3 дней 3',
              '',
            ].join('\n'),
    }),
  };
}
