// The filter of pairs as the address holds it. Pure.
import type { ChatFilter } from '../../../bindings/ChatFilter';
import type { ChatWhich } from '../../../bindings/ChatWhich';

type Params = Readonly<Record<string, string>>;

export const whiches = ['all', 'paused', 'stuck'] as const satisfies readonly ChatWhich[];

/** What narrows the list. */
export const NARROWING = ['which', 'issue'];

/** Reads what the address says; what it cannot mean is left out. */
export function readFilter(params: Params): ChatFilter {
  return {
    which: whiches.find((each) => each === params.which) ?? 'all',
    issue: issueOf(params.issue),
  };
}

/** The issue's key in what was typed or pasted: its page's address will do, and small letters. */
export function issueOf(text: string | undefined): string | null {
  const typed = (text ?? '').trim();
  const found = /(?:^|[/#\s])([A-Za-z][A-Za-z0-9_]*-\d+)(?=$|[/?#\s])/.exec(typed);
  return (found?.[1] ?? typed).toUpperCase() || null;
}

/** Whether it looks like the key of an issue. */
export const isKey = (text: string | null): text is string => text !== null && /^[A-Z][A-Z0-9_]*-\d+$/.test(text);

export const isNarrowed = ({ which, issue }: ChatFilter): boolean => which !== 'all' || issue !== null;
