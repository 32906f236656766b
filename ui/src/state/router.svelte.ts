// The page's address as state. Everything a view depends on goes through it, so Back works and a view can be sent as a
// link. Each screen comes back as it was left: the whole of it until the page is closed, its filters and view beyond that.
import { untrack } from 'svelte';
import { keptOf, recallView, rememberView, type Keeps } from './kept';
import { parseOpened, parseRoute, printRoute, type Opened, type Route } from './route';

type Patch = Record<string, string | number | boolean | null | undefined>;

class Router {
  route = $state.raw<Route>(parseRoute(''));
  /** The last address of each screen without its opened record. */
  private readonly last = new Map<string, Route>();
  /** Whose views are kept; null while nobody has signed in. */
  private person: string | null = null;
  private keeps: Keeps = {};

  start(): () => void {
    const read = () => {
      const route = parseRoute(location.hash);
      this.take(route.screen === this.route.screen ? route : this.asLeft(route));
    };
    untrack(read);
    addEventListener('hashchange', read);
    return () => {
      removeEventListener('hashchange', read);
      this.person = null;
    };
  }

  /** From here on views are kept for this person, and the bare address of the page means "as I left it". */
  keepFor(person: string, keeps: Keeps): void {
    if (person !== this.person) this.last.clear();
    this.person = person;
    this.keeps = keeps;
    this.take(this.asLeft(this.route));
  }

  get opened(): Opened | null {
    return parseOpened(this.route.params.open);
  }

  param(name: string): string | null {
    return this.route.params[name] ?? null;
  }

  /** The link of a screen as it was left. */
  linkTo(screen: string): string {
    const last = this.last.get(screen);
    return last ? printRoute(last) : this.keptLink(screen);
  }

  /** The link of a screen's list with what is kept of it, whatever other view of that screen was the last. */
  keptLink(screen: string): string {
    return printRoute({ screen, path: [], params: this.keptIn(screen) });
  }

  /** The link of the present view with some parameters changed; null removes one. */
  link(patch: Patch): string {
    return printRoute({ ...this.route, params: this.patched(patch) });
  }

  go(address: string, how: 'push' | 'replace' = 'push'): void {
    this.write(address, how === 'replace');
  }

  /** Changes parameters of the present view. Typing in a filter replaces the entry, choosing adds one. */
  set(patch: Patch, how: 'push' | 'replace' = 'push'): void {
    this.write(this.link(patch), how === 'replace');
  }

  /** Shows a record in the panel: going through rows of one list leaves a single entry in the history. */
  open(kind: string, id: string | number): void {
    this.set({ open: `${kind}:${id}` }, this.opened ? 'replace' : 'push');
  }

  close(): void {
    if (this.opened) this.set({ open: null });
  }

  private patched(patch: Patch): Record<string, string> {
    const params = { ...this.route.params };
    for (const [name, value] of Object.entries(patch)) {
      if (value === null || value === undefined || value === '' || value === false) delete params[name];
      else params[name] = String(value);
    }
    return params;
  }

  private keptIn(screen: string): Record<string, string> {
    const names = this.keeps[screen];
    return this.person !== null && names ? recallView(this.person, screen, names) : {};
  }

  /** The route of an address that was not made here: with any filter it is somebody's view and taken as it is. */
  private asLeft(route: Route): Route {
    if (route.path.length > 0 || Object.keys(route.params).some((name) => name !== 'open')) return route;
    const params = { ...this.keptIn(route.screen), ...route.params };
    if (Object.keys(params).length === Object.keys(route.params).length) return route;
    const whole = { ...route, params };
    history.replaceState(null, '', printRoute(whole));
    return whole;
  }

  private write(address: string, replace: boolean): void {
    if (address === location.hash) return;
    if (replace) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    this.take(parseRoute(address));
  }

  private take(route: Route): void {
    this.route = route;
    const { open: _opened, ...params } = route.params;
    if (!route.screen) return;
    this.last.set(route.screen, { ...route, params });
    const names = this.keeps[route.screen];
    if (this.person !== null && names && route.path.length === 0)
      rememberView(this.person, route.screen, keptOf(params, names));
  }
}

export const router = new Router();
