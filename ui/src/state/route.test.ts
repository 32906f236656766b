import { expect, test } from 'vitest';
import { parseOpened, parseRoute, printRoute } from './route';
import { nameOf } from './keys';
import { router } from './router.svelte';

test.each([
  ['', { screen: '', path: [], params: {} }],
  ['#/calls', { screen: 'calls', path: [], params: {} }],
  [
    '#/calls?centre=moscow&open=call:123',
    { screen: 'calls', path: [], params: { centre: 'moscow', open: 'call:123' } },
  ],
  ['#/settings/people?q=%D0%98%D0%B2', { screen: 'settings', path: ['people'], params: { q: 'Ив' } }],
  ['#/calls?q=', { screen: 'calls', path: [], params: {} }],
])('%s', (hash, route) => expect(parseRoute(hash)).toEqual(route));

test('a printed route reads back the same', () => {
  const route = { screen: 'calls', path: ['a b', 'ы/?'], params: { q: 'a&b=c %', open: 'call:1' } };
  expect(parseRoute(printRoute(route))).toEqual(route);
  expect(printRoute({ screen: 'calls', path: [], params: { open: 'call:1' } })).toBe('#/calls?open=call:1');
});

test('a broken escape does not break the page', () => expect(parseRoute('#/%E0%A4%A').screen).toBe('%E0%A4%A'));

test('opened records', () => {
  expect(parseOpened('call:123')).toEqual({ kind: 'call', id: '123' });
  expect(parseOpened('ticket:a:b')).toEqual({ kind: 'ticket', id: 'a:b' });
  expect(parseOpened('call:')).toBeNull();
  expect(parseOpened(undefined)).toBeNull();
});

test('a screen is returned to with its filters and without its opened record', () => {
  const stop = router.start();
  router.go('#/calls?q=anna&open=call:5');
  router.go('#/settings');
  expect(router.linkTo('calls')).toBe('#/calls?q=anna');
  expect(router.linkTo('deliveries')).toBe('#/deliveries');
  stop();
});

test('typing in a filter replaces the entry of the history, opening a record adds one', () => {
  const stop = router.start();
  router.go('#/calls');
  const before = history.length;
  router.set({ q: 'a' }, 'replace');
  router.set({ q: 'an' }, 'replace');
  expect(history.length).toBe(before);
  router.open('call', 1);
  router.open('call', 2);
  expect(history.length).toBe(before + 1);
  expect(location.hash).toBe('#/calls?q=an&open=call:2');
  router.close();
  expect(location.hash).toBe('#/calls?q=an');
  stop();
});

const press = { key: '', code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test.each([
  [{ key: 'п', code: 'KeyG' }, 'g'],
  [{ key: 'л', code: 'KeyK', ctrlKey: true }, 'ctrl+k'],
  [{ key: 'k', code: 'KeyK', metaKey: true }, 'ctrl+k'],
  [{ key: '.', code: 'Slash' }, '/'],
  [{ key: '?', code: 'Digit7', shiftKey: true }, '?'],
  [{ key: ',', code: 'Slash', shiftKey: true }, '?'],
  [{ key: 'Escape', code: 'Escape' }, 'escape'],
  [{ key: 'G', code: 'KeyG', shiftKey: true }, null],
  [{ key: 'g', code: 'KeyG', altKey: true }, null],
])('%j is %s', (given, expected) => expect(nameOf({ ...press, ...given })).toBe(expected));
