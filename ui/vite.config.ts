// The build of the console page. The page is served under `/ui/` by the server and from the root of the window's
// bundle, so every address in it is relative. Fonts stay files: a strict content policy allows no `data:` fonts.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: './',
  plugins: [svelte(), svelteTesting()],
  build: {
    target: ['es2023', 'chrome123', 'safari17.5'],
    cssTarget: ['chrome123', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } },
    // Samples are shown as they are shipped; a test compares the texts with the rules' own words.
    fs: {
      allow: [
        '.',
        '../assets',
        ...['domain', 'engine', 'integrations', 'store'].map((of) => `../src-tauri/crates/${of}/src`),
        '../src-tauri/src',
      ],
    },
  },
  test: {
    environment: 'jsdom',
    // The library names its exports for bundlers only.
    server: { deps: { inline: ['rrule'] } },
    testTimeout: 30_000,
    // A machine that runs the suite does nothing else meanwhile.
    maxWorkers: '100%',
    setupFiles: ['./tests/setup.ts'],
    // A test computes the contrast of the tokens; no other stylesheet is read.
    css: { include: [/tokens\.css/] },
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
  },
});
