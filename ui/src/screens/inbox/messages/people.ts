// Who people to write to are: names, how they are, addresses, and which of them fit what was typed. Pure.
import type { ColleagueRow } from '../../../bindings/ColleagueRow';
import type { ContactRow } from '../../../bindings/ContactRow';
import type { ConversationRow } from '../../../bindings/ConversationRow';
import type { MessagesOverview } from '../../../bindings/MessagesOverview';
import type { OperatorRow } from '../../../bindings/OperatorRow';
import type { Presence } from '../../../bindings/Presence';
import type { Mark } from '../../../components/badge';

type Named = Pick<ContactRow, 'name' | 'person'>;

/** Where a conversation stands in the page. */
export const addressOfTalk = (peer: string): string => `#/inbox/messages?with=${encodeURIComponent(peer)}`;

/** Where a notice about a conversation leads, by whose account and the other side; what the engine itself said stands among deliveries. */
export function addressOfConversation(id: string): string {
  const slash = id.indexOf('/');
  return id.startsWith('bot/') ? '#/deliveries' : addressOfTalk(id.slice(slash + 1));
}

/** The list's own name for somebody, else theirs in the console, else the address. */
export const nameOf = (of: Named | undefined, address: string): string => of?.name || of?.person?.full_name || address;

/** An address of a messenger as the engine writes it; null for what is none. */
export function readAddress(text: string): string | null {
  const address = text.trim().toLowerCase();
  return /^[^\s@/"&'<>:]+@[^\s@/"&'<>:]+$/.test(address) ? address : null;
}

const looks: Record<Presence | 'unknown', Mark> = {
  online: { tone: 'ready', shape: 'dot' },
  chatty: { tone: 'ready', shape: 'dot' },
  away: { tone: 'warning', shape: 'half' },
  far_away: { tone: 'warning', shape: 'ring' },
  busy: { tone: 'warning', shape: 'square' },
  offline: { tone: 'off', shape: 'ring' },
  unknown: { tone: 'unknown', shape: 'dashed' },
};

/** How somebody is, as a code of the texts with its look. */
export function presenceOf(contact: ContactRow | undefined): Mark & { code: Presence | 'unknown'; status: string } {
  const code = contact?.presence?.presence ?? 'unknown';
  return { code, status: contact?.presence?.status ?? '', ...(looks[code] ?? looks.unknown) };
}

const has = (words: string, hay: readonly (string | undefined)[]) => {
  const whole = hay.join(' ').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
};

export const fitsTalk = (row: ConversationRow, words: string): boolean =>
  has(words, [row.name, row.person?.full_name, row.peer, row.last.text]);

export const fitsContact = (row: ContactRow, words: string): boolean =>
  has(words, [row.name, row.person?.full_name, row.address]);

/** Contacts, and the console's people who are on no list of contacts: of them only the name and the address are known. */
export function withColleagues(contacts: readonly ContactRow[], colleagues: readonly ColleagueRow[]): ContactRow[] {
  const known = new Set(contacts.map((row) => row.address));
  const logins = new Set(contacts.map((row) => row.person?.login));
  const others = colleagues.filter((row) => !known.has(row.address) && !logins.has(row.person.login));
  return [
    ...contacts,
    ...others.map((row): ContactRow => ({ ...row, name: '', subscription: 'none', presence: null })),
  ];
}

/** Contacts to write to: colleagues first, then by name; none of `but`. */
export function toWriteTo(contacts: readonly ContactRow[], words: string, but: ReadonlySet<string> = new Set()) {
  return contacts
    .filter((row) => !but.has(row.address) && fitsContact(row, words))
    .sort(
      (a, b) =>
        Number(b.person !== null) - Number(a.person !== null) ||
        nameOf(a, a.address).localeCompare(nameOf(b, b.address)),
    );
}

/**
 * The address at which an operator can be written to. By what they sign in with; by name only where one contact alone has it: a message
 * must not go to a namesake.
 */
export function addressOfOperator(overview: MessagesOverview | null, operator: OperatorRow): string | null {
  if (!overview?.account) return null;
  const same = (a: string | null | undefined, b: string | null | undefined) =>
    Boolean(a) && Boolean(b) && a?.toLowerCase() === b?.toLowerCase();
  const { contacts } = overview;
  const signedIn = contacts.find(
    ({ person }) => person && (same(person.login, operator.login_name) || same(person.login, operator.login_id)),
  );
  if (signedIn) return signedIn.address;
  const named = contacts.filter(
    (each) => same(each.person?.full_name, operator.name) || same(each.name, operator.name),
  );
  return named.length === 1 ? (named[0]?.address ?? null) : null;
}
