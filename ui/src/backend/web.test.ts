import { beforeEach, expect, test, vi } from 'vitest';
import { ApiError, type Change, type StreamState } from './backend';
import { reconnectDelay } from './backoff';
import { WebBackend } from './web';

class Socket {
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  constructor(readonly address: string) {}
  close() {
    this.onclose?.();
  }
}

let sockets: Socket[];
let waits: { ms: number; run: () => void }[];
let answers: Response[];
let requests: { address: string; init: RequestInit }[];

const me = {
  login: 'a',
  full_name: 'A',
  rights: { role: 'admin', grants: [], teams: [] },
  has_account: true,
  checked_offline: false,
  ask_again_at: null,
};
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

function open() {
  return new WebBackend({
    fetch: async (input, init) => {
      requests.push({ address: String(input), init: init ?? {} });
      const answer = answers.shift();
      if (!answer) throw new TypeError('refused');
      return answer;
    },
    openSocket: (address) => {
      const socket = new Socket(address);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    after: (ms, run) => waits.push({ ms, run }),
    random: () => 0.5,
    origin: 'https://pult.example.com',
  });
}

async function signedIn() {
  answers.push(json({ csrf: 'token', me, setup_needed: false, version: '1' }));
  const backend = open();
  await backend.session();
  return backend;
}

beforeEach(() => {
  sockets = [];
  waits = [];
  answers = [];
  requests = [];
});

test('a command goes to its address with the token of the session', async () => {
  const backend = await signedIn();
  answers.push(json({ agencies: [] }));
  await expect(backend.call('agencies.search', { text: 'море', limit: 5 })).resolves.toEqual({ agencies: [] });
  const [, sent] = requests;
  expect(sent?.address).toBe('https://pult.example.com/api/console/call/agencies.search');
  expect(sent?.init.method).toBe('POST');
  expect(sent?.init.body).toBe('{"text":"море","limit":5}');
  expect(sent?.init.credentials).toBe('same-origin');
  expect((sent?.init.headers as Record<string, string>)['X-Pult-Csrf']).toBe('token');
});

async function failure(answer?: Response): Promise<ApiError> {
  const backend = open();
  if (answer) answers.push(answer);
  return backend.call('agencies.search', { text: 'море', limit: 5 }).then(
    () => Promise.reject(new Error('the call succeeded')),
    (cause: ApiError) => cause,
  );
}

test('an error body becomes an ApiError with its field and pause', async () => {
  const body = { error: { code: 'bad_field', field: 'date', message: 'no such day', retry_after_ms: 1500 } };
  expect(await failure(json(body, 422))).toMatchObject({
    code: 'bad_field',
    field: 'date',
    message: 'no such day',
    retryAfterMs: 1500,
  });
});

test('an HTML answer of a proxy is told by its status', async () => {
  expect((await failure(new Response('<html>', { status: 502 }))).code).toBe('http_502');
  expect((await failure(new Response('<html>', { status: 200 }))).code).toBe('bad_answer');
});

test('no network is "unreachable"', async () => expect((await failure()).code).toBe('unreachable'));

test('the stream starts with a person and reports changes', async () => {
  const backend = await signedIn();
  const heard: Change[] = [];
  backend.subscribe((change) => heard.push(change));
  expect(sockets[0]?.address).toBe('wss://pult.example.com/api/console/events');
  sockets[0]?.onopen?.();
  const change = { kind: 'changed', rev: 7, area: 'calls', ids: [1] };
  sockets[0]?.onmessage?.({ data: JSON.stringify(change) });
  sockets[0]?.onmessage?.({ data: 'not json' });
  sockets[0]?.onmessage?.({ data: '{"kind":"newer"}' });
  expect(heard).toEqual([change]);
});

test('after a gap everything is read again, and attempts step back', async () => {
  const backend = await signedIn();
  const heard: Change[] = [];
  const states: StreamState[] = [];
  backend.subscribe((change) => heard.push(change));
  backend.watchConnection((state) => states.push(state));
  sockets[0]?.onopen?.();
  sockets[0]?.onclose?.();
  expect(waits.map((wait) => wait.ms)).toEqual([375]);
  waits[0]?.run();
  sockets[1]?.onclose?.();
  expect(waits[1]?.ms).toBe(750);
  waits[1]?.run();
  expect(heard).toEqual([]);
  sockets[2]?.onopen?.();
  expect(heard).toEqual([{ kind: 'resync' }]);
  expect(states).toEqual(['connecting', 'connected', 'lost', 'connected']);
});

test('after signing out the stream ends and is not opened again', async () => {
  const backend = await signedIn();
  sockets[0]?.onopen?.();
  answers.push(json({}));
  await backend.signOut();
  expect(waits).toEqual([]);
  expect(sockets).toHaveLength(1);
});

test('nobody signed in: no stream', async () => {
  answers.push(json({ csrf: 't', me: null, setup_needed: false, version: '1' }));
  await open().session();
  expect(sockets).toEqual([]);
});

test('the delay doubles up to half a minute and half of it is random', () => {
  expect([0, 1, 2, 20].map((attempt) => reconnectDelay(attempt, 1))).toEqual([500, 1000, 2000, 30_000]);
  expect(reconnectDelay(20, 0)).toBe(15_000);
});

test('a saved file keeps its bytes and its name', async () => {
  const made: Blob[] = [];
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    expect(this.download).toBe('calls.csv');
  });
  URL.createObjectURL = (blob) => {
    made.push(blob as Blob);
    return 'blob:1';
  };
  await open().saveFile({ name: 'calls.csv', mime: 'text/csv', content_base64: btoa('a,b') });
  expect(click).toHaveBeenCalledOnce();
  expect(made[0]?.size).toBe(3);
});
