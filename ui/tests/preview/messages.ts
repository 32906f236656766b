// Messages of the invented contact centre: a person's account, contacts, conversations, and what becomes of what is said.
import { ApiError } from '../../src/backend';
import type { Answers, FakeBackend } from '../../src/backend/fake';
import type { ContactRow } from '../../src/bindings/ContactRow';
import type { MessageRow } from '../../src/bindings/MessageRow';
import type { MessagesOverview } from '../../src/bindings/MessagesOverview';
import type { Presence } from '../../src/bindings/Presence';
import type { SessionReport } from '../../src/bindings/SessionReport';
import type { SessionState } from '../../src/bindings/SessionState';
import type { SubscriptionQuestion } from '../../src/bindings/SubscriptionQuestion';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
export const ME = 7;
export const OWN = 'a.komarova@chat.example.com';
const FINGERPRINT = '9f3c1a77d0b24e58a1c6f0e2b7d94a35c88e61f2037b9a4d5ec0718f2a6b3d41';

const person = (login: string, full_name: string) => ({ login, full_name });

const contact = (
  name: string,
  full: string,
  presence: Presence | null,
  more: Partial<ContactRow> & { status?: string } = {},
): ContactRow => ({
  address: `${name}@chat.example.com`,
  name: full,
  subscription: presence === null ? 'none' : 'both',
  person: null,
  ...(({ status: _status, ...rest }) => rest)(more),
  presence: presence === null ? null : { presence, status: more.status ?? '', since: 0 },
});

const contacts: readonly ContactRow[] = [
  contact('m.orlova', 'Мария Орлова', 'online', { person: person('m.orlova', 'Мария Орлова') }),
  contact('p.orlov', '', 'away', { person: person('p.orlov', 'Павел Орлов'), status: 'обед до двух' }),
  contact('s.volkova', 'Светлана Волкова (касса)', 'busy'),
  contact('b.kim', 'Борис Ким', 'offline', { person: person('b.kim', 'Борис Ким') }),
  contact('o.litvin', 'Ольга Литвин', 'far_away'),
  contact('i.tkach', 'Игорь Ткач', 'chatty'),
  contact('warehouse', 'Склад', null),
];

type Line = readonly [minutesAgo: number, ours: boolean, text: string, more?: Partial<MessageRow>];

const orlova: readonly Line[] = [
  [2 * 1440 + 30, false, 'Анна, на второй линии опять не печатает касса № 2. Завели #4312.'],
  [2 * 1440 + 28, true, 'Вижу. Картридж привезут после обеда, пока печатайте на втором этаже.', { state: 'delivered' }],
  [2 * 1440 + 26, false, 'Хорошо, спасибо'],
  [1440 + 95, true, 'Мария, кто завтра закрывает смену?', { state: null }],
  [1440 + 90, false, 'Павел. Я подменяю его с 9 до 11, потом он сам.'],
  [1440 + 89, false, 'График тут: https://portal.example.com/shifts?week=45'],
  [64, true, 'Приняла. В 14:00 у нас обновление телефонии, минут десять звонков не будет.', { state: 'delivered' }],
  [
    61,
    true,
    'Предупредите, пожалуйста, вторую линию.\nСписок тех, кто на смене:\n— Павел Орлов\n— Ольга Литвин\n— Борис Ким',
    { state: 'sent' },
  ],
  [9, false, 'Предупредила всех, кроме Бориса: он не в сети.'],
  [8, false, 'И ещё: клиент по #4313 ждёт звонка до трёх', { unread: true }],
  [3, false, 'Перезвоните ему сами или отдать в очередь?', { unread: true }],
];

