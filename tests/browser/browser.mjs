// A real browser for one test file: pages that fail a test when the page itself fails, signing in, and faults of accessibility. What a
// test looks at is not here.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { account } from './house.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
}

/** A page, and what went wrong in it. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ locale: 'ru-RU', viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/.test(message.text())) faults.push(message.text());
  });
  return { context, page, faults };
}

export async function signIn(page, house, password = account.password) {
  await page.goto(`${house.console}/ui/`);
  await page.locator('input[type=password]').waitFor();
  await page.locator('input').first().fill(account.login);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
}

/** Rules of WCAG 2.2 AA that the page breaks. */
export async function violations(context, page) {
  // The page's own policy lets no foreign script in, so axe looks at it through the browser's debugging door.
  const client = await context.newCDPSession(page);
  await client.send('Runtime.evaluate', { expression: readFileSync(axe, 'utf8') });
  const { result } = await client.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })
      .then((found) => JSON.stringify(found.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', '))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return JSON.parse(result.value);
}
