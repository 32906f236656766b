// The vocabulary of states' looks, apart from the drawing so that plain modules can name it.

export type Tone = 'ready' | 'talking' | 'wrap-up' | 'warning' | 'alarm' | 'off' | 'unknown' | 'accent';
/** The shapes differ without colour: filled, hollow, half, square, triangle, dashed. */
export type Shape = 'dot' | 'ring' | 'half' | 'square' | 'triangle' | 'dashed';

export interface Mark {
  tone: Tone;
  shape: Shape;
}
