// Where toasts of the desktop and links of a subject lead: the same places as the bell's.
import { cleanup, screen, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { follow, subjectOf } from '../src/screens/inbox/open';
import { parseRoute } from '../src/state/route';
import { router } from '../src/state/router.svelte';
import { openPage } from './page';

beforeEach(() => vi.spyOn(console, 'error').mockImplementation(() => {}));
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const asked = (backend: ReturnType<typeof openPage>, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);

test.each([
  ['#/open/ticket:4312', 'ticket:4312'],
  ['#/open/delivery:agencies%2Flook_up_agency', 'delivery:agencies/look_up_agency'],
  ['#/open/conversation:olga%2F%D0%B8%D0%B2%D0%B0%D0%BD%40example.com', 'conversation:olga/иван@example.com'],
  ['#/open', null],
  ['#/tickets/open', null],
])('the subject of %s is %s', (address, subject) => expect(subjectOf(parseRoute(address))).toBe(subject));

test.each([
  ['ticket:4312', '#/calls?open=ticket:4312'],
  ['rating:7', '#/calls?open=rating:7'],
  ['target:3', '#/calls?open=target:3'],
  ['floor', '#/floor'],
  ['tickets:asked', '#/tickets'],
  ['source:agencies', '#/deliveries?tab=out'],
  ['integration:erp', '#/settings?section=connections'],
  ['conversation:olga/ivan@example.com', '#/inbox/messages?with=ivan%40example.com'],
  ['delivery:agencies/look_up_agency', '#/calls?open=delivery:agencies/look_up_agency'],
  ['thing:of a newer server', '#/inbox'],
])('%s opens at %s', (subject, address) => {
  history.replaceState(null, '', '#/floor');
  const stop = router.start();
  router.go('#/tickets');
  router.go('#/calls');
  follow(parseRoute(`#/open/${encodeURIComponent(subject)}`));
  expect(location.hash).toBe(address);
  stop();
});

test('a toast opens its subject over the view at hand, and another address as it is', async () => {
  const backend = openPage('#/calls');
  await screen.findByRole('grid');
  backend.wanted.publish('#/open/ticket:4312');
  expect(await screen.findByRole('complementary')).toBeVisible();
  expect(location.hash).toBe('#/calls?open=ticket:4312');
  backend.wanted.publish('#/inbox');
  await vi.waitFor(() => expect(location.hash).toBe('#/inbox'));
});

test('a link of a subject opens it over the first screen and is no step back', async () => {
  openPage('#/open/ticket:4312');
  expect(await screen.findByRole('complementary')).toBeVisible();
  expect(location.hash).toBe('#/now?open=ticket:4312');
});

test('given up calls are led to with what would go out again, and nothing is sent unasked', async () => {
  const backend = openPage('#/calls');
  await screen.findByRole('grid');
  backend.wanted.publish('#/open/delivery:agencies%2Flook_up_agency');
  const panel = within(await screen.findByRole('complementary'));
  expect(await panel.findByText('Что уйдёт снова')).toBeVisible();
  expect(asked(backend, 'deliveries.retry')).toEqual([]);
});

test('where nothing is given up any more that is said', async () => {
  openPage('#/open/delivery:agencies%2Fanother_kind');
  const panel = within(await screen.findByRole('complementary'));
  expect(await panel.findByText(/недоставленных вызовов больше нет/)).toBeVisible();
});
