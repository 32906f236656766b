// The call journal of an invented contact centre: today in both centres and the month before it, the same every time for
// the same "now". Filtered and paged the way the engine does it.
import { ApiError, type Answers } from '../../src/backend/fake';
import type { AgencyCard } from '../../src/bindings/AgencyCard';
import type { AgencyDetails } from '../../src/bindings/AgencyDetails';
import type { AgencyOfEnquiry } from '../../src/bindings/AgencyOfEnquiry';
import type { Badge } from '../../src/bindings/Badge';
import type { CallPanel } from '../../src/bindings/CallPanel';
import type { CallRow } from '../../src/bindings/CallRow';
import type { EntryRow } from '../../src/bindings/EntryRow';
import type { Explanation } from '../../src/bindings/Explanation';
import type { Filter } from '../../src/bindings/Filter';
import type { HourBar } from '../../src/bindings/HourBar';
import type { Totals } from '../../src/bindings/Totals';

const operators = {
  moscow: ['Анна Белова', 'Игорь Смирнов', 'Мария Кузнецова', 'Павел Орлов', 'Дина Сафина', 'Константин Вознесенский'],
  vilnius: ['Ольга Жилинская', 'Томас Петрайтис', 'Рута Казлаускайте'],
};
const agencies = [
  'Северный ветер',
  'Вокруг света',
  'Лазурный берег',
  'Компас',
  'Три моря',
  'Бюро путешествий «Меридиан»',
];
const streets = [
  'Садовая ул., 12',
  'Лесной пр-т, 4к2',
  'наб. Тихая, 31',
  'ул. Яблоневая, 7',
  'Кленовый бул., 18',
  'ул. Озёрная, 3',
];
const themes = ['Бронирование', 'Документы', 'Оплата', 'Возврат', 'Авиабилеты', 'Визы'];
const resultTexts = [
  'Сорвался',
  'Обработано',
  'Клиент положил трубку',
  'Не работает интернет',
  'Сорвался-обрыв',
  'Сорвался-плохая слышимость',
  'Сорвался-тишина',
];
const typeTexts = [
  'Ошиблись номером',
  'Англичанин',
  'Агентство',
  'Сервисный звонок',
  'Покупка билетов',
  'Заказ тура',
  'Не по теме',
  'Сорвался звонок',
];
const badges: Badge[] = ['failed', 'success', 'dropped', 'no-internet', 'failed', 'failed', 'failed'];
const resultsInTurn = [1, 1, 2, 1, 1, 0, 1, 1, 4, 1, 1, 2, 1, 3, 1, 1, 6, 1, 1, 5, 1, 1, null, 1];
const typesInTurn = [5, 2, 3, 4, 5, 2, 6, 2, 0, 5, 1, 7, 2];

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Both centres stand three hours east here, so that a day of the journal is one stretch of milliseconds. */
const OFFSET = 3 * HOUR;
const dayStart = (at: number) => Math.floor((at + OFFSET) / DAY) * DAY - OFFSET;
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

export function makeRow(id: number, startedAt: number, index: number, open: boolean): CallRow {
  const centre = index % 5 === 3 ? 'vilnius' : 'moscow';
  const kept = !open && centre === 'moscow';
  const result = !kept ? null : pick(resultsInTurn, index * 7 + (index >> 3));
  const type = !kept ? null : pick(typesInTurn, index * 5 + (index >> 4));
  const known = index % 11 !== 5;
  const agency = centre === 'vilnius' && known && index % 4 !== 0 ? index % agencies.length : null;
  const lengthSeconds = 25 + ((index * 97) % 540) + (index % 41 === 8 ? 3900 : 0);
  const enquiry = centre === 'moscow' && known && !open && index % 3 !== 1;
  const missing = agency === 3;
  const calledBack = result === 2 && index % 2 === 0;
  return {
    id,
    centre,
    started_at: startedAt,
    ended_at: open ? null : index % 37 === 20 ? null : startedAt + lengthSeconds * 1000,
    state: open ? 'open' : 'ended',
    phone: known
      ? centre === 'vilnius'
        ? `3706${String(1_234_567 + ((index * 7919) % 8_000_000))}`
        : `7495${String(1_234_567 + ((index * 7919) % 8_000_000))}`
      : null,
    ani: known ? null : 'anonymous',
    operator: index % 29 === 7 ? null : pick(operators[centre], index * 3 + (index >> 2)),
    result,
    result_text: result === null ? 'Неизвестный результат' : pick(resultTexts, result),
    badge: result === null ? 'unknown' : pick(badges, result),
    type_call: type,
    type_text: type === null ? 'Неизвестный тип' : pick(typeTexts, type),
    theme: open || index % 3 === 0 ? null : pick(themes, index * 5 + (index >> 1)),
    agency_id: agency === null ? (centre === 'vilnius' ? 0 : null) : 4100 + agency,
    agency_name: agency === null || missing ? null : pick(agencies, agency),
    agency_manager: agency === null || missing ? null : 'Елена Романова',
    blacklist: agency === null || missing ? null : agency === 4,
    card_state: agency === null ? 'none' : open ? 'asked' : missing ? 'missing' : 'found',
    lack: missing && !open ? 'too_late' : null,
    has_client_card: enquiry,
    pp_id: enquiry ? 70_000 + index : null,
    called_back_by: calledBack ? 'a.komarova' : null,
    called_back_at: calledBack ? startedAt + 20 * 60_000 : null,
  };
}

