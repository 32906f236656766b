import { expect, test } from 'vitest';
import type { NowSentence } from '../../bindings/NowSentence';
import { i18n } from '../../i18n/index.svelte';
import { addressOfWorst, sentenceText } from './words';

const amber = (count: number, name: string | null): NowSentence => ({
  code: 'amber',
  level: 'attention',
  count,
  minutes: null,
  name,
});

test('operators past the first limit are in the sentence, which leads to them', () => {
  i18n.choose('ru');
  expect(sentenceText(i18n.t, amber(1, 'Мария Кузнецова'), [])).toBe('Мария Кузнецова: долго в одном состоянии');
  expect(sentenceText(i18n.t, amber(3, 'Мария Кузнецова'), [])).toBe('Долго в одном состоянии: 3 оператора');
  expect(addressOfWorst(amber(1, null))).toBe('#/floor?over=1');
});
