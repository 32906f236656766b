// Sentences for what was decided about messages, by the rule's code. None carries what was said: that stands with the message alone.
import type { Values } from '../../components/why';
import type { WhyTexts } from './why';

const ru: WhyTexts['rules'] = {
  'messages.heard': (v) => `${v.text('peer')} пишет: сообщение сохранено, владельцу учётной записи сообщено.`,
  'messages.heard.again': () => 'Это ещё одна копия сообщения, которое уже есть: второй раз оно не записано.',
  'messages.heard.duplicate': () => 'Это копия уведомления, которое и так есть в Пульте: сообщением она не записана.',
  'messages.heard.nobodys': () => 'Эту учётную запись здесь уже отключили: сообщение не записано.',
  'messages.heard.stranger': (v) =>
    `${v.text('peer')} нет ни в контактах, ни среди своих, а незнакомых показывать не велено: сообщение не записано.`,
  'messages.heard.ours': () => 'Человек написал это сам, из другой своей программы: всё, что выше, он прочитал.',
  'messages.heard.read_already': () => 'Сообщение сохранено без уведомления: оно уже прочитано в другой программе.',
  'messages.heard.old': () => 'Сообщение сохранено без уведомления: оно написано больше 15 минут назад.',
  'messages.seen': () => 'Сообщения прочитаны: уведомление о них снято.',
  'messages.seen.again': () => 'Эти сообщения уже были прочитаны.',
  'messages.written': (v) => `${v.text('by')} пишет на адрес ${v.text('to')}: сообщение поставлено в очередь.`,
  'messages.written.again': () => 'Это сообщение уже стоит в очереди: второй раз оно не отправляется.',
  'messages.written.nobodys': () => 'Учётную запись успели отключить: сообщение не отправляется.',
  'messages.written.not_connected': () => 'Мессенджер не подключён: сообщение не отправляется.',
  'messages.sent': () => 'Сервер мессенджера принял сообщение.',
  'messages.sent.late': () => 'Сервер принял сообщение, но о нём уже известно больше.',
  'messages.delivered': () => 'Программа собеседника подтвердила, что сообщение у неё.',
  'messages.delivered.again': () => 'О доставке этого сообщения уже было известно.',
  'messages.returned': (v) => `Сообщение вернулось, повторять его незачем. Ответ сервера: ${v.text('detail')}.`,
  'messages.returned.again_later': (v) =>
    `Сообщение вернулось, попытка ${v.text('tries')} будет позже. Ответ сервера: ${v.text('detail')}.`,
  'messages.returned.late': () => 'Сообщение вернулось, но с ним уже решено другое.',
  'messages.not_sent': (v) => `Сообщение отправить не вышло: ${v.text('detail')}.`,
  'messages.not_sent.late': () => 'Отправить не вышло, но с сообщением уже решено другое.',
  'messages.try_again': () => 'Сообщение отправляется ещё раз, под тем же номером.',
  'messages.try_again.not_connected': () => 'Повторить нечем: мессенджер не подключён.',
  'messages.try_again.not_possible': () => 'Повторять нечего: сообщение ушло или повтор уже идёт.',
  'messages.no_message': () => 'Сообщения, о котором речь, здесь нет.',
  'messages.contacts_read': (v) => `Список контактов прочитан целиком, в нём ${v.text('count')}.`,
  'messages.contact_changed': () => 'Контакт добавлен, изменён или убран на сервере.',
  'messages.presence_seen': () => 'Программа контакта сообщила, на месте ли он.',
  'messages.presence_seen.stranger': () => 'О себе сообщил тот, кого нет в контактах: это не записано.',
  'messages.session_ended': () => 'Сеанс мессенджера закончился: кто на месте, больше не видно.',
  'messages.subscription_asked': (v) => `${v.text('from')} просит видеть, на месте ли человек: решать ему самому.`,
  'messages.subscription_asked.staff': (v) => `${v.text('from')} из своих: видеть можно, спрашивать не нужно.`,
  'messages.subscription_asked.again': (v) => `${v.text('from')} просит снова, прежняя просьба ещё ждёт ответа.`,
  'messages.subscription_asked.nobodys': () => 'Учётную запись здесь уже отключили: просьба не записана.',
  'messages.subscription_decided': (v) => `${v.text('by')} решает за себя, ответ уходит на адрес ${v.text('from')}.`,
  'messages.subscription_decided.not_asked': () => 'Отвечать некому: такой просьбы нет.',
  'messages.subscription_answered': () => 'Исход ответа на просьбу известен.',
};

