// Words of conversations and issues kept as one: the figures, requests, pairs, what was said in each and what became of it.
import type { ChatEvent } from '../../bindings/ChatEvent';
import type { ChatItemState } from '../../bindings/ChatItemState';
import type { ChatRequestState } from '../../bindings/ChatRequestState';
import type { ChatRequestWay } from '../../bindings/ChatRequestWay';
import type { ChatSide } from '../../bindings/ChatSide';
import type { ChatWhich } from '../../bindings/ChatWhich';
import { number } from '../format';
import { enForm, ruForm } from '../plural';
import { reasonInRussian } from './reasons';

const ruItems = (n: number) => `${number(n, 'ru')} ${ruForm(n, 'сообщение', 'сообщения', 'сообщений')}`;
const ruPairs = (n: number) => `${number(n, 'ru')} ${ruForm(n, 'пара', 'пары', 'пар')}`;
const enItems = (n: number) => `${number(n, 'en')} ${enForm(n, 'message', 'messages')}`;
const enPairs = (n: number) => `${number(n, 'en')} ${enForm(n, 'pair', 'pairs')}`;

const ru = {
  said: reasonInRussian,
  table: 'Пары: переписка и её задача',
  columns: {
    issue: 'Задача',
    summary: 'Тема',
    status: 'Статус',
    last: 'Последнее',
    at: 'Когда',
    state: 'Его копия',
    held: 'Ждут',
    failed: 'Не вышло',
    paused: 'Пауза',
    created: 'Пара с',
  },
  sides: { chat: 'мессенджер', tracker: 'трекер' } satisfies Record<ChatSide, string>,
  states: {
    finding: 'ищем задачу',
    reading: 'читаем',
    sending: 'копируем',
    done: 'скопировано',
    skipped: 'не копируется',
    held: 'ждёт',
    failed: 'не скопировано',
  } satisfies Record<ChatItemState, string>,
  requestStates: {
    opened: 'форма открыта',
    author: 'узнаём автора',
    department: 'узнаём отдел',
    creating: 'создаём задачу',
    anchoring: 'пишем в чат',
    done: 'готово',
    failed: 'не создано',
    skipped: 'это не обращение',
  } satisfies Record<ChatRequestState, string>,
  ways: { form: 'форма', message: 'сообщение в чате' } satisfies Record<ChatRequestWay, string>,
  events: { written: '', edited: 'исправлено', deleted: 'удалено' } satisfies Record<ChatEvent, string>,
  /** Why something is not copied, by the engine's code. */
  reasons: {
    echo: 'эхо: эти слова уже ходили туда и обратно',
    storm: 'слишком много за минуту',
    paused: 'пара на паузе',
    program: 'написала программа, а не человек',
    ours: 'это наша же копия',
    empty: 'нет ни текста, ни файлов',
    deleted: 'удалено раньше, чем скопировано',
    no_issue: 'задачи этой переписки нет',
    no_anchor_yet: 'ждёт первого сообщения переписки',
    no_conversation: 'у задачи ещё нет переписки',
    not_connected: 'другая сторона не подключена',
    chat_gone: 'переписки в чате больше нет',
    issue_gone: 'задачи больше нет',
  } as Record<string, string>,
  dropped: (login: string) => `не копировать: так решил(а) ${login}`,
  pausedWhy: {
    echo: 'эхо',
    storm: 'шквал сообщений',
    chat_gone: 'нет переписки',
    issue_gone: 'нет задачи',
  } as Record<string, string>,
  filters: {
    which: 'Какие пары',
    all: 'Все',
    paused: 'На паузе',
    stuck: 'С застрявшим',
    issue: 'Ключ задачи',
    clear: 'Сбросить фильтры',
  } satisfies Record<ChatWhich, string> & Record<string, string>,
  count: (n: number, more: boolean) => (more ? `${number(n, 'ru')}+ ${ruForm(n, 'пара', 'пары', 'пар')}` : ruPairs(n)),
  empty: 'Пар ещё нет: первая появится с первым обращением.',
  filtered: 'По этим фильтрам ничего нет.',
  refresh: 'Обновить',
  stale: 'Список не обновился',
  gone: 'Этой пары больше нет',
  noIssue: (key: string) => `Пары с задачей ${key} нет`,
  line: {
    title: 'Мост между мессенджером и трекером',
    pairs: 'Пары',
    paused: 'На паузе',
    held: 'Ждут',
    failed: 'Не скопированы',
    notCreated: 'Обращения не созданы',
    underWay: 'Обращения в работе',
    stale: 'Цифры не обновились',
  },
  banners: {
    none: 'Мост не подключён: нет ни мессенджера, ни трекера. Включите оба подключения, и обращения станут задачами.',
    chat: 'Мессенджер не подключён: новых сообщений не слышно, комментарии задач ждут.',
    tracker: 'Трекер не подключён: сообщения не попадают в задачи, обращения не создаются.',
    off: 'Мост выключен: начатое доводится до конца, нового не берём.',
    connect: 'Открыть подключения',
    settings: 'Настроить мост',
  },
  requests: {
    title: 'Обращения без задачи',
    none: 'Таких обращений нет.',
    nobody: 'автор ещё неизвестен',
    noSummary: 'без темы',
    pair: 'Открыть пару',
    again: {
      open: 'Повторить',
      of: (what: string) => `Повторить: ${what}`,
      title: 'Повторить обращение?',
      text: (what: string) => `«${what}»: продолжим с того места, где не вышло. Второй задачи не появится.`,
      confirm: 'Повторить обращение',
      done: 'Обращение снова в работе',
    },
  },
  detail: {
    status: 'Статус',
    over: (status: string) => `${status}, задача завершена`,
    page: 'Задача',
    chat: 'Чат',
    message: 'Первое сообщение',
    noChat: 'ещё не написано',
    since: 'Пара с',
    onlyLook: 'Останавливать и отправлять может старший смены.',
    running: 'копирование идёт',
    paused: (at: string) => `на паузе с ${at}`,
    why: {
      echo: 'Радар услышал эхо: скопированные нами слова вернулись во второй раз. Пара остановлена, ничего не потеряно.',
      storm: 'За минуту пришло столько, сколько люди не пишут. Пара остановлена, ничего не потеряно.',
      chat_gone:
        'Первого сообщения переписки или её чата для бота больше нет. Один комментарий сказан в общую ленту чата, остальные ждут здесь.',
      issue_gone: 'Трекер не знает этой задачи: её удалили или закрыли от бота. Сообщения ждут здесь.',
      person: (login: string) => `На паузу поставил(а) ${login}. Всё новое ждёт.`,
    },
    mend: 'Что сделать',
    mends: {
      echo: 'найдите бота или правило, которое повторяет наши копии, и выключите его; лишнее пометьте «Не копировать» и возобновите пару.',
      storm: 'посмотрите, кто это пишет; лишнее пометьте «Не копировать» и возобновите пару.',
      chat_gone:
        'если бота убрали из чата, верните его; возобновлённая пара скажет то, что ждёт, в общую ленту чата. Лишнее пометьте «Не копировать».',
      issue_gone: 'верните задачу или доступ бота к ней и возобновите пару; лишнее пометьте «Не копировать».',
    },
    beginning: 'Как началось',
    way: 'Откуда',
    author: 'Кто',
    login: 'Логин',
    department: 'Отдел',
    unknown: 'неизвестен',
    subcategory: 'Подкатегория',
    text: 'Что написано',
    files: 'Файлы',
    asked: 'Когда',
    noRequest: 'Обращение было не здесь: пару нашли по самой задаче.',
    lineage: 'Переписка',
    legend: 'Слева мессенджер, справа трекер, новое сверху.',
    silence: 'После начала ничего не написано.',
    older: 'Показать более ранние',
    newest: 'К самым новым',
    nobody: 'автор ещё неизвестен',
    noText: 'без текста',
    whole: 'Показать целиком',
    short: 'Свернуть',
    fileList: 'Файлы:',
    copy: (id: string) => `Копия ${id}`,
    number: (id: number) => `№ ${id}`,
    hops: (n: number) =>
      `${ruForm(n, 'прошёл', 'прошло', 'прошло')} ${number(n, 'ru')} ${ruForm(n, 'круг', 'круга', 'кругов')}`,
    echoOf: (id: number) => `эхо № ${id}`,
    decisions: 'Решения',
    decisionsNone: 'Решений ещё не было.',
    traffic: 'В обмене',
    record: (id: number) => `Запись ${id}`,
    effect: (id: number) => `Вызов ${id}`,
  },
  acts: {
    pause: {
      open: 'Приостановить',
      title: (key: string) => `Приостановить ${key}?`,
      text: 'Новое будет приходить и ждать здесь. Ничего не пропадёт, людям об этом не пишем.',
      confirm: (key: string) => `Приостановить ${key}`,
      done: (key: string) => `${key}: пара на паузе`,
    },
    resume: {
      open: 'Возобновить',
      title: (key: string) => `Возобновить ${key}?`,
      text: (n: number) =>
        n === 0
          ? 'Ничего не ждёт: копироваться будет только новое.'
          : `${ruForm(n, 'Уйдёт', 'Уйдут', 'Уйдёт')} ${ruItems(n)}, по порядку. Лишнее сначала пометьте «Не копировать».`,
      confirm: (key: string, n: number) => (n === 0 ? `Возобновить ${key}` : `Возобновить и отправить ${ruItems(n)}`),
      done: (key: string) => `${key}: копирование идёт`,
    },
    drop: {
      open: 'Не копировать',
      title: 'Не копировать это сообщение?',
      text: 'На другой стороне его не увидят. Передумать можно: сообщение останется здесь.',
      confirm: 'Не копировать',
      done: 'Сообщение не будет скопировано',
    },
    send: {
      open: 'Отправить',
      title: 'Отправить это сообщение?',
      text: {
        chat: 'Оно появится комментарием в задаче.',
        tracker: 'Оно появится в переписке задачи.',
      } satisfies Record<ChatSide, string>,
      confirm: 'Отправить сообщение',
      done: 'Сообщение отправляется',
    },
    of: (act: string, id: number) => `${act}: № ${id}`,
  },
  search: {
    title: 'Чат ↔ трекер',
    open: 'Чат ↔ трекер: пары',
    stuck: 'Чат ↔ трекер: пары с застрявшим',
  },
  notices: {
    echo: (issue: string, about: string) => `Эхо в переписке ${issue}${about}: пара остановлена`,
    storm: (issue: string, about: string) => `Шквал сообщений в ${issue}${about}: пара остановлена`,
    chat_gone: (issue: string, about: string) => `Переписки ${issue}${about} в чате больше нет: пара остановлена`,
    issue_gone: (issue: string, about: string) => `Задачи ${issue}${about} больше нет: пара остановлена`,
    barred: {
      chat: (chat: string, detail: string) =>
        `Бот не допущен в чат № ${chat}, сообщения не копируются: ${detail}. Об этом чате скажем один раз`,
      tracker: (detail: string) =>
        `Трекер не даёт писать в задачи, сообщения не копируются: ${detail}. Скажем один раз`,
    },
    request_failed: (about: string, name: string, detail: string) => `Обращение не создано${about}${name}: ${detail}`,
    not_copied: (issue: string, author: string, detail: string) =>
      `Сообщение не скопировано, ${issue}${author}: ${detail}`,
    not_linked: (issue: string, detail: string) => `В задачу ${issue} не записана её переписка: ${detail}`,
    comments_not_read: (issue: string, title: string, detail: string) =>
      `Комментарии задачи ${issue}${title} не читаются: ${detail}. Переписка ждёт`,
    unplaced: (detail: string) => `Сообщение из обсуждения осталось без задачи: трекер не дал её найти (${detail})`,
    fields: (fields: string) => `В очереди трекера нет полей: ${fields}. Без них всё работает`,
  },
};

