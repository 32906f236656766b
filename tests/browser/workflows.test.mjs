// The three daily workflows, walked press by press: each may take so many presses and no more. The systems behind them are simulated
// ones over real HTTP. A toast itself is the desktop's and not here: the press on it and on its notice lead to the same place.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { openBrowser, openPage, signIn } from './browser.mjs';
import { openHouse, openVendor } from './house.mjs';
import { key, openTracker } from './tracker.mjs';

const PATIENCE = 30_000;
let browser;

before(async () => {
  browser = await openBrowser();
});

after(() => browser?.close());

/** A person's hand: counts what it does. A text that is pasted belongs to the press that opened its field. */
function handOf(page) {
  let presses = 0;
  return {
    async click(target) {
      presses += 1;
      await target.click();
    },
    async press(keys, text) {
      presses += 1;
      await page.keyboard.press(keys);
      if (text) await page.keyboard.insertText(text);
    },
    get presses() {
      return presses;
    },
  };
}

/** Asks the engine as the page does, with the page's own session. */
async function askerOf(context, house) {
  const { csrf } = await (await context.request.get(`${house.console}/api/console/session`)).json();
  return async (command, data) => {
    const answer = await context.request.post(`${house.console}/api/console/call/${command}`, {
      headers: { 'X-Pult-Csrf': csrf },
      data,
    });
    assert.equal(answer.status(), 200, `${command}: ${await answer.text()}`);
    return answer.json();
  };
}

async function until(found) {
  const end = Date.now() + PATIENCE;
  for await (const _ of setInterval(50)) {
    const answer = await found();
    if (answer) return answer;
    assert.ok(Date.now() < end, 'it does not come');
  }
}

test('what happened to my request: two presses to the answer, four to an act', async () => {
  const tracker = await openTracker();
  const { house } = tracker;
  try {
    const issue = await tracker.write({ subject: 'Не печатает принтер на ресепшене' });
    const { context, page, faults } = await openPage(browser);
    await signIn(page, house);
    await page.getByRole('navigation').first().waitFor();
    const ask = await askerOf(context, house);
    await until(async () => (await ask('cases.find', { text: `#${issue.id}` })).found.length > 0);
    const account = await ask('tickets.connect', { key: key('sup1') });
    const issueOf = async (id) => (await (await tracker.call(`/issues/${id}.json`)).json()).issue;
    assert.equal((await issueOf(issue.id)).assigned_to, undefined);

    const hand = handOf(page);
    await hand.press('Control+k', `#${issue.id}`);
    await page.getByRole('option', { name: /Не печатает принтер/ }).first().waitFor();
    await hand.press('Enter');
    await page.getByText('Не печатает принтер на ресепшене').first().waitFor();
    assert.equal(hand.presses, 2);
    await hand.click(page.getByRole('link', { name: /Не печатает принтер/ }).first());
    const panel = page.getByRole('complementary');
    await panel.getByText('Не печатает принтер на ресепшене').first().waitFor();
    assert.equal(hand.presses, 3);
    await hand.click(panel.getByRole('button', { name: 'Взять себе' }));
    assert.equal(hand.presses, 4);
    await until(async () => (await issueOf(issue.id)).assigned_to?.id === account.id);
    await page.getByText(/теперь ваша/).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  } finally {
    await tracker.close();
  }
});

