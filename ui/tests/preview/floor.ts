// The floor of the invented contact centre: four teams, every group, two calls, a queue or two, a day behind everybody. The
// same every time for the same "now". `?floor=` shows the source in other states; `?operators=500` makes a large floor.
import { ApiError, type Answers } from '../../src/backend/fake';
import type { CommandRow } from '../../src/bindings/CommandRow';
import type { EntryRow } from '../../src/bindings/EntryRow';
import type { FloorAccount } from '../../src/bindings/FloorAccount';
import type { Moment } from '../../src/bindings/Moment';
import type { NoteRow } from '../../src/bindings/NoteRow';
import type { OperatorMessenger } from '../../src/bindings/OperatorMessenger';
import type { OperatorRow } from '../../src/bindings/OperatorRow';
import type { QueueRow } from '../../src/bindings/QueueRow';
import type { Reason } from '../../src/bindings/Reason';
import type { SessionReport } from '../../src/bindings/SessionReport';
import type { SessionState } from '../../src/bindings/SessionState';
import type { Stretch } from '../../src/bindings/Stretch';
import type { TargetMoment } from '../../src/bindings/TargetMoment';
import type { TeamRow } from '../../src/bindings/TeamRow';
import { groupOfWord, levelOf } from '../../src/screens/floor/states';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

const teamNames = ['Агентства и партнёры', 'Входящая линия', 'Продажи', 'Поддержка Вильнюс'];
const first = ['Анна', 'Игорь', 'Мария', 'Павел', 'Дина', 'Константин', 'Ольга', 'Томас', 'Рута', 'Елена', 'Сергей'];
const last = ['Беловой', 'Смирнов', 'Кузнец', 'Орлов', 'Сафин', 'Вознесенский', 'Жилинский', 'Петрайтис', 'Лебедев'];
const states = [
  'talking',
  'ready',
  'talking',
  'not_ready',
  'ready',
  'wrap_up',
  'hold',
  'ready',
  'signed_out',
  'reserved',
  'wrap_up_ready',
  'not_ready',
  'ready',
  'other:LUNCH_ROBOT',
  'talking',
  'not_ready',
];
const reasons: Reason[] = [
  { code: 3, id: '41', label: 'Обед', kind: 'chosen' },
  { code: 32763, id: null, label: null, kind: 'did_not_answer' },
  { code: 33, id: null, label: null, kind: 'supervisor' },
  { code: 32765, id: null, label: null, kind: 'connection_lost' },
];

function operatorOf(index: number, now: number): OperatorRow {
  const state = pick(states, index * 5 + (index >> 4));
  const group = groupOfWord(state);
  const out = state === 'signed_out';
  const since = out && index % 2 === 0 ? null : now - (((index * 7919) % 1900) + 4) * 1000 * (out ? 60 : 1);
  const calling = group === 'talking';
  const began = since === null ? null : new Date(since).toISOString();
  return {
    id: index + 1,
    login_id: String(70_400 + index),
    login_name: index % 3 === 0 ? `user${index}` : null,
    first_name: pick(first, index),
    last_name: pick(last, index * 2 + (index >> 3)),
    name: `${pick(first, index)} ${pick(last, index * 2 + (index >> 3))}`,
    extension: out ? null : String(2000 + index),
    state,
    group,
    pending: state === 'talking' && index % 4 === 0 ? 'not_ready' : null,
    reason: group === 'not_ready' ? pick(reasons, index) : null,
    since,
    interval: 9000 + index,
    alarm: levelOf(limits, state, group, since === null ? null : (now - since) / 1000),
    missing: index % 31 === 17,
    teams: index % 13 === 12 ? [1, 2] : [(index % teamNames.length) + 1],
    dialogs: calling
      ? [
          {
            id: `call-${index}`,
            login_id: String(70_400 + index),
            phase: state === 'reserved' ? 'ringing' : state === 'hold' ? 'held' : 'active',
            direction: index % 5 === 2 ? 'outbound' : 'inbound',
            number: index % 7 === 6 ? null : `7495${1_200_000 + ((index * 7919) % 700_000)}`,
            dialed: '88005550000',
            queue: pick(['Бронирование', 'Поддержка'], index),
            began,
            changed: began,
            wrap_up: null,
          },
        ]
      : [],
    command: null,
    note: null,
  };
}

