// Documents of an invented workshop: a few of every ending, what was chosen among whom, and a directory of which one part is
// old. Filtered and paged the way the engine does it.
import { ApiError, type Answers } from '../../src/backend/fake';
import type { Considered } from '../../src/bindings/Considered';
import type { DocumentDetail } from '../../src/bindings/DocumentDetail';
import type { DocumentFilter } from '../../src/bindings/DocumentFilter';
import type { DocumentLine } from '../../src/bindings/DocumentLine';
import type { DocumentPanel } from '../../src/bindings/DocumentPanel';
import type { DocumentRow } from '../../src/bindings/DocumentRow';
import type { DocumentStage } from '../../src/bindings/DocumentStage';
import type { DocumentState } from '../../src/bindings/DocumentState';
import type { DocumentTaskState } from '../../src/bindings/DocumentTaskState';
import type { DocumentTrouble } from '../../src/bindings/DocumentTrouble';
import type { EntryRow } from '../../src/bindings/EntryRow';
import type { Explanation } from '../../src/bindings/Explanation';
import type { HouseDirectory } from '../../src/bindings/HouseDirectory';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

const titles = [
  'Заказ покупателя 123',
  'Чехлы для выставочного зала, вторая очередь',
  'Спецодежда по договору 18/24',
  null,
  'Образцы для проверки',
];
const shops = ['Швейный цех', 'Раскройный участок', 'Цех упаковки и отгрузки готовой продукции'];
const staff = [
  ['Ольга Вознесенская', 'Мария Ткач', 'Ирина Белова-Константинопольская', 'Нина Шилова', 'Анна Петрова'],
  ['Павел Кройцев', 'Егор Лекалов'],
  ['Дина Сафина', 'Тимур Коробов', 'Лев Тарный'],
];

/** The people of a sub-department as they were seen, the first of them chosen. */
function considered(shop: number, turn: number, now: number): Considered[] {
  const people = pick(staff, shop).map((name, place): Considered => {
    const load = 3600 * 2 + place * 4500 + turn * 300;
    return {
      id: 40 + shop * 10 + place,
      name,
      chosen: place === 0,
      reason: place === 0 ? 'least' : 'busier',
      load_s: load,
      open: 2 + place,
      reserved: place === 1 ? 1 : 0,
      last_given: place === 2 ? null : new Date(now - (place + 1) * 5 * HOUR).toISOString(),
    };
  });
  const [, second, third, fourth, fifth] = people;
  if (second) Object.assign(second, { load_s: people[0]?.load_s, reason: 'more_tasks' });
  if (third && shop === 0) Object.assign(third, { load_s: 0, open: 0, reason: 'absent' });
  if (fourth) Object.assign(fourth, { load_s: null, open: null, reserved: 0, reason: 'unknown', last_given: null });
  if (fifth) Object.assign(fifth, { name: '', reason: 'later_turn', load_s: people[0]?.load_s, open: 2 });
  return people.reverse();
}

interface Story {
  state: DocumentState;
  stage?: DocumentStage;
  trouble?: DocumentTrouble;
  /** The state of each line's task; null where nobody was given it. */
  tasks: (DocumentTaskState | null)[];
  files?: boolean[];
  tries?: number;
  queued?: boolean;
}

const stories: readonly Story[] = [
  { state: 'received', stage: 'creation', tasks: ['creating', 'creating'], queued: true },
  {
    state: 'partial',
    tasks: ['done', 'refused', 'done'],
    trouble: { trouble: 'line_refused', line: 2, name: shops[1] ?? '', detail: 'Не указан крайний срок задачи' },
  },
  { state: 'done', tasks: ['done'], files: [true, true] },
  { state: 'error', tasks: [null], trouble: { trouble: 'no_department', name: 'Цех № 7' } },
  {
    state: 'update_failed',
    tasks: ['done', 'update_failed'],
    files: [true, false],
    tries: 3,
    trouble: { trouble: 'update_refused', detail: 'disk.folder.uploadFile: QUOTA_EXCEEDED' },
  },
  { state: 'received', stage: 'directory', tasks: [null, null] },
  { state: 'done', tasks: ['done', 'completed', 'done'] },
  { state: 'done', tasks: ['done'] },
  {
    state: 'error',
    tasks: [null, null],
    trouble: { trouble: 'loads_unknown', name: shops[0] ?? '', reason: 'insufficient_scope: task' },
  },
  { state: 'received', stage: 'files', tasks: ['created'], files: [true] },
  { state: 'done', tasks: ['done', 'done'] },
];

