// Sentences of notices about tickets: a title, what happened, and what was said. What was said is shown as plain text.
import { number } from '../format';
import { reasonInRussian } from './reasons';

type Values = Record<string, unknown>;

/** A notice in parts. */
export interface NoticeParts {
  title: string;
  lines: string[];
  /** Somebody's own words. */
  quote?: string;
}

const text = (values: Values, name: string): string | null => {
  const value = Object.hasOwn(values, name) ? values[name] : null;
  return typeof value === 'string' && value.trim() !== '' ? value : typeof value === 'number' ? String(value) : null;
};
const or = (values: Values, name: string) => text(values, name) ?? '—';
const yes = (values: Values, name: string) => Object.hasOwn(values, name) && values[name] === true;

/** The parts of a ticket that a change may touch; a file is called by its own name. */
export const ticketParts: Record<'ru' | 'en', Record<string, string>> = {
  ru: {
    status: 'статус',
    priority: 'приоритет',
    assignee: 'исполнитель',
    note: 'комментарий',
    watch: 'наблюдение',
    files: 'файлы',
  },
  en: {
    status: 'status',
    priority: 'priority',
    assignee: 'assignee',
    note: 'comment',
    watch: 'watching',
    files: 'files',
  },
};

interface Words {
  status: (n: string) => string;
  comment: (n: string) => string;
  assignee: (n: string) => string;
  created: (n: string) => string;
  gone: (n: string) => string;
  many: string;
  notChanged: (n: string) => string;
  notMade: string;
  partly: (n: string) => string;
  statusLine: (from: string, to: string) => string;
  assigneeLine: (from: string, to: string) => string;
  commentLine: (by: string) => string;
  privateLine: (by: string) => string;
  createdLine: (by: string) => string;
  nobody: string;
  goneLine: string;
  manyLine: string;
  troubles: Record<string, (detail: string) => string>;
  parts: Record<string, string>;
}

const ru: Words = {
  parts: ticketParts.ru,
  status: (n) => `Изменение статуса заявки #${n}`,
  comment: (n) => `Новый комментарий к заявке #${n}`,
  assignee: (n) => `Новый исполнитель заявки #${n}`,
  created: (n) => `Новая заявка #${n}`,
  gone: (n) => `Заявка #${n} больше не видна`,
  many: 'Заявки изменились',
  notChanged: (n) => `Заявка #${n} не изменена`,
  notMade: 'Заявка не создана',
  partly: (n) => `Заявка #${n} изменена не полностью`,
  statusLine: (from, to) => `Статус изменился с '${from}' на '${to}'`,
  assigneeLine: (from, to) => `Исполнитель изменился с '${from}' на '${to}'`,
  commentLine: (by) => `Добавлен комментарий от '${by}'`,
  privateLine: (by) => `Добавлен закрытый комментарий от '${by}'`,
  createdLine: (by) => `Автор: ${by}`,
  nobody: 'никто',
  goneLine: 'Её удалили, перенесли или закрыли к ней доступ',
  manyLine: 'Пока связи с трекером не было, изменений накопилось много. Откройте список заявок',
  troubles: {
    left: (detail) => `Трекер оставил без изменения: ${detail}`,
    conflict: (detail) => `Кто-то успел раньше: ${detail}. Ничего не записано`,
    refused: (detail) => `Трекер отказал: ${reasonInRussian(detail)}`,
    rights: (detail) => `Не хватает прав: ${reasonInRussian(detail)}`,
    gone: () => 'Заявки нет или она не видна',
    too_late: () => 'Не успели: трекер не ответил вовремя',
  },
};

