import { expect, test } from 'vitest';
import type { Field } from '../../bindings/Field';
import type { ShapeFault } from '../../bindings/ShapeFault';
import { audit } from '../../i18n/texts/audit';
import { settings } from '../../i18n/texts/settings';
import { detailOf } from './audit';
import { madeAt } from './backups';
import { problemOf, readLines, readText, sameValue } from './check';
import { aligned, jsonFault } from './json';
import { faultsOf, profileOf, typedOf } from './people';
import { repeated, toLines, toQueues } from './queues';
import { lacks } from './routes';
import { sectionOf } from './sections';
import { shapeText } from './shape';
import { demandsOf, exampleOf, isBlank, isOurs } from './vendors';
import { repeated as twiceWeighed, toLines as toWeightLines, toWeights } from './weights';
import { toLines as toReasons, toTable, UNKNOWN, withCode } from './wrapup';

const field = (kind: Field['kind'], more: Partial<Field> = {}): Field => ({
  path: 'a.b',
  about: '',
  kind,
  unit: null,
  default: null,
  min: null,
  max: null,
  choices: [],
  needs_restart: false,
  secret: false,
  ...more,
});
const problem = (of: Field, value: unknown) => problemOf(of, value, settings.en.field, String);

test.each([
  [field('whole', { min: 1, max: 60 }), 60, null],
  [field('whole', { min: 1, max: 60 }), 61, 'A number from 1 to 60 is needed'],
  [field('whole', { min: 1, max: 60 }), '6 0', 'A whole number is needed'],
  [field('whole'), null, null],
  [field('whole', { default: 5 }), null, 'A whole number is needed'],
  [field('url'), 'https://xml.example.com/gate', null],
  [field('url'), 'xml.example.com', 'An http or https address is needed'],
  [field('url'), null, null],
  [field('address'), '[::1]:8480', null],
  [field('address'), 'localhost', 'An address with a port is needed, such as 127.0.0.1:8480'],
  [field('text', { min: 1, max: 3 }), 'lt', null],
  [field('text', { min: 1, max: 3 }), 'long', 'At most 3 characters'],
  [field('names', { min: 0, max: 2 }), ['desk', 'desk'], '“desk” stands twice'],
  [field('names', { min: 0, max: 2 }), ['Desk'], '“Desk” does not fit'],
  [field('names', { min: 0, max: 2 }), ['a', 'b', 'c'], 'At most 2 lines'],
  [field('networks'), ['10.0.0.0/8', '2001:db8::/32'], null],
  [field('networks'), ['10.0.0.0'], '“10.0.0.0” does not fit'],
  [field('origins'), ['*', 'https://desk.example.com'], null],
  [field('texts', { min: 1 }), [], 'At least 1 line needed'],
  [field('queues', { max: 50 }), { Sales: { teams: ['sale'] } }, null],
  [field('queues', { max: 50 }), { Sales: {} }, 'The queue “Sales” needs at least one word'],
  [field('weights', { max: 1000 }), { '583001': 2, '583007': 100 }, null],
  [field('weights', { max: 1000 }), { Иванова: 2 }, '“Иванова” is no number of a person at the service desk'],
  [field('weights', { max: 1000 }), { '583001': 101 }, 'A share from 1 to 100 is needed: 583001'],
  [field('weights', { max: 1000 }), { '583001': 'two' }, 'A share from 1 to 100 is needed: 583001'],
  [field('menu'), '{\n  "text": "Hello",\n}', 'This is no JSON: the fault is in line 3, character 1'],
  [field('form'), ' ', 'Empty: go back to the default text'],
  [field('time_of_day'), '13:00', null],
  [field('time_of_day'), '24:00', 'A time of day is needed, such as 13:00'],
  [field('time_of_day'), '', 'A time of day is needed, such as 13:00'],
])('%o with %j', (of, value, said) => expect(problem(of, value)).toBe(said));

