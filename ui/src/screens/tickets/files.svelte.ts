// Files on their way to a ticket: brought to the engine one after another, each with its state. Attaching them is the change's.
import { ApiError, backend } from '../../backend';
import type { TicketUpload } from '../../bindings/TicketUpload';

/** Files of one change, as the engine takes them. */
export const MOST_FILES = 10;

export interface Brought {
  key: number;
  file: File;
  state: 'waits' | 'sending' | 'ready' | 'too_large' | 'empty' | 'failed';
  upload: TicketUpload | null;
  cause: unknown;
}

export class BroughtFiles {
  all = $state.raw<readonly Brought[]>([]);
  /** More were given than one change takes. */
  tooMany = $state(false);
  private next = 1;
  private working = false;

  get busy(): boolean {
    return this.all.some(({ state }) => state === 'waits' || state === 'sending');
  }
  /** Some will not come along: that is to be settled before sending. */
  get faulty(): boolean {
    return this.all.some(({ state }) => state === 'too_large' || state === 'empty' || state === 'failed');
  }
  get hashes(): string[] {
    return this.all.flatMap(({ upload }) => upload?.sha256 ?? []);
  }

  add(files: Iterable<File>, largest: number): void {
    const given = [...files];
    const room = Math.max(0, MOST_FILES - this.all.length);
    this.tooMany = given.length > room;
    const taken = given.slice(0, room).map((file): Brought => {
      const state = file.size > largest ? 'too_large' : file.size === 0 ? 'empty' : 'waits';
      return { key: this.next++, file, state, upload: null, cause: null };
    });
    this.all = [...this.all, ...taken];
    void this.work();
  }

  remove(key: number): void {
    this.tooMany = false;
    this.all = this.all.filter((each) => each.key !== key);
  }

  retry(key: number): void {
    this.change(key, { state: 'waits', cause: null });
    void this.work();
  }

  clear(): void {
    this.all = [];
    this.tooMany = false;
  }

  /** The engine keeps files for a while only: those it let go are to be brought anew. */
  forgotten(cause: unknown): void {
    if (!(cause instanceof ApiError) || cause.field !== 'files') return;
    this.all = this.all.map((each) => (each.upload ? { ...each, state: 'failed', upload: null, cause } : each));
  }

  private change(key: number, more: Partial<Brought>): void {
    this.all = this.all.map((each) => (each.key === key ? { ...each, ...more } : each));
  }

  /** One at a time: several large ones at once would only slow each other. */
  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      for (let one = this.waiting; one; one = this.waiting) {
        const { key, file } = one;
        this.change(key, { state: 'sending' });
        try {
          const upload = await backend().call('tickets.upload', {
            name: file.name,
            content_type: file.type || 'application/octet-stream',
            content_base64: await toBase64(file),
          });
          this.change(key, { state: 'ready', upload });
        } catch (cause) {
          this.change(key, { state: 'failed', cause });
        }
      }
    } finally {
      this.working = false;
    }
  }

  private get waiting(): Brought | undefined {
    return this.all.find(({ state }) => state === 'waits');
  }
}

function toBase64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',', 2)[1] ?? '');
    reader.onerror = () => reject(reader.error ?? new Error('not readable'));
    reader.readAsDataURL(file);
  });
}
