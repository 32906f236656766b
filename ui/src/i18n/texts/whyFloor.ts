// Sentences for the rules of the floor: what a report, a request, a deadline or a judgement led to.
import { number } from '../format';
import { enForm, ruForm } from '../plural';
import { floor } from './floor';
import { stateName } from './notices';
import type { WhyTexts } from './why';

type FloorWhy = Omit<WhyTexts, 'unknownRule' | 'said'>;
type Words = typeof floor.ru;

const wish = (t: Words, word: string) =>
  Object.hasOwn(t.wanted, word) ? t.wanted[word as keyof Words['wanted']] : word;
const lost = (t: Words, why: string) =>
  Object.hasOwn(t.teamWhy, why) ? t.teamWhy[why as keyof Words['teamWhy']] : why;
const peopleRu = (text: string) => {
  const n = Number(text);
  return Number.isFinite(n) ? `${number(n, 'ru')} ${ruForm(n, 'коллеги', 'коллег', 'коллег')}` : text;
};
const peopleEn = (text: string) => {
  const n = Number(text);
  return Number.isFinite(n) ? `${number(n, 'en')} ${enForm(n, 'colleague', 'colleagues')}` : text;
};

const ru: FloorWhy = {
  rules: {
    team_seen: () => 'Команда прочитана целиком: состояния сверены с источником.',
    teams_seen: () => 'Источник назвал команды под надзором: остальные больше не слушаем.',
    operator_seen: () => 'Источник сообщил состояние оператора.',
    operator_gone: () => 'Источник сообщил, что оператора больше нет в команде.',
    dialog_seen: () => 'Источник сообщил о звонке оператора.',
    dialog_gone: () => 'Звонок оператора закончился.',
    queue_seen: () => 'Источник прислал цифры очереди.',
    queue_gone: () => 'Очереди больше нет.',
    reasons_seen: () => 'Прочитаны названия причин.',
    watch_began: () => 'Наблюдение за командами началось.',
    watch_lost: (v) => `Наблюдение потеряно: ${lost(floor.ru, v.text('why'))}. Что было дальше, неизвестно.`,
    still_lost: (v) =>
      `Источник молчит дольше положенного, команд без наблюдения: ${v.text('teams')}. Об этом уведомлено.`,
    'still_lost.heard_again': () => 'Срок молчания вышел, но источник к этому времени уже отвечал.',
    state_asked: (v) =>
      `${v.text('by')} просит: ${v.text('operator')} → «${wish(floor.ru, v.text('wanted'))}». Запрос отправлен.`,
    'state_asked.no_such_operator': () => 'Запрос не отправлен: такого оператора нет.',
    'state_asked.no_source': () => 'Запрос не отправлен: источник, который меняет состояния, выключен.',
    'state_asked.another_waits': () => 'Запрос не отправлен: прежний запрос этому оператору ещё ждёт ответа.',
    'state_asked.not_from_here': (v) =>
      `Запрос не отправлен: из «${stateName(floor.ru, v.text('state'))}» нельзя перейти в «${wish(floor.ru, v.text('wanted'))}».`,
    request_taken: () => 'Источник принял запрос. Исход покажет состояние оператора.',
    request_shown: () => 'Источник сообщил о перемене по этому запросу: он выполнен.',
    request_failed: (v) => `Запрос не выполнен. Ответ источника: ${v.text('detail')}.`,
    request_overdue: () => 'Исход запроса не пришёл вовремя: команда оператора перечитывается.',
    request_unsettled: () => 'И после перечитывания исход запроса неизвестен.',
    too_long: (v) =>
      `${v.text('operator')} в состоянии «${stateName(floor.ru, v.text('state'))}» дольше порога в ${v.text('minutes')} мин.`,
    'too_long.past': () => 'Срок порога вышел, но состояние к этому времени уже сменилось.',
    'judgement_due.past': () => 'Взвешивать нечего: отрезка нет или его уже рассудил человек.',
    verdict_given: () => 'Человек решил, почему оператор был не готов.',
    'verdict.chosen': () => 'Оператор сам выбрал причину «не готов».',
    'verdict.supervisor': () => 'Состояние сменил супервизор.',
    'verdict.call_flow': () =>
      'Обычный ход работы: звонок закончился, вышло время постобработки или оператор только что вошёл.',
    'verdict.platform': () => 'Отказала или переключилась сама платформа, оператор ни при чём.',
    'verdict.colleagues': (v) =>
      `То же самое в это время случилось у ${peopleRu(v.text('colleagues'))}: дело в сети, а не в операторе.`,
    'verdict.probes': (v) =>
      v.text('target') === '—'
        ? 'Проверки сети в это время показали потери: дело в сети.'
        : `Проверки «${v.text('target')}» в это время показали потери: дело в сети.`,
    'verdict.messenger_off': () =>
      'Мессенджер оператора отключился в это же время, а сеть была в порядке: рабочее место закрыли или оно уснуло.',
    'verdict.messenger_away': () =>
      'Мессенджер оператора был на связи и показывал «отошёл», сбоев сети не видели: оператора не было на месте.',
    'verdict.phone': () => 'Телефон отключился или вернулся, у коллег было спокойно.',
    'verdict.desktop': () =>
      'Связь с рабочим местом пропала, а сеть и коллеги были в порядке: рабочее место закрыли или оно уснуло.',
    'verdict.did_not_answer': () => 'Вызов предложен и не взят, а сеть и коллеги были в порядке.',
    'verdict.not_watched': () => 'Сеть в это время не проверяли, поэтому причина неизвестна и никто не виноват.',
    'verdict.no_reason': () => 'Источник не назвал понятной причины, поэтому она неизвестна.',
  },
  reasons: {
    'verdict.taken': 'за это говорят данные',
    'verdict.left': 'данные за это не говорят',
  },
  otherwise: {
    'verdict.if_colleagues': () => 'Случись то же у трёх и более коллег, причиной была бы сеть.',
    'verdict.if_alone': () => 'Будь это у одного оператора при исправной сети, дело было бы не в сети.',
  },
  names: floor.ru.verdicts,
};

