// What a person does with their notices. Each act says in the corner what was done, with the way back where there is one.
import { backend, type CommandName, type Commands } from '../../backend';
import type { MuteKind } from '../../bindings/MuteKind';
import { i18n } from '../../i18n/index.svelte';
import { inbox as inboxTexts } from '../../i18n/texts/inbox';
import { notices } from '../../state/notices.svelte';
import { session } from '../../state/session.svelte';

/** How long an act can be taken back; the engine holds to the same for emptying. */
const UNDO_MS = 10_000;

/** Asks the engine; null says that it did not do it, which was told. */
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

/** Marks notices read, or unread; none named is all unread ones. Returns those that were changed. */
export async function mark(ids: number[], read: boolean): Promise<number[]> {
  const marked = await ask('notices.mark', { ids, read }, () => void mark(ids, read));
  return marked?.ids ?? [];
}

export async function markAll(): Promise<void> {
  const t = i18n.t.notices;
  const ids = await mark([], true);
  if (ids.length > 0) notices.done(t.marked(ids.length), { label: t.undo, run: () => void mark(ids, false) }, UNDO_MS);
}

export async function finish(ids: number[], done = true): Promise<void> {
  const t = i18n.of(inboxTexts);
  const finished = await ask('notices.finish', { ids, done }, () => void finish(ids, done));
  if (!finished || !done) return;
  notices.done(t.doneSaid(ids.length), { label: t.undo, run: () => void finish(ids, false) }, UNDO_MS);
}

/** Takes notices out of sight until an instant, milliseconds UTC; null brings them back. */
export async function snooze(ids: number[], until: number | null): Promise<void> {
  const t = i18n.of(inboxTexts);
  const snoozed = await ask('notices.snooze', { ids, until }, () => void snooze(ids, until));
  if (!snoozed || until === null) return;
  const said = t.snoozedSaid(i18n.f.instant(until));
  notices.done(said, { label: t.undo, run: () => void snooze(ids, null) }, UNDO_MS);
}

/** Empties the list; ten seconds long it can be taken back. */
export async function empty(): Promise<void> {
  const t = i18n.of(inboxTexts);
  const emptied = await ask('notices.empty', {}, () => void empty());
  if (emptied) notices.done(t.cleared(emptied.removed), { label: t.undo, run: () => void undoEmpty() }, UNDO_MS);
}

async function undoEmpty(): Promise<void> {
  try {
    const back = await backend().call('notices.undo_empty', {});
    notices.done(i18n.of(inboxTexts).restored(back.removed));
  } catch (cause) {
    notices.failed(cause);
  }
}

export async function mute(kind: MuteKind, target: string, until: number | null): Promise<void> {
  const t = i18n.of(inboxTexts);
  const muted = await ask('notices.mute', { kind, target, until }, () => void mute(kind, target, until));
  const made = muted?.mutes.find((each) => each.kind === kind && each.target === target);
  if (made) notices.done(t.mutedSaid, { label: t.undo, run: () => void unmute(made.id) }, UNDO_MS);
}

export async function unmute(id: number): Promise<void> {
  await ask('notices.unmute', { id }, () => void unmute(id));
}
