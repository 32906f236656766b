// The routes a key may name, by area, and which of them a role opens. Pure.
import type { Grant } from '../../bindings/Grant';
import type { KeyRoute } from '../../bindings/KeyRoute';
import type { Role } from '../../bindings/Role';
import { roles } from '../../state/rights';

export interface RouteGroup {
  /** The word before the dot. */
  area: string;
  routes: readonly KeyRoute[];
}

const rank = (role: Role): number => roles.indexOf(role);

/** The right a key of this role still lacks for a route; null when it lacks none. Calls of Moscow are a right whatever the role. */
export function lacks(route: KeyRoute, role: Role, grants: readonly Grant[]): Grant | null {
  const opens: Role = route.grant === 'calls_moscow' ? 'admin' : 'supervisor';
  const needed = rank(role) < rank(opens) ? route.grant : null;
  return needed === null || grants.includes(needed) ? null : needed;
}

/** What the role opens, in the engine's order; with `typed`, only the names that contain it. */
export function groupsOf(all: readonly KeyRoute[], role: Role, typed = ''): RouteGroup[] {
  const groups = new Map<string, KeyRoute[]>();
  const wanted = typed.trim().toLowerCase();
  for (const route of all) {
    if (rank(role) < rank(route.role) || !route.name.includes(wanted)) continue;
    const area = route.name.split('.', 1)[0] ?? route.name;
    groups.set(area, [...(groups.get(area) ?? []), route]);
  }
  return [...groups].map(([area, routes]) => ({ area, routes }));
}

/** Of the chosen names, those a key of this role may name at all. */
export function named(
  all: readonly KeyRoute[],
  chosen: ReadonlySet<string>,
  role: Role,
  grants: readonly Grant[],
): string[] {
  const open = groupsOf(all, role).flatMap((group) => group.routes);
  return open.filter((route) => chosen.has(route.name) && lacks(route, role, grants) === null).map(({ name }) => name);
}
