import { expect, test } from 'vitest';
import { Floor } from '../../../tests/preview/floor';
import type { OperatorRow } from '../../bindings/OperatorRow';
import type { Stretch } from '../../bindings/Stretch';
import { elapsed } from '../../i18n/format';
import { floor as texts } from '../../i18n/texts/floor';
import { noticeText, notices } from '../../i18n/texts/notices';
import { byTeam, byUrgency, fitting, readFilter } from './filter';
import { pieces, verdictOf } from './line';
import { asTheyWere, journalOf } from './past.svelte';
import { hourMarks, printMoment, readMoment, spanOf, stepTo } from './scrub';
import { NOT_WATCHED, countGroups, groupOfWord, levelOf, markOf, mayFollow } from './states';
import { causeWords, codeWords, reasonWords, stateWords } from './words';

const NOW = Date.parse('2026-11-05T11:00:00Z');
const made = [...new Floor(NOW, 48, 'live').rows.values()];
const base = made[0] as OperatorRow;
const row = (patch: Partial<OperatorRow>): OperatorRow => ({ ...base, ...patch });

test('the order of the floor: groups, then the longest in state, the unknown time after them, then names', () => {
  const list = [
    row({ id: 1, group: 'signed_out', since: 1 }),
    row({ id: 2, group: 'talking', since: 50, name: 'Яна' }),
    row({ id: 3, group: 'unknown', since: 5 }),
    row({ id: 4, group: 'talking', since: 50, name: 'ёлка' }),
    row({ id: 5, group: 'talking', since: 40 }),
    row({ id: 6, group: 'talking', since: null }),
    row({ id: 7, group: 'not_ready', since: 5 }),
    row({ id: 8, group: 'wrap_up', since: 5 }),
    row({ id: 9, group: 'ready', since: 5 }),
  ];
  expect(list.sort(byUrgency).map((each) => each.id)).toEqual([5, 4, 2, 6, 9, 8, 7, 3, 1]);
});

test('the text filter looks at the name, the login and the extension, all words at once', () => {
  const list = [
    row({ id: 1, name: 'Анна Белова', login_id: '70411', login_name: 'abelova', extension: '2001' }),
    row({ id: 2, name: 'Павел Орлов', login_id: '70412', login_name: null, extension: null }),
  ];
  const ids = (q: string) => fitting(list, readFilter({ q })).map((each) => each.id);
  expect(ids('бел')).toEqual([1]);
  expect(ids('ABEL')).toEqual([1]);
  expect(ids('70412')).toEqual([2]);
  expect(ids('2001 анна')).toEqual([1]);
  expect(ids('2001 орлов')).toEqual([]);
  expect(fitting(list, readFilter({}))).toBe(list);
});

test('an address that means nothing filters nothing', () => {
  expect(readFilter({ team: 'x', group: 'sleeping', over: 'yes' })).toEqual({
    text: '',
    team: null,
    group: null,
    over: false,
  });
});

test('somebody in two teams stands in both, those without one last', () => {
  const teams = [
    { id: 2, team_id: 'b', name: 'Янтарь', why: null, watched_until: null },
    { id: 1, team_id: 'a', name: 'Берег', why: null, watched_until: null },
  ];
  const list = [
    row({ id: 1, teams: [1, 2] }),
    row({ id: 2, teams: [] }),
    row({ id: 3, teams: [2] }),
    row({ id: 4, teams: [9] }),
  ];
  expect(byTeam(list, teams).map((part) => [part.team?.name ?? null, part.rows.map((each) => each.id)])).toEqual([
    ['Берег', [1]],
    ['Янтарь', [1, 3]],
    [null, [2, 4]],
  ]);
});

test('unknown is counted apart and never as logged out', () => {
  expect(countGroups([{ group: 'unknown' }, { group: 'signed_out' }, { group: 'unknown' }])).toMatchObject({
    unknown: 2,
    signed_out: 1,
  });
});

test.each([
  ['talking', 'talking', null],
  ['hold', 'talking', 'hold'],
  ['reserved', 'talking', 'ringing'],
  ['reserved_outbound', 'talking', 'outbound'],
  ['reserved_preview', 'talking', 'outbound'],
  ['wrap_up', 'wrap_up', null],
  ['wrap_up_ready', 'wrap_up', 'to_ready'],
  ['signing_in', 'not_ready', null],
  ['signed_out', 'signed_out', null],
  ['unknown', 'unknown', null],
  ['other:LUNCH_ROBOT', 'unknown', null],
])('%s is counted as %s with the mark %s', (state, group, mark) => {
  expect([groupOfWord(state), markOf(state)]).toEqual([group, mark]);
});

