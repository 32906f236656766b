// Words of ERP documents: the list, the panel with the choice behind each task, the directory, and a sentence for every trouble.
import type { ChoiceReason } from '../../bindings/ChoiceReason';
import type { DocumentStage } from '../../bindings/DocumentStage';
import type { DocumentState } from '../../bindings/DocumentState';
import type { DocumentTaskState } from '../../bindings/DocumentTaskState';
import type { DocumentTrouble } from '../../bindings/DocumentTrouble';
import { number } from '../format';
import { enForm, ruForm } from '../plural';
import { reasonInRussian } from './reasons';

/** Each trouble by its word: what happened, and what a person does about it. */
type Troubles = {
  [T in DocumentTrouble as T['trouble']]: { what: (told: T) => string; mend: string };
};

const ruDocuments = (n: number) => `${number(n, 'ru')} ${ruForm(n, 'документ', 'документа', 'документов')}`;
const ruFiles = (n: number) => `${number(n, 'ru')} ${ruForm(n, 'файл', 'файла', 'файлов')}`;
const ruPeople = (n: number) => `${number(n, 'ru')} ${ruForm(n, 'человек', 'человека', 'человек')}`;
const enDocuments = (n: number) => `${number(n, 'en')} ${enForm(n, 'document', 'documents')}`;
const enFiles = (n: number) => `${number(n, 'en')} ${enForm(n, 'file', 'files')}`;
const enPeople = (n: number) => `${number(n, 'en')} ${enForm(n, 'person', 'people')}`;

