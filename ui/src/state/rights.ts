// What the person on view may be offered. The engine checks every command; the page only leaves out what would be refused.
import type { Grant } from '../bindings/Grant';
import type { Role } from '../bindings/Role';
import { session } from './session.svelte';

export const roles: readonly Role[] = ['operator', 'viewer', 'supervisor', 'admin'];
export const grants: readonly Grant[] = ['quality', 'calls_moscow', 'redmine_report'];

/** Whether the person has at least this role. */
export function may(least: Role): boolean {
  const role = session.me?.rights.role;
  return role !== undefined && roles.indexOf(role) >= roles.indexOf(least);
}
