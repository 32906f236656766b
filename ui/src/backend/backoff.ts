// How long to wait before the next attempt to reconnect. Pure: the random number is passed in.

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Milliseconds before attempt `attempt` (0 is the first repeat). The step doubles up to half a minute; half of it is
 * random, so that a hundred consoles do not return in the same instant after a restart of the server.
 */
export function reconnectDelay(attempt: number, random: number): number {
  const step = Math.min(FIRST_MS * 2 ** Math.min(attempt, 16), LONGEST_MS);
  return Math.round(step / 2 + (step / 2) * random);
}
