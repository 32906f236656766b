// The deliveries screen: lists, panels, replay with its preview, acts on several things, roles.
import { cleanup, fireEvent, screen, within } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { faults, openPage } from './page';

afterEach(cleanup);
const button = (name: string | RegExp) => screen.findByRole('button', { name });

test('filters live in the address and reach the engine', async () => {
  const backend = openPage('#/deliveries?integration=telephony&state=failed');
  await screen.findByRole('grid', { name: 'Входящие записи' });
  expect(backend.asked).toContainEqual({
    name: 'deliveries.records',
    request: {
      filter: { integration: 'telephony', state: 'failed', search: null, from: null, until: null, before: null },
      limit: 350,
    },
  });
  expect(await screen.findByLabelText('Состояние: сбой')).toBeVisible();
});

test('the other direction drops a state that it does not know', async () => {
  openPage('#/deliveries?state=failed&integration=agencies');
  await fireEvent.click(await screen.findByRole('tab', { name: 'Исходящие' }));
  expect(await screen.findByRole('grid', { name: 'Исходящие вызовы' })).toBeInTheDocument();
  expect(location.hash).toBe('#/deliveries?integration=agencies&tab=out');
});

test('a change of the area is read again, another is not', async () => {
  const backend = openPage('#/deliveries');
  await screen.findByRole('grid');
  const reads = () => backend.asked.filter((each) => each.name === 'deliveries.records').length;
  await vi.waitFor(() => expect(reads()).toBe(1));
  backend.publish({ kind: 'changed', rev: 1, area: 'people', ids: [] });
  expect(reads()).toBe(1);
  backend.publish({ kind: 'changed', rev: 2, area: 'deliveries', ids: [] });
  expect(reads()).toBe(2);
});

test('a record shows its request, why it is genuine, and what it led to', async () => {
  openPage('#/deliveries?open=record:5000');
  const panel = within(await screen.findByRole('complementary'));
  expect(await panel.findByText('Адрес отправителя в списке разрешённых')).toBeVisible();
  expect(panel.getByText(/^GET \/contact-center\/vilnius\/tel\/\?type=newcall/)).toBeVisible();
  expect(panel.getByRole('link', { name: 'Запросить карточку агентства' })).toHaveAttribute(
    'href',
    '#/deliveries?open=effect:2000',
  );
  await fireEvent.click(panel.getByRole('button', { name: 'Почему?' }));
  expect(panel.getByRole('rowheader', { name: '297' })).toBeVisible();
  // The engine computes it again from what it was made of.
  expect(await panel.findByText(/решение было бы таким же/)).toBeVisible();
});

test('a decision that would be another today says what differs and how it would read', async () => {
  const backend = openPage('#/deliveries?open=record:5000');
  const again = await backend.call('deliveries.recompute', { id: 1 });
  backend.answers['deliveries.recompute'] = () => again;
  const panel = within(await screen.findByRole('complementary'));
  await fireEvent.click(await panel.findByRole('button', { name: 'Почему?' }));
  expect(await panel.findByText(/Сегодня решение было бы другим, отличается: правило и вызовы/)).toBeVisible();
  expect(panel.getByText(/Звонок записан без агентства/)).toBeVisible();
});

test('a replay shows then and now first, and the button names the record', async () => {
  const backend = openPage('#/deliveries?open=record:5000');
  await fireEvent.click(await button('Повторить'));
  expect(await screen.findByText(/Отсюда неизвестно/)).toBeVisible();
  expect(screen.getByText('Отличаются 4 места.')).toBeVisible();
  expect(backend.asked.some((each) => each.name === 'deliveries.replay')).toBe(false);
  await fireEvent.click(await button('Повторить запись 5000'));
  expect(await screen.findByText(/Повторена 1 запись/)).toBeVisible();
  expect(backend.asked).toContainEqual({ name: 'deliveries.replay', request: { ids: [5000] } });
});

