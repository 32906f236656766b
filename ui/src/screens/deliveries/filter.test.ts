// What is looked for in the traffic as the address says it, and as the engine is asked.
import { expect, test } from 'vitest';
import { isSought, readSought, soughtOf } from './filter';

const TODAY = '2026-03-10';
const startOf = (day: string) => Date.parse(`${day}T00:00:00Z`);
const asked = (params: Record<string, string>) => soughtOf(readSought(params, TODAY), startOf);

test('words and days reach the engine, the last day included', () => {
  expect(asked({})).toEqual({ search: null, from: null, until: null });
  expect(asked({ search: ' 4312 ', period: 'today' })).toEqual({
    search: '4312',
    from: startOf(TODAY),
    until: startOf('2026-03-11'),
  });
  expect(asked({ period: 'week' }).from).toBe(startOf('2026-03-04'));
});

test('days of one’s own stand in their order, and nonsense is left out', () => {
  expect(readSought({ period: 'own', from: '2026-03-09', until: '2026-03-02' }, TODAY).days).toEqual({
    from: '2026-03-02',
    until: '2026-03-09',
  });
  expect(readSought({ period: 'own', from: 'x', until: '' }, TODAY).days).toEqual({ from: TODAY, until: TODAY });
  expect(isSought(readSought({ period: 'ever', search: '  ' }, TODAY))).toBe(false);
  expect(isSought(readSought({ search: '1' }, TODAY))).toBe(true);
});
