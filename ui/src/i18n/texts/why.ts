// Sentences for the branches of every rule, by the code the engine stores with a decision. Areas add theirs here.
import type { Values } from '../../components/why';
import { phone } from '../format';
import { whyCarousel } from './whyCarousel';
import { whyChatLink } from './whyChatLink';
import { whyErp } from './whyErp';
import { whyFloor } from './whyFloor';
import { whyHad } from './whyHad';
import { whyMessages } from './whyMessages';
import { whyRatings } from './whyRatings';
import { whyTickets } from './whyTickets';
import { reasonInRussian } from './reasons';

type Sentence = (values: Values) => string;

export interface WhyTexts {
  rules: Record<string, Sentence>;
  reasons: Record<string, string>;
  /** Each is given the value behind its code, and how an instant is written. */
  otherwise: Record<string, (value: string, when: (instant: string) => string) => string>;
  /** Names of candidates that are codes; the rest stand as they are. */
  names: Record<string, string>;
  unknownRule: (rule: string) => string;
  /** What was said of a call. */
  said: (words: string) => string;
}

const lackRu: Record<string, string> = {
  unknown: 'служба агентств не знает этого агентства',
  refused: 'служба агентств отказала',
  too_late: 'карточка не успела прийти, пока была нужна',
};
const lackEn: Record<string, string> = {
  unknown: 'the agency service does not know this agency',
  refused: 'the agency service refused',
  too_late: 'the card did not come while it was needed',
};

