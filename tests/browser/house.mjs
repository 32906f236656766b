// A real pultd on a folder of its own, with an account and what it is to talk with, for one test file. What a test looks at is not here.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

const program = process.env.PULT_TEST_PULTD;
const simulators = process.env.PULT_TEST_SIMULATORS;
export const account = { login: 'chief', password: 'correct horse battery' };
export const keys = { telephony: 'telephony-key-of-the-test', feed: 'feed-key-of-the-test' };

/** A line that a program says, by what it is to look like. */
function said(child, pattern, name) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = pattern.exec(line);
      if (found) resolve(found.slice(1));
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
}

async function end(child) {
  child.kill('SIGTERM');
  await new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done()));
}

/** A simulated vendor: where it listens, where it is steered when `steered` says how it tells that, and its end. */
export async function openVendor(args, secrets, pattern, steered) {
  if (!simulators) throw new Error('PULT_TEST_SIMULATORS names no program: run `cargo xtask test --only browser`');
  const child = spawn(simulators, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...secrets } });
  const [[base], [control]] = await Promise.all(
    [pattern, steered].map((each) => (each ? said(child, each, args[0]) : [])),
  );
  return { base, control, close: () => end(child) };
}

/**
 * Starts the server and waits until it says where it listens. `config` are further lines of its file, `secrets` what it needs for them,
 * `prepare` gets the program's commands before it serves, and `clock` is the instant at which its clock is stopped.
 */
export async function openHouse({ config: lines = [], secrets = {}, prepare = () => {}, clock } = {}) {
  if (!program) throw new Error('PULT_TEST_PULTD names no program: run `cargo xtask test --only browser`');
  const folder = mkdtempSync(join(tmpdir(), 'pult-browser-'));
  const config = join(folder, 'pult.toml');
  writeFileSync(
    config,
    [
      '[console]\nbind = "127.0.0.1:0"',
      '[hooks]\nbind = "127.0.0.1:0"',
      `[storage]\ndata_dir = ${JSON.stringify(join(folder, 'data'))}`,
      '[integrations.telephony]\nenabled = true\nclients = ["test"]',
      '[integrations.call_feed]\nenabled = true',
      ...lines,
    ].join('\n'),
  );
  const run = (args, input) => {
    const done = spawnSync(program, ['--config', config, ...args], { input, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${args.join(' ')}: ${done.stderr}`);
  };
  run(['secret', 'set', 'telephony.client.test'], keys.telephony);
  run(['secret', 'set', 'cc.api_key'], keys.feed);
  run(['user', 'add', account.login, '--role', 'admin', '--name', 'Анна Крылова', '--password-stdin'], account.password);
  for (const [name, value] of Object.entries(secrets)) run(['secret', 'set', name], value);
  prepare(run, folder);
  const held = clock ? ['--hand-clock', clock] : [];
  const server = spawn(program, ['--config', config, 'serve', ...held], { stdio: ['ignore', 'pipe', 'inherit'] });
  const listening = /console (http:\/\/[\d.:]+)\/ui\/, hooks (http:\/\/[\d.:]+)\//;
  const [ui, hooks] = await said(server, listening, 'the server');
  return {
    console: ui,
    hooks,
    ring: (ani, curator, type = 'newcall') =>
      fetch(
        `${hooks}/contact-center/vilnius/tel/?${new URLSearchParams({ type, ani, curator_id: curator, key: keys.telephony })}`,
        { redirect: 'manual' },
      ),
    /** Turns the stopped clock. */
    turn: (now) =>
      new Promise((resolve, reject) => {
        const socket = createConnection(join(folder, 'data', 'control.sock'));
        socket.once('error', reject);
        createInterface({ input: socket }).once('line', (line) => {
          socket.end();
          if (line.includes('"ok"')) resolve();
          else reject(new Error(line));
        });
        socket.write(`${JSON.stringify({ command: 'clock.set', request: { now } })}\n`);
      }),
    async close() {
      await end(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
