// What a key means inside a table. Pure: the table carries it out.

export type TableAct =
  | { act: 'move'; to: number; extend: boolean }
  | { act: 'mark' }
  | { act: 'mark-all' }
  | { act: 'open' }
  | { act: 'copy' };

export interface TableKey {
  key: string;
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** `active` is -1 when no row is; `page` is how many rows fit in view. */
export function tableAct(press: TableKey, active: number, count: number, page: number): TableAct | null {
  if (press.altKey || count === 0) return null;
  const control = press.ctrlKey || press.metaKey;
  const move = (to: number): TableAct => ({
    act: 'move',
    to: Math.min(count - 1, Math.max(0, to)),
    extend: press.shiftKey,
  });
  if (control) {
    if (press.code === 'KeyC') return { act: 'copy' };
    if (press.code === 'KeyA') return { act: 'mark-all' };
    if (press.key === 'Home') return move(0);
    if (press.key === 'End') return move(count - 1);
    return null;
  }
  switch (press.key) {
    case 'ArrowDown':
      return move(active + 1);
    case 'ArrowUp':
      return move(active - 1);
    case 'PageDown':
      return move(active + page);
    case 'PageUp':
      return move(active - page);
    case 'Home':
      return move(0);
    case 'End':
      return move(count - 1);
    case ' ':
      return { act: 'mark' };
    case 'Enter':
      return { act: 'open' };
  }
  if (press.shiftKey) return null;
  if (press.code === 'KeyJ') return move(active + 1);
  if (press.code === 'KeyK') return move(active - 1);
  return null;
}
