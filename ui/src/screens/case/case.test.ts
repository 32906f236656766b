import { expect, test } from 'vitest';
import type { CaseJoin } from '../../bindings/CaseJoin';
import type { CaseReason } from '../../bindings/CaseReason';
import { i18n } from '../../i18n/index.svelte';
import { cases } from '../../i18n/texts/cases';
import { groups, isThing, readGroups, switchGroup } from './kinds';
import { evidenceOf, happened } from './words';

test('a thing is a kind and a number, and nothing else is one', () => {
  expect(['phone:370', 'call:17', 'ticket:4312', 'task:8'].map(isThing)).toEqual([true, true, true, true]);
  expect(['', 'call', 'call:', 'call:x', 'people:1', 'ticket:1:2', 'phone:+370'].some(isThing)).toBe(false);
});

test('one group is chosen first, further ones are added, and all of them is no choice', () => {
  expect(readGroups(null)).toEqual(groups);
  expect(readGroups('nonsense')).toEqual(groups);
  expect(switchGroup(groups, 'calls')).toBe('calls');
  expect(switchGroup(['calls'], 'tickets')).toBe('calls,tickets');
  expect(switchGroup(['calls', 'tickets'], 'calls')).toBe('tickets');
  expect(switchGroup(['calls'], 'calls')).toBeNull();
});

test('every reason has its evidence in both languages, whatever values are missing', () => {
  for (const language of ['ru', 'en'] as const) {
    i18n.choose(language);
    for (const reason of Object.keys(cases[language].reasons) as CaseReason[]) {
      const join: CaseJoin = { a: 'call:1', b: 'ticket:2', reason, strength: 'certain', values: {} };
      expect(evidenceOf(join, (thing) => thing)).toMatch(/\S/);
    }
  }
  i18n.choose('ru');
  const join: CaseJoin = {
    a: 'phone:37060011122',
    b: 'ticket:2',
    reason: 'number_in_text',
    strength: 'certain',
    values: { named: '+37060011122', place: 'comment', text: 'ticket:2' },
  };
  expect(evidenceOf(join, () => '#2 Возврат')).toContain('в комментарии (#2 Возврат)');
});

test('what a newer engine tells of is shown by its code', () => {
  const moment = { at: 0, thing: 'call:1', code: 'newer_code', who: null, values: {} };
  expect(happened(moment)).toBe('newer_code');
});
