// The settings screen: drafts, faults at their fields, secrets shown once, people, roles.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { fields } from '../src/i18n/texts/fields';
import { draft } from '../src/screens/settings/draft.svelte';
import { faults, openPage } from './page';
import { fields as shown } from './preview/fields';

afterEach(() => {
  cleanup();
  draft.undo();
  draft.known = null;
});
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });

test('changes are counted, survive another section, are saved together or undone', async () => {
  const backend = openPage('#/settings?section=lanes');
  await screen.findByLabelText('Наибольшая пауза');
  await type('Наибольшая пауза', '600');
  await fireEvent.click(screen.getByRole('link', { name: 'Сроки хранения' }));
  await screen.findByLabelText('Звонки');
  await type('Звонки', '700');
  await fireEvent.click(await button('Сохранить 2 настройки'));
  expect(await screen.findByText('Настройки сохранены')).toBeVisible();
  expect(backend.asked).toContainEqual({
    name: 'settings.write',
    request: { changes: { 'lanes.breaker_pause_max_s': 600, 'retention.calls_days': 700 } },
  });
  await type('Звонки', '1');
  await fireEvent.click(await button('Отменить изменения'));
  expect(screen.getByLabelText('Звонки')).toHaveValue('700');
  expect(screen.queryByRole('region', { name: /Изменен/ })).toBeNull();
});

test('a value out of bounds is said at its field and is not sent', async () => {
  openPage('#/settings?section=lanes');
  await screen.findByLabelText('Наибольшая пауза');
  await type('Наибольшая пауза', '0');
  expect(screen.getByLabelText('Наибольшая пауза')).toHaveAccessibleDescription(/Нужно число от 1 до/);
  expect(await button('Сохранить 1 настройку')).toBeDisabled();
  await type('Наибольшая пауза', '300');
  expect(screen.queryByRole('button', { name: /^Сохранить/ })).toBeNull();
});

test('what the engine finds wrong with the shape of a menu is said at the menu', async () => {
  openPage('#/settings?section=chat_link');
  const menu = await screen.findByLabelText('Меню бота');
  await fireEvent.input(menu, { target: { value: '{}' } });
  await fireEvent.click(await button('Сохранить 1 настройку'));
  await waitFor(() => expect(menu).toHaveAccessibleDescription(/text: этого поля не хватает/));
  await fireEvent.input(menu, { target: { value: '{' } });
  expect(menu).toHaveAccessibleDescription(/Это не JSON: ошибка в строке 1/);
});

test('shares of people are chosen by name, judged, and sent as a table of numbers', async () => {
  const backend = openPage('#/settings?section=carousel');
  const share = await screen.findByRole('textbox', { name: 'Доля: Иванова Мария' });
  expect(share).toHaveValue('2');
  await fireEvent.input(share, { target: { value: '101' } });
  expect(screen.getByText('Нужна доля от 1 до 100: 583001')).toBeVisible();
  expect(await button('Сохранить 1 настройку')).toBeDisabled();
  await fireEvent.input(share, { target: { value: '4' } });
  await fireEvent.click(await button('Добавить долю'));
  const [, , added] = screen.getAllByRole('combobox', { name: 'Человек или номер' });
  await fireEvent.input(added as HTMLElement, { target: { value: 'ткач' } });
  await fireEvent.pointerUp(await screen.findByRole('option', { name: /Ткач Павел/ }));
  await fireEvent.click(await button('Убрать долю: Сафина Дина'));
  await fireEvent.click(await button('Сохранить 1 настройку'));
  expect(await screen.findByText('Настройки сохранены')).toBeVisible();
  expect(backend.asked).toContainEqual({
    name: 'settings.write',
    request: { changes: { 'areas.carousel.weights': { '583001': 4, '583030': 1 } } },
  });
});

