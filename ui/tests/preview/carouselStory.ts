// The story behind the preview's carousel: who works where, when they are away, which tickets wait, and several weeks of decisions
// made strictly in turn.
import type { Absence } from '../../src/bindings/Absence';
import type { AssignmentRow } from '../../src/bindings/AssignmentRow';
import type { CarouselConsidered } from '../../src/bindings/CarouselConsidered';
import type { CarouselPlace } from '../../src/bindings/CarouselPlace';
import type { CarouselService } from '../../src/bindings/CarouselService';
import type { CarouselTicketRow } from '../../src/bindings/CarouselTicketRow';
import { shiftDay } from '../../src/i18n/format';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

export const groups: [number, string, string | null][] = [
  [41, 'Первая линия', 'Разбирает новые тикеты'],
  [42, 'Рабочие места', null],
  [43, 'Сеть и связь', null],
  [44, 'Учётные системы', null],
  [45, 'Ночная смена', null],
  [46, 'Стажёры', null],
];

/** Number, name, groups, whether on the carousel. */
export const staff: [number, string, number[], boolean][] = [
  [583001, 'Иванова Мария', [41, 42], true],
  [583004, 'Петров Сергей', [41], true],
  [583007, 'Сидорова Анна', [41, 43], true],
  [583012, 'Ким Алексей', [41, 44], true],
  [583015, 'Воскресенская-Преображенская Александра', [41, 42, 43], true],
  [583021, 'Лебедев Олег', [42], true],
  [583022, 'Сафина Дина', [42, 44], true],
  [583030, 'Ткач Павел', [43], true],
  [583031, 'Орлов Виктор', [43], false],
  [583038, 'Кузнецова Елена', [44], true],
  [583040, 'Белов Игорь', [44], true],
  [583052, 'Шилова Нина', [45], true],
  [583053, 'Коробов Тимур', [45], false],
  [583060, 'Новикова Ольга', [46], false],
  [583061, 'Громов Денис', [46], false],
  [582950, 'Ушаков Леонид', [], true],
];

/** Number, name, groups, whether on. */
export const offers: [number, string, number[], boolean][] = [
  [1201, 'Заявки пользователей', [41], true],
  [1204, 'Рабочие места и техника', [42, 46], true],
  [1207, 'Сеть, телефония и доступ в интернет', [43], true],
  [1210, '1С и учётные системы', [44], true],
  [1215, 'Ночные обращения', [45], true],
  [1218, 'Закупки', [], false],
  [1222, 'Доступы и права', [41, 44], true],
  [1230, 'Обучение', [46], false],
  [1101, 'Старый портал', [], true],
];

