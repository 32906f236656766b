// The console over HTTP and a WebSocket, for a browser. Cookies carry the session; the token against forged requests
// comes with the session's answer and goes back in a header.
import {
  ApiError,
  Listeners,
  toApiError,
  type Backend,
  type Change,
  type CommandName,
  type Commands,
  type StreamState,
  type FileToSave,
  type FirstAdministrator,
  type Look,
  type Session,
} from './backend';
import { reconnectDelay } from './backoff';

/** What the transport needs of the browser; tests bring their own. */
export interface WebPorts {
  fetch: typeof fetch;
  openSocket(address: string): WebSocket;
  after(ms: number, run: () => void): void;
  random(): number;
  origin: string;
}

const browserPorts = (): WebPorts => ({
  fetch: (input, init) => fetch(input, init),
  openSocket: (address) => new WebSocket(address),
  after: (ms, run) => void setTimeout(run, ms),
  random: Math.random,
  origin: location.origin,
});

/** How long an address is waited for (behaviour/helpdesk 6). */
const LOOK_MS = 3000;

export class WebBackend implements Backend {
  readonly features = { window: false, signIn: true };
  private csrf = '';
  private readonly changes = new Listeners<Change>();
  private readonly connections = new Listeners<StreamState>();
  private connection: StreamState = 'connecting';
  private socket: WebSocket | null = null;
  /** Failed attempts since the last good connection. */
  private attempts = 0;
  /** A stream was open before: the next one begins with a gap. */
  private hadStream = false;
  private wanted = false;

  constructor(private readonly ports: WebPorts = browserPorts()) {}

  call<N extends CommandName>(name: N, request: Commands[N]['request']): Promise<Commands[N]['response']> {
    return this.post(`call/${name}`, request);
  }

  async session(): Promise<Session> {
    const session = await this.read<Session>(
      await this.send('session', { method: 'GET', headers: { accept: 'application/json' } }),
    );
    this.csrf = session.csrf;
    if (session.me) this.listen();
    return session;
  }

  async signIn(login: string, password: string): Promise<void> {
    await this.post('sign-in', { login, password });
  }

  async signOut(): Promise<void> {
    await this.post('sign-out', {});
    this.wanted = false;
    this.hadStream = false;
    this.socket?.close();
  }

  async createFirstAdministrator(person: FirstAdministrator): Promise<void> {
    await this.post('first-run', person);
  }

  subscribe(listener: (change: Change) => void): () => void {
    return this.changes.add(listener);
  }

  watchConnection(listener: (state: StreamState) => void): () => void {
    listener(this.connection);
    return this.connections.add(listener);
  }

  async saveFile(file: FileToSave): Promise<void> {
    const bytes = Uint8Array.from(atob(file.content_base64), (letter) => letter.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: file.mime }));
    const link = document.createElement('a');
    link.href = address;
    link.download = file.name;
    link.click();
    // The browser has taken the bytes by the next turn of the loop.
    this.ports.after(0, () => URL.revokeObjectURL(address));
  }

  async openExternal(url: string): Promise<void> {
    window.open(url, '_blank', 'noopener,noreferrer');
  }

  async openWall(): Promise<void> {
    window.open('#/floor/wallboard', '_blank', 'noopener');
  }

  async look(url: string): Promise<Look> {
    const began = performance.now();
    try {
      // Opaque on purpose: the target allows no page to read it. That anything answered at all is what is asked for.
      const limit = AbortSignal.timeout(LOOK_MS);
      await this.ports.fetch(url, {
        method: 'HEAD',
        mode: 'no-cors',
        cache: 'no-store',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        signal: limit,
      });
      return { reached: true, time_ms: performance.now() - began, status: null, trouble: null };
    } catch (cause) {
      const late = cause instanceof DOMException && cause.name === 'TimeoutError';
      return { reached: false, time_ms: null, status: null, trouble: late ? 'timeout' : 'unreachable' };
    }
  }

  private async post<T>(path: string, body: unknown): Promise<T> {
    const answer = await this.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'X-Pult-Csrf': this.csrf },
      body: JSON.stringify(body),
    });
    return this.read<T>(answer);
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
    try {
      return await this.ports.fetch(`${this.ports.origin}/api/console/${path}`, {
        ...init,
        credentials: 'same-origin',
        cache: 'no-store',
      });
    } catch (cause) {
      throw new ApiError('unreachable', `${path}: ${String(cause)}`);
    }
  }

  private async read<T>(answer: Response): Promise<T> {
    const text = await answer.text();
    const body = parseJson(text);
    if (answer.ok && (body !== undefined || text === '')) return body as T;
    throw toApiError(body, answer.ok ? 'bad_answer' : `http_${answer.status}`, `HTTP ${answer.status} ${answer.url}`);
  }

  private listen(): void {
    this.wanted = true;
    if (this.socket) return;
    this.turn('connecting');
    const socket = this.ports.openSocket(`${this.ports.origin.replace(/^http/, 'ws')}/api/console/events`);
    this.socket = socket;
    socket.onopen = () => {
      this.attempts = 0;
      this.turn('connected');
      if (this.hadStream) this.changes.publish({ kind: 'resync' });
      this.hadStream = true;
    };
    socket.onmessage = (event) => {
      const change = parseJson(String(event.data));
      if (isChange(change)) this.changes.publish(change);
    };
    socket.onclose = () => {
      this.socket = null;
      if (!this.wanted) return this.turn('connecting');
      this.turn('lost');
      this.ports.after(reconnectDelay(this.attempts++, this.ports.random()), () => {
        if (this.wanted) this.listen();
      });
    };
  }

  private turn(state: StreamState): void {
    // While the first attempts fail in a row the page stays at "lost" instead of blinking between two states.
    if (state === 'connecting' && this.connection === 'lost') return;
    if (state === this.connection) return;
    this.connection = state;
    this.connections.publish(state);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a message from the stream is one we know; a newer server may send kinds an older page does not. */
export function isChange(value: unknown): value is Change {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (value.kind === 'resync') return true;
  return (
    value.kind === 'changed' &&
    'area' in value &&
    typeof value.area === 'string' &&
    'ids' in value &&
    Array.isArray(value.ids)
  );
}
