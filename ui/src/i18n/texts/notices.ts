// Words of the notices: the bell, its list, and a sentence for every code. A code without a sentence is shown as it is.
// Sentences of an area that has many words of its own stand with those.
import { number } from '../format';
import { enForm, ruForm } from '../plural';
import { carousel, importTrouble } from './carousel';
import { chatLink, reasonText } from './chatLink';
import { erp } from './erp';
import { floor } from './floor';
import { messageNotices } from './messageNotices';
import { networkNotices } from './networkNotices';
import { terms, termOf } from './terms';
import { ticketNotices, type NoticeParts } from './ticketNotices';
import { reasonInRussian } from './reasons';

type Values = Record<string, string | number | boolean | null>;
/** A sentence, or a title with what happened below it. */
type Sentence = (values: Values) => string | NoticeParts;

const text = (values: Values, name: string) => String((Object.hasOwn(values, name) ? values[name] : null) ?? '—');
const amount = (values: Values, name: string) => Number((Object.hasOwn(values, name) ? values[name] : null) ?? 0);
/** The issue's title and its author, as far as they are known. */
const about = (values: Values, language: 'ru' | 'en') => {
  const title = text(values, 'title');
  const name = text(values, 'name');
  const quoted = language === 'ru' ? `«${title}»` : `“${title}”`;
  const known = [title === '—' || title === '' ? '' : quoted, name === '—' ? '' : name].filter(Boolean);
  return known.length > 0 ? `: ${known.join(', ')}` : '';
};

/** The word of a state for people; one nobody has a word for is shown as it came. */
export function stateName(table: typeof floor.ru, word: string): string {
  const marks: Record<string, string> = {
    reserved: table.marks.ringing,
    reserved_outbound: table.marks.outbound,
    reserved_preview: table.marks.outbound,
    hold: table.marks.hold,
    wrap_up_ready: table.groups.wrap_up,
    signing_in: table.groups.not_ready,
    ...table.groups,
  };
  return (Object.hasOwn(marks, word) && marks[word]) || word;
}

/** What has become of a document; a word of a newer engine reads as the gravest. */
const documentText = (table: typeof erp.ru.notice, values: Values) => {
  const state = text(values, 'state');
  const word = Object.hasOwn(table, state) ? (state as keyof typeof table) : 'error';
  return table[word](text(values, 'number'));
};

/** Sentences of the carousel. */
const ofCarousel = (table: typeof carousel.ru): Record<string, Sentence> => ({
  'carousel.nobody': (v) => table.notices.nobody(text(v, 'service')),
  'carousel.parked': (v) => table.notices.parked(text(v, 'ticket'), text(v, 'service')),
  'carousel.service_refused': (v) => table.notices.service_refused(text(v, 'service'), table.said(text(v, 'detail'))),
  'carousel.refused': (v) =>
    table.notices.refused(text(v, 'person'), text(v, 'service'), table.said(text(v, 'detail'))),
  'carousel.import_failed': (v) => table.notices.import_failed(importTrouble(table, text(v, 'detail'))),
});

/** Sentences of conversations and issues. */
const ofChatLink = (table: typeof chatLink.ru, language: 'ru' | 'en'): Record<string, Sentence> => {
  const quoted = (v: Values) => about({ title: v.summary ?? null }, language).replace(/^:/, '');
  const after = (v: Values, name: string) =>
    text(v, name) === '—' || text(v, name) === '' ? '' : `, ${text(v, name)}`;
  const reason = (v: Values) => reasonText(table, text(v, 'detail'));
  return {
    'chat_link.echo': (v) => table.notices.echo(text(v, 'issue'), quoted(v)),
    'chat_link.storm': (v) => table.notices.storm(text(v, 'issue'), quoted(v)),
    'chat_link.chat_gone': (v) => table.notices.chat_gone(text(v, 'issue'), quoted(v)),
    'chat_link.issue_gone': (v) => table.notices.issue_gone(text(v, 'issue'), quoted(v)),
    'chat_link.barred': (v) =>
      text(v, 'side') === 'tracker'
        ? table.notices.barred.tracker(reason(v))
        : table.notices.barred.chat(text(v, 'chat'), reason(v)),
    'chat_link.request_failed': (v) => table.notices.request_failed(quoted(v), after(v, 'name'), reason(v)),
    'chat_link.not_copied': (v) => table.notices.not_copied(text(v, 'issue'), after(v, 'author'), reason(v)),
    'chat_link.not_linked': (v) => table.notices.not_linked(text(v, 'issue'), reason(v)),
    'chat_link.comments_not_read': (v) => table.notices.comments_not_read(text(v, 'issue'), quoted(v), reason(v)),
    'chat_link.unplaced': (v) => table.notices.unplaced(reason(v)),
    'chat_link.fields': (v) => table.notices.fields(text(v, 'fields')),
  };
};

