// Ratings of the invented service desk: a few authors who owe an answer, some who could not be asked, and a month and a half of
// what came of the rest. Filtered and paged the way the engine does it.
import { ApiError, type Answers } from '../../src/backend/fake';
import type { Counts } from '../../src/bindings/Counts';
import type { EntryRow } from '../../src/bindings/EntryRow';
import type { Explanation } from '../../src/bindings/Explanation';
import type { Figures } from '../../src/bindings/Figures';
import type { PageKey } from '../../src/bindings/PageKey';
import type { RatingFilter } from '../../src/bindings/RatingFilter';
import type { RatingPanel } from '../../src/bindings/RatingPanel';
import type { RatingRow } from '../../src/bindings/RatingRow';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

const authors: [string, string][] = [
  ['Мария Орлова', 'm.orlova@example.com'],
  ['Константин Вознесенский', 'konstantin.voznesenskii@example.com'],
  ['Рута Казлаускайте', 'r.kazlauskaite@example.com'],
  ['Пётр Лебедев', 'p.lebedev@example.com'],
  ['Дина Сафина', 'd.safina@example.com'],
];
const titles = [
  'Не печатает принтер на третьем этаже',
  'Доступ к общей папке отдела бронирования',
  'Обновить программу расчётов',
  'Не приходит почта с сайта',
  'Новая рабочая станция для стажёра, второе окно',
  'Сбросить пароль',
];

function base(id: number, closed: number): RatingRow {
  const [name, email] = pick(authors, id * 3);
  return {
    id,
    issue: 4000 + id,
    title: pick(titles, id * 5),
    author: 20 + (id % 5),
    author_name: name,
    email,
    closed_at: closed,
    deadline_at: closed + DAY,
    state: 'asked',
    rate: null,
    origin: null,
    rated_by: null,
    refusal: null,
    held_at: null,
    held_by: null,
    hold_reason: null,
    asked_at: closed + 4000,
    lack: null,
    lack_detail: null,
    ending: null,
    ending_reason: null,
    ending_by: null,
    created_at: closed + 1000,
    ended_at: null,
    recovered_at: id % 9 === 0 ? closed + 1000 : null,
  };
}

/** What came of a request that is over, by turns. */
function over(id: number, closed: number): RatingRow {
  const row = base(id, closed);
  const turn = id % 12;
  const rated = (more: Partial<RatingRow>): RatingRow => ({
    ...row,
    state: 'rated',
    ended_at: closed + 3 * HOUR + id * MINUTE,
    ...more,
  });
  const cancelled = (more: Partial<RatingRow>): RatingRow => ({
    ...row,
    state: 'cancelled',
    ended_at: closed + 5 * HOUR,
    ...more,
  });
  if (turn === 3) return rated({ rate: 'bad', origin: 'user' });
  if (turn === 7) return rated({ rate: 'normal', origin: 'user' });
  if (turn === 4 || turn === 9 || turn === 10 || turn === 0)
    return rated({ rate: 'good', origin: 'auto', ended_at: closed + DAY + 20_000 });
  if (turn === 11) return rated({ rate: 'normal', origin: 'supervisor', rated_by: 'i.smirnov' });
  if (turn === 6) return cancelled({ ending: 'reopened' });
  if (turn === 8 && id % 24 === 8) return cancelled({ ending: 'rated_elsewhere', rate: 'bad' });
  return rated({ rate: 'good', origin: 'user' });
}

const waiting = (now: number): ((id: number) => RatingRow)[] => [
  (id) => ({ ...base(id, now - DAY + 40 * MINUTE), title: 'Не печатает принтер на третьем этаже' }),
  (id) => base(id, now - 20 * HOUR),
  (id) => ({
    ...base(id, now - 18 * HOUR),
    held_at: now - 2 * HOUR,
    held_by: 'i.smirnov',
    hold_reason: 'Автор в отпуске до понедельника',
  }),
  (id) => ({
    ...base(id, now - 9 * HOUR),
    state: 'rating',
    rate: 'bad',
    origin: 'user',
    refusal: 'issue: оценка запрещена в этом статусе',
  }),
  (id) => ({ ...base(id, now - 7 * HOUR), state: 'undeliverable', lack: 'no_email', email: null, asked_at: null }),
  (id) => base(id, now - 5 * HOUR),
  (id) => ({
    ...base(id, now - 4 * HOUR),
    state: 'undeliverable',
    lack: 'refused',
    lack_detail: 'insufficient_scope: user',
    asked_at: null,
  }),
  (id) => ({ ...base(id, now - 3 * HOUR), issue: 3961, title: 'Обновить программу расчётов' }),
  (id) => ({ ...base(id, now - 2 * HOUR), state: 'undeliverable', lack: 'several_users', asked_at: null }),
  (id) => ({ ...base(id, now - 90_000), state: 'rating', rate: 'good', origin: 'user' }),
  (id) => ({ ...base(id, now - 40_000), state: 'resolving', asked_at: null }),
  (id) => ({ ...base(id, now - 9000), state: 'received', author_name: null, email: null, asked_at: null }),
];