test('a request is offered only from where it may succeed', () => {
  const from = (wanted: 'ready' | 'not_ready' | 'signed_out') =>
    ['ready', 'not_ready', 'talking', 'hold', 'wrap_up', 'wrap_up_ready', 'signed_out', 'unknown'].filter((state) =>
      mayFollow(wanted, state),
    );
  expect(from('ready')).toEqual(['not_ready', 'wrap_up', 'wrap_up_ready']);
  expect(from('not_ready')).toEqual(['ready', 'wrap_up', 'wrap_up_ready']);
  expect(from('signed_out')).toEqual(['ready', 'not_ready', 'talking', 'hold', 'wrap_up', 'wrap_up_ready']);
});

test('a state’s own limit goes before its group’s; a limit without the second stays amber', () => {
  const limits = [
    { word: 'talking', amber: 600, red: 900 },
    { word: 'hold', amber: 60, red: null },
  ];
  expect(levelOf(limits, 'hold', 'talking', 59)).toBe(0);
  expect(levelOf(limits, 'hold', 'talking', 5000)).toBe(1);
  expect(levelOf(limits, 'reserved', 'talking', 900)).toBe(2);
  expect(levelOf(limits, 'talking', 'talking', null)).toBe(0);
  expect(levelOf(limits, 'ready', 'ready', 99_999)).toBe(0);
});

test('a time in state over a day is in days and hours', () => {
  expect(elapsed(86_399, 'ru')).toBe('23:59:59');
  expect(elapsed(27 * 3600, 'ru')).toBe('1д 03ч');
  expect(elapsed(27 * 3600, 'en')).toBe('1d 03h');
  expect(elapsed(null, 'ru')).toBe('—');
});

const stretch = (began: number, until: number, patch: Partial<Stretch> = {}): Stretch => ({
  id: began,
  state: 'ready',
  group: 'ready',
  reason: null,
  began,
  known_until: until,
  open: false,
  approximate: false,
  verdict: null,
  overruled: null,
  ...patch,
});
const cut = (list: Stretch[], now: number, watched: boolean) =>
  pieces(list, 0, 1000, now, watched).map((piece) => [piece.from, piece.to, piece.stretch ? 'known' : 'unknown']);

test('the line has no holes: what no stretch covers is unknown, and the future is left out', () => {
  expect(cut([stretch(-50, 200), stretch(400, 500)], 800, true)).toEqual([
    [0, 200, 'known'],
    [200, 400, 'unknown'],
    [400, 500, 'known'],
    [500, 800, 'unknown'],
  ]);
});

test('a stretch that goes on reaches the present only while somebody watches', () => {
  const open = [stretch(100, 300, { open: true })];
  expect(cut(open, 800, true).at(-1)).toEqual([100, 800, 'known']);
  expect(cut(open, 800, false).at(-1)).toEqual([300, 800, 'unknown']);
});

test('a person’s verdict goes before the judgement', () => {
  const overruled = { verdict: 'phone', by: 'a', note: '', at: 1 };
  expect(verdictOf(stretch(0, 1, { overruled }))).toBe('phone');
  expect(verdictOf(stretch(0, 1))).toBeNull();
});

test('who was not watched at a moment is unknown there, and who has gone since is there with their call', () => {
  const now = new Map([[1, row({ id: 1, state: 'talking', group: 'talking', alarm: 2 })]]);
  const who = { login_id: '70411', name: 'Анна Белова', teams: [1] };
  const moments = [
    {
      id: 1,
      ...who,
      gone: false,
      state: null,
      group: 'unknown' as const,
      reason: null,
      since: null,
      interval: null,
      call: null,
    },
    {
      ...who,
      id: 7,
      name: 'Павел Орлов',
      gone: true,
      state: 'talking',
      group: 'talking' as const,
      reason: null,
      since: 5,
      interval: 5,
      call: { id: 31, began: 5_000, phone: '37060011122' },
    },
  ];
  const then = asTheyWere(now, moments);
  expect(then.rows[0]).toMatchObject({ state: NOT_WATCHED, group: 'unknown', since: null, alarm: 0, dialogs: [] });
  expect(then.gone).toBe(1);
  const gone = then.rows[1];
  expect(gone).toMatchObject({ id: 7, name: 'Павел Орлов', extension: null, state: 'talking', teams: [1] });
  expect(gone?.dialogs[0]).toMatchObject({ number: '37060011122', began: new Date(5_000).toISOString() });
  expect(gone?.dialogs.map(journalOf)).toEqual(['31']);
  expect(stateWords(texts.ru, NOT_WATCHED)).toBe('не наблюдали');
});

