// Words of Now: the one sentence, its cards, taking an incident on; and of the shift handover.
import { number } from '../format';
import { enForm, ruForm } from '../plural';

const minutes_ru = (n: number) =>
  n < 60
    ? `${number(n, 'ru')} мин`
    : `${number(Math.floor(n / 60), 'ru')} ч${n % 60 ? ` ${number(n % 60, 'ru')} мин` : ''}`;
const lasts_ru = (n: number) => (n < 1 ? 'только что' : `уже ${minutes_ru(n)}`);
const minutes_en = (n: number) =>
  n < 60
    ? `${number(n, 'en')} min`
    : `${number(Math.floor(n / 60), 'en')} h${n % 60 ? ` ${number(n % 60, 'en')} min` : ''}`;
const lasts_en = (n: number) => (n < 1 ? 'just now' : `for ${minutes_en(n)}`);

const ru = {
  levels: { ok: 'Порядок', attention: 'Внимание', trouble: 'Тревога' },
  sentences: {
    incident: (what: string, others: number, minutes: number) =>
      `${what}${others > 0 ? ` и ещё ${number(others, 'ru')} ${ruForm(others, 'сбой', 'сбоя', 'сбоев')}` : ''}, ${lasts_ru(minutes)}`,
    red: (count: number, name: string) =>
      count === 1 && name
        ? `${name}: слишком долго в одном состоянии`
        : `Слишком долго в одном состоянии: ${number(count, 'ru')} ${ruForm(count, 'оператор', 'оператора', 'операторов')}`,
    amber: (count: number, name: string) =>
      count === 1 && name
        ? `${name}: долго в одном состоянии`
        : `Долго в одном состоянии: ${number(count, 'ru')} ${ruForm(count, 'оператор', 'оператора', 'операторов')}`,
    unassigned: (ticket: string, minutes: number) => `Тикет № ${ticket} без исполнителя уже ${minutes_ru(minutes)}`,
    due: (count: number, minutes: number) =>
      `Ждут ответа ${number(count, 'ru')} ${ruForm(count, 'оценка', 'оценки', 'оценок')}, первая истекает через ${minutes_ru(minutes)}`,
    stuck: (count: number) =>
      `${ruForm(count, 'Зависла', 'Зависли', 'Зависли')} ${number(count, 'ru')} ${ruForm(count, 'доставка', 'доставки', 'доставок')}`,
    paused: (count: number) => `На паузе ${number(count, 'ru')} ${ruForm(count, 'система', 'системы', 'систем')}`,
    handled: (what: string, by: string) => `${what}: занимается ${by}`,
    quiet: 'Всё в порядке',
  },
  steps: {
    title: 'Первые шаги',
    left: (n: number) => `осталось ${number(n, 'ru')}`,
    away: 'Больше не показывать',
    done: 'сделано',
    open: 'не сделано',
    lacking: (names: string) => `Не хватает: ${names}`,
    words: {
      connect: {
        title: 'Подключить системы',
        text: 'У каждой рядом с настройками есть памятка: что завести и какой адрес вставить.',
      },
      secrets: {
        title: 'Задать пароли и ключи',
        text: 'Они хранятся в связке ключей, не в файле. «Проверить» скажет, всё ли так.',
      },
      alive: { title: 'Дождаться первых данных', text: 'Каждая система хоть раз дала о себе знать.' },
      people: { title: 'Завести людей', text: 'Кто входит в консоль, с какой ролью и какие команды видит.' },
      limits: { title: 'Просмотреть пороги', text: 'Сколько можно быть в одном состоянии и о чём уведомлять.' },
    },
  },
  quietText: 'Ничто не ждёт вас. Новое появится здесь само.',
  incidents: 'Сбои',
  noIncidents: 'Сбоев нет',
  since: (when: string) => `с ${when}`,
  lasts: (age: string) => `длится ${age}`,
  parts: (n: number) => `${number(n, 'ru')} ${ruForm(n, 'уведомление', 'уведомления', 'уведомлений')}`,
  more: (n: number) => `ещё ${number(n, 'ru')}`,
  takenBy: (who: string, when: string) => `Занимается ${who}, ${when}`,
  awayUntil: (when: string, who: string) => `Отложено до ${when}, ${who}`,
  take: 'Взять на себя',
  letGo: 'Отпустить',
  snooze: 'Отложить',
  snoozeTitle: 'Отложить сбой для всех',
  wake: 'Вернуть сейчас',
  snoozeAsk: 'Отложить…',
  actsOf: (what: string) => `Действия: ${what}`,
  open: 'Открыть',
  took: 'Сбой за вами',
  letWent: 'Сбой снова ничей',
  snoozed: (until: string) => `Сбой отложен до ${until}`,
  undo: 'Вернуть',
  operators: {
    title: 'Пороги операторов',
    red: 'красный порог',
    amber: 'жёлтый порог',
    none: 'Все в пределах порогов',
    unheard: 'Операторов не слышно: это последнее, что о них известно',
    off: 'Источник операторов не подключён',
    took: (name: string) => `${name}: за вами`,
    letWent: (name: string) => `${name}: никто не занимается`,
    snoozed: (name: string, until: string) => `${name}: отложено до ${until}`,
    snoozeTitle: (name: string) => `Отложить для всех: ${name}`,
    note: 'Записать заметку…',
    notNow: 'сейчас нельзя',
    noAsking: 'Менять состояние отсюда нельзя',
    noAddress: 'адрес неизвестен',
  },
  unassigned: {
    title: 'Без исполнителя',
    waiting: (n: number) => `${number(n, 'ru')} ${ruForm(n, 'тикет ждёт', 'тикета ждут', 'тикетов ждут')}`,
    oldest: (ticket: number) => `Самый старый: № ${ticket}`,
    none: 'Все тикеты розданы',
    unknown: 'когда создан, неизвестно',
  },
  tickets: {
    title: 'Мои заявки',
    assigned: 'открытых на мне',
    news: 'Новости по заявкам',
  },
  ratings: {
    title: 'Оценки истекают',
    due: 'за два часа',
    none: 'Ждущих ответа оценок нет',
    left: (time: string) => `осталось ${time}`,
    over: 'время вышло',
  },
  deliveries: {
    title: 'Зависшие доставки',
    stuck: 'за 7 дней',
    none: 'Всё доставлено',
    retry: 'Повторить',
    retryOf: (what: string) => `Повторить: ${what}`,
  },
  sources: {
    title: 'Свежесть данных',
    none: 'Ни одна система не подключена',
    never: 'ещё не было',
    check: 'Проверить сейчас',
    settings: 'Открыть настройки',
    resume: 'Продолжить…',
    checking: (name: string) => `${name}: проверяем`,
    checked: (name: string, ms: string) => `${name}: всё работает, ${ms} мс`,
    wrong: (name: string) => `${name}: проверка не прошла`,
    sure: (live: number, all: number) => `${number(live, 'ru')} из ${number(all, 'ru')} на связи`,
  },
  handover: {
    title: 'Передача смены',
    text: 'Что произошло за смену. Один и тот же момент всегда даёт один и тот же текст.',
    period: 'За сколько часов',
    hours: (n: number) => `${number(n, 'ru')} ч`,
    copy: 'Скопировать',
    copied: 'Текст скопирован',
    failed: 'Сводка смены не собрана.',
    label: 'Текст передачи смены',
    words: 'handover смена сводка передать отчёт',
    notCopied: 'Скопировать не вышло: выделите текст и скопируйте сами',
  },
};

