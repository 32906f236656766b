import { expect, test } from 'vitest';
import type { NoticeRow } from '../../bindings/NoticeRow';
import { noticeParts, noticeText, notices } from '../../i18n/texts/notices';
import { badge, ticketTitle } from '../../i18n/texts/ticketNotices';
import { i18n } from '../../i18n/index.svelte';
import { inbox as inboxTexts } from '../../i18n/texts/inbox';
import { gather } from './groups';
import { reasonText } from './marks';
import { snoozes } from './times';

const row = (id: number, subject: string): NoticeRow => ({
  id,
  class: 'ticket',
  level: 'info',
  subject,
  code: 'tickets.entry',
  values: {},
  decision: null,
  raised_at: 0,
  updated_at: 0,
  cleared_at: null,
  times: 1,
  everyone: false,
  why: 'assignee',
  read: false,
  done: false,
  snoozed_until: null,
  muted: false,
  part_of: null,
});

test('notices gather by subject, each where its newest one stands, over pages as well', () => {
  const rows = [row(9, 'ticket:1'), row(8, 'ticket:2'), row(7, 'ticket:1'), row(2, 'ticket:2')];
  const groups = gather(rows, [
    { subject: 'ticket:1', count: 5, unread: 2 },
    { subject: 'ticket:2', count: 2, unread: 0 },
  ]);
  expect(groups.map(({ subject, rows, total }) => [subject, rows.map(({ id }) => id), total])).toEqual([
    ['ticket:1', [9, 7], 5],
    ['ticket:2', [8, 2], 2],
  ]);
});

test('what can be put off until goes by the reader’s zone and week', () => {
  const names = (now: string, zone: string) =>
    snoozes(new Date(now), zone).map(({ name, at }) => `${name} ${new Date(at).toISOString().slice(0, 16)}`);
  // A Thursday morning in Moscow.
  expect(names('2026-11-05T07:00:00Z', 'Europe/Moscow')).toEqual([
    'hour 2026-11-05T08:00',
    'evening 2026-11-05T15:00',
    'tomorrow 2026-11-06T06:00',
    'monday 2026-11-09T06:00',
  ]);
  // On a Sunday night tomorrow is Monday, and the evening is over.
  expect(names('2026-11-08T19:30:00Z', 'Europe/Moscow').map((each) => each.split(' ')[0])).toEqual([
    'hour',
    'tomorrow',
  ]);
  // On a Monday the next one is a week away.
  expect(names('2026-11-09T07:00:00Z', 'UTC').at(-1)).toBe('monday 2026-11-16T09:00');
});

const entry = { ticket: 4312, subject: 'Не печатает касса', by: 'Анна Серова' };

test('a change of status and a comment read as they always have', () => {
  const changed = { ...entry, status: true, old_status: 'Новая', new_status: 'В работе', commented: false };
  expect(noticeParts(notices.ru, 'tickets.entry', changed)).toEqual({
    title: 'Изменение статуса заявки #4312',
    lines: ["Статус изменился с 'Новая' на 'В работе'"],
  });
  const said = { ...entry, status: false, commented: true, comment: '<script>alert(1)</script>', private: false };
  expect(noticeParts(notices.ru, 'tickets.entry', said)).toEqual({
    title: 'Новый комментарий к заявке #4312',
    lines: ["Добавлен комментарий от 'Анна Серова'"],
    quote: '<script>alert(1)</script>',
  });
  const secret = { ...said, comment: null, private: true };
  expect(noticeParts(notices.ru, 'tickets.entry', secret)).toEqual({
    title: 'Новый комментарий к заявке #4312',
    lines: ["Добавлен закрытый комментарий от 'Анна Серова'"],
  });
  const given = { ...entry, assigned: true, old_assignee: null, new_assignee: 'Борис' };
  expect(noticeText(notices.en, 'tickets.entry', given)).toBe(
    "New assignee of ticket #4312. The assignee changed from 'nobody' to 'Борис'",
  );
});

test('a change that was not made says why', () => {
  // The engine's values hold an object here.
  const values = { ...entry, state: 'failed', trouble: { trouble: 'rights', detail: 'Forbidden' } } as never;
  expect(noticeText(notices.ru, 'tickets.not_changed', values)).toBe(
    'Заявка #4312 не изменена. Не хватает прав: Forbidden',
  );
  const fresh = { ticket: null, subject: 'Нет связи', state: 'failed', trouble: { trouble: 'too_late' } } as never;
  expect(noticeText(notices.ru, 'tickets.not_changed', fresh)).toBe(
    'Заявка не создана. Не успели: трекер не ответил вовремя',
  );
  const left = { ...entry, state: 'partly', trouble: { trouble: 'left', parts: ['status'] } } as never;
  expect(noticeText(notices.en, 'tickets.not_changed', left)).toBe(
    'Ticket #4312 was changed only in part. The tracker left unchanged: status',
  );
});

test('a ticket is named by number and subject, and the badge is exact to 99', () => {
  expect(ticketTitle(entry)).toBe('#4312 Не печатает касса');
  expect(ticketTitle({})).toBeNull();
  expect([badge(99, 'ru'), badge(100, 'ru'), badge(1000, 'en')]).toEqual(['99', '99+', '99+']);
});

test('a message is told by who wrote, and what they wrote stays plain text', () => {
  const values = { peer: 'm.orlova@example.com', name: 'Мария Орлова', text: '<b>Добрый день</b>', times: 2 };
  expect(noticeParts(notices.ru, 'messages.heard', values)).toEqual({
    title: 'Вам пишет Мария Орлова',
    lines: [],
    quote: '<b>Добрый день</b>',
  });
  expect(noticeText(notices.en, 'messages.heard', { ...values, name: '' })).toBe('m.orlova@example.com writes to you');
  expect(noticeText(notices.ru, 'messages.undelivered', values)).toContain('не доходят: Мария Орлова');
});

test('every reason has a sentence, and one of a newer engine is named', () => {
  const t = i18n.of(inboxTexts);
  expect(reasonText(t, row(1, 'ticket:1'))).toBe('Вы исполнитель этой заявки.');
  expect(reasonText(t, { why: null, everyone: true })).toBe(t.everybody);
  expect(reasonText(t, { why: 'newer', everyone: false })).toContain('newer');
});
