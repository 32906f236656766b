// A real pultd on a folder of its own, with an account, for one test file. What a test looks at is not here.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = process.env.PULT_TEST_PULTD;
export const account = { login: 'chief', password: 'correct horse battery' };
export const keys = { telephony: 'telephony-key-of-the-test', feed: 'feed-key-of-the-test' };

/** Starts the server and waits until it says where it listens. */
export async function openHouse() {
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
    ].join('\n'),
  );
  const run = (args, input) => {
    const done = spawnSync(program, ['--config', config, ...args], { input, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${args.join(' ')}: ${done.stderr}`);
  };
  run(['secret', 'set', 'telephony.client.test'], keys.telephony);
  run(['secret', 'set', 'cc.api_key'], keys.feed);
  run(['user', 'add', account.login, '--role', 'admin', '--name', 'Анна Крылова', '--password-stdin'], account.password);
  const server = spawn(program, ['--config', config, 'serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const addresses = await new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      const found = /console (http:\/\/[\d.:]+)\/ui\/, hooks (http:\/\/[\d.:]+)\//.exec(line);
      if (found) resolve({ console: found[1], hooks: found[2] });
    });
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return {
    ...addresses,
    ring: (ani, curator, type = 'newcall') =>
      fetch(
        `${addresses.hooks}/contact-center/vilnius/tel/?${new URLSearchParams({ type, ani, curator_id: curator, key: keys.telephony })}`,
        { redirect: 'manual' },
      ),
    async close() {
      server.kill('SIGTERM');
      await new Promise((done) => (server.exitCode === null ? server.once('exit', done) : done()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
