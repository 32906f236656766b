// Conversations and issues of an invented service desk: pairs of every kind, one stopped by an echo, requests on their way and
// failed ones. Filtered and paged the way the engine does it.
import { ApiError, type Answers } from '../../src/backend/fake';
import type { ChatDesk } from '../../src/bindings/ChatDesk';
import type { ChatFilter } from '../../src/bindings/ChatFilter';
import type { ChatItemRow } from '../../src/bindings/ChatItemRow';
import type { ChatPair } from '../../src/bindings/ChatPair';
import type { ChatPairRow } from '../../src/bindings/ChatPairRow';
import type { ChatRequestRow } from '../../src/bindings/ChatRequestRow';
import type { EntryRow } from '../../src/bindings/EntryRow';

const MINUTE = 60_000;
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

const people: [string, string, string | null][] = [
  ['Раса Казлаускене', 'r.kazlauskiene', 'Вильнюс'],
  ['Павел Орлов', 'p.orlov', 'Контакт-центр'],
  ['Екатерина Преображенская-Вознесенская', 'e.preobrazhenskaya', 'Отдел продаж корпоративным клиентам'],
  ['Йонас Петрайтис', 'j.petraitis', null],
];
const summaries = [
  'Проблемы с телефонией Mango',
  'Не печатает принтер на втором этаже',
  'Проблемы с рабочим местом (оборудование/ПО)',
  'Доступ к общей папке отдела продаж после переезда в новый офис',
  'Проблемы с сервисами Яндекс',
];
const statuses: [string, boolean][] = [
  ['В работе', false],
  ['Открыт', false],
  ['Решён', true],
  ['Нужна информация', false],
];
const LONG = `Шаги: 1) открыть клиент телефонии; 2) войти; 3) принять звонок. ${'Ожидаем разговор, слышим шум, потом тишина. '.repeat(22)}`;

function itemsOf(pair: number, story: number, now: number): ChatItemRow[] {
  const [name] = pick(people, pair);
  const blank = (place: number, more: Partial<ChatItemRow>): ChatItemRow => ({
    id: pair * 100 + place,
    side: 'chat',
    external: String(88_000 + pair * 100 + place),
    event: 'written',
    author: name,
    text: '',
    files: [],
    hops: 0,
    origin: null,
    state: 'done',
    reason: null,
    copy: String(4000 + pair * 10 + place),
    at: now - (30 - place * 2) * MINUTE,
    recovered_at: null,
    ...more,
  });
  const support = { side: 'tracker' as const, author: 'Игорь Смирнов' };
  const calm = [
    blank(1, {
      text: 'Добрый день! Со вчерашнего вечера абоненты меня не слышат.',
      files: ['запись звонка.mp3', 'экран.png'],
    }),
    blank(2, {
      ...support,
      text: 'Проверили линию: гарнитура не та. Заменим до обеда.',
      recovered_at: now - 24 * MINUTE,
    }),
  ];
  const echo = 'Заявка обновлена автоматически, отвечать на это не нужно';
  const stories: ChatItemRow[][] = [
    calm,
    [
      ...calm,
      blank(3, { ...support, author: 'Робот уведомлений', text: echo }),
      blank(4, { author: 'Робот уведомлений', text: `> ${echo}`, hops: 1, origin: pair * 100 + 3 }),
      blank(5, {
        ...support,
        author: 'Робот уведомлений',
        text: echo,
        hops: 2,
        origin: pair * 100 + 4,
        state: 'held',
        reason: 'echo',
        copy: null,
      }),
      blank(6, { text: 'А что это за робот?', state: 'held', reason: 'paused', copy: null }),
    ],
    [
      ...calm,
      blank(3, { text: LONG, state: 'failed', reason: 'Комментарий не принят: задача заблокирована', copy: null }),
      blank(4, { text: 'Уже заработало, спасибо', event: 'edited' }),
      blank(5, {
        author: 'Бот календаря',
        text: 'Встреча через 10 минут',
        state: 'skipped',
        reason: 'program',
        copy: null,
      }),
      blank(6, { text: 'ой, не туда', state: 'skipped', reason: 'dropped: i.smirnov', copy: null }),
      blank(7, { text: 'Проверьте, пожалуйста, ещё раз', state: 'sending', copy: null }),
    ],
    [],
  ];
  return pick(stories, story).toReversed();
}