test('the slider: the last day and night, or the day of a moment further back', () => {
  const dayStart = (at: number) => Math.floor(at / 86_400_000) * 86_400_000;
  expect(spanOf(null, NOW, dayStart)).toEqual({ from: NOW - 86_400_000, to: NOW });
  const old = Date.parse('2026-10-01T15:00:00Z');
  expect(spanOf(old, NOW, dayStart)).toEqual({
    from: Date.parse('2026-10-01T00:00:00Z'),
    to: Date.parse('2026-10-02T00:00:00Z'),
  });
  expect(hourMarks({ from: 0, to: 86_400_000 }, 0)).toHaveLength(8);
});

test('keys of the slider step by seconds and minutes, and its end is the present', () => {
  const span = { from: NOW - 86_400_000, to: NOW };
  const step = (key: string, shift = false, at: number | null = NOW - 60_000) => stepTo(key, shift, at, span, NOW);
  expect(step('ArrowLeft')).toBe(NOW - 70_000);
  expect(step('ArrowLeft', true)).toBe(NOW - 61_000);
  expect(step('PageDown')).toBe(NOW - 660_000);
  expect(step('PageUp')).toBeNull();
  expect(step('Home')).toBe(span.from);
  expect(step('End')).toBeNull();
  expect(step('ArrowLeft', false, null)).toBe(NOW - 10_000);
  expect(step('x')).toBeUndefined();
});

test('the address of a moment reads back; the future and nonsense are the present', () => {
  expect(readMoment(printMoment(NOW - 1500), NOW)).toBe(NOW - 2000);
  expect(readMoment('2030-01-01T00:00:00Z', NOW)).toBeNull();
  expect(readMoment('yesterday', NOW)).toBeNull();
  expect(readMoment(null, NOW)).toBeNull();
});

test('a reason is the source’s own name, else where it comes from, else its code', () => {
  expect(reasonWords(texts.ru, { code: 3, id: '1', label: 'Обед', kind: 'chosen' })).toBe('Обед');
  expect(reasonWords(texts.ru, { code: 32763, id: null, label: null, kind: 'did_not_answer' })).toBe(
    'не ответил на вызов',
  );
  expect(reasonWords(texts.ru, { code: 32758, id: null, label: null, kind: 'call_flow' })).toBe(
    'время оформления вышло',
  );
  expect(reasonWords(texts.en, { code: 32758, id: null, label: null, kind: 'call_flow' })).toBe('wrap-up timer ended');
  expect(reasonWords(texts.ru, { code: 32758, id: '4', label: null, kind: 'chosen' })).toBe('код 32758');
  expect(reasonWords(texts.ru, { code: 77, id: null, label: null, kind: 'other_system' })).toBe('код 77');
  expect(reasonWords(texts.en, null)).toBeNull();
});

test('a notice is a sentence with the state in words; a code of a newer engine is shown as it is', () => {
  const values = { operator: 'Павел Орлов', state: 'not_ready', minutes: 30 };
  expect(noticeText(notices.ru, 'floor.too_long', values)).toBe('Павел Орлов: «Не готов» дольше 30 минут');
  expect(noticeText(notices.en, 'floor.source_lost', { teams: 1 })).toBe('Operators are not heard: 1 team not watched');
  expect(noticeText(notices.ru, 'toString', {})).toBe('toString');
});

test('every cause the connection tells, and every loss of a team, has words in both languages', () => {
  const causes = ['server_user_gone', 'no_mechanism', 'not_bound', 'temporary_auth_failure', 'account_disabled'];
  const losses = ['auth_failed', 'conflict', 'cert_problem', 'sso_unsupported', 'moved', 'not_yet', 'removed', 'link'];
  for (const t of [texts.ru, texts.en]) {
    for (const code of [...causes, 'http_401', 'http_404', 'http_500', 'http_501', 'http_503'])
      expect(causeWords(t, code), code).not.toContain(code);
    for (const code of ['sign_in_last', 'sign_in_blocked']) expect(causeWords(t, code), code).not.toContain('_');
    for (const code of losses) expect(codeWords(t.teamWhy, code), code).not.toBe(code);
  }
  // What nothing is written about is told as what it is.
  expect(causeWords(texts.ru, 'http_418')).toBe('узел ответил 418');
  expect(causeWords(texts.ru, 'malformed_request')).toBe('узел отказал: malformed-request');
});
