// Words of tickets: the lists, the board, one ticket with its history, what is asked of the tracker and what came of it.
import { en } from './tickets.en';
import { ru } from './tickets.ru';

export const tickets = { ru, en };
