// The carousel on an engine of functions: switches and what they say, the warning of a service with nobody, panels, absences,
// the calendar by keys, the log with its reasons, giving a ticket to somebody else, fairness, the import, roles, search.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../src/backend';
import type { AssignmentPageRequest } from '../src/bindings/AssignmentPageRequest';
import { clock } from '../src/state/clock.svelte';
import { notices } from '../src/state/notices.svelte';
import { freshNotice, noticeList } from './preview/notices';
import { faults, openPage } from './page';
import type { Preview } from './preview/engine';

/** A Thursday, before the halves of the day meet. */
const NOW = Date.parse('2026-11-05T11:20:00Z');

const asked = (backend: Preview, name: string) =>
  backend.asked.filter((each) => each.name === name).map((each) => each.request);
const changed = (backend: Preview, ...ids: number[]) =>
  backend.publish({ kind: 'changed', rev: 1, area: 'carousel', ids });
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const details = () => screen.findByRole('complementary', { name: 'Подробности' });
const grid = (name: string) => screen.findByRole('grid', { name });
const rowOf = async (table: string, text: string) =>
  (await within(await grid(table)).findByText(text)).closest('tr') as HTMLElement;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  clock.set(new Date());
  notices.all = [];
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('a service says whose turn it is, and a switch can be taken back', async () => {
  const backend = openPage('#/carousel');
  const row = await rowOf('Сервисы', 'Заявки пользователей');
  const service = backend.carousel.services.find((each) => each.row.id === 1201);
  const name = (id: number | null | undefined) =>
    backend.carousel.people.find((each) => each.row.id === id)?.row.name ?? '';
  expect(row).toHaveTextContent(name(service?.row.last));
  expect(row).toHaveTextContent(name(service?.next));
  expect(row).toHaveTextContent(`${service?.present.length}/${service?.members.length}`);
  const toggle = within(row).getByRole('switch', { name: 'Сервис «Заявки пользователей» на карусели' });
  expect(toggle).toBeChecked();
  await fireEvent.click(toggle);
  await waitFor(() => expect(toggle).not.toBeChecked());
  expect(asked(backend, 'carousel.switch_service')).toEqual([{ service: 1201, enabled: false }]);
  // The row was not opened by the press on its switch.
  expect(location.hash).toBe('#/carousel');
  await fireEvent.click(await button('Вернуть'));
  await waitFor(() => expect(toggle).toBeChecked());
});

test('an active service with nobody is warned of and can be switched off right there', async () => {
  const backend = openPage('#/carousel');
  const banner = (await screen.findByText(/Некому отдавать тикеты включённого сервиса/)).closest('div') as HTMLElement;
  expect(within(await rowOf('Сервисы', 'Обучение')).getByText('выключен')).toBeVisible();
  expect(within(await grid('Сервисы')).getByText('некому отдавать')).toBeVisible();
  await fireEvent.click(within(banner).getByRole('button', { name: 'Выключить «Ночные обращения»' }));
  await waitFor(() => expect(screen.queryByText(/Некому отдавать тикеты включённого/)).toBeNull());
  expect(asked(backend, 'carousel.switch_service')).toEqual([{ service: 1215, enabled: false }]);
});

test('a change that was made meanwhile is told as such, and the page shows how it is', async () => {
  const backend = openPage('#/carousel');
  const row = await rowOf('Сервисы', 'Заявки пользователей');
  backend.answers['carousel.switch_service'] = () => {
    throw new ApiError('conflict', 'it is so already');
  };
  const before = asked(backend, 'carousel.desk').length;
  await fireEvent.click(within(row).getByRole('switch'));
  expect(await screen.findByText(/Ничего не изменилось: так уже есть/)).toBeVisible();
  await waitFor(() => expect(asked(backend, 'carousel.desk').length).toBe(before + 1));
});

test('a change on the bus is read anew, by the screen and its panel together', async () => {
  const backend = openPage('#/carousel?open=service:1201');
  expect(await within(await details()).findByText('Чья очередь')).toBeVisible();
  expect(asked(backend, 'carousel.desk')).toHaveLength(1);
  const service = backend.carousel.services.find((each) => each.row.id === 1201);
  if (service) service.row = { ...service.row, name: 'Обращения' };
  changed(backend, 1201);
  expect(await within(await details()).findByRole('heading', { name: 'Обращения' })).toBeVisible();
  expect(asked(backend, 'carousel.desk')).toHaveLength(2);
});

