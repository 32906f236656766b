import { expect, test } from 'vitest';
import { tonesOf } from './sounds';

test('each class has tones of its own, and what presses more sounds twice', () => {
  const ticket = tonesOf('ticket', 'info').map(({ hertz }) => hertz);
  expect(ticket).not.toEqual(tonesOf('network_incident', 'info').map(({ hertz }) => hertz));
  expect(tonesOf('ticket', 'critical').map(({ hertz }) => hertz)).toEqual([...ticket, ...ticket]);
  expect(tonesOf('newer' as 'ticket', 'info')).toEqual(tonesOf('other', 'info'));
});
