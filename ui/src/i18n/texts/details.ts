// What the engine says of calls, checks, connections and files, in Russian. In English the words are the engine's.
import { detailsOfLinks, detailsOfTheSystem } from './detailsOfLinks';
import { detailsOfSystems } from './detailsOfSystems';

const ru: Record<string, string> = { ...detailsOfSystems, ...detailsOfLinks, ...detailsOfTheSystem };
const HOLE = '{}';
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** A value at the beginning is one word, unless a bracket or a comma says where it ends: a vendor's sentence must not look like ours. */
function pattern(english: string): RegExp {
  const ends = /^[ ;]/.test(english);
  const words = (ends ? HOLE + english : english).split(HOLE);
  const begins = words[0] === '' && !/^( \(|[;,:])/.test(words[1] ?? '');
  const [first = '', ...rest] = words.map(escaped);
  const hole = (at: number) => {
    if (at > 0) return '([^]+?)';
    // What only ever ends a sentence may be all there is to say.
    return ends ? '([^]*?)' : begins ? String.raw`(\S+)` : '([^]+?)';
  };
  return new RegExp(`^${first}${rest.map((part, at) => hole(at) + part).join('')}$`);
}

const patterns = Object.entries(ru)
  .filter(([english]) => english.includes(HOLE) || /^[ ;]/.test(english))
  // Whoever says more of the sentence is asked first.
  .sort(([a], [b]) => b.replaceAll(HOLE, '').length - a.replaceAll(HOLE, '').length)
  .map(([english, said]) => ({ like: pattern(english), said: /^[ ;]/.test(english) ? HOLE + said : said }));

/** The sentences the tables know, apart from those of the operating system. */
export const told = [...Object.keys(detailsOfSystems), ...Object.keys(detailsOfLinks)];

/** A sentence in Russian, or null where it is not ours. `value` says what stands in it. */
export function detailInRussian(words: string, value: (part: string) => string): string | null {
  if (Object.hasOwn(ru, words)) return ru[words] ?? null;
  for (const { like, said } of patterns) {
    const values = like.exec(words)?.slice(1);
    if (!values) continue;
    let next = 0;
    return said.replaceAll(HOLE, () => value(values[next++] ?? ''));
  }
  return null;
}
