// Cards on their way to another status. A card stands in its new column as soon as it is put there, marked as unconfirmed; when the
// tracker has not made the change it goes back, and why is told. What a column counts as certain is what the engine knows.
import type { TicketChangeRow } from '../../bindings/TicketChangeRow';
import type { TicketId } from '../../bindings/TicketId';
import type { TicketRow } from '../../bindings/TicketRow';
import type { TicketStatus } from '../../bindings/TicketStatus';
import { ApiError } from '../../backend';
import { i18n } from '../../i18n/index.svelte';
import { tickets as ticketsTexts } from '../../i18n/texts/tickets';
import { announcer } from '../../state/announcer.svelte';
import { notices } from '../../state/notices.svelte';
import { router } from '../../state/router.svelte';
import { session } from '../../state/session.svelte';
import { nothing } from './drafts.svelte';
import { troubleWords } from './outcome';
import { outcomes, send } from './sending.svelte';

interface Move {
  to: TicketStatus;
  /** The status the card was taken from. */
  from: number;
  /** The tracker has made it; the list has not shown it yet. */
  made: boolean;
}

export class Moves {
  private all = $state.raw<ReadonlyMap<TicketId, Move>>(new Map());

  /** `changed` brings the rows up to date. */
  constructor(private readonly changed: (id: TicketId) => void) {}

  /** The column a card stands in. */
  columnOf(row: TicketRow): number {
    const move = this.all.get(row.id);
    return move && row.status.id === move.from ? move.to.id : row.status.id;
  }

  /** Whether the card's place is the tracker's word. */
  isSure(row: TicketRow): boolean {
    const move = this.all.get(row.id);
    return !move || move.made || row.status.id !== move.from;
  }

  /** Whether the card is on its way and cannot be moved again. */
  isUnderWay(id: TicketId): boolean {
    return this.all.has(id);
  }

  async move(row: TicketRow, to: TicketStatus): Promise<void> {
    if (this.all.has(row.id) || row.status.id === to.id) return;
    const from = row.status.id;
    this.set(row.id, { to, from, made: false });
    try {
      const change = await send({
        id: row.id,
        wanted: { ...nothing, status: to.id },
        seen: { ...nothing, status: from },
        note: null,
        private: false,
        files: [],
      });
      outcomes.await(change.id, (settled) => this.settle(row, to, settled));
    } catch (cause) {
      this.drop(row.id);
      session.noticeSignedOut(cause);
      // It is so already: the list will say so.
      if (cause instanceof ApiError && cause.code === 'conflict') this.changed(row.id);
      else notices.failed(cause, () => void this.move(row, to));
    }
  }

  /** Lets go of what the list shows by now. */
  seen(rows: readonly TicketRow[]): void {
    for (const row of rows) {
      const move = this.all.get(row.id);
      if (move?.made && row.status.id !== move.from) this.drop(row.id);
    }
  }

  private settle(row: TicketRow, to: TicketStatus, change: TicketChangeRow): void {
    const t = i18n.of(ticketsTexts);
    const left = change.trouble?.trouble === 'left' && change.trouble.parts.includes('status');
    const made = change.state === 'done' || (change.state === 'partly' && !left);
    if (made) {
      this.set(row.id, { to, from: row.status.id, made: true });
      announcer.say(t.board.moved(row.id, to.name));
    } else {
      this.drop(row.id);
      notices.show({
        tone: 'warning',
        title: t.board.back(row.id),
        text: change.trouble ? troubleWords(t, change.trouble) : '',
        action: { label: t.fresh.open, run: () => router.open('ticket', row.id) },
      });
    }
    this.changed(row.id);
  }

  private set(id: TicketId, move: Move): void {
    this.all = new Map(this.all).set(id, move);
  }

  private drop(id: TicketId): void {
    const rest = new Map(this.all);
    rest.delete(id);
    this.all = rest;
  }
}