test('what is gone is shown only when asked for', async () => {
  openPage('#/carousel');
  await rowOf('Сервисы', 'Обучение');
  expect(screen.queryByText('Старый портал')).toBeNull();
  await fireEvent.click(await button('Исчезнувшие: 1'));
  expect(location.hash).toBe('#/carousel?gone=1');
  const row = await rowOf('Сервисы', 'Старый портал');
  expect(within(row).getByText('Старый портал')).toHaveClass('muted');
  expect(within(row).queryByRole('switch')).toBeNull();
});

test('the panel of a service goes round the ring from the next one, and brings a parked ticket back', async () => {
  const backend = openPage('#/carousel?open=service:1207');
  const panel = await details();
  const service = backend.carousel.services.find((each) => each.row.id === 1207);
  const next = backend.carousel.people.find((each) => each.row.id === service?.next)?.row.name ?? '';
  const turn = (await within(panel).findByRole('heading', { name: 'Чья очередь' })).closest('section') as HTMLElement;
  const [first, ...rest] = within(turn).getAllByRole('listitem');
  expect(first).toHaveTextContent(next);
  expect(first).toHaveTextContent('следующий');
  expect(rest.map((each) => each.textContent).join()).toContain('вне карусели');
  const release = await within(panel).findByRole('button', { name: 'Вернуть тикет № 48690 в карусель' });
  expect(screen.queryByRole('button', { name: /Вернуть тикет № 48702/ })).toBeNull();
  await fireEvent.click(release);
  await waitFor(() => expect(asked(backend, 'carousel.release')).toEqual([{ service: 1207, ticket: 48690 }]));
  await waitFor(() => expect(screen.queryByRole('button', { name: /Вернуть тикет/ })).toBeNull());
});

test('a dry run says whom each ticket that waits would go to, and asks for nothing else', async () => {
  const backend = openPage('#/carousel?open=service:1207');
  const panel = await details();
  const dry = await within(panel).findByRole('switch', { name: 'Пробный прогон: кому достались бы сейчас' });
  expect(asked(backend, 'carousel.plan')).toEqual([]);
  await fireEvent.click(dry);
  await waitFor(() => expect(asked(backend, 'carousel.plan')).toEqual([{ service: 1207 }]));
  const [whom] = await within(panel).findAllByText(/^Достался бы:/);
  expect(whom?.textContent).toMatch(/Достался бы: \S+ \S+/);
  expect(within(panel).getByRole('status')).toHaveTextContent('Никому ничего не назначается');
  expect(await faults()).toEqual([]);
  await fireEvent.click(dry);
  await waitFor(() => expect(within(panel).queryByText(/^Достался бы:/)).toBeNull());
});

test('who is on the carousel now, by group and by service, is in the address', async () => {
  const backend = openPage('#/carousel?tab=people&group=43&now=1');
  const table = await grid('Люди');
  await rowOf('Люди', 'Сидорова Анна');
  const names = () =>
    within(table)
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.querySelectorAll('td')[2]?.textContent?.trim());
  const present = backend.carousel.people
    .filter(({ row, off }) => row.groups.includes(43) && row.enabled && !off)
    .map(({ row }) => row.name);
  expect(names()).toEqual(present);
  await fireEvent.click(await button('Кто сейчас на смене'));
  expect(location.hash).toBe('#/carousel?tab=people&group=43');
  await waitFor(() => expect(names()).toContain('Орлов Виктор'));
  // Somebody refused by the service desk is told with its reason.
  expect(within(await rowOf('Люди', 'Ткач Павел')).getByText('Пользователь заблокирован')).toBeVisible();
});

