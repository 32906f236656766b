// Subjects in words.
import { expect, test } from 'vitest';
import { i18n } from '../../i18n/index.svelte';
import { subjectWords } from './subject';

test('a subject is said in words, and one without words stays', () => {
  i18n.choose('ru');
  expect(['call:12', 'ticket:4:5', 'sync:all', 'call', 'toString:1'].map(subjectWords)).toEqual([
    'Звонок 12',
    'Заявка 4:5',
    'sync:all',
    'call',
    'toString:1',
  ]);
});
