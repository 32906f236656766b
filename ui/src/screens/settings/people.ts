// Typed profiles and what is wrong with them. The engine's checks are the same and have the last word. Pure.
import type { PersonRow } from '../../bindings/PersonRow';
import type { Profile } from '../../bindings/Profile';
import type { Rights } from '../../bindings/Rights';

/** The shortest password the engine takes. */
export const LEAST_PASSWORD = 10;

export type ProfileField =
  'login' | 'full_name' | 'email' | 'vpn_end_date' | 'office' | 'department' | 'position' | 'phone';

export interface TypedPerson {
  login: string;
  full_name: string;
  email: string;
  office: string;
  department: string;
  position: string;
  phone: string;
  vpn: 'unknown' | 'yes' | 'no';
  vpn_end_date: string;
  role: Rights['role'];
  grants: Rights['grants'];
  teams: string;
}

export function typedOf(person: PersonRow | null): TypedPerson {
  return {
    login: person?.login ?? '',
    full_name: person?.full_name ?? '',
    email: person?.email ?? '',
    office: person?.office ?? '',
    department: person?.department ?? '',
    position: person?.position ?? '',
    phone: person?.phone ?? '',
    vpn: person?.vpn === true ? 'yes' : person?.vpn === false ? 'no' : 'unknown',
    vpn_end_date: person?.vpn_end_date ?? '',
    role: person?.role ?? 'viewer',
    grants: person?.grants ?? [],
    teams: (person?.teams ?? []).join('\n'),
  };
}

const orNull = (text: string) => text.trim() || null;

export function profileOf(typed: TypedPerson): Profile {
  return {
    full_name: typed.full_name.trim(),
    email: orNull(typed.email),
    office: orNull(typed.office),
    department: orNull(typed.department),
    position: orNull(typed.position),
    phone: orNull(typed.phone),
    vpn: typed.vpn === 'unknown' ? null : typed.vpn === 'yes',
    vpn_end_date: orNull(typed.vpn_end_date),
  };
}

export function rightsOf(typed: TypedPerson): Rights {
  const teams = typed.teams.split('\n').map((team) => team.trim());
  return { role: typed.role, grants: typed.grants, teams: [...new Set(teams.filter(Boolean))] };
}

/** The fields that cannot be right as typed. */
export function faultsOf(typed: TypedPerson): Set<ProfileField> {
  const faults = new Set<ProfileField>();
  if (!/^[^\s\p{Cc}]{1,64}$/u.test(typed.login.trim())) faults.add('login');
  if (!typed.full_name.trim()) faults.add('full_name');
  const email = typed.email.trim();
  if (email && !/^[^\s@]+@[^\s@]+$/.test(email)) faults.add('email');
  const day = typed.vpn_end_date.trim();
  if (day && (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)))) faults.add('vpn_end_date');
  return faults;
}

/** Whether a person matches what was typed in the filter. */
export function matches(person: PersonRow, typed: string, locale: string): boolean {
  const hay = [person.full_name, person.login, person.department, person.position, person.email]
    .filter(Boolean)
    .join(' ')
    .toLocaleLowerCase(locale);
  return typed
    .toLocaleLowerCase(locale)
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => hay.includes(word));
}