const ru: WhyTexts = {
  rules: {
    'cycle_seen.lost': (v) => `${v.text('title')}: соединение потеряно, об этом сообщено.`,
    'cycle_seen.poor': (v) => `${v.text('title')}: связь плохая несколько замеров подряд, об этом сообщено.`,
    'cycle_seen.parent_silent': (v) =>
      `${v.text('title')} не отвечает, но молчит и ${v.text('parent')}, через что она доступна: отдельно не сообщалось.`,
    'cycle_seen.planned': (v) => `${v.text('title')} не отвечает в назначенное обслуживание: об этом не сообщалось.`,
    'cycle_seen.recovered': (v) => `${v.text('title')}: связь восстановилась.`,
    'cycle_seen.recovered_untold': (v) => `${v.text('title')}: связь восстановилась; об обрыве не сообщалось.`,
    'cycle_seen.certificate': (v) => `${v.text('title')}: сертификат скоро кончится, осталось дней: ${v.text('days')}.`,
    'cycle_seen.certificate_renewed': (v) =>
      `${v.text('title')}: сертификат обновлён, осталось дней: ${v.text('days')}.`,
    'target_set.new': (v) => `${v.text('by')} добавил(а) цель «${v.text('title')}».`,
    target_set: (v) => `${v.text('by')} изменил(а) цель «${v.text('title')}».`,
    target_removed: (v) => `${v.text('by')} удалил(а) цель «${v.text('title')}».`,
    maintenance_set: (v) => `${v.text('by')} назначил(а) обслуживание: ${v.text('note')}.`,
    maintenance_lifted: (v) => `${v.text('by')} отменил(а) обслуживание.`,
    network_watch_began: (v) => `Наблюдение за сетью началось, целей: ${v.text('targets')}.`,
    network_watch_lost: () => 'Наблюдение за сетью прекратилось.',
    erased: () => 'Стёрто по просьбе человека: остались время и вид события.',
    ...whyFloor.ru.rules,
    ...whyRatings.ru,
    ...whyErp.ru.rules,
    ...whyCarousel.ru.rules,
    ...whyChatLink.ru,
    ...whyTickets.ru,
    ...whyMessages.ru,
    'call_started.again': (v) => `Этот же запрос уже создал звонок ${v.text('call')}, второй раз он не записан.`,
    'call_started.no_number': () => 'Звонок не записан: номер не передан или слишком короткий.',
    'call_started.repeat': (v) =>
      `Повторное сообщение о том же звонке: у оператора ${v.text('curator')} уже идёт звонок ${v.text('call')} с этого номера.`,
    'call_started.unknown_number': (v) =>
      `Звонок записан без агентства: номер ${phone(v.text('phone'))} не принадлежит ни одному.`,
    'call_started.agency': (v) =>
      `Звонок записан за агентством ${v.text('agency')}: номер ${phone(v.text('phone'))} принадлежит только ему.`,
    'call_started.several_agencies': (v) =>
      `Номер ${phone(v.text('phone'))} есть у нескольких агентств, звонок записан за агентством ${v.text('agency')}.`,
    call_ended: (v) => `Звонок ${v.text('call')} закончен: он новейший из идущих у этого оператора с этим номером.`,
    'call_ended.no_open_call': () => 'Закончить нечего: у этого оператора нет идущего звонка с этим номером.',
    end_never_reported: (v) => `Конец звонка ${v.text('call')} так и не пришёл, он закрыт без времени окончания.`,
    'end_never_reported.had_ended': () => 'Срок ожидания вышел, но звонок к этому времени уже был закончен.',
    'call_reported.new': (v) => `Звонок ${v.text('source_id')} пришёл из журнала впервые и добавлен.`,
    'call_reported.again': (v) => `Звонок ${v.text('source_id')} уже приходил из журнала, его строка обновлена.`,
    call_watched: () => 'Звонок увиден на экране операторов от начала до конца и записан в журнал.',
    'call_watched.again': () => 'Этот же звонок сообщён ещё раз: строка обновлена.',
    'call_watched.told': (v) =>
      `Журнал колл-центра уже сообщил об этом звонке (${v.text('call')}): вторая строка не нужна.`,
    'call_watched.no_row': () => 'Внутренний, несостоявшийся или неполный звонок: в журнал он не записывается.',
    'call_reported.twin': (v) =>
      `Звонок ${v.text('source_id')} уже известен от телефонии: тот же оператор и номер, почти то же начало. Строка дополнена.`,
    theme_set: (v) => `В пульте выбрана тема «${v.text('theme')}».`,
    'theme_set.same': () => 'Выбранная в пульте тема уже стояла, ничего не изменилось.',
    theme_given: (v) => `Телефония передала тему «${v.text('theme')}».`,
    'theme_given.same': () => 'Телефония передала тему, которая уже стояла.',
    called_back: (v) => `${v.text('by')} перезвонил(а), звонок отмечен.`,
    'called_back.taken_away': (v) => `${v.text('by')} убрал(а) отметку о перезвоне.`,
    'called_back.same': () => 'Отметка о перезвоне уже была такой, ничего не изменилось.',
    agency_found: (v) => `Служба агентств прислала карточку «${v.text('agency')}», она сохранена при звонке.`,
    'agency_found.again': () => 'Карточка агентства пришла ещё раз, при звонке осталась первая.',
    agency_missing: (v) =>
      `Карточки агентства ${v.text('agency')} не будет: ${lackRu[v.text('lack')] ?? v.text('lack')}.`,
    'agency_missing.had_card': () => 'Отказ службы агентств пришёл после карточки, карточка осталась.',
    no_such_call: () => 'Звонка, о котором пришло сообщение, в журнале нет.',
  },
  reasons: {
    ...whyFloor.ru.reasons,
    ...whyErp.ru.reasons,
    ...whyCarousel.ru.reasons,
    ...whyHad.reasons.ru,
    does_not_answer: 'не отвечает',
    reached_through_silent: 'доступна через то, что молчит',
    in_maintenance: 'идёт обслуживание',
    parent_silent: 'молчит и объясняет остальное',
    parent_answers: 'отвечает',
    largest_id: 'наибольший номер агентства',
    smaller_id: 'номер агентства меньше',
    newest_open: 'новейший из идущих',
    older_open: 'начался раньше',
  },
  otherwise: {
    ...whyFloor.ru.otherwise,
    ...whyCarousel.ru.otherwise,
    ...whyHad.ru,
    'erp.without_chosen': (person) => `Без выбранного сотрудника задачу бы получил другой: ${person}.`,
    'cycle_seen.parent_answers': () => 'Если бы родитель отвечал, о молчании было бы сообщено.',
    'cycle_seen.no_maintenance': () => 'Без обслуживания о молчании было бы сообщено.',
    'call_started.repeat.later': () => 'Приди сообщение позже срока повтора, это был бы новый звонок.',
    'call_started.next_agency': (agency) => `Не будь этого агентства, звонок был бы записан за агентством ${agency}.`,
  },
  names: whyFloor.ru.names,
  unknownRule: (rule) => `Сработало правило ${rule}.`,
  said: reasonInRussian,
};

