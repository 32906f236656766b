// What the page may ask of the engine, whichever way the requests travel. Screens know this file and nothing of HTTP,
// sockets or the window. Not here: how answers are kept fresh on screen (`state/live.svelte.ts`).
import type { CommandName, Commands, ExportFile, Session } from '../bindings/commands';

export type { CommandName, Commands, Session };

/** Something was committed: read it again if it is on screen. `resync` follows a gap: read everything again. */
export type Change = { kind: 'changed'; rev: number; area: string; ids: number[] } | { kind: 'resync' };

export type Connection = 'connected' | 'connecting' | 'lost';

export type FileToSave = ExportFile;

/** A refusal or a failure, as the engine words it. The page switches on `code`; `message` is the technical detail. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** The request's field at fault, for forms. */
    readonly field?: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export interface FirstAdministrator {
  /** The set-up code from the server's log. */
  code: string;
  login: string;
  full_name: string;
  password: string;
}

export interface Features {
  /** The page lives in the desktop window: files and links go through the system. */
  window: boolean;
  /** People sign in with a login and a password. */
  signIn: boolean;
}

export interface Backend {
  readonly features: Features;
  call<N extends CommandName>(name: N, request: Commands[N]['request']): Promise<Commands[N]['response']>;
  session(): Promise<Session>;
  signIn(login: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  createFirstAdministrator(person: FirstAdministrator): Promise<void>;
  /** Calls back on every change until the returned function is called. */
  subscribe(listener: (change: Change) => void): () => void;
  /** Calls back at once with the present state of the stream of changes, then whenever it turns. */
  watchConnection(listener: (state: Connection) => void): () => void;
  saveFile(file: FileToSave): Promise<void>;
  openExternal(url: string): Promise<void>;
}

/** A list of listeners: both transports and the fake publish through it. */
export class Listeners<T> {
  private readonly all = new Set<(value: T) => void>();

  add(listener: (value: T) => void): () => void {
    this.all.add(listener);
    return () => this.all.delete(listener);
  }

  publish(value: T): void {
    for (const listener of [...this.all]) listener(value);
  }
}

/** Reads an error body of any origin; what does not look like ours becomes `fallback`. */
export function toApiError(body: unknown, fallback: string, detail: string): ApiError {
  const holder = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
  if (typeof holder === 'object' && holder !== null && 'code' in holder && typeof holder.code === 'string') {
    const { code, message, field, retry_after_ms } = holder as Record<string, unknown>;
    return new ApiError(
      code as string,
      typeof message === 'string' ? message : detail,
      typeof field === 'string' ? field : undefined,
      typeof retry_after_ms === 'number' ? retry_after_ms : undefined,
    );
  }
  return new ApiError(fallback, detail);
}
