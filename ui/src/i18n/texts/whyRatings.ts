// Sentences for the rules of ratings: who is asked, which answer counts, what a silence means, and what a supervisor did.
import { ratings } from './ratings';
import type { WhyTexts } from './why';

type Words = typeof ratings.ru;

const rate = (t: Words, word: string) => (Object.hasOwn(t.rates, word) ? t.rates[word as keyof Words['rates']] : word);
const lack = (t: Words, word: string) => (Object.hasOwn(t.lacks, word) ? t.lacks[word as keyof Words['lacks']] : word);

const failuresRu: Record<string, string> = {
  does_not_exist: 'такой заявки там нет',
  state: 'её состояние этого не позволяет',
  rights: 'не хватает прав',
  unsupported: 'там так нельзя',
  too_late: 'время вышло',
  refused: 'запрос отклонён',
};
const failuresEn: Record<string, string> = {
  does_not_exist: 'there is no such issue',
  state: 'its state does not allow it',
  rights: 'rights are missing',
  unsupported: 'it is not possible there',
  too_late: 'the time was over',
  refused: 'the request was refused',
};
const failure = (table: Record<string, string>, word: string) => (Object.hasOwn(table, word) && table[word]) || word;

const ru: WhyTexts['rules'] = {
  no_request: () => 'Запроса оценки, о котором пришло сообщение, нет.',
  'status_changed.closed': (v) => `Заявка № ${v.text('issue')} закрыта: автора ищут, чтобы спросить оценку.`,
  'status_changed.found': (v) =>
    `Закрытие заявки № ${v.text('issue')} найдено в списке службы заявок: автора ищут, чтобы спросить оценку.`,
  'status_changed.reopened': (v) => `Заявку № ${v.text('issue')} снова открыли: оценка больше не нужна.`,
  'status_changed.reopened_late': (v) =>
    `Заявку № ${v.text('issue')} снова открыли, но оценка уже поставлена и отправляется: она остаётся.`,
  'status_changed.switched_off': () => 'Оценки выключены в настройках, поэтому никого не спрашивали.',
  'status_changed.not_closed': (v) => `Новый статус «${v.text('status')}» закрытием не считается.`,
  'status_changed.rated': (v) => `У заявки № ${v.text('issue')} уже есть оценка: спрашивать не о чем.`,
  'status_changed.again': (v) => `О закрытии заявки № ${v.text('issue')} уже знали: второго вопроса не будет.`,
  'status_changed.long_ago': (v) =>
    `Заявка № ${v.text('issue')} закрыта больше недели назад и нашлась только сейчас: её автора уже не спрашиваем.`,
  'status_changed.known': (v) => `По этому закрытию заявки № ${v.text('issue')} запрос уже был.`,
  'status_changed.no_contact': (v) => `В заявке № ${v.text('issue')} не назван автор: спросить некого.`,
  rated_elsewhere: (v) =>
    `Заявку оценили в самой службе заявок: «${rate(ratings.ru, v.text('rate'))}». Наш вопрос снят.`,
  'rated_elsewhere.not_awaited': () => 'В службе заявок появилась оценка, но здесь её уже не ждали.',
  contact_found: () => 'Автор заявки известен: по адресу почты ищут его в мессенджере.',
  'contact_found.late': () => 'Сведения об авторе пришли, когда они были уже не нужны.',
  not_asked: (v) =>
    `Автор не спрошен: ${lack(ratings.ru, v.text('lack'))}. Это не молчание, и само по себе оценкой не становится.`,
  'not_asked.late': (v) => `Спросить не вышло (${lack(ratings.ru, v.text('lack'))}), но это было уже не важно.`,
  person_found: () => 'Автор найден в мессенджере: ему отправлен вопрос.',
  'person_found.late': () => 'Автора нашли в мессенджере, когда спрашивать было уже не нужно.',
  asked: () => 'Вопрос дошёл до автора. Ответа ждут до срока, считая от закрытия заявки.',
  'asked.late': () => 'Вопрос ушёл, когда срок от закрытия уже вышел, поэтому ответа ждут столько же от вопроса.',
  'asked.not_awaited': () => 'Вопрос ушёл, когда оценка была уже не нужна: кнопки у него убраны.',
  answered: (v) => `Клиент ответил: «${rate(ratings.ru, v.text('rate'))}». Оценка отправлена в службу заявок.`,
  'answered.somebody_else': () => 'Ответил не тот, кого спрашивали: такой ответ не засчитан.',
  'answered.not_awaited': () => 'Ответ пришёл, когда оценка была уже не нужна.',
  'answered.again': () => 'Оценка уже дана: первая остаётся, вторая её не меняет.',
  rate_kept: (v) => `Служба заявок показывает оценку «${rate(ratings.ru, v.text('rate'))}»: она сохранена.`,
  'rate_kept.other': (v) =>
    `В службе заявок уже стояла другая оценка, «${rate(ratings.ru, v.text('rate'))}». Она оставлена, наша не поставлена.`,
  rate_refused: (v) => `Служба заявок не приняла оценку: ${failure(failuresRu, v.text('failure'))}. Решает человек.`,
  'rate_refused.gone': () => 'Заявки больше нет в службе заявок: оценивать нечего.',
  question_withdrawn: (v) =>
    v.text('done') === 'true' ? 'Кнопки у сообщения убраны.' : 'Кнопки убрать не вышло: сообщения могло уже не быть.',
  due: (v) =>
    `Срок для ответа вышел, клиент не ответил: поставлена автоматическая оценка «${rate(ratings.ru, v.text('rate'))}». Ответом клиента она не считается.`,
  'due.not_awaited': () => 'Срок вышел, но ответа здесь уже не ждали или часы остановлены.',
  'due.early': () => 'Срок с тех пор сдвинулся и ещё не вышел.',
  held: (v) => `${v.text('by')} остановил(а) часы: автоматической оценки не будет, пока они стоят.`,
  'held.not_possible': () => 'Часы остановить нельзя: они уже стоят, или оценка уже поставлена.',
  released: () => 'Часы снова идут. Срок сдвинут на время, что они стояли.',
  'released.not_held': () => 'Пускать нечего: часы не стояли.',
  cancelled: (v) => `${v.text('by')} отменил(а) запрос: оценка этой заявки не нужна.`,
  'cancelled.not_possible': () => 'Отменить нельзя: запрос завершён, или оценка уже в пути.',
  asked_again: () => 'Автора спрашивают ещё раз. Срок ответа прежний.',
  'asked_again.from_the_start': () => 'Автора ищут заново, чтобы всё-таки спросить.',
  'asked_again.not_possible': () =>
    'Спросить ещё раз сейчас нельзя: поиск автора идёт, запрос завершён или подключение выключено.',
  rated_by_hand: (v) =>
    `${v.text('by')} поставил(а) оценку «${rate(ratings.ru, v.text('rate'))}» за клиента. Ответом клиента она не считается.`,
  'rated_by_hand.not_possible': () => 'Оценить вручную нельзя: запрос завершён, или оценка уже в пути.',
};

