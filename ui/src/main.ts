// Starts the console on the transport of the place it runs in.
import { pickBackend } from './backend';
import { start } from './start';

start(await pickBackend(), document.getElementById('app') ?? document.body);
