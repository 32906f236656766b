// What of another server's settings is taken by itself. Pure.
import { sectionOf } from './sections';

/** The largest file read: the engine's own bound. */
const LARGEST = 1 << 20;

export const fits = (bytes: number): boolean => bytes <= LARGEST;

/** Whether a setting tells where this very server listens and keeps its data: seldom right elsewhere, so a person has to say so. */
export const isOfPlace = (path: string): boolean => ['listeners', 'backup'].includes(sectionOf(path));
