// What Ctrl+K can do, with the rights and the questions of the screens it belongs to.
import { cleanup, fireEvent, screen, within } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { openPage } from './page';

afterEach(cleanup);

async function choose(typed: string, name: string | RegExp) {
  await screen.findByRole('main');
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  const field = await screen.findByRole('combobox', { name: 'Поиск и команды' });
  await fireEvent.input(field, { target: { value: typed } });
  await fireEvent.click(await screen.findByRole('option', { name }));
}
async function offered(typed: string): Promise<string[]> {
  await screen.findByRole('main');
  await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true });
  const field = await screen.findByRole('combobox', { name: 'Поиск и команды' });
  await fireEvent.input(field, { target: { value: typed } });
  return screen.queryAllByRole('option').map((each) => each.textContent?.trim() ?? '');
}

test('a connection is paused from anywhere, and asked about as on its screen', async () => {
  const backend = openPage('#/calls');
  await choose('приостановить справочник', /Приостановить «Справочник агентств»/);
  const dialog = within(await screen.findByRole('dialog', { name: /Приостановить/ }));
  expect(backend.asked.some((each) => each.name === 'deliveries.pause')).toBe(false);
  await fireEvent.click(dialog.getByRole('button', { name: 'Приостановить «Справочник агентств»' }));
  await vi.waitFor(() =>
    expect(backend.asked).toContainEqual({
      name: 'deliveries.pause',
      request: { integration: 'agencies', paused: true },
    }),
  );
});

test('a connection is checked, and the answer stands at its card', async () => {
  openPage('#/now');
  await choose('проверить подключение telephony', /Проверить подключение/);
  expect(await screen.findByText('night-line: ключ не задан')).toBeVisible();
  expect(location.hash).toBe('#/settings?section=connections&connection=telephony');
});

test('the network is probed, and maintenance is planned', async () => {
  const backend = openPage('#/now');
  await choose('проверить связь', 'Проверить связь сейчас');
  await vi.waitFor(() => expect(backend.asked.some((each) => each.name === 'network.probe_now')).toBe(true), 10_000);
  await choose('обслуживание', 'Назначить обслуживание');
  expect(await screen.findByRole('dialog', { name: 'Обслуживание' })).toBeVisible();
});

test('sections of the settings and the journal are there for whoever has them', async () => {
  openPage('#/now', 'role=viewer');
  const viewer = await offered('настройки');
  expect(viewer.some((each) => each.includes('Оформление') || each.includes('Внешний вид'))).toBe(true);
  expect(viewer.some((each) => each.includes('Подключения'))).toBe(false);
  cleanup();
  openPage('#/now');
  expect((await offered('настройки')).some((each) => each.includes('Подключения'))).toBe(true);
});

test('the journal of today is exported without opening it', async () => {
  const backend = openPage('#/now');
  await choose('выгрузить журнал', /в XLSX/);
  await vi.waitFor(() => expect(backend.saved).toHaveLength(1));
});

test('what failed is one command away', async () => {
  openPage('#/now');
  await choose('неудачные', 'Обмен: неудачные вызовы');
  expect(location.hash).toBe('#/deliveries?tab=out&failed=1');
});