/** Why there is no backup. What a database or a system says in words nobody has translated stands under a sentence of ours. */
function backupFault(detail: string): string[] {
  const said = reasonInRussian(detail);
  if (detail === '' || /[а-яё]/i.test(said)) return [said];
  return ['База данных или диск не дали её сделать. Освободите место и проверьте диск.', `Подробности: ${said}`];
}

const troubles = {
  ru: {
    unreachable: (name: string) => `Нет связи с системой: ${name}`,
    refused: (name: string) => `${name}: вход отклонён, проверьте пароль или ключ`,
    newsUnreachable: (name: string) => `${name}: новости не читаются, нет связи`,
    newsRefused: (name: string) => `${name}: читать новости не дают, проверьте пароль или ключ`,
    noBackup: (detail: string) => ({ title: 'Резервная копия не сделана', lines: backupFault(detail) }),
    damaged: (command: string) => ({
      title: 'База данных повреждена',
      lines: [`Остановите Пульт и верните последнюю копию: ${command}`],
    }),
    dead: (count: number, name: string, what: string) =>
      `${name}: ${ruForm(count, 'не ушёл', 'не ушли', 'не ушло')} ${number(count, 'ru')} ${ruForm(count, 'вызов', 'вызова', 'вызовов')}, ${what}`,
    recovered: (what: string | null, minutes: number) =>
      `Снова в порядке через ${number(minutes, 'ru')} мин${what === null ? '' : `: ${what}`}`,
  },
  en: {
    unreachable: (name: string) => `A system is out of reach: ${name}`,
    refused: (name: string) => `${name}: sign-in refused, check the password or the key`,
    newsUnreachable: (name: string) => `${name}: news cannot be read, out of reach`,
    newsRefused: (name: string) => `${name}: reading the news is refused, check the password or the key`,
    noBackup: (detail: string) => ({ title: 'No backup could be made', lines: [detail] }),
    damaged: (command: string) => ({
      title: 'The database is damaged',
      lines: [`Stop Pult and restore the latest backup: ${command}`],
    }),
    dead: (count: number, name: string, what: string) =>
      `${name}: ${number(count, 'en')} ${enForm(count, 'call', 'calls')} given up, ${what}`,
    recovered: (what: string | null, minutes: number) =>
      `All right again after ${number(minutes, 'en')} min${what === null ? '' : `: ${what}`}`,
  },
};

/** Sentences of connections: systems out of reach, calls given up, and the end of an incident. */
const ofTroubles = (
  names: typeof terms.ru,
  words: typeof troubles.ru,
  all: () => Record<string, Sentence>,
): Record<string, Sentence> => ({
  // The two ways to a system may be in trouble at once: they are told apart.
  'source.unreachable': (v) =>
    (v.way === 'news' ? words.newsUnreachable : words.unreachable)(termOf(names.integrations, text(v, 'source'))),
  'source.refused': (v) =>
    (v.way === 'news' ? words.newsRefused : words.refused)(termOf(names.integrations, text(v, 'source'))),
  'backup.failed': (v) => words.noBackup(text(v, 'detail')),
  'database.damaged': (v) => words.damaged(text(v, 'command')),
  'deliveries.dead': (v) =>
    words.dead(
      amount(v, 'count'),
      termOf(names.integrations, text(v, 'source')),
      termOf(names.effects, text(v, 'kind')),
    ),
  'incident.recovered': (v) => {
    const was = text(v, 'was');
    const known = was !== 'incident.recovered' && Object.hasOwn(all(), was) ? all()[was] : undefined;
    const said = known?.(v);
    const what = said === undefined ? null : typeof said === 'string' ? said : said.title;
    return words.recovered(what, amount(v, 'minutes'));
  },
});
const ruSentences: Record<string, Sentence> = {
  ...ofTroubles(terms.ru, troubles.ru, () => ruSentences),
  ...ticketNotices.ru,
  ...messageNotices.ru,
  ...networkNotices.ru,
  ...ofCarousel(carousel.ru),
  ...ofChatLink(chatLink.ru, 'ru'),
  'floor.too_long': (v) => {
    const minutes = amount(v, 'minutes');
    const length = `${number(minutes, 'ru')} ${ruForm(minutes, 'минуты', 'минут', 'минут')}`;
    return `${text(v, 'operator')}: «${stateName(floor.ru, text(v, 'state'))}» дольше ${length}`;
  },
  'ratings.bad': (v) => `Плохая оценка заявки № ${text(v, 'issue')}${about(v, 'ru')}`,
  'ratings.refused': (v) => `Служба заявок не приняла оценку заявки № ${text(v, 'issue')}${about(v, 'ru')}`,
  'erp.document': (v) => documentText(erp.ru.notice, v),
  'sign_in.token': (v) =>
    `ERP не знает токена Пульта (${reasonInRussian(text(v, 'detail'))}): пароли людей не проверить`,
  'sign_in.setup': (v) => `Проверка паролей в ERP настроена неверно (${reasonInRussian(text(v, 'detail'))})`,
  'sign_in.answer': (v) => `ERP отвечает о паролях не то, что нужно (${reasonInRussian(text(v, 'detail'))})`,
  'sign_in.away': (v) => `ERP не отвечает (${reasonInRussian(text(v, 'detail'))}): люди входят по прежней проверке`,
  'floor.source_lost': (v) => {
    const teams = amount(v, 'teams');
    return `Операторов не слышно: без наблюдения ${number(teams, 'ru')} ${ruForm(teams, 'команда', 'команды', 'команд')}`;
  },
};