test('days away are entered, changed, removed and taken back', async () => {
  const backend = openPage('#/carousel?tab=people&open=employee:583001');
  const panel = await details();
  expect(await within(panel).findByText('Отсутствий не записано.')).toBeVisible();
  await fireEvent.click(within(panel).getByRole('button', { name: 'Добавить' }));
  let dialog = await screen.findByRole('dialog');
  // The last day goes back before the first: it is said, and nothing can be sent.
  const last = within(dialog).getByRole('group', { name: 'Последний день' });
  await fireEvent.click(within(last).getByRole('button', { name: 'Предыдущий день' }));
  expect(within(dialog).getByText('Последний день раньше первого')).toBeVisible();
  expect(within(dialog).getByRole('button', { name: 'Сохранить отсутствие' })).toBeDisabled();
  for (let step = 0; step < 3; step += 1)
    await fireEvent.click(within(last).getByRole('button', { name: 'Следующий день' }));
  await fireEvent.click(within(dialog).getByRole('radio', { name: 'Вторая половина' }));
  expect(within(dialog).getByText('Половины делит 13:00.')).toBeVisible();
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Сохранить отсутствие' }));
  expect(await within(panel).findByText('5 ноя – 7 ноя')).toBeVisible();
  expect(asked(backend, 'carousel.keep_absence')).toEqual([
    { person: 583001, id: 0, start: '2026-11-05', end: '2026-11-07', half: 'second', rrule: null },
  ]);

  await fireEvent.click(within(panel).getByRole('button', { name: /^Изменить отсутствие: 5 ноя/ }));
  dialog = await screen.findByRole('dialog');
  await fireEvent.click(within(dialog).getByRole('radio', { name: 'По дням недели' }));
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Пт' }));
  expect(within(dialog).getByText(/^Ближайшие: 5 ноя, 6 ноя, 12 ноя/)).toBeVisible();
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Сохранить отсутствие' }));
  expect(await within(panel).findByText('каждую неделю: чт, пт, с 5 ноя')).toBeVisible();
  expect(asked(backend, 'carousel.keep_absence').at(-1)).toMatchObject({ id: 101, rrule: 'FREQ=WEEKLY;BYDAY=TH,FR' });

  await fireEvent.click(within(panel).getByRole('button', { name: /^Удалить отсутствие/ }));
  expect(await within(panel).findByText('Отсутствий не записано.')).toBeVisible();
  expect(asked(backend, 'carousel.drop_absence')).toEqual([{ id: 101 }]);
  await fireEvent.click(await button('Вернуть'));
  expect(await within(panel).findByText('каждую неделю: чт, пт, с 5 ноя')).toBeVisible();
});

test('a rule of one’s own is judged before it is sent, and what the engine refuses stands in the form', async () => {
  const backend = openPage('#/carousel?tab=people&open=employee:583001');
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Добавить' }));
  const dialog = await screen.findByRole('dialog');
  await fireEvent.click(within(dialog).getByRole('radio', { name: 'Своё правило' }));
  const rule = within(dialog).getByRole('textbox', { name: 'Правило RRULE' });
  await fireEvent.input(rule, { target: { value: 'каждую пятницу' } });
  expect(rule).toHaveAccessibleDescription(/не правило RRULE/);
  expect(within(dialog).getByRole('button', { name: 'Сохранить отсутствие' })).toBeDisabled();
  await fireEvent.input(rule, { target: { value: 'FREQ=MONTHLY;BYMONTHDAY=15' } });
  expect(within(dialog).getByText(/^Ближайшие: 15 ноя, 15 дек/)).toBeVisible();
  backend.answers['carousel.keep_absence'] = () => {
    throw new ApiError('bad_field', 'not an RRULE', 'rrule');
  };
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Сохранить отсутствие' }));
  expect(await within(dialog).findByText(/Это не правило RRULE/)).toBeVisible();
});