const ru = {
  table: 'Документы 1С и их задачи',
  states: {
    received: 'в работе',
    partial: 'созданы не все задачи',
    done: 'готово',
    update_failed: 'обновить не вышло',
    error: 'задач нет',
  } satisfies Record<DocumentState, string>,
  stages: {
    directory: 'ждёт справочник',
    survey: 'узнаём занятость',
    creation: 'создаём задачи',
    files: 'переносим файлы',
    update: 'обновляем задачи',
  } satisfies Record<DocumentStage, string>,
  taskStates: {
    creating: 'создаётся',
    created: 'создана, дополняется',
    stale: 'есть, обновляется',
    done: 'готова',
    refused: 'портал не создал',
    update_failed: 'обновить не вышло',
    completed: 'завершена, не тронута',
  } satisfies Record<DocumentTaskState, string>,
  noTask: 'ещё никому не дана',
  columns: {
    number: 'Номер',
    title: 'Документ',
    received: 'Принят',
    state: 'Состояние',
    tasks: 'Задачи',
    files: 'Файлы',
    trouble: 'Что не так',
    tries: 'Повторы',
    updated: 'Изменён',
    author: 'Автор',
  },
  tasksOf: (there: number, wanted: number) => `${number(there, 'ru')} из ${number(wanted, 'ru')}`,
  filters: { number: 'Номер документа', state: 'Состояние', clear: 'Сбросить фильтры' },
  withCount: (word: string, n: number) => `${word} · ${number(n, 'ru')}`,
  count: (n: number, more: boolean) =>
    more ? `${number(n, 'ru')}+ ${ruForm(n, 'документ', 'документа', 'документов')}` : ruDocuments(n),
  cut: (most: number) => `показаны первые ${number(most, 'ru')}`,
  empty: 'Документов ещё не было. Как подключить 1С, сказано в настройках подключений.',
  emptyViewer: 'Документов ещё не было.',
  filtered: 'По этим фильтрам ничего нет.',
  toConnection: 'Открыть подключение 1С',
  refresh: 'Обновить',
  stale: 'Список не обновился',
  gone: 'Этого документа больше нет',
  house: {
    title: 'Справочник портала',
    parts: { departments: 'Подотделы', people: 'Люди', project: 'Проект', schedule: 'График работы' },
    never: 'не прочитано',
    old: (age: string) => `${age}, устарело`,
    read: (at: string, until: string) =>
      `Прочитано ${at}. До ${until} считается верным, потом читается заново, когда понадобится документу`,
    reading: 'читается…',
    failed: (age: string) => `последнее чтение не вышло, ${age}`,
    stale: 'Состояние справочника не обновилось',
    forget: {
      open: 'Обновить справочник',
      title: 'Обновить справочник портала?',
      text: 'Подотделы, люди, проект и график забудутся и прочитаются заново, когда они понадобятся документу. Пока портал не ответит, документы подождут.',
      confirm: 'Обновить справочник',
      done: 'Справочник прочитается заново',
    },
  },
  detail: {
    title: (name: string) => `Документ № ${name}`,
    noTitle: 'без названия',
    received: 'Принят',
    updated: 'Изменён',
    ended: 'Завершён',
    date: 'Дата в 1С',
    author: 'Автор',
    guid: 'Ключ 1С',
    description: 'Описание',
    tries: 'Повторы без людей',
    tasks: 'Задачи',
    lines: 'Строки и задачи',
    gone: 'строки больше нет в документе',
    responsible: 'Кому',
    person: (id: number) => `№ ${id}`,
    task: 'Задача на портале',
    department: 'Подотдел на портале',
    planned: 'По плану',
    given: 'Отдана',
    attached: 'Файлы в задаче',
    said: (words: string) => `Ответ портала: ${reasonInRussian(words)}`,
    choice: 'Как выбирали',
    choiceOf: (name: string) => `Как выбирали: ${name}`,
    choiceCount: ruPeople,
    considered: {
      person: 'Сотрудник',
      load: 'Работы',
      loadHint: 'Сколько работы осталось в открытых задачах',
      open: 'Задач',
      openHint: 'Сколько задач открыто',
      reserved: 'Наших',
      reservedHint: 'Сколько из них только что дали мы и портал их ещё не показал',
      last: 'Последняя',
      lastHint: 'Когда мы в последний раз дали задачу',
      chosen: 'выбран(а)',
      never: 'не было',
    },
    files: 'Файлы',
    fileThere: 'на диске портала',
    fileFailed: 'не перенесён',
    fileWaiting: 'ещё не перенесён',
    noFiles: 'Файлов в документе нет.',
    traffic: 'В обмене',
    record: (id: number) => `Запись ${id}`,
    effect: (id: number) => `Вызов ${id}`,
    decisions: 'Решения',
    decisionsNone: 'Решений ещё не было.',
    queued: 'Документ пришёл ещё раз с изменениями. Они будут учтены, как только закончится начатое.',
    onlyLook: 'Повторить документ может старший смены.',
    mend: 'Что сделать',
    itself: 'Пульт пробует ещё раз сам, до десяти раз.',
  },
  troubles: {
    not_connected: {
      what: () => 'Портал Bitrix24 не подключён.',
      mend: 'Задайте вебхук портала в подключении 1С и повторите документ.',
    },
    no_root: {
      what: ({ name }) => `Отдел «${name}» не найден.`,
      mend: 'Проверьте название или номер отдела в настройках, обновите справочник и повторите документ.',
    },
    several_roots: {
      what: ({ name, ids }) => `Отделов «${name}» несколько: ${ids.join(', ')}.`,
      mend: 'Впишите номер нужного отдела в настройки и повторите документ.',
    },
    no_department: {
      what: ({ name }) => `Подотдел «${name}» не найден.`,
      mend: 'Исправьте калькуляцию в 1С и отправьте документ снова. Если подотдел только что завели на портале, обновите справочник и повторите.',
    },
    several_departments: {
      what: ({ name, ids }) => `Подотделов «${name}» несколько: ${ids.join(', ')}.`,
      mend: 'Оставьте это название одному подотделу на портале, обновите справочник и повторите документ.',
    },
    no_staff: {
      what: ({ name }) => `В подотделе «${name}» нет сотрудников.`,
      mend: 'Добавьте в подотдел людей на портале, обновите справочник и повторите документ.',
    },
    no_project: {
      what: ({ name }) => `Проект «${name}» не найден.`,
      mend: 'Заведите проект на портале или снимите требование проекта в настройках, обновите справочник и повторите документ.',
    },
    loads_unknown: {
      what: ({ name, reason }) =>
        `Занятость сотрудников подотдела «${name}» не прочитана${reason ? `: ${reason}` : ''}.`,
      mend: 'Проверьте, что портал отвечает и вебхуку хватает прав, и повторите документ.',
    },
    line_refused: {
      what: ({ line, name, detail }) =>
        `Строка ${line}, «${name}»: портал не создал задачу${detail ? `: ${detail}` : ''}.`,
      mend: 'Устраните причину и повторите: создадутся только недостающие задачи.',
    },
    portal_failed: {
      what: ({ detail }) => `Портал не ответил как нужно${detail ? `: ${detail}` : ''}.`,
      mend: 'Проверьте подключение портала и повторите: созданное раньше второй раз не создаётся.',
    },
    update_refused: {
      what: ({ detail }) => `Портал не принял файлы или изменения${detail ? `: ${detail}` : ''}.`,
      mend: 'Задачи уже есть. Если портал исправен, повторите документ сейчас.',
    },
  } as Troubles,
  reasons: {
    least: 'занятость наименьшая',
    least_of_absent: 'отсутствуют все, занятость наименьшая',
    busier: 'занятость больше',
    more_tasks: 'занятость та же, задач больше',
    later_turn: 'занятость та же, очередь позже',
    absent: 'сейчас отсутствует',
    inactive: 'больше не сотрудник',
    unknown: 'занятость не прочитана',
  } satisfies Record<ChoiceReason, string>,
  again: {
    open: 'Повторить',
    title: (name: string) => `Повторить документ № ${name}?`,
    text: (missing: number, files: number) =>
      [
        missing > 0
          ? `Недостающих задач: ${number(missing, 'ru')}, Пульт попробует создать их ещё раз. Готовые обновятся, ответственные у них не сменятся.`
          : 'Все задачи уже есть: Пульт обновит их, ответственные не сменятся.',
        files > 0 ? `Недостающие файлы перенесутся, всего в документе ${ruFiles(files)}.` : '',
      ]
        .filter(Boolean)
        .join(' '),
    confirm: (name: string) => `Повторить № ${name}`,
    done: (name: string) => `Документ № ${name} снова в работе`,
  },
  search: {
    title: 'Документы 1С',
    document: (name: string) => `Документ 1С № ${name}`,
    open: 'Документы 1С: список',
    troubled: 'Документы 1С: не созданы задачи',
  },
  notice: {
    partial: (name: string) => `Документ 1С № ${name}: созданы не все задачи`,
    update_failed: (name: string) => `Документ 1С № ${name}: задачи есть, обновить их не вышло`,
    error: (name: string) => `Документ 1С № ${name}: задачи не созданы`,
  },
};

