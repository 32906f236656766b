// Builds the preview page; `--outDir` should point outside the project.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  base: './',
  plugins: [svelte({ configFile: '../../svelte.config.js' })],
  build: { target: ['es2023', 'chrome123', 'safari17.5'], assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
