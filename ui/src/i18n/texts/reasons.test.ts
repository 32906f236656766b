import { expect, test } from 'vitest';
import { known, reasonInRussian } from './reasons';

const sources = import.meta.glob<string>(
  ['../../../../src-tauri/crates/integrations/src/**/*.rs', '../../../../src-tauri/crates/engine/src/**/*.rs'],
  { query: '?raw', import: 'default', eager: true },
);
const texts = Object.entries(sources)
  .filter(([path]) => !path.includes('/tests') && !path.endsWith('/reason.rs'))
  .map(([, text]) => text);
const made = texts.flatMap((text) => text.match(/\breason!\(/g) ?? []).length;
/** What the engine may say, `{}` for a value, as `format!` reads it. */
const literals = texts.flatMap((text) =>
  [...text.matchAll(/\breason!\(\s*"((?:[^"\\]|\\.)*)"/g)].map(([, words = '']) =>
    words
      .replaceAll(String.raw`\"`, '"')
      .replace(/\{\{|\}\}|\{[^{}]*\}/g, (part) => (part === '{{' ? '{' : part === '}}' ? '}' : '{}')),
  ),
);

test('every reason of the engine is said in Russian', () => {
  expect(made).toBeGreaterThan(50);
  expect(literals.length, 'each reason begins with its words').toBe(made);
  const untold = literals.filter((words) => !/[а-яё]/i.test(reasonInRussian(words.replaceAll('{}', '7'))));
  expect(untold).toEqual([]);
});

test('and nothing else is', () => {
  expect(
    known.filter((words) => !literals.some((each) => each.replaceAll(/\b\d+\b/g, '{}') === words || each === words)),
  ).toEqual([]);
});

test.each([
  ['not JSON', 'это не JSON'],
  ['not JSON (line 3, column 14)', 'это не JSON (строка 3, столбец 14)'],
  ['calls.datetime: required', 'calls.datetime: обязательно'],
  ['calls: not {"calls": [..]} (line 1, column 2)', 'calls: это не {"calls": [..]} (строка 1, столбец 2)'],
  ['row: 3 cells under 5 headers', 'row: заголовков 5, а ячеек 3'],
  ['Статус: is strange', 'Статус: is strange'],
  ['toString', 'toString'],
])('%s', (words, said) => expect(reasonInRussian(words)).toBe(said));
