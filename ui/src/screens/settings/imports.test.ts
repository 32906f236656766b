// Bytes of any length survive the way to a command.
import { describe, expect, it } from 'vitest';
import { base64Of } from './imports';

describe('base64Of', () => {
  it.each([0, 1, 2, 3, 0x7fff, 0x8000, 0x8001, 100_000])('keeps %i bytes', (length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => at % 251);
    const back = Uint8Array.from(atob(base64Of(bytes)), (letter) => letter.charCodeAt(0));
    expect(back.length).toBe(length);
    expect(back.every((byte, at) => byte === bytes[at])).toBe(true);
  });
});
