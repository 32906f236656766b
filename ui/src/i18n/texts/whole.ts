// Words of what is known to be whole: rows found by asking again, and sources of which nobody can say that nothing was lost.

const ru = {
  recovered: 'восстановлено',
  recoveredAt: (when: string) => `Само не пришло: найдено опросом ${when}`,
  title: 'Чего нельзя доказать',
  none: 'Каждый подключённый источник можно спросить ещё раз: пропущенное найдётся.',
  looked: {
    title: 'Между взглядами',
    text: (names: string) => `${names}: видно, как есть сейчас; что было, пока не смотрели, отмечено неизвестным.`,
  },
  states: {
    asked: 'Спрашиваем ещё раз: пропущенное находится и отмечается «восстановлено».',
    looked:
      'Показывает, как есть сейчас. Что было, пока мы не смотрели, не восстановить: это время отмечено неизвестным.',
    unproven: 'Сообщает один раз, и переспросить нельзя: потерянное в пути не найти.',
    silent: 'Сама ничего не сообщает: мы обращаемся к ней, когда нужно.',
  },
  unproven: {
    telephony:
      'Телефония сообщает о звонке один раз и повторно не отдаёт: звонок, о котором хук не дошёл, не появится.',
    call_feed: 'Лента звонков приходит от отправителя, списка отправленного у неё нет: неотправленное не найти.',
    erp: '1С отправляет документ и ждёт ответа; перечня отправленных она не даёт: о неотправленном не узнать.',
    bitrix24: 'Битрикс24 не повторяет событий, а очередь событий не включена: пропущенное нажатие не найти.',
    okdesk: 'Опрос Okdesk выключен: закрытие, о котором вебхук не дошёл, останется без вопроса об оценке.',
    pachca: 'Чтение истории Пачки выключено: сообщение, о котором вебхук не дошёл, не будет перенесено.',
    tracker: 'Опрос Трекера выключен: комментарий, о котором триггер не сообщил, найдётся только со следующим.',
  },
};

const en: typeof ru = {
  recovered: 'recovered',
  recoveredAt: (when) => `It did not come by itself: found by asking again, ${when}`,
  title: 'What cannot be proven',
  none: 'Every connected source can be asked again: what was missed is found.',
  looked: {
    title: 'Between looks',
    text: (names) => `${names}: seen as it is now; what happened while nobody looked is marked unknown.`,
  },
  states: {
    asked: 'It is asked again: what was missed is found and marked “recovered”.',
    looked:
      'It shows how things are now. What happened while we did not look cannot be had: that time is marked unknown.',
    unproven: 'It tells once and cannot be asked again: what got lost on the way is found nowhere.',
    silent: 'It tells nothing by itself: we turn to it when we need to.',
  },
  unproven: {
    telephony:
      'The telephony tells of a call once and gives it no second time: a call whose hook got lost does not appear.',
    call_feed:
      'The feed of calls comes from its sender and keeps no list of what it sent: what was not sent is not found.',
    erp: '1C sends a document and waits for the answer; it gives no list of what it sent: what was not sent is not known.',
    bitrix24: 'Bitrix24 does not repeat events, and the queue of events is off: a press that got lost is not found.',
    okdesk: 'Asking Okdesk is switched off: a closing whose webhook got lost leads to no question about a rating.',
    pachca: 'Reading Pachca’s history is switched off: a message whose webhook got lost is not copied.',
    tracker: 'Asking the tracker is switched off: a comment no trigger told of is found with the next one only.',
  },
};

export const whole = { ru, en };
