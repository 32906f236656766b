// How far people are from an even hand. Pure.
import type { CarouselShare } from '../../bindings/CarouselShare';

/** Tickets beyond an even share; below zero where too few. */
export const difference = ({ given, even }: CarouselShare): number => given - even;

/** Whoever is furthest from an even share; null where nobody was given anything. */
export const furthest = (shares: readonly CarouselShare[]): CarouselShare | null =>
  shares.reduce<CarouselShare | null>(
    (most, share) => (most === null || Math.abs(difference(share)) > Math.abs(difference(most)) ? share : most),
    null,
  );

/** Smaller than this it is the rounding of a ticket that cannot be divided. */
export const EVEN = 0.05;

/** From the one with the most beyond their share down. */
export const byDifference = (shares: readonly CarouselShare[]): CarouselShare[] =>
  [...shares].sort((a, b) => difference(b) - difference(a) || a.person - b.person);

/** What a full bar stands for. */
export const longest = (shares: readonly CarouselShare[]): number =>
  Math.max(1, ...shares.map(({ given, even }) => Math.max(given, even)));