test.each<[ShapeFault['code'], string, number | null, number | null, string]>([
  ['count', 'rows', 1, 32, 'rows: 1 to 32 are needed'],
  ['length', 'rows 1 1 · text', 1, 255, 'rows 1 1 · text: 1 to 255 characters are needed'],
  ['length', 'text', 1, null, 'text: this is empty'],
  ['table', '', null, null, 'the whole text: fields in curly brackets are needed'],
  ['missing', 'rows 1 1 · action', null, null, 'rows 1 1 · action: this field is missing'],
  ['twice', 'd', null, null, 'The name “d” stands twice'],
  ['repeated', 'blocks 2 · label', null, null, 'blocks 2 · label: this field is given twice'],
  ['required', '', null, null, 'At least one input block must be required: without one a request says nothing'],
])('the engine says %s of “%s”', (code, place, least, most, said) => {
  expect(shapeText({ code, place, least, most }, settings.en.field.json.shape, String)).toBe(said);
});

test('typed text becomes a value of its kind', () => {
  expect(readText(field('whole'), ' 15 ')).toBe(15);
  expect(readText(field('whole', { default: 5 }), '15s')).toBe('15s');
  expect(readText(field('whole', { default: 5 }), ' ')).toBe('');
  expect(readText(field('whole'), ' ')).toBeNull();
  expect(readText(field('path'), '  ')).toBeNull();
  expect(readText(field('text', { default: 'lt' }), '')).toBe('');
  expect(readLines('numbers', '280\n\n 318 \nx')).toEqual([280, 318, 'x']);
});

test('queues are typed as words with commas and come back as they were', () => {
  const typed = { name: ' Sales ', teams: 'sale, tour,, sale', operators: '', calls: ' visa ' };
  const kept = { Sales: { teams: ['sale', 'tour'], calls: ['visa'] } };
  expect(toQueues([typed, { name: ' ', teams: 'x', operators: '', calls: '' }])).toEqual(kept);
  expect(toQueues(toLines(kept))).toEqual(kept);
  expect(toLines(null)).toEqual([]);
  expect([repeated([typed]), repeated([typed, { ...typed, name: 'Sales' }])]).toEqual([null, 'Sales']);
});

test('shares are typed as numbers and come back as they were', () => {
  const kept = { '583001': 2, '583007': 3 };
  expect(toWeights(toWeightLines(kept))).toEqual(kept);
  expect(
    toWeights([
      { person: ' 583001 ', share: ' 2 ' },
      { person: '', share: '5' },
    ]),
  ).toEqual({ '583001': 2 });
  // What is no number is kept as typed, so that it can be told of.
  expect(toWeights([{ person: '583001', share: '2,5' }])).toEqual({ '583001': '2,5' });
  expect(toWeightLines(null)).toEqual([]);
  const twice = [
    { person: '583001', share: '1' },
    { person: ' 583001', share: '2' },
  ];
  expect([twiceWeighed(twice.slice(1)), twiceWeighed(twice)]).toEqual([null, '583001']);
});

test.each([
  ['{"a": [1, -2.5e3, true, null, "\\u00e9 \\n"], "b": {}, "c": []}', null],
  ['  "text"  ', null],
  ['0', null],
  ['', [1, 1]],
  ['{"a": 1,}', [1, 9]],
  ['[1 2]', [1, 4]],
  ['[1,]', [1, 4]],
  ['{"a" 1}', [1, 6]],
  ['{a: 1}', [1, 2]],
  ['{"a": 1', [1, 8]],
  ['[}', [1, 2]],
  ['{"a": 01}', [1, 8]],
  ["{'a': 1}", [1, 2]],
  ['{"a":\n  "b\n"}', [2, 3]],
  ['"a" "b"', [1, 5]],
  ['{} }', [1, 4]],
  [']', [1, 1]],
  ['{"a": tru}', [1, 7]],
] as const)('the first fault of %j stands at %j', (text, place) => {
  expect(jsonFault(text)).toEqual(place === null ? null : { line: place[0], column: place[1] });
  // The browser is of the same mind about what is JSON.
  const parse = () => JSON.parse(text) as unknown;
  if (place === null) expect(parse).not.toThrow();
  else expect(parse).toThrow();
});

test('a text is aligned only where it is JSON', () => {
  expect(aligned('{"b":1,"a":[2]}')).toBe('{\n  "b": 1,\n  "a": [\n    2\n  ]\n}');
  expect(aligned('{"b":1')).toBe('{"b":1');
});

