// Sentences for the rules of ERP documents: what came, what was missing, who was chosen, and what came of it. Each step's
// sentence ends with what it led to.
import type { Values } from '../../components/why';
import { erp } from './erp';
import type { WhyTexts } from './why';

const nextRu: Record<string, string> = {
  directory: 'Дальше: читаем справочник портала.',
  survey: 'Дальше: узнаём, кто сколько занят.',
  creation: 'Дальше: создаём задачи.',
  files: 'Дальше: переносим файлы.',
  update: 'Дальше: обновляем задачи.',
  partial: 'Итог: созданы не все задачи.',
  done: 'Итог: всё готово.',
  update_failed: 'Итог: задачи есть, обновить их не вышло.',
  error: 'Итог: задач нет.',
};
const nextEn: Record<string, string> = {
  directory: 'Next: reading the portal’s directory.',
  survey: 'Next: asking how busy people are.',
  creation: 'Next: creating tasks.',
  files: 'Next: moving files.',
  update: 'Next: updating tasks.',
  partial: 'Outcome: some tasks are missing.',
  done: 'Outcome: everything is done.',
  update_failed: 'Outcome: the tasks are there, their update failed.',
  error: 'Outcome: no tasks.',
};

/** A sentence, and what followed where that is known. */
const and = (sentence: string, table: Record<string, string>, v: Values) => {
  const word = v.text('next');
  return [sentence, Object.hasOwn(table, word) ? table[word] : ''].filter(Boolean).join(' ');
};
const ru_ = (sentence: string, v: Values) => and(sentence, nextRu, v);
const en_ = (sentence: string, v: Values) => and(sentence, nextEn, v);

const ru: WhyTexts['rules'] = {
  no_document: () => 'Документа, о котором пришло сообщение, нет.',
  requested: (v) => ru_(`Документ № ${v.text('number')} пришёл из 1С впервые.`, v),
  'requested.joined': (v) =>
    `Документ № ${v.text('number')} прислали ещё раз без изменений, пока он в работе: ответ будет общим.`,
  'requested.queued': (v) =>
    `Документ № ${v.text('number')} прислали с изменениями, пока он в работе: они будут учтены следом.`,
  'requested.again': (v) =>
    ru_(`Документ № ${v.text('number')} прислали ещё раз: недостающее создаётся, остальное обновляется.`, v),
  late: () => 'Ответ пришёл, когда его уже не ждали: ничего нового из него не следует.',
  surveyed: () =>
    'Занятость прочитана: каждая строка отдана тому, кто в её подотделе занят меньше всех. Дальше: создаём задачи.',
  'surveyed.nobody': (v) => ru_('Для одной из строк выбрать некого, поэтому не отдана ни одна.', v),
  survey_failed: (v) => ru_('Занятость людей узнать не вышло, а наугад задачи не отдаются.', v),
  created: (v) => ru_('Портал ответил, какие задачи создал.', v),
  uploaded: (v) => ru_('Файл на диске портала.', v),
  upload_failed: (v) => ru_('Файл на диск портала не попал. Задачам это не мешает.', v),
  updated: (v) => ru_('Портал ответил, какие задачи обновил.', v),
  'again.due': (v) => ru_('Пришло время ещё раз попробовать то, что не вышло.', v),
  'again.asked': (v) => ru_('Документ повторили из консоли.', v),
  'directory.read': (v) => `Справочник портала прочитан. Документов ждало: ${v.text('waiting')}.`,
  'directory.stale': (v) =>
    `Справочник портала не прочитался (${v.text('detail')}). Прежнему меньше суток, поэтому документы идут дальше с ним. Ждало: ${v.text('waiting')}.`,
  'directory.failed': (v) =>
    `Справочник портала не прочитался (${v.text('detail')}), а прежнего нет или он старше суток. Документов, которым он был нужен: ${v.text('waiting')}.`,
  'directory.forgotten': () => 'Справочник портала забыт: он прочитается заново со следующим документом.',
};

const en: WhyTexts['rules'] = {
  no_document: () => 'There is no document that the message could be about.',
  requested: (v) => en_(`Document no. ${v.text('number')} came from the ERP for the first time.`, v),
  'requested.joined': (v) =>
    `Document no. ${v.text('number')} came again unchanged while it was being worked on: both get one answer.`,
  'requested.queued': (v) =>
    `Document no. ${v.text('number')} came with changes while it was being worked on: they count right after.`,
  'requested.again': (v) =>
    en_(`Document no. ${v.text('number')} came again: what is missing is created, the rest is updated.`, v),
  late: () => 'The answer came when nobody waited for it any more: nothing new follows from it.',
  surveyed: () =>
    'How busy people are is known: each line was given to the least busy of its sub-department. Next: creating tasks.',
  'surveyed.nobody': (v) => en_('For one of the lines nobody can be chosen, so none was given out.', v),
  survey_failed: (v) => en_('How busy people are could not be learnt, and no task is given out blindly.', v),
  created: (v) => en_('The portal answered which tasks it created.', v),
  uploaded: (v) => en_('A file is on the portal’s disk.', v),
  upload_failed: (v) => en_('A file did not get onto the portal’s disk. The tasks do not depend on it.', v),
  updated: (v) => en_('The portal answered which tasks it updated.', v),
  'again.due': (v) => en_('It was time to try again what had failed.', v),
  'again.asked': (v) => en_('The document was tried again from the console.', v),
  'directory.read': (v) => `The portal’s directory was read. Documents that waited: ${v.text('waiting')}.`,
  'directory.stale': (v) =>
    `The portal’s directory could not be read (${v.text('detail')}). The former one is younger than a day, so documents go on with it. Waiting: ${v.text('waiting')}.`,
  'directory.failed': (v) =>
    `The portal’s directory could not be read (${v.text('detail')}), and there is none younger than a day. Documents that needed it: ${v.text('waiting')}.`,
  'directory.forgotten': () => 'The portal’s directory was forgotten: it is read anew with the next document.',
};

const reasons = (table: Record<string, string>) =>
  Object.fromEntries(Object.entries(table).map(([word, text]) => [`erp.${word}`, text]));

export const whyErp = {
  ru: { rules: ru, reasons: reasons(erp.ru.reasons) },
  en: { rules: en, reasons: reasons(erp.en.reasons) },
};
