// Sentences for what was decided about tickets people work with by hand, by the rule's code.
import type { WhyTexts } from './why';

const ru: Record<string, string> = {
  'tickets.listed': 'Первое чтение: заявки записаны такими, какие они сейчас, и никому о них не сообщается.',
  'tickets.stirred': 'Трекер сообщил, что заявка изменилась: она читается сразу.',
  'tickets.elsewhere': 'В других проектах что-то изменилось: читаются те заявки, за которыми Пульт следит.',
  'tickets.read': 'Заявка прочитана с историей: о новых записях сообщено тем, кто с ней связан.',
  'tickets.read.not_followed': 'Заявка прочитана, но Пульт за ней не следит: о ней никому не сообщается.',
  'tickets.read.opened': 'Заявку прочитали, потому что её открыли: новое в ней найдёт очередной просмотр.',
  'tickets.read.many': 'Пока никто не смотрел, изменилось много заявок: о них сообщено одной строкой.',
  'tickets.seen': 'Заявка прочитана ключом человека: записано, что ему можно и что видно.',
  'tickets.looked_for': 'Заявки проверены: пропавшей считается та, которой не было дважды подряд.',
  'tickets.sweep': 'Пора проверить, на месте ли заявки, за которыми Пульт следит.',
  'tickets.lists_read': 'Статусы, приоритеты, проекты и люди трекера обновлены.',
  'tickets.lists_due': 'Пора перечитать статусы, приоритеты, проекты и людей трекера.',
  'tickets.opened': 'Заявку открыли в консоли: она читается заново.',
  'tickets.asked': 'Просьба записана и уходит в трекер одним запросом.',
  'tickets.asked.nothing': 'Менять нечего: всё уже так, как просили.',
  'tickets.changed': 'Изменение сделано, и это видно при чтении заявки.',
  'tickets.conflict': 'Ничего не записано: пока человек выбирал, те же поля изменил кто-то другой.',
  'tickets.new': 'Заявка создана, её номер известен.',
  'tickets.not_changed': 'Изменение не сделано: об этом сообщено тому, кто просил.',
  'tickets.not_found': 'Заявки не нашлось: пропавшей она станет, если её не будет и в следующий раз.',
  'tickets.not_read': 'Прочитать не вышло: следующий просмотр спросит снова.',
};

const en: typeof ru = {
  'tickets.listed': 'The first reading: tickets are kept as they are now, and nobody is told of them.',
  'tickets.stirred': 'The tracker told that the ticket was changed: it is read at once.',
  'tickets.elsewhere': 'Something changed in other projects: those tickets are read that are followed.',
  'tickets.read': 'The ticket was read with its history: those who have to do with it were told of new entries.',
  'tickets.read.not_followed': 'The ticket was read, but it is not followed: nobody is told of it.',
  'tickets.read.opened': 'The ticket was read because somebody opened it: the next look finds what is new in it.',
  'tickets.read.many': 'Many tickets were changed while nobody looked: they are told of in one line.',
  'tickets.seen': 'The ticket was read with a person’s key: what they may do and see was kept.',
  'tickets.looked_for': 'Tickets were looked for: one that was missing twice in a row counts as gone.',
  'tickets.sweep': 'It is time to look whether the tickets that are followed are there.',
  'tickets.lists_read': 'The tracker’s statuses, priorities, projects and people were brought up to date.',
  'tickets.lists_due': 'It is time to read the tracker’s statuses, priorities, projects and people.',
  'tickets.opened': 'The ticket was opened in the console: it is read anew.',
  'tickets.asked': 'The wish was kept and goes to the tracker in one request.',
  'tickets.asked.nothing': 'There is nothing to change: all is as it was wanted.',
  'tickets.changed': 'The change was made, and reading the ticket shows it.',
  'tickets.conflict': 'Nothing was written: while the person was choosing, somebody else changed the same fields.',
  'tickets.new': 'The ticket was created, its number is known.',
  'tickets.not_changed': 'The change was not made: whoever asked for it was told.',
  'tickets.not_found': 'The ticket was not found: it counts as gone if it is missing the next time too.',
  'tickets.not_read': 'It could not be read: the next look asks again.',
};

/** None of these sentences carries a value: whose ticket it is stands beside each decision. */
const sentences = (table: Record<string, string>): WhyTexts['rules'] =>
  Object.fromEntries(Object.entries(table).map(([rule, text]) => [rule, () => text]));

export const whyTickets = { ru: sentences(ru), en: sentences(en) };
