// Settings that were changed on screen and not saved yet. Kept while the console is open, so that looking at another
// screen loses nothing; saved all at once or not at all.
import { SvelteMap } from 'svelte/reactivity';
import { ApiError, backend } from '../../backend';
import type { Field } from '../../bindings/Field';
import type { Settings } from '../../bindings/Settings';
import type { ShapeFault } from '../../bindings/ShapeFault';
import { i18n } from '../../i18n/index.svelte';
import { settings as settingsTexts } from '../../i18n/texts/settings';
import { problemOf, sameValue } from './check';
import { shapeText } from './shape';

interface Refusal {
  path: string;
  /** The engine's own words, in English. */
  message: string;
  /** Of a menu or form: what is wrong with its shape, and where. */
  shape?: ShapeFault;
}

class SettingsDraft {
  known = $state.raw<Settings | null>(null);
  /** Why the last saving failed, when a setting was at fault. */
  refusal = $state.raw<Refusal | null>(null);
  saving = $state(false);
  /** Grows with every saving: what depends on settings is read again. */
  saved = $state(0);
  private readonly changed = new SvelteMap<string, unknown>();

  get fields(): readonly Field[] {
    return this.known?.fields ?? [];
  }

  get count(): number {
    return this.changed.size;
  }

  get paths(): string[] {
    return [...this.changed.keys()];
  }

  take(known: Settings): void {
    this.known = known;
    for (const [path, value] of this.changed) if (sameValue(value, known.values[path])) this.changed.delete(path);
  }

  value(path: string): unknown {
    return this.changed.has(path) ? this.changed.get(path) : this.known?.values[path];
  }

  isChanged(path: string): boolean {
    return this.changed.has(path);
  }

  set(path: string, value: unknown): void {
    if (sameValue(value, this.known?.values[path] ?? null)) this.changed.delete(path);
    else this.changed.set(path, value);
    if (this.refusal?.path === path) this.refusal = null;
  }

  undo(): void {
    this.changed.clear();
    this.refusal = null;
  }

  /** What is wrong with the value on screen: ours while it was changed, else what the engine said about this setting. */
  problem(field: Field): string | null {
    if (this.changed.has(field.path)) {
      const own = problemOf(field, this.changed.get(field.path), i18n.of(settingsTexts).field, (n) => i18n.f.number(n));
      if (own) return own;
    }
    return this.refusal?.path === field.path ? this.refusalText : null;
  }

  /** Changed settings whose value cannot be right. */
  get wrong(): Field[] {
    return this.fields.filter((field) => this.changed.has(field.path) && this.problem(field) !== null);
  }

  get refusalText(): string | null {
    if (!this.refusal) return null;
    const known: Record<string, string> = i18n.of(settingsTexts).field.cross;
    const { path, message, shape } = this.refusal;
    if (shape) return shapeText(shape, i18n.of(settingsTexts).field.json.shape, (n) => i18n.f.number(n));
    return known[path] ?? `${i18n.of(settingsTexts).field.refused}: ${message}`;
  }

  /** Saves all changes. A setting at fault is kept as `refusal`; any other failure is thrown. */
  async save(): Promise<boolean> {
    this.saving = true;
    this.refusal = null;
    try {
      const known = await backend().call('settings.write', { changes: Object.fromEntries(this.changed) });
      this.changed.clear();
      this.take(known);
      this.saved += 1;
      return true;
    } catch (cause) {
      if (!(cause instanceof ApiError) || !cause.field || cause.field === 'request') throw cause;
      this.refusal = { path: cause.field, message: cause.message, shape: cause.shape };
      return false;
    } finally {
      this.saving = false;
    }
  }
}

export const draft = new SettingsDraft();
