// A small contact centre with invented people, deterministic: the same picture every time. `?as=nobody`, `?as=new` and
// `?as=broken` show the pages before the shell; `?rows=100000` makes a long day.
import { ApiError, FakeBackend, type Answers } from '../../src/backend/fake';
import type { CallRow, DeliveryRow, DeliveryState, Session } from '../../src/bindings/commands';

const operators = ['Анна Белова', 'Игорь Смирнов', 'Мария Кузнецова', 'Павел Орлов', 'Дина Сафина'];
const agencies = ['Северный ветер', 'Вокруг света', null, 'Лазурный берег', 'Компас', 'Три моря'];
const kinds = ['Агентство', 'Заказ тура', 'Сервисный звонок', 'Покупка билетов', 'Не по теме'];
const results = ['Обработано', 'Обработано', 'Клиент положил трубку', 'Обработано', 'Сорвался'];
const themes = ['Бронирование', null, 'Документы', 'Оплата', 'Возврат'];

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

function callsOf(day: string, count: number, now: Date): CallRow[] {
  const end = now.toISOString().startsWith(day) ? now.getTime() : Date.parse(`${day}T18:00:00Z`);
  const step = Math.min(97_000, 36_000_000 / Math.max(1, count));
  return Array.from({ length: count }, (_, index) => ({
    id: 90_000 - index,
    started_at: new Date(end - 40_000 - index * step).toISOString(),
    phone: index % 11 === 5 ? null : `+7495${String(1_234_567 + index * 7919).slice(0, 7)}`,
    operator: index % 13 === 7 ? null : pick(operators, index * 3 + (index >> 2)),
    result: pick(results, index * 2 + (index >> 1)),
    kind: pick(kinds, index + (index >> 3)),
    theme: pick(themes, index * 3),
    duration_s: index < 2 ? null : (index * 37) % 700,
    agency: pick(agencies, index * 5 + (index >> 2)),
    live: index < 2,
  }));
}

function deliveries(now: Date): DeliveryRow[] {
  const states: DeliveryState[] = ['done', 'done', 'waiting', 'done', 'retrying', 'done', 'dead', 'done', 'refused'];
  return Array.from({ length: 64 }, (_, index) => {
    const state = pick(states, index * 2);
    const failed = state === 'retrying' || state === 'dead';
    return {
      id: 5000 - index,
      at: new Date(now.getTime() - index * 41_000).toISOString(),
      direction: index % 3 ? 'in' : 'out',
      integration: pick(['okdesk', 'bitrix24', 'pachca', 'tracker', 'intradesk'], index),
      kind: pick(['issue.closed', 'message.new', 'task.add', 'comment.add'], index * 3),
      subject: pick(['HELP-1042', 'T-88213', null, 'HELP-1050'], index),
      state,
      attempts: failed ? 3 + (index % 4) : 1,
      next_try_at: state === 'retrying' ? new Date(now.getTime() + 90_000).toISOString() : null,
      error: failed ? '503 Service Unavailable' : state === 'refused' ? '422 unknown assignee' : null,
    };
  });
}

export function makeBackend(wish: URLSearchParams): FakeBackend {
  const now = new Date();
  const as = wish.get('as');
  const count = Number(wish.get('rows') ?? 240);
  const contains = (query: string | null, ...texts: (string | null)[]) =>
    !query || texts.some((text) => text?.toLowerCase().includes(query.toLowerCase()));

  const answers: Answers = {
    sources_list: () => ({
      sources: [
        { name: 'finesse', title: 'Finesse', state: 'live', seen_at: now.toISOString(), note: null },
        { name: 'redmine', title: 'Redmine', state: 'live', seen_at: now.toISOString(), note: null },
        {
          name: 'okdesk',
          title: 'Okdesk',
          state: 'late',
          seen_at: new Date(now.getTime() - 380_000).toISOString(),
          note: null,
        },
        { name: 'pachca', title: 'Pachca', state: 'down', seen_at: null, note: 'connect: timed out' },
        { name: 'xmpp', title: 'XMPP', state: 'off', seen_at: null, note: null },
      ],
    }),
    do_not_disturb_set: ({ until }) => ({ until }),
    calls_list: ({ date, query }) => {
      const rows = callsOf(date, count, now).filter((call) =>
        contains(query, call.phone, call.operator, call.theme, call.agency),
      );
      return { rows, total: rows.length };
    },
    call_get: ({ id }) => {
      const call = callsOf(now.toISOString().slice(0, 10), count, now).find((each) => each.id === id);
      if (!call) throw new ApiError('not_found', `call ${id}`);
      return call;
    },
    calls_export: ({ format }) => {
      throw new ApiError('busy', `export ${format}: the writer's queue is full`);
    },
    deliveries_list: ({ state, query }) => {
      const rows = deliveries(now).filter(
        (row) => (!state || row.state === state) && contains(query, row.subject, row.kind, row.error),
      );
      return { rows, total: rows.length };
    },
  };
  const me: Session['me'] = {
    id: 1,
    login: 'a.komarova',
    full_name: 'Анна Комарова',
    role: 'supervisor',
    grants: [],
    do_not_disturb_until: null,
  };
  const signedOut = as === 'nobody' || as === 'new';
  const present = { csrf: 'preview', me: signedOut ? null : me, setup_needed: as === 'new', version: '0.1.0' };
  const backend = new FakeBackend(answers, present, [{ login: 'a.komarova', password: 'correct horse', me }]);
  if (as === 'lost') backend.turn('lost');
  return backend;
}
