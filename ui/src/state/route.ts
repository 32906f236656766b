// The address of a view: `#/calls?date=2026-11-05&open=call:123`. Pure: parsing and printing only.

export interface Route {
  /** First word of the path; empty for the bare address. */
  screen: string;
  /** Further words: `#/settings/people` has ["people"]. */
  path: string[];
  /** Filters and the rest of the view. Absent is absent: an empty value is never kept. */
  params: Record<string, string>;
}

/** What stands in the detail panel: a kind the screens know and the record's id. */
export interface Opened {
  kind: string;
  id: string;
}

export function parseRoute(hash: string): Route {
  const [rawPath = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const words = rawPath.split('/').filter(Boolean).map(decode);
  const params: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) if (value !== '') params[name] = value;
  return { screen: words[0] ?? '', path: words.slice(1), params };
}

export function printRoute({ screen, path, params }: Route): string {
  const words = [screen, ...path].filter(Boolean).map(encodeURIComponent).join('/').replaceAll('%3A', ':');
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== '') query.append(name, value);
  // A colon and a slash are legal here and keep `case/call:123` and `open=call:123` readable.
  const tail = query.toString().replaceAll('%3A', ':').replaceAll('%2F', '/');
  return `#/${words}${tail ? `?${tail}` : ''}`;
}

export function parseOpened(value: string | undefined): Opened | null {
  const match = /^([a-z][a-z_-]*):(.+)$/.exec(value ?? '');
  return match?.[1] && match[2] ? { kind: match[1], id: match[2] } : null;
}

function decode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
