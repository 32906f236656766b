// A case as text to be sent to somebody: what it is about, how things stand, why they belong together, what happened. The same case
// gives the same text. Not here: copying it.
import type { CaseView } from '../../bindings/CaseView';
import { i18n } from '../../i18n/index.svelte';
import { cases as casesTexts } from '../../i18n/texts/cases';
import { evidenceOf, happened, lookOf, quoteOf, troubleOf } from './words';

/** Lines of the timeline, the newest. */
const MOST = 40;
/** Characters of what somebody said. */
const LONGEST = 160;

export function summaryOf(view: CaseView): string {
  const t = i18n.of(casesTexts).summary;
  const names = new Map(view.things.map(({ thing, card }) => [thing, lookOf(card).title]));
  const nameOf = (thing: string) => names.get(thing) ?? thing;
  const part = (title: string, lines: string[]) => (lines.length === 0 ? [] : ['', `${title}:`, ...lines]);
  const likely = i18n.of(casesTexts).likely;
  const things = view.things.map(({ thing, card, certain }) => {
    const look = lookOf(card);
    const state = look.state ? `: ${look.state.word}` : '';
    return `- ${look.title}${state}${certain || thing === view.root ? '' : ` (${likely})`}`;
  });
  const joins = view.joins.map(
    (join) =>
      `- ${i18n.of(casesTexts).why.between(nameOf(join.a), nameOf(join.b))}: ${evidenceOf(join, nameOf)}${join.strength === 'likely' ? ` (${likely})` : ''}`,
  );
  const newest = view.timeline.slice(-MOST);
  const timeline = newest.map((moment) => {
    const said = quoteOf(moment).replace(/\s+/g, ' ');
    const quote = said === '' ? '' : `: «${said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said}»`;
    return `- ${i18n.f.fullInstant(moment.at)} ${moment.who ? `${moment.who}. ` : ''}${happened(moment)}${quote}`;
  });
  const earlier = view.timeline.length - newest.length;
  return [
    t.head(nameOf(view.root)),
    t.built(i18n.f.fullInstant(view.now)),
    ...part(t.now, things),
    ...part(
      t.troubles,
      view.troubles.map((trouble) => `- ${nameOf(trouble.thing)}: ${troubleOf(trouble)}`),
    ),
    ...part(t.why, joins),
    ...part(t.timeline, [...(earlier > 0 ? [t.earlier(earlier)] : []), ...timeline]),
    '',
  ].join('\n');
}