const others: Readonly<Record<string, readonly Line[]>> = {
  'p.orlov': [
    [40, false, 'Я на обеде, вернусь в два', {}],
    [38, true, 'Хорошо', { state: 'delivered' }],
  ],
  'b.kim': [
    [300, false, 'Гарнитура так и хрипит'],
    [22, true, 'Борис, в два обновление телефонии. Вы на смене?', { state: 'queued', again_at: 4 * MINUTE + 7000 }],
  ],
  's.volkova': [
    [
      26 * 60,
      true,
      'Светлана, перешлите номер чека по возврату',
      { state: 'failed', failure: 'does_not_exist', detail: 'service-unavailable' },
    ],
  ],
  hr: [[5 * 1440, false, 'Напоминаем: до пятницы нужно подтвердить отпуск', { unread: true }]],
};

export interface MessagesWishes {
  /** `none`: no account; `off`: no messenger; `empty`: nothing said; a state of the session; `live`. */
  chat?: string;
  /** Messages before those of the story. */
  old?: number;
}

export class PreviewMessages {
  rows: MessageRow[] = [];
  questions: SubscriptionQuestion[] = [];
  account: MessagesOverview['account'] = null;
  connected = true;
  contacts: readonly ContactRow[] = contacts;
  /** What the person has settled for duplicates. */
  own: string | null = 'a.komarova@example.com';
  private backend: FakeBackend | null = null;
  private next = 1;

  constructor(
    private readonly now: number,
    { chat = 'live', old = 120 }: MessagesWishes = {},
  ) {
    this.connected = chat !== 'off';
    if (chat !== 'off' && chat !== 'none') {
      this.account = { address: OWN, since: now - 40 * DAY, session: chat === 'unset' ? null : this.report(chat) };
    }
    if (chat === 'off' || chat === 'none' || chat === 'empty') return;
    const talk = (name: string, lines: readonly Line[]) => {
      for (const [minutes, ours, text, more = {}] of lines) {
        this.rows.push({
          id: this.next++,
          peer: `${name}@chat.example.com`,
          ours,
          text,
          at: now - minutes * MINUTE,
          state: null,
          failure: null,
          detail: null,
          unread: false,
          ...more,
          again_at: more.again_at ? now + more.again_at : null,
        });
      }
    };
    talk(
      'm.orlova',
      Array.from({ length: old }, (_, index): Line => [
        (4 + old - index) * 1440,
        index % 3 === 1,
        index % 3 === 1
          ? `Сделано, запись № ${1000 + index}`
          : `Сводка смены № ${1000 + index}: звонков ${80 + (index % 40)}`,
        index % 3 === 1 ? { state: 'delivered' } : {},
      ]),
    );
    talk('m.orlova', orlova);
    for (const [name, lines] of Object.entries(others)) talk(name, lines);
    this.questions = [
      {
        address: 'n.petrov@chat.example.com',
        person: person('n.petrov', 'Никита Петров'),
        asked_at: now - 3 * MINUTE,
        answering: false,
      },
    ];
  }

  attach(backend: FakeBackend): void {
    this.backend = backend;
  }

  publish(): void {
    this.backend?.publish({ kind: 'changed', rev: 1, area: 'messages', ids: [ME] });
  }

  report(state: string): SessionReport {
    const causes: Record<string, [string, string]> = {
      offline: ['timeout', 'no answer in time'],
      auth_failed: ['not_authorized', 'sign-in refused: not-authorized'],
      cert_problem: [
        'certificate',
        `the certificate is not taken: unknown_issuer; CN=chat.example.com, for chat.example.com, SHA-256 ${FINGERPRINT}`,
      ],
      sso_unsupported: ['plain_only', 'the server takes the password only as it is (PLAIN)'],
      conflict: ['conflict', 'ended by the server: conflict'],
    };
    const [cause, detail] = causes[state] ?? [null, ''];
    return {
      state: (state === 'empty' ? 'live' : state) as SessionState,
      node: 'chat.example.com',
      switched: false,
      transport: 'starttls',
      detail,
      cause,
      retry_at: state === 'offline' ? this.now + 42_000 : null,
      since: this.now - 5000,
      features: ['smacks', 'carbons', 'mam'],
      clock_offset_ms: 0,
    };
  }