test('a time of day has a field of its own, and a zone that is not set says so', async () => {
  const backend = openPage('#/settings?section=carousel');
  const time = await screen.findByLabelText('Где делится день');
  expect(time).toHaveAttribute('type', 'time');
  expect(time).toHaveValue('13:00');
  await fireEvent.input(time, { target: { value: '12:30' } });
  const zone = screen.getByRole('combobox', { name: 'Часовой пояс' });
  expect(zone).toHaveValue('не задано');
  await fireEvent.input(zone, { target: { value: 'vilnius' } });
  await fireEvent.pointerUp(await screen.findByRole('option', { name: 'Europe/Vilnius' }));
  await fireEvent.click(await button('Сохранить 2 настройки'));
  await screen.findByText('Настройки сохранены');
  expect(backend.asked).toContainEqual({
    name: 'settings.write',
    request: { changes: { 'areas.carousel.half_day_at': '12:30', 'areas.carousel.time_zone': 'Europe/Vilnius' } },
  });
});

test('the service desk’s card asks for what the chosen way to sign in needs', async () => {
  openPage('#/settings?section=connections&connection=intradesk');
  const card = (await screen.findByRole('article', { name: 'IntraDesk' })) as HTMLElement;
  const lack = () =>
    within(card)
      .getByText(/Чтобы заработало/)
      .closest('p');
  await within(card).findByText(/Чтобы заработало/);
  expect(lack()).toHaveTextContent('«Адрес компании»');
  expect(lack()).toHaveTextContent('«Учётная запись бота»');
  expect(lack()).toHaveTextContent('«Пароль бота службы заявок»');
  expect(within(card).getByText(/Настройки → Интеграции → ApiKey/)).toBeVisible();
  draft.set('integrations.intradesk.auth', 'apikey');
  await waitFor(() => expect(lack()).not.toHaveTextContent('«Учётная запись бота»'));
  expect(lack()).toHaveTextContent('«Ключ API службы заявок»');
});

test('what the engine refuses stands at the field in the reader’s words', async () => {
  openPage('#/settings?section=lanes');
  await screen.findByLabelText('Пауза после остановки');
  await type('Пауза после остановки', '900');
  await fireEvent.click(await button('Сохранить 1 настройку'));
  expect(await screen.findAllByText('Пауза не может быть больше наибольшей паузы.')).toHaveLength(2);
  expect(screen.getByLabelText('Пауза после остановки')).toHaveAttribute('aria-invalid', 'true');
});

test('a list is typed in lines and its fault names the line', async () => {
  openPage('#/settings?section=connections&connection=telephony');
  await screen.findByLabelText('Клиенты');
  await type('Клиенты', 'vilnius-desk\nНочь\n');
  expect(screen.getByText('Не подходит «Ночь»')).toBeVisible();
  await type('Клиенты', 'vilnius-desk\nday\n');
  expect(draft.value('integrations.telephony.clients')).toEqual(['vilnius-desk', 'day']);
});

test('a connection says what it lacks, checks itself and shows the whole address', async () => {
  openPage('#/settings?section=connections&connection=telephony');
  expect(await screen.findByText(/задайте секрет «Ключ клиента night-line»/)).toBeVisible();
  expect(screen.getByText(/tel\/\?type=newcall&ani=\{number\}&curator_id=\{operator\}&key=КЛЮЧ$/)).toBeVisible();
  await fireEvent.click(await button('Проверить'));
  expect(await screen.findByText('night-line: ключ не задан')).toBeVisible();
});

test('a made secret is shown once', async () => {
  openPage('#/settings?section=connections&connection=telephony');
  await fireEvent.click(await button('Создать случайный'));
  const dialog = within(await screen.findByRole('dialog', { name: 'Секрет создан' }));
  expect(dialog.getByText('b3VyLXNlY3JldC1mb3ItdGhlLWRlc2s')).toBeVisible();
  await fireEvent.click(dialog.getByRole('button', { name: 'Скопировал, закрыть' }));
  expect(screen.queryByText('b3VyLXNlY3JldC1mb3ItdGhlLWRlc2s')).toBeNull();
  expect(screen.queryByText(/Чтобы заработало/)).toBeNull();
});