function rowOf(id: number, newest: number, now: number): DocumentRow {
  const turn = newest - id;
  const story = pick(stories, turn);
  const received = now - 40_000 - turn * 47 * MINUTE;
  const ended = story.stage ? null : received + 3400;
  return {
    id,
    guid: `8f0c4d5e-1a2b-4c3d-9e8f-${String(id).padStart(12, '0')}`,
    number: `00-${String(100 + id).padStart(6, '0')}`,
    date: id % 3 === 0 ? null : '2026-11-05T10:15:00',
    title: pick(titles, id),
    author: id % 2 === 0 ? 'anna@example.com' : null,
    state: story.state,
    stage: story.stage ?? null,
    lines: story.tasks.length,
    tasks: story.tasks.filter((state) => state !== null && state !== 'creating' && state !== 'refused').length,
    files: story.files?.length ?? 0,
    tries: story.tries ?? 0,
    queued: story.queued ?? false,
    trouble: story.trouble ?? null,
    record: 5000 - turn,
    received_at: received,
    updated_at: received + 3400,
    ended_at: ended,
  };
}

export class PreviewDocuments {
  rows: DocumentRow[];
  house: HouseDirectory;

  constructor(
    private readonly now: number,
    private readonly newest: number,
  ) {
    this.rows = Array.from({ length: newest }, (_, index) => rowOf(newest - index, newest, now));
    const part = (count: number, age: number, life: number) => ({
      count,
      read_at: now - age,
      fresh_until: now - age + life,
    });
    this.house = {
      departments: part(24, 12 * MINUTE, HOUR),
      people: part(118, 26 * MINUTE, 15 * MINUTE),
      project: part(1, 3 * HOUR, 24 * HOUR),
      schedule: part(1, 3 * HOUR, 24 * HOUR),
      reading_since: null,
      failed_at: null,
    };
  }

  find(id: number): DocumentRow {
    const row = this.rows.find((each) => each.id === id);
    if (!row) throw new ApiError('not_found', 'no such document');
    return row;
  }

  /** The newest document that stands so. */
  of(fits: (row: DocumentRow) => boolean): DocumentRow {
    const row = this.rows.find(fits);
    if (!row) throw new ApiError('not_found', 'no such document');
    return row;
  }

  change(id: number, patch: Partial<DocumentRow>): DocumentRow {
    const row = { ...this.find(id), ...patch };
    this.rows = this.rows.map((each) => (each.id === id ? row : each));
    return row;
  }

  /** One more document has come. */
  begin(): DocumentRow {
    const id = (this.rows[0]?.id ?? 0) + 1;
    const row: DocumentRow = {
      ...rowOf(this.newest, this.newest, this.now),
      id,
      number: `00-${String(100 + id).padStart(6, '0')}`,
      queued: false,
    };
    this.rows = [row, ...this.rows];
    return row;
  }