const en: typeof ru = {
  'messages.heard': (v) => `${v.text('peer')} writes: the message was kept and the account’s owner told.`,
  'messages.heard.again': () => 'This is another copy of a message that is there already: it was not kept twice.',
  'messages.heard.duplicate': () =>
    'This duplicates a notice that stands in Pult anyway: it was not kept as a message.',
  'messages.heard.nobodys': () => 'This account was disconnected here: the message was not kept.',
  'messages.heard.stranger': (v) =>
    `${v.text('peer')} is neither a contact nor of the house, and strangers are not to be shown: the message was not kept.`,
  'messages.heard.ours': () => 'The person wrote this themselves, in another program: all above it is read.',
  'messages.heard.read_already': () => 'The message was kept without a notice: it was read in another program already.',
  'messages.heard.old': () => 'The message was kept without a notice: it was written more than 15 minutes ago.',
  'messages.seen': () => 'The messages were read: their notice was taken away.',
  'messages.seen.again': () => 'These messages had been read already.',
  'messages.written': (v) => `${v.text('by')} writes to ${v.text('to')}: the message was queued.`,
  'messages.written.again': () => 'This message is queued already: it is not sent twice.',
  'messages.written.nobodys': () => 'The account was disconnected meanwhile: the message is not sent.',
  'messages.written.not_connected': () => 'No messenger is connected: the message is not sent.',
  'messages.sent': () => 'The messenger’s server has taken the message.',
  'messages.sent.late': () => 'The server has taken the message, but more is known of it already.',
  'messages.delivered': () => 'A program of the other side has confirmed that it has the message.',
  'messages.delivered.again': () => 'It was known already that this message had arrived.',
  'messages.returned': (v) => `The message came back, another try is of no use. The server said: ${v.text('detail')}.`,
  'messages.returned.again_later': (v) =>
    `The message came back, try ${v.text('tries')} comes later. The server said: ${v.text('detail')}.`,
  'messages.returned.late': () => 'The message came back, but something else was settled for it already.',
  'messages.not_sent': (v) => `The message could not be sent: ${v.text('detail')}.`,
  'messages.not_sent.late': () => 'It could not be sent, but something else was settled for the message already.',
  'messages.try_again': () => 'The message is sent once more, under the same number.',
  'messages.try_again.not_connected': () => 'It cannot be tried again: no messenger is connected.',
  'messages.try_again.not_possible': () =>
    'There is nothing to try again: the message went out, or a try is under way.',
  'messages.no_message': () => 'The message that is meant is not here.',
  'messages.contacts_read': (v) => `The list of contacts was read whole; it has ${v.text('count')}.`,
  'messages.contact_changed': () => 'A contact was added, changed or taken off at the server.',
  'messages.presence_seen': () => 'A program of a contact told how they are.',
  'messages.presence_seen.stranger': () => 'Somebody told how they are who is no contact: it was not kept.',
  'messages.session_ended': () => 'The session of the messenger is over: how others are can no longer be seen.',
  'messages.subscription_asked': (v) => `${v.text('from')} asks to see how the person is: that is theirs to say.`,
  'messages.subscription_asked.staff': (v) =>
    `${v.text('from')} is of the house: they may see without being asked about.`,
  'messages.subscription_asked.again': (v) => `${v.text('from')} asks again; the first question still waits.`,
  'messages.subscription_asked.nobodys': () => 'The account was disconnected here: the question was not kept.',
  'messages.subscription_decided': (v) =>
    `${v.text('by')} has said for themselves; the answer goes to ${v.text('from')}.`,
  'messages.subscription_decided.not_asked': () => 'There is nobody to answer: nobody asks.',
  'messages.subscription_answered': () => 'It is known what came of the answer.',
};

export const whyMessages = { ru, en };
