// Sentences for the rules of the carousel: when tickets were looked for, what became of each, what was set by hand, and what
// an import changed. Each step's sentence ends with what it led to.
import type { Values } from '../../components/why';
import { carousel, importTrouble } from './carousel';
import type { WhyTexts } from './why';

const nextRu: Record<string, string> = {
  next: 'Дальше: следующий тикет.',
  done: 'Больше отдавать нечего.',
  stopped: 'Дальше не идём: карусель или сервис выключили.',
  enough: 'На эту проверку хватит: остальные в следующую.',
  nobody: 'Остальные ждут: на смене никого нет.',
  rehearsed: 'Это пробный прогон: никому ничего не назначено.',
  failed: 'Проверка этого сервиса закончена, повторим в следующую.',
  reassigned: 'Тикет передавали вручную: очередь не сдвинулась.',
};
const nextEn: Record<string, string> = {
  next: 'Next: another ticket.',
  done: 'There is nothing more to give out.',
  stopped: 'It stops here: the carousel or the service was switched off.',
  enough: 'Enough for this look: the rest come with the next.',
  nobody: 'The rest wait: nobody is on duty.',
  rehearsed: 'This is a dry run: nobody was given anything.',
  failed: 'The look at this service is over, the next one tries again.',
  reassigned: 'The ticket was reassigned by hand: the turn stayed.',
};

/** A sentence, the service desk's own words where it gave any, and what followed where that is known. */
const and = (sentence: string, v: Values, said: (words: string) => string, table: Record<string, string>) => {
  const [detail, next] = [v.text('detail'), v.text('next')];
  return [sentence, detail === '—' ? '' : said(detail), Object.hasOwn(table, next) ? table[next] : '']
    .filter(Boolean)
    .join(' ');
};
const ru_ = (sentence: string, v: Values) => and(sentence, v, (words) => `Ответ службы заявок: ${words}.`, nextRu);
const en_ = (sentence: string, v: Values) => and(sentence, v, (words) => `The service desk said: ${words}.`, nextEn);

/** What is said only where a number is there. */
const where = (v: Values, key: string, said: (count: string) => string) =>
  v.text(key) === '—' ? '' : ` ${said(v.text(key))}`;

const ru: WhyTexts['rules'] = {
  'carousel.pass': (v) =>
    `Пора искать тикеты. Сервисов спрошено: ${v.text('asked')}, ещё заняты прошлой проверкой: ${v.text('busy')}, без людей на смене: ${v.text('empty')}.${where(v, 'unread', (n) => `Состав ещё читается: ${n}.`)}`,
  'carousel.pass.off': () => 'Тикеты не искали: карусель выключена или служба заявок не подключена.',
  'carousel.late': () => 'Ответ пришёл, когда его уже не ждали: ничего нового из него не следует.',
  'carousel.listed': (v) =>
    ru_(`Тикеты сервиса «${v.text('service')}» прочитаны, без исполнителя: ${v.text('tickets')}.`, v),
  'carousel.not_listed': (v) => ru_(`Тикеты сервиса «${v.text('service')}» прочитать не вышло.`, v),
  'carousel.confirmed': (v) => ru_(`Тикет № ${v.text('ticket')} назначен, исполнитель: ${v.text('person')}.`, v),
  'carousel.taken': (v) =>
    ru_(`Тикет № ${v.text('ticket')} успели взять в самой службе заявок: его не тронули, очередь не сдвинулась.`, v),
  'carousel.gone': (v) => ru_(`Тикета № ${v.text('ticket')} больше нет. Очередь не сдвинулась.`, v),
  'carousel.person_refused': (v) =>
    ru_(`Служба заявок не приняла для тикета № ${v.text('ticket')} исполнителя: ${v.text('person')}.`, v),
  'carousel.ticket_refused': (v) =>
    ru_(`Служба заявок не дала назначить тикет № ${v.text('ticket')}: дело не в человеке, очередь не сдвинулась.`, v),
  'carousel.failed': (v) =>
    ru_(`Назначить тикет № ${v.text('ticket')} вовремя не удалось. Очередь не сдвинулась, попробуем позже.`, v),
  'carousel.reassign': (v) => `Тикет № ${v.text('ticket')} передают вручную, новый исполнитель: ${v.text('person')}.`,
  'carousel.reassign.impossible': () =>
    'Передать нельзя: тикет назначала не карусель, он у этого же человека, передача уже идёт или службы заявок нет на связи.',
  'carousel.released': (v) => `Тикет № ${v.text('ticket')} вернули в карусель: попытки считаются заново.`,
  'carousel.import': () => 'Из службы заявок читаются сервисы, люди и группы.',
  'carousel.import.underway': () => 'Импорт уже идёт: второй не нужен.',
  'carousel.import.by_file': () =>
    'Импорт не начат: эта служба заявок списков не называет, их загружают из файлов в настройках.',
  'carousel.import.off': () => 'Импорт не начат: служба заявок не подключена.',
  'carousel.import.empty': (v) =>
    `Импорт отклонён: ${importTrouble(carousel.ru, v.text('detail'))}. Прежнее осталось как было.`,
  'carousel.import.read': (v) =>
    `Импорт готов. Изменений: сервисы ${v.text('services')}, люди ${v.text('people')}, группы ${v.text('groups')}, привязки ${v.text('bindings')}.`,
  'carousel.import.failed': (v) => `Импорт не удался, прежнее осталось как было. Причина: ${v.text('detail')}.`,
  'carousel.service.on': (v) => `Сервис «${v.text('service')}» включили: его тикеты пойдут по кругу.`,
  'carousel.service.off': (v) => `Сервис «${v.text('service')}» выключили: его тикеты остаются без карусели.`,
  'carousel.person.on': (v) => `На карусель: ${v.text('person')}.`,
  'carousel.person.off': (v) => `С карусели: ${v.text('person')}.`,
  'carousel.absence': (v) => `Отсутствие, ${v.text('person')}: с ${v.text('start')} по ${v.text('end')} включительно.`,
  'carousel.absence.dropped': (v) => `Отсутствие убрали: ${v.text('person')}.`,
};

