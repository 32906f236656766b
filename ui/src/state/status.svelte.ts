// What the status line at the bottom says about the screen on view: a summary, the data's age and where it came from.

class Status {
  summary = $state('');
  readAt = $state.raw<Date | null>(null);
  origin = $state('');

  clear(): void {
    this.summary = '';
    this.readAt = null;
    this.origin = '';
  }
}

export const status = new Status();

/** Keeps the status line in step with a screen for as long as the screen is on view. Null leaves it to a part of the screen. */
export function reportStatus(tell: () => { summary?: string; readAt?: Date | null; origin?: string } | null): void {
  $effect(() => {
    const told = tell();
    if (told === null) return;
    const { summary = '', readAt = null, origin = '' } = told;
    status.summary = summary;
    status.readAt = readAt;
    status.origin = origin;
  });
  $effect(() => () => status.clear());
}