export class PreviewChatLink {
  pairs: ChatPairRow[];
  items = new Map<number, ChatItemRow[]>();
  requests: ChatRequestRow[];
  enabled = true;
  chat = true;
  tracker = true;

  constructor(
    private readonly now: number,
    count: number,
    state: string,
  ) {
    this.pairs = Array.from({ length: count }, (_, index) => this.pairOf(count - index, index));
    this.requests =
      state === 'none' ? [] : [this.request(903, 'failed'), this.request(902, 'creating'), this.request(901, 'failed')];
    if (state === 'none') this.chat = this.tracker = false;
    if (state === 'deaf') this.chat = false;
    if (state === 'off') this.enabled = false;
  }

  private pairOf(id: number, turn: number): ChatPairRow {
    const story = [1, 0, 2, 0, 3, 0, 0][turn % 7] ?? 0;
    const items = itemsOf(id, story, this.now - turn * 53 * MINUTE);
    this.items.set(id, items);
    const [status, over] = pick(statuses, id);
    const [last] = items;
    const of = (state: ChatItemRow['state']) => items.filter((item) => item.state === state).length;
    return {
      id,
      issue: `DESK-${400 + id}`,
      url: `https://tracker.example.com/DESK-${400 + id}`,
      summary: pick(summaries, id),
      status,
      over,
      chat: 2_637_266_155 + id,
      message: 77_000 + id,
      paused_at: story === 1 ? this.now - turn * 53 * MINUTE - 20 * MINUTE : null,
      paused_why: story === 1 ? (turn === 0 ? 'echo' : 'i.smirnov') : null,
      created_at: this.now - turn * 53 * MINUTE - 40 * MINUTE,
      held: of('held'),
      failed: of('failed'),
      last: last ? { side: last.side, author: last.author, text: last.text, state: last.state, at: last.at } : null,
    };
  }

  private request(id: number, state: ChatRequestRow['state'], pair: ChatPairRow | null = null): ChatRequestRow {
    const [name, login, department] = pick(people, id);
    return {
      id,
      way: id % 2 === 0 ? 'message' : 'form',
      state,
      name,
      login,
      department,
      summary: pair?.summary ?? pick(summaries, id),
      subcategory: id % 2 === 0 ? null : 'Проблемы с качеством связи',
      text: 'Абоненты жалуются на шум, звонок обрывается на второй минуте.',
      files: id % 3 === 0 ? ['экран.png'] : [],
      trouble: state === 'failed' ? 'Очередь DESK: поле «department» не принимает это значение' : null,
      link: pair?.id ?? null,
      at: this.now - (910 - id) * MINUTE,
    };
  }

  find(id: number): ChatPairRow {
    const row = this.pairs.find((each) => each.id === id);
    if (!row) throw new ApiError('not_found', 'no such pair');
    return row;
  }

  change(id: number, patch: Partial<ChatPairRow>): ChatPairRow {
    const row = { ...this.find(id), ...patch };
    this.pairs = this.pairs.map((each) => (each.id === id ? row : each));
    return row;
  }

  /** What an item became; the pair's figures follow. */
  settle(pair: number, id: number, patch: Partial<ChatItemRow>): void {
    const items = (this.items.get(pair) ?? []).map((item) => (item.id === id ? { ...item, ...patch } : item));
    this.items.set(pair, items);
    const of = (state: ChatItemRow['state']) => items.filter((item) => item.state === state).length;
    this.change(pair, { held: of('held'), failed: of('failed') });
  }

  /** The newest pair that stands so. */
  of(fits: (row: ChatPairRow) => boolean): ChatPairRow {
    const row = this.pairs.find(fits);
    if (!row) throw new ApiError('not_found', 'no such pair');
    return row;
  }

  desk(): ChatDesk {
    const sum = (of: (row: ChatPairRow) => number) => this.pairs.reduce((all, row) => all + of(row), 0);
    const failed = this.requests.filter((row) => row.state === 'failed').length;
    return {
      enabled: this.enabled,
      chat: this.chat,
      tracker: this.tracker,
      counts: {
        pairs: this.pairs.length,
        paused: this.pairs.filter((row) => row.paused_at !== null).length,
        held: sum((row) => row.held),
        failed: sum((row) => row.failed),
        under_way: this.requests.length - failed,
        not_created: failed,
      },
      requests: [...this.requests],
    };
  }