const limits = [
  { word: 'reserved', amber: 15, red: 30 },
  { word: 'talking', amber: 600, red: 1500 },
  { word: 'wrap_up', amber: 120, red: 300 },
  { word: 'not_ready', amber: 900, red: 1800 },
];

/** One operator's day: short stretches in turn, with an hour at which nobody watched. */
function dayOf(row: OperatorRow, from: number, to: number, now: number): Stretch[] {
  const turns = ['ready', 'talking', 'wrap_up', 'ready', 'talking', 'hold', 'talking', 'wrap_up', 'not_ready'];
  const gap = now - 5 * HOUR;
  const open = row.since ?? now - HOUR;
  const found: Stretch[] = [];
  const stretch = (id: number, state: string, began: number, until: number): Stretch => ({
    id,
    state,
    group: groupOfWord(state),
    reason: state === 'not_ready' ? pick(reasons, id) : null,
    began,
    known_until: until,
    open: false,
    approximate: false,
    verdict: null,
    overruled: null,
  });
  let at = Math.floor((now - DAY) / HOUR) * HOUR;
  for (let turn = row.id; at < open; turn += 1) {
    const until = Math.min(at + (3 + ((turn * 17 + row.id) % 14)) * MINUTE, open);
    const inGap = until > gap && at < gap + 50 * MINUTE;
    if (!inGap) found.push(stretch(turn * 1000 + row.id, pick(turns, turn), at, until));
    at = until;
  }
  found.push({ ...stretch(row.interval ?? 1, row.state, open, now), open: true, reason: row.reason });
  let judged = 0;
  for (const one of found) {
    if (one.group !== 'not_ready') continue;
    judged += 1;
    const rules = [
      ['person', 'verdict.chosen', 'chosen'],
      ['network', 'verdict.colleagues', 'connection_lost'],
      ['unknown', 'verdict.not_watched', 'did_not_answer'],
      ['desktop_closed', 'verdict.messenger_off', 'connection_lost'],
    ] as const;
    const [verdict, rule, reason] = pick(rules, judged);
    one.verdict = {
      verdict,
      rule,
      evidence: {
        reason,
        code: { chosen: 3, connection_lost: 32_765, did_not_answer: 32_763 }[reason],
        colleagues: verdict === 'network' ? 4 : 0,
        probes: verdict === 'unknown' ? 'not_watched' : 'good',
        target: { id: 1, key: 'finesse', title: 'Finesse', asked: verdict === 'unknown' ? 0 : 24, bad: 0 },
        messenger: verdict === 'desktop_closed' ? 'went_off' : 'not_watched',
        from: new Date(one.began - 3 * MINUTE).toISOString(),
        to: new Date(one.began + MINUTE).toISOString(),
      },
    };
  }
  return found.filter((one) => one.began < to && (one.open ? now : one.known_until) > from);
}

export class Floor {
  rows: Map<number, OperatorRow>;
  teams: TeamRow[];
  session: SessionReport | null;
  acts = true;
  queues: QueueRow[];
  readonly commands = new Map<number, CommandRow[]>();
  readonly notes = new Map<number, NoteRow[]>();
  readonly messengers = new Map<number, OperatorMessenger>();
  readonly overruled = new Map<number, Stretch['overruled']>();
  /** The person's own account, and how often in a row its password was wrong. */
  own: string | null = null;
  /** Whether the source still takes its password. */
  good = true;
  tries = 0;
  private next = 1;

  constructor(
    readonly now: number,
    count: number,
    state: string,
  ) {
    const rows = Array.from({ length: count }, (_, index) => operatorOf(index, now));
    this.rows = new Map(rows.map((row) => [row.id, row]));
    this.teams = teamNames.map((name, index) => ({
      id: index + 1,
      team_id: String(500 + index),
      name,
      why: null,
      watched_until: now,
    }));
    this.queues = [
      queueOf('Бронирование', 3, now - 47_000, now),
      queueOf('Поддержка', 1, now - 12_000, now),
      queueOf('Вильнюс', null, null, now),
    ];
    this.session = {
      state: 'live',
      node: 'fin-a.cc.example',
      switched: false,
      transport: 'websocket:8445',
      detail: '',
      cause: null,
      retry_at: null,
      since: now - 3 * HOUR,
      features: ['enterprise', 'queues', 'calls', 'not_ready'],
      clock_offset_ms: 0,
    };
    this.turn(state);
  }

