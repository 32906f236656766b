// What the page does under load: a busy floor is painted as it is, and a very long table has no hole however it is scrolled. Small in an
// ordinary run, which asks only for what is shown; at full size with figures where `cargo xtask bench` wants them. Bars are not here.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { openBrowser, openPage, signIn } from './browser.mjs';
import { openHouse, openVendor } from './house.mjs';

const figures = process.env.PULT_BENCH_FIGURES;
const full = Boolean(figures);
const PATIENCE = 30_000;
const platformPassword = 'platform password of the test';
let browser;

before(async () => {
  browser = await openBrowser();
});

after(() => browser?.close());

function tell(name, values) {
  if (figures) writeFileSync(join(figures, `${name}.json`), JSON.stringify(values));
}

/** The value below which this part of all lie. */
function below(part, values) {
  assert.ok(values.length > 0, 'nothing was measured');
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * part) - 1];
}

/**
 * Watches the frames of the page: how long after one another they come, and what `look` finds in each, as texts by key. The instant kept
 * for a change is that after its frame was painted. A frame in which nothing is found is blank.
 */
function watch(look) {
  const kept = { frames: [], changes: [], blank: 0 };
  globalThis.watched = kept;
  const painted = new MessageChannel();
  let [before, last] = [look(), performance.now()];
  const fresh = [];
  painted.port1.onmessage = () => {
    const now = Date.now();
    for (const key of fresh.splice(0)) kept.changes.push([key, now]);
  };
  const frame = (now) => {
    kept.frames.push(now - last);
    last = now;
    const found = look();
    if (found === null) kept.blank += 1;
    for (const key of Object.keys(found ?? {})) if (key in before && before[key] !== found[key]) fresh.push(key);
    before = found ?? before;
    painted.port2.postMessage(null);
    if (globalThis.watched === kept) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

// The page's own policy lets no text become a script, so both go through the browser's debugging door as one expression.
const watchFrames = (page, look) => page.evaluate(`(${watch})(${look})`);

function framesSeen(page) {
  return page.evaluate(() => {
    const kept = globalThis.watched;
    globalThis.watched = null;
    return kept;
  });
}

/** States by login of the operators whose rows are in the page. */
function statesShown() {
  const rows = document.querySelectorAll('[role=grid] tbody tr[aria-rowindex]');
  const login = (row) => [...row.cells].map((cell) => cell.title).find((title) => /^\w*\d{4,}$/.test(title));
  return Object.fromEntries([...rows].map((row) => [login(row), row.querySelector('.state .word')?.textContent]));
}

test('every change of a busy floor is painted', async () => {
  const [teams, size, perSecond, rounds] = full ? [25, 20, 200, 8] : [2, 10, 20, 3];
  const authority = join(tmpdir(), `pult-authority-${process.pid}.pem`);
  const platform = await openVendor(
    ['finesse', '--still', '--teams', String(teams), '--team-size', String(size), '--ca-file', authority],
    { PULT_SIM_FINESSE_PASSWORD: platformPassword },
    /^finesse: control (http:\/\/[\d.:]+)/,
  );
  const asked = async (path, body) => {
    const method = body ? 'POST' : 'GET';
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(new URL(path, platform.base), {
      method,
      headers,
      body: body && JSON.stringify(body),
    });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer;
  };
  const cluster = await (await asked('/sim/state')).json();
  const house = await openHouse({
    config: [
      '[integrations.finesse]\nenabled = true',
      `url = "https://${cluster.nodes[0].addresses.front}"\nlogin = "${cluster.engine}"\nca = ${JSON.stringify(authority)}`,
    ],
    secrets: { 'finesse.password': platformPassword },
  });
  try {
    const people = (await (await asked('/sim/agents')).json())
      .filter((person) => !person.supervisor)
      .map((person) => person.id);
    const { context, page, faults } = await openPage(browser);
    await signIn(page, house);
    await page.getByRole('navigation').first().waitFor();
    await page.goto(`${house.console}/ui/#/floor?sort=name`);
    const change = (login, state) =>
      asked(`/sim/agents/${login}/state`, {
        state,
        at: new Date().toISOString(),
      });
    for (const login of people) await change(login, 'WORK');
    const shown = () => page.evaluate(statesShown);
    const all = async (word) => {
      const end = Date.now() + PATIENCE;
      for await (const _ of setInterval(100)) {
        const states = await shown();
        if (Object.keys(states).length > 0 && Object.values(states).every((state) => state === word)) return;
        assert.ok(Date.now() < end, `not everybody is shown as ${word}: ${JSON.stringify(states)}`);
      }
    };
    await all('Постобработка');

    await watchFrames(page, statesShown);
    const told = new Map(people.map((login) => [login, []]));
    for (let round = 0; round < rounds; round += 1) {
      const [state, word] = round % 2 === 0 ? ['READY', 'Готов'] : ['WORK', 'Постобработка'];
      const left = [...people];
      const answers = [];
      for await (const _ of setInterval(1000 / perSecond)) {
        const login = left.pop();
        told.get(login).push(Date.now());
        answers.push(change(login, state));
        if (left.length === 0) break;
      }
      await Promise.all(answers);
      // Everybody is shown before the next round begins: however slow a machine is, no change hides another.
      await all(word);
    }
    const { frames, changes } = await framesSeen(page);
    const visible = Object.keys(await shown());
    const times = changes.map(([login, at]) => at - told.get(login).findLast((when) => when <= at));
    assert.equal(changes.length, visible.length * rounds);
    tell('floor_painted', {
      painted_p50_ms: below(0.5, times),
      painted_p99_ms: below(0.99, times),
      frame_p99_ms: below(0.99, frames),
      changes: changes.length,
    });
    assert.deepEqual(faults, []);
    await context.close();
  } finally {
    await house.close();
    await platform.close();
  }
});

/** Numbers of the rows under the middle and the ends of the table's view; null while one of the places shows no row. */
function rowsUnderView() {
  const view = document.querySelector('.scroller').getBoundingClientRect();
  const [left, top] = [view.left + view.width / 2, view.top + 40];
  const found = [top, (top + view.bottom) / 2, view.bottom - 24].map((y) =>
    document.elementFromPoint(left, y)?.closest('tr[aria-rowindex]')?.getAttribute('aria-rowindex'),
  );
  return found.every(Boolean) ? Object.fromEntries(found.map((row, place) => [place, row])) : null;
}

test('a very long table has rows wherever it is scrolled to, and few in the page', async () => {
  const count = full ? 100_000 : 3_000;
  const house = await openHouse({
    prepare(run, folder) {
      const file = join(folder, 'history.csv');
      const time = (second) =>
        new Date(Date.UTC(2026, 2, 10, 0, 0, second)).toISOString().slice(0, 19).replace('T', ' ');
      const rows = Array.from({ length: count }, (_, n) => {
        const at = time(14_400 + (n % 60_000));
        return `${n + 1},${at},${at},0,${37060000000 + n},o.belova,Оплата,lt,,`;
      });
      const head =
        'CALL_INFO_ID,TIME_BEGIN,TIME_END,AGENCY_ID,PHONE_NUMBER,CURRATOR,THEME,REGION,AGENCY_MANAGER,AGENCY_NAME';
      writeFileSync(file, [head, ...rows].join('\n'));
      run(['import', 'history', file]);
    },
  });
  try {
    const { context, page, faults } = await openPage(browser);
    await signIn(page, house);
    await page.getByRole('navigation').first().waitFor();
    await page.goto(`${house.console}/ui/#/calls?date=2026-03-10&sort=time`);
    const grid = page.getByRole('grid');
    await grid.locator('tbody tr[aria-rowindex]').first().waitFor();
    // Sorting is of all rows: the height of the table says when they are there.
    await page.waitForFunction((rows) => document.querySelector('.scroller').scrollHeight > rows * 30, count, {
      timeout: 120_000,
    });
    await page.mouse.move(700, 600);
    await watchFrames(page, rowsUnderView);
    let most = 0;
    for (let turn = 0; turn < (full ? 300 : 40); turn += 1) {
      await page.mouse.wheel(0, 700);
      most = Math.max(most, await grid.locator('tbody tr[aria-rowindex]').count());
    }
    const { frames, blank } = await framesSeen(page);
    if (!full) assert.equal(blank, 0, 'frames with a hole in the table');
    assert.ok(most <= 160, `${most} rows in the page`);

    const began = Date.now();
    await page.evaluate(
      (address) => (location.href = address),
      `#/calls?date=2026-03-10&phone=${37060000000 + count - 1}`,
    );
    await page.waitForFunction(
      () => document.querySelectorAll('[role=grid] tbody tr[aria-rowindex]').length === 1,
      null,
      {
        polling: 'raf',
      },
    );
    tell('long_table', {
      blank_frames: blank,
      frame_p99_ms: below(0.99, frames),
      filter_ms: Date.now() - began,
      rows_in_page: most,
    });
    assert.deepEqual(faults, []);
    await context.close();
  } finally {
    await house.close();
  }
});
