// Then and now of a replay, laid side by side as rows. Facts of one record come in one order, so steps are paired by their
// place; calls are paired by their key. Pure.
import type { Course } from '../../bindings/Course';
import type { Preview } from '../../bindings/Preview';
import type { Step } from '../../bindings/Step';
import type { StepEffect } from '../../bindings/StepEffect';

export type Mark = 'same' | 'changed' | 'added' | 'removed';

export type CourseRow = { depth: number; mark: Mark } & (
  | { of: 'step'; then: Step | null; now: Step | null }
  | { of: 'call'; then: StepEffect | null; now: StepEffect | null }
  /** No such call was ever made: what it would bring is not known. */
  | { of: 'unknown'; then: null; now: StepEffect }
);

export interface Comparison {
  rows: CourseRow[];
  /** How many rows differ. */
  differences: number;
}

/** The text of a value that does not depend on the order of an object's keys. */
function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${stable(each)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

function markOf<T>(then: T | null, now: T | null, same: (a: T, b: T) => boolean): Mark {
  if (then === null) return 'added';
  if (now === null) return 'removed';
  return same(then, now) ? 'same' : 'changed';
}

const sameStep = (a: Step, b: Step) =>
  a.kind === b.kind && a.explanation.rule === b.explanation.rule && stable(a.changes) === stable(b.changes);

function pairSteps(then: Step[], now: Step[], depth: number, rows: CourseRow[]): void {
  for (let place = 0; place < Math.max(then.length, now.length); place += 1) {
    const [before, after] = [then[place] ?? null, now[place] ?? null];
    rows.push({ of: 'step', depth, then: before, now: after, mark: markOf(before, after, sameStep) });
    pairCalls(before?.effects ?? [], after?.effects ?? [], depth + 1, rows);
  }
}

function pairCalls(then: StepEffect[], now: StepEffect[], depth: number, rows: CourseRow[]): void {
  const left = [...then];
  for (const after of now) {
    const place = left.findIndex((each) => each.key === after.key);
    const before = place < 0 ? null : (left.splice(place, 1)[0] ?? null);
    rows.push({
      of: 'call',
      depth,
      then: before,
      now: after,
      mark: markOf(before, after, (a, b) => a.kind === b.kind && a.integration === b.integration),
    });
    if (after.state === null && after.then.length === 0) {
      rows.push({ of: 'unknown', depth: depth + 1, then: null, now: after, mark: 'same' });
    }
    pairSteps(before?.then ?? [], after.then, depth + 1, rows);
  }
  for (const before of left) {
    rows.push({ of: 'call', depth, then: before, now: null, mark: 'removed' });
    pairSteps(before.then, [], depth + 1, rows);
  }
}

export function compare(preview: Preview): Comparison {
  const rows: CourseRow[] = [];
  pairSteps(preview.then.steps, preview.now.steps, 0, rows);
  const own = rows.filter((row) => row.mark !== 'same').length;
  const understood = (course: Course) => course.error === null;
  return { rows, differences: own + Number(understood(preview.then) !== understood(preview.now)) };
}