const en: typeof ru = {
  levels: { ok: 'All well', attention: 'Attention', trouble: 'Trouble' },
  sentences: {
    incident: (what, others, minutes) =>
      `${what}${others > 0 ? ` and ${number(others, 'en')} more ${enForm(others, 'incident', 'incidents')}` : ''}, ${lasts_en(minutes)}`,
    red: (count, name) =>
      count === 1 && name
        ? `${name}: too long in one state`
        : `Too long in one state: ${number(count, 'en')} ${enForm(count, 'operator', 'operators')}`,
    amber: (count, name) =>
      count === 1 && name
        ? `${name}: long in one state`
        : `Long in one state: ${number(count, 'en')} ${enForm(count, 'operator', 'operators')}`,
    unassigned: (ticket, minutes) => `Ticket no. ${ticket} has had nobody for ${minutes_en(minutes)}`,
    due: (count, minutes) =>
      `${number(count, 'en')} ${enForm(count, 'rating waits', 'ratings wait')} for an answer, the first for ${minutes_en(minutes)} more`,
    stuck: (count) => `${number(count, 'en')} ${enForm(count, 'delivery is', 'deliveries are')} stuck`,
    paused: (count) => `${number(count, 'en')} ${enForm(count, 'system is', 'systems are')} paused`,
    handled: (what, by) => `${what}: taken by ${by}`,
    quiet: 'All is well',
  },
  steps: {
    title: 'First steps',
    left: (n) => `${number(n, 'en')} left`,
    away: 'Do not show again',
    done: 'done',
    open: 'not done',
    lacking: (names) => `Still needed: ${names}`,
    words: {
      connect: {
        title: 'Connect the systems',
        text: 'Each has a note beside its settings: what to set up there and which address to paste.',
      },
      secrets: {
        title: 'Set passwords and keys',
        text: 'They are kept in the keyring, not in the file. “Check” tells whether all is well.',
      },
      alive: { title: 'Wait for the first data', text: 'Every system has given a sign of life.' },
      people: { title: 'Add people', text: 'Who signs in to the console, in which role, and which teams they see.' },
      limits: { title: 'Look at the limits', text: 'How long a state may last, and what to notify about.' },
    },
  },
  quietText: 'Nothing waits for you. What is new appears here by itself.',
  incidents: 'Incidents',
  noIncidents: 'No incidents',
  since: (when) => `since ${when}`,
  lasts: (age) => `for ${age}`,
  parts: (n) => `${number(n, 'en')} ${enForm(n, 'notice', 'notices')}`,
  more: (n) => `${number(n, 'en')} more`,
  takenBy: (who, when) => `Taken by ${who}, ${when}`,
  awayUntil: (when, who) => `Snoozed until ${when}, ${who}`,
  take: 'Take it on',
  letGo: 'Let go',
  snooze: 'Snooze',
  snoozeTitle: 'Snooze the incident for everybody',
  wake: 'Bring back now',
  snoozeAsk: 'Snooze…',
  actsOf: (what) => `Acts: ${what}`,
  open: 'Open',
  took: 'The incident is yours',
  letWent: 'The incident is nobody’s again',
  snoozed: (until) => `Incident snoozed until ${until}`,
  undo: 'Undo',
  operators: {
    title: 'Operators past a limit',
    red: 'red limit',
    amber: 'amber limit',
    none: 'Everybody is within the limits',
    unheard: 'Operators are not heard: this is the last that is known',
    off: 'No source of operators is connected',
    took: (name) => `${name} is yours`,
    letWent: (name) => `${name} is nobody’s again`,
    snoozed: (name, until) => `${name}: snoozed until ${until}`,
    snoozeTitle: (name) => `Snooze for everybody: ${name}`,
    note: 'Write a note…',
    notNow: 'not now',
    noAsking: 'States cannot be changed from here',
    noAddress: 'no address known',
  },
  unassigned: {
    title: 'Nobody’s tickets',
    waiting: (n) => `${number(n, 'en')} ${enForm(n, 'ticket waits', 'tickets wait')}`,
    oldest: (ticket) => `The oldest: no. ${ticket}`,
    none: 'All tickets are given out',
    unknown: 'nobody knows since when',
  },
  tickets: { title: 'My tickets', assigned: 'open and mine', news: 'News of tickets' },
  ratings: {
    title: 'Ratings due',
    due: 'within two hours',
    none: 'No rating waits for an answer',
    left: (time) => `${time} left`,
    over: 'time is over',
  },
  deliveries: {
    title: 'Stuck deliveries',
    stuck: 'in 7 days',
    none: 'Everything is delivered',
    retry: 'Retry',
    retryOf: (what) => `Retry: ${what}`,
  },
  sources: {
    title: 'Freshness of data',
    none: 'No system is connected',
    never: 'not yet',
    check: 'Check now',
    settings: 'Open its settings',
    resume: 'Go on…',
    checking: (name) => `${name}: checking`,
    checked: (name, ms) => `${name}: all works, ${ms} ms`,
    wrong: (name) => `${name}: the check failed`,
    sure: (live, all) => `${number(live, 'en')} of ${number(all, 'en')} connected`,
  },
  handover: {
    title: 'Shift handover',
    text: 'What happened in the shift. The same moment always gives the same text.',
    period: 'How many hours',
    hours: (n) => `${number(n, 'en')} h`,
    copy: 'Copy',
    copied: 'The text is copied',
    failed: 'The handover was not made.',
    label: 'Text of the handover',
    words: 'handover shift summary смена передача',
    notCopied: 'It could not be copied: select the text and copy it yourself',
  },
};

export const now = { ru, en };