  page({ state, number }: DocumentFilter, before: number | null, limit: number) {
    const rows = this.rows.filter(
      (row) =>
        (state === null || row.state === state) &&
        (number === null || row.number === number) &&
        (before === null || row.id < before),
    );
    const shown = rows.slice(0, limit);
    return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  counts() {
    const of = (state: DocumentState) => this.rows.filter((row) => row.state === state).length;
    return {
      received: of('received'),
      partial: of('partial'),
      done: of('done'),
      update_failed: of('update_failed'),
      error: of('error'),
    };
  }

  detail(id: number): DocumentDetail {
    const row = this.find(id);
    const story = pick(stories, Math.max(0, this.newest - id));
    const lines = story.tasks.map((state, place): DocumentLine => {
      const shop = place % shops.length;
      const people = considered(shop, id % 5, row.received_at);
      const there = state !== null && state !== 'creating' && state !== 'refused';
      const chosen = people.find((each) => each.chosen);
      return {
        key: `${row.guid}:${place}`,
        name: story.trouble?.trouble === 'no_department' ? story.trouble.name : pick(shops, shop),
        title: place === 0 ? 'Пошить чехлы к заказу' : null,
        planned_minutes: place === 2 ? null : 240 - place * 75,
        present: true,
        task:
          state === null
            ? null
            : {
                state,
                department: 10 + shop,
                responsible: chosen?.id ?? 0,
                responsible_name: chosen?.name ?? '',
                task: there ? 8000 + id * 3 + place : null,
                estimate_s: place === 2 ? null : (240 - place * 75) * 60,
                files: there ? (story.files ?? []).filter(Boolean).length : 0,
                detail: state === 'refused' && story.trouble && 'detail' in story.trouble ? story.trouble.detail : null,
                considered: people,
                given_at: row.received_at + 900,
                created_at: there ? row.received_at + 1700 : null,
                updated_at: row.updated_at,
              },
      };
    });
    const files = (story.files ?? []).map((there, place) => ({
      name: place === 0 ? 'Чертёж изделия.pdf' : 'Спецификация материалов к заказу покупателя 123.xlsx',
      size: 482_000 + place * 1_900_000,
      sha256: String(place).repeat(64),
      file: there ? 300 + place : null,
      failed: !there,
    }));
    return { row, description: id % 2 === 0 ? 'Упаковать по два комплекта' : null, lines, files };
  }

  panel(id: number): DocumentPanel {
    const document = this.detail(id);
    return {
      document,
      decisions: this.decisions(document),
      task_page: 'https://portal.example.com/company/personal/user/{person}/tasks/task/view/{id}/',
    };
  }

  private decisions({ row, lines }: DocumentDetail): EntryRow[] {
    const given = lines.some((line) => line.task !== null);
    const asked = given || row.trouble?.trouble === 'loads_unknown';
    const told: [string, string, Explanation['values'], number | null][] = [
      [
        'document_requested',
        'requested',
        { next: asked ? 'survey' : row.state === 'error' ? 'error' : 'directory' },
        null,
      ],
    ];
    if (given) told.push(['surveyed', 'surveyed', { next: 'creation' }, 1990]);
    else if (asked) told.push(['survey_failed', 'survey_failed', { next: 'error' }, 1990]);
    if (row.tasks > 0) told.push(['tasks_created', 'created', { next: row.files > 0 ? 'files' : row.state }, 1985]);
    if (row.state === 'update_failed') told.push(['upload_failed', 'upload_failed', { next: 'update_failed' }, 1980]);
    return told
      .map(([kind, rule, values, effect], index): EntryRow => ({
        id: row.id * 10 + index,
        at: row.received_at + index * 800,
        decided_at: row.received_at + index * 800 + 3,
        area: 'erp',
        kind,
        source: effect === null ? 'erp' : 'bitrix24',
        subject: `document:${row.id}`,
        record: effect === null ? row.record : null,
        effect,
        actor: null,
        fact: {},
        changes: [],
        ordered: [],
        explanation: {
          rule,
          values: { number: row.number, ...values },
          candidates:
            rule === 'surveyed'
              ? lines.flatMap((line) =>
                  (line.task?.considered ?? []).map((each) => ({
                    name: `${line.name}: ${each.name || each.id}`,
                    chosen: each.chosen,
                    reason: `erp.${each.reason}`,
                  })),
                )
              : [],
          otherwise: null,
          inputs: {},
        },
      }))
      .reverse();
  }
}

export function erpAnswers(documents: PreviewDocuments): Answers {
  return {
    'erp.page': ({ filter, before, limit }) => documents.page(filter, before, limit),
    'erp.rows': ({ ids }) => ({ rows: ids.flatMap((id) => documents.rows.filter((row) => row.id === id)) }),
    'erp.counts': () => documents.counts(),
    'erp.detail': ({ id }) => documents.panel(id),
    'erp.directory': () => ({ ...documents.house }),
    'erp.again': ({ id }) => {
      const row = documents.find(id);
      if (row.stage !== null || row.state === 'done') throw new ApiError('conflict', 'nothing is left to be done');
      return documents.change(id, { state: 'received', stage: 'survey', trouble: null, tries: 0, ended_at: null });
    },
    'erp.forget_directory': () => {
      documents.house = {
        departments: null,
        people: null,
        project: null,
        schedule: null,
        reading_since: null,
        failed_at: null,
      };
      return { ...documents.house };
    },
  };
}
