// The stretch of time under the slider, and the steps of its keys. Pure.

export const DAY_MS = 86_400_000;
const SECOND = 1000;
const STEPS: Record<string, number> = {
  ArrowLeft: -10 * SECOND,
  ArrowDown: -10 * SECOND,
  ArrowRight: 10 * SECOND,
  ArrowUp: 10 * SECOND,
  PageDown: -600 * SECOND,
  PageUp: 600 * SECOND,
};

export interface Span {
  from: number;
  to: number;
}

/** The last day and night, or the calendar day the moment is in when that is further back. */
export function spanOf(at: number | null, now: number, dayStart: (at: number) => number): Span {
  if (at === null || at >= now - DAY_MS) return { from: now - DAY_MS, to: now };
  const from = dayStart(at);
  // A day may have 23 or 25 hours where clocks change.
  const to = dayStart(from + 1.5 * DAY_MS);
  return { from, to };
}

/** Where a key leads; null for the present, undefined for a key that is not ours. */
export function stepTo(
  key: string,
  shift: boolean,
  at: number | null,
  span: Span,
  now: number,
): number | null | undefined {
  if (key === 'Home') return span.from;
  if (key === 'End') return span.to >= now ? null : span.to;
  const step = STEPS[key];
  if (step === undefined) return undefined;
  const small = shift && key.startsWith('Arrow') ? step / 10 : step;
  const next = (at ?? now) + small;
  if (next >= now) return null;
  return next;
}

/** The moment an address names; nothing for the present, the future and what cannot be read. */
export function readMoment(text: string | null, now: number): number | null {
  if (text === null) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) || at >= now || at < now - 92 * DAY_MS ? null : at;
}

/** A moment as the address holds it, whole seconds. */
export const printMoment = (at: number): string =>
  new Date(Math.floor(at / SECOND) * SECOND).toISOString().replace('.000', '');

/** Round hours inside a span, at most eight of them, for the marks under the slider. */
export function hourMarks({ from, to }: Span, offset: number): number[] {
  const step = 3_600_000 * (to - from > 12 * 3_600_000 ? 3 : to - from > 3 * 3_600_000 ? 1 : 0.25);
  const marks: number[] = [];
  for (let at = Math.ceil((from + offset) / step) * step - offset; at < to; at += step) marks.push(at);
  return marks;
}
