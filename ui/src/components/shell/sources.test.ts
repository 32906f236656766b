import { expect, test } from 'vitest';
import type { Source } from '../../bindings/Source';
import { standingOf } from './sources';

const source = (more: Partial<Source>): Source => ({
  name: 'telephony',
  state: 'live',
  seen_at: 0,
  newest_at: 0,
  usual_ms: 1000,
  late_at: 60_000,
  overdue_at: 300_000,
  completeness: 'asked',
  trouble: null,
  ...more,
});

test.each([
  ['a fresh record', source({}), 59_999, 'live'],
  ['longer than usual', source({}), 60_000, 'late'],
  ['long', source({}), 300_000, 'overdue'],
  ['a first day, whose end nobody knows', source({ overdue_at: null }), 9_000_000, 'late'],
  ['an unknown pace', source({ usual_ms: null, late_at: null, overdue_at: null }), 9_000_000, 'live'],
  ['nothing ever came', source({ state: 'silent', newest_at: null }), 9_000_000, 'silent'],
  ['a person has paused it', source({ state: 'paused' }), 9_000_000, 'paused'],
  ['a trouble says more than silence', source({ state: 'trouble' }), 9_000_000, 'trouble'],
] as const)('%s', (_, given, now, standing) => expect(standingOf(given, now)).toBe(standing));