  /** Puts the session into another state. */
  turn(state: string): void {
    if (!this.session || state === 'live' || state === '') return;
    if (state === 'none') {
      this.rows = new Map();
      this.teams = [];
      this.queues = [];
      this.session = null;
      this.acts = false;
      return;
    }
    if (state === 'switched') {
      this.session = { ...this.session, switched: true, node: 'fin-b.cc.example' };
      return;
    }
    const causes: Record<string, string> = {
      offline: 'timeout',
      out_of_service: 'http_503',
      auth_failed: 'http_401',
      cert_problem: 'tls_changed',
    };
    this.session = {
      ...this.session,
      state: state as SessionState,
      cause: causes[state] ?? null,
      retry_at: state === 'offline' ? this.now + 12_000 : null,
      detail: state === 'offline' ? 'fin-a.cc.example: connect timed out' : '',
    };
    if (state !== 'polling') {
      this.teams = this.teams.map((team) => ({ ...team, why: 'out_of_service', watched_until: this.now - 95_000 }));
    }
  }

  /** Takes any known login with the password `correct horse`; `70401` is no supervisor, `70402` is never answered. */
  signIn(account: string, password: string): void {
    if (this.tries >= 4) throw new ApiError('conflict', 'too many wrong tries in a row', undefined, 290_000);
    const known = [...this.rows.values()].some((row) => row.login_id === account);
    if (!known) throw new ApiError('bad_field', 'no such user', 'account');
    if (password !== 'correct horse') {
      const left = 4 - ++this.tries;
      throw new ApiError('bad_field', `wrong user id or password, ${this.tries} in a row`, 'password', undefined, left);
    }
    [this.own, this.tries, this.good] = [account, 0, true];
  }

  account(fresh = false): FloorAccount {
    const row = [...this.rows.values()].find((each) => each.login_id === this.own);
    return {
      account: this.own,
      good: this.own === null ? null : this.good,
      operator: row?.id ?? null,
      name: fresh ? (row?.name ?? null) : null,
      supervisor: fresh ? this.own !== '70401' : null,
    };
  }

  put(id: number, patch: Partial<OperatorRow>): void {
    const row = this.rows.get(id);
    if (row) this.rows.set(id, { ...row, ...patch });
  }

  ask(id: number, wanted: CommandRow['wanted'], note: string): CommandRow | null {
    if (!this.rows.has(id)) return null;
    const command: CommandRow = {
      id: this.next++,
      wanted,
      note,
      by: 'a.komarova',
      asked_at: this.now,
      state: 'sent',
      detail: '',
      answered_at: null,
    };
    this.commands.set(id, [command, ...(this.commands.get(id) ?? [])]);
    this.put(id, { command });
    return command;
  }

  stretchesOf(id: number, from: number, to: number): Stretch[] {
    const row = this.rows.get(id);
    if (!row) return [];
    return dayOf(row, from, to, this.now).map((one) => ({ ...one, overruled: this.overruled.get(one.id) ?? null }));
  }

  moment(at: number): Moment[] {
    return [...this.rows.values()].map((row) => {
      const found = this.stretchesOf(row.id, at, at + 1)[0];
      const { login_id, name, teams } = row;
      const who = { id: row.id, login_id, name, teams, gone: false };
      const nothing = { state: null, group: 'unknown', reason: null, since: null, interval: null, call: null } as const;
      if (!found) return { ...who, ...nothing };
      const { state, group, reason, began, id } = found;
      const call = group === 'talking' ? { id: row.id * 10, began, phone: '37060011122' } : null;
      return { ...who, state, group, reason, since: began, interval: id, call };
    });
  }

  /** The network at a moment: the platform answered, a printer was watched by nobody. */
  targetsAt(): TargetMoment[] {
    return [
      { id: 1, key: 'finesse', title: 'Finesse', grade: 'good', planned: false },
      { id: 5, key: 'printer', title: 'Принтер', grade: null, planned: false },
    ];
  }
}

function queueOf(name: string, waiting: number | null, since: number | null, now: number): QueueRow {
  const known = waiting !== null;
  return {
    origin: 'platform',
    queue: {
      id: name,
      name,
      waiting,
      longest_since: since === null ? null : new Date(since).toISOString(),
      ready: known ? 4 : null,
      not_ready: known ? 2 : null,
      busy_other: known ? 0 : null,
      reserved: null,
      signed_in: known ? 14 : null,
      talking: known ? 7 : null,
      wrap_up: known ? 1 : null,
    },
    heard_at: now - 4000,
  };
}