test('a secret of the server itself cannot be changed here', async () => {
  openPage('#/settings?section=connections&connection=agencies');
  expect(await screen.findByText('Задан на сервере и меняется только там.')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Заменить' })).toBeNull();
});

test('a person is added with what was typed; a fault stands at its field', async () => {
  const backend = openPage('#/settings?section=people&person=new');
  const dialog = within(await screen.findByRole('dialog', { name: 'Новый человек' }));
  await fireEvent.input(dialog.getByLabelText('Логин'), { target: { value: 'k.volkova' } });
  await fireEvent.input(dialog.getByLabelText('Почта'), { target: { value: 'nonsense' } });
  await fireEvent.click(dialog.getByRole('button', { name: 'Добавить' }));
  expect(dialog.getByText('Нужны имя и фамилия')).toBeVisible();
  expect(dialog.getByText('Это не похоже на адрес почты')).toBeVisible();
  await fireEvent.input(dialog.getByLabelText('Имя и фамилия'), { target: { value: 'Ксения Волкова' } });
  await fireEvent.input(dialog.getByLabelText('Почта'), { target: { value: 'k.volkova@example.com' } });
  await fireEvent.click(dialog.getByRole('radio', { name: /Старший смены/ }));
  await fireEvent.click(dialog.getByRole('button', { name: 'Добавить' }));
  expect(await screen.findByText('Ксения Волкова')).toBeVisible();
  expect(backend.asked.find((each) => each.name === 'people.create')?.request).toMatchObject({
    login: 'k.volkova',
    profile: { full_name: 'Ксения Волкова', email: 'k.volkova@example.com', office: null, vpn: null },
    rights: { role: 'supervisor', grants: [], teams: [] },
    password: null,
  });
});

test('only what was changed of a person is sent', async () => {
  const backend = openPage('#/settings?section=people&person=2');
  const dialog = within(await screen.findByRole('dialog', { name: 'Игорь Смирнов' }));
  await fireEvent.click(dialog.getByRole('checkbox', { name: 'Звонки Москвы' }));
  await fireEvent.click(dialog.getByRole('button', { name: 'Сохранить' }));
  await screen.findByText('Игорь Смирнов: изменения сохранены');
  expect(backend.asked.find((each) => each.name === 'people.update')?.request).toEqual({
    id: 2,
    profile: null,
    rights: { role: 'supervisor', grants: ['quality', 'calls_moscow'], teams: [] },
    blocked: null,
  });
});

test('who is kept out by the ERP is told from who is kept out here', async () => {
  openPage('#/settings?section=people');
  expect(await screen.findByText('закрыт в ERP')).toBeVisible();
  expect(screen.getByText('закрыт')).toBeVisible();
  expect(screen.getByText('по паролю ERP')).toBeVisible();
});

test('a password of ours is taken away, or it is said why not', async () => {
  const backend = openPage('#/settings?section=people&person=2');
  const take = async (name: string) => {
    const dialog = within(await screen.findByRole('dialog', { name }));
    await fireEvent.keyDown(dialog.getByRole('button', { name: 'Другие действия' }), { key: 'Enter' });
    await fireEvent.click(await screen.findByRole('menuitem', { name: 'Убрать пароль Пульта' }));
    await fireEvent.click(await button('Убрать пароль'));
  };
  await take('Игорь Смирнов');
  await screen.findByText('Игорь Смирнов: вход по паролю ERP');
  expect(backend.asked.find((each) => each.name === 'people.forget_password')?.request).toEqual({ id: 2 });
  cleanup();
  openPage('#/settings?section=people&person=1');
  await take('Анна Комарова');
  expect(await screen.findByText(/это последний администратор/)).toBeVisible();
});

test('a key opens the routes chosen from those of its role, and no name is typed', async () => {
  const backend = openPage('#/settings?section=keys');
  await fireEvent.click(await button('Создать ключ'));
  const dialog = within(await screen.findByRole('dialog', { name: 'Новый ключ программы' }));
  await fireEvent.input(dialog.getByLabelText('Имя'), { target: { value: 'reports' } });
  await fireEvent.click(dialog.getByRole('radio', { name: 'Только названные' }));
  expect(dialog.getByRole('button', { name: 'Создать ключ' })).toBeDisabled();
  expect(await dialog.findByRole('checkbox', { name: 'calls.export' })).toBeVisible();
  expect(dialog.queryByRole('checkbox', { name: 'calls.set_theme' })).toBeNull();
  const moscow = dialog.getByRole('checkbox', { name: 'legacy.moscow_calls' });
  expect(moscow).toBeDisabled();
  expect(moscow).toHaveAccessibleDescription('Просмотру нужно право «Звонки Москвы».');
  await fireEvent.click(dialog.getByRole('checkbox', { name: 'Звонки' }));
  await fireEvent.click(dialog.getByRole('checkbox', { name: 'calls.page' }));
  await fireEvent.click(dialog.getByRole('checkbox', { name: 'metrics' }));
  expect(dialog.getByRole('status')).toHaveTextContent('Выбраны 2 маршрута');
  expect(await faults()).toEqual([]);
  await fireEvent.click(dialog.getByRole('button', { name: 'Создать ключ' }));
  expect(backend.asked.find((each) => each.name === 'keys.create')?.request).toEqual({
    name: 'reports',
    scope: { role: 'viewer', grants: [], routes: ['calls.export', 'metrics'] },
  });
});

test('a wrong present password is said at its field', async () => {
  openPage('#/settings?section=password');
  await screen.findByLabelText('Нынешний пароль');
  await type('Нынешний пароль', 'something');
  await type('Новый пароль', 'long enough indeed');
  await type('Новый пароль ещё раз', 'long enough indeed');
  await fireEvent.click(await button('Сменить пароль'));
  expect(await screen.findByText('Это не нынешний пароль')).toBeVisible();
});

test('the classic colours of states are off, are put on by a switch, and are remembered on this workstation', async () => {
  openPage('#/settings?section=appearance', 'role=viewer');
  const chosen = () => screen.findByRole('switch', { name: 'Классические цвета' });
  expect(await chosen()).not.toBeChecked();
  await fireEvent.click(await chosen());
  expect(document.documentElement).toHaveAttribute('data-states', 'classic');
  cleanup();
  delete document.documentElement.dataset.states;

  openPage('#/settings?section=appearance', 'role=viewer', 'en');
  expect(document.documentElement).toHaveAttribute('data-states', 'classic');
  await fireEvent.click(await screen.findByRole('switch', { name: 'Classic colours' }));
  expect(document.documentElement).not.toHaveAttribute('data-states');
  expect(localStorage.getItem('pult.states')).toBeNull();
});

test('a viewer is offered their own sections and asks nothing of the rest', async () => {
  const backend = openPage('#/settings?section=people', 'role=viewer');
  expect(await screen.findByText('Этот раздел открыт администратору.')).toBeVisible();
  expect(screen.getByRole('link', { name: 'Внешний вид' })).toBeVisible();
  expect(screen.queryByRole('link', { name: 'Подключения' })).toBeNull();
  expect(backend.asked.some((each) => /^(settings|people|audit|keys|backup)\./.test(each.name))).toBe(false);
});

test.each([
  ['connections', '&connection=telephony', 'Подключения'],
  ['keys', '', 'Ключи программ'],
  ['calls', '', 'Звонки'],
  ['backup', '', 'Резервные копии'],
  ['about', '', 'О программе'],
])('no accessibility faults on %s', async (section, more, title) => {
  openPage(`#/settings?section=${section}${more}`);
  await screen.findByRole('heading', { name: title, level: 2 });
  await screen.findAllByRole('button');
  expect(await faults()).toEqual([]);
});

test('workers are called by what they do, one of a newer engine by its name', async () => {
  openPage('#/settings?section=about');
  for (const name of ['разбор записей', 'отправка: Справочник агентств', 'upkeep'])
    expect(await screen.findByRole('cell', { name })).toBeVisible();
});

test.each(['people', 'audit'])('no accessibility faults on the table of %s', async (section) => {
  openPage(`#/settings?section=${section}`);
  await screen.findByRole('grid');
  expect(await faults()).toEqual([]);
});

test.each([
  ['okdesk', 'Okdesk', { 'ratings.webhook_key': true, 'ratings.okdesk_token': false }],
  ['bitrix24', 'Bitrix24', { 'bitrix24.bot_token': true, 'ratings.bitrix_user_key': false }],
])('the card of %s guides in words, and only keys of ours are made there', async (name, title, secrets) => {
  openPage(`#/settings?section=connections&connection=${name}`);
  const card = await screen.findByRole('article', { name: title });
  expect(await within(card).findByText('Как подключить')).toBeVisible();
  for (const [code, made] of Object.entries(secrets)) {
    const row = within(card).getByText(code).closest('.secret') as HTMLElement;
    expect(within(row).queryByRole('button', { name: 'Создать случайный' }) !== null).toBe(made);
  }
  expect(within(card).queryByText(/^What /)).toBeNull();
  // A bot and answers by events can be done without.
  expect(card).not.toHaveTextContent('задайте секрет «Токен нашего бота»');
  expect(await faults()).toEqual([]);
});

test('every setting of ratings and of its two systems has words in both languages', () => {
  const paths = shown.filter(({ path }) => /ratings|okdesk|bitrix24/.test(path)).map(({ path }) => path);
  expect(paths.length).toBeGreaterThan(20);
  for (const language of ['ru', 'en'] as const)
    expect(paths.filter((path) => fields[language][path] === undefined)).toEqual([]);
});

const pickFile = async (name: string, text: string) => {
  const field = await screen.findByLabelText<HTMLInputElement>('Прочитать файл', { selector: 'input' });
  // The page's own stand-in for a browser cannot read a file.
  const file = Object.assign(new File([text], name), { text: () => Promise.resolve(text) });
  await fireEvent.change(field, { target: { files: [file] } });
};

test('settings of another server are offered line by line, and what is taken is saved like any change', async () => {
  const backend = openPage('#/settings?section=transfer');
  await pickFile('other.toml', JSON.stringify({ 'lanes.breaker_pause_max_s': 600, 'hooks.bind': '10.0.0.4:8481' }));
  const table = within(await screen.findByRole('table'));
  expect(table.getByRole('checkbox', { name: 'Взять: Наибольшая пауза' })).toBeChecked();
  // Where this server listens is taken only when somebody says so.
  const [, own] = table.getAllByRole('checkbox');
  const boxes = table.getAllByRole('checkbox').map((box) => (box as HTMLInputElement).checked);
  expect([...boxes].sort()).toEqual([false, true]);
  expect(own).toBeVisible();
  expect(screen.getByText('okdesk.token')).toBeVisible();
  await fireEvent.click(await button('Взять 1 настройку'));
  expect(screen.queryByRole('table')).toBeNull();
  await fireEvent.click(await button('Сохранить 1 настройку'));
  await screen.findByText('Настройки сохранены');
  expect(backend.asked).toContainEqual({
    name: 'settings.write',
    request: { changes: { 'lanes.breaker_pause_max_s': 600 } },
  });
});

test('a file that cannot be read says where it is wrong and offers nothing', async () => {
  openPage('#/settings?section=transfer');
  await pickFile('broken.toml', '[lanes\n');
  expect(await screen.findByRole('alert')).toHaveTextContent('В файле 1 ошибка, из него ничего не взято.');
  expect(screen.getByText('строка 2')).toBeVisible();
  expect(screen.queryByRole('button', { name: /^Взять/ })).toBeNull();
});

test('the settings of this server are saved as a file', async () => {
  const backend = openPage('#/settings?section=transfer');
  await fireEvent.click(await button('Сохранить в файл'));
  await waitFor(() => expect(backend.saved.map(({ name }) => name)).toEqual(['pult-settings.toml']));
  expect(await faults()).toEqual([]);
});

test.each(['keys', 'notices', 'about', 'backup'])('the section %s says how old what it shows is', async (section) => {
  openPage(`#/settings?section=${section}`);
  await vi.waitFor(() => expect(document.querySelector('footer')?.textContent).toMatch(/обновлено/i), 10_000);
});

test('a file is checked before it is imported, and nothing is sent in', async () => {
  const backend = openPage('#/settings?section=imports');
  const field = await screen.findByLabelText<HTMLInputElement>('Проверить файл', { selector: 'input' });
  const file = Object.assign(new File(['ID;NAME'], 'groups.csv'), {
    arrayBuffer: () => Promise.resolve(new TextEncoder().encode('ID;NAME').buffer),
  });
  await fireEvent.change(field, { target: { files: [file] } });
  const told = within(await screen.findByRole('region', { name: 'Проверка: groups.csv' }));
  expect(told.getByRole('status')).toHaveTextContent('Ничего не записано.');
  expect(told.getByText('строк 4 · новых 1 · обновится 1 · не будет принято 2')).toBeVisible();
  expect(told.getByText('Исчезнет: 22')).toBeVisible();
  expect(told.getByText('и ещё 2')).toBeVisible();
  expect(told.getByText('строка 3: ID: нужно целое число')).toBeVisible();
  expect(told.getByText('строка 6: есть и в строке 1')).toBeVisible();
  expect(backend.asked.filter(({ name }) => name.startsWith('imports.')).map(({ name }) => name)).toEqual([
    'imports.list',
    'imports.check',
  ]);
  expect(await faults()).toEqual([]);
});

test('states that are left alone are chosen by name, and their numbers may be typed as before', async () => {
  const backend = openPage('#/settings?section=carousel');
  const lines = await screen.findByRole('textbox', { name: 'Статусы, которые не трогать' });
  await fireEvent.input(lines, { target: { value: '106939' } });
  await fireEvent.click(await button('Выбрать по названию'));
  expect(await screen.findByText('Открыта')).toBeVisible();
  const more = await screen.findByRole('combobox', { name: 'Добавить по названию' });
  await fireEvent.input(more, { target: { value: 'вып' } });
  await fireEvent.pointerUp(await screen.findByRole('option', { name: /Выполнена/ }));
  await waitFor(() => expect(lines).toHaveValue('106939\n106950'));
  expect(screen.queryByRole('combobox', { name: 'Добавить по названию' })).toBeNull();
  await fireEvent.click(await button('Сохранить 1 настройку'));
  await screen.findByText('Настройки сохранены');
  expect(backend.asked).toContainEqual({
    name: 'settings.write',
    request: { changes: { 'areas.carousel.skip_status_ids': [106939, 106950] } },
  });
});

test('a node’s certificate is shown whole, and taken for that node only after it was compared', async () => {
  const backend = openPage('#/settings?section=connections&connection=finesse');
  await fireEvent.click(await button('Проверить'));
  await fireEvent.click(await button('Посмотреть сертификат fin-a.cc.example…'));
  const dialog = await screen.findByRole('dialog', { name: 'Сертификату fin-a.cc.example ещё не доверяют' });
  for (const words of ['Кому выдан', 'Кем выдан', 'Действует до', 'Отпечаток SHA-256']) {
    expect(within(dialog).getByText(words)).toBeVisible();
  }
  expect(within(dialog).getByText(/^9F:3C:9F:3C/)).toBeVisible();
  const accept = within(dialog).getByRole('button', { name: 'Принять для fin-a.cc.example' });
  expect(accept).toBeDisabled();
  await fireEvent.click(within(dialog).getByLabelText('Отпечаток сверен с администратором узла'));
  expect(accept).toBeDisabled();
  await fireEvent.click(within(dialog).getByLabelText('Принимаю, что срок сертификата истёк или не начался'));
  expect(await faults()).toEqual([]);
  await fireEvent.click(accept);
  expect(await screen.findByText('Сертификат fin-a.cc.example принят')).toBeVisible();
  const request = {
    integration: 'finesse',
    node: 'fin-a.cc.example',
    sha256: '9f3c'.repeat(16),
    expired: true,
    other_name: false,
  };
  expect(backend.asked).toContainEqual({ name: 'settings.accept_certificate', request });
  await waitFor(() => expect(backend.asked.filter(({ name }) => name === 'settings.check')).toHaveLength(2));
});

test('a changed certificate is shown beside the accepted one, and refusing it changes nothing', async () => {
  const backend = openPage('#/settings?section=connections&connection=finesse');
  await fireEvent.click(await button('Проверить'));
  await fireEvent.click(await button('Посмотреть сертификат fin-b.cc.example…'));
  const dialog = await screen.findByRole('dialog', { name: 'Сертификат fin-b.cc.example изменился' });
  expect(within(dialog).getByText(/^4B:4B/)).toBeVisible();
  expect(within(dialog).getByText(/^71:D0/)).toBeVisible();
  await fireEvent.click(within(dialog).getByRole('button', { name: 'Не принимать' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(backend.asked.some(({ name }) => name === 'settings.accept_certificate')).toBe(false);
});
