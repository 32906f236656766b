// Words of the reports: tickets by group, stale tickets, calls, time in states, fairness, CSAT, availability.
import { en } from './reports.en';
import { ru } from './reports.ru';

export const reports = { ru, en };
