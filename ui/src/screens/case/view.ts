// The parts of a case as they are drawn: what happened by days, and by which joins each thing came in. Pure.
import type { CaseJoin } from '../../bindings/CaseJoin';
import type { CaseMoment } from '../../bindings/CaseMoment';
import type { CaseThing } from '../../bindings/CaseThing';
import type { CaseTrouble } from '../../bindings/CaseTrouble';
import type { CaseView } from '../../bindings/CaseView';
import { dayOf } from '../../i18n/format';
import { groupOf, type Group } from './kinds';

/** A line of the timeline: something that happened, or a delivery that did not come through. */
export type Line = { at: number } & (
  { moment: CaseMoment; trouble?: never } | { trouble: CaseTrouble; moment?: never }
);

export interface Day {
  day: string;
  lines: Line[];
}

/** What happened, the newest first, by days of the reader's zone, only of the groups on view. */
export function daysOf(view: CaseView, shown: readonly Group[], zone: string): Day[] {
  const lines: Line[] = [
    ...view.timeline
      .filter((moment) => shown.includes(groupOf(moment.thing)))
      .map((moment) => ({ at: moment.at, moment })),
    ...(shown.includes('deliveries')
      ? view.troubles.map((trouble) => ({ at: trouble.settled_at ?? trouble.created_at, trouble }))
      : []),
  ];
  // The engine's order among those of one instant, turned round as a whole.
  const newest = lines
    .map((line, place) => ({ line, place }))
    .sort((a, b) => b.line.at - a.line.at || b.place - a.place);
  const days: Day[] = [];
  for (const { line } of newest) {
    const day = dayOf(new Date(line.at), zone);
    const last = days.at(-1);
    if (last?.day === day) last.lines.push(line);
    else days.push({ day, lines: [line] });
  }
  return days;
}

/** How many lines each group has. */
export function countGroups(view: CaseView): Partial<Record<Group, number>> {
  const counts: Partial<Record<Group, number>> = {};
  for (const { thing } of view.timeline) counts[groupOf(thing)] = (counts[groupOf(thing)] ?? 0) + 1;
  if (view.troubles.length > 0) counts.deliveries = view.troubles.length;
  return counts;
}

/** The other end of a join. */
export const besideOf = (join: CaseJoin, thing: string): string => (join.a === thing ? join.b : join.a);

/** The joins by which a thing came into the case: those that lead to it from something nearer, the certain ones first. */
export function waysTo(view: CaseView, thing: CaseThing): CaseJoin[] {
  const steps = new Map(view.things.map((each) => [each.thing, each]));
  const leads = view.joins.filter((join) => {
    if (join.a !== thing.thing && join.b !== thing.thing) return false;
    const from = steps.get(besideOf(join, thing.thing));
    return from !== undefined && from.certain && from.steps < thing.steps;
  });
  return leads.sort((x, y) => Number(x.strength === 'likely') - Number(y.strength === 'likely'));
}

/** What a thing is split from to be out of the case: what it came in by. */
export function splitFrom(view: CaseView, thing: CaseThing): string | null {
  const [way] = waysTo(view, thing);
  return way ? besideOf(way, thing.thing) : null;
}