test('a reason keeps the codes it is given, and loses one that is taken back', () => {
  const [line] = toReasons({ Обработано: { result: 1, type_call: 2 } });
  if (!line) throw new Error('no line');
  expect(toTable([withCode(line, 'result', UNKNOWN), { reason: ' ' }])).toEqual({ Обработано: { type_call: 2 } });
  expect(toTable([withCode(line, 'result', '0')])).toEqual({ Обработано: { result: 0, type_call: 2 } });
});

test('what a service desk needs hangs on the product and the way to sign in', () => {
  const demands = (values: Record<string, string>) => demandsOf('intradesk', (word) => values[word]);
  expect(demands({ product: 'intradesk', auth: 'password' })).toEqual({
    needs: ['tenant', 'login'],
    spareSecrets: ['carousel.api_key'],
  });
  expect(demands({ product: 'intradesk', auth: 'apikey' })).toEqual({
    needs: ['tenant'],
    spareSecrets: ['carousel.password'],
  });
  expect(demands({ product: 'intraservice', auth: 'apikey' })).toEqual({
    needs: ['base', 'login'],
    spareSecrets: ['carousel.api_key'],
  });
  expect(demandsOf('okdesk', () => null)).toEqual({ needs: ['base'], spareSecrets: [] });
});

test('a tracker needs one of two organizations, and the secrets of the chosen way to sign in', () => {
  const demands = (values: Record<string, string>) => demandsOf('tracker', (word) => values[word]);
  expect(demands({ auth: 'oauth' })).toEqual({
    needs: ['org_id', 'queue_key'],
    spareSecrets: ['ct.tracker_hook_key_next', 'ct.tracker_basic_user', 'ct.tracker_basic_pass'],
  });
  expect(demands({ auth: 'basic', cloud_org_id: 'bpf0example' })).toEqual({
    needs: ['queue_key'],
    spareSecrets: ['ct.tracker_hook_key_next', 'ct.tracker_token'],
  });
});

test('values are compared by what they hold', () => {
  expect(sameValue({ a: [1], b: 2 }, { b: 2, a: [1] })).toBe(true);
  expect(sameValue([1, 2], [2, 1])).toBe(false);
  expect(sameValue(null, {})).toBe(false);
  expect([isBlank([]), isBlank(''), isBlank(0), isBlank(false)]).toEqual([true, true, false, false]);
});

test('every setting has a section, a fault of a table too', () => {
  expect(sectionOf('console.tls')).toBe('listeners');
  expect(sectionOf('integrations.agencies.base')).toBe('connections');
  expect(sectionOf('areas.ratings.auto_after_h')).toBe('ratings');
  expect(sectionOf('areas.floor.queues')).toBe('floor');
  expect(sectionOf('areas.carousel.weights')).toBe('carousel');
  expect(sectionOf('areas.chat_link.form')).toBe('chat_link');
  expect(sectionOf('areas.tickets.page')).toBe('tickets');
  expect(sectionOf('areas.messages.staff')).toBe('messages');
  expect(sectionOf('integrations.xmpp.jid')).toBe('connections');
  expect(sectionOf('areas.reports.page')).toBe('other');
});

test('a backup tells its instant by its name', () => {
  expect(madeAt('pult-20261105T110214123Z')?.toISOString()).toBe('2026-11-05T11:02:14.123Z');
  expect(madeAt('notes')).toBeNull();
});

test('a profile: empty is absent, faults are named', () => {
  const typed = { ...typedOf(null), login: 'a b', full_name: ' ', email: 'x@', vpn_end_date: '2026-13-01' };
  expect([...faultsOf(typed)].sort()).toEqual(['email', 'full_name', 'login', 'vpn_end_date']);
  expect(profileOf({ ...typed, full_name: ' Ann ', email: '', vpn: 'no', vpn_end_date: '' })).toEqual({
    full_name: 'Ann',
    email: null,
    office: null,
    department: null,
    position: null,
    phone: null,
    vpn: false,
    vpn_end_date: null,
  });
});

