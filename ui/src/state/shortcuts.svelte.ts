// The shortcuts in force and the palette's commands: one list, which the sheet (`?`) prints and Ctrl+K searches.
import { untrack } from 'svelte';
import { nameOf, takesText } from './keys';

export interface Shortcut {
  /** As the key press is named: `ctrl+k`, `/`, or two presses `g c`. */
  keys: string;
  group: 'general' | 'go' | 'table';
  title: () => string;
  /** Absent where the part that has the focus handles the key itself: then it is here for the sheet alone. */
  run?: () => void;
  /** Also works while typing in a field. */
  always?: boolean;
}

/** How long the second key of `g c` is waited for. */
const SECOND_KEY_MS = 1200;

/** What a group offers: keys with one title stand together, and the newest meaning of a key is the one in force. */
export function linesOf(all: readonly Shortcut[], group: Shortcut['group']): { title: string; keys: string[] }[] {
  const inForce = new Map(all.filter((each) => each.group === group).map((each) => [each.keys, each.title()]));
  const lines = new Map<string, string[]>();
  for (const [keys, title] of inForce) lines.set(title, [...(lines.get(title) ?? []), keys]);
  return [...lines].map(([title, keys]) => ({ title, keys }));
}

class Shortcuts {
  all = $state.raw<Shortcut[]>([]);
  private first: { key: string; at: number } | null = null;

  /** Adds shortcuts until the returned function is called. The newest wins over an older one with the same keys. */
  add(list: Shortcut[]): () => void {
    this.all = [...this.all, ...list];
    return () => {
      this.all = this.all.filter((each) => !list.includes(each));
    };
  }

  /** Handles a key press of the page. True when a shortcut ran. */
  press(event: KeyboardEvent, now: number): boolean {
    if (event.defaultPrevented || event.isComposing) return false;
    const key = nameOf(event);
    if (!key) return false;
    const typing = takesText(event.target);
    const waited = this.first && now - this.first.at < SECOND_KEY_MS ? `${this.first.key} ${key}` : null;
    this.first = null;
    const found = this.find(waited, typing) ?? this.find(key, typing);
    if (found) {
      event.preventDefault();
      found.run?.();
      return true;
    }
    if (!typing && this.all.some((each) => each.keys.startsWith(`${key} `))) this.first = { key, at: now };
    return false;
  }

  private find(keys: string | null, typing: boolean): Shortcut | undefined {
    return keys === null
      ? undefined
      : this.all.findLast((each) => each.run && each.keys === keys && (!typing || each.always));
  }
}

export const shortcuts = new Shortcuts();

/** Shortcuts of the component being created; a function where they come and go with what it shows. */
export function useShortcuts(list: Shortcut[] | (() => Shortcut[])): void {
  $effect(() => {
    const present = typeof list === 'function' ? list() : list;
    const remove = untrack(() => shortcuts.add(present));
    return () => untrack(remove);
  });
}
