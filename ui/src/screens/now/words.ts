// The sentence of Now in words, and what an incident is called. Pure.
import type { Incident } from '../../bindings/Incident';
import type { NowLevel } from '../../bindings/NowLevel';
import type { NowSentence } from '../../bindings/NowSentence';
import type { Mark } from '../../components/badge';
import type { i18n } from '../../i18n/index.svelte';
import { noticeParts } from '../../i18n/texts/notices';

type Texts = typeof i18n.t;

export const levelMarks: Record<NowLevel, Mark> = {
  ok: { tone: 'ready', shape: 'dot' },
  attention: { tone: 'warning', shape: 'half' },
  trouble: { tone: 'alarm', shape: 'triangle' },
};

/** What an incident is called: the sentence of its first notice. */
export function titleOf(t: Texts, incident: Incident): string {
  const [head] = incident.notices;
  return head ? noticeParts(t.notices, head.code, head.values).title : String(incident.cause.name);
}

export function sentenceText(t: Texts, sentence: NowSentence, incidents: readonly Incident[]): string {
  const words = t.now.sentences;
  const { count, minutes, name } = sentence;
  const open = incidents.find((incident) => incident.acknowledged_by === null) ?? incidents[0];
  const what = (incident: Incident | undefined) => (incident ? titleOf(t, incident) : t.now.incidents);
  switch (sentence.code) {
    case 'incident':
      return words.incident(what(open), count - 1, minutes ?? 0);
    case 'red':
      return words.red(count, name ?? '');
    case 'amber':
      return words.amber(count, name ?? '');
    case 'unassigned':
      return words.unassigned(name ?? '', minutes ?? 0);
    case 'due':
      return words.due(count, minutes ?? 0);
    case 'stuck':
      return words.stuck(count);
    case 'paused':
      return words.paused(count);
    case 'handled':
      return words.handled(what(incidents.find((incident) => incident.acknowledged_by !== null)), name ?? '');
    case 'quiet':
      return words.quiet;
  }
}

/** Where the worst is looked at. */
export function addressOfWorst(sentence: NowSentence): string | null {
  switch (sentence.code) {
    case 'red':
    case 'amber':
      return '#/floor?over=1';
    case 'unassigned':
      return '#/carousel';
    case 'due':
      return '#/ratings';
    case 'stuck':
      return '#/deliveries?tab=out&failed=1';
    case 'paused':
      return '#/deliveries';
    default:
      return null;
  }
}