const en: WhyTexts['rules'] = {
  'carousel.pass': (v) =>
    `It was time to look for tickets. Services asked: ${v.text('asked')}, busy with the look before: ${v.text('busy')}, with nobody on duty: ${v.text('empty')}.${where(v, 'unread', (n) => `Whose people are still being read: ${n}.`)}`,
  'carousel.pass.off': () => 'No tickets were looked for: the carousel is off, or no service desk is connected.',
  'carousel.late': () => 'The answer came when nobody waited for it any more: nothing new follows from it.',
  'carousel.listed': (v) =>
    en_(`The tickets of “${v.text('service')}” were read, without an executor: ${v.text('tickets')}.`, v),
  'carousel.not_listed': (v) => en_(`The tickets of “${v.text('service')}” could not be read.`, v),
  'carousel.confirmed': (v) => en_(`Ticket no. ${v.text('ticket')} was given to ${v.text('person')}.`, v),
  'carousel.taken': (v) =>
    en_(`Somebody took ticket no. ${v.text('ticket')} at the service desk: it was left alone, the turn stayed.`, v),
  'carousel.gone': (v) => en_(`Ticket no. ${v.text('ticket')} is there no more. The turn stayed.`, v),
  'carousel.person_refused': (v) =>
    en_(`The service desk refused ${v.text('person')} for ticket no. ${v.text('ticket')}.`, v),
  'carousel.ticket_refused': (v) =>
    en_(
      `The service desk did not let ticket no. ${v.text('ticket')} be given: not because of the person, so the turn stayed.`,
      v,
    ),
  'carousel.failed': (v) =>
    en_(`Ticket no. ${v.text('ticket')} could not be given in time. The turn stayed, it is tried again later.`, v),
  'carousel.reassign': (v) => `Ticket no. ${v.text('ticket')} is being reassigned by hand to ${v.text('person')}.`,
  'carousel.reassign.impossible': () =>
    'It cannot be reassigned: the carousel did not give it, this person has it, it is being reassigned already, or the service desk is not connected.',
  'carousel.released': (v) => `Ticket no. ${v.text('ticket')} is back on the carousel: its tries are counted anew.`,
  'carousel.import': () => 'Services, people and groups are being read from the service desk.',
  'carousel.import.underway': () => 'An import is under way: no second one is needed.',
  'carousel.import.by_file': () =>
    'No import was begun: this service desk names no lists, files bring them in the settings.',
  'carousel.import.off': () => 'No import was begun: no service desk is connected.',
  'carousel.import.empty': (v) =>
    `The import was turned down: ${importTrouble(carousel.en, v.text('detail'))}. Everything stays as it was.`,
  'carousel.import.read': (v) =>
    `The import is done. Changes: services ${v.text('services')}, people ${v.text('people')}, groups ${v.text('groups')}, bindings ${v.text('bindings')}.`,
  'carousel.import.failed': (v) => `The import failed, everything stays as it was. The reason: ${v.text('detail')}.`,
  'carousel.service.on': (v) => `Service “${v.text('service')}” was switched on: its tickets go round.`,
  'carousel.service.off': (v) => `Service “${v.text('service')}” was switched off: its tickets are left alone.`,
  'carousel.person.on': (v) => `Put on the carousel: ${v.text('person')}.`,
  'carousel.person.off': (v) => `Taken off the carousel: ${v.text('person')}.`,
  'carousel.absence': (v) => `Away, ${v.text('person')}: from ${v.text('start')} to ${v.text('end')}, both included.`,
  'carousel.absence.dropped': (v) => `Days away were removed: ${v.text('person')}.`,
};

const reasons = (table: Record<string, string>) =>
  Object.fromEntries(Object.entries(table).map(([word, text]) => [`carousel.${word}`, text]));

export const whyCarousel = {
  ru: {
    rules: ru,
    reasons: reasons(carousel.ru.places),
    otherwise: {
      'carousel.otherwise': () => 'Если бы все были на месте и подходили, тикет достался бы другому человеку.',
    },
  },
  en: {
    rules: en,
    reasons: reasons(carousel.en.places),
    otherwise: {
      'carousel.otherwise': () => 'Had everybody been there and fit, the ticket would have gone to somebody else.',
    },
  },
};
