// The roles and the rights beside them, in the order they are shown. Whether the person on view has one is the session's
// to say.
import type { Grant } from '../bindings/Grant';
import type { Role } from '../bindings/Role';

export const roles: readonly Role[] = ['operator', 'viewer', 'supervisor', 'admin'];
export const grants: readonly Grant[] = ['quality', 'calls_moscow', 'redmine_report'];
