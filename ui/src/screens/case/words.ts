// A case in the reader's words: what each thing is and how it stands, why it belongs, what happened. Values come as the engine has them.
// Not here: the sentences themselves (the texts).
import type { CaseCard } from '../../bindings/CaseCard';
import type { CaseJoin } from '../../bindings/CaseJoin';
import type { CaseMoment } from '../../bindings/CaseMoment';
import type { CaseTrouble } from '../../bindings/CaseTrouble';
import type { ReasonKind } from '../../bindings/ReasonKind';
import type { Mark } from '../../components/badge';
import { i18n } from '../../i18n/index.svelte';
import { calls as callsTexts } from '../../i18n/texts/calls';
import { cases as casesTexts } from '../../i18n/texts/cases';
import { deliveries as deliveriesTexts } from '../../i18n/texts/deliveries';
import { erp as erpTexts } from '../../i18n/texts/erp';
import { floor as floorTexts } from '../../i18n/texts/floor';
import { ratings as ratingsTexts } from '../../i18n/texts/ratings';
import { liveMark, marks as callMarks, badgeOf, resultOf } from '../calls/marks';
import { pausedMark, runningMark } from '../deliveries/chat/marks';
import { stateOf as documentState, taskMarks } from '../deliveries/erp/marks';
import { effectMarks } from '../deliveries/marks';
import { isGroup } from '../floor/states';
import { codeWords, reasonWords, stateWords } from '../floor/words';
import { stateOf as ratingState } from '../ratings/marks';
import { termOf } from '../../i18n/texts/terms';

export interface Look {
  title: string;
  note: string;
  state: (Mark & { word: string }) | null;
  /** Where the thing itself is: a record for the panel, or an address. */
  open: { kind: string; id: string } | null;
}

const phone = (digits: string | null): string => (digits ? i18n.f.phone(digits) : i18n.of(casesTexts).unknownNumber);
const joined = (...parts: (string | null | undefined)[]): string => parts.filter(Boolean).join(' · ');

/** What a thing is and how it stands. */
export function lookOf(card: CaseCard): Look {
  const t = i18n.of(casesTexts);
  switch (card.kind) {
    case 'phone':
      return { title: phone(card.row), note: t.kinds.phone, state: null, open: null };
    case 'call': {
      const row = card.row;
      const code = resultOf(row);
      const over =
        code === null ? null : { ...callMarks[badgeOf(row.result)], word: i18n.of(callsTexts).results[code] };
      return {
        title: t.callNumber(row.id),
        note: joined(i18n.f.instant(row.started_at), row.operator, row.theme),
        state: row.state === 'open' ? { ...liveMark, word: t.happened.call_goes_on } : over,
        open: { kind: 'call', id: String(row.id) },
      };
    }
    case 'ticket': {
      const row = card.row;
      const mark: Mark = row.closed ? { tone: 'off', shape: 'square' } : { tone: 'talking', shape: 'half' };
      return {
        title: `#${row.id} ${row.subject}`,
        note: joined(row.assignee?.name, row.priority.name, i18n.f.instant(row.updated_on)),
        state: { ...mark, word: row.status.name },
        open: { kind: 'ticket', id: String(row.id) },
      };
    }
    case 'pair': {
      const row = card.row;
      const mark =
        row.paused_at === null ? (row.over ? ({ tone: 'off', shape: 'square' } as const) : runningMark) : pausedMark;
      return {
        title: `${row.issue} ${row.summary}`,
        note: joined(t.kinds.pair, i18n.f.instant(row.last?.at ?? row.created_at)),
        state: { ...mark, word: row.status },
        open: { kind: 'pair', id: String(row.id) },
      };
    }
    case 'rating': {
      const row = card.row;
      const words = i18n.of(ratingsTexts);
      return {
        title: words.detail.title(row.issue),
        note: joined(row.rate === null ? null : words.rates[row.rate], row.title, row.author_name),
        state: ratingState(row, words),
        open: { kind: 'rating', id: String(row.id) },
      };
    }
    case 'document': {
      const row = card.row;
      return {
        title: i18n.of(erpTexts).search.document(row.number),
        note: joined(row.title, i18n.f.instant(row.received_at)),
        state: documentState(row, i18n.of(erpTexts)),
        open: { kind: 'document', id: String(row.id) },
      };
    }
    case 'agency': {
      const row = card.row;
      return {
        title: row.name ?? t.agencyNumber(row.id),
        note: joined(t.kinds.agency, row.manager),
        state: row.blacklist ? { tone: 'alarm', shape: 'triangle', word: t.blacklisted } : null,
        open: { kind: 'agency', id: String(row.id) },
      };
    }
    case 'stretch': {
      const { row } = card;
      return {
        title: row.name,
        note: joined(i18n.f.instant(row.stretch.began), lengthOf(row.stretch.known_until - row.stretch.began)),
        state: { tone: 'off', shape: 'dot', word: stateWords(i18n.of(floorTexts), row.stretch.state) },
        open: { kind: 'operator', id: String(row.operator) },
      };
    }
    case 'task':
      return {
        title: t.taskNumber(card.row.task),
        note: joined(card.row.name, card.row.responsible),
        state: { ...taskMarks[card.row.state], word: i18n.of(erpTexts).taskStates[card.row.state] },
        open: { kind: 'document', id: String(card.row.document) },
      };
  }
}

