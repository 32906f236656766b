// What the invented tracker knows: its lists, and what people wrote there, in each of the markups a tracker may have.
import type { TicketEntryRow } from '../../src/bindings/TicketEntryRow';
import type { TicketMember } from '../../src/bindings/TicketMember';
import type { TicketPriority } from '../../src/bindings/TicketPriority';
import type { TicketProject } from '../../src/bindings/TicketProject';
import type { TicketStatus } from '../../src/bindings/TicketStatus';

const HOUR = 3_600_000;

export const statuses: TicketStatus[] = [
  { id: 1, name: 'Новая', closed: false },
  { id: 2, name: 'В работе', closed: false },
  { id: 3, name: 'Ожидает ответа заявителя', closed: false },
  { id: 4, name: 'Решена', closed: false },
  { id: 5, name: 'Закрыта', closed: true },
  { id: 6, name: 'Отклонена', closed: true },
];
export const priorities: TicketPriority[] = [
  { id: 3, name: 'Низкий', default: false },
  { id: 4, name: 'Обычный', default: true },
  { id: 5, name: 'Высокий', default: false },
  { id: 6, name: 'Немедленный', default: false },
];
export const members: TicketMember[] = [
  { id: 11, name: 'Анна Комарова' },
  { id: 12, name: 'Игорь Смирнов' },
  { id: 13, name: 'Константин Вознесенский' },
  { id: 14, name: 'Мария Орлова' },
  { id: 15, name: 'Пётр Лебедев' },
];
const trackers = [
  { id: 1, name: 'Обращение' },
  { id: 2, name: 'Доработка' },
];
export const projects: TicketProject[] = [
  { id: 1, name: 'Служба поддержки', trackers, members },
  { id: 2, name: 'Склад и логистика', trackers: trackers.slice(0, 1), members: members.slice(0, 3) },
];

export const subjects = [
  'Не печатает принтер на третьем этаже',
  'Доступ к общей папке отдела бронирования для нового сотрудника',
  'Обновить программу расчётов',
  'Не приходит почта с сайта',
  'Новая рабочая станция для стажёра, второе окно',
  'Сбросить пароль',
  'Телефон 1042 не звонит, на экране «Нет регистрации»',
];

export const descriptions = [
  'h3. Что случилось\n\nПринтер @HP-3-12@ не печатает с *утра*. См. также #4711 и "инструкцию":https://help.example.com/wiki/printer.\n\n* перезапускали\n* меняли бумагу\n\n|_. Время|_. Ошибка|\n|09:12|E-11|\n|09:40|E-11|',
  '<p>Добрый день!</p><p>Нужен доступ к папке <strong>«Бронирование»</strong> для <em>нового сотрудника</em>.</p><ul><li>чтение</li><li>запись</li></ul><p>Ссылка: <a href="https://files.example.com/booking">папка</a></p><script>alert(1)</script>',
  'После обновления **не запускается** программа расчётов.\n\n```\nОшибка 0x80070005\n```\n\n1. Открыть\n2. Нажать «Расчёт»\n\n[Скриншот](https://files.example.com/shot)',
  'Почта с сайта не приходит со вчерашнего вечера.\nПроверяли на трёх адресах, похоже на #4720.\n\nС уважением,\nМария',
];

const strict = { name: '', old: null, new: null };

/** What happened to a ticket; private words are there for who may read them. */
export function entriesOf(id: number, last: number, own: boolean): TicketEntryRow[] {
  const at = (hours: number) => last - hours * HOUR;
  const entry = (more: Partial<TicketEntryRow> & { created_on: number }): TicketEntryRow => ({
    id: id * 100,
    user: { id: 12, name: 'Игорь Смирнов' },
    notes: null,
    private: false,
    hidden: false,
    parts: [],
    updated_on: null,
    ...more,
  });
  return [
    entry({
      id: id * 100 + 1,
      created_on: at(50),
      parts: [
        { ...strict, part: 'assignee', new: 'Игорь Смирнов' },
        { ...strict, part: 'status', old: 'Новая', new: 'В работе' },
        { ...strict, part: 'done_ratio', old: '0', new: '40' },
        { ...strict, part: 'other', name: 'easy_helpdesk_need_reaction', old: '0', new: '1' },
      ],
    }),
    entry({
      id: id * 100 + 2,
      created_on: at(30),
      user: { id: 14, name: 'Мария Орлова' },
      notes: 'Проверили ещё раз: *не помогло*. Прикладываю снимок экрана.\n\n[pult 7f3a-12]',
      parts: [{ ...strict, part: 'attachment', new: 'Снимок экрана 12.png' }],
    }),
    entry({
      id: id * 100 + 3,
      created_on: at(6),
      private: true,
      hidden: !own,
      notes: own ? 'Картридж заказан, поставка в четверг. Заявителю пока не обещать.' : null,
    }),
    entry({
      id: id * 100 + 4,
      created_on: at(0),
      updated_on: at(-0.5),
      notes: '> Проверили ещё раз\n\nСпасибо, завтра подойдёт инженер.',
      parts: [
        { ...strict, part: 'priority', old: 'Обычный', new: 'Высокий' },
        { ...strict, part: 'custom', name: 'Что нового', old: null, new: 'Ждём поставку' },
        { ...strict, part: 'relation', name: 'relates', new: '4711' },
      ],
    }),
  ];
}
