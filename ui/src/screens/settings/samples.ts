// Bodies to begin with on the other side, by connection: the same files that its own pages show and that tests post, and
// templates that the other side fills in.
import erpRequest from '../../../../assets/samples/erp_request.json';
import { vendorOf } from './vendors';

const samples: Record<string, Readonly<Record<string, unknown>>> = { erp: erpRequest };

export interface Sample {
  /** Its word in the file. */
  name: string;
  /** The whole body, ready to be pasted. */
  text: string;
}

export function samplesOf(connection: string): Sample[] {
  const found = Object.hasOwn(samples, connection) ? (samples[connection] ?? {}) : {};
  const bodies = Object.entries(found).map(([name, body]) => ({ name, text: JSON.stringify(body, null, 2) }));
  return [...bodies, ...Object.entries(vendorOf(connection).bodies ?? {}).map(([name, text]) => ({ name, text }))];
}