function decision(id: number, now: number): EntryRow {
  return {
    id: 5000 + id,
    at: now - 8 * MINUTE,
    decided_at: now - 8 * MINUTE,
    area: 'floor',
    kind: 'judgement_due',
    source: 'timer',
    subject: `operator:${id}`,
    record: null,
    effect: null,
    actor: null,
    fact: {},
    changes: [],
    ordered: [],
    explanation: {
      rule: 'verdict.desktop',
      values: { verdict: 'desktop_closed', colleagues: 0, probes: 'good' },
      candidates: ['network', 'phone', 'desktop_closed', 'person', 'unknown'].map((name) => ({
        name,
        chosen: name === 'desktop_closed',
        reason: name === 'desktop_closed' ? 'verdict.taken' : 'verdict.left',
      })),
      otherwise: 'verdict.if_colleagues',
      inputs: { colleagues: 0, probes: 'good' },
    },
  };
}

export function floorAnswers(floor: Floor): Answers {
  const panel = (id: number) => {
    if (!floor.rows.has(id)) throw new ApiError('not_found', `no operator ${id}`);
    return {
      operator: floor.rows.get(id) ?? null,
      messenger: floor.messengers.get(id) ?? null,
      commands: floor.commands.get(id) ?? [],
      notes: floor.notes.get(id) ?? [],
      decisions: [decision(id, floor.now)],
    };
  };
  return {
    'floor.board': () => ({
      now: Date.now(),
      teams: floor.teams,
      operators: [...floor.rows.values()],
      queues: floor.queues,
      session: floor.session,
      acts: floor.acts,
      limits,
    }),
    'floor.queues': () => ({ queues: floor.queues }),
    'floor.rows': ({ ids }) => ({ operators: ids.flatMap((id) => floor.rows.get(id) ?? []) }),
    'floor.moment': ({ at }) => ({ operators: floor.moment(at), targets: floor.targetsAt() }),
    'floor.stretches': ({ operator, from, to }) => ({ stretches: floor.stretchesOf(operator, from, to), cut: false }),
    'floor.totals': () => ({
      operators: [...floor.rows.keys()].map((id) => ({
        id,
        by_group: {
          talking: ((id * 731) % 300) * MINUTE,
          ready: ((id * 97) % 200) * MINUTE,
          not_ready: (id % 50) * MINUTE,
        },
        not_ready_by_verdict: { person: (id % 50) * MINUTE },
        talks: (id * 7) % 60,
      })),
    }),
    'floor.operator': ({ id }) => panel(id),
    'floor.ask': ({ operators, wanted, note }) => ({
      requests: operators.map((operator) => ({ operator, state: floor.ask(operator, wanted, note)?.state ?? null })),
    }),
    'floor.note': ({ operator, text }) => {
      const notes = floor.notes.get(operator) ?? [];
      floor.notes.set(operator, [
        { id: notes.length + 1, text, by: 'a.komarova', at: Date.now(), changed_at: null },
        ...notes,
      ]);
      return panel(operator);
    },
    'floor.note_edit': ({ operator, note, text }) => {
      const notes = floor.notes.get(operator) ?? [];
      floor.notes.set(
        operator,
        notes.map((each) => (each.id === note ? { ...each, text, changed_at: Date.now() } : each)),
      );
      return panel(operator);
    },
    'floor.note_remove': ({ operator, note }) => {
      floor.notes.set(
        operator,
        (floor.notes.get(operator) ?? []).filter((each) => each.id !== note),
      );
      return panel(operator);
    },
    'floor.messenger': ({ operator, address }) => {
      if (address === null) floor.messengers.delete(operator);
      else floor.messengers.set(operator, { address, settled: true });
      return panel(operator);
    },
    'floor.overrule': ({ operator, interval, verdict, note }) => {
      floor.overruled.set(interval, verdict && { verdict, by: 'a.komarova', note, at: Date.now() });
      return panel(operator);
    },
    'floor.refresh': () => ({ taken: true }),
    'floor.connect': () => ({ taken: true }),
    'floor.account': () => floor.account(),
    'floor.sign_in': ({ account, password }) => {
      if (account === '70402') return new Promise(() => {});
      floor.signIn(account, password);
      return floor.account(true);
    },
    'floor.sign_out': () => {
      floor.own = null;
      return floor.account();
    },
  };
}
