import { expect, test } from 'vitest';
import { groups, tokenOf } from '../screens/floor/states';
import tokens from './tokens.css?raw';

type Theme = 'light' | 'dark';
const themes: readonly Theme[] = ['light', 'dark'];

/** The declarations of one rule of the tokens. */
function rule(selector: string): Map<string, string> {
  const body = tokens.split(`\n${selector} {`)[1]?.split('\n}')[0] ?? '';
  return new Map([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]));
}
const usual = rule(':root');
const classic = new Map([...usual, ...rule(":root[data-states='classic']")]);

/** A token as a colour of a theme: `#rrggbb`, or null where nothing is drawn. */
function colour(table: ReadonlyMap<string, string>, name: string, theme: Theme): string | null {
  const value = table.get(name) ?? '';
  const own = /^light-dark\(([^,]+), ([^)]+)\)$/.exec(value)?.[theme === 'light' ? 1 : 2] ?? value;
  const other = /^var\(--([\w-]+)\)$/.exec(own)?.[1];
  if (other) return colour(table, other, theme);
  if (own === 'transparent') return null;
  expect(own, name).toMatch(/^#[0-9a-f]{6}$/);
  return own;
}

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const everywhere = [
  ['usual', usual],
  ['classic', classic],
] as const;

test('the classic colours are those of the console before, in both themes', () => {
  for (const theme of themes) {
    const states = ['ready', 'not-ready', 'talking', 'wrap-up', 'off'].map((name) =>
      colour(classic, `state-${name}`, theme),
    );
    expect(states).toEqual(['#28a745', '#dc3545', '#ffc107', '#fd7e14', '#6c757d']);
  }
});

test.each(everywhere)(
  'every state of the %s colours stands out from every surface, itself or by its ring',
  (_, table) => {
    for (const theme of themes) {
      const ring = colour(table, 'state-ring', theme);
      for (const surface of ['bg', 'surface', 'raised'].map((name) => colour(table, name, theme) ?? ''))
        for (const group of groups) {
          const shape = colour(table, tokenOf[group], theme) ?? '';
          const best = Math.max(contrast(shape, surface), ring ? contrast(ring, surface) : 0);
          expect(best, `${group} on ${surface}`).toBeGreaterThanOrEqual(3);
        }
    }
  },
);

test.each(everywhere)('the glyph on a state of the %s colours can be read as text', (_, table) => {
  for (const theme of themes)
    for (const group of groups) {
      const shape = colour(table, tokenOf[group], theme) ?? '';
      const glyph = colour(table, `on-${tokenOf[group]}`, theme) ?? '';
      expect(contrast(shape, glyph), `${group}, ${theme}`).toBeGreaterThanOrEqual(4.5);
    }
});

/** One colour laid over another in sRGB, as `color-mix` does. */
function mixed(one: string, share: number, other: string): string {
  const parts = [1, 3, 5].map((at) => {
    const [a = 0, b = 0] = [one, other].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16));
    return Math.round(a * share + b * (1 - share))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${parts.join('')}`;
}
const shareOf = (name: string) => Number(/var\(--[\w-]+\) (\d+)%/.exec(usual.get(name) ?? '')?.[1]) / 100;

test('the words of a passed limit can be read on a marked row', () => {
  for (const theme of themes) {
    const of = (name: string) => colour(usual, name, theme) ?? '';
    const words = mixed(of('warning'), shareOf('warning-words'), of('text'));
    const marked = mixed(of('accent'), shareOf('selection'), of('surface'));
    expect(contrast(words, marked), theme).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of('alarm'), marked), theme).toBeGreaterThanOrEqual(4.5);
  }
});