test('we make the keys others present to us, theirs are typed in', () => {
  expect(isOurs('okdesk', 'ratings.webhook_key')).toBe(true);
  expect(isOurs('okdesk', 'ratings.okdesk_token')).toBe(false);
  expect(isOurs('bitrix24', 'ratings.bitrix_user_key')).toBe(false);
  expect(isOurs('telephony', 'telephony.client.vilnius')).toBe(true);
  expect(isOurs('tracker', 'ct.tracker_hook_key')).toBe(true);
  expect(isOurs('pachca', 'ct.webhook_secret')).toBe(false);
  expect(isOurs('redmine', 'redmine.key')).toBe(false);
  expect(isOurs('redmine', 'redmine.webhook_secret')).toBe(true);
  expect(isOurs('xmpp', 'xmpp.password')).toBe(false);
  expect(isOurs('somebody', 'somebody.key')).toBe(false);
});

test('calls of Moscow are a right whatever the role, reports one that supervisors need not be given', () => {
  const moscow = { name: 'legacy.moscow_calls', role: 'viewer', grant: 'calls_moscow' } as const;
  const report = { name: 'legacy.ticket_report', role: 'viewer', grant: 'redmine_report' } as const;
  const asked = (['viewer', 'supervisor', 'admin'] as const).map((role) => [
    lacks(moscow, role, []),
    lacks(report, role, []),
  ]);
  expect(asked).toEqual([
    ['calls_moscow', 'redmine_report'],
    ['calls_moscow', null],
    [null, null],
  ]);
  expect(lacks(moscow, 'viewer', ['calls_moscow'])).toBeNull();
});

test('an example carries its key as a placeholder', () => {
  expect(exampleOf('telephony', 'entry', 'http://h/tel/', 'KEY')).toBe(
    'http://h/tel/?type=newcall&ani={number}&curator_id={operator}&key=KEY',
  );
  expect(exampleOf('telephony', 'event', 'http://h/hooks', 'KEY')).toBeNull();
});

test('the details of an act are told in words; what a newer engine says besides stands under its own name', () => {
  const speech = {
    words: audit.ru.details,
    role: (code: string) => `роль ${code}`,
    grant: (code: string) => `право ${code}`,
    importKind: (code: string) => `файл ${code}`,
    instant: (at: number) => `в ${at}`,
  };
  const told = (detail: unknown) =>
    detailOf({ id: 1, at: 1, actor: 'a', action: 'b', object: 'c', detail, address: '' }, speech)?.replaceAll(
      '\u00a0',
      ' ',
    ) ?? null;
  expect(told({})).toBeNull();
  expect(told({ session: 7 })).toBeNull();
  expect(told({ reason: 'wrong_password', failures: 2 })).toBe('Причина: неверный пароль · Неудач подряд: 2');
  expect(told({ minutes: 15 })).toBe('Закрыт на: 15 мин');
  const rights = (role: string, grants: string[]) => ({ role, grants, teams: [] });
  expect(told({ before: rights('viewer', []), after: rights('supervisor', ['quality']) })).toBe(
    'Роль: роль viewer → роль supervisor · Права сверх роли: нет → право quality',
  );
  expect(told({ before: rights('viewer', []), after: rights('viewer', []) })).toBe('без изменений');
  expect(told({ kind: 'staff', file: 'staff.csv', rows: 40, from: 0 })).toBe(
    'Что в файле: файл staff · Файл: staff.csv · Строк: 40',
  );
  expect(told({ name: 'ночь', scope: { role: 'viewer', grants: [], routes: ['calls.page'] } })).toBe(
    'Имя: ночь · Роль: роль viewer · Маршруты: calls.page',
  );
  expect(told({ until: null })).toBe('До: нет');
  expect(told({ login: 'anna', password: true, novelty: 3 })).toBe('Логин: anna · Пароль: задан · novelty: 3');
});

const engine = import.meta.glob<string>('../../../../src-tauri/crates/engine/src/lib.rs', {
  query: '?raw',
  import: 'default',
  eager: true,
});

test('every worker of the engine has a name in words', () => {
  const started = [
    ...Object.values(engine)
      .join()
      .matchAll(/\.start\((?:format!\()?"([a-z_]+)/g),
  ].map(([, name = '']) => name);
  expect(started.length).toBeGreaterThan(8);
  for (const { about } of [settings.ru, settings.en])
    expect(Object.keys(about.workerNames)).toEqual(expect.arrayContaining(started));
});
