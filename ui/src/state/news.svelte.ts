// Tells the person of what is new as the engine says: a message in the corner, a sound, or one sentence for a storm. In the desktop window
// the system's own toasts are the window's; the page there only sounds.
import { backend, type Change } from '../backend';
import type { News } from '../bindings/News';
import { i18n } from '../i18n/index.svelte';
import { inbox as inboxTexts } from '../i18n/texts/inbox';
import { noticeParts } from '../i18n/texts/notices';
import { Burst, concerns, follow } from './follow.svelte';
import { notices } from './notices.svelte';
import { session } from './session.svelte';
import { sound } from './sounds';

/** How long the message of a new notice stays. */
const STAYS_MS = 8_000;

class Teller {
  private last: { after: number; since: number } | null = null;
  private stormy: number | null = null;
  private busy = false;
  private again = false;
  private readonly burst = new Burst(() => void this.ask());

  constructor(private readonly open: (news: News['fresh'][number]['notice'] | null) => void) {}

  hear(change: Change): void {
    if (concerns(change, ['notices'])) this.burst.hear();
  }

  stop(): void {
    this.burst.stop();
  }

  async ask(): Promise<void> {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    try {
      const news = await backend().call('notices.news', this.last ?? { after: null, since: null });
      this.last = { after: news.newest, since: news.now };
      this.tell(news);
    } catch (cause) {
      // What is new now is told when it can be read again.
      session.noticeSignedOut(cause);
    } finally {
      this.busy = false;
      if (this.again) {
        this.again = false;
        void this.ask();
      }
    }
  }

  private tell({ fresh, storm }: News): void {
    const loudest = fresh.filter(({ announcement }) => announcement.sound).at(-1)?.notice;
    if (loudest) sound(loudest.class, loudest.level);
    if (backend().features.window) return;
    const shown = fresh.filter(({ announcement }) => announcement.toast).map(({ notice }) => notice);
    const open = { label: i18n.of(inboxTexts).open };
    if (shown.length > 0 && storm !== null) {
      // The next sentence of the same storm takes the place of the last.
      if (this.stormy !== null) notices.close(this.stormy);
      this.stormy = notices.brief(
        { tone: 'warning', title: i18n.of(inboxTexts).storm(storm), action: { ...open, run: () => this.open(null) } },
        STAYS_MS,
      );
      return;
    }
    for (const notice of shown) {
      const { title, lines } = noticeParts(i18n.t.notices, notice.code, notice.values);
      const tone = notice.level === 'critical' ? ('alarm' as const) : ('warning' as const);
      notices.brief(
        { tone, title, text: lines.join('. '), action: { ...open, run: () => this.open(notice) } },
        STAYS_MS,
      );
    }
  }
}

/** Tells the reader of the component being created. `open` shows a notice, or the list. */
export function tellNews(open: (notice: News['fresh'][number]['notice'] | null) => void): void {
  const teller = new Teller(open);
  follow({
    question: () => session.me?.login ?? null,
    ask: () => void teller.ask(),
    hear: (change) => teller.hear(change),
    stop: () => teller.stop(),
  });
}
