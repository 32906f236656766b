// How one's own session is, in words. Pure: the tables are passed in.
import type { MessagesOverview } from '../../../bindings/MessagesOverview';
import type { SessionReport } from '../../../bindings/SessionReport';
import type { messages } from '../../../i18n/texts/messages';

type Texts = typeof messages.ru;

export interface Standing {
  tone: 'warning' | 'alarm' | 'good';
  title: string;
  text: string;
  /** What stands in the way, in words; may be empty. */
  cause: string;
}

/** Nothing more is tried until a person acts. */
const STOPPED: readonly string[] = ['auth_failed', 'cert_problem', 'conflict', 'sso_unsupported', 'no_rights'];

export const isStopped = (report: SessionReport | null): boolean =>
  report !== null &&
  (STOPPED.includes(report.state) ||
    (report.state === 'offline' && ['host_unknown', 'host_gone'].includes(report.cause ?? '')));

/** A code of the texts in words; one of a newer engine is shown as it is. */
export const causeWords = (t: Texts, code: string | null): string =>
  code === null ? '' : (Object.hasOwn(t.causes, code) && t.causes[code as keyof Texts['causes']]) || code;

export function standingOf(t: Texts, report: SessionReport | null): Standing {
  const words = t.session;
  if (report === null) return { tone: 'warning', title: words.none, text: words.noneText, cause: '' };
  const tone = isStopped(report) ? 'alarm' : ['live', 'polling'].includes(report.state) ? 'good' : 'warning';
  const stopped = report.state === 'offline' && tone === 'alarm';
  const title = stopped ? words.stopped : (words[report.state] ?? report.state);
  const texts: Partial<Record<SessionReport['state'], string>> = {
    auth_failed: words.authText,
    cert_problem: words.certText,
    conflict: words.conflictText,
  };
  const text = stopped ? words.stoppedText : (texts[report.state] ?? '');
  // The title of these says it all.
  const told = stopped || ['live', 'cert_problem', 'conflict'].includes(report.state);
  return { tone, title, text, cause: told ? '' : causeWords(t, report.cause) };
}

/** Why nothing can be sent now, to stand within a sentence; null when it can be. */
export function whyNot(t: Texts, overview: MessagesOverview): string | null {
  if (!overview.account) return t.composer.noAccount;
  const lower = (title: string) => title.charAt(0).toLowerCase() + title.slice(1);
  if (!overview.connected) return t.composer.down(lower(t.session.off));
  const report = overview.account.session;
  return report?.state === 'live' ? null : t.composer.down(lower(standingOf(t, report).title));
}

/** The fingerprint in what was seen of a certificate, in pairs as other programs show it. */
export function fingerprintOf(detail: string): string | null {
  const found = /SHA-256[:\s]+([0-9a-f]{64})\b/i.exec(detail)?.[1];
  return found ? (found.toUpperCase().match(/../g) ?? []).join(':') : null;
}
