// What strangers write stays words: the corpus of foreign markup in every place of the console that shows their texts, in a real browser.
// Nothing of it runs, nothing leaves for another host, and the page's policy has nothing to refuse. What the corpus becomes is the page's
// own tests' (`RichText`).
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { account, openHouse, openVendor } from './house.mjs';
import { openTracker } from './tracker.mjs';
import { openBrowser, openPage, signIn } from './browser.mjs';

const PATIENCE = 60_000;
const corpus = JSON.parse(readFileSync(new URL('../../ui/tests/foreign.json', import.meta.url), 'utf8'));
/** As a person writes them: in a mail, in Textile and in Markdown. */
const written = corpus.flatMap((text) => [`<p>До</p> ${text}`, `h3. До\n\n${text} после`, `**До**\n\n${text}`]);
let browser;

before(async () => {
  browser = await openBrowser();
});

after(() => browser?.close());

async function until(found) {
  const end = Date.now() + PATIENCE;
  for await (const _ of setInterval(50)) {
    const answer = await found();
    if (answer) return answer;
    assert.ok(Date.now() < end, 'it does not come');
  }
}

async function post(url, body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${url}: ${answer.status}`);
  return answer;
}

/** A page of somebody signed in that keeps whatever a text does: runs, asks another host, leaves, or is refused by the policy. */
async function openGuarded(house, password) {
  const opened = await openPage(browser, { viewport: { width: 1440, height: 2000 } });
  const { context, page, faults } = opened;
  await page.addInitScript(() => {
    globalThis.deeds = [];
    globalThis.hit = () => globalThis.deeds.push('a script ran');
    const refused = ({ effectiveDirective, blockedURI }) =>
      globalThis.deeds.push(`the policy refused ${effectiveDirective} ${blockedURI}`);
    document.addEventListener('securitypolicyviolation', refused);
  });
  const foreign = (request) => /^(?:https?|wss?|ftp):/.test(request.url()) && !request.url().startsWith(house.console);
  page.on('request', (request) => foreign(request) && faults.push(`asked: ${request.url()}`));
  context.on('page', (other) => faults.push(`opened: ${other.url()}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await signIn(page, house, password);
  await page.getByRole('navigation').first().waitFor();
  const { csrf } = await (await context.request.get(`${house.console}/api/console/session`)).json();
  const ask = async (command, data) => {
    const path = `${house.console}/api/console/call/${command}`;
    const answer = await context.request.post(path, { headers: { 'X-Pult-Csrf': csrf }, data });
    assert.equal(answer.status(), 200, `${command}: ${await answer.text()}`);
    return answer.json();
  };
  return { ...opened, ask };
}

const deeds = (page) => page.evaluate(() => globalThis.deeds);

/** Looks at a place, and nothing comes of it. */
async function look({ page, faults }, address, words) {
  await page.evaluate((to) => (location.hash = to), address);
  await page.getByText(words).first().waitFor();
  await page.waitForLoadState('networkidle');
  const shown = await page.evaluate(() => {
    const names = Element.prototype.getAttributeNames;
    const acts = (each) => names.call(each).some((name) => /^on/.test(name));
    const foreign = 'script, iframe, object, embed, img, meta, base, link, style, form[action]';
    return [...document.querySelectorAll('#app *')].filter((each) => each.matches(foreign) || acts(each)).length;
  });
  assert.equal(shown, 0, `${address} holds what nobody of us wrote`);
  assert.deepEqual([...(await deeds(page)), ...faults], [], address);
}

test('foreign markup in tickets does nothing', async () => {
  const tracker = await openTracker();
  const { house } = tracker;
  try {
    const issue = await tracker.write({
      subject: `Чужое ${corpus[4]} ${corpus[0]}`,
      description: `<p>До</p> ${corpus.slice(0, 40).join('\n')}`,
    });
    for (const notes of written) {
      const body = JSON.stringify({ issue: { notes } });
      const said = await tracker.call(`/issues/${issue.id}.json`, { method: 'PUT', body });
      assert.ok(said.ok, `${said.status}: ${notes}`);
    }
    const guarded = await openGuarded(house);
    const { page, ask, context } = guarded;
    await until(async () => (await ask('cases.find', { text: `#${issue.id}` })).found.length > 0);
    await ask('tickets.open', { id: issue.id });
    await until(async () => (await ask('tickets.detail', { id: issue.id })).entries.length === written.length);
    await look(guarded, `#/tickets?open=ticket:${issue.id}`, 'Чужое');
    // They are drawn, each in its markup, and not left bare.
    await page.waitForFunction(() => ['h4', 'strong'].every((each) => document.querySelectorAll(each).length > 9));
    assert.deepEqual([...(await deeds(page)), ...guarded.faults], []);
    await look(guarded, '#/inbox', /\d/);

    // The same look finds what a sanitizer would have let through.
    const wound = '<p><img src="https://evil.example.org/t.png"><b onmouseover="hit()">x</b></p>';
    await page.evaluate((html) => document.querySelector('main').insertAdjacentHTML('beforeend', html), wound);
    await until(async () => (await deeds(page)).some((deed) => deed.includes('img-src')));
    await until(async () => (await deeds(page)).some((deed) => deed.includes('script-src')));
    await assert.rejects(look(guarded, '#/inbox', /\d/));
    await context.close();
  } finally {
    await tracker.close();
  }
});

