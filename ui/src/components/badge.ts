<<<<<<< HEAD
// The vocabulary of states' looks, apart from the drawing so that plain modules can name it.
=======
// What a state looks like, for code that maps states to badges.
>>>>>>> 5dd39e1 (Show the journal of calls with its cards and reasons)

export type Tone = 'ready' | 'talking' | 'wrap-up' | 'warning' | 'alarm' | 'off' | 'unknown' | 'accent';
/** The shapes differ without colour: filled, hollow, half, square, triangle, dashed. */
export type Shape = 'dot' | 'ring' | 'half' | 'square' | 'triangle' | 'dashed';
<<<<<<< HEAD

export interface Mark {
  tone: Tone;
  shape: Shape;
}
=======
>>>>>>> 5dd39e1 (Show the journal of calls with its cards and reasons)