const lengthOf = (ms: number): string => i18n.f.duration(Math.max(0, Math.round(ms / 1000)));

type Value = string | number | boolean | null | undefined;
const text = (value: Value): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
const count = (value: Value): number => (typeof value === 'number' ? value : 0);

const kinds: readonly string[] = Object.keys(floorTexts.ru.reasonKinds);

/** Why somebody was in a state; nothing where nobody said. */
function reasonOf(v: Record<string, Value>): string | null {
  const kind = text(v.reason_kind);
  if (!kinds.includes(kind)) return text(v.reason) || null;
  const code = typeof v.reason_code === 'number' ? v.reason_code : null;
  const reason = { code, id: null, label: text(v.reason) || null, kind: kind as ReasonKind };
  return reasonWords(i18n.of(floorTexts), reason);
}

/** The evidence of a join, in a sentence; `nameOf` says what a thing is called. */
export function evidenceOf(join: CaseJoin, nameOf: (thing: string) => string): string {
  const t = i18n.of(casesTexts);
  const v = join.values;
  const state = text(v.state);
  const named = text(v.named).startsWith('+') ? phone(text(v.named).slice(1)) : text(v.named);
  const values = {
    ...Object.fromEntries(Object.entries(v).map(([name, value]) => [name, text(value)])),
    phone: phone(text(v.phone)),
    agency: text(v.agency) || '—',
    state: isGroup(state) ? i18n.of(floorTexts).groups[state] : state,
    named,
    place: codeWords(t.places, text(v.place)),
    text: nameOf(text(v.text)),
    days: count(v.days),
  };
  return t.evidence[join.reason](values as never);
}

/** What happened, in a sentence. */
export function happened(moment: CaseMoment): string {
  const t = i18n.of(casesTexts).happened;
  const v = moment.values;
  const ratings = i18n.of(ratingsTexts);
  switch (moment.code) {
    case 'call_began':
      return t.call_began(phone(text(v.phone)), text(v.agency), text(v.theme));
    case 'call_ended':
      return t.call_ended(i18n.f.duration(count(v.seconds)), text(v.result));
    case 'called_back':
      return t.called_back;
    case 'state_began':
      return t.state_began(
        stateWords(i18n.of(floorTexts), text(v.state)),
        reasonOf(v) ?? '',
        i18n.f.duration(count(v.seconds)),
      );
    case 'ticket_created':
      return t.ticket_created(text(v.subject));
    case 'ticket_status':
      return t.ticket_status(text(v.old_status), text(v.status));
    case 'ticket_assigned':
      return t.ticket_assigned(text(v.assignee));
    case 'ticket_comment':
      return t.ticket_comment;
    case 'ticket_changed':
      return t.ticket_changed(count(v.others));
    case 'ticket_gone':
      return t.ticket_gone;
    case 'pair_began':
      return t.pair_began(text(v.issue), text(v.summary));
    case 'pair_paused':
      return t.pair_paused;
    case 'said':
      return joined(codeWords(t.said, text(v.side)), t.said_events[text(v.event)]);
    case 'issue_closed':
      return t.issue_closed(count(v.issue), text(v.title));
    case 'rating_asked':
      return t.rating_asked(text(v.name));
    case 'rating_not_asked':
      return t.rating_not_asked(codeWords(ratings.lacks, text(v.lack)));
    case 'rating_held':
      return t.rating_held(text(v.why));
    case 'rated':
      return t.rated(codeWords(ratings.rates, text(v.rate)), codeWords(ratings.origins, text(v.origin)));
    case 'rating_over':
      return t.rating_over(codeWords(ratings.endings, text(v.ending)));
    case 'document_came':
      return t.document_came(text(v.number), text(v.title));
    case 'document_settled':
      return t.document_settled(codeWords(i18n.of(erpTexts).states, text(v.state)), count(v.tasks), count(v.lines));
    case 'task_given':
      return t.task_given(count(v.task), text(v.name));
    default:
      // Of a newer engine.
      return moment.code;
  }
}

/** What somebody wrote, where they did. */
export const quoteOf = (moment: CaseMoment): string => text(moment.values.text).trim();

/** A delivery that did not come through. */
export function troubleOf(trouble: CaseTrouble): string {
  const terms = i18n.t.terms;
  return i18n
    .of(casesTexts)
    .trouble(
      termOf(terms.effects, trouble.kind),
      i18n.of(deliveriesTexts).effectStates[trouble.state],
      trouble.attempts,
    );
}

export const troubleMark = (trouble: CaseTrouble): Mark => effectMarks[trouble.state];
