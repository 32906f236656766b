// The list of requests: what is due first while they wait, the newest first once they are over.
import { backend } from '../../backend';
import type { PageKey } from '../../bindings/PageKey';
import type { RatingRow } from '../../bindings/RatingRow';
import { KeyedList, openList } from '../../state/keyed.svelte';
import { engineFilter, fits, type Question } from './filter';

/** Requests are numbered as their closings became known, give or take what waited for a decision. */
const SLACK_MS = 86_400_000;

const dueFirst = (a: RatingRow, b: RatingRow): number => a.deadline_at - b.deadline_at || a.id - b.id;
const newestFirst = (a: RatingRow, b: RatingRow): number => b.id - a.id;

/** Nothing older can have been closed in the period: a closing is known no sooner than it happens. */
const isPast = ({ which, closed }: Question, last: RatingRow | undefined): boolean =>
  which !== 'pending' && closed !== null && last !== undefined && last.created_at < closed.from - SLACK_MS;

async function page(question: Question, after: PageKey | null, limit: number) {
  const { rows, next } = await backend().call('ratings.page', { filter: engineFilter(question), after, limit });
  return { rows: rows.filter((row) => fits(question, row)), next: isPast(question, rows.at(-1)) ? null : next };
}

async function rows(question: Question, ids: number[]): Promise<RatingRow[]> {
  const found = await backend().call('ratings.rows', { ids });
  return found.rows.filter((row) => fits(question, row));
}

/** Opens the list of one tab for the component being created. */
export function openRatings(waiting: boolean, question: () => Question): KeyedList<RatingRow, Question, PageKey> {
  const list = new KeyedList<RatingRow, Question, PageKey>({
    area: 'ratings',
    order: waiting ? dueFirst : newestFirst,
    page,
    rows,
  });
  openList(list, question);
  return list;
}