const en: WhyTexts['rules'] = {
  no_request: () => 'There is no request for a rating that the message could be about.',
  'status_changed.closed': (v) =>
    `Issue no. ${v.text('issue')} was closed: its author is looked up to be asked for a rating.`,
  'status_changed.found': (v) =>
    `The closing of issue no. ${v.text('issue')} was found in the service desk’s list: its author is looked up to be asked.`,
  'status_changed.reopened': (v) => `Issue no. ${v.text('issue')} was opened again: no rating is wanted any more.`,
  'status_changed.reopened_late': (v) =>
    `Issue no. ${v.text('issue')} was opened again, but its rating was given and is on its way: it stays.`,
  'status_changed.switched_off': () => 'Ratings are switched off in the settings, so nobody was asked.',
  'status_changed.not_closed': (v) => `The new status “${v.text('status')}” does not count as closed.`,
  'status_changed.rated': (v) => `Issue no. ${v.text('issue')} has a rating already: there is nothing to ask.`,
  'status_changed.again': (v) => `The closing of issue no. ${v.text('issue')} was known: there is no second question.`,
  'status_changed.long_ago': (v) =>
    `Issue no. ${v.text('issue')} was closed more than a week ago and found only now: its author is not asked any more.`,
  'status_changed.known': (v) => `There was a request for this closing of issue no. ${v.text('issue')} before.`,
  'status_changed.no_contact': (v) => `Issue no. ${v.text('issue')} names no author: there is nobody to ask.`,
  rated_elsewhere: (v) =>
    `The issue was rated at the service desk itself: “${rate(ratings.en, v.text('rate'))}”. Our question was withdrawn.`,
  'rated_elsewhere.not_awaited': () => 'The service desk told of a rating that was no longer awaited here.',
  contact_found: () => 'The author is known: the messenger is searched by the e-mail address.',
  'contact_found.late': () => 'What was found about the author came when it was no longer needed.',
  not_asked: (v) =>
    `The author was not asked: ${lack(ratings.en, v.text('lack'))}. That is no silence and does not become a rating by itself.`,
  'not_asked.late': (v) => `Asking failed (${lack(ratings.en, v.text('lack'))}), but it no longer mattered.`,
  person_found: () => 'The author was found in the messenger, and the question was sent.',
  'person_found.late': () => 'The author was found in the messenger when there was nothing to ask any more.',
  asked: () =>
    'The question reached the author. An answer is awaited until the time is over, counted from the closing.',
  'asked.late': () =>
    'The question went out when the time from the closing was over, so the same time is given from the question on.',
  'asked.not_awaited': () => 'The question went out when no rating was wanted any more: its buttons were removed.',
  answered: (v) =>
    `The client answered “${rate(ratings.en, v.text('rate'))}”. The rating was sent to the service desk.`,
  'answered.somebody_else': () => 'Somebody else answered than was asked: such an answer does not count.',
  'answered.not_awaited': () => 'The answer came when no rating was wanted any more.',
  'answered.again': () => 'A rating was given before: the first stays, a second one changes nothing.',
  rate_kept: (v) => `The service desk shows the rating “${rate(ratings.en, v.text('rate'))}”: it is kept.`,
  'rate_kept.other': (v) =>
    `The service desk had another rating already, “${rate(ratings.en, v.text('rate'))}”. It was left there, and ours was not given.`,
  rate_refused: (v) =>
    `The service desk did not take the rating: ${failure(failuresEn, v.text('failure'))}. A person decides.`,
  'rate_refused.gone': () => 'The issue is gone from the service desk: there is nothing to rate.',
  question_withdrawn: (v) =>
    v.text('done') === 'true'
      ? 'The buttons were removed from the message.'
      : 'The buttons could not be removed: the message may be gone.',
  due: (v) =>
    `The time was over and the client had not answered: the automatic rating “${rate(ratings.en, v.text('rate'))}” was given. It is no answer of the client.`,
  'due.not_awaited': () => 'The time was over, but no answer was awaited any more, or the clock stands.',
  'due.early': () => 'The time has been extended since and is not over yet.',
  held: (v) => `${v.text('by')} stopped the clock: there is no automatic rating while it stands.`,
  'held.not_possible': () => 'The clock cannot be stopped: it stands already, or a rating was given.',
  released: () => 'The clock runs again. The time was extended by as long as it stood.',
  'released.not_held': () => 'There was nothing to start: the clock did not stand.',
  cancelled: (v) => `${v.text('by')} cancelled the request: no rating of this issue is wanted.`,
  'cancelled.not_possible': () => 'It cannot be cancelled: the request has ended, or a rating is on its way.',
  asked_again: () => 'The author is asked once more. The time for an answer stays.',
  'asked_again.from_the_start': () => 'The author is looked up anew to be asked after all.',
  'asked_again.not_possible': () =>
    'Asking again is not possible now: the look-up goes on, the request has ended or the connection is off.',
  rated_by_hand: (v) =>
    `${v.text('by')} rated “${rate(ratings.en, v.text('rate'))}” in the client’s stead. It is no answer of the client.`,
  'rated_by_hand.not_possible': () =>
    'Rating by hand is not possible: the request has ended, or a rating is on its way.',
};

export const whyRatings = { ru, en };
