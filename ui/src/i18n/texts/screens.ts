// The names of the screens, which the rail shows before any of them is loaded. The short one stands under the icon: at most nine letters.

const ru = {
  now: { title: 'Сейчас', short: 'Сейчас' },
  floor: { title: 'Операторы', short: 'Операторы' },
  calls: { title: 'Звонки', short: 'Звонки' },
  tickets: { title: 'Заявки', short: 'Заявки' },
  inbox: { title: 'Уведомления', short: 'Входящие' },
  case: { title: 'Дело', short: 'Дело' },
  network: { title: 'Связь', short: 'Связь' },
  ratings: { title: 'Оценки', short: 'Оценки' },
  carousel: { title: 'Карусель', short: 'Карусель' },
  deliveries: { title: 'Обмен', short: 'Обмен' },
  reports: { title: 'Отчёты', short: 'Отчёты' },
  settings: { title: 'Настройки', short: 'Настройки' },
};

const en: typeof ru = {
  now: { title: 'Now', short: 'Now' },
  floor: { title: 'Operators', short: 'Operators' },
  calls: { title: 'Calls', short: 'Calls' },
  tickets: { title: 'Tickets', short: 'Tickets' },
  inbox: { title: 'Notices', short: 'Inbox' },
  case: { title: 'Case', short: 'Case' },
  network: { title: 'Network', short: 'Network' },
  ratings: { title: 'Ratings', short: 'Ratings' },
  carousel: { title: 'Carousel', short: 'Carousel' },
  deliveries: { title: 'Deliveries', short: 'Traffic' },
  reports: { title: 'Reports', short: 'Reports' },
  settings: { title: 'Settings', short: 'Settings' },
};

export const screens = { ru, en };