test('several calls are sent again once, and each says what became of it', async () => {
  const backend = openPage('#/deliveries?tab=out&failed=1');
  await screen.findByRole('grid', { name: 'Исходящие вызовы' });
  await fireEvent.click((await screen.findAllByRole('checkbox', { name: 'Отметить строку' }))[0] as HTMLElement);
  await fireEvent.click(screen.getByRole('checkbox', { name: 'Отметить все строки' }));
  const act = await button(/^Отправить снова \d+ вызов/);
  const count = Number(act.textContent?.replace(/\D/g, ''));
  expect(count).toBeGreaterThan(2);
  await fireEvent.click(act);
  const dialog = within(await screen.findByRole('dialog'));
  await fireEvent.click(dialog.getByRole('button', { name: /^Отправить снова/ }));
  const counted = async (ending: string) =>
    Number((await dialog.findByText(ending, { selector: 'dt *' })).closest('div')?.querySelector('dd')?.textContent);
  const [done, already, refused] = [await counted('сделано'), await counted('уже было так'), await counted('отказано')];
  expect(done + already + refused).toBe(count);
  expect(Math.min(done, already, refused)).toBeGreaterThan(0);
  expect(dialog.getAllByText('в нынешнем состоянии нельзя')).toHaveLength(refused);
  const sent = backend.asked.filter((each) => each.name === 'deliveries.retry');
  expect(new Set(sent.flatMap((each) => (each.request as { ids: number[] }).ids)).size).toBe(
    sent.flatMap((each) => (each.request as { ids: number[] }).ids).length,
  );
});

test('all that fit the filter are gathered, page by page, before anything is asked', async () => {
  const backend = openPage('#/deliveries?tab=out&integration=agencies');
  await screen.findByRole('grid', { name: 'Исходящие вызовы' });
  await fireEvent.click(await button('Все по фильтру'));
  await fireEvent.click(await screen.findByRole('menuitem', { name: 'Отправить снова все по фильтру' }));
  const dialog = within(await screen.findByRole('dialog'));
  const act = await dialog.findByRole('button', { name: /^Отправить снова \d+/ });
  expect(dialog.getByText(/^Не подходят и останутся как есть: \d+/)).toBeVisible();
  expect(backend.asked.some((each) => each.name === 'deliveries.retry')).toBe(false);
  const pages = backend.asked.flatMap(({ name, request }) =>
    name === 'deliveries.effects'
      ? [request as { filter: { integration: string; before: number | null }; limit: number }]
      : [],
  );
  expect(new Set(pages.map(({ filter }) => filter.integration))).toEqual(new Set(['agencies']));
  await fireEvent.click(act);
  expect(await dialog.findByText('не тронуто')).toBeVisible();
});

test('a pause asks once and names the connection', async () => {
  const backend = openPage('#/deliveries');
  await fireEvent.click(await button('Приостановить «Справочник агентств»'));
  const dialog = within(await screen.findByRole('dialog'));
  await fireEvent.click(dialog.getByRole('button', { name: 'Приостановить «Справочник агентств»' }));
  expect(await button('Продолжить «Справочник агентств»')).toBeVisible();
  expect(backend.asked).toContainEqual({
    name: 'deliveries.pause',
    request: { integration: 'agencies', paused: true },
  });
});

test('a viewer sees the lists and no acts', async () => {
  openPage('#/deliveries', 'role=viewer');
  await screen.findByText('Справочник агентств', { selector: 'a' });
  await screen.findByRole('grid');
  expect(screen.queryByRole('checkbox')).toBeNull();
  expect(screen.queryByRole('button', { name: /Приостановить/ })).toBeNull();
});

test.each([
  ['the records', '#/deliveries', 'grid'],
  ['a record', '#/deliveries?open=record:5000', 'complementary'],
  ['a call', '#/deliveries?tab=out&open=effect:1998', 'complementary'],
])('no accessibility faults on %s', async (_name, hash, role) => {
  openPage(hash);
  await screen.findByRole(role);
  await screen.findByText('Справочник агентств', { selector: 'a' });
  if (role === 'complementary') await within(screen.getByRole(role)).findByRole('heading', { level: 2 });
  expect(await faults()).toEqual([]);
});

