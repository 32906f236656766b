// An engine made of functions, for component tests. It answers only what the test taught it and remembers what was
// asked; a command nobody taught is an error, so that a test cannot pass on an invented answer.
import {
  ApiError,
  Listeners,
  type Backend,
  type Change,
  type CommandName,
  type Commands,
  type StreamState,
  type Features,
  type FileToSave,
  type FirstAdministrator,
  type Look,
  type Session,
  type WallWindow,
} from './backend';

export { ApiError } from './backend';

export type Answers = {
  [N in CommandName]?: (request: Commands[N]['request']) => Commands[N]['response'] | Promise<Commands[N]['response']>;
};

type Me = NonNullable<Session['me']>;

export class FakeBackend implements Backend {
  features: Features = { window: false, signIn: true };
  /** Every request in order. */
  readonly asked: { name: string; request: unknown }[] = [];
  readonly saved: FileToSave[] = [];
  readonly opened: string[] = [];
  /** The page as the wallboard's own window. */
  wall?: WallWindow;
  /** Addresses tried, and those that answer. */
  readonly tried: string[] = [];
  readonly reachable = new Map<string, Look>();
  /** The languages the page said it speaks. */
  readonly spoken: string[] = [];
  /** Addresses that something beside the page leads to. */
  readonly wanted = new Listeners<string>();
  private readonly changes = new Listeners<Change>();
  private readonly connections = new Listeners<StreamState>();
  private connection: StreamState = 'connected';

  constructor(
    readonly answers: Answers = {},
    public present: Session = { csrf: 'fake', me: null, setup_needed: false, version: '0.0.0' },
    /** Who appears once the right password is given: login, password, person. */
    private readonly people: { login: string; password: string; me: Me }[] = [],
  ) {}

  async call<N extends CommandName>(name: N, request: Commands[N]['request']): Promise<Commands[N]['response']> {
    this.asked.push({ name, request });
    const answer = this.answers[name];
    if (!answer) throw new ApiError('internal', `nobody taught the answer to ${name}`);
    return answer(request);
  }

  watchWanted(listener: (address: string) => void): () => void {
    return this.wanted.add(listener);
  }

  async speak(language: string): Promise<void> {
    this.spoken.push(language);
  }

  async session(): Promise<Session> {
    return this.present;
  }

  async signIn(login: string, password: string): Promise<void> {
    const person = this.people.find((each) => each.login === login && each.password === password);
    if (!person) throw new ApiError('wrong_password', 'wrong login or password');
    this.present = { ...this.present, me: person.me };
  }

  async signOut(): Promise<void> {
    this.present = { ...this.present, me: null };
  }

  async createFirstAdministrator(person: FirstAdministrator): Promise<void> {
    this.asked.push({ name: 'first-run', request: person });
    const { login, full_name, password } = person;
    const rights: Me['rights'] = { role: 'admin', grants: [], teams: [] };
    const me = { login, full_name, rights, has_account: true, checked_offline: false, ask_again_at: null };
    this.people.push({ login, password, me });
    // As the engine: an account is made, and nobody is signed in by that.
    this.present = { ...this.present, setup_needed: false };
  }

  subscribe(listener: (change: Change) => void): () => void {
    return this.changes.add(listener);
  }

  watchConnection(listener: (state: StreamState) => void): () => void {
    listener(this.connection);
    return this.connections.add(listener);
  }

  async saveFile(file: FileToSave): Promise<void> {
    this.saved.push(file);
  }

  async openExternal(url: string): Promise<void> {
    this.opened.push(url);
  }

  async openWall(): Promise<void> {
    this.opened.push('#/floor/wallboard');
  }

  async look(url: string): Promise<Look> {
    this.tried.push(url);
    return this.reachable.get(url) ?? { reached: false, time_ms: null, status: null, trouble: 'timeout' };
  }

  /** Tells the page that something was committed. */
  publish(change: Change): void {
    this.changes.publish(change);
  }

  turn(state: StreamState): void {
    this.connection = state;
    this.connections.publish(state);
  }
}