test('who needs me: no press when all is well, one to take an incident on; a stuck group goes out again in three', async () => {
  const gate = await openVendor(
    ['agencies'],
    { PULT_SIM_AGENCY_LOGIN: 'desk', PULT_SIM_AGENCY_PASSWORD: 'gate-password-of-the-test' },
    /^agencies (http:\/\/\S+)/,
  );
  const fault = async (of) => {
    const answer = await fetch(new URL('/_sim/fault', gate.base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fault: of }),
    });
    assert.equal(answer.status, 204);
  };
  let phones = [];
  const house = await openHouse({
    clock: '2026-03-10T12:00:00Z',
    config: [
      `[integrations.agencies]\nenabled = true\nbase = ${JSON.stringify(gate.base)}\nlogin = "desk"`,
      '[lanes]\nbackoff_base_ms = 10\nbackoff_max_s = 1\nbreaker_failures = 100\ngive_up_hours = 1',
    ],
    secrets: { 'agencies.password': 'gate-password-of-the-test' },
    prepare(run, folder) {
      const written = spawnSync(process.env.PULT_TEST_SIMULATORS, ['export-demo', folder, '--days', '1']);
      assert.equal(written.status, 0, String(written.stderr));
      const file = join(folder, 'agency_phone.csv');
      run(['import', 'agency-phones', file]);
      const [head, ...rows] = readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split(/[;,]/));
      const [agency, phone] = ['AGENCY_ID', 'AGENCY_PHONE'].map((name) => head.indexOf(name));
      // Of three agencies: look-ups of one would be one call.
      phones = [...new Map(rows.map((row) => [row[agency], row[phone]])).values()].slice(2, 5);
    },
  });
  try {
    const { context, page, faults } = await openPage(browser);
    await signIn(page, house);
    await page.getByText('Всё в порядке').first().waitFor();
    const ask = await askerOf(context, house);
    const calls = async () => (await ask('deliveries.effects', { filter: {}, limit: 50 })).rows;

    // The look-ups of three callers fail until they are given up.
    await fault({ kind: 'server_error' });
    for (const [n, phone] of phones.entries()) await house.ring(`+${phone.replace(/\D/g, '')}`, `o${n}`);
    await until(async () => {
      const rows = await calls();
      return rows.length === 3 && rows.every((row) => row.attempts > 0);
    });
    await house.turn('2026-03-10T12:20:00Z');
    const all = async (state) => (await calls()).every((row) => row.state === state);
    await until(() => all('expired'));
    await ask('deliveries.retry', { ids: (await calls()).map((row) => row.id) });
    await until(() => all('queued'));
    await house.turn('2026-03-10T14:20:00Z');
    await until(() => all('dead'));

    await page.getByRole('button', { name: 'Взять на себя' }).waitFor();
    const start = handOf(page);
    await start.click(page.getByRole('button', { name: 'Взять на себя' }));
    await page.getByRole('button', { name: 'Отпустить' }).waitFor();
    assert.equal(start.presses, 1);

    await fault(null);
    const stuck = handOf(page);
    await stuck.click(page.getByRole('button', { name: /не уш/ }).first());
    const panel = page.getByRole('complementary');
    await panel.getByText('Что уйдёт снова').waitFor();
    assert.equal(stuck.presses, 1);
    await stuck.click(panel.getByRole('button', { name: 'Отправить снова все' }));
    await stuck.click(page.getByRole('dialog').getByRole('button', { name: /^Отправить снова 3/ }));
    assert.equal(stuck.presses, 3);
    await until(() => all('done'));
    await page.getByText('Всё в порядке').first().waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  } finally {
    await house.close();
    await gate.close();
  }
});

test('who needs me: three presses make an operator who stays away ready', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pult-floor-'));
  const authority = join(folder, 'authority.pem');
  const platform = await openVendor(
    ['finesse', '--still', '--teams', '1', '--team-size', '3', '--ca-file', authority],
    { PULT_SIM_FINESSE_PASSWORD: 'floor-password-of-the-test' },
    /^finesse a: (https:\/\/\S+)/,
    /^finesse: control (http:\/\/[\d.:]+)/,
  );
  const house = await openHouse({
    config: [
      `[integrations.finesse]\nenabled = true\nurl = ${JSON.stringify(platform.base)}\nlogin = "70490"\nca = ${JSON.stringify(authority)}`,
    ],
    secrets: { 'finesse.password': 'floor-password-of-the-test' },
  });
  try {
    const agents = async () => (await fetch(`${platform.control}/sim/agents`)).json();
    const away = (await agents()).find((person) => !person.supervisor);
    const { context, page, faults } = await openPage(browser);
    await signIn(page, house);
    await page.getByRole('navigation').first().waitFor();
    const ask = await askerOf(context, house);
    const operator = await until(async () =>
      (await ask('floor.board', {})).operators.find((row) => row.login_id === away.id),
    );
    const told = await fetch(`${platform.control}/sim/agents/${away.id}/state`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state: 'NOT_READY', at: new Date(Date.now() - 40 * 60_000).toISOString() }),
    });
    assert.ok(told.ok, String(told.status));
    const acts = page.getByRole('button', { name: `Действия: ${operator.name}` });
    await acts.waitFor();

    const hand = handOf(page);
    await hand.click(acts);
    await hand.click(page.getByRole('menuitem', { name: 'Сделать готовым' }));
    await hand.click(page.getByRole('dialog').getByRole('button', { name: /^Сделать .+ готовым/ }));
    assert.equal(hand.presses, 3);
    await until(async () => (await agents()).find(({ id }) => id === away.id).state === 'READY');
    await page.getByRole('dialog').getByText('выполнено', { exact: true }).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  } finally {
    await house.close();
    await platform.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
