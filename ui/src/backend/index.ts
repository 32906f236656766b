// Picks the transport once, at start, and hands it to everyone who asks.
import type { Backend } from './backend';

export * from './backend';

let chosen: Backend | null = null;

/** The transport for where the page is running. The window's code is loaded only inside the window. */
export async function pickBackend(): Promise<Backend> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).TauriBackend.open();
  return new (await import('./web')).WebBackend();
}

export function useBackend(backend: Backend): void {
  chosen = backend;
}

export function backend(): Backend {
  if (!chosen) throw new Error('the console was started without a backend');
  return chosen;
}
