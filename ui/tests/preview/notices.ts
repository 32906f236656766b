// Notices of the invented contact centre.
import type { Answers } from '../../src/backend/fake';
import type { NoticeRow } from '../../src/bindings/NoticeRow';

export function noticesAnswers(now: number, count = 4): Answers {
  const rows: NoticeRow[] = Array.from({ length: count }, (_, index): NoticeRow => ({
    id: count - index,
    class: index === 1 ? 'floor_source' : 'floor_threshold',
    level: index === 1 ? 'critical' : index === 3 ? 'info' : 'warning',
    subject: index === 1 ? 'floor' : `operator:${index + 4}`,
    code: index === 1 ? 'floor.source_lost' : 'floor.too_long',
    values:
      index === 1 ? { teams: 4 } : { operator: 'Павел Орлов', state: index === 2 ? 'hold' : 'not_ready', minutes: 30 },
    decision: null,
    raised_at: now - (index * 17 + 1) * 60_000,
    updated_at: now,
    cleared_at: index === 1 ? now - 60_000 : null,
    times: index === 2 ? 3 : 1,
    read: index > 2 && index < 4,
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
