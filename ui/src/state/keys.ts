// Which key was meant. Letters go by their place on the keyboard: with a Russian layout `g` types "п", and a shortcut
// must not depend on the layout. Pure.

export interface KeyPress {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** `ctrl+k`, `g`, `?`, `/`, `escape`; null for a key that cannot be a shortcut. */
export function nameOf(press: KeyPress): string | null {
  const control = press.ctrlKey || press.metaKey;
  if (press.altKey) return null;
  if (press.key === 'Escape') return 'escape';
  if (press.key === '?' || (press.code === 'Slash' && press.shiftKey)) return '?';
  if (press.key === '/' || press.code === 'Slash') return control ? 'ctrl+/' : '/';
  const letter = /^Key([A-Z])$/.exec(press.code)?.[1]?.toLowerCase();
  if (!letter || press.shiftKey) return null;
  return control ? `ctrl+${letter}` : letter;
}

/** Whether keys typed into this element belong to its text. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'range', 'button', 'submit'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
