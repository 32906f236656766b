// The form of a target: what is typed, what is wrong with it, what is sent. Pure.
import type { ProbeKind } from '../../bindings/ProbeKind';
import type { TargetDefinition } from '../../bindings/TargetDefinition';

export const kinds: readonly ProbeKind[] = ['icmp', 'tcp', 'http', 'tls', 'dns', 'xmpp', 'platform'];
const PORTS: Record<ProbeKind, number> = {
  icmp: 8445,
  tcp: 8445,
  http: 443,
  tls: 443,
  dns: 53,
  xmpp: 5222,
  platform: 8445,
};
const PACKETS: Record<ProbeKind, number> = { icmp: 3, tcp: 3, http: 1, tls: 1, dns: 2, xmpp: 1, platform: 1 };
export const portOf = (kind: ProbeKind): number => PORTS[kind];
export const packetsOf = (kind: ProbeKind): number => PACKETS[kind];

export interface Typed {
  key: string;
  title: string;
  host: string;
  kind: ProbeKind;
  port: string;
  path: string;
  packets: string;
  period: string;
  certificatePort: string;
  workstationUrl: string;
  /** The parent's id as text; empty for none. */
  parent: string;
  enabled: boolean;
}

export function typedOf(definition: TargetDefinition | null): Typed {
  const text = (value: number | string | null | undefined) =>
    value === null || value === undefined ? '' : String(value);
  return {
    key: definition?.key ?? '',
    title: definition?.title ?? '',
    host: definition?.host ?? '',
    kind: definition?.kind ?? 'icmp',
    port: text(definition?.port),
    path: text(definition?.path),
    packets: text(definition?.packets),
    period: text(definition?.period_s),
    certificatePort: text(definition?.certificate_port),
    workstationUrl: text(definition?.workstation_url),
    parent: text(definition?.parent),
    enabled: definition?.enabled ?? true,
  };
}

/** An empty field is nothing; one that is no whole number stays wrong. */
function whole(text: string): number | null {
  const trimmed = text.trim();
  return trimmed === '' ? null : /^\d{1,6}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}

const within = (value: number | null, low: number, high: number) => value === null || (value >= low && value <= high);

/** The engine's names of the fields that cannot be as they are. */
export function faultsOf(typed: Typed): Set<string> {
  const faults = new Set<string>();
  const fault = (field: string, wrong: boolean) => wrong && faults.add(field);
  const title = typed.title.trim();
  fault('title', title.length === 0 || title.length > 64);
  fault('key', !/^[a-z0-9_-]{1,32}$/.test(typed.key.trim()));
  fault('host', !/^[\p{L}\p{N}._:-]{1,253}$/u.test(typed.host.trim()));
  fault('port', !within(whole(typed.port), 1, 65_535) || !within(whole(typed.certificatePort), 1, 65_535));
  fault('path', typed.kind === 'http' && typed.path.trim() !== '' && !/^\/\S*$/.test(typed.path.trim()));
  fault('packets', !within(whole(typed.packets), 1, 20));
  fault('period_s', !within(whole(typed.period), 5, 3600));
  fault(
    'workstation_url',
    typed.workstationUrl.trim() !== '' && !/^https:\/\/[^\s;',]+$/.test(typed.workstationUrl.trim()),
  );
  return faults;
}

export function definitionOf(typed: Typed): TargetDefinition {
  const text = (value: string) => value.trim() || null;
  return {
    key: typed.key.trim(),
    title: typed.title.trim(),
    host: typed.host.trim(),
    kind: typed.kind,
    port: whole(typed.port),
    path: typed.kind === 'http' ? text(typed.path) : null,
    packets: whole(typed.packets),
    period_s: whole(typed.period),
    certificate_port: whole(typed.certificatePort),
    workstation_url: text(typed.workstationUrl),
    parent: typed.parent === '' ? null : Number(typed.parent),
    enabled: typed.enabled,
  };
}

/** A short name for a title, as far as its letters allow: `Шлюз 2` has none, `Gate 2` is `gate-2`. */
export function keyOf(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32);
}
