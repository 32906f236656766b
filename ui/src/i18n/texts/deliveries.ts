// Words of the deliveries screen.
import { number } from '../format';
import { enForm, ruForm } from '../plural';

const ru = {
  title: 'Обмен',
  short: 'Обмен',
  table: 'Входящие записи и исходящие вызовы',
  filter: 'Предмет, вид, ошибка',
  state: 'Состояние',
  states: {
    waiting: 'ждёт',
    done: 'готово',
    duplicate: 'повтор',
    not_understood: 'не понято',
    failed: 'ошибка',
  },
  directions: { in: 'входящее', out: 'исходящее' },
  empty: 'Записей пока нет.',
  emptyFiltered: 'По этому фильтру записей нет.',
  count: (n: number) => `${number(n, 'ru')} ${ruForm(n, 'запись', 'записи', 'записей')}`,
  columns: {
    at: 'Время',
    direction: 'Направление',
    integration: 'Подключение',
    kind: 'Вид',
    subject: 'Предмет',
    state: 'Состояние',
    attempts: 'Попытки',
    nextTry: 'Следующая попытка',
    error: 'Ошибка',
  },
};

const en: typeof ru = {
  title: 'Deliveries',
  short: 'Deliveries',
  table: 'Incoming records and outgoing calls',
  filter: 'Subject, kind, error',
  state: 'State',
  states: {
    waiting: 'waiting',
    done: 'done',
    duplicate: 'duplicate',
    not_understood: 'not understood',
    failed: 'failed',
  },
  directions: { in: 'incoming', out: 'outgoing' },
  empty: 'No records yet.',
  emptyFiltered: 'No records match this filter.',
  count: (n) => `${number(n, 'en')} ${enForm(n, 'record', 'records')}`,
  columns: {
    at: 'Time',
    direction: 'Direction',
    integration: 'Connection',
    kind: 'Kind',
    subject: 'Subject',
    state: 'State',
    attempts: 'Attempts',
    nextTry: 'Next try',
    error: 'Error',
  },
};

export const deliveries = { ru, en };
