// A certificate that a person decides about: how its fingerprint is read, and what has to be confirmed before it is taken. Pure.
import type { CheckReport } from '../../bindings/CheckReport';

export type Certificate = NonNullable<CheckReport['steps'][number]['certificate']>;
/** What a person says of their own accord before a certificate is taken. */
export type Consent = 'compared' | 'expired' | 'other_name';

/** A fingerprint in pairs, as other programs show it. */
export const pairsOf = (sha256: string): string =>
  sha256
    .replaceAll(/[^0-9a-f]/gi, '')
    .toUpperCase()
    .replaceAll(/(..)(?=.)/g, '$1:');

/** Every consent the certificate needs: the fingerprint was compared, and each fault of it is taken by itself. */
export function consentsOf({ valid, named }: Certificate): Consent[] {
  return ['compared', ...(valid ? [] : ['expired' as const]), ...(named ? [] : ['other_name' as const])];
}
