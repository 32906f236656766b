// The filter of the floor as the address holds it, the order of the floor, and its teams. Pure.
import type { Group } from '../../bindings/Group';
import type { OperatorRow } from '../../bindings/OperatorRow';
import type { TeamRow } from '../../bindings/TeamRow';
import { groups, isGroup } from './states';

type Params = Readonly<Record<string, string>>;
export type View = 'table' | 'tiles' | 'teams';
export const views: readonly View[] = ['table', 'tiles', 'teams'];
/** Stands for those who are in no team. */
export const NO_TEAM = 0;

export interface FloorFilter {
  text: string;
  team: number | null;
  group: Group | null;
  /** Only those in whose state a limit was passed. */
  over: boolean;
}

/** Names of the parameters, and of those that make a saved view. */
export const FILTER_PARAMS = ['q', 'team', 'group', 'over'];
export const KEPT_PARAMS = [...FILTER_PARAMS, 'view', 'sort'];

/** Reads what the address says; what it cannot mean is left out. */
export function readFilter(params: Params): FloorFilter {
  const team = Number(params.team);
  return {
    text: params.q ?? '',
    team: params.team && Number.isSafeInteger(team) ? team : null,
    group: isGroup(params.group) ? params.group : null,
    over: params.over === '1',
  };
}

export const viewOf = (params: Params): View => views.find((view) => view === params.view) ?? 'table';

export const isNarrowed = (filter: FloorFilter): boolean =>
  filter.text.trim() !== '' || filter.team !== null || filter.group !== null || filter.over;

/** The rows that fit everything but the group: the counters of groups count these. */
export function fitting(rows: readonly OperatorRow[], filter: FloorFilter): readonly OperatorRow[] {
  const words = filter.text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && filter.team === null && !filter.over) return rows;
  return rows.filter((row) => {
    if (filter.team !== null && !isIn(row, filter.team)) return false;
    if (filter.over && row.alarm === 0) return false;
    if (words.length === 0) return true;
    const hay = `${row.name} ${row.login_id} ${row.login_name ?? ''} ${row.extension ?? ''}`.toLocaleLowerCase();
    return words.every((word) => hay.includes(word));
  });
}

export const isIn = (row: OperatorRow, team: number): boolean =>
  team === NO_TEAM ? row.teams.length === 0 : row.teams.includes(team);

const place = new Map(groups.map((group, index) => [group, index]));
const collator = new Intl.Collator('ru-RU', { numeric: true, sensitivity: 'base' });

/** Talking first, signed out last; within a group the longest in state first, then by name. */
export function byUrgency(a: OperatorRow, b: OperatorRow): number {
  if (a.group !== b.group) return (place.get(a.group) ?? 0) - (place.get(b.group) ?? 0);
  if (a.since !== b.since) {
    // Nobody knows since when: after those of whom it is known.
    if (a.since === null || b.since === null) return a.since === null ? 1 : -1;
    return a.since - b.since;
  }
  return collator.compare(a.name, b.name) || a.id - b.id;
}

export interface TeamPart {
  id: number;
  /** Absent for those who are in no team. */
  team: TeamRow | null;
  rows: OperatorRow[];
}

/** The rows by team, teams by name, those without one last. Somebody in two teams stands in both. */
export function byTeam(rows: readonly OperatorRow[], teams: readonly TeamRow[]): TeamPart[] {
  const parts = new Map<number, TeamPart>(teams.map((team) => [team.id, { id: team.id, team, rows: [] }]));
  const without: TeamPart = { id: NO_TEAM, team: null, rows: [] };
  for (const row of rows) {
    const known = row.teams.flatMap((id) => parts.get(id) ?? []);
    for (const part of known.length > 0 ? known : [without]) part.rows.push(row);
  }
  const named = [...parts.values()].sort((a, b) => collator.compare(a.team?.name ?? '', b.team?.name ?? ''));
  return [...named, without].filter((part) => part.rows.length > 0);
}
