import { expect, test } from 'vitest';
import { scheduleOf, timeOf, type TypedWindow } from './maintenance';
import { definitionOf, faultsOf, keyOf, typedOf } from './target';

const typed = { ...typedOf(null), key: 'gate', title: 'Шлюз', host: 'gate.example.com' };

test('an empty field is left to the engine, a wrong one is named', () => {
  expect(faultsOf(typed)).toEqual(new Set());
  expect(definitionOf(typed)).toMatchObject({ port: null, packets: null, period_s: null, parent: null, path: null });
  const wrong = { ...typed, key: 'Gate 1', host: 'https://gate', port: '70000', packets: 'три', period: '4' };
  expect(faultsOf(wrong)).toEqual(new Set(['key', 'host', 'port', 'packets', 'period_s']));
  expect(faultsOf({ ...typed, workstationUrl: 'http://gate.example.com' })).toEqual(new Set(['workstation_url']));
  expect(faultsOf({ ...typed, kind: 'http' as const, path: 'status' })).toEqual(new Set(['path']));
});

test('a target goes into the form and comes back as it was', () => {
  const definition = {
    key: 'gate',
    title: 'Шлюз',
    host: 'gate.example.com',
    kind: 'http' as const,
    port: 8443,
    path: '/status',
    packets: 2,
    period_s: 30,
    certificate_port: 8443,
    workstation_url: 'https://gate.example.com:8443/',
    parent: 7,
    enabled: false,
  };
  expect(definitionOf(typedOf(definition))).toEqual(definition);
});

test('a short name is offered where the letters allow', () => {
  expect(keyOf(' Gate No. 2 ')).toBe('gate-no-2');
  expect(keyOf('Шлюз')).toBe('');
});

test('a window once goes by the reader’s clock, a weekly one by its own', () => {
  const window: TypedWindow = {
    repeat: 'once',
    fromDay: '2026-11-05',
    fromTime: '3:00',
    untilDay: '2026-11-05',
    untilTime: '04:30',
    days: [7, 1],
    begins: '03:05',
    length: '90',
  };
  expect(scheduleOf(window, 'Europe/Moscow')).toEqual({
    repeat: 'once',
    from: '2026-11-05T00:00:00.000Z',
    until: '2026-11-05T01:30:00.000Z',
  });
  expect(scheduleOf({ ...window, repeat: 'weekly' }, 'UTC')).toEqual({
    repeat: 'weekly',
    days: [1, 7],
    minute: 185,
    minutes: 90,
  });
  for (const wrong of [
    { untilTime: '03:00' },
    { fromTime: '' },
    { fromTime: '25:00' },
    { repeat: 'weekly' as const, days: [] },
    { repeat: 'weekly' as const, begins: '24:00' },
    { repeat: 'weekly' as const, length: '0' },
  ])
    expect(scheduleOf({ ...window, ...wrong }, 'UTC')).toBeNull();
  expect(timeOf(185)).toBe('03:05');
});