const en: WhyTexts = {
  rules: {
    'cycle_seen.lost': (v) => `${v.text('title')}: the connection was lost, which was told.`,
    'cycle_seen.poor': (v) => `${v.text('title')}: the connection was poor for several looks in a row, which was told.`,
    'cycle_seen.parent_silent': (v) =>
      `${v.text('title')} does not answer, but neither does ${v.text('parent')}, which it is reached through: it was not told apart.`,
    'cycle_seen.planned': (v) => `${v.text('title')} does not answer during maintenance: it was not told.`,
    'cycle_seen.recovered': (v) => `${v.text('title')}: the connection is back.`,
    'cycle_seen.recovered_untold': (v) => `${v.text('title')}: the connection is back; its loss had not been told.`,
    'cycle_seen.certificate': (v) => `${v.text('title')}: the certificate ends soon, days left: ${v.text('days')}.`,
    'cycle_seen.certificate_renewed': (v) =>
      `${v.text('title')}: the certificate was renewed, days left: ${v.text('days')}.`,
    'target_set.new': (v) => `${v.text('by')} added the target “${v.text('title')}”.`,
    target_set: (v) => `${v.text('by')} changed the target “${v.text('title')}”.`,
    target_removed: (v) => `${v.text('by')} removed the target “${v.text('title')}”.`,
    maintenance_set: (v) => `${v.text('by')} set maintenance: ${v.text('note')}.`,
    maintenance_lifted: (v) => `${v.text('by')} took maintenance back.`,
    network_watch_began: (v) => `Watching the network began, targets: ${v.text('targets')}.`,
    network_watch_lost: () => 'Watching the network ended.',
    erased: () => 'Erased at a person’s request: when it happened and its kind remain.',
    ...whyFloor.en.rules,
    ...whyRatings.en,
    ...whyErp.en.rules,
    ...whyCarousel.en.rules,
    ...whyChatLink.en,
    ...whyTickets.en,
    ...whyMessages.en,
    'call_started.again': (v) => `The same request made call ${v.text('call')} before; it was not recorded twice.`,
    'call_started.no_number': () => 'The call was not recorded: the number was not sent or is too short.',
    'call_started.repeat': (v) =>
      `A repeated message about the same call: operator ${v.text('curator')} already has call ${v.text('call')} with this number.`,
    'call_started.unknown_number': (v) =>
      `The call was recorded without an agency: ${phone(v.text('phone'))} belongs to none.`,
    'call_started.agency': (v) =>
      `The call was recorded for agency ${v.text('agency')}: ${phone(v.text('phone'))} belongs to it alone.`,
    'call_started.several_agencies': (v) =>
      `Several agencies have ${phone(v.text('phone'))}; the call was recorded for agency ${v.text('agency')}.`,
    call_ended: (v) => `Call ${v.text('call')} ended: it is the newest live one of this operator with this number.`,
    'call_ended.no_open_call': () => 'Nothing to end: this operator has no live call with this number.',
    end_never_reported: (v) => `The end of call ${v.text('call')} never came; it was closed without an end time.`,
    'end_never_reported.had_ended': () => 'The waiting time was over, but the call had ended by then.',
    'call_reported.new': (v) =>
      `Call ${v.text('source_id')} came from the journal feed for the first time and was added.`,
    'call_reported.again': (v) => `Call ${v.text('source_id')} came from the journal feed before; its row was updated.`,
    call_watched: () => 'The floor saw the call from beginning to end, and it went into the journal.',
    'call_watched.again': () => 'The same call was told again: its row was brought up to date.',
    'call_watched.told': (v) => `The call centre had told of this call (${v.text('call')}): no second row is needed.`,
    'call_watched.no_row': () =>
      'A call between colleagues, one that never came about or one told in part: no row of the journal.',
    'call_reported.twin': (v) =>
      `Call ${v.text('source_id')} is known from telephony: same operator and number, nearly the same start. Its row was completed.`,
    theme_set: (v) => `The theme “${v.text('theme')}” was chosen in the console.`,
    'theme_set.same': () => 'The theme chosen in the console was already set; nothing changed.',
    theme_given: (v) => `Telephony sent the theme “${v.text('theme')}”.`,
    'theme_given.same': () => 'Telephony sent the theme that was already set.',
    called_back: (v) => `${v.text('by')} called back; the call was marked.`,
    'called_back.taken_away': (v) => `${v.text('by')} took the called-back mark away.`,
    'called_back.same': () => 'The called-back mark was already so; nothing changed.',
    agency_found: (v) => `The agency service sent the card “${v.text('agency')}”; it was kept with the call.`,
    'agency_found.again': () => 'The agency’s card came once more; the first one stays with the call.',
    agency_missing: (v) =>
      `The card of agency ${v.text('agency')} will not come: ${lackEn[v.text('lack')] ?? v.text('lack')}.`,
    'agency_missing.had_card': () => 'The agency service refused after the card had come; the card stays.',
    no_such_call: () => 'The call the message speaks of is not in the journal.',
  },
  reasons: {
    ...whyFloor.en.reasons,
    ...whyErp.en.reasons,
    ...whyCarousel.en.reasons,
    ...whyHad.reasons.en,
    does_not_answer: 'does not answer',
    reached_through_silent: 'reached through what is silent',
    in_maintenance: 'in maintenance',
    parent_silent: 'is silent and explains the rest',
    parent_answers: 'answers',
    largest_id: 'largest agency number',
    smaller_id: 'smaller agency number',
    newest_open: 'newest live call',
    older_open: 'began earlier',
  },
  otherwise: {
    ...whyFloor.en.otherwise,
    ...whyCarousel.en.otherwise,
    ...whyHad.en,
    'erp.without_chosen': (person) => `Without the one chosen the task would have gone to ${person}.`,
    'cycle_seen.parent_answers': () => 'Had the parent answered, the silence would have been told.',
    'cycle_seen.no_maintenance': () => 'Without maintenance the silence would have been told.',
    'call_started.repeat.later': () => 'Had the message come after the repeat window, it would have been a new call.',
    'call_started.next_agency': (agency) =>
      `Without this agency, the call would have been recorded for agency ${agency}.`,
  },
  names: whyFloor.en.names,
  unknownRule: (rule) => `Rule ${rule} decided.`,
  said: (words) => words,
};

export const why = { ru, en };