test('foreign markup in calls does nothing', async () => {
  const cell = (text) => `"${text.replaceAll('"', '""')}"`;
  const house = await openHouse({
    prepare(run, folder) {
      const file = join(folder, 'history.csv');
      const at = '2026-03-10 12:00:00';
      const rows = corpus.map((text, n) => {
        const said = cell(text.replace(/[\n\r]/g, ' ').slice(0, 120));
        return [n + 1, at, at, n + 1, 37060000000 + n, said, said, 'lt', said, said].join(',');
      });
      const head =
        'CALL_INFO_ID,TIME_BEGIN,TIME_END,AGENCY_ID,PHONE_NUMBER,CURRATOR,THEME,REGION,AGENCY_MANAGER,AGENCY_NAME';
      writeFileSync(file, [head, ...rows].join('\n'));
      run(['import', 'history', file]);
    },
  });
  try {
    const guarded = await openGuarded(house);
    const { ask, context } = guarded;
    await look(guarded, '#/calls?date=2026-03-10&sort=time', /onerror=hit/);
    const { rows } = await ask('calls.page', { filter: {}, after: null, limit: 500 });
    assert.equal(rows.length, corpus.length);
    for (const { id } of rows.slice(-10)) await look(guarded, `#/calls?date=2026-03-10&open=call:${id}`, /onerror=hit/);
    await context.close();
  } finally {
    await house.close();
  }
});

test('foreign markup in a chat and its issue does nothing', async () => {
  const [token, signing] = ['token of the test', 'signing secret of the test'];
  const space = await openVendor(
    ['pachca'],
    { PULT_SIM_PACHCA_TOKEN: token, PULT_SIM_PACHCA_SECRET: signing },
    /^pachca: (http:\/\/[\d.:]+\S*)/,
    /^pachca: control (http:\/\/[\d.:]+)/,
  );
  const tracker = await openVendor(['tracker'], { PULT_SIM_TRACKER_TOKEN: token }, /^tracker: (http:\/\/[\d.:]+\S*)/);
  const [desk, nina] = [51840, 815];
  const house = await openHouse({
    config: [
      `[integrations.pachca]\nenabled = true\nbase = ${JSON.stringify(space.base)}\npoll_s = 1\nemail_domain = "example.com"`,
      `[integrations.tracker]\nenabled = true\nbase = ${JSON.stringify(tracker.base)}\norg_id = "7654321"\nqueue_key = "DESK"`,
      `[areas.chat_link]\ndesk_chats = [${desk}]`,
    ],
    secrets: { 'ct.pachca_token': token, 'ct.webhook_secret': signing, 'ct.tracker_token': token },
  });
  try {
    await post(`${space.control}/sim/switches`, { hook_url: `${house.hooks}/hooks/pachca` });
    const guarded = await openGuarded(house);
    const { ask, context } = guarded;
    await post(`${space.control}/sim/messages`, { user: nina, chat: desk, text: corpus.slice(0, 30).join(' ') });
    const [pair] = await until(async () => {
      const { rows } = await ask('chat_link.page', { filter: { which: 'all', issue: null }, after: null, limit: 10 });
      return rows.length > 0 && rows;
    });
    await look(guarded, '#/deliveries?tab=chat', /hit\(\)/);
    await look(guarded, `#/deliveries?tab=chat&open=pair:${pair.id}`, /hit\(\)/);
    await look(guarded, '#/deliveries', /\d/);
    await context.close();
  } finally {
    await house.close();
    await Promise.all([space.close(), tracker.close()]);
  }
});

test('foreign markup in messages does nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pult-messages-'));
  const authority = join(folder, 'authority.pem');
  const [password, domain] = ['messenger password of the test', 'chat.example.test'];
  const accounts = ['desk', 'vera', 'boris'].flatMap((name) => ['--account', name]);
  const server = await openVendor(
    ['messenger', ...accounts, '--ca-file', authority],
    { PULT_SIM_MESSENGER_PASSWORD: password },
    /^messenger: \S+ at 127\.0\.0\.1:(\d+)/,
  );
  const house = await openHouse({
    config: [
      `[integrations.xmpp]\nenabled = true\njid = "desk@${domain}"\nhost = "127.0.0.1"\nport = ${server.base}`,
      `tls = "starttls"\nca = ${JSON.stringify(authority)}`,
    ],
    secrets: { 'xmpp.password': password },
    prepare: (run) =>
      run(
        ['user', 'add', 'other', '--role', 'operator', '--name', 'Борис Лунин', '--password-stdin'],
        account.password,
      ),
  });
  try {
    const guarded = await openGuarded(house);
    const { ask, context } = guarded;
    // Somebody else of the console says it, from an account of their own.
    const other = await browser.newContext();
    const headers = { 'content-type': 'application/json' };
    const signed = await other.request.post(`${house.console}/api/console/sign-in`, {
      headers,
      data: { login: 'other', password: account.password },
    });
    assert.ok(signed.ok());
    const { csrf } = await (await other.request.get(`${house.console}/api/console/session`)).json();
    const asOther = async (command, data) => {
      const path = `${house.console}/api/console/call/${command}`;
      const answer = await other.request.post(path, { headers: { ...headers, 'X-Pult-Csrf': csrf }, data });
      assert.equal(answer.status(), 200, `${command}: ${await answer.text()}`);
      return answer.json();
    };
    for (const [say, name] of [
      [ask, 'vera'],
      [asOther, 'boris'],
    ]) {
      await say('messages.connect', { address: `${name}@${domain}`, password });
      await until(async () => (await say('messages.overview', {})).account?.session?.state === 'live');
    }
    const texts = corpus.map((text, n) => `Чужое ${n} ${text}`);
    for (const text of texts) await asOther('messages.write', { peer: `vera@${domain}`, text });
    const peer = `boris@${domain}`;
    await until(async () => (await ask('messages.list', { peer, limit: 100 })).rows.length === texts.length);
    await look(guarded, `#/inbox/messages?with=${encodeURIComponent(peer)}`, /Чужое 89/);
    await look(guarded, '#/inbox', /\d/);
    await other.close();
    await context.close();
  } finally {
    await house.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
