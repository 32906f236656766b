// Words for what the engine says is wrong with the shape of the bridge's menu or form. Pure.
import type { ShapeFault } from '../../bindings/ShapeFault';
import type { settings } from '../../i18n/texts/settings';

type Words = (typeof settings)['ru']['field']['json']['shape'];

export function shapeText(found: ShapeFault, words: Words, number: (n: number) => string): string {
  const { code, least, most } = found;
  const place = found.place || words.whole_text;
  if (code === 'required' || code === 'json') return words[code];
  if (code !== 'length' && code !== 'count') return words[code](place);
  return most === null ? words.empty(place) : words[code](place, number(least ?? 0), number(most));
}