const en: FloorWhy = {
  rules: {
    team_seen: () => 'The team was read in full: states were matched with the source.',
    teams_seen: () => 'The source named the teams supervised: others are listened to no more.',
    operator_seen: () => 'The source told the operator’s state.',
    operator_gone: () => 'The source told that the operator is no longer in the team.',
    dialog_seen: () => 'The source told of the operator’s call.',
    dialog_gone: () => 'The operator’s call ended.',
    queue_seen: () => 'The source sent the queue’s figures.',
    queue_gone: () => 'The queue is gone.',
    reasons_seen: () => 'The names of reasons were read.',
    watch_began: () => 'The teams are watched from here on.',
    watch_lost: (v) => `The watch was lost: ${lost(floor.en, v.text('why'))}. What came after is not known.`,
    still_lost: (v) =>
      `The source has been silent too long; teams not watched: ${v.text('teams')}. A notice was raised.`,
    'still_lost.heard_again': () => 'The time of silence was over, but the source answered by then.',
    state_asked: (v) =>
      `${v.text('by')} asks: ${v.text('operator')} → “${wish(floor.en, v.text('wanted'))}”. The request was sent.`,
    'state_asked.no_such_operator': () => 'The request was not sent: there is no such operator.',
    'state_asked.no_source': () => 'The request was not sent: the source that changes states is switched off.',
    'state_asked.another_waits': () =>
      'The request was not sent: an earlier one to this operator waits for its answer.',
    'state_asked.not_from_here': (v) =>
      `The request was not sent: “${wish(floor.en, v.text('wanted'))}” cannot follow “${stateName(floor.en, v.text('state'))}”.`,
    request_taken: () => 'The source took the request. The operator’s state will show the outcome.',
    request_shown: () => 'The source told of a change made for this request: it was carried out.',
    request_failed: (v) => `The request was not carried out. The source answered: ${v.text('detail')}.`,
    request_overdue: () => 'The outcome did not come in time: the operator’s team is read anew.',
    request_unsettled: () => 'Even after reading anew the outcome of the request is unknown.',
    too_long: (v) =>
      `${v.text('operator')} has been in “${stateName(floor.en, v.text('state'))}” longer than the limit of ${v.text('minutes')} min.`,
    'too_long.past': () => 'The limit came due, but the state had changed by then.',
    'judgement_due.past': () => 'Nothing to weigh: the stretch is gone, or a person has judged it.',
    verdict_given: () => 'A person decided why the operator was not ready.',
    'verdict.chosen': () => 'The operator chose the reason.',
    'verdict.supervisor': () => 'A supervisor changed the state.',
    'verdict.call_flow': () =>
      'The ordinary course of work: a call ended, wrap-up was over, or the operator just signed in.',
    'verdict.platform': () => 'The platform itself failed or moved; the operator has no part in it.',
    'verdict.colleagues': (v) =>
      `The same befell ${peopleEn(v.text('colleagues'))} at that time: it was the network, not the operator.`,
    'verdict.probes': (v) =>
      v.text('target') === '—'
        ? 'The network probes saw losses at that time: it was the network.'
        : `The probes of “${v.text('target')}” saw losses at that time: it was the network.`,
    'verdict.messenger_off': () =>
      'The operator’s messenger went off at the same time while the network was well: the desktop was closed or fell asleep.',
    'verdict.messenger_away': () =>
      'The operator’s messenger was connected and said “away”, and no trouble of the network was seen: they were not there.',
    'verdict.phone': () => 'The phone went down or came back while colleagues were well.',
    'verdict.desktop': () =>
      'The desktop was lost while the network and colleagues were well: it was closed or fell asleep.',
    'verdict.did_not_answer': () => 'A call was offered and not taken while the network and colleagues were well.',
    'verdict.not_watched': () => 'The network was not probed then, so the cause is unknown and nobody is blamed.',
    'verdict.no_reason': () => 'The source gave no reason we know, so the cause is unknown.',
  },
  reasons: {
    'verdict.taken': 'the evidence speaks for it',
    'verdict.left': 'the evidence does not speak for it',
  },
  otherwise: {
    'verdict.if_colleagues': () => 'Had the same befallen three or more colleagues, the cause would be the network.',
    'verdict.if_alone': () =>
      'Had it been one operator alone with a sound network, the cause would not be the network.',
  },
  names: floor.en.verdicts,
};

export const whyFloor = { ru, en };