test('a group of failed calls says why and what would go out, and all of it is sent again in two presses', async () => {
  const backend = openPage('#/now?open=delivery:agencies/look_up_agency');
  const panel = within(await screen.findByRole('complementary'));
  expect(await panel.findByText('Почему не вышло')).toBeVisible();
  expect(panel.getByText('Что уйдёт снова')).toBeVisible();
  // Each call in words, and where it stands in a word as well.
  const [first] = panel.getAllByRole('link', { name: /^Звонок \d+$/ });
  expect(first?.closest('li')).toHaveTextContent(/отказ|не доставлен|опоздал/);
  const last = await panel.findByText('Последний запрос');
  expect(last).toBeVisible();
  await fireEvent.click(panel.getByRole('button', { name: 'Отправить снова все' }));
  await fireEvent.click(await button(/^Отправить снова \d+ вызов/));
  await screen.findByText(/^В очередь/);
  const asked = backend.asked.find(({ name }) => name === 'deliveries.retry');
  expect((asked?.request as { ids: number[] }).ids.length).toBeGreaterThan(1);
});

test('records are found by words and days, which stand in the address and reach the engine', async () => {
  const backend = openPage('#/deliveries?integration=telephony');
  await screen.findByRole('grid', { name: 'Входящие записи' });
  const field = screen.getByRole('textbox', { name: 'Найти' });
  await fireEvent.input(field, { target: { value: '4990' } });
  expect(location.hash).toBe('#/deliveries?integration=telephony&search=4990');
  const filters = () =>
    backend.asked.flatMap(({ name, request }) =>
      name === 'deliveries.records' ? [(request as { filter: Record<string, unknown> }).filter] : [],
    );
  await vi.waitFor(() => expect(filters().at(-1)).toMatchObject({ search: '4990', integration: 'telephony' }));
  await fireEvent.click(await screen.findByRole('tab', { name: 'Исходящие' }));
  expect(location.hash).toBe('#/deliveries?integration=telephony&search=4990&tab=out');
  await fireEvent.click(await screen.findByRole('tab', { name: 'Документы 1С' }));
  expect(location.hash).not.toContain('search');
});

test('days of one’s own are whole days, and the way back is to clear', async () => {
  const backend = openPage('#/deliveries?tab=out&period=own&from=2026-03-01&until=2026-03-02');
  await screen.findByText('По этому фильтру ничего нет.');
  expect(backend.asked).toContainEqual({
    name: 'deliveries.effects',
    request: {
      filter: {
        integration: null,
        kind: null,
        state: null,
        failed: false,
        search: null,
        from: Date.parse('2026-03-01T00:00:00Z'),
        until: Date.parse('2026-03-03T00:00:00Z'),
        before: null,
      },
      limit: 350,
    },
  });
  await fireEvent.click(screen.getByRole('button', { name: 'Сбросить' }));
  expect(location.hash).toBe('#/deliveries?tab=out');
});

test('both directions are saved by the engine, by the same filters', async () => {
  for (const [hash, command, filter] of [
    ['#/deliveries?search=49&state=done', 'deliveries.records_export', { search: '49', state: 'done' }],
    ['#/deliveries?tab=out&failed=1', 'deliveries.effects_export', { failed: true, search: null, before: null }],
  ] as const) {
    const backend = openPage(hash);
    await screen.findByRole('grid');
    await fireEvent.keyDown(await screen.findByRole('button', { name: 'Выгрузить' }), { key: 'Enter' });
    await fireEvent.click(await screen.findByRole('menuitem', { name: /XLSX/ }));
    await vi.waitFor(() => expect(backend.asked.map(({ name }) => name)).toContain(command));
    const request = backend.asked.find(({ name }) => name === command)?.request;
    expect(request).toMatchObject({ format: 'xlsx', filter });
    cleanup();
  }
});
