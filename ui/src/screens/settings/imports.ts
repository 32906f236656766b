// What can be imported, and a file's bytes as a command carries them. Pure.
import type { ImportKind } from '../../bindings/ImportKind';

export const importKinds: readonly ImportKind[] = [
  'agencies',
  'agency_phones',
  'vilnius_calls',
  'moscow_calls',
  'staff',
  'carousel_services',
  'carousel_people',
  'carousel_groups',
  'carousel_members',
  'carousel_bindings',
  'carousel_absences',
];

/** Those whose file is a whole list where the service desk names none. */
export const isWholeList = (kind: ImportKind): boolean => kind.startsWith('carousel_') && kind !== 'carousel_absences';

/** Bytes turned into text at a time: one call may not have too many arguments. */
const PIECE = 0x8000;

export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
