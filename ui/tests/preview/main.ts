// The console on an engine made of functions, for pictures and for tests in a browser. Never part of the product: it
// has a build of its own (`vite build --config tests/preview/vite.config.ts --outDir ...`).
import { start } from '../../src/start';
import { makeBackend } from './engine';

start(makeBackend(new URLSearchParams(location.search)), document.getElementById('app') ?? document.body);
