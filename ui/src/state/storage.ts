// Small things kept on this workstation: theme, language, layout of tables. Storage may be refused (private window,
// full disk): then the choice lasts until the page is closed.

const PREFIX = 'pult.';

export function recall<T>(key: string, accepts: (value: unknown) => value is T): T | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(PREFIX + key) ?? 'null');
    return accepts(value) ? value : null;
  } catch {
    return null;
  }
}

export function remember(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Nothing to do: the choice stays in force for this page.
  }
}

export const isText = (value: unknown): value is string => typeof value === 'string';
