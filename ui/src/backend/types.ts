// Shapes the transports need and the engine's list of commands does not hold. Everything a command takes or gives is
// generated (`bindings/`).
import type { ErrorCode } from '../bindings/ErrorCode';
import type { Trouble } from '../bindings/Trouble';

/** Whether the stream of changes is alive. */
export type StreamState = 'connected' | 'connecting' | 'lost';

/** What the sign-in and first-run endpoints answer beside the codes of commands. */
export type EntryCode = 'wrong_password' | 'locked' | 'blocked' | 'no_account' | 'register_away' | 'wrong_code';

/** What a transport finds by itself: an answer that is no answer of ours, or a window that refused. */
export type TransportCode = `http_${number}` | 'bad_answer' | 'window';

export type FailureCode = ErrorCode | EntryCode | TransportCode;

export interface FirstAdministrator {
  /** The set-up code from the server's log. */
  code: string;
  login: string;
  full_name: string;
  password: string;
}

/** How an address answered this workstation. A page sees neither a status nor what exactly stood in the way. */
export interface Look {
  reached: boolean;
  time_ms: number | null;
  status: number | null;
  trouble: Trouble | null;
}

export interface Features {
  /** The page lives in the desktop window: files and links go through the system. */
  window: boolean;
  /** People sign in with a login and a password. */
  signIn: boolean;
}
