// Names of the engine's codes: connections, what happened, what was asked of others, routes. A code without a name here
// is shown as it is, so a newer engine is still readable.

const ru = {
  integrations: {
    telephony: 'Телефония',
    agencies: 'Справочник агентств',
    call_feed: 'Журнал колл-центра',
    finesse: 'Cisco Finesse',
    console: 'Консоль',
    timer: 'Таймер',
  },
  facts: {
    call_started: 'Звонок начался',
    call_ended: 'Звонок закончился',
    end_never_reported: 'Конец звонка так и не сообщили',
    call_reported: 'Звонок из журнала колл-центра',
    call_watched: 'Звонок, увиденный на экране операторов',
    theme_set: 'Указана тема звонка',
    theme_given: 'Телефония сообщила тему',
    called_back: 'Отметка «перезвонили»',
    agency_found: 'Получена карточка агентства',
    agency_missing: 'Карточки агентства нет',
  },
  effects: { look_up_agency: 'Запросить карточку агентства' },
  routes: {
    entry: 'Карточка звонка',
    entry_no_slash: 'Карточка звонка',
    entry_number: 'Карточка звонка с номером в адресе',
    entry_number_no_slash: 'Карточка звонка с номером в адресе',
    event: 'Подписанное событие',
    batch: 'Пакет законченных звонков',
    file: 'Файл законченных звонков',
  },
  changes: {
    begin: 'начат звонок',
    end: 'звонок закончен',
    set_theme: 'записана тема',
    set_called_back: 'изменена отметка «перезвонили»',
    keep_card: 'сохранена карточка агентства',
    no_card: 'отмечено, что карточки нет',
    report: 'записан звонок журнала',
  },
};

const en: typeof ru = {
  integrations: {
    telephony: 'Telephony',
    agencies: 'Agency directory',
    call_feed: 'Call centre journal',
    finesse: 'Cisco Finesse',
    console: 'Console',
    timer: 'Timer',
  },
  facts: {
    call_started: 'A call began',
    call_ended: 'A call ended',
    end_never_reported: 'The end of a call was never reported',
    call_reported: 'A call from the call centre’s journal',
    call_watched: 'A call seen on the floor',
    theme_set: 'A call’s theme was set',
    theme_given: 'The telephony told a theme',
    called_back: 'The “called back” mark',
    agency_found: 'An agency’s card arrived',
    agency_missing: 'The agency has no card',
  },
  effects: { look_up_agency: 'Look up the agency’s card' },
  routes: {
    entry: 'Call card',
    entry_no_slash: 'Call card',
    entry_number: 'Call card with the number in the address',
    entry_number_no_slash: 'Call card with the number in the address',
    event: 'Signed event',
    batch: 'A batch of finished calls',
    file: 'A file of finished calls',
  },
  changes: {
    begin: 'a call was begun',
    end: 'the call was ended',
    set_theme: 'the theme was kept',
    set_called_back: 'the “called back” mark was changed',
    keep_card: 'the agency’s card was kept',
    no_card: 'the lack of a card was noted',
    report: 'a journal call was kept',
  },
};

export const terms = { ru, en };

/** The name of a code in one of the tables above, else the code. */
export function termOf(table: Record<string, string>, code: string): string {
  return Object.hasOwn(table, code) ? (table[code] ?? code) : code;
}
