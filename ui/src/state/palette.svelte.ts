// What Ctrl+K offers. Screens and commands are known to the page; anything that is looked up (numbers, people,
// tickets) comes from providers. Providers and the screens' commands are loaded with the first opening.
import { i18n } from '../i18n/index.svelte';

export interface PaletteItem {
  id: string;
  title: string;
  /** Quiet text after the title. */
  note?: string;
  /** Keys that do the same. */
  keys?: string;
  /** More words to find it by. */
  words?: string;
  /** What was typed is its own number: it stands before what only contains the words. */
  exact?: boolean;
  run: () => void;
}

export interface PaletteGroup {
  title: string;
  items: PaletteItem[];
}

/** What can be done, in the words of the language in force; null while it is not this person's to do. */
export type Command = () => PaletteItem | null;

/** Looks something up for the words typed. `signal` ends when the words have changed. */
export interface SearchProvider {
  id: string;
  title: () => string;
  /** What it finds exactly goes before what others find exactly. */
  first?: boolean;
  find: (words: string, signal: AbortSignal) => Promise<PaletteItem[]>;
}

/** What the screens bring. */
export interface Sources {
  commands: readonly Command[];
  providers: readonly SearchProvider[];
}

class Palette {
  open = $state(false);
  /** Empty until the palette is first opened. */
  sources = $state.raw<Sources>({ commands: [], providers: [] });
  private loading: Promise<Sources> | null = null;

  /** Loads the sources once. One that failed is tried again the next time; meanwhile screens and settings of the page are offered. */
  async load(fetch: () => Promise<Sources>): Promise<void> {
    try {
      this.sources = await (this.loading ??= fetch());
    } catch {
      this.loading = null;
    }
  }
}

export const palette = new Palette();

/** The items whose title or words contain every typed word, those whose title begins with the text first. */
export function rank(items: PaletteItem[], typed: string): PaletteItem[] {
  const locale = i18n.language;
  const words = typed.toLocaleLowerCase(locale).split(/\s+/).filter(Boolean);
  if (words.length === 0) return items;
  const scored = items.flatMap((item) => {
    const title = item.title.toLocaleLowerCase(locale);
    const hay = `${title} ${(item.words ?? '').toLocaleLowerCase(locale)}`;
    if (!words.every((word) => hay.includes(word))) return [];
    const first = words[0] ?? '';
    return [{ item, score: title.startsWith(first) ? 0 : title.includes(` ${first}`) ? 1 : 2 }];
  });
  return scored.sort((a, b) => a.score - b.score).map(({ item }) => item);
}
