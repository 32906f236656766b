import { expect, test } from 'vitest';
import type { ContactRow } from '../../../bindings/ContactRow';
import type { MessageRow } from '../../../bindings/MessageRow';
import type { MessagesOverview } from '../../../bindings/MessagesOverview';
import type { OperatorRow } from '../../../bindings/OperatorRow';
import type { SessionReport } from '../../../bindings/SessionReport';
import { messages } from '../../../i18n/texts/messages';
import { addressOf } from '../..';
import { byDays, firstUnread } from './days';
import { draftOf, keepDraft } from './drafts';
import { addressOfOperator, nameOf, readAddress, toWriteTo, withColleagues } from './people';
import { causeWords, fingerprintOf, isStopped, standingOf, whyNot } from './standing';

const row = (id: number, at: string, ours: boolean, more: Partial<MessageRow> = {}): MessageRow => ({
  id,
  peer: 'm.orlova@example.com',
  ours,
  text: 'x',
  at: Date.parse(at),
  state: null,
  failure: null,
  detail: null,
  again_at: null,
  unread: false,
  ...more,
});

const report = (of: Partial<SessionReport>): SessionReport => ({
  state: 'live',
  node: null,
  switched: false,
  transport: null,
  detail: '',
  cause: null,
  retry_at: null,
  since: 0,
  features: [],
  clock_offset_ms: 0,
  ...of,
});

const contact = (address: string, name: string, login: string | null = null): ContactRow => ({
  address,
  name,
  subscription: 'both',
  presence: null,
  person: login === null ? null : { login, full_name: `${name} (Пульт)` },
});

const overview = (of: Partial<MessagesOverview>): MessagesOverview => ({
  connected: true,
  me: 7,
  account: { address: 'me@example.com', since: 0, session: report({}) },
  unread: 0,
  contacts: [],
  conversations: [],
  questions: [],
  ...of,
});

test('a conversation reads from its oldest message, by days of the reader’s zone, in runs of one side', () => {
  const rows = [
    row(5, '2026-11-05T21:10:00Z', true),
    row(4, '2026-11-05T20:40:00Z', false),
    row(3, '2026-11-05T20:30:00Z', false),
    row(2, '2026-11-05T20:29:00Z', false),
    row(1, '2026-11-05T20:28:00Z', true),
  ];
  const shown = byDays(rows, 'Europe/Moscow').map(({ day, said }) => [
    day,
    said.map(({ row, first }) => [row.id, first]),
  ]);
  expect(shown).toEqual([
    [
      '2026-11-05',
      [
        [1, true],
        [2, true],
        [3, false],
        [4, true],
      ],
    ],
    ['2026-11-06', [[5, true]]],
  ]);
  expect(byDays(rows, 'UTC')).toHaveLength(1);
});

test('new ones begin at the earliest that is not read', () => {
  const unread = { unread: true };
  expect(
    firstUnread([row(3, '2026-11-05T03:00:00Z', false, unread), row(2, '2026-11-05T02:00:00Z', false, unread)]),
  ).toBe(2);
  expect(firstUnread([row(3, '2026-11-05T03:00:00Z', false)])).toBeNull();
});

test.each([
  [' M.Orlova@Example.com ', 'm.orlova@example.com'],
  ['m.orlova', null],
  ['a@b@c', null],
  ['a@b/phone', null],
  ['a b@example.com', null],
  ['@example.com', null],
])('what is typed as %j is the address %j', (typed, address) => expect(readAddress(typed)).toBe(address));

test('colleagues stand before other contacts, and are found by every word', () => {
  const rows = [contact('a@x.ru', 'Ян'), contact('b@x.ru', 'Борис Ким', 'b.kim'), contact('c@x.ru', 'Анна Ким')];
  expect(toWriteTo(rows, '').map((each) => each.address)).toEqual(['b@x.ru', 'c@x.ru', 'a@x.ru']);
  expect(toWriteTo(rows, 'ким а').map((each) => each.address)).toEqual(['c@x.ru']);
  expect(toWriteTo(rows, '', new Set(['b@x.ru']))).toHaveLength(2);
  expect(nameOf(undefined, 'z@x.ru')).toBe('z@x.ru');
});

