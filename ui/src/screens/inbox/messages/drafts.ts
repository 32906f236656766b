// What was typed and not sent yet, by conversation: it stays as long as the page is open. Kept nowhere else.
const drafts = new Map<string, string>();

export const draftOf = (peer: string): string => drafts.get(peer) ?? '';

export function keepDraft(peer: string, text: string): void {
  if (text === '') drafts.delete(peer);
  else drafts.set(peer, text);
}
