// The two durations that scripts need; the rest are in the style tokens.

/** A wait shorter than this shows nothing at all. */
export const NOTICEABLE_MS = 150;
/** How long the tint of a changed cell fades. */
export const TINT_MS = 600;
