// Who is using the console, and whether the stream of changes is alive. Not here: what the person may do; the engine
// checks every command, the page only hides what would be refused.
import { ApiError, backend, type FirstAdministrator, type Session, type StreamState } from '../backend';
import type { Grant } from '../bindings/Grant';
import type { Role } from '../bindings/Role';

/** Each role may do all that the ones before it may. */
const roles: readonly Role[] = ['operator', 'viewer', 'supervisor', 'admin'];

type Phase = 'starting' | 'broken' | 'first-run' | 'signed-out' | 'signed-in';

class SessionState {
  present = $state.raw<Session | null>(null);
  failure = $state.raw<unknown>(null);
  connection = $state<StreamState>('connecting');

  get phase(): Phase {
    if (!this.present) return this.failure ? 'broken' : 'starting';
    if (this.present.setup_needed) return 'first-run';
    return this.present.me ? 'signed-in' : 'signed-out';
  }

  get me() {
    return this.present?.me ?? null;
  }

  /** Whether the person's role is at least this one: what would be refused is not offered. */
  may(least: Role): boolean {
    const own = this.me?.rights.role;
    return own !== undefined && roles.indexOf(own) >= roles.indexOf(least);
  }

  /** Whether the person has a right beside their role; an administrator has all of them. */
  has(grant: Grant): boolean {
    return this.may('admin') || (this.me?.rights.grants.includes(grant) ?? false);
  }

  /** Watches the connection until the returned function is called. */
  start(): () => void {
    void this.refresh();
    const connection = backend().watchConnection((state) => (this.connection = state));
    // A session that was opened without the staff register hears when it is to end.
    const changes = backend().subscribe((change) => {
      if (this.me?.checked_offline && (change.kind === 'resync' || change.area === 'people')) void this.refresh();
    });
    return () => {
      connection();
      changes();
    };
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
    // Whoever has just chosen the password need not type it again.
    await this.signIn(person.login, person.password);
  }

  /** An answer said that the session is over: the sign-in screen takes the page, the address stays. */
  noticeSignedOut(cause: unknown): void {
    const over = cause instanceof ApiError && (cause.code === 'sign_in_needed' || cause.code === 'http_401');
    if (over && this.present?.me) void this.refresh();
  }
}

export const session = new SessionState();
