// Messages of the page itself: errors and results of acts, shown in a corner until closed. Not the inbox of notices,
// which is a screen.
import { ApiError } from '../backend';
import { i18n } from '../i18n/index.svelte';
import { errorText } from '../i18n/texts/errors';

export interface Notice {
  id: number;
  tone: 'good' | 'warning' | 'alarm';
  title: string;
  text?: string;
  /** Technical detail: folded, can be copied. */
  detail?: string;
  action?: { label: string; run: () => void };
}

const MOST = 4;
const GOOD_NEWS_MS = 4000;

class Notices {
  all = $state.raw<Notice[]>([]);
  private next = 1;

  show(notice: Omit<Notice, 'id'>): number {
    const id = this.next++;
    this.all = [...this.all, { ...notice, id }].slice(-MOST);
    return id;
  }

  /** A short confirmation that leaves by itself. */
  done(title: string, action?: Notice['action'], stays = GOOD_NEWS_MS): void {
    this.brief({ tone: 'good', title, ...(action ? { action } : {}) }, stays);
  }

  /** A message that leaves by itself. */
  brief(notice: Omit<Notice, 'id'>, stays: number): number {
    const id = this.show(notice);
    setTimeout(() => this.close(id), stays);
    return id;
  }

  /** Explains a failed act; `retry` becomes the button. */
  failed(cause: unknown, retry?: () => void): void {
    const { what, safe, detail } = explain(cause);
    this.show({
      tone: 'alarm',
      title: what,
      text: safe,
      detail,
      ...(retry ? { action: { label: i18n.t.shell.retry, run: retry } } : {}),
    });
  }

  close(id: number): void {
    this.all = this.all.filter((each) => each.id !== id);
  }
}

export const notices = new Notices();

/** An error in a person's words, with the technical detail apart. */
export function explain(cause: unknown): { what: string; safe: string; detail: string } {
  const code = cause instanceof ApiError ? cause.code : 'unknown';
  const detail = cause instanceof Error ? `${code}: ${cause.message}` : String(cause);
  return { ...errorText(i18n.t.errors, code), detail };
}
