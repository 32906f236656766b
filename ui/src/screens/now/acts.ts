// What is done in place: with an incident, with an operator past a limit, with a source. Each act says in the corner what was done, with the way back.
import { backend, type CommandName, type Commands } from '../../backend';
import type { NowOperator } from '../../bindings/NowOperator';
import { i18n } from '../../i18n/index.svelte';
import { termOf } from '../../i18n/texts/terms';
import { notices } from '../../state/notices.svelte';
import { router } from '../../state/router.svelte';
import { session } from '../../state/session.svelte';

/** How long an act can be taken back from the corner. */
const UNDO_MS = 10_000;

async function ask<N extends CommandName>(
  name: N,
  request: Commands[N]['request'],
  again: () => void,
): Promise<Commands[N]['response'] | null> {
  try {
    return await backend().call(name, request);
  } catch (cause) {
    notices.failed(cause, again);
    session.noticeSignedOut(cause);
    return null;
  }
}

export async function acknowledge(id: number, acknowledged: boolean): Promise<void> {
  const t = i18n.t.now;
  const done = await ask('now.acknowledge', { id, acknowledged }, () => void acknowledge(id, acknowledged));
  const undo = { label: t.undo, run: () => void acknowledge(id, !acknowledged) };
  if (done) notices.done(acknowledged ? t.took : t.letWent, undo, UNDO_MS);
}

/** Takes an incident out of everybody's sight until an instant, milliseconds UTC; null brings it back. */
export async function snooze(id: number, until: number | null): Promise<void> {
  const t = i18n.t.now;
  const done = await ask('now.snooze', { id, until }, () => void snooze(id, until));
  if (!done || until === null) return;
  const undo = { label: t.undo, run: () => void snooze(id, null) };
  notices.done(t.snoozed(i18n.f.instant(until)), undo, UNDO_MS);
}

type Limit = Pick<NowOperator, 'id' | 'interval' | 'name'>;

/** Whether somebody has put them off, and the time is not over; `now` is the engine's, milliseconds UTC. */
export const isPutOff = (row: Pick<NowOperator, 'snoozed_until'>, now: number): boolean =>
  row.snoozed_until !== null && row.snoozed_until > now;

/** Takes an operator past a limit on, for as long as their state is this. */
export async function takeOperator(row: Limit, taken: boolean): Promise<void> {
  const { id: operator, interval } = row;
  if (interval === null) return;
  const t = i18n.t.now;
  const request = { operator, interval, taken };
  const done = await ask('now.take_operator', request, () => void takeOperator(row, taken));
  const undo = { label: t.undo, run: () => void takeOperator(row, !taken) };
  if (done) notices.done(taken ? t.operators.took(row.name) : t.operators.letWent(row.name), undo, UNDO_MS);
}

/** Takes an operator past a limit out of everybody's sight until an instant, milliseconds UTC; null brings them back. */
export async function putOffOperator(row: Limit, until: number | null): Promise<void> {
  const { id: operator, interval } = row;
  if (interval === null) return;
  const t = i18n.t.now;
  const request = { operator, interval, until };
  const done = await ask('now.snooze_operator', request, () => void putOffOperator(row, until));
  if (!done || until === null) return;
  const undo = { label: t.undo, run: () => void putOffOperator(row, null) };
  notices.done(t.operators.snoozed(row.name, i18n.f.instant(until)), undo, UNDO_MS);
}

export const settingsOf = (source: string): string =>
  `#/settings?section=connections&connection=${encodeURIComponent(source)}`;

/** Tries a connection now and says what came of it; what is wrong leads to its settings. */
export async function checkSource(source: string): Promise<void> {
  const t = i18n.t.now.sources;
  const name = termOf(i18n.t.terms.integrations, source);
  notices.brief({ tone: 'good', title: t.checking(name) }, UNDO_MS);
  const report = await ask('settings.check', { integration: source }, () => void checkSource(source));
  if (report === null) return;
  const wrong = report.steps.filter((step) => !step.ok);
  if (wrong.length === 0) {
    notices.done(t.checked(name, i18n.f.number(report.took_ms)));
    return;
  }
  notices.show({
    tone: 'warning',
    title: t.wrong(name),
    detail: wrong.map((step) => i18n.t.parts.said(step.detail)).join('\n'),
    action: { label: t.settings, run: () => router.go(settingsOf(source)) },
  });
}
