// Settings and people of the invented contact centre.
import { ApiError, type Answers } from '../../src/backend/fake';
import type { ApiKeyRow } from '../../src/bindings/ApiKeyRow';
import type { AuditRow } from '../../src/bindings/AuditRow';
import type { BackupRow } from '../../src/bindings/BackupRow';
import type { CheckReport } from '../../src/bindings/CheckReport';
import type { Completeness } from '../../src/bindings/Completeness';
import type { Connection } from '../../src/bindings/Connection';
import type { Connections } from '../../src/bindings/Connections';
import type { NeededSecret } from '../../src/bindings/NeededSecret';
import type { PersonRow } from '../../src/bindings/PersonRow';
import type { SecretSource } from '../../src/bindings/SecretSource';
import type { Settings } from '../../src/bindings/Settings';
import { fields, set } from './fields';

const DAY = 86_400_000;
const FILE = '/etc/pult/pult.toml';
const HOOKS = 'http://10.0.4.12:8481';
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

const staff: [string, string, PersonRow['role'], string, string][] = [
  ['a.komarova', 'Анна Комарова', 'admin', 'Контакт-центр', 'Руководитель'],
  ['i.smirnov', 'Игорь Смирнов', 'supervisor', 'Контакт-центр', 'Старший смены'],
  ['m.kuznetsova', 'Мария Кузнецова', 'supervisor', 'Служба заявок', 'Старший смены'],
  ['p.orlov', 'Павел Орлов', 'operator', 'Контакт-центр', 'Оператор'],
  ['d.safina', 'Дина Сафина', 'operator', 'Контакт-центр', 'Оператор'],
  ['r.kazlauskiene', 'Раса Казлаускене', 'operator', 'Вильнюс', 'Оператор'],
  ['j.petraitis', 'Йонас Петрайтис', 'viewer', 'Вильнюс', 'Аналитик'],
  ['o.lebedev', 'Олег Лебедев', 'admin', 'ИТ', 'Системный администратор'],
];

function personOf(index: number, now: number): PersonRow {
  const [login, full_name, role, department, position] = pick(staff, index);
  return {
    id: index + 1,
    login,
    has_password: index !== 5,
    checked_at: index === 5 ? now - DAY : null,
    blocked_by: index === 4 ? 'admin' : index === 7 ? 'staff' : null,
    locked_until: index === 6 ? now + 600_000 : null,
    created_at: now - 400 * DAY,
    seen_at: index === 5 ? null : now - index * index * 900_000,
    full_name,
    email: `${login}@example.com`,
    office: index > 4 ? 'Вильнюс' : 'Москва',
    department,
    position,
    phone: null,
    vpn: index % 3 === 0 ? true : null,
    vpn_end_date: index % 3 === 0 ? '2026-12-31' : null,
    role,
    grants: index === 1 ? ['quality'] : [],
    teams: [],
  };
}

const stamp = (at: number) => `pult-${new Date(at).toISOString().replaceAll(/[-:.]/g, '')}`;

const OLD_PIN = '4b'.repeat(32);
const SHOWN = { 'fin-a.cc.example': '9f3c'.repeat(16), 'fin-b.cc.example': '71d0'.repeat(16) };

/** What a check sees of two nodes: one that nobody knows, and one that has shown another certificate before. */
function nodes(now: number, pins: ReadonlyMap<string, string>): CheckReport['steps'] {
  return Object.entries(SHOWN).map(([node, sha256]) => {
    const accepted = pins.get(node);
    const problem = accepted === sha256 ? null : accepted === undefined ? 'untrusted' : 'changed';
    return {
      step: 'certificate',
      ok: problem === null,
      detail: `${node}: CN=${node}, issued by CN=${node}`,
      certificate: {
        node,
        subject: `CN=${node}`,
        issuer: `CN=${node}`,
        names: [node],
        not_before: now - 400 * DAY,
        not_after: node === 'fin-a.cc.example' ? now - DAY : now + 300 * DAY,
        valid: node !== 'fin-a.cc.example',
        named: true,
        sha256,
        accepted: accepted === undefined ? [] : [accepted],
        problem,
      },
    };
  });
}

function auditOf(id: number, now: number): AuditRow {
  const [action, object, detail] = pick<[string, string, unknown]>(
    [
      ['settings.write', 'integrations.agencies.timeout_s', {}],
      ['deliveries.replay', '4986,4975', {}],
      ['settings.check', 'agencies', {}],
      [
        'person.rights',
        'person:2',
        {
          before: { role: 'viewer', grants: [], teams: [] },
          after: { role: 'supervisor', grants: ['quality'], teams: [] },
        },
      ],
      ['deliveries.pause', 'agencies', {}],
      ['sign_in.refused', 'person:3', { reason: 'wrong_password', failures: 2 }],
      ['backup.make', '/var/backups/pult', {}],
      ['settings.make_secret', 'telephony.client.night-line', {}],
    ],
    id * 3,
  );
  const window = id % 9 === 4;
  return {
    id,
    at: now - (600 - id) * 1_900_000,
    actor: window ? 'window' : pick(staff, id % 3)[0],
    action,
    object,
    detail,
    address: window ? '' : `10.0.4.${20 + (id % 5)}`,
  };
}

