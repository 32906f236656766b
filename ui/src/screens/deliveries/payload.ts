// Reading what the engine keeps as JSON text: errors, verdicts, bodies. Pure; whatever is not understood is shown as it is.

export interface ToldError {
  /** The code, or the field at fault. */
  code: string;
  detail: string;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const asText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : String(value);

/** The errors of a record or a call: a code with its detail, a field with its reason, or one line for each refused row. */
export function readErrors(text: string | null): ToldError[] {
  if (text === null || text === '') return [];
  const value = parse(text);
  const one = (item: unknown): ToldError => {
    if (!isObject(item)) return { code: '', detail: asText(item) };
    if ('error' in item && 'index' in item) return { code: `#${Number(item.index) + 1}`, detail: asText(item.error) };
    if ('error' in item) return { code: asText(item.error), detail: asText(item.detail ?? item.reason) };
    if ('field' in item) return { code: asText(item.field), detail: asText(item.reason) };
    return { code: '', detail: JSON.stringify(item) };
  };
  if (value === undefined) return [{ code: '', detail: text }];
  return Array.isArray(value) ? value.map(one) : [one(value)];
}

export type Verdict = { kind: 'signature' | 'key'; client: string } | { kind: 'address' | 'local' | 'unknown' };

/** Why a record counts as genuine. */
export function readVerdict(text: string): Verdict {
  const value = parse(text);
  const by = isObject(value) ? value.by : undefined;
  if (by === 'signature' || by === 'key') {
    return { kind: by, client: asText(isObject(value) ? value.client : '') };
  }
  return { kind: by === 'address' || by === 'local' ? by : 'unknown' };
}

/** A body as JSON when it is one, else as text. */
export function readBody(text: string): { json: unknown } | { text: string } {
  if (!/^\s*[[{]/.test(text)) return { text };
  const json = parse(text);
  return json === undefined ? { text } : { json };
}

/** The kinds of change of a decision, in order. */
export function changeKinds(changes: unknown): string[] {
  const list = Array.isArray(changes) ? changes : isObject(changes) ? [changes] : [];
  return list.flatMap((change) => (isObject(change) && typeof change.change === 'string' ? [change.change] : []));
}

/** The request line as it stood on the wire, without the host. */
export function requestLine(request: { method: string; path: string; query: [string, string][] }): string {
  const query = request.query.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&');
  return `${request.method} ${request.path}${query ? `?${query}` : ''}`;
}
