// Notices of the invented contact centre: of the floor and of the network.
import type { Answers } from '../../src/backend/fake';
import type { NoticeRow } from '../../src/bindings/NoticeRow';

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

export function noticesAnswers(now: number): Answers {
  const rows = told.map((each, index): NoticeRow => ({
    ...each,
    id: told.length - index,
    decision: null,
    raised_at: now - (index * 17 + 1) * 60_000,
    updated_at: now,
    cleared_at: index === 1 ? now - 60_000 : null,
    times: index === 2 ? 3 : 1,
    read: index === 3,
  }));
  const unread = () => rows.filter((row) => !row.read).length;
  return {
    'notices.list': ({ limit }) => ({ rows: rows.slice(0, limit), unread: unread() }),
    'notices.mark': ({ ids, read }) => {
      const chosen = rows.filter((row) => (ids.length > 0 ? ids.includes(row.id) : row.read !== read));
      for (const row of chosen) rows[rows.indexOf(row)] = { ...row, read };
      return { ids: chosen.map((row) => row.id), unread: unread() };
    },
  };
}