export function settingsAnswers(now: number): Answers {
  const values: Record<string, unknown> = Object.fromEntries(
    fields.map((field) => [field.path, set[field.path] ?? field.default]),
  );
  const afterRestart = new Set<string>(['hooks.connections']);
  const secrets = new Map<string, SecretSource>([
    ['telephony.client.vilnius-desk', 'file'],
    ['agencies.password', 'credentials'],
  ]);
  const people = staff.map((_, index) => personOf(index, now));
  const keys: ApiKeyRow[] = [
    {
      id: 2,
      name: 'grafana',
      created_by: 'o.lebedev',
      created_at: now - 40 * DAY,
      used_at: now - 20_000,
      revoked_at: null,
      role: 'viewer',
      grants: [],
      routes: ['calls.totals', 'engine.health'],
    },
    {
      id: 1,
      name: 'old-reports',
      created_by: 'a.komarova',
      created_at: now - 210 * DAY,
      used_at: null,
      revoked_at: now - 35 * DAY,
      role: 'viewer',
      grants: [],
      routes: ['*'],
    },
  ];
  const backups: BackupRow[] = Array.from({ length: 5 }, (_, index) => ({
    name: stamp(now - 3_600_000 - index * DAY),
    bytes: 418_000_000 - index * 1_900_000,
  }));

  const pins = new Map([['fin-b.cc.example', OLD_PIN]]);
  const settings = (): Settings => ({ values: { ...values }, fields, file: FILE, after_restart: [...afterRestart] });
  const needed = (name: string, about: string, section: string): NeededSecret => ({
    expected: { name, about, section, in_use: values[`${section}.enabled`] === true },
    entry: { name, source: secrets.get(name) ?? null, set: secrets.has(name) },
  });
  const proven = (name: string): Completeness =>
    ['telephony', 'call_feed', 'erp'].includes(name) ? 'unproven' : name === 'finesse' ? 'looked' : 'asked';
  const connections = (): Connections => ({
    exposure: 'private',
    connections: (
      [
        {
          name: 'agencies',
          active: values['integrations.agencies.enabled'] === true,
          section: 'integrations.agencies',
          hooks: [],
          secrets: [needed('agencies.password', 'Password of the XML service.', 'integrations.agencies')],
        },
        {
          name: 'finesse',
          active: true,
          section: 'integrations.finesse',
          hooks: [],
          secrets: [needed('finesse.password', '', 'integrations.finesse')],
        },
        {
          name: 'bitrix24',
          active: false,
          section: 'integrations.bitrix24',
          hooks: [],
          secrets: [
            'ratings.bitrix_user_key',
            'ratings.bitrix_message_key',
            'bitrix24.application_token',
            'bitrix24.bot_token',
          ].map((name) => needed(name, '', 'integrations.bitrix24')),
        },
        {
          name: 'okdesk',
          active: false,
          section: 'integrations.okdesk',
          hooks: [],
          secrets: ['ratings.okdesk_token', 'ratings.webhook_key'].map((name) =>
            needed(name, '', 'integrations.okdesk'),
          ),
        },
        {
          name: 'erp',
          active: values['integrations.erp.enabled'] === true,
          section: 'integrations.erp',
          hooks:
            values['integrations.erp.enabled'] === true
              ? [
                  ['POST', '/', 'document'],
                  ['GET', '/ping/', 'ping'],
                  ['GET', '/docs', 'docs'],
                ].map(([method = '', path = '', route = '']) => ({
                  method,
                  url: `http://127.0.0.1:8000${path}`,
                  summary: route,
                  route,
                }))
              : [],
          secrets: ['erp.bitrix_webhook', 'erp.api_key'].map((name) => needed(name, '', 'integrations.erp')),
        },
        {
          name: 'intradesk',
          active: values['integrations.intradesk.enabled'] === true,
          section: 'integrations.intradesk',
          hooks: [],
          secrets: ['carousel.password', 'carousel.api_key'].map((name) => needed(name, '', 'integrations.intradesk')),
        },
        ...(
          [
            ['pachca', 'event', ['ct.pachca_token', 'ct.webhook_secret']],
            [
              'tracker',
              'hook',
              [
                'ct.tracker_token',
                'ct.tracker_basic_user',
                'ct.tracker_basic_pass',
                'ct.tracker_hook_key',
                'ct.tracker_hook_key_next',
              ],
            ],
            ['yandex360', null, ['ct.y360_token']],
            ['staff', null, ['erp_auth.token']],
            ['redmine', 'hook', ['redmine.key', 'redmine.webhook_secret']],
            ['xmpp', null, ['xmpp.password']],
          ] as const
        ).map(([name, route, names]) => ({
          name,
          active: values[`integrations.${name}.enabled`] === true,
          section: `integrations.${name}`,
          hooks:
            route === null || values[`integrations.${name}.enabled`] !== true
              ? []
              : [{ method: 'POST', url: `${HOOKS}/hooks/${name}`, summary: route, route }],
          secrets: names.map((secret) => needed(secret, '', `integrations.${name}`)),
        })),
        {
          name: 'call_feed',
          active: values['integrations.call_feed.enabled'] === true,
          section: 'integrations.call_feed',
          hooks: [],
          secrets: [needed('cc.api_key', 'Key the feed presents.', 'integrations.call_feed')],
        },
        {
          name: 'telephony',
          active: values['integrations.telephony.enabled'] === true,
          section: 'integrations.telephony',
          hooks: [
            ['GET', '/contact-center/vilnius/tel/', 'entry'],
            ['GET', '/contact-center/vilnius/tel', 'entry_no_slash'],
            ['GET', '/contact-center/vilnius/tel/{tel}/', 'entry_number'],
            ['GET', '/contact-center/vilnius/tel/{tel}', 'entry_number_no_slash'],
            ['POST', '/hooks/telephony', 'event'],
          ].map(([method = '', path = '', route = '']) => ({ method, url: `${HOOKS}${path}`, summary: route, route })),
          secrets: (values['integrations.telephony.clients'] as string[]).map((client) =>
            needed(
              `telephony.client.${client}`,
              `Key the telephony client ${client} presents.`,
              'integrations.telephony',
            ),
          ),
        },
      ] satisfies Omit<Connection, 'completeness'>[]
    ).map((each) => ({ ...each, completeness: each.active ? proven(each.name) : null })),
  });

  return {
    'settings.read': settings,
    'settings.write': ({ changes }) => {
      const next = { ...values, ...changes };
      if (Number(next['lanes.breaker_pause_s']) > Number(next['lanes.breaker_pause_max_s'])) {
        throw new ApiError('bad_field', 'must not exceed lanes.breaker_pause_max_s', 'lanes.breaker_pause_s');
      }
      if (changes['areas.chat_link.menu'] === '{}') {
        const shape = { code: 'missing', place: 'text', least: null, most: null } as const;
        const refusal = ['bad_field', 'expected a menu', 'areas.chat_link.menu'] as const;
        throw new ApiError(...refusal, undefined, undefined, shape);
      }
      for (const [path, value] of Object.entries(changes)) {
        values[path] = value;
        if (fields.find((field) => field.path === path)?.needs_restart) afterRestart.add(path);
      }
      return settings();
    },
    'settings.export': () => ({
      name: 'pult-settings.toml',
      mime: 'application/toml',
      content_base64: btoa('# Pult\n[lanes]\nbreaker_pause_max_s = 600\n'),
    }),
    // The engine reads TOML; here a file says the values themselves.
    'settings.compare': ({ text }) => {
      if (!text.startsWith('{')) {
        const message = 'this is not valid TOML: expected `.`, `=`';
        return { values: {}, secrets: [], problems: [{ code: 'syntax', path: '', line: 2, message }] };
      }
      return { values: JSON.parse(text) as Record<string, unknown>, secrets: ['okdesk.token'], problems: [] };
    },
    'settings.connections': connections,
    'settings.accept_certificate': ({ node, sha256 }) => {
      pins.set(node, sha256);
      return settings();
    },
    'settings.check': ({ integration }) =>
      integration === 'finesse'
        ? { steps: nodes(now, pins), took_ms: 204 }
        : integration === 'agencies'
          ? {
              steps: [
                { step: 'connect', ok: true, detail: 'xml.example.com:443, TLS 1.3' },
                { step: 'sign_in', ok: false, detail: '401: wrong password' },
              ],
              took_ms: 412,
            }
          : integration === 'intradesk'
            ? {
                steps: [
                  { step: 'sign_in', ok: true, detail: 'the token is accepted' },
                  {
                    step: 'statuses',
                    ok: true,
                    detail: '2 states to choose from: Открыта, Выполнена',
                    choices: [
                      { value: 106939, name: 'Открыта' },
                      { value: 106950, name: 'Выполнена' },
                    ],
                  },
                ],
                took_ms: 512,
              }
            : {
                steps: [
                  { step: 'key', ok: true, detail: 'vilnius-desk' },
                  { step: 'key', ok: false, detail: 'night-line: no key has been set' },
                  { step: 'addresses', ok: true, detail: '192.0.2.0/28' },
                ],
                took_ms: 3,
              },
    'settings.set_secret': ({ name }) => {
      secrets.set(name, 'file');
      return connections();
    },
    'settings.make_secret': ({ name }) => {
      secrets.set(name, 'file');
      return { value: 'b3VyLXNlY3JldC1mb3ItdGhlLWRlc2s', connections: connections() };
    },
    'settings.remove_secret': ({ name }) => {
      secrets.delete(name);
      return connections();
    },
    'imports.list': () => ({ running: [], rows: [] }),
    'imports.check': () => ({
      rows: 4,
      added: 1,
      changed: 1,
      removed: 22,
      removed_names: Array.from({ length: 20 }, (_, at) => `Группа ${at + 1}`),
      rejected: 2,
      rejections: [
        { row: 2, line: 3, reason: 'ID: not a whole number', text: 'x;Почта' },
        { row: 4, line: 6, reason: 'also in row 1', text: '7;Почта' },
      ],
    }),
    'backup.list': () => ({
      folder: '/var/lib/pult/backups',
      backups,
      restore: `pultd restore /var/lib/pult/backups/${backups[0]?.name ?? ''}`,
    }),
    'backup.make': () => {
      backups.unshift({ name: stamp(now), bytes: 419_000_000 });
      return {
        folder: '/var/lib/pult/backups',
        backups: [...backups],
        restore: `pultd restore /var/lib/pult/backups/${stamp(now)}`,
      };
    },
    'people.list': () => ({ people: [...people] }),
    'people.create': ({ login, profile, rights }) => {
      if (people.some((person) => person.login === login)) throw new ApiError('conflict', 'the login is taken');
      people.push({ ...personOf(6, now), ...profile, ...rights, id: people.length + 1, login, locked_until: null });
      return { people: [...people] };
    },
    'people.update': ({ id, profile, rights, blocked }) => {
      const place = people.findIndex((person) => person.id === id);
      const before = people[place];
      if (!before) throw new ApiError('not_found', 'no such person');
      people[place] = {
        ...before,
        ...(profile ?? {}),
        ...(rights ?? {}),
        ...(blocked === null ? {} : { blocked_by: blocked ? 'admin' : null }),
      };
      return { people: [...people] };
    },
    'people.forget_password': ({ id }) => {
      const place = people.findIndex((person) => person.id === id);
      const before = people[place];
      if (!before) throw new ApiError('not_found', 'no such person');
      if (before.role === 'admin') throw new ApiError('conflict', 'the last administrator keeps a password of ours');
      people[place] = { ...before, has_password: false };
      return { people: [...people] };
    },
    'people.set_password': () => ({}),
    'people.change_own_password': ({ current }) => {
      if (current !== 'correct horse') throw new ApiError('bad_field', 'is not the password in use', 'current');
      return {};
    },
    'people.end_sessions': () => ({ people: [...people] }),
    'keys.list': () => ({ keys: [...keys] }),
    'keys.routes': () => ({
      routes: [
        { name: 'calls.page', role: 'viewer', grant: null },
        { name: 'calls.export', role: 'viewer', grant: null },
        { name: 'calls.set_theme', role: 'supervisor', grant: null },
        { name: 'people.list', role: 'admin', grant: null },
        { name: 'legacy.moscow_calls', role: 'viewer', grant: 'calls_moscow' },
        { name: 'metrics', role: 'viewer', grant: null },
      ],
    }),
    'keys.create': ({ name, scope }) => {
      if (keys.some((key) => key.name === name)) throw new ApiError('conflict', 'the name is taken');
      keys.unshift({
        id: keys.length + 1,
        name,
        created_by: 'a.komarova',
        created_at: now,
        used_at: null,
        revoked_at: null,
        ...scope,
      });
      return { key: 'pult_9fJk2uQxT7dLw0aBzR4mYhVe', keys: [...keys] };
    },
    'keys.revoke': ({ id }) => {
      const key = keys.find((each) => each.id === id);
      if (key) key.revoked_at = now;
      return { keys: [...keys] };
    },
    'audit.export': ({ format }) => ({ name: `audit.${format}`, mime: 'text/csv', content_base64: 'AAAA' }),
    'audit.page': ({ filter, limit }) => {
      const rows: AuditRow[] = [];
      for (let id = (filter.before ?? 601) - 1; id > 0 && rows.length < limit; id -= 1) {
        const row = auditOf(id, now);
        if (filter.actor && row.actor !== filter.actor) continue;
        if (filter.object && row.object !== filter.object) continue;
        rows.push(row);
      }
      return { rows };
    },
  };
}
