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

// Text is never measured here; axe asks only whether letters are icons.
HTMLCanvasElement.prototype.getContext = () => null;

afterEach(() => {
  localStorage.clear();
  history.replaceState(null, '', '#');
});
