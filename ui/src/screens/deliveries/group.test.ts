import { expect, test } from 'vitest';
import { causesOf, groupOf } from './group';

test('a group is named by its system and its kind', () => {
  expect(groupOf('okdesk/set_rating')).toEqual({ integration: 'okdesk', kind: 'set_rating' });
  expect(groupOf('okdesk')).toEqual({ integration: 'okdesk', kind: '' });
});

test('reasons are counted, the most frequent first', () => {
  const error = (code: string) => ({ error: JSON.stringify({ error: code, detail: 'x' }) });
  expect(causesOf([error('timeout'), error('refused'), { error: null }, error('refused')])).toEqual([
    { code: 'refused', detail: 'x', count: 2 },
    { code: 'timeout', detail: 'x', count: 1 },
    { code: '', detail: '', count: 1 },
  ]);
});
