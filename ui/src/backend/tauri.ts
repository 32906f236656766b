// The console inside the desktop window: requests go to the window's process, which has the engine inside or a server's
// engine behind it. The only file that imports Tauri. Not here: retries and reconnects, which are the process's own.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import {
  Listeners,
  toApiError,
  type Backend,
  type Change,
  type CommandName,
  type Commands,
  type Features,
  type StreamState,
  type FileToSave,
  type FirstAdministrator,
  type Look,
  type Session,
  type WallWindow,
} from './backend';
import type { Language } from '../i18n/locale';
import { isChange } from './web';

/** Whether news comes to the window's process, in its words. */
type Reach = 'connecting' | 'connected' | 'lost' | 'signed_out';

/** Where the page is. */
interface Place {
  /** The server behind the window; null when the engine is inside. */
  server: string | null;
  reach: Reach;
  /** Of tray, toasts and dialogs. */
  language: Language;
  /** What did not start as it should, in sentences for the person. */
  notes: string[];
  /** The page is the wallboard in its own window. */
  wall: boolean;
}

export class TauriBackend implements Backend {
  readonly features: Features;
  readonly language: Language;
  readonly notes: readonly string[];
  readonly wall?: WallWindow;
  private readonly changes = new Listeners<Change>();
  private readonly connections = new Listeners<StreamState>();
  private connection: StreamState;

  /** Asks the window where the page is, then listens. */
  static async open(): Promise<TauriBackend> {
    const backend = new TauriBackend(await ask<Place>('place'));
    await backend.listen();
    return backend;
  }

  private constructor(place: Place) {
    this.features = { window: true, signIn: place.server !== null };
    this.language = place.language;
    // The console tells them; a wall is no place to read them from.
    this.notes = place.wall ? [] : place.notes;
    if (place.wall) this.wall = { leave: () => ask('leave_wall'), fill: () => ask('fill_wall') };
    this.connection = streamState(place.reach);
  }

  private async listen(): Promise<void> {
    await listen('pult://change', (event) => {
      if (isChange(event.payload)) this.changes.publish(event.payload);
    });
    await listen<Reach>('pult://reach', (event) => {
      this.connection = streamState(event.payload);
      this.connections.publish(this.connection);
    });
  }

  call<N extends CommandName>(name: N, request: Commands[N]['request']): Promise<Commands[N]['response']> {
    return ask('console', { name, request });
  }

  session(): Promise<Session> {
    return ask('session');
  }

  signIn(login: string, password: string): Promise<void> {
    return ask('sign_in', { login, password });
  }

  signOut(): Promise<void> {
    return ask('sign_out');
  }

  createFirstAdministrator(person: FirstAdministrator): Promise<void> {
    return ask('first_run', { ...person });
  }

  subscribe(listener: (change: Change) => void): () => void {
    return this.changes.add(listener);
  }

  watchConnection(listener: (state: StreamState) => void): () => void {
    listener(this.connection);
    return this.connections.add(listener);
  }

  watchWanted(listener: (address: string) => void): () => void {
    const follow = async () => {
      const address = await ask<string | null>('wanted');
      if (address !== null) listener(address);
    };
    // Whoever pressed before the page listened is found by asking once it does.
    const listening = listen('pult://wanted', () => void follow());
    void listening.then(follow);
    return () => void listening.then((stop) => stop());
  }

  saveFile(file: FileToSave): Promise<void> {
    return ask('save_file', { file });
  }

  openExternal(url: string): Promise<void> {
    return ask('open_external', { url });
  }

  openWall(): Promise<void> {
    return ask('open_wall');
  }

  look(url: string): Promise<Look> {
    return ask('look', { url });
  }

  speak(language: string): Promise<void> {
    return ask('speak', { language });
  }
}

/** A stream nobody is signed in for has not begun yet. */
function streamState(reach: Reach): StreamState {
  return reach === 'signed_out' ? 'connecting' : reach;
}

async function ask<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (cause) {
    throw toApiError(cause, 'window', typeof cause === 'string' ? cause : `${command} failed`);
  }
}