  page({ which, issue }: ChatFilter, after: number | null, limit: number) {
    const rows = this.pairs.filter(
      (row) =>
        (which === 'all' || (which === 'paused' ? row.paused_at !== null : row.held + row.failed > 0)) &&
        (issue === null || row.issue === issue) &&
        (after === null || row.id < after),
    );
    const shown = rows.slice(0, limit);
    return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  panel(id: number, after: number | null, limit: number): ChatPair {
    const pair = this.find(id);
    const items = (this.items.get(id) ?? []).filter((item) => after === null || item.id < after);
    const shown = items.slice(0, limit);
    return {
      lineage: {
        pair,
        request: id % 4 === 3 ? null : { ...this.request(id * 2 + 1, 'done', pair), trouble: null },
        items: shown,
        next: items.length > limit ? (shown.at(-1)?.id ?? null) : null,
      },
      decisions: this.decisions(pair),
    };
  }

  private decisions(pair: ChatPairRow): EntryRow[] {
    const told: [string, string, number | null][] = [
      ['issue_created', 'chat_link.created', 1980],
      ['anchor_posted', 'chat_link.anchored', 1984],
      ['message_read', 'chat_link.copied', 1986],
      ['message_copied', 'chat_link.copy_done', 1990],
    ];
    if (pair.paused_why === 'echo') told.push(['comments_read', 'chat_link.echo', 1992]);
    if (pair.failed > 0) told.push(['bridge_failed', 'chat_link.not_copied', 1991]);
    return told
      .map(([kind, rule, effect], index): EntryRow => ({
        id: pair.id * 10 + index,
        at: pair.created_at + index * 4000,
        decided_at: pair.created_at + index * 4000 + 3,
        area: 'chat_link',
        kind,
        source: index === 0 ? 'tracker' : 'pachca',
        subject: `issue:${pair.issue}`,
        record: index === 2 ? 4999 : null,
        effect,
        actor: null,
        fact: {},
        changes: [],
        ordered: [],
        explanation: {
          rule,
          values: { issue: pair.issue },
          candidates: [],
          otherwise: null,
          inputs: { paused: pair.paused_at },
        },
      }))
      .reverse();
  }
}

const refused = () => new ApiError('conflict', 'not possible in the state it is in now');

export function chatLinkAnswers(bridge: PreviewChatLink): Answers {
  const shown = (id: number) => bridge.panel(id, null, 50);
  return {
    'chat_link.desk': () => bridge.desk(),
    'chat_link.page': ({ filter, after, limit }) => bridge.page(filter, after, limit),
    'chat_link.pair': ({ id, after, limit }) => bridge.panel(id, after, limit),
    'chat_link.pause': ({ id }) => {
      if (bridge.find(id).paused_at !== null) throw refused();
      bridge.change(id, { paused_at: Date.now(), paused_why: 'a.komarova' });
      return shown(id);
    },
    'chat_link.resume': ({ id }) => {
      if (bridge.find(id).paused_at === null) throw refused();
      for (const item of bridge.items.get(id) ?? [])
        if (item.state === 'held') bridge.settle(id, item.id, { state: 'sending', reason: null });
      bridge.change(id, { paused_at: null, paused_why: null });
      return shown(id);
    },
    'chat_link.drop_item': ({ pair, id }) => {
      bridge.settle(pair, id, { state: 'skipped', reason: 'dropped: a.komarova' });
      return shown(pair);
    },
    'chat_link.send_item': ({ pair, id }) => {
      bridge.settle(pair, id, { state: 'sending', reason: null });
      return shown(pair);
    },
    'chat_link.request_again': ({ id }) => {
      const row = bridge.requests.find((each) => each.id === id);
      if (row?.state !== 'failed') throw refused();
      bridge.requests = bridge.requests.map((each) =>
        each.id === id ? { ...each, state: 'author', trouble: null } : each,
      );
      return bridge.desk();
    },
  };
}
