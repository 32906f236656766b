import { expect, test } from 'vitest';
import { noticeParts, noticeText, notices } from './notices';

// The rules of the areas, and the door, which has no area.
const sources = import.meta.glob<string>(
  ['../../../../src-tauri/crates/domain/src/areas/**/*.rs', '../../../../src-tauri/crates/engine/src/auth/**/*.rs'],
  { query: '?raw', import: 'default', eager: true },
);
/** The folder of an area. */
const areaOf = (path: string) => /areas\/([a-z_]+)/.exec(path)?.[1] ?? '';
/** What only proves the rules. */
const isTest = (path: string) => path.endsWith('/tests.rs') || path.includes('/tests/');
/** What an area hands to a helper of its own that puts notices together. */
const handed = (area: string) =>
  Object.entries(sources)
    .filter(([path]) => areaOf(path) === area && !isTest(path))
    .flatMap(([, text]) => [
      ...[...text.matchAll(/\.(?:raise|tell)\([^;]*?"([a-z_]+\.[a-z_]+)"/g)].map(([, word = '']) => word),
      // Chosen just before, between words.
      ...[...text.matchAll(/let code = ([^;]*);[^;]*\.raise\([^;]*\bcode\b/g)].flatMap(([, choice = '']) =>
        [...choice.matchAll(/"([a-z_]+\.[a-z_]+)"/g)].map(([, word = '']) => word),
      ),
    ]);
/** Every notice that the rules of an area put together, by what its `code` may be. */
const raised = Object.entries(sources)
  .filter(([path]) => !isTest(path))
  .flatMap(([path, text]) =>
    text
      .split(/(?<!-> |struct )\bNotice \{/)
      .slice(1)
      .map((after) => {
        const code = /\bcode: ([\s\S]*?)\.to_owned\(\)/.exec(after)?.[1] ?? '';
        const named = [...code.matchAll(/"([^"]+)"/g)].map(([, word = '']) => word);
        // Under its own name, `code`, it was handed in.
        const given = code.trim() === 'code' || /^[^}]*\bcode,/.test(after);
        return { path, codes: given ? handed(areaOf(path)) : named };
      }),
  );
/** What the engine says of connections and of its own house. */
const engine = import.meta.glob<string>('../../../../src-tauri/crates/engine/src/troubles.rs', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const ofEngine = [
  ...Object.values(engine)
    .join()
    .matchAll(/"((?:source|deliveries|incident|backup|database)\.[a-z_]+)"/g),
].map(([, word = '']) => word);
const codes = [...new Set([...raised.flatMap((each) => each.codes), ...ofEngine])].sort();

test('every notice of the rules names its codes where they can be read', () => {
  expect(raised.filter((each) => each.codes.length === 0)).toEqual([]);
  expect(codes).toEqual(
    expect.arrayContaining([
      'carousel.nobody',
      'carousel.parked',
      'chat_link.echo',
      'chat_link.fields',
      'chat_link.storm',
      'floor.source_lost',
      'floor.too_long',
      'network.lost',
      'tickets.entry',
    ]),
  );
  expect(codes.length).toBeGreaterThan(5);
});

test.each(['ru', 'en'] as const)(
  'every code of a notice has a sentence of its own, none is left over: %s',
  (language) => {
    expect(Object.keys(notices[language].sentences).sort()).toEqual(codes);
  },
);

test.each(['ru', 'en'] as const)('a sentence without its values has no holes: %s', (language) => {
  for (const code of codes) {
    const sentence = noticeText(notices[language], code, {});
    expect(sentence).not.toBe(code);
    expect(sentence).not.toMatch(/undefined|null|NaN|\[object/);
  }
});

test('a notice of the carousel names its service, and tells our own word for a failed import', () => {
  const values = { service: 'Ночные обращения', ticket: 48690, person: 'Ткач Павел', detail: 'empty_people' };
  expect(noticeText(notices.ru, 'carousel.nobody', values)).toBe('Некому отдавать тикеты сервиса «Ночные обращения»');
  expect(noticeText(notices.ru, 'carousel.parked', values)).toContain('№ 48690');
  expect(noticeText(notices.en, 'carousel.refused', values)).toContain('Ткач Павел');
  expect(noticeText(notices.ru, 'carousel.import_failed', values)).toContain('не назвала ни одного человека');
  expect(noticeText(notices.en, 'carousel.import_failed', { detail: 'HTTP 502' })).toContain('HTTP 502');
});

test('a notice of the bridge names its issue, who wrote or asked, and what the other side said', () => {
  const values = {
    issue: 'DESK-41',
    summary: 'Телефония',
    author: 'Орлов',
    name: 'Орлов',
    detail: 'HTTP 403',
    fields: 'a, b',
  };
  expect(noticeText(notices.ru, 'chat_link.echo', values)).toBe(
    'Эхо в переписке DESK-41 «Телефония»: пара остановлена',
  );
  expect(noticeText(notices.ru, 'chat_link.chat_gone', values)).toContain('DESK-41 «Телефония»');
  expect(noticeText(notices.ru, 'chat_link.barred', { ...values, side: 'chat', chat: 51840 })).toContain('чат № 51840');
  expect(noticeText(notices.en, 'chat_link.barred', { ...values, side: 'tracker' })).toContain('The tracker');
  expect(noticeText(notices.ru, 'chat_link.not_copied', values)).toBe(
    'Сообщение не скопировано, DESK-41, Орлов: HTTP 403',
  );
  expect(noticeText(notices.en, 'chat_link.request_failed', values)).toBe(
    'A request was not created “Телефония”, Орлов: HTTP 403',
  );
  expect(noticeText(notices.en, 'chat_link.not_linked', values)).toContain('DESK-41');
  expect(noticeText(notices.en, 'chat_link.fields', values)).toContain('a, b');
  // Before its author is known.
  expect(noticeText(notices.ru, 'chat_link.unplaced', { detail: 'not_connected' })).toContain('не подключена');
  expect(noticeText(notices.ru, 'chat_link.not_copied', { ...values, author: '' })).toBe(
    'Сообщение не скопировано, DESK-41: HTTP 403',
  );
});

test('the two ways to a system are told apart', () => {
  for (const code of ['source.unreachable', 'source.refused']) {
    const by = (language: 'ru' | 'en', way: string) => noticeText(notices[language], code, { source: 'redmine', way });
    for (const language of ['ru', 'en'] as const) {
      expect(by(language, 'news')).toContain('Redmine');
      expect(by(language, 'news')).not.toBe(by(language, 'calls'));
    }
  }
});

test('a notice of the network names its target and its address', () => {
  const values = { title: 'Филиал Каунас', host: 'branch.example.com', trouble: 'timeout', days: 5 };
  expect(noticeText(notices.ru, 'network.lost', values)).toBe('Нет связи: Филиал Каунас (branch.example.com)');
  expect(noticeText(notices.en, 'network.poor', values)).toBe('Poor connection: Филиал Каунас (branch.example.com)');
  expect(noticeText(notices.ru, 'network.certificate', values)).toBe(
    'Сертификат Филиал Каунас (branch.example.com) кончается: осталось 5 дней',
  );
});

test('a change that was not made names the parts of the ticket in the reader’s language', () => {
  const left = { ticket: 4312, state: 'partly', trouble: { trouble: 'left', parts: ['status', 'note', 'отчёт.pdf'] } };
  const said = notices.ru.sentences['tickets.not_changed']?.(left as never);
  expect(said).toMatchObject({ lines: ['Трекер оставил без изменения: статус, комментарий, отчёт.pdf'] });
});

test('a backup that failed for a reason nobody has words for says so in Russian, with the reason under it', () => {
  const lines = (detail: string) => noticeParts(notices.ru, 'backup.failed', { detail }).lines;
  expect(lines('the database failed: database or disk is full')).toEqual([
    expect.stringContaining('на диске нет места'),
  ]);
  const [plain = '', raw = ''] = lines('cannot VACUUM from within a transaction');
  expect(plain).toMatch(/^База данных или диск не дали/);
  expect(raw).toBe('Подробности: cannot VACUUM from within a transaction');
});
