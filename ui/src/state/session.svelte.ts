// Who is using the console, and whether the stream of changes is alive. Not here: what the person may do; the engine
// checks every command, the page only hides what would be refused.
import { ApiError, backend, type Connection, type Session } from '../backend';
import type { FirstAdministrator } from '../backend';

type Phase = 'starting' | 'broken' | 'first-run' | 'signed-out' | 'signed-in';

class SessionState {
  present = $state.raw<Session | null>(null);
  failure = $state.raw<unknown>(null);
  connection = $state<Connection>('connecting');

  get phase(): Phase {
    if (!this.present) return this.failure ? 'broken' : 'starting';
    if (this.present.setup_needed) return 'first-run';
    return this.present.me ? 'signed-in' : 'signed-out';
  }

  get me() {
    return this.present?.me ?? null;
  }

  /** Watches the connection until the returned function is called. */
  start(): () => void {
    void this.refresh();
    return backend().watchConnection((state) => (this.connection = state));
  }

  async refresh(): Promise<void> {
    try {
      this.present = await backend().session();
      this.failure = null;
    } catch (cause) {
      this.failure = cause;
    }
  }

  async signIn(login: string, password: string): Promise<void> {
    await backend().signIn(login, password);
    await this.refresh();
  }

  async signOut(): Promise<void> {
    await backend().signOut();
    await this.refresh();
  }

  async createFirstAdministrator(person: FirstAdministrator): Promise<void> {
    await backend().createFirstAdministrator(person);
    await this.refresh();
  }

  async holdNotices(until: string | null): Promise<void> {
    const answer = await backend().call('do_not_disturb_set', { until });
    if (this.present?.me) {
      this.present = { ...this.present, me: { ...this.present.me, do_not_disturb_until: answer.until } };
    }
  }

  /** An answer said that the session is over: the sign-in screen takes the page, the address stays. */
  noticeSignedOut(cause: unknown): void {
    const over = cause instanceof ApiError && (cause.code === 'signed_out' || cause.code === 'http_401');
    if (over && this.present?.me) void this.refresh();
  }
}

export const session = new SessionState();
