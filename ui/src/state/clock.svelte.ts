// The one clock of the page. Durations and ages tick from `now`, once a second; whole instants depend only on `day`,
// which moves every quarter of an hour, so that a table of times is not drawn again each second.

const QUARTER_MS = 15 * 60_000;

class Clock {
  now = $state.raw(new Date());
  day = $state.raw(new Date());

  /** Ticks until the returned function is called. Stands still while the page is hidden, catches up when it is seen. */
  start(): () => void {
    const tick = () => {
      if (!document.hidden) this.set(new Date());
    };
    const timer = setInterval(tick, 1000);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }

  /** Puts the clock to an instant; tests call it instead of waiting. */
  set(at: Date): void {
    this.now = at;
    if (Math.floor(at.getTime() / QUARTER_MS) !== Math.floor(this.day.getTime() / QUARTER_MS)) this.day = at;
  }
}

export const clock = new Clock();