export class PreviewRatings {
  rows: RatingRow[];

  constructor(
    private readonly now: number,
    past: number,
  ) {
    const open = waiting(now);
    this.rows = [
      ...Array.from({ length: past }, (_, index) =>
        over(index + 1, now - 26 * HOUR - (past - index - 1) * Math.floor((44 * DAY) / past)),
      ),
      ...open.map((make, index) => make(past + index + 1)),
    ];
    // An issue that was opened again and is closed once more.
    if (past > 30) this.change(past - 30, { issue: 3961, title: 'Обновить программу расчётов' });
  }

  find(id: number): RatingRow {
    const row = this.rows.find((each) => each.id === id);
    if (!row) throw new ApiError('not_found', 'no such rating');
    return row;
  }

  /** The request that stands so, the newest first. */
  of(fits: (row: RatingRow) => boolean): RatingRow {
    const row = this.rows.findLast(fits);
    if (!row) throw new ApiError('not_found', 'no such rating');
    return row;
  }

  change(id: number, patch: Partial<RatingRow>): RatingRow {
    const row = { ...this.find(id), ...patch };
    this.rows = this.rows.map((each) => (each.id === id ? row : each));
    return row;
  }

  /** One more closing. */
  begin(): RatingRow {
    const row = { ...base(this.rows.length + 1, this.now), state: 'received' as const, asked_at: null };
    this.rows = [...this.rows, row];
    return row;
  }

  page(filter: RatingFilter, after: PageKey | null, limit: number): { rows: RatingRow[]; next: PageKey | null } {
    const isOver = (row: RatingRow) => row.state === 'rated' || row.state === 'cancelled';
    const pending = filter.which === 'pending';
    const key = (row: RatingRow): PageKey => ({ at: pending ? row.deadline_at : row.id, id: row.id });
    const before = (a: PageKey, b: PageKey) => (pending ? a.at - b.at || a.id - b.id : b.id - a.id);
    const rows = this.rows
      .filter(
        (row) =>
          (pending ? !isOver(row) : filter.which === 'ended' ? isOver(row) : row.state === 'undeliverable') &&
          (filter.issue === null || row.issue === filter.issue) &&
          (filter.rate === null || row.rate === filter.rate) &&
          (filter.origin === null || row.origin === filter.origin) &&
          (after === null || before(after, key(row)) < 0),
      )
      .sort((a, b) => before(key(a), key(b)));
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return { rows: shown, next: last && rows.length > limit ? key(last) : null };
  }

  figures(from: number, until: number): Figures {
    const counts: Counts = {
      by_user: [0, 0, 0],
      by_auto: [0, 0, 0],
      by_supervisor: [0, 0, 0],
      not_asked: 0,
      pending: 0,
      cancelled: 0,
    };
    const place = { good: 0, normal: 1, bad: 2 } as const;
    const of = { user: counts.by_user, auto: counts.by_auto, supervisor: counts.by_supervisor };
    for (const row of this.rows) {
      if (row.closed_at < from || row.closed_at >= until) continue;
      if (row.state === 'rated' && row.rate && row.origin) {
        of[row.origin][place[row.rate]] += 1;
      } else if (row.state === 'undeliverable') counts.not_asked += 1;
      else if (row.state === 'cancelled') counts.cancelled += 1;
      else counts.pending += 1;
    }
    const share = ([good, normal, bad]: Counts['by_user']) =>
      good + normal + bad > 0 ? (good + normal) / (good + normal + bad) : null;
    const { by_user, by_auto } = counts;
    const both: Counts['by_user'] = [by_user[0] + by_auto[0], by_user[1] + by_auto[1], by_user[2] + by_auto[2]];
    return { counts, satisfaction: share(by_user), with_automatic: share(both) };
  }