  /** Somebody writes. */
  heard(name: string, text: string): void {
    this.add({ peer: `${name}@chat.example.com`, ours: false, text, at: Date.now(), unread: true });
    this.publish();
  }

  /** How the session is from now on. */
  turn(state: string): void {
    if (this.account)
      this.account = { ...this.account, session: { ...this.report(state), since: Date.now() + this.next++ } };
    this.publish();
  }

  add(of: Pick<MessageRow, 'peer' | 'ours' | 'text' | 'at'> & Partial<MessageRow>): MessageRow {
    const row: MessageRow = {
      id: this.next++,
      state: null,
      failure: null,
      detail: null,
      again_at: null,
      unread: false,
      ...of,
    };
    this.rows.push(row);
    return row;
  }

  of(peer: string): MessageRow[] {
    return this.rows.filter((row) => row.peer === peer).sort((a, b) => b.at - a.at || b.id - a.id);
  }

  overview(): MessagesOverview {
    const peers = [...new Set(this.rows.map((row) => row.peer))];
    const conversations = peers
      .flatMap((peer) => {
        const [last] = this.of(peer);
        const known = this.contacts.find((row) => row.address === peer);
        const unread = this.of(peer).filter((row) => row.unread).length;
        return last ? [{ peer, name: known?.name ?? '', person: known?.person ?? null, last, unread }] : [];
      })
      .sort((a, b) => b.last.at - a.last.at);
    const live = this.account?.session?.state === 'live';
    return {
      connected: this.connected,
      me: ME,
      account: this.account,
      unread: conversations.reduce((sum, row) => sum + row.unread, 0),
      contacts: this.account ? this.contacts.map((row) => (live ? row : { ...row, presence: null })) : [],
      conversations,
      questions: this.questions,
    };
  }

  change(id: number, patch: Partial<MessageRow>): MessageRow {
    const row = this.rows.find((each) => each.id === id);
    if (!row) throw new ApiError('not_found', 'no such message');
    Object.assign(row, patch);
    return { ...row };
  }
}

export function messagesAnswers(messages: PreviewMessages): Answers {
  return {
    'messages.overview': () => messages.overview(),
    'messages.list': ({ peer, before, limit }) => {
      const rows = messages
        .of(peer)
        .filter((row) => !before || row.at < before.at || (row.at === before.at && row.id < before.id));
      const page = rows.slice(0, limit).map((row) => ({ ...row }));
      const last = page.at(-1);
      return { rows: page, next: rows.length > limit && last ? { at: last.at, id: last.id } : null };
    },
    'messages.write': ({ peer, text }) => {
      if (!messages.account) throw new ApiError('conflict', 'connect an account of your own first');
      const row = messages.add({ peer, ours: true, text, at: Date.now(), state: 'queued' });
      queueMicrotask(() => messages.publish());
      return { ...row };
    },
    'messages.seen': ({ peer, upto }) => {
      const at = messages.rows.find((row) => row.id === upto)?.at ?? 0;
      for (const row of messages.of(peer)) if (row.at <= at) row.unread = false;
      queueMicrotask(() => messages.publish());
      return { unread: messages.overview().unread };
    },
    'messages.send_again': ({ id }) =>
      messages.change(id, { state: 'queued', failure: null, detail: null, again_at: null }),
    'messages.answer_subscription': ({ peer }) => {
      messages.questions = messages.questions.map((each) =>
        each.address === peer ? { ...each, answering: true } : each,
      );
      return messages.overview();
    },
    'messages.connect': ({ address }) => {
      messages.account = { address, since: Date.now(), session: null };
      return messages.account;
    },
    'messages.disconnect': () => {
      messages.account = null;
      return {};
    },
    'messages.try_again': () => ({ taken: true }),
    'notices.messenger': () => ({
      own: messages.own,
      address: messages.own,
      connected: messages.connected,
      session: messages.connected ? messages.report('live') : null,
    }),
  };
}
