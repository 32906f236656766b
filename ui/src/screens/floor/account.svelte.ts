// With which account at the source this person's requests are made: the connection's, or one of their own. One for the
// page. A password passes through to the engine and is kept nowhere here.
import { backend } from '../../backend';
import type { FloorAccount } from '../../bindings/FloorAccount';
import { session } from '../../state/session.svelte';

class OwnAccount {
  /** Reading failed, and nothing is known. */
  error = $state.raw<unknown>(null);
  /** Its window is open over the floor. */
  shown = $state(false);
  private held = $state.raw<{ login: string; answer: FloorAccount } | null>(null);
  private turn = 0;

  /** Keeps it fresh until the returned function is called: another window, or whoever shares the account, may change it. */
  open(): () => void {
    void this.read();
    return backend().subscribe((change) => {
      if (change.kind !== 'changed' || change.area === 'people') void this.read();
    });
  }

  /** Only who may make requests has a use for it. */
  get mayHave(): boolean {
    return session.may('supervisor');
  }

  /** What is known of it; null before it was read, and to anybody but whom it was read for. */
  get known(): FloorAccount | null {
    return this.held !== null && this.held.login === session.me?.login ? this.held.answer : null;
  }

  read = async (): Promise<void> => {
    if (!this.mayHave) return;
    const turn = ++this.turn;
    try {
      const answer = await backend().call('floor.account', {});
      // An answer from before a sign-in tells of what is over.
      if (turn === this.turn) this.take(answer);
    } catch (cause) {
      if (turn === this.turn) this.error = cause;
      session.noticeSignedOut(cause);
    }
  };

  /** Shows the password to the source, once: what was refused is never tried again by itself. */
  async signIn(account: string, password: string): Promise<FloorAccount> {
    return this.take(await backend().call('floor.sign_in', { account, password }));
  }

  async signOut(): Promise<void> {
    this.take(await backend().call('floor.sign_out', {}));
  }

  private take(answer: FloorAccount): FloorAccount {
    this.turn += 1;
    this.error = null;
    this.held = { login: session.me?.login ?? '', answer };
    return answer;
  }
}

export const ownAccount = new OwnAccount();
