// The view of a screen over pages and people: what comes back, for whom, and what never does.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keptOf } from './kept';
import { router } from './router.svelte';

const keeps = { calls: ['centre', 'sort'], reports: ['period'] };
let stop = () => {};
const come = (hash: string) => {
  history.replaceState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
};
beforeEach(() => {
  history.replaceState(null, '', '#/now');
  stop = router.start();
  router.keepFor('a.komarova', keeps);
});
afterEach(() => stop());

test('a day, words and an opened record are questions of the moment', () => {
  expect(
    keptOf({ centre: 'moscow', date: '2026-11-05', phone: '12', open: 'call:1', period: 'own' }, ['centre', 'period']),
  ).toEqual({ centre: 'moscow' });
});

test('a bare address from outside means as it was left, one that was asked for here means itself', () => {
  router.go('#/calls?centre=moscow&phone=12');
  come('#/now');
  come('#/calls?open=call:3');
  expect(location.hash).toBe('#/calls?centre=moscow&open=call:3');
  come('#/now');
  router.go('#/calls');
  expect(location.hash).toBe('#/calls');
});

test('another person at the same desk has views of their own', () => {
  router.go('#/calls?centre=moscow');
  come('#/now');
  router.keepFor('i.smirnov', keeps);
  expect(router.linkTo('calls')).toBe('#/calls');
  come('#/calls');
  expect(location.hash).toBe('#/calls');
  come('#/now');
  router.keepFor('a.komarova', keeps);
  expect(router.linkTo('calls')).toBe('#/calls?centre=moscow');
});

test('a view without filters leaves nothing in the storage', () => {
  router.go('#/calls?centre=moscow');
  expect(localStorage.getItem('pult.view.a.komarova.calls')).toBe('{"centre":"moscow"}');
  router.set({ centre: null });
  expect(localStorage.getItem('pult.view.a.komarova.calls')).toBeNull();
});
