// This workstation's own view of the targets: tried every ten seconds while the network screen is open, told to the
// engine once a round. Not here: how an address is tried (the backend's), and whose side is broken (the engine's).
import { backend, type Look } from '../../backend';
import type { TargetView } from '../../bindings/TargetView';
import { isText, recall, remember } from '../../state/storage';

export const EVERY_MS = 10_000;
/** Tries under way at once. */
const AT_ONCE = 6;
/** Targets tried from one workstation: a page is no monitoring station. */
const MOST = 30;

/** The name this workstation keeps for itself. */
export function station(): string {
  const known = recall('network.station', isText);
  if (known) return known;
  const made = `station-${Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  remember('network.station', made);
  return made;
}

export class Looking {
  /** The newest look by target. */
  seen = $state.raw<ReadonlyMap<number, Look>>(new Map());
  running = $state(false);
  private round: Promise<void> | null = null;

  /** One round over these targets, the first ones first; a round under way is joined, not doubled. */
  look(targets: readonly TargetView[]): Promise<void> {
    this.round ??= this.go(targets).finally(() => {
      this.round = null;
      this.running = false;
    });
    return this.round;
  }

  private async go(targets: readonly TargetView[]): Promise<void> {
    const wanted = targets.filter(({ definition }) => definition.enabled && definition.workstation_url !== null);
    const queue = wanted.slice(0, MOST);
    if (queue.length === 0) return;
    this.running = true;
    const found = new Map<number, Look>();
    const worker = async () => {
      for (let target = queue.shift(); target; target = queue.shift()) {
        const url = target.definition.workstation_url;
        if (url !== null) found.set(target.id, await backend().look(url));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    this.seen = found;
    await backend()
      .call('network.workstation_report', {
        station: station(),
        browser: !backend().features.window,
        seen: [...found].map(([target, look]) => ({ target, ...look })),
      })
      // The engine may be out of reach itself; the page says so elsewhere, and the next round tells again.
      .catch((cause: unknown) => console.warn('what this workstation saw was not told', cause));
  }
}
