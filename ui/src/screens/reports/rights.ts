// Who may see reports of projects: the engine's own rule, so that nobody is offered what would be refused.
import { session } from '../../state/session.svelte';

export const mayReport = (): boolean => session.may('supervisor') || session.has('redmine_report');
export const mayLookAtQuality = (): boolean => session.may('supervisor') || session.has('quality');