  panel(id: number): RatingPanel {
    const row = this.find(id);
    const others = this.rows.filter((each) => each.issue === row.issue && each.id !== id).reverse();
    return { row, others, decisions: this.decisions(row) };
  }

  private decisions(row: RatingRow): EntryRow[] {
    const told: [number, string, Explanation['values']][] = [[row.created_at, 'status_changed.closed', {}]];
    if (row.author_name) told.push([row.created_at + 800, 'contact_found', {}]);
    if (row.lack) told.push([row.created_at + 1600, 'not_asked', { lack: row.lack }]);
    if (row.asked_at) told.push([row.asked_at, 'asked', {}]);
    if (row.held_at) told.push([row.held_at, 'held', { by: row.held_by ?? '' }]);
    if (row.origin) {
      const rule = { user: 'answered', auto: 'due', supervisor: 'rated_by_hand' }[row.origin];
      told.push([(row.ended_at ?? this.now) - 2000, rule, { rate: row.rate ?? '', by: row.rated_by ?? '' }]);
    }
    if (row.refusal) told.push([this.now - MINUTE, 'rate_refused', { failure: 'state' }]);
    if (row.ended_at && row.origin) told.push([row.ended_at, 'rate_kept', { rate: row.rate ?? '' }]);
    if (row.ending === 'reopened') told.push([row.ended_at ?? this.now, 'status_changed.reopened', {}]);
    return told
      .map(([at, rule, values], index): EntryRow => ({
        id: row.id * 10 + index,
        at,
        decided_at: at + 3,
        area: 'ratings',
        kind: rule.split('.')[0] ?? rule,
        source: 'okdesk',
        subject: `rating:${row.id}`,
        record: null,
        effect: null,
        actor: null,
        fact: {},
        changes: [],
        ordered: [],
        explanation: { rule, values: { issue: row.issue, ...values }, candidates: [], otherwise: null, inputs: {} },
      }))
      .reverse();
  }
}

export function ratingsAnswers(ratings: PreviewRatings): Answers {
  /** What a rule refuses in the present state is a conflict, as the engine answers it. */
  const only = (id: number, fits: (row: RatingRow) => boolean): RatingRow => {
    const row = ratings.find(id);
    const closed = row.state === 'rated' || row.state === 'cancelled' || (row.state === 'rating' && !row.refusal);
    if (closed || !fits(row)) throw new ApiError('conflict', 'not possible in the state it is in now');
    return row;
  };
  const standing = { held_at: null, held_by: null, hold_reason: null };
  return {
    'ratings.page': ({ filter, after, limit }) => ratings.page(filter, after, limit),
    'ratings.rows': ({ ids }) => ({ rows: ids.flatMap((id) => ratings.rows.filter((row) => row.id === id)) }),
    'ratings.figures': ({ from, until }) => ratings.figures(from, until),
    'ratings.detail': ({ id }) => ratings.panel(id),
    'ratings.export': () => ({ name: 'ratings.csv', mime: 'text/csv', content_base64: 'AAAA' }),
    'ratings.hold': ({ id, reason }) => {
      only(id, (row) => row.held_at === null && row.state !== 'rating');
      return ratings.change(id, { held_at: Date.now(), held_by: 'a.komarova', hold_reason: reason });
    },
    'ratings.release': ({ id }) => {
      const row = only(id, (each) => each.held_at !== null);
      return ratings.change(id, {
        ...standing,
        deadline_at: row.deadline_at + Date.now() - (row.held_at ?? Date.now()),
      });
    },
    'ratings.cancel': ({ id, reason }) => {
      only(id, () => true);
      return ratings.change(id, {
        ...standing,
        state: 'cancelled',
        ending: 'by_hand',
        ending_reason: reason,
        ending_by: 'a.komarova',
        ended_at: Date.now(),
        refusal: null,
      });
    },
    'ratings.ask_again': ({ id }) => {
      const row = only(id, (each) => each.state === 'asked' || each.state === 'undeliverable');
      return row.state === 'asked' ? row : ratings.change(id, { state: 'received', lack: null, lack_detail: null });
    },
    'ratings.rate': ({ id, rate }) => {
      only(id, () => true);
      return ratings.change(id, {
        ...standing,
        state: 'rating',
        rate,
        origin: 'supervisor',
        rated_by: 'a.komarova',
        refusal: null,
      });
    },
  };
}
