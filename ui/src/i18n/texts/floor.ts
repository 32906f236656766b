// Words of the floor: states, sessions, requests, verdicts, the time machine, the wallboard. Names of groups and marks are
// fixed by the contract of the source.
import { en } from './floor.en';
import { ru } from './floor.ru';

export const floor = { ru, en };
