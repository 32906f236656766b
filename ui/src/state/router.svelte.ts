// The page's address as state. Everything a view depends on goes through it, so Back works and a view can be sent as a
// link. Each screen's last filters are kept until the page is closed.
import { parseOpened, parseRoute, printRoute, type Opened, type Route } from './route';

type Patch = Record<string, string | number | boolean | null | undefined>;

class Router {
  route = $state.raw<Route>(parseRoute(''));
  /** The last address of each screen without its opened record. */
  private readonly last = new Map<string, Route>();

  start(): () => void {
    const read = () => this.take(parseRoute(location.hash));
    read();
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }

  get opened(): Opened | null {
    return parseOpened(this.route.params.open);
  }

  param(name: string): string | null {
    return this.route.params[name] ?? null;
  }

  /** The link of a screen as it was left. */
  linkTo(screen: string): string {
    return printRoute(this.last.get(screen) ?? { screen, path: [], params: {} });
  }

  /** The link of the present view with some parameters changed; null removes one. */
  link(patch: Patch): string {
    return printRoute({ ...this.route, params: this.patched(patch) });
  }

  go(address: string): void {
    this.write(address, false);
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

  private write(address: string, replace: boolean): void {
    if (address === location.hash) return;
    if (replace) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    this.take(parseRoute(address));
  }

  private take(route: Route): void {
    this.route = route;
    const { open: _opened, ...params } = route.params;
    if (route.screen) this.last.set(route.screen, { ...route, params });
  }
}

export const router = new Router();
