// The console in a real browser against a real server: signing in, a call that appears by itself, its reasons, and access for
// everybody. Looks are judged by people from screenshots, not here.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, signIn, violations } from './browser.mjs';
import { openHouse } from './house.mjs';

let house;
let browser;

before(async () => {
  house = await openHouse();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await house?.close();
});

test('a wrong password is refused with the words people know', async () => {
  const { context, page } = await openPage(browser);
  await signIn(page, house, 'not the password');
  await page
    .getByText('Войти не удалось. Неверный пароль или пароль мог быть обновлен в ERP. Пожалуйста, попробуйте снова.')
    .waitFor();
  await context.close();
});

test('a call appears by itself, opens in place and says why', async () => {
  const { context, page, faults } = await openPage(browser);
  await signIn(page, house);
  await page.getByRole('link', { name: 'Звонки' }).first().click();
  await page
    .getByRole('button', { name: 'Москва' })
    .or(page.getByText('Москва', { exact: true }))
    .first()
    .waitFor();
  assert.equal((await house.ring('+37060055566', 'o.belova')).status, 303);
  const row = page.getByText('+370 600 55566').first();
  await row.waitFor();
  await row.dblclick();
  await page.getByText('Почему?').first().waitFor();
  await page.keyboard.press('Escape');
  assert.deepEqual(faults, []);
  await context.close();
});

/** Every section of the settings, also one that is made later. */
const sections = [
  ...readFileSync(new URL('../../ui/src/screens/settings/sections.ts', import.meta.url), 'utf8').matchAll(
    /\{ id: '(\w+)'/g,
  ),
].map(([, id]) => id);
const connections = ['telephony', 'finesse', 'redmine', 'xmpp'].map(
  (name) => `settings?section=connections&connection=${name}`,
);

const places = [
  ...[
    'now',
    'floor',
    'calls',
    'tickets',
    'inbox',
    'inbox/messages',
    'case',
    'network',
    'deliveries',
    'carousel',
    'ratings',
  ],
  ...['deliveries?tab=out', 'deliveries?tab=chat', 'reports', ...connections],
  ...sections.map((id) => `settings?section=${id}`),
].map((place) => `#/${place}`);

test('every screen is open to everybody, light and dark', async () => {
  assert.ok(sections.length > 20, 'the sections cannot be read');
  for (const colorScheme of ['light', 'dark']) {
    const { context, page, faults } = await openPage(browser, { colorScheme });
    await signIn(page, house);
    await page.getByRole('navigation').first().waitFor();
    for (const place of places) {
      await page.goto(`${house.console}/ui/${place}`);
      await page.waitForLoadState('networkidle');
      // What is still on its way stands as grey bars, at first without a bar.
      await page.waitForFunction(() => !document.querySelector('#app [role=status]:is(:empty, :has(> .bar))'));
      assert.deepEqual(await violations(context, page), [], `${colorScheme} ${place}`);
    }
    assert.deepEqual(faults, []);
    await context.close();
  }
});

test('the operator card works without scripts', async () => {
  const { context, page } = await openPage(browser, {
    javaScriptEnabled: false,
    viewport: { width: 800, height: 900 },
  });
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
