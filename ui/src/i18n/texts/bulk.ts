// Words of acts on several tickets or ratings at once.
import { number } from '../format';
import { enForm, ruForm } from '../plural';

const ruTickets = (n: number) => `${number(n, 'ru')} ${ruForm(n, 'заявку', 'заявки', 'заявок')}`;
const enTickets = (n: number) => `${number(n, 'en')} ${enForm(n, 'ticket', 'tickets')}`;
const ruIssues = (n: number) => `${number(n, 'ru')} ${ruForm(n, 'заявке', 'заявкам', 'заявкам')}`;
const enIssues = (n: number) => `${number(n, 'en')} ${enForm(n, 'issue', 'issues')}`;

const ru = {
  whom: 'Что затронет',
  results: 'Что вышло с каждой',
  nobody: 'Ни одной из отмеченных это не подходит.',
  skipped: (n: number) => `Не подходит и останется как есть: ${number(n, 'ru')}`,
  cut: (n: number) => `За один раз не больше ${number(n, 'ru')}: остальные останутся отмеченными.`,
  finished: (done: number, all: number) => `Сделано: ${number(done, 'ru')} из ${number(all, 'ru')}`,
  counts: (done: number, open: number, refused: number) =>
    [
      `сделано ${number(done, 'ru')}`,
      ...(open > 0 ? [`отправляется ${number(open, 'ru')}`] : []),
      ...(refused > 0 ? [`не вышло ${number(refused, 'ru')}`] : []),
    ].join(' · '),
  untouched: (n: number) => `не тронуто ${number(n, 'ru')}`,
  done: 'сделано',
  sending: 'отправляется',
  tickets: {
    open: (n: number) => `Изменить ${ruTickets(n)}`,
    title: (n: number) => `Изменить ${ruTickets(n)}`,
    text: 'По каждой уйдёт свой запрос. Что изменил кто-то другой, не перезаписывается.',
    keep: 'не менять',
    comment: 'Комментарий ко всем',
    note: 'комментарий',
    act: (n: number) => `Изменить ${ruTickets(n)}`,
    partly: 'сделано не всё',
  },
  ratings: {
    hold: {
      open: (n: number) => `Остановить часы: ${number(n, 'ru')}`,
      title: (n: number) => `Остановить часы по ${ruIssues(n)}?`,
      act: (n: number) => `Остановить часы по ${ruIssues(n)}`,
    },
    ask_again: {
      open: (n: number) => `Спросить снова: ${number(n, 'ru')}`,
      title: (n: number) => `Спросить ещё раз по ${ruIssues(n)}?`,
      act: (n: number) => `Спросить ещё раз по ${ruIssues(n)}`,
    },
    cancel: {
      open: (n: number) => `Отменить: ${number(n, 'ru')}`,
      title: (n: number) => `Отменить запросы оценок по ${ruIssues(n)}?`,
      act: (n: number) => `Отменить запросы по ${ruIssues(n)}`,
    },
  },
};

const en: typeof ru = {
  whom: 'What it touches',
  results: 'What became of each',
  nobody: 'It fits none of the marked ones.',
  skipped: (n) => `Do not fit and stay as they are: ${number(n, 'en')}`,
  cut: (n) => `At most ${number(n, 'en')} at once: the rest stay marked.`,
  finished: (done, all) => `Done: ${number(done, 'en')} of ${number(all, 'en')}`,
  counts: (done, open, refused) =>
    [
      `${number(done, 'en')} done`,
      ...(open > 0 ? [`${number(open, 'en')} on the way`] : []),
      ...(refused > 0 ? [`${number(refused, 'en')} not done`] : []),
    ].join(' · '),
  untouched: (n) => `${number(n, 'en')} not touched`,
  done: 'done',
  sending: 'on the way',
  tickets: {
    open: (n) => `Change ${enTickets(n)}`,
    title: (n) => `Change ${enTickets(n)}`,
    text: 'Each gets a request of its own. What somebody else changed is not overwritten.',
    keep: 'leave as it is',
    comment: 'Comment on all',
    note: 'comment',
    act: (n) => `Change ${enTickets(n)}`,
    partly: 'not all of it done',
  },
  ratings: {
    hold: {
      open: (n) => `Stop the clock: ${number(n, 'en')}`,
      title: (n) => `Stop the clock of ${enIssues(n)}?`,
      act: (n) => `Stop the clock of ${enIssues(n)}`,
    },
    ask_again: {
      open: (n) => `Ask again: ${number(n, 'en')}`,
      title: (n) => `Ask again about ${enIssues(n)}?`,
      act: (n) => `Ask again about ${enIssues(n)}`,
    },
    cancel: {
      open: (n) => `Cancel: ${number(n, 'en')}`,
      title: (n) => `Cancel the requests about ${enIssues(n)}?`,
      act: (n) => `Cancel the requests about ${enIssues(n)}`,
    },
  },
};

export const bulk = { ru, en };
