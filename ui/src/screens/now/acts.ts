// What a supervisor does with an incident. Each act says in the corner what was done, with the way back.
import { backend, type CommandName, type Commands } from '../../backend';
import { i18n } from '../../i18n/index.svelte';
import { notices } from '../../state/notices.svelte';
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