export class Journal {
  /** Newest first. */
  rows: CallRow[];

  constructor(
    readonly now: number,
    today: number,
    days = 30,
  ) {
    let id = 90_000 + today;
    const since = dayStart(now);
    const step = Math.min(97_000, (now - since - 1000) / Math.max(1, today));
    this.rows = Array.from({ length: today }, (_, index) =>
      makeRow(id--, Math.round(now - 40_000 - index * step), index, index < 3),
    );
    for (let day = 1; day <= days; day += 1) {
      const evening = since - (day - 1) * DAY - 3 * HOUR;
      for (let index = 0; index < 40; index += 1) {
        this.rows.push(makeRow(id--, evening - index * 900_000, index + day * 43, false));
      }
    }
  }

  matching(filter: Filter): CallRow[] {
    const digits = filter.phone?.digits.replace(/\D/g, '') ?? '';
    const fits = (phone: string | null) =>
      phone !== null &&
      (filter.phone?.place === 'end'
        ? phone.endsWith(digits)
        : filter.phone?.place === 'whole'
          ? phone === digits
          : phone.includes(digits));
    const known = (code: number | null, greatest: number) =>
      code !== null && code >= 0 && code <= greatest ? code : null;
    const days = filter.days;
    const from = days ? Date.parse(`${days.from}T00:00:00Z`) - OFFSET : -Infinity;
    const to = days ? Date.parse(`${days.to}T00:00:00Z`) - OFFSET + DAY : Infinity;
    return this.rows.filter(
      (row) =>
        (filter.centre === null || row.centre === filter.centre) &&
        row.started_at >= from &&
        row.started_at < to &&
        (filter.phone === null || fits(row.phone)) &&
        (filter.operator === null || row.operator === filter.operator) &&
        (filter.theme === null || row.theme === filter.theme) &&
        (filter.result === null || known(filter.result, 6) === known(row.result, 6)) &&
        (filter.type_call === null || known(filter.type_call, 7) === known(row.type_call, 7)) &&
        (filter.agency === null || row.agency_id === filter.agency) &&
        (!filter.only_open || row.state === 'open'),
    );
  }

  find(id: number): CallRow {
    const row = this.rows.find((each) => each.id === id);
    if (!row) throw new ApiError('not_found', `no call ${id}`);
    return row;
  }

  change(id: number, patch: Partial<CallRow>): CallRow {
    const row = { ...this.find(id), ...patch };
    this.rows = this.rows.map((each) => (each.id === id ? row : each));
    return row;
  }

  /** A call that has just begun. */
  begin(at: number): CallRow {
    const id = Math.max(...this.rows.slice(0, 5).map((row) => row.id)) + 1;
    const row = makeRow(id, at, id * 13, true);
    this.rows = [row, ...this.rows];
    return row;
  }

  totals(filter: Filter): Totals {
    const rows = this.matching(filter);
    const byOperator = new Map<string | null, CallRow[]>();
    for (const row of rows) byOperator.set(row.operator, [...(byOperator.get(row.operator) ?? []), row]);
    const bars = new Map<string, HourBar>();
    if (filter.days) {
      const everything = { ...none, centre: filter.centre, days: filter.days };
      for (const row of this.matching(everything)) {
        const hour = Math.floor(row.started_at / HOUR) * HOUR;
        const key = `${hour}/${row.centre}/${row.result}`;
        const bar = bars.get(key) ?? { hour, centre: row.centre, result: row.result, calls: 0 };
        bars.set(key, { ...bar, calls: bar.calls + 1 });
      }
    }
    return {
      count: { calls: rows.length, at_least: false },
      operators: [...byOperator]
        .map(([operator, own]) => {
          const lengths = own.flatMap((row) => (row.ended_at === null ? [] : [(row.ended_at - row.started_at) / 1000]));
          const mean = lengths.length ? lengths.reduce((sum, one) => sum + one, 0) / lengths.length : null;
          return { operator, calls: own.length, mean_seconds: mean };
        })
        .sort((a, b) => (a.operator ?? '').localeCompare(b.operator ?? '')),
      hours: [...bars.values()],
      zone: 'Europe/Moscow',
    };
  }
}