const en: typeof ru = {
  table: 'ERP documents and their tasks',
  states: {
    received: 'under way',
    partial: 'some tasks missing',
    done: 'done',
    update_failed: 'update failed',
    error: 'no tasks',
  },
  stages: {
    directory: 'waits for the directory',
    survey: 'asking who is busy',
    creation: 'creating tasks',
    files: 'moving files',
    update: 'updating tasks',
  },
  taskStates: {
    creating: 'being created',
    created: 'created, being completed',
    stale: 'there, being updated',
    done: 'done',
    refused: 'not created by the portal',
    update_failed: 'update failed',
    completed: 'completed, left alone',
  },
  noTask: 'given to nobody yet',
  columns: {
    number: 'Number',
    title: 'Document',
    received: 'Received',
    state: 'State',
    tasks: 'Tasks',
    files: 'Files',
    trouble: 'What is wrong',
    tries: 'Retries',
    updated: 'Changed',
    author: 'Author',
  },
  tasksOf: (there, wanted) => `${number(there, 'en')} of ${number(wanted, 'en')}`,
  filters: { number: 'Document number', state: 'State', clear: 'Clear the filters' },
  withCount: (word, n) => `${word} · ${number(n, 'en')}`,
  count: (n, more) => (more ? `${number(n, 'en')}+ documents` : enDocuments(n)),
  cut: (most) => `the first ${number(most, 'en')} are shown`,
  empty: 'No documents yet. The settings of connections say how to connect the ERP.',
  emptyViewer: 'No documents yet.',
  filtered: 'Nothing matches these filters.',
  toConnection: 'Open the ERP connection',
  refresh: 'Refresh',
  stale: 'The list was not refreshed',
  gone: 'This document is gone',
  house: {
    title: 'Portal directory',
    parts: { departments: 'Sub-departments', people: 'People', project: 'Project', schedule: 'Working hours' },
    never: 'not read',
    old: (age) => `${age}, out of date`,
    read: (at, until) => `Read ${at}. Believed until ${until}, then read anew when a document needs it`,
    reading: 'being read…',
    failed: (age) => `the last reading failed, ${age}`,
    stale: 'The state of the directory was not refreshed',
    forget: {
      open: 'Refresh the directory',
      title: 'Refresh the portal directory?',
      text: 'Sub-departments, people, project and working hours are forgotten and read anew when a document needs them. Until the portal answers, documents wait.',
      confirm: 'Refresh the directory',
      done: 'The directory will be read anew',
    },
  },
  detail: {
    title: (name) => `Document no. ${name}`,
    noTitle: 'no title',
    received: 'Received',
    updated: 'Changed',
    ended: 'Settled',
    date: 'Date in the ERP',
    author: 'Author',
    guid: 'ERP key',
    description: 'Description',
    tries: 'Retries by itself',
    tasks: 'Tasks',
    lines: 'Lines and tasks',
    gone: 'the document has no such line any more',
    responsible: 'Given to',
    person: (id) => `no. ${id}`,
    task: 'Task on the portal',
    department: 'Department on the portal',
    planned: 'Planned',
    given: 'Given',
    attached: 'Files in the task',
    said: (words) => `The portal’s answer: ${words}`,
    choice: 'How the choice was made',
    choiceOf: (name) => `How the choice was made: ${name}`,
    choiceCount: enPeople,
    considered: {
      person: 'Employee',
      load: 'Load',
      loadHint: 'Work left in open tasks',
      open: 'Tasks',
      openHint: 'How many tasks are open',
      reserved: 'Ours',
      reservedHint: 'How many of them we have just given and the portal does not show yet',
      last: 'Last given',
      lastHint: 'When we last gave a task',
      chosen: 'chosen',
      never: 'never',
    },
    files: 'Files',
    fileThere: 'on the portal’s disk',
    fileFailed: 'not moved',
    fileWaiting: 'not moved yet',
    noFiles: 'The document has no files.',
    traffic: 'In Deliveries',
    record: (id) => `Record ${id}`,
    effect: (id) => `Call ${id}`,
    decisions: 'Decisions',
    decisionsNone: 'No decisions yet.',
    queued: 'The document came again with changes. They count as soon as what was begun is over.',
    onlyLook: 'A supervisor can have the document worked on again.',
    mend: 'What to do',
    itself: 'Pult tries again by itself, up to ten times.',
  },
  troubles: {
    not_connected: {
      what: () => 'The Bitrix24 portal is not connected.',
      mend: 'Set the portal’s webhook in the ERP connection, then have the document worked on again.',
    },
    no_root: {
      what: ({ name }) => `The department “${name}” was not found.`,
      mend: 'Check the department’s name or number in the settings, refresh the directory, then try the document again.',
    },
    several_roots: {
      what: ({ name, ids }) => `Several departments are called “${name}”: ${ids.join(', ')}.`,
      mend: 'Put the number of the right one into the settings, then try the document again.',
    },
    no_department: {
      what: ({ name }) => `The sub-department “${name}” was not found.`,
      mend: 'Correct the line in the ERP and send the document again. If the sub-department is new on the portal, refresh the directory and try again.',
    },
    several_departments: {
      what: ({ name, ids }) => `Several sub-departments are called “${name}”: ${ids.join(', ')}.`,
      mend: 'Leave the name to one of them on the portal, refresh the directory, then try the document again.',
    },
    no_staff: {
      what: ({ name }) => `Nobody works in the sub-department “${name}”.`,
      mend: 'Add people to it on the portal, refresh the directory, then try the document again.',
    },
    no_project: {
      what: ({ name }) => `The project “${name}” was not found.`,
      mend: 'Make the project on the portal or stop requiring it in the settings, refresh the directory, then try the document again.',
    },
    loads_unknown: {
      what: ({ name, reason }) => `How busy people in “${name}” are could not be read${reason ? `: ${reason}` : ''}.`,
      mend: 'Check that the portal answers and its webhook has the rights, then try the document again.',
    },
    line_refused: {
      what: ({ line, name, detail }) =>
        `Line ${line}, “${name}”: the portal created no task${detail ? `: ${detail}` : ''}.`,
      mend: 'Remove the cause and try again: only the missing tasks are created.',
    },
    portal_failed: {
      what: ({ detail }) => `The portal did not answer as needed${detail ? `: ${detail}` : ''}.`,
      mend: 'Check the portal’s connection and try again: what is there is not created twice.',
    },
    update_refused: {
      what: ({ detail }) => `The portal did not take the files or changes${detail ? `: ${detail}` : ''}.`,
      mend: 'The tasks are there. If the portal is in order, try the document again now.',
    },
  } as Troubles,
  reasons: {
    least: 'the least busy',
    least_of_absent: 'everybody is away; the least busy of them',
    busier: 'busier',
    more_tasks: 'as busy, with more tasks',
    later_turn: 'as busy, later in turn',
    absent: 'away at that moment',
    inactive: 'no employee any more',
    unknown: 'load could not be read',
  },
  again: {
    open: 'Try again',
    title: (name) => `Try document no. ${name} again?`,
    text: (missing, files) =>
      [
        missing > 0
          ? `Pult tries once more to create ${number(missing, 'en')} ${enForm(missing, 'task', 'tasks')}. Those that are there are updated and stay with the same people.`
          : 'All tasks are there: Pult updates them, and they stay with the same people.',
        files > 0 ? `Missing files are moved; the document has ${enFiles(files)}.` : '',
      ]
        .filter(Boolean)
        .join(' '),
    confirm: (name) => `Try no. ${name} again`,
    done: (name) => `Document no. ${name} is being worked on again`,
  },
  search: {
    title: 'ERP documents',
    document: (name) => `ERP document no. ${name}`,
    open: 'ERP documents: the list',
    troubled: 'ERP documents: no tasks made',
  },
  notice: {
    partial: (name) => `ERP document no. ${name}: some tasks are missing`,
    update_failed: (name) => `ERP document no. ${name}: the tasks are there, their update failed`,
    error: (name) => `ERP document no. ${name}: no task was made`,
  },
};

export const erp = { ru, en };

/** A trouble in one sentence. */
export function troubleText(table: typeof ru, trouble: DocumentTrouble): string {
  // The table holds a sentence for each word, taking exactly what stands beside that word.
  const found = table.troubles[trouble.trouble] as { what: (told: DocumentTrouble) => string } | undefined;
  return found ? found.what(trouble) : trouble.trouble;
}
