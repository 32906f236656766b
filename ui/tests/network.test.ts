// The network screen on an engine of functions: cards, chart, heartbeats, refreshing, the panel, targets and maintenance.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import { faults, openPage } from './page';
import type { Preview } from './preview/engine';

afterEach(cleanup);

const asked = (backend: Preview, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const ready = () => screen.findByRole('grid', { name: 'Наблюдаемые адреса' });
const rowOf = async (title: string) =>
  within(await ready())
    .getAllByText(title)[0]
    ?.closest('tr') as HTMLElement;
const card = (name: string) => screen.findByRole('region', { name });
const details = () => screen.findByRole('complementary', { name: 'Подробности' });

test('the chosen target is seen from two places, in the words of the monitor before Pult', async () => {
  openPage('#/network');
  const server = await card('Сервер Helpdesk → Finesse');
  expect(within(server).getByText('Отличное')).toBeVisible();
  expect(within(server).getByText('23')).toBeVisible();
  const browser = await card('Ваш браузер → Finesse');
  expect(await within(browser).findByText('Доступен (приблизительно)')).toBeVisible();
  expect(within(await card('Чья сторона')).getByText('Всё работает')).toBeVisible();
});

test('a browser that gets no answer says whether it waited or failed', async () => {
  const backend = openPage('#/network?target=portal');
  const browser = await card('Ваш браузер → Портал заявок');
  expect(await within(browser).findByText('Нет ответа (Таймаут)')).toBeVisible();
  backend.reachable.set('https://portal.example.com/', {
    reached: false,
    time_ms: null,
    status: null,
    trouble: 'unreachable',
  });
  await fireEvent.click(screen.getByRole('button', { name: 'Обновить' }));
  expect(await within(browser).findByText('Нет связи / Ошибка')).toBeVisible();
});

test('what a workstation sees is told to the engine once a round, and only of targets that name an address', async () => {
  const backend = openPage('#/network');
  await waitFor(() => expect(asked(backend, 'network.workstation_report')).toHaveLength(1));
  const [report] = asked(backend, 'network.workstation_report') as [
    { station: string; browser: boolean; seen: unknown[] },
  ];
  expect(report.browser).toBe(true);
  expect(report.seen).toEqual([
    { target: 1, reached: true, time_ms: 41.2, status: null, trouble: null },
    { target: 6, reached: false, time_ms: null, status: null, trouble: 'timeout' },
  ]);
  expect(backend.tried.sort()).toEqual(['https://finesse.example.com/', 'https://portal.example.com/']);
  const [list] = asked(backend, 'network.list') as [{ station: string }];
  expect(list.station).toBe(report.station);
});

test('refreshing asks every target once for a supervisor, and for a viewer only looks again', async () => {
  for (const [role, probes] of [
    ['supervisor', 1],
    ['viewer', 0],
    ['operator', 0],
  ] as const) {
    const backend = openPage('#/network', `role=${role}`);
    await ready();
    const before = asked(backend, 'network.list').length;
    const button = screen.getByRole('button', { name: 'Обновить' });
    await fireEvent.click(button);
    expect(button).toBeDisabled();
    await waitFor(() => expect(button).toBeEnabled());
    expect(asked(backend, 'network.probe_now')).toHaveLength(probes);
    expect(asked(backend, 'network.list').length).toBeGreaterThan(before);
    cleanup();
  }
});

test('a row shows figures, heartbeats and the days of the certificate, the worst target first', async () => {
  openPage('#/network');
  const rows = within(await ready())
    .getAllByRole('row')
    .slice(1);
  expect(rows[0]).toHaveTextContent('Филиал Каунас');
  expect(rows[0]).toHaveTextContent('Соединение потеряно');
  const platform = await rowOf('Finesse');
  expect(platform).toHaveTextContent('12 дней');
  expect(within(platform).getByRole('img', { name: 'обрывов не было, 20 минут без наблюдения' })).toBeVisible();
  expect(await rowOf('Портал заявок')).toHaveTextContent('Обслуживание');
  expect(await rowOf('Чат')).toHaveTextContent('Выключена');
});

test('a target button switches the chart, a period widens it, both stay in the address', async () => {
  const backend = openPage('#/network');
  await ready();
  await fireEvent.click(screen.getByRole('button', { name: /Провайдер$/ }));
  expect(location.hash).toBe('#/network?target=provider');
  await card('Сервер Helpdesk → Провайдер');
  await fireEvent.click(screen.getByRole('radio', { name: '30 дней' }));
  expect(location.hash).toBe('#/network?target=provider&period=month');
  await waitFor(() => {
    const last = asked(backend, 'network.history').at(-1) as { target: number; from: number; until: number };
    expect(last.target).toBe(5);
    expect(last.until - last.from).toBe(30 * 86_400_000);
  });
});

test('a child of a silent target says so in the card and in its panel', async () => {
  openPage('#/network?target=branch-printer&open=target:4');
  const server = await card('Сервер Helpdesk → Принтер филиала');
  const words = 'Не отвечает и то, через что она доступна: Филиал Каунас';
  expect(within(server).getByText(words)).toBeVisible();
  const panel = await details();
  expect(await within(panel).findByText(words)).toBeVisible();
  expect(await within(panel).findByText(/из-за Филиал Каунас/)).toBeVisible();
});

test('the panel shows the address, the certificate and how much of a day was answered', async () => {
  openPage('#/network?open=target:1');
  const panel = await details();
  expect(await within(panel).findByText('finesse.example.com:8445')).toBeVisible();
  expect(within(panel).getByText('Example House CA')).toBeVisible();
  expect(await within(panel).findByText('99,83 %')).toBeVisible();
  expect(within(panel).getByText('Время без наблюдения и обслуживание не считаются.')).toBeVisible();
});

test('only an administrator describes targets; what is wrong is named at its field', async () => {
  openPage('#/network', 'role=supervisor');
  await ready();
  expect(screen.queryByRole('button', { name: 'Добавить цель' })).toBeNull();
  cleanup();

  const backend = openPage('#/network');
  await ready();
  await fireEvent.click(screen.getByRole('button', { name: 'Добавить цель' }));
  const dialog = await screen.findByRole('dialog', { name: 'Новая цель' });
  const field = (name: RegExp) => within(dialog).getByRole('textbox', { name });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Сохранить' }));
  expect(within(dialog).getByText('Название: от 1 до 64 знаков')).toBeVisible();
  await fireEvent.input(field(/^Название/), { target: { value: 'Gate 2' } });
  await fireEvent.blur(field(/^Название/));
  await fireEvent.input(field(/^Узел/), { target: { value: 'gate-2.example.com' } });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Сохранить' }));
  await waitFor(() => expect(asked(backend, 'network.set_target')).toHaveLength(1));
  expect(asked(backend, 'network.set_target')[0]).toMatchObject({
    target: null,
    definition: { key: 'gate-2', title: 'Gate 2', host: 'gate-2.example.com', kind: 'icmp', enabled: true },
  });
});

test('maintenance is listed for everybody and taken back by an administrator', async () => {
  const backend = openPage('#/network');
  await ready();
  await fireEvent.click(screen.getByRole('button', { name: 'Обслуживание' }));
  const dialog = await screen.findByRole('dialog', { name: 'Обслуживание' });
  expect(within(dialog).getByText('Вс, 03:00, 120 мин')).toBeVisible();
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Отменить' }));
  await waitFor(() => expect(asked(backend, 'network.lift_maintenance')).toEqual([{ maintenance: 1 }]));
  expect(await within(dialog).findByText('Обслуживание не назначено.')).toBeVisible();
});

test('maintenance may be set for a day to come', async () => {
  openPage('#/network');
  await ready();
  await fireEvent.click(screen.getByRole('button', { name: 'Обслуживание' }));
  const from = within(await screen.findByRole('dialog', { name: 'Обслуживание' })).getByRole('group', {
    name: 'Начало',
  });
  expect(within(from).getByRole('button', { name: 'Следующий день' })).toBeEnabled();
});

test('a new reading does not ask any target', async () => {
  const backend = openPage('#/network');
  await ready();
  const before = asked(backend, 'network.list').length;
  backend.publish({ kind: 'changed', rev: 1, area: 'network', ids: [1] });
  await waitFor(() => expect(asked(backend, 'network.list').length).toBeGreaterThan(before));
  expect(asked(backend, 'network.probe_now')).toHaveLength(0);
});

test('the screen and its panel have no accessibility faults', async () => {
  openPage('#/network?open=target:3');
  await ready();
  await within(await details()).findByText('Решения');
  expect(await faults()).toEqual([]);
});
