// Where a JSON text stops being one, whatever the browser calls it. Pure.

export interface JsonFault {
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|$)/y;

/** The first place where a text cannot be JSON, or null. */
export function jsonFault(text: string): JsonFault | null {
  const open: ('{' | '[')[] = [];
  // What may come next: a value, a name, a colon, or what follows a value. The end of a list or table may come instead where it is empty.
  let next: 'value' | 'name' | 'colon' | 'after' = 'value';
  let empty = false;
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    if (!token) return placeOf(text, from + (/^[ \t\r\n]*/.exec(text.slice(from))?.[0].length ?? 0));
    const [whole, mark, string, plain] = token;
    const inside = open.at(-1);
    const here = TOKEN.lastIndex - whole.trimStart().length;
    const wrong = () => placeOf(text, here);
    if (mark === undefined && string === undefined && plain === undefined) {
      return next === 'after' && open.length === 0 ? null : wrong();
    }
    const wasEmpty = empty;
    empty = false;
    if (next === 'colon') {
      if (mark !== ':') return wrong();
      next = 'value';
    } else if (next === 'after') {
      if (mark === ',' && inside) next = inside === '{' ? 'name' : 'value';
      else if ((mark === '}' && inside === '{') || (mark === ']' && inside === '[')) open.pop();
      else return wrong();
    } else if (wasEmpty && ((mark === '}' && inside === '{') || (mark === ']' && inside === '['))) {
      open.pop();
      next = 'after';
    } else if (next === 'name') {
      if (string === undefined) return wrong();
      next = 'colon';
    } else if (mark === '{' || mark === '[') {
      open.push(mark);
      empty = true;
      next = mark === '{' ? 'name' : 'value';
    } else if (mark === undefined) {
      next = 'after';
    } else {
      return wrong();
    }
  }
}

function placeOf(text: string, at: number): JsonFault {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The same text, aligned; as it is where it is no JSON. */
export function aligned(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
