// Words of the calls screen.
import { number } from '../format';
import { enForm, ruForm } from '../plural';

const ru = {
  title: 'Звонки',
  short: 'Звонки',
  table: 'Звонки за день',
  filter: 'Номер, оператор, тема',
  empty: (day: string) => `За ${day} звонков нет.`,
  emptyFiltered: 'По этому фильтру звонков нет.',
  count: (n: number) => `${number(n, 'ru')} ${ruForm(n, 'звонок', 'звонка', 'звонков')}`,
  live: 'идёт',
  columns: {
    time: 'Время',
    phone: 'Телефон',
    agency: 'Агентство',
    operator: 'Оператор',
    kind: 'Тип',
    result: 'Результат',
    theme: 'Тема',
    duration: 'Длительность',
  },
  gone: 'Этого звонка больше нет.',
};

const en: typeof ru = {
  title: 'Calls',
  short: 'Calls',
  table: 'Calls of the day',
  filter: 'Number, operator, theme',
  empty: (day) => `No calls on ${day}.`,
  emptyFiltered: 'No calls match this filter.',
  count: (n) => `${number(n, 'en')} ${enForm(n, 'call', 'calls')}`,
  live: 'live',
  columns: {
    time: 'Time',
    phone: 'Phone',
    agency: 'Agency',
    operator: 'Operator',
    kind: 'Type',
    result: 'Result',
    theme: 'Theme',
    duration: 'Duration',
  },
  gone: 'This call is no longer here.',
};

export const calls = { ru, en };