const none: Filter = {
  centre: null,
  days: null,
  phone: null,
  operator: null,
  result: null,
  type_call: null,
  theme: null,
  agency: null,
  only_open: false,
};

function cardOf(row: CallRow): AgencyCard | null {
  if (row.card_state !== 'found') return null;
  return {
    agency_name: row.agency_name,
    company_name_en: 'Northern Wind Travel',
    agency_city: 'Вильнюс',
    agency_percent: '11',
    agency_front_office: 'Офис на Садовой',
    agency_contract: row.agency_id !== 4104,
    agency_quantity_tourists: '1284',
    agency_boss: 'Виктор Ларин',
    agency_curator_name: 'Светлана Нестерова',
    agency_blacklist: row.blacklist,
    agency_contact_person: row.agency_manager,
    agency_contact_description: 'Старший менеджер, отвечает за групповые заявки',
    agency_employee: 'Елена Романова / Артём Гусев / Лидия Климова',
  };
}

function enquiryAgency(row: CallRow): AgencyOfEnquiry[] {
  if (row.pp_id === null) return [];
  const at = row.pp_id % agencies.length;
  return [
    {
      id: 5000 + at,
      agency_db_id: 300 + at,
      agency_name_ru: pick(agencies, at),
      agency_name_en: null,
      agency_address: `Москва, ${pick(streets, at)}`,
      agency_comment: 'Вход со двора, домофон 12',
      tel_1_id: 1,
      tel_2_id: 2,
      tel_3_id: null,
      tel_4_id: null,
      tel_5_id: null,
      tel_6_id: null,
      tel_7_id: null,
      city_id: 1,
      city_name: 'Москва',
      metro_id: 12,
      agency_metro_name: 'Кленовая',
      district_id: 4,
      district_name: 'Северный',
      area_id: null,
      area_name: null,
      agency_region_id: 77,
      region_name_from_db: 'Москва',
      time_zone: '+3',
      time_rezhim_id: 1,
      english: true,
      tickets: at % 2 === 0,
      station_not_set: false,
      switch_msk_agency: false,
      bank_card: at % 3 !== 0,
      stambul: false,
      austria: false,
      result: 0,
      call_result_text: 'дозвон',
      client_country: 'Турция',
      client_metro: 'Кленовая',
      manager_name: 'Артём Гусев',
      datetime: '05.11.2026 14:03:22',
      client_name: 'Наталья Зорина',
      operator_name: row.operator,
      telephones_detailed: [
        { id: 1, number: '+74957654321', comment: 'основной' },
        { id: 2, number: '+79035550101', comment: null },
      ],
    },
  ];
}

function decision(row: CallRow, id: number, at: number, kind: string, explanation: Partial<Explanation>): EntryRow {
  return {
    id,
    at,
    decided_at: at + 7,
    area: 'calls',
    kind,
    source: kind === 'called_back' ? 'console' : 'telephony',
    subject: `call:${row.id}`,
    record: 4990,
    effect: null,
    actor: kind === 'called_back' ? row.called_back_by : null,
    fact: {},
    changes: [],
    ordered: [],
    explanation: {
      rule: kind,
      values: { call: row.id, phone: row.phone, agency: row.agency_id, curator: row.operator, theme: row.theme },
      candidates: [],
      otherwise: null,
      inputs: { next_call: row.id, open: [], agencies: row.agency_id ? [row.agency_id] : [] },
      ...explanation,
    },
  };
}

