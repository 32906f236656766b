// The time line of one operator: where each stretch lies in the window, with what nobody watched between them. Pure.
import type { Group } from '../../bindings/Group';
import type { Stretch } from '../../bindings/Stretch';

export interface Piece {
  from: number;
  to: number;
  /** Absent where nobody watched. */
  stretch: Stretch | null;
  group: Group;
}

/** Up to when a stretch is drawn: one that goes on reaches the present while somebody watches. */
export const endOf = (stretch: Stretch, now: number, watched: boolean): number =>
  stretch.open && watched ? Math.max(now, stretch.known_until) : stretch.known_until;

/**
 * The window [from, to) cut into pieces in order, without holes: what no stretch covers is unknown. Time after `now` is
 * left out.
 */
export function pieces(
  stretches: readonly Stretch[],
  from: number,
  to: number,
  now: number,
  watched: boolean,
): Piece[] {
  const found: Piece[] = [];
  const last = Math.min(to, now);
  let at = from;
  for (const stretch of stretches) {
    const begins = Math.max(stretch.began, at);
    const ends = Math.min(endOf(stretch, now, watched), last);
    if (ends <= begins) continue;
    if (begins > at) found.push({ from: at, to: begins, stretch: null, group: 'unknown' });
    found.push({ from: begins, to: ends, stretch, group: stretch.group });
    at = ends;
  }
  if (at < last) found.push({ from: at, to: last, stretch: null, group: 'unknown' });
  return found;
}

/** The piece at an instant. */
export const pieceAt = (all: readonly Piece[], at: number): Piece | null =>
  all.find((piece) => at >= piece.from && at < piece.to) ?? null;

/** The verdict in force: a person's own goes before the judgement. */
export const verdictOf = (stretch: Stretch): string | null =>
  stretch.overruled?.verdict ?? stretch.verdict?.verdict ?? null;

/** Whether a stretch is judged at all. */
export const isJudged = (stretch: Stretch): boolean => stretch.group === 'not_ready' || stretch.verdict !== null;