/** Days away of somebody, around a day. */
export function absencesOf(id: number, today: string): Absence[] {
  const day = (by: number) => shiftDay(today, by);
  const row = (number: number, more: Partial<Absence>): Absence => ({
    id: number,
    start: today,
    end: today,
    half: null,
    rrule: null,
    source: 'manual',
    ...more,
  });
  const own: Record<number, Absence[]> = {
    583004: [row(1, { start: day(-2), end: day(5) }), row(2, { start: day(-140), end: day(-127), source: 'import' })],
    583007: [row(3, { start: '2026-09-04', end: '2026-09-04', half: 'second', rrule: 'FREQ=WEEKLY;BYDAY=FR' })],
    583012: [row(4, { start: day(9), end: day(11) })],
    583015: [row(5, { half: 'first', start: day(-4), end: day(-4) }), row(6, { start: day(14), end: day(27) })],
    583022: [row(7, { start: '2026-10-05', end: '2026-10-05', rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU' })],
    583038: [row(8, { start: '2026-01-10', end: '2026-01-11', rrule: 'FREQ=MONTHLY;BYMONTHDAY=10' })],
    583052: [row(9, { start: day(-1), end: day(1) })],
    583040: [row(10, { start: day(0), end: day(0), half: 'first' })],
  };
  return own[id] ?? [];
}

/** Tickets of a service that wait. */
export function queueOf(service: number, now: number): CarouselTicketRow[] {
  const row = (ticket: number, more: Partial<CarouselTicketRow>): CarouselTicketRow => ({
    ticket,
    created_at: now - (ticket % 90) * MINUTE,
    status: 31,
    tries: 0,
    next_try: null,
    parked: false,
    refused: [],
    ...more,
  });
  if (service === 1204) return [row(48731, {}), row(48733, { tries: 2, next_try: now + 4 * MINUTE })];
  if (service === 1207)
    return [row(48690, { tries: 5, parked: true, created_at: now - 5 * HOUR }), row(48702, { refused: [583030] })];
  return [];
}

/** Several weeks of decisions, the newest first; the last but a few was given to somebody else by hand. */
export function logOf(services: readonly CarouselService[], now: number): AssignmentRow[] {
  const rows: AssignmentRow[] = [];
  const last = new Map<number, number>();
  const active = services.filter(({ row, members }) => row.enabled && row.removed_at === null && members.length > 0);
  for (let place = 0; place < 260; place += 1) {
    const at = now - (260 - place) * 157 * MINUTE + (place % 7) * 11 * MINUTE;
    const { row, members } = pick(
      active.filter((each) => each.row.id !== 1215 || place < 60),
      place * 5 + (place >> 3),
    );
    const before = last.get(row.id) ?? null;
    const considered = consideredOf(members, before, place);
    const chosen = considered.find((each) => each.place === 'turn');
    if (!chosen) continue;
    const odd = place % 41;
    const outcome =
      odd === 7
        ? 'taken'
        : odd === 19
          ? 'person_refused'
          : odd === 29
            ? 'failed'
            : odd === 37
              ? 'ticket_refused'
              : 'confirmed';
    if (outcome === 'confirmed') last.set(row.id, chosen.person);
    const away = considered.find(
      (each) => each.place === 'off' && each.person > (before ?? 0) && each.person < chosen.person,
    );
    rows.push({
      id: 3000 + rows.length,
      service: row.id,
      service_name: row.name,
      ticket: 48400 + place,
      person: chosen.person,
      person_name: chosen.name,
      way: 'turn',
      state: outcome === 'confirmed' ? 'confirmed' : 'failed',
      outcome,
      detail:
        outcome === 'person_refused'
          ? 'Пользователь заблокирован'
          : outcome === 'failed'
            ? 'нет ответа за 20 с'
            : outcome === 'ticket_refused'
              ? 'Заявка закрыта для изменений'
              : null,
      last: before,
      considered,
      otherwise: away?.person ?? null,
      by: null,
      created_at: at,
      updated_at: at + 2400,
    });
  }
  const given = rows.at(-4);
  const [to, name] = staff[3] ?? [];
  if (given && to && name)
    rows.push({
      ...given,
      id: 3000 + rows.length,
      person: to,
      person_name: name,
      way: 'reassigned',
      state: 'confirmed',
      outcome: 'confirmed',
      detail: null,
      considered: [],
      otherwise: null,
      by: 'a.komarova',
      created_at: now - 40 * MINUTE,
      updated_at: now - 40 * MINUTE + 1800,
    });
  return rows.reverse();
}

/** Everybody of a service as a choice saw them. */
function consideredOf(members: readonly number[], last: number | null, turn: number): CarouselConsidered[] {
  const placeOf = (id: number, index: number): CarouselPlace => {
    const person = staff.find(([each]) => each === id);
    if (!person?.[3]) return 'disabled';
    return (turn + index * 3) % 13 === 0 ? 'off' : 'later';
  };
  const list = members.map((id, index): CarouselConsidered => ({
    person: id,
    name: staff.find(([each]) => each === id)?.[1] ?? '',
    place: placeOf(id, index),
    given: (turn + index) % 5,
  }));
  const may = list.filter(({ place }) => place === 'later');
  const chosen = may.find(({ person }) => person > (last ?? 0)) ?? may[0];
  if (chosen) chosen.place = 'turn';
  return list;
}
