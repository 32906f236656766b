// Words of looking for something in the traffic.
const ru = {
  label: 'Найти',
  help: 'Телефон, номер заявки или задачи, слова из темы, ключ, «call:17». В телах записей не ищем.',
  period: 'Когда',
  periods: { all: 'за всё время', today: 'сегодня', week: '7 дней', month: '30 дней', own: 'свои дни' },
  from: 'С какого дня',
  until: 'По какой день',
};

const en: typeof ru = {
  label: 'Find',
  help: 'A phone, the number of a ticket or an issue, words of a subject, a key, “call:17”. Bodies of records are not searched.',
  period: 'When',
  periods: { all: 'all time', today: 'today', week: '7 days', month: '30 days', own: 'own days' },
  from: 'From which day',
  until: 'Up to which day',
};

export const traffic = { ru, en };
