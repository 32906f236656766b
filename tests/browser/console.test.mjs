// The console in a real browser against a real server: signing in, a call that appears by itself, its reasons, and access for
// everybody. Looks are judged by people from screenshots, not here.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { account, openHouse } from './house.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let house;
let browser;

before(async () => {
  house = await openHouse();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/** A page that fails the test when the page itself fails. */
async function openPage(options = {}) {
  const context = await browser.newContext({ locale: 'ru-RU', viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/.test(message.text())) faults.push(message.text());
  });
  return { context, page, faults };
}

async function signIn(page, password = account.password) {
  await page.goto(`${house.console}/ui/`);
  await page.locator('input[type=password]').waitFor();
  await page.locator('input').first().fill(account.login);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
}

async function violations(context, page) {
  // The page's own policy lets no foreign script in, so axe looks at it through the browser's debugging door.
  const client = await context.newCDPSession(page);
  const source = (await import('node:fs')).readFileSync(axe, 'utf8');
  await client.send('Runtime.evaluate', { expression: source });
  const { result } = await client.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })
      .then((found) => JSON.stringify(found.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', '))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return JSON.parse(result.value);
}

test('a wrong password is refused with the words people know', async () => {
  const { context, page } = await openPage();
  await signIn(page, 'not the password');
  await page.getByText('Войти не удалось. Неверный пароль или пароль мог быть обновлен в ERP. Пожалуйста, попробуйте снова.').waitFor();
  await context.close();
});

test('a call appears by itself, opens in place and says why', async () => {
  const { context, page, faults } = await openPage();
  await signIn(page);
  await page.getByRole('button', { name: 'Москва' }).or(page.getByText('Москва', { exact: true })).first().waitFor();
  assert.equal((await house.ring('+37060055566', 'o.belova')).status, 303);
  const row = page.getByText('+370 600 55566').first();
  await row.waitFor();
  await row.dblclick();
  await page.getByText('Почему?').first().waitFor();
  await page.keyboard.press('Escape');
  assert.deepEqual(faults, []);
  await context.close();
});

test('every screen is open to everybody, light and dark', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const { context, page, faults } = await openPage({ colorScheme });
    await signIn(page);
    for (const place of ['#/calls', '#/deliveries', '#/settings?section=connections', '#/settings?section=people']) {
      await page.goto(`${house.console}/ui/${place}`);
      await page.waitForLoadState('networkidle');
      assert.deepEqual(await violations(context, page), [], `${colorScheme} ${place}`);
    }
    assert.deepEqual(faults, []);
    await context.close();
  }
});

test('the operator card works without scripts', async () => {
  const { context, page } = await openPage({ javaScriptEnabled: false, viewport: { width: 800, height: 900 } });
  const answer = await house.ring('+37060077788', 'i.gavrilov');
  const address = new URL(answer.headers.get('location'), house.hooks).href;
  assert.ok(!address.includes('key'), 'the key is not in the address bar');
  await page.goto(address);
  await page.getByRole('button', { name: /Оплата/ }).click();
  await page.waitForLoadState();
  assert.equal(page.url(), address);
  assert.ok((await page.content()).includes('Оплата'));
  await context.close();
});
