// Joins and splits by hand, each with the way back beside the message that it was done.
import { backend } from '../../backend';
import { i18n } from '../../i18n/index.svelte';
import { cases as casesTexts } from '../../i18n/texts/cases';
import { notices } from '../../state/notices.svelte';
import { session } from '../../state/session.svelte';

/** How long the way back stands beside the message. */
const UNDO_MS = 10_000;

/** Says something of two things; `done` is the message, `onacted` reads the case again. */
export async function say(
  verdict: 'join' | 'split',
  a: string,
  b: string,
  reason: string,
  done: string,
  onacted: () => void,
): Promise<void> {
  const { id } = await backend().call(`cases.${verdict}`, { a, b, reason });
  onacted();
  notices.done(done, { label: i18n.of(casesTexts).undo, run: () => void takeBack(id, onacted) }, UNDO_MS);
}

/** Takes back what was said. */
export async function takeBack(id: number, onacted: () => void): Promise<void> {
  try {
    await backend().call('cases.take_back', { id });
    notices.done(i18n.of(casesTexts).split.returned);
  } catch (cause) {
    notices.failed(cause, () => void takeBack(id, onacted));
    session.noticeSignedOut(cause);
  } finally {
    onacted();
  }
}
