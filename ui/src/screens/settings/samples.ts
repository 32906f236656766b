// Bodies to begin with on the other side, by connection: the same files that its own pages show and that tests post.
import erpRequest from '../../../../assets/samples/erp_request.json';

const samples: Record<string, Readonly<Record<string, unknown>>> = { erp: erpRequest };

export interface Sample {
  /** Its word in the file. */
  name: string;
  /** The whole body, ready to be pasted. */
  text: string;
}

export function samplesOf(connection: string): Sample[] {
  const found = Object.hasOwn(samples, connection) ? (samples[connection] ?? {}) : {};
  return Object.entries(found).map(([name, body]) => ({ name, text: JSON.stringify(body, null, 2) }));
}
