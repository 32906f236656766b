// Sentences of notices about messages, and how many wait. What was said is shown as plain text.
import { number } from '../format';
import { enForm, ruForm } from '../plural';
import type { NoticeParts } from './ticketNotices';

type Values = Record<string, unknown>;

const text = (values: Values, name: string): string | null => {
  const value = Object.hasOwn(values, name) ? values[name] : null;
  return typeof value === 'string' && value.trim() !== '' ? value : null;
};
/** The name of the other side, else its address. */
export const nameOfPeer = (values: Values): string | null => text(values, 'name') ?? text(values, 'peer');

interface Words {
  heard: (name: string) => string;
  undelivered: (name: string) => string;
  undeliveredLine: string;
}

const ru: Words = {
  heard: (name) => `Вам пишет ${name}`,
  undelivered: (name) => `Копии уведомлений не доходят: ${name}`,
  undeliveredLine: 'Проверьте адрес человека в мессенджере. Само уведомление осталось в Пульте',
};

const en: Words = {
  heard: (name) => `${name} writes to you`,
  undelivered: (name) => `Duplicates of notices do not arrive: ${name}`,
  undeliveredLine: 'Check the person’s address in the messenger. The notice itself is in Pult',
};

const table = (words: Words): Record<string, (values: Values) => NoticeParts> => ({
  'messages.heard': (values) => {
    const quote = text(values, 'text');
    return { title: words.heard(nameOfPeer(values) ?? '—'), lines: [], ...(quote === null ? {} : { quote }) };
  },
  'messages.undelivered': (values) => ({
    title: words.undelivered(nameOfPeer(values) ?? '—'),
    lines: [words.undeliveredLine],
  }),
});

export const messageNotices = { ru: table(ru), en: table(en) };

/** How many messages nobody has read. */
export const unread = {
  ru: (n: number) =>
    `${number(n, 'ru')} ${ruForm(n, 'непрочитанное сообщение', 'непрочитанных сообщения', 'непрочитанных сообщений')}`,
  en: (n: number) => `${number(n, 'en')} unread ${enForm(n, 'message', 'messages')}`,
};
