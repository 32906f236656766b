import { expect, test } from 'vitest';
import type { Course } from '../../bindings/Course';
import type { Step } from '../../bindings/Step';
import type { StepEffect } from '../../bindings/StepEffect';
import { compare } from './course';
import { changeKinds, readBody, readErrors, readVerdict, requestLine } from './payload';

const step = (rule: string, effects: StepEffect[] = [], changes: unknown = []): Step => ({
  kind: 'call_started',
  fact: {},
  changes,
  explanation: { rule, values: {}, candidates: [], otherwise: null, inputs: {} },
  effects,
});
const call = (key: string, state: StepEffect['state'], then: Step[] = []): StepEffect => ({
  kind: 'look_up_agency',
  integration: 'agencies',
  key,
  state,
  then,
});
const course = (...steps: Step[]): Course => ({ steps, error: null, rejected: [] });

test('the same course twice differs nowhere, whatever the order of keys', () => {
  const then = course(step('a', [call('k', 'done', [step('b')])], { x: 1, y: 2 }));
  const now = course(step('a', [call('k', 'done', [step('b')])], { y: 2, x: 1 }));
  const { rows, differences } = compare({ then, now });
  expect(differences).toBe(0);
  expect(rows.map((row) => [row.of, row.depth])).toEqual([
    ['step', 0],
    ['call', 1],
    ['step', 2],
  ]);
});

test('calls are paired by key; a call never made ends in the unknown', () => {
  const { rows, differences } = compare({
    then: course(step('a', [call('old', 'done', [step('b')])])),
    now: course(step('c', [call('new', null)])),
  });
  expect(rows.map((row) => `${row.of} ${row.mark}`)).toEqual([
    'step changed',
    'call added',
    'unknown same',
    'call removed',
    'step removed',
  ]);
  expect(differences).toBe(4);
});

test('a record understood only now is a difference', () => {
  const then: Course = { steps: [], error: '{"field":"ani","reason":"is empty"}', rejected: [] };
  expect(compare({ then, now: course(step('a')) }).differences).toBe(2);
});

test.each([
  [null, []],
  ['{"field":"ani","reason":"is empty"}', [{ code: 'ani', detail: 'is empty' }]],
  ['{"error":"unreachable","detail":"timed out"}', [{ code: 'unreachable', detail: 'timed out' }]],
  ['{"error":"refused","reason":"no agency","unknown":true}', [{ code: 'refused', detail: 'no agency' }]],
  ['[{"index":4,"error":"source_id is absent"}]', [{ code: '#5', detail: 'source_id is absent' }]],
  ['not json', [{ code: '', detail: 'not json' }]],
])('errors of %s', (text, told) => expect(readErrors(text)).toEqual(told));

test('verdicts, bodies, changes and request lines are read', () => {
  expect(readVerdict('{"by":"signature","client":"desk"}')).toEqual({ kind: 'signature', client: 'desk' });
  expect(readVerdict('{"by":"local"}')).toEqual({ kind: 'local' });
  expect(readVerdict('{"by":"moon"}')).toEqual({ kind: 'unknown' });
  expect(readBody('{"a":1}')).toEqual({ json: { a: 1 } });
  expect(readBody('{"a":')).toEqual({ text: '{"a":' });
  expect(changeKinds([{ change: 'begin' }, { change: 'end' }, 1])).toEqual(['begin', 'end']);
  expect(
    requestLine({
      method: 'GET',
      path: '/a',
      query: [
        ['x', '1'],
        ['flag', ''],
      ],
    }),
  ).toBe('GET /a?x=1&flag');
});
