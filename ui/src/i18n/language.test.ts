import { expect, test } from 'vitest';
import { i18n } from './index.svelte';
import { mendReportedLanguage, pickLanguage, safeZone } from './locale';
import { enForm, ruForm } from './plural';
import { errorText, errors } from './texts/errors';

test.each([
  [['C'], 'ru'],
  [['POSIX', 'en_US.UTF-8'], 'en'],
  [['de-DE', 'en-GB', 'ru'], 'en'],
  [['RU'], 'ru'],
  [[undefined, null, ''], 'ru'],
  [['C.UTF-8', 'ru_RU.UTF-8'], 'ru'],
])('the system reports %j: %s', (reported, expected) => expect(pickLanguage(reported)).toBe(expected));

test.each([
  ['en', 'ru', 'en'],
  [null, 'ru', 'ru'],
  ['tlh', 'en', 'en'],
  [null, undefined, 'en'],
] as const)('remembered %s, beside the page %s: %s', (remembered, beside, spoken) => {
  i18n.start(remembered, beside);
  expect(i18n.language).toBe(spoken);
});

test('charts are drawn where the system reports a language that Intl refuses', async () => {
  Object.defineProperty(navigator, 'language', { value: 'C', configurable: true });
  mendReportedLanguage();
  expect(navigator.language).toBe('en-GB');
  expect(await import('uplot')).toHaveProperty('default');
  Reflect.deleteProperty(navigator, 'language');

  const usual = navigator.language;
  mendReportedLanguage();
  expect(navigator.language).toBe(usual);
});

test('an unknown zone is UTC', () => {
  expect(safeZone('Mars/Olympus')).toBe('UTC');
  expect(safeZone('Europe/Moscow')).toBe('Europe/Moscow');
});

test.each([
  [1, 'звонок'],
  [2, 'звонка'],
  [5, 'звонков'],
  [11, 'звонков'],
  [21, 'звонок'],
  [112, 'звонков'],
  [1.5, 'звонка'],
])('%s %s', (count, expected) => expect(ruForm(count, 'звонок', 'звонка', 'звонков')).toBe(expected));

test('English forms', () =>
  expect([1, 2, 0].map((n) => enForm(n, 'call', 'calls'))).toEqual(['call', 'calls', 'calls']));

test('the language changes at run time, and the page says so to screen readers', () => {
  i18n.choose('ru');
  expect(i18n.t.shell.signOut).toBe('Выйти');
  i18n.choose('en');
  expect(i18n.t.shell.signOut).toBe('Sign out');
  expect(document.documentElement.lang).toBe('en');
});

test('every code has a text, and codes of the prototype chain are not codes', () => {
  expect(errorText(errors.ru, 'http_503')).toBe(errors.ru.busy);
  expect(errorText(errors.ru, 'toString')).toBe(errors.ru.unknown);
  expect(errorText(errors.en, 'never seen')).toBe(errors.en.unknown);
});
