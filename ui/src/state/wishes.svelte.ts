// How the person wants to hear of notices, one for all their windows: preferences, and silence for a while. Read when the page starts and
// whenever notices change. Not here: what the preferences mean (the engine's).
import { backend } from '../backend';
import type { Preferences } from '../bindings/Preferences';
import { notices } from './notices.svelte';
import { session } from './session.svelte';

const HOUR_MS = 3_600_000;

class Wishes {
  /** Null until they were read. */
  preferences = $state.raw<Preferences | null>(null);

  /** Until when nothing is told, milliseconds UTC; null when nothing is held back. May have passed. */
  get quietUntil(): number | null {
    return this.preferences?.quiet_until ?? null;
  }

  hold(now: Date): Promise<void> {
    return this.holdBack(now.getTime() + HOUR_MS);
  }

  lift(): Promise<void> {
    return this.holdBack(null);
  }

  /** Keeps changed preferences. They are in force on the page at once, and the old ones again where they cannot be kept. */
  async keep(patch: Partial<Preferences>): Promise<boolean> {
    const before = this.preferences;
    if (before === null) return false;
    this.preferences = { ...before, ...patch };
    try {
      this.preferences = await backend().call('notices.set_preferences', this.preferences);
      return true;
    } catch (cause) {
      this.preferences = before;
      notices.failed(cause, () => void this.keep(patch));
      session.noticeSignedOut(cause);
      return false;
    }
  }

  private async holdBack(until: number | null): Promise<void> {
    try {
      this.preferences = await backend().call('notices.hold_back', { until });
    } catch (cause) {
      notices.failed(cause, () => void this.holdBack(until));
      session.noticeSignedOut(cause);
    }
  }
}

export const wishes = new Wishes();