const en: Words = {
  parts: ticketParts.en,
  status: (n) => `Status of ticket #${n} changed`,
  comment: (n) => `New comment on ticket #${n}`,
  assignee: (n) => `New assignee of ticket #${n}`,
  created: (n) => `New ticket #${n}`,
  gone: (n) => `Ticket #${n} can no longer be seen`,
  many: 'Tickets changed',
  notChanged: (n) => `Ticket #${n} was not changed`,
  notMade: 'The ticket was not created',
  partly: (n) => `Ticket #${n} was changed only in part`,
  statusLine: (from, to) => `The status changed from '${from}' to '${to}'`,
  assigneeLine: (from, to) => `The assignee changed from '${from}' to '${to}'`,
  commentLine: (by) => `'${by}' added a comment`,
  privateLine: (by) => `'${by}' added a private comment`,
  createdLine: (by) => `Author: ${by}`,
  nobody: 'nobody',
  goneLine: 'It was deleted or moved, or access to it was closed',
  manyLine: 'Much has changed while the tracker could not be reached. Open the list of tickets',
  troubles: {
    left: (detail) => `The tracker left unchanged: ${detail}`,
    conflict: (detail) => `Somebody was first: ${detail}. Nothing was written`,
    refused: (detail) => `The tracker refused: ${detail}`,
    rights: (detail) => `A right is missing: ${detail}`,
    gone: () => 'The ticket is not there, or cannot be seen',
    too_late: () => 'Too late: the tracker did not answer in time',
  },
};

/** The trouble of a change that was not made, in words; one of a newer engine has none. */
function troubleLine(words: Words, values: Values): string[] {
  const trouble = values.trouble as { trouble?: unknown; detail?: unknown; parts?: unknown; fields?: unknown } | null;
  const kind = typeof trouble?.trouble === 'string' ? trouble.trouble : '';
  const say = Object.hasOwn(words.troubles, kind) ? words.troubles[kind] : undefined;
  const list = [trouble?.parts, trouble?.fields].find(Array.isArray);
  const detail = list
    ? list.map((part) => words.parts[String(part)] ?? String(part)).join(', ')
    : typeof trouble?.detail === 'string'
      ? trouble.detail
      : '—';
  return say ? [say(detail)] : [];
}

function entry(words: Words, values: Values): NoticeParts {
  const n = or(values, 'ticket');
  const lines: string[] = [];
  const person = (name: string) => text(values, name) ?? words.nobody;
  if (yes(values, 'status')) lines.push(words.statusLine(or(values, 'old_status'), or(values, 'new_status')));
  if (yes(values, 'assigned')) lines.push(words.assigneeLine(person('old_assignee'), person('new_assignee')));
  if (yes(values, 'commented'))
    lines.push((yes(values, 'private') ? words.privateLine : words.commentLine)(or(values, 'by')));
  const title = yes(values, 'status') ? words.status : yes(values, 'commented') ? words.comment : words.assignee;
  const quote = text(values, 'comment');
  return { title: title(n), lines, ...(quote === null ? {} : { quote }) };
}

type Say = (words: Words, values: Values) => NoticeParts;
const says: Record<string, Say> = {
  'tickets.entry': entry,
  'tickets.created': (words, values) => ({
    title: words.created(or(values, 'ticket')),
    lines: text(values, 'by') === null ? [] : [words.createdLine(or(values, 'by'))],
  }),
  'tickets.status_now': (words, values) => ({
    title: words.status(or(values, 'ticket')),
    lines: [words.statusLine(or(values, 'old_status'), or(values, 'new_status'))],
  }),
  'tickets.many': (words) => ({ title: words.many, lines: [words.manyLine] }),
  'tickets.gone': (words, values) => ({ title: words.gone(or(values, 'ticket')), lines: [words.goneLine] }),
  'tickets.not_changed': (words, values) => {
    const n = text(values, 'ticket');
    const title = n === null ? words.notMade : values.state === 'partly' ? words.partly(n) : words.notChanged(n);
    return { title, lines: troubleLine(words, values) };
  },
};

const table = (words: Words) =>
  Object.fromEntries(
    Object.entries(says).map(([code, say]) => [code, (values: Values): NoticeParts => say(words, values)]),
  );

export const ticketNotices = { ru: table(ru), en: table(en) };

/** `#4312 Не печатает касса`, or whatever of it is known. */
export function ticketTitle(values: Values): string | null {
  const [n, subject] = [text(values, 'ticket'), text(values, 'subject')];
  return n === null ? subject : [`#${n}`, subject].filter(Boolean).join(' ');
}

/** A count as the badge has it: exact to 99, `99+` above. */
export const badge = (count: number, language: 'ru' | 'en') => (count > 99 ? '99+' : number(count, language));
