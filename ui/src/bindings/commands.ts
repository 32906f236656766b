// The console's commands: name, request, response. Written by hand until the engine generates this file; the rest of
// the page reads only the types below.

export type Role = 'operator' | 'viewer' | 'supervisor' | 'admin';

export interface Me {
  id: number;
  login: string;
  full_name: string;
  role: Role;
  grants: string[];
  /** Instant until which toasts and sounds are held back. */
  do_not_disturb_until: string | null;
}

export interface Session {
  csrf: string;
  me: Me | null;
  /** No administrator exists yet: the first-run screen is shown. */
  setup_needed: boolean;
  version: string;
}

export type SourceState = 'live' | 'late' | 'down' | 'off';

export interface Source {
  name: string;
  title: string;
  state: SourceState;
  /** Last sign of life; absent when the source was never seen. */
  seen_at: string | null;
  note: string | null;
}

export interface CallRow {
  id: number;
  started_at: string;
  phone: string | null;
  operator: string | null;
  result: string;
  kind: string;
  theme: string | null;
  /** Length in seconds; absent while it is not known. */
  duration_s: number | null;
  agency: string | null;
  live: boolean;
}

export type DeliveryDirection = 'in' | 'out';
export type DeliveryState = 'waiting' | 'done' | 'retrying' | 'dead' | 'refused';

export interface DeliveryRow {
  id: number;
  at: string;
  direction: DeliveryDirection;
  integration: string;
  kind: string;
  subject: string | null;
  state: DeliveryState;
  attempts: number;
  next_try_at: string | null;
  error: string | null;
}

export interface ExportFile {
  name: string;
  mime: string;
  content_base64: string;
}

export interface Commands {
  sources_list: { request: Record<string, never>; response: { sources: Source[] } };
  do_not_disturb_set: { request: { until: string | null }; response: { until: string | null } };
  calls_list: {
    request: { date: string; query: string | null };
    response: { rows: CallRow[]; total: number };
  };
  calls_export: { request: { date: string; query: string | null; format: 'csv' | 'xlsx' }; response: ExportFile };
  call_get: { request: { id: number }; response: CallRow };
  deliveries_list: {
    request: { state: DeliveryState | null; query: string | null };
    response: { rows: DeliveryRow[]; total: number };
  };
}

export type CommandName = keyof Commands;