test('an operator is written to by their login, by name only where nobody shares it', () => {
  const operator = { name: 'Борис Ким', login_id: '1002', login_name: 'B.Kim' } as OperatorRow;
  const named = [contact('b1@x.ru', 'Борис Ким'), contact('b2@x.ru', 'Борис Ким')];
  expect(addressOfOperator(overview({ contacts: [...named, contact('kim@x.ru', 'К', 'b.kim')] }), operator)).toBe(
    'kim@x.ru',
  );
  expect(addressOfOperator(overview({ contacts: named.slice(1) }), operator)).toBe('b2@x.ru');
  expect(addressOfOperator(overview({ contacts: named }), operator)).toBeNull();
  expect(addressOfOperator(overview({ contacts: named.slice(1), account: null }), operator)).toBeNull();
  expect(addressOfOperator(null, operator)).toBeNull();
});

test('a notice leads to its conversation, one of the engine’s own words to deliveries', () => {
  expect(addressOf('conversation:7/m.orlova@example.com')).toBe('#/inbox/messages?with=m.orlova%40example.com');
  expect(addressOf('conversation:bot/m.orlova@example.com')).toBe('#/deliveries');
});

test('what stops everything is an alarm, what passes by itself a warning', () => {
  const tones = (['auth_failed', 'cert_problem', 'offline', 'connecting', 'live'] as const).map(
    (state) => standingOf(messages.ru, report({ state })).tone,
  );
  expect(tones).toEqual(['alarm', 'alarm', 'warning', 'warning', 'good']);
  const unknown = report({ state: 'offline', cause: 'host_unknown' });
  expect([isStopped(unknown), standingOf(messages.ru, unknown).title]).toEqual([true, messages.ru.session.stopped]);
  expect(standingOf(messages.en, null).tone).toBe('warning');
});

test('why nothing can be sent stands in a sentence', () => {
  expect(whyNot(messages.ru, overview({}))).toBeNull();
  expect(whyNot(messages.ru, overview({ account: null }))).toContain('не подключена');
  const down = { address: 'me@example.com', since: 0, session: report({ state: 'offline', cause: 'timeout' }) };
  expect(whyNot(messages.ru, overview({ account: down }))).toBe('Отправить нельзя: нет связи с мессенджером.');
});

test('every cause of the contract has words, one of a newer engine is shown as it is', () => {
  const causes = ['dns', 'timeout', 'tls', 'certificate', 'no_starttls', 'plain_only', 'not_authorized'];
  const later = ['account_disabled', 'conflict', 'host_unknown', 'system_shutdown', 'reset', 'policy_violation'];
  for (const code of [...causes, ...later, 'resource_constraint', 'not_well_formed'])
    for (const table of [messages.ru, messages.en]) expect(causeWords(table, code)).not.toBe(code);
  expect([causeWords(messages.ru, 'toString'), causeWords(messages.ru, null)]).toEqual(['toString', '']);
});

test('a fingerprint is shown in pairs, and only a whole one', () => {
  const hex = '9f3c1a77d0b24e58a1c6f0e2b7d94a35c88e61f2037b9a4d5ec0718f2a6b3d41';
  expect(fingerprintOf(`the certificate is not taken: CN=x, SHA-256 ${hex}`)).toMatch(
    /^9F:3C:1A:(?:[0-9A-F]{2}:){28}41$/,
  );
  expect(fingerprintOf(`SHA-256 ${hex.slice(2)}`)).toBeNull();
});

test('a draft stays until it is empty', () => {
  keepDraft('a@x.ru', 'Добрый');
  expect(draftOf('a@x.ru')).toBe('Добрый');
  keepDraft('a@x.ru', '');
  expect(draftOf('a@x.ru')).toBe('');
});

test('colleagues stand beside contacts, each once', () => {
  const colleague = (address: string, login: string) => ({ address, person: { login, full_name: `Имя ${login}` } });
  const contacts = [contact('m@example.com', 'Мария', 'maria'), contact('k@example.com', 'Клиент')];
  const all = withColleagues(contacts, [
    colleague('m@example.com', 'maria'),
    colleague('maria@chat.example.com', 'maria'),
    colleague('b@example.com', 'boris'),
  ]);
  expect(all.map((row) => row.address)).toEqual(['m@example.com', 'k@example.com', 'b@example.com']);
  expect(toWriteTo(all, 'имя bor').map((row) => row.address)).toEqual(['b@example.com']);
});