const en: typeof ru = {
  said: (words) => words,
  table: 'Pairs: a conversation and its issue',
  columns: {
    issue: 'Issue',
    summary: 'Title',
    status: 'Status',
    last: 'Last message',
    at: 'When',
    state: 'Its copy',
    held: 'Waiting',
    failed: 'Failed',
    paused: 'Paused',
    created: 'Pair since',
  },
  sides: { chat: 'messenger', tracker: 'tracker' },
  states: {
    finding: 'looking for its issue',
    reading: 'being read',
    sending: 'being copied',
    done: 'copied',
    skipped: 'not to be copied',
    held: 'waiting',
    failed: 'not copied',
  },
  requestStates: {
    opened: 'form is open',
    author: 'looking up the author',
    department: 'looking up the department',
    creating: 'creating the issue',
    anchoring: 'writing to the chat',
    done: 'done',
    failed: 'not created',
    skipped: 'no request',
  },
  ways: { form: 'form', message: 'message in a chat' },
  events: { written: '', edited: 'edited', deleted: 'deleted' },
  reasons: {
    echo: 'an echo: these words have gone round already',
    storm: 'too much within a minute',
    paused: 'the pair is paused',
    program: 'written by a program, not by a person',
    ours: 'this is a copy of ours',
    empty: 'neither text nor files',
    deleted: 'deleted before it was copied',
    no_issue: 'this conversation has no issue',
    no_anchor_yet: 'waits for the first message of its conversation',
    no_conversation: 'the issue has no conversation yet',
    not_connected: 'the other side is not connected',
    chat_gone: 'the conversation is gone from its chat',
    issue_gone: 'the issue is gone',
  },
  dropped: (login) => `not to be copied: ${login} decided so`,
  pausedWhy: {
    echo: 'echo',
    storm: 'storm of messages',
    chat_gone: 'no conversation',
    issue_gone: 'no issue',
  },
  filters: {
    which: 'Which pairs',
    all: 'All',
    paused: 'Paused',
    stuck: 'Stuck',
    issue: 'Issue key',
    clear: 'Clear the filters',
  },
  count: (n, more) => (more ? `${number(n, 'en')}+ pairs` : enPairs(n)),
  empty: 'No pairs yet: the first one comes with the first request.',
  filtered: 'Nothing matches these filters.',
  refresh: 'Refresh',
  stale: 'The list was not refreshed',
  gone: 'This pair is gone',
  noIssue: (key) => `No pair has the issue ${key}`,
  line: {
    title: 'Bridge between the messenger and the tracker',
    pairs: 'Pairs',
    paused: 'Paused',
    held: 'Waiting',
    failed: 'Not copied',
    notCreated: 'Requests not created',
    underWay: 'Requests under way',
    stale: 'The figures were not refreshed',
  },
  banners: {
    none: 'The bridge is not connected: neither the messenger nor the tracker is. Switch both connections on, and requests become issues.',
    chat: 'The messenger is not connected: new messages are not heard, comments of issues wait.',
    tracker: 'The tracker is not connected: messages do not reach issues, and no request is created.',
    off: 'The bridge is switched off: what was begun is finished, nothing new is taken.',
    connect: 'Open the connections',
    settings: 'Set up the bridge',
  },
  requests: {
    title: 'Requests without an issue',
    none: 'There are no such requests.',
    nobody: 'author not known yet',
    noSummary: 'no title',
    pair: 'Open the pair',
    again: {
      open: 'Try again',
      of: (what) => `Try again: ${what}`,
      title: 'Try the request again?',
      text: (what) => `“${what}”: it goes on from where it failed. There will be no second issue.`,
      confirm: 'Try the request again',
      done: 'The request is under way again',
    },
  },
  detail: {
    status: 'Status',
    over: (status) => `${status}, the issue is over`,
    page: 'Issue',
    chat: 'Chat',
    message: 'First message',
    noChat: 'not written yet',
    since: 'Pair since',
    onlyLook: 'A supervisor can pause and send.',
    running: 'copying goes on',
    paused: (at) => `paused since ${at}`,
    why: {
      echo: 'The radar heard an echo: words that we had copied came back for the second time. The pair was stopped, nothing is lost.',
      storm: 'More came within a minute than people write. The pair was stopped, nothing is lost.',
      chat_gone:
        'The first message of the conversation, or the bot’s place in its chat, is gone. One comment was said in the main line of the chat, the others wait here.',
      issue_gone: 'The tracker does not know this issue: it was deleted or closed to the bot. Messages wait here.',
      person: (login) => `${login} paused it. Everything new waits.`,
    },
    mend: 'What to do',
    mends: {
      echo: 'find the bot or the rule that repeats our copies and switch it off; mark what is needless “Do not copy”, then resume the pair.',
      storm: 'see who is writing; mark what is needless “Do not copy”, then resume the pair.',
      chat_gone:
        'if the bot was taken out of the chat, bring it back; a resumed pair says what waits in the main line of the chat. Mark what is needless “Do not copy”.',
      issue_gone:
        'bring the issue or the bot’s access to it back, then resume the pair; mark what is needless “Do not copy”.',
    },
    beginning: 'How it began',
    way: 'By',
    author: 'Who',
    login: 'Login',
    department: 'Department',
    unknown: 'not known',
    subcategory: 'Subcategory',
    text: 'What was written',
    files: 'Files',
    asked: 'When',
    noRequest: 'The request was not made here: the pair was found by the issue itself.',
    lineage: 'Conversation',
    legend: 'Messenger on the left, tracker on the right, newest first.',
    silence: 'Nothing was written after the beginning.',
    older: 'Show earlier ones',
    newest: 'To the newest',
    nobody: 'author not known yet',
    noText: 'no text',
    whole: 'Show all of it',
    short: 'Show less',
    fileList: 'Files:',
    copy: (id) => `Copy ${id}`,
    number: (id) => `no. ${id}`,
    hops: (n) => `went round ${number(n, 'en')} ${enForm(n, 'time', 'times')}`,
    echoOf: (id) => `echo of no. ${id}`,
    decisions: 'Decisions',
    decisionsNone: 'No decisions yet.',
    traffic: 'In Deliveries',
    record: (id) => `Record ${id}`,
    effect: (id) => `Call ${id}`,
  },
  acts: {
    pause: {
      open: 'Pause',
      title: (key) => `Pause ${key}?`,
      text: 'What is new comes in and waits here. Nothing is lost, and nobody is told.',
      confirm: (key) => `Pause ${key}`,
      done: (key) => `${key}: the pair is paused`,
    },
    resume: {
      open: 'Resume',
      title: (key) => `Resume ${key}?`,
      text: (n) =>
        n === 0
          ? 'Nothing waits: only what is new will be copied.'
          : `${enItems(n)} will go out in their order. Mark what is needless “Do not copy” first.`,
      confirm: (key, n) => (n === 0 ? `Resume ${key}` : `Resume and send ${enItems(n)}`),
      done: (key) => `${key}: copying goes on`,
    },
    drop: {
      open: 'Do not copy',
      title: 'Leave this message uncopied?',
      text: 'The other side will not see it. You can change your mind: the message stays here.',
      confirm: 'Do not copy',
      done: 'The message will not be copied',
    },
    send: {
      open: 'Send',
      title: 'Send this message?',
      text: { chat: 'It appears as a comment of the issue.', tracker: 'It appears in the issue’s conversation.' },
      confirm: 'Send the message',
      done: 'The message is on its way',
    },
    of: (act, id) => `${act}: no. ${id}`,
  },
  search: {
    title: 'Chat ↔ tracker',
    open: 'Chat ↔ tracker: pairs',
    stuck: 'Chat ↔ tracker: stuck pairs',
  },
  notices: {
    echo: (issue, about) => `Echo in the conversation of ${issue}${about}: the pair was stopped`,
    storm: (issue, about) => `Storm of messages in ${issue}${about}: the pair was stopped`,
    chat_gone: (issue, about) => `The conversation of ${issue}${about} is gone from its chat: the pair was stopped`,
    issue_gone: (issue, about) => `Issue ${issue}${about} is gone: the pair was stopped`,
    barred: {
      chat: (chat, detail) =>
        `The bot may not use chat No. ${chat}, messages are not copied: ${detail}. This chat is told of once`,
      tracker: (detail) => `The tracker takes no comments, messages are not copied: ${detail}. It is told of once`,
    },
    request_failed: (about, name, detail) => `A request was not created${about}${name}: ${detail}`,
    not_copied: (issue, author, detail) => `A message was not copied, ${issue}${author}: ${detail}`,
    not_linked: (issue, detail) => `Issue ${issue} was not told of its conversation: ${detail}`,
    comments_not_read: (issue, title, detail) =>
      `Comments of issue ${issue}${title} cannot be read: ${detail}. The conversation waits`,
    unplaced: (detail) => `A message of a discussion has no issue: the tracker did not let it be found (${detail})`,
    fields: (fields) => `The tracker’s queue lacks fields: ${fields}. Everything works without them`,
  },
};

export const chatLink = { ru, en };

const DROPPED = 'dropped: ';

/** Why something is not copied: a code of ours in words, a person who decided so, or the other side's own words. */
export function reasonText(t: typeof ru, reason: string): string {
  if (reason.startsWith(DROPPED)) return t.dropped(reason.slice(DROPPED.length));
  return (Object.hasOwn(t.reasons, reason) && t.reasons[reason]) || t.said(reason);
}

/** Why a pair is paused, in a word: a code of ours, or the login of whoever wanted it. */
export function pausedWord(t: typeof ru, why: string | null): string {
  return why === null ? '' : (Object.hasOwn(t.pausedWhy, why) && t.pausedWhy[why]) || why;
}
