// A simulated Redmine with a house that reads it, for the tests that need a ticket. What a ticket says is the test's.
import assert from 'node:assert/strict';
import { openHouse, openVendor } from './house.mjs';

/** The key by which a person of the tracker is known. */
export const key = (login) => Buffer.from(login).toString('hex').padEnd(40, '0');

/** The tracker, the house, and how a reporter writes a request: `write` takes its words and gives what the tracker made of it. */
export async function openTracker() {
  const secrets = Object.fromEntries(
    ['admin', 'rep1', 'sup1'].map((login) => [`PULT_SIM_REDMINE_${login.toUpperCase()}_KEY`, key(login)]),
  );
  const tracker = await openVendor(['redmine'], secrets, /^redmine: (http:\/\/[\d.:]+)/);
  const house = await openHouse({
    config: [`[integrations.redmine]\nenabled = true\nbase = ${JSON.stringify(tracker.base)}`],
    secrets: { 'redmine.key': key('admin') },
  });
  const call = (path, more = {}) =>
    fetch(`${tracker.base}${path}`, {
      headers: { 'X-Redmine-API-Key': key('rep1'), 'content-type': 'application/json' },
      ...more,
    });
  return {
    house,
    call,
    async write(words) {
      const { projects } = await (await call('/projects.json')).json();
      const about = { project_id: projects[0].id, tracker_id: 1, status_id: 1, priority_id: 2 };
      const made = await call('/issues.json', { method: 'POST', body: JSON.stringify({ issue: { ...about, ...words } }) });
      assert.equal(made.status, 201, await made.clone().text());
      return (await made.json()).issue;
    },
    async close() {
      await house.close();
      await tracker.close();
    },
  };
}
