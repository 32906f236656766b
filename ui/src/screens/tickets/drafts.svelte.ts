// What a person is about to say and change, per ticket, kept until the page is closed: going to another ticket and back loses nothing.
import type { TicketRow } from '../../bindings/TicketRow';
import type { TicketWanted } from '../../bindings/TicketWanted';
import { session } from '../../state/session.svelte';
import { BroughtFiles } from './files.svelte';

export type FieldName = 'status' | 'priority' | 'assignee';
export const fieldNames: readonly FieldName[] = ['status', 'priority', 'assignee'];

/** What a field is, as the engine takes it; nobody is nothing. */
export const fieldOf = (ticket: TicketRow, field: FieldName): number | null => ticket[field]?.id ?? null;

/** Nothing is wanted. */
export const nothing: TicketWanted = { status: null, priority: null, assignee: null };

interface Wish {
  /** 0 for nobody. */
  wanted: number;
  /** What it was when the person chose: somebody else's change since then is not overwritten. */
  seen: number | null;
}

export class Draft {
  note = $state('');
  private = $state(false);
  wishes = $state.raw<Partial<Record<FieldName, Wish>>>({});
  readonly files = new BroughtFiles();

  get blank(): boolean {
    return this.note.trim() === '' && Object.keys(this.wishes).length === 0 && this.files.all.length === 0;
  }

  /** Chooses a value; the present one again is no wish. */
  choose(field: FieldName, wanted: number, ticket: TicketRow): void {
    const present = fieldOf(ticket, field);
    const { [field]: _former, ...rest } = this.wishes;
    this.wishes = wanted === (present ?? 0) ? rest : { ...rest, [field]: { wanted, seen: present } };
  }

  forget(field: FieldName): void {
    const { [field]: _former, ...rest } = this.wishes;
    this.wishes = rest;
  }

  /** Fields that somebody else changed since the person chose. */
  overtaken(ticket: TicketRow): FieldName[] {
    return fieldNames.filter((field) => {
      const wish = this.wishes[field];
      return wish !== undefined && wish.seen !== fieldOf(ticket, field);
    });
  }

  get wanted(): TicketWanted {
    return this.of((wish) => wish.wanted);
  }
  get seen(): TicketWanted {
    return this.of((wish) => wish.seen);
  }

  clear(): void {
    this.note = '';
    this.private = false;
    this.wishes = {};
    this.files.clear();
  }

  private of(value: (wish: Wish) => number | null): TicketWanted {
    const told = { ...nothing };
    for (const field of fieldNames) {
      const wish = this.wishes[field];
      if (wish) told[field] = value(wish);
    }
    return told;
  }
}

const drafts = new Map<number, Draft>();
let owner = '';

/** The draft of a ticket. What one person wrote is not shown to the next who signs in. */
export function draftOf(ticket: number): Draft {
  const login = session.me?.login ?? '';
  if (login !== owner) drafts.clear();
  owner = login;
  const known = drafts.get(ticket) ?? new Draft();
  drafts.set(ticket, known);
  return known;
}

export const forgetDrafts = (): void => drafts.clear();
