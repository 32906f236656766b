// Short tones of notices, made on the spot: each class has its own two notes, and what presses more sounds twice. Not here: whether a
// notice sounds (the engine's).
import type { Level } from '../bindings/Level';
import type { NoticeClass } from '../bindings/NoticeClass';

/** Two notes, hertz. Rising is good or neutral, falling asks for somebody. */
const notes: Record<NoticeClass, readonly [number, number]> = {
  floor_threshold: [587, 494],
  floor_source: [523, 392],
  network_incident: [659, 440],
  source: [523, 415],
  delivery: [494, 440],
  rating: [622, 523],
  document: [494, 587],
  carousel: [440, 554],
  chat_link: [554, 659],
  ticket: [659, 880],
  message: [740, 988],
  other: [523, 523],
};
const NOTE_S = 0.11;
const LOUD = 0.12;

export interface Tone {
  hertz: number;
  /** From the beginning, seconds. */
  at: number;
}

/** The tones of a notice; a word of a newer engine sounds as the rest do. */
export function tonesOf(kind: NoticeClass, level: Level): Tone[] {
  const [first, second] = (Object.hasOwn(notes, kind) && notes[kind]) || notes.other;
  const once = [
    { hertz: first, at: 0 },
    { hertz: second, at: NOTE_S },
  ];
  if (level === 'info') return once;
  return [...once, ...once.map(({ hertz, at }) => ({ hertz, at: at + 3 * NOTE_S }))];
}

let context: AudioContext | null = null;

/** Plays the tones of a notice. Where the page may not sound before its reader has touched it, nothing is heard. */
export function sound(kind: NoticeClass, level: Level): void {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume().catch(() => undefined);
  for (const { hertz, at } of tonesOf(kind, level)) {
    const [oscillator, gain, start] = [context.createOscillator(), context.createGain(), context.currentTime + at];
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(LOUD, start + 0.015);
    gain.gain.exponentialRampToValueAtTime(0.001, start + NOTE_S);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + NOTE_S);
  }
}
