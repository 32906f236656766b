// What jsdom lacks and the page needs. Sizes stay zero: a table must be right even before it has been laid out.
import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/svelte';
import { afterEach } from 'vitest';

// A bound for what never comes, not a pause: a loaded machine may take long to compile a screen.
configure({ asyncUtilTimeout: 10_000 });

class NoResizes implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoResizes;
Element.prototype.scrollIntoView ??= () => {};
window.matchMedia ??= (media) =>
  ({ media, matches: false, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;

// Nothing is painted here. A chart gets a surface that swallows its strokes; axe, which names its options and asks only
// whether letters are icons, gets none.
const surface = new Proxy({} as Record<string, unknown>, {
  get: (held, name) => (typeof name === 'string' && name in held ? held[name] : () => ({ width: 0 })),
});
HTMLCanvasElement.prototype.getContext = ((_kind: string, options?: object) =>
  options ? null : surface) as typeof HTMLCanvasElement.prototype.getContext;
class NoPath {}
for (const name of ['moveTo', 'lineTo', 'rect', 'arc', 'closePath', 'bezierCurveTo', 'roundRect', 'arcTo'])
  Object.defineProperty(NoPath.prototype, name, { value: () => {} });
globalThis.Path2D ??= NoPath as unknown as typeof Path2D;

afterEach(() => {
  localStorage.clear();
  history.replaceState(null, '', '#');
});