test('the calendar goes by keys, and Enter enters days away', async () => {
  const backend = openPage('#/carousel?tab=calendar');
  const table = await grid('Отсутствия, ноябрь 2026');
  expect(within(table).getAllByRole('columnheader')).toHaveLength(32);
  const cell = (name: RegExp) => within(table).getByRole('gridcell', { name });
  expect(cell(/^Петров Сергей, 10 ноя, весь день/)).toBeVisible();
  expect(cell(/^Сидорова Анна, 6 ноя, вторая половина \(каждую неделю: пт/)).toBeVisible();
  expect(within(table).queryByText('Орлов Виктор')).toBeNull();
  const first = cell(/^Белов Игорь, 1 ноя, на месте/);
  first.focus();
  await fireEvent.keyDown(first, { key: 'ArrowRight' });
  await waitFor(() => expect(cell(/^Белов Игорь, 2 ноя/)).toHaveFocus());
  await fireEvent.keyDown(cell(/^Белов Игорь, 2 ноя/), { key: 'ArrowDown' });
  await waitFor(() => expect(cell(/^Воскресенская-Преображенская Александра, 2 ноя/)).toHaveFocus());
  await fireEvent.keyDown(document.activeElement as Element, { key: 'Enter' });
  const dialog = await screen.findByRole('dialog', { name: 'Отсутствие: Воскресенская-Преображенская Александра' });
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Сохранить отсутствие' }));
  await waitFor(() =>
    expect(asked(backend, 'carousel.keep_absence')).toEqual([
      { person: 583015, id: 0, start: '2026-11-02', end: '2026-11-02', half: null, rrule: null },
    ]),
  );
  await waitFor(() => expect(cell(/^Воскресенская-Преображенская Александра, 2 ноя, весь день/)).toHaveFocus());
  await fireEvent.keyDown(document.activeElement as Element, { key: 'PageDown' });
  expect(await grid('Отсутствия, декабрь 2026')).toBeVisible();
  expect(location.hash).toBe('#/carousel?tab=calendar&month=2026-12');
});

test('a day with days away opens them to be changed', async () => {
  openPage('#/carousel?tab=calendar');
  const table = await grid('Отсутствия, ноябрь 2026');
  await fireEvent.click(within(table).getByRole('gridcell', { name: /^Петров Сергей, 10 ноя/ }));
  const dialog = await screen.findByRole('dialog', { name: 'Изменить отсутствие: Петров Сергей' });
  expect(within(dialog).getByRole('group', { name: 'Первый день' })).toHaveTextContent('3 ноя');
  expect(within(dialog).getByRole('button', { name: 'Удалить' })).toBeEnabled();
});

test('the log is narrowed by service, person and ticket, and each line leads to its reason', async () => {
  const backend = openPage('#/carousel?tab=log&service=1207&person=583007');
  const table = await grid('Журнал карусели');
  const line = backend.carousel.log.find((row) => row.service === 1207 && row.person === 583007);
  await rowOf('Журнал карусели', String(line?.ticket));
  expect((asked(backend, 'carousel.log').at(-1) as AssignmentPageRequest).filter).toEqual({
    service: 1207,
    person: 583007,
    ticket: null,
  });
  await fireEvent.click(await rowOf('Журнал карусели', String(line?.ticket)));
  expect(location.hash).toContain(`open=assignment:${line?.ticket}/${line?.id}`);
  expect(await within(await details()).findByRole('heading', { name: `Тикет № ${line?.ticket}` })).toBeVisible();
  await fireEvent.input(screen.getByRole('textbox', { name: 'Номер тикета' }), { target: { value: '№ 1' } });
  expect(await within(table.parentElement as HTMLElement).findByText('По этим фильтрам решений нет.')).toBeVisible();
});

test('the reason names everybody who was considered, and whose it would have been', async () => {
  const backend = openPage('#/carousel?tab=log');
  await grid('Журнал карусели');
  const line = backend.carousel.log.find((row) => row.otherwise !== null && row.state === 'confirmed');
  if (!line) throw new Error('the story has no such line');
  history.replaceState(null, '', `#/carousel?tab=log&open=assignment:${line.ticket}/${line.id}`);
  await fireEvent(window, new HashChangeEvent('hashchange'));
  const panel = await details();
  const table = await within(panel).findByRole('table', { name: 'Кто рассматривался' });
  const rows = within(table).getAllByRole('row').slice(1);
  expect(rows).toHaveLength(line.considered.length);
  expect(rows[0]).toHaveTextContent(line.person_name);
  expect(rows[0]).toHaveTextContent('подошла очередь');
  expect(table).toHaveTextContent('отсутствует');
  const other = line.considered.find(({ person }) => person === line.otherwise)?.name ?? '';
  expect(within(panel).getByText(/Если бы все были на месте и подходили/)).toHaveTextContent(other);
  const last = line.considered.find(({ person }) => person === line.last)?.name ?? '';
  expect(within(panel).getByText(/следующий номер в круге/)).toHaveTextContent(last);
});

test('a ticket is given to somebody else with both named on the button', async () => {
  const backend = openPage('#/carousel?tab=log');
  await grid('Журнал карусели');
  const [, line] = backend.carousel.log.filter((row) => row.state === 'confirmed' && row.way === 'turn');
  if (!line) throw new Error('the story has no such line');
  await fireEvent.click(await rowOf('Журнал карусели', String(line.ticket)));
  await fireEvent.click(await within(await details()).findByRole('button', { name: 'Передать другому' }));
  const dialog = await screen.findByRole('dialog', { name: `Передать тикет № ${line.ticket}?` });
  expect(within(dialog).getByRole('button', { name: 'Выберите человека' })).toBeDisabled();
  const to = within(dialog).getByRole('combobox', { name: 'Кому' });
  await fireEvent.input(to, { target: { value: 'шилова' } });
  const option = await screen.findByRole('option', { name: /Шилова Нина/ });
  await fireEvent.pointerUp(option);
  await fireEvent.click(await within(dialog).findByRole('button', { name: `Передать № ${line.ticket}: Шилова Нина` }));
  await waitFor(() => expect(asked(backend, 'carousel.reassign')).toEqual([{ ticket: line.ticket, to: 583052 }]));
  expect(await within(await details()).findByText('Другие решения об этом тикете')).toBeVisible();
  // Under way already: not once more.
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Передать другому' })).toBeNull());
});

test('fairness compares the log with an even hand, and another order can be looked at', async () => {
  const backend = openPage('#/carousel?tab=fairness');
  const lab = backend.carousel.lab('2026-10-07', '2026-11-05', null);
  const chart = await screen.findByRole('table', { name: 'Кому сколько досталось' });
  expect(asked(backend, 'carousel.lab')).toEqual([{ from: '2026-10-07', to: '2026-11-05', service: null }]);
  expect(within(chart).getAllByRole('row')).toHaveLength(lab.actual.length + 1);
  const runs = screen.getByRole('table', { name: 'Другие порядки на тех же тикетах' });
  expect(within(runs).getAllByRole('row')).toHaveLength(6);
  expect(screen.getByText(/Чего он не знает/)).toBeVisible();
  await fireEvent.click(within(runs).getByRole('button', { name: 'Показать на графике: у кого сегодня меньше' }));
  expect(location.hash).toBe('#/carousel?tab=fairness&run=least_loaded');
  const other = await screen.findByRole('table', { name: 'Кому сколько досталось бы: у кого сегодня меньше' });
  const share = lab.runs.find(({ strategy }) => strategy === 'least_loaded')?.shares[0];
  expect(
    within(other).getByText(backend.carousel.people.find(({ row }) => row.id === share?.person)?.row.name ?? ''),
  ).toBeVisible();
  await fireEvent.click(screen.getByRole('radio', { name: '7 дней' }));
  await waitFor(() =>
    expect(asked(backend, 'carousel.lab').at(-1)).toEqual({ from: '2026-10-30', to: '2026-11-05', service: null }),
  );
});

test('the import tells its counts, is begun by hand, and leads to the service desk’s pages', async () => {
  const backend = openPage('#/carousel?tab=catalogue');
  const counts = await screen.findByRole('table', { name: 'Что изменил последний импорт' });
  expect(within(counts).getByRole('row', { name: /^Люди 2 3 1/ })).toBeVisible();
  expect(screen.getByText('раз в 1 ч', { exact: false })).toBeVisible();
  expect(screen.getByRole('link', { name: 'Сотрудники' })).toHaveAttribute(
    'href',
    'https://company.example.com/employees/employeeusers',
  );
  await fireEvent.click(await button('Импортировать сейчас'));
  expect(await screen.findByText(/^идёт 0:00/)).toBeVisible();
  expect(asked(backend, 'carousel.import_now')).toEqual([{}]);
  expect(await button('Импортировать сейчас')).toBeDisabled();
});

test('where files bring the lists, the way to them stands in place of an import', async () => {
  const backend = openPage('#/carousel?tab=catalogue', 'carousel=by_file');
  expect(await screen.findByText(/списков не называет/)).toBeVisible();
  expect(screen.getByText('только по кнопке')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Импортировать сейчас' })).toBeNull();
  const way = screen.getByRole('link', { name: 'К импорту файлов' });
  expect(way).toHaveAttribute('href', '#/settings?section=imports');
  expect(asked(backend, 'carousel.import_now')).toEqual([]);
});

test('a failed import says why, and that everything stays', async () => {
  openPage('#/carousel?tab=catalogue', 'carousel=failed');
  const alarm = await screen.findByText(/не назвала ни одного человека/);
  expect(alarm.closest('[role=alert]')).toHaveTextContent('Ничего не изменено');
});

test.each([
  ['unconnected', /Служба заявок не подключена/, 'К подключению'],
  ['off', /Карусель выключена в настройках/, 'К настройкам карусели'],
  ['dry', /Идёт пробный прогон/, 'Что было бы'],
])('the state %s is told with what to do about it', async (wish, text, act) => {
  openPage('#/carousel', `carousel=${wish}`);
  const banner = (await screen.findByText(text)).closest('div') as HTMLElement;
  expect(within(banner).getByRole('button', { name: act })).toBeEnabled();
  const turn = await button('Проверить тикеты сейчас');
  if (wish === 'dry') expect(turn).toBeEnabled();
  else expect(turn).toBeDisabled();
});

test('without an import there is nothing yet, and the way to it is shown', async () => {
  openPage('#/carousel', 'carousel=empty');
  expect(await screen.findByText(/Сервисов ещё нет/)).toBeVisible();
  await fireEvent.click(await button('К импорту'));
  expect(await screen.findByText('ещё не было')).toBeVisible();
});

test('a supervisor may switch and enter days away, and nothing else', async () => {
  openPage('#/carousel?open=service:1207', 'role=supervisor');
  const panel = await details();
  expect(await within(panel).findByRole('switch')).toBeEnabled();
  expect(await within(panel).findByText('отложен')).toBeVisible();
  expect(screen.queryByRole('button', { name: /Вернуть тикет/ })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Проверить тикеты сейчас' })).toBeNull();
  await fireEvent.click(screen.getByRole('tab', { name: 'Каталог' }));
  expect(await screen.findByText(/Запустить импорт может администратор/)).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Импортировать сейчас' })).toBeNull();
});

test('who may only look has no switches to press and no form', async () => {
  openPage('#/carousel?tab=calendar', 'role=viewer');
  const table = await grid('Отсутствия, ноябрь 2026');
  await fireEvent.click(within(table).getByRole('gridcell', { name: /^Иванова Мария, 9 ноя/ }));
  expect(screen.queryByRole('dialog')).toBeNull();
  const panel = await details();
  expect(await within(panel).findByRole('switch')).toBeDisabled();
  expect(within(panel).queryByRole('button', { name: 'Добавить' })).toBeNull();
});

test('a notice about an import leads to the catalogue, one about a service to its panel', async () => {
  const backend = openPage('#/calls');
  const told = (id: number, subject: string, code: string) => {
    const values = { service: 'Ночные обращения', detail: 'empty_people' };
    return freshNotice({ id, class: 'carousel', subject, code, values, read: true });
  };
  backend.answers['notices.list'] = () =>
    noticeList(told(91, 'service:1215', 'carousel.nobody'), told(92, 'catalogue', 'carousel.import_failed'));
  backend.publish({ kind: 'changed', rev: 2, area: 'notices', ids: [] });
  await fireEvent.click(await button('Уведомления'));
  await fireEvent.click(await screen.findByText(/Импорт сервисов и людей не удался/));
  expect(location.hash).toBe('#/carousel?tab=catalogue');
  await fireEvent.click(await button('Уведомления'));
  await fireEvent.click(await screen.findByText(/Некому отдавать тикеты сервиса «Ночные обращения»/));
  expect(location.hash).toContain('open=service:1215');
});

test('search finds people, services and tickets', async () => {
  const backend = openPage('#/calls');
  const line = backend.carousel.log[5];
  await fireEvent.click(await screen.findByRole('button', { name: /Поиск и команды/ }));
  const input = await screen.findByRole('combobox', { name: /Поиск/ });
  await fireEvent.input(input, { target: { value: 'воскресенская' } });
  expect(await screen.findByText('Воскресенская-Преображенская Александра')).toBeVisible();
  await fireEvent.input(input, { target: { value: String(line?.ticket) } });
  await fireEvent.click(await screen.findByText(`Тикет № ${line?.ticket} на карусели`));
  expect(location.hash).toContain(`open=assignment:${line?.ticket}/`);
});

test.each(['services', 'people', 'calendar', 'log', 'fairness', 'catalogue'])(
  'the tab %s has no faults of accessibility, in English',
  async (tab) => {
    openPage(`#/carousel?tab=${tab}&open=service:1207`, '', 'en');
    await within(await screen.findByRole('complementary')).findByText('Whose turn');
    await screen.findByRole('tab', { name: /Services/ });
    await waitFor(() => expect(document.querySelector('main [aria-busy="true"]')).toBeNull());
    expect(await faults()).toEqual([]);
  },
);
