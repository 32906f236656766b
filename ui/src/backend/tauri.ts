// The console inside the desktop window: requests go to the engine in the same process. The only file that imports
// Tauri. Not here: retries and reconnects, since the engine cannot be further away than the process.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import {
  Listeners,
  toApiError,
  type Backend,
  type Change,
  type CommandName,
  type Commands,
  type StreamState,
  type FileToSave,
  type FirstAdministrator,
  type Session,
} from './backend';
import { isChange } from './web';

export class TauriBackend implements Backend {
  readonly features = { window: true, signIn: false };
  private readonly changes = new Listeners<Change>();
  private readonly connections = new Listeners<StreamState>();
  private connection: StreamState = 'connecting';

  constructor() {
    void listen('pult://change', (event) => {
      if (isChange(event.payload)) this.changes.publish(event.payload);
    }).then(() => {
      this.connection = 'connected';
      this.connections.publish('connected');
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

  saveFile(file: FileToSave): Promise<void> {
    return ask('save_file', { file });
  }

  openExternal(url: string): Promise<void> {
    return ask('open_external', { url });
  }
}

async function ask<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (cause) {
    throw toApiError(cause, 'window', typeof cause === 'string' ? cause : `${command} failed`);
  }
}
