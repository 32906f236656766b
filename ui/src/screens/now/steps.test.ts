import { expect, test } from 'vitest';
import type { Connection } from '../../bindings/Connection';
import { stepsOf } from './steps';

const secret = (set: boolean) => ({ expected: { in_use: true }, entry: { set } }) as Connection['secrets'][number];
const done = (steps: ReturnType<typeof stepsOf>) => steps.filter((step) => step.done).map(({ id }) => id);

test('nothing is done in an empty installation', () => {
  const steps = stepsOf([{ name: 'okdesk', active: false, secrets: [secret(false)] }], [{ id: 1 }], [], false);
  expect(done(steps)).toEqual([]);
});

test('a step names what is lacking and leads there', () => {
  const connections = [
    { name: 'telephony', active: true, secrets: [secret(true)] },
    { name: 'okdesk', active: true, secrets: [secret(true), secret(false)] },
  ];
  const sources = [
    { name: 'telephony', seen_at: 5 },
    { name: 'okdesk', seen_at: null },
  ];
  const steps = stepsOf(connections, [{ id: 1 }, { id: 2 }], sources, true);
  expect(done(steps)).toEqual(['connect', 'people', 'limits']);
  expect(steps[1]).toMatchObject({ lacking: ['okdesk'], href: '#/settings?section=connections&connection=okdesk' });
  expect(steps[2]?.lacking).toEqual(['okdesk']);
});
