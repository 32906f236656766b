// Whether a person's notices reach their messenger. Pure.
import type { MessengerReach } from '../../bindings/MessengerReach';
import { isStopped } from '../inbox/messages/standing';

/** Whether duplicates have an address and a session that goes on, or will by itself. */
export const doesReach = (reach: MessengerReach | null): boolean =>
  reach !== null && reach.connected && reach.address !== null && !isStopped(reach.session);
