// Do-not-disturb of this workstation: until when messages stay silent here. Not here: the person's own rules for notices.
import { recall, remember } from './storage';

const HOUR_MS = 3_600_000;
const isInstant = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

class Quiet {
  /** Milliseconds UTC; null when nothing is held back. May have passed. */
  until = $state<number | null>(null);

  start(): void {
    this.until = recall('quiet', isInstant);
  }

  hold(now: Date): void {
    this.keep(now.getTime() + HOUR_MS);
  }

  lift(): void {
    this.keep(null);
  }

  private keep(until: number | null): void {
    this.until = until;
    remember('quiet', until);
  }
}

export const quiet = new Quiet();
