// What the page may ask of the engine, whichever way the requests travel. Screens know this file and nothing of HTTP,
// sockets or the window. Not here: how answers are kept fresh on screen (`state/live.svelte.ts`).
import type { Change } from '../bindings/Change';
import type { CommandName, Commands } from '../bindings/commands';
import type { File } from '../bindings/File';
import type { Session } from '../bindings/Session';
import type { ShapeFault } from '../bindings/ShapeFault';
import type { Language } from '../i18n/locale';
import type { FailureCode, Features, FirstAdministrator, Look, StreamState } from './types';

export type { Change, CommandName, Commands, Features, FirstAdministrator, Look, Session, StreamState };

export type FileToSave = File;

/** A refusal or a failure, as the engine words it. The page switches on `code`; `message` is the technical detail. */
export class ApiError extends Error {
  constructor(
    readonly code: FailureCode,
    message: string,
    /** The request's field at fault, for forms. */
    readonly field?: string,
    readonly retryAfterMs?: number,
    /** How many more tries a wrong password of another system leaves. */
    readonly triesLeft?: number,
    /** What is wrong with the shape of a setting that is a menu or a form. */
    readonly shape?: ShapeFault,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** The window of its own that the page fills as the wallboard. */
export interface WallWindow {
  /** Closes it. */
  leave(): Promise<void>;
  /** Fills the monitor, or gives the rest of it back. */
  fill(): Promise<void>;
}

export interface Backend {
  readonly features: Features;
  /** Present where the page is the wallboard in its own window: it reads the floor there and does nothing else. */
  readonly wall?: WallWindow;
  /** The language of what speaks beside the page: its own where the person has chosen none. Absent where nothing does. */
  readonly language?: Language;
  /** What did not start as it should, in sentences for the person; absent where that is not known. */
  readonly notes?: readonly string[];
  call<N extends CommandName>(name: N, request: Commands[N]['request']): Promise<Commands[N]['response']>;
  session(): Promise<Session>;
  signIn(login: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  createFirstAdministrator(person: FirstAdministrator): Promise<void>;
  /** Calls back on every change until the returned function is called. */
  subscribe(listener: (change: Change) => void): () => void;
  /** Calls back at once with the present state of the stream of changes, then whenever it turns. */
  watchConnection(listener: (state: StreamState) => void): () => void;
  saveFile(file: FileToSave): Promise<void>;
  openExternal(url: string): Promise<void>;
  /** Shows the wallboard beside the page: in a window of its own, in a browser in a tab. */
  openWall(): Promise<void>;
  /** Tries an https address from this workstation, 3 s at most. Fails never: that nothing answered is an answer. */
  look(url: string): Promise<Look>;
  /** Calls back with each address that somebody wants to see who pressed something beside the page, also before the page was there;
   *  absent where nothing leads here but links. */
  watchWanted?(listener: (address: string) => void): () => void;
  /** Tells the language of the page to what speaks beside it; absent where nothing does. */
  speak?(language: string): Promise<void>;
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
export function toApiError(body: unknown, fallback: FailureCode, detail: string): ApiError {
  const holder = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
  if (typeof holder === 'object' && holder !== null && 'code' in holder && typeof holder.code === 'string') {
    const { code, message, field, retry_after_ms, tries_left, shape } = holder as Record<string, unknown>;
    return new ApiError(
      // A newer server may know codes this page does not: they share the text of the unknown ones.
      code as FailureCode,
      typeof message === 'string' ? message : detail,
      typeof field === 'string' ? field : undefined,
      typeof retry_after_ms === 'number' ? retry_after_ms : undefined,
      typeof tries_left === 'number' ? tries_left : undefined,
      typeof shape === 'object' && shape !== null ? (shape as ShapeFault) : undefined,
    );
  }
  return new ApiError(fallback, detail);
}