const enSentences: Record<string, Sentence> = {
  ...ofTroubles(terms.en, troubles.en, () => enSentences),
  ...ticketNotices.en,
  ...messageNotices.en,
  ...networkNotices.en,
  ...ofCarousel(carousel.en),
  ...ofChatLink(chatLink.en, 'en'),
  'floor.too_long': (v) => {
    const minutes = amount(v, 'minutes');
    const length = `${number(minutes, 'en')} ${enForm(minutes, 'minute', 'minutes')}`;
    return `${text(v, 'operator')}: “${stateName(floor.en, text(v, 'state'))}” for more than ${length}`;
  },
  'ratings.bad': (v) => `Bad rating of issue no. ${text(v, 'issue')}${about(v, 'en')}`,
  'ratings.refused': (v) =>
    `The service desk did not take the rating of issue no. ${text(v, 'issue')}${about(v, 'en')}`,
  'erp.document': (v) => documentText(erp.en.notice, v),
  'sign_in.token': (v) => `The ERP does not know Pult’s token (${text(v, 'detail')}): passwords cannot be checked`,
  'sign_in.setup': (v) => `Checking passwords with the ERP is set up wrongly (${text(v, 'detail')})`,
  'sign_in.answer': (v) => `What the ERP says of passwords is no answer (${text(v, 'detail')})`,
  'sign_in.away': (v) => `The ERP does not answer (${text(v, 'detail')}): people come in by an earlier check`,
  'floor.source_lost': (v) => {
    const teams = amount(v, 'teams');
    return `Operators are not heard: ${number(teams, 'en')} ${enForm(teams, 'team', 'teams')} not watched`;
  },
};

const ru = {
  bell: 'Уведомления',
  unread: (n: number) => `${number(n, 'ru')} ${ruForm(n, 'непрочитанное', 'непрочитанных', 'непрочитанных')}`,
  none: 'Уведомлений нет.',
  failed: 'Уведомления не прочитаны.',
  markAll: 'Прочитать все',
  mark: 'Прочитано',
  clear: 'Очистить',
  toInbox: 'Все уведомления',
  settings: 'Настроить',
  marked: (n: number) =>
    `${ruForm(n, 'Прочитано', 'Прочитаны', 'Прочитано')} ${number(n, 'ru')} ${ruForm(n, 'уведомление', 'уведомления', 'уведомлений')}`,
  undo: 'Вернуть',
  over: 'закончилось',
  times: (n: number) => `×${number(n, 'ru')}`,
  levels: { info: 'к сведению', warning: 'внимание', critical: 'тревога' },
  sentences: ruSentences,
};

const en: typeof ru = {
  bell: 'Notices',
  unread: (n) => `${number(n, 'en')} unread`,
  none: 'No notices.',
  failed: 'The notices were not read.',
  markAll: 'Mark all read',
  mark: 'Mark read',
  clear: 'Clear',
  toInbox: 'All notices',
  settings: 'Settings',
  marked: (n) => `${number(n, 'en')} ${enForm(n, 'notice', 'notices')} marked read`,
  undo: 'Undo',
  over: 'over',
  times: (n) => `×${number(n, 'en')}`,
  levels: { info: 'for information', warning: 'attention', critical: 'alarm' },
  sentences: enSentences,
};

export const notices = { ru, en };

/** A notice in parts: most are a title and nothing else. */
export function noticeParts(table: typeof ru, code: string, values: Values): NoticeParts {
  const found = Object.hasOwn(table.sentences, code) ? table.sentences[code] : undefined;
  const said = found ? found(values) : code;
  return typeof said === 'string' ? { title: said, lines: [] } : said;
}

/** A notice in one line. */
export function noticeText(table: typeof ru, code: string, values: Values): string {
  const { title, lines } = noticeParts(table, code, values);
  return [title, ...lines].join('. ');
}