function panelOf(journal: Journal, row: CallRow): CallPanel {
  const several = row.agency_id !== null && row.agency_id > 0;
  const decisions = [
    ...(row.called_back_at
      ? [decision(row, 34, row.called_back_at, 'called_back', { values: { by: row.called_back_by } })]
      : []),
    ...(row.ended_at ? [decision(row, 33, row.ended_at, 'call_ended', {})] : []),
    decision(row, 31, row.started_at, several ? 'call_started.several_agencies' : 'call_started.unknown_number', {
      candidates: several
        ? [
            { name: String(row.agency_id), chosen: true, reason: 'largest_id' },
            { name: '2087', chosen: false, reason: 'smaller_id' },
          ]
        : [],
      otherwise: several ? 'call_started.next_agency:2087' : null,
    }),
  ];
  return {
    call: { row, card: cardOf(row), region: row.centre === 'vilnius' ? 'lt' : null, card_id: row.pp_id, record: 4990 },
    client: row.has_client_card
      ? {
          processing_id: row.pp_id ?? 0,
          client_name: 'Наталья Зорина',
          client_city: 'Москва',
          manager_name: 'Артём Гусев',
          metro_name: 'Кленовая',
          country_name: 'Турция',
          ad_name: 'Рекомендация знакомых',
          phone: row.phone,
        }
      : null,
    history: several
      ? journal.rows.filter((each) => each.agency_id === row.agency_id && each.id !== row.id).slice(0, 5)
      : [],
    decisions,
    agencies: enquiryAgency(row),
  };
}

function agencyDetails(id: number): AgencyDetails {
  const at = id - 300;
  const closed = 'Выходной';
  return {
    hidden: false,
    telephones: [
      {
        id: 1,
        number: '+74957654321',
        comment: 'основной',
        time_rezhim_id: 1,
        work_schedule: {
          monday: '10:00 - 20:00',
          tuesday: '10:00 - 20:00',
          wednesday: '10:00 - 20:00',
          thursday: '10:00 - 20:00',
          friday: '10:00 - 19:00',
          saturday: '11:00 - 17:00',
          sunday: closed,
        },
      },
      { id: 2, number: '+79035550101', comment: 'мессенджер', time_rezhim_id: null, work_schedule: null },
    ],
    id,
    name: pick(agencies, at),
    english_name: 'Northern Wind Travel',
    adres: `Москва, ${pick(streets, at)}`,
    comment: 'Вход со двора, домофон 12',
    tel_1_id: 1,
    tel_2_id: 2,
    tel_3_id: null,
    tel_4_id: null,
    tel_5_id: null,
    tel_6_id: null,
    tel_7_id: null,
    city_id: 1,
    city_name: 'Москва',
    metro_id: 12,
    metro_name: 'Кленовая',
    district_id: 4,
    district_name: 'Северный',
    area_id: null,
    area_name: null,
    region: 77,
    region_name_from_db: 'Москва',
    time_zone: '+3',
    time_rezhim_id: 1,
    english: true,
    tickets: true,
    station_not_set: false,
    switch_msk_agency: false,
    bank_card: at % 3 !== 0,
    stambul: false,
    austria: null,
  };
}

export function callsAnswers(journal: Journal): Answers {
  return {
    'calls.page': ({ filter, after, limit }) => {
      const all = journal.matching(filter);
      const older = after
        ? all.filter(
            (row) => row.started_at < after.started_at || (row.started_at === after.started_at && row.id < after.id),
          )
        : all;
      const rows = older.slice(0, limit);
      const last = rows.at(-1);
      return { rows, next: older.length > limit && last ? { started_at: last.started_at, id: last.id } : null };
    },
    'calls.rows': ({ ids, filter }) => ({
      rows: (filter ? journal.matching(filter) : journal.rows).filter((row) => ids.includes(row.id)),
    }),
    'calls.totals': ({ filter }) => journal.totals(filter),
    'calls.themes': () => ({ themes }),
    'calls.detail': ({ id }) => panelOf(journal, journal.find(id)),
    'calls.set_theme': ({ id, theme }) => journal.change(id, { theme }),
    'calls.mark_called_back': ({ id, done }) =>
      journal.change(id, {
        called_back_by: done ? 'a.komarova' : null,
        called_back_at: done ? journal.now : null,
      }),
    'calls.export': ({ filter, format }) => ({
      name: `calls.${format}`,
      mime: 'text/csv',
      content_base64: btoa(String(journal.matching(filter).length)),
    }),
    'agencies.search': ({ text, limit }) => ({
      agencies: agencies
        .map((name, at) => ({ name, at }))
        .filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
        .slice(0, limit)
        .map(({ name, at }) => ({
          ID_TR: 300 + at,
          NAME_RU: name,
          NAME_EN: null,
          ADDRESS: pick(streets, at),
          CITY_NAME: 'Москва',
          METRO_STATION_NAME: 'Кленовая',
          DISTRICT_NAME: 'Северный',
          telephone_1_number: '+74957654321',
          telephone_2_number: null,
          telephone_3_number: null,
          telephone_4_number: null,
          telephone_5_number: null,
          telephone_6_number: null,
          telephone_7_number: null,
          ALL_TELEPHONES_CONCAT: '+74957654321',
        })),
    }),
    'agencies.detail': ({ id }) => ({ agency: agencyDetails(id) }),
  };
}
