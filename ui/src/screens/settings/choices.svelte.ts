// What a setting that holds numbers of the other side can be chosen from, as the last check of its connection found it. Kept while the
// console is open; what is asked for is always the present list.
import { SvelteMap } from 'svelte/reactivity';
import type { CheckReport } from '../../bindings/CheckReport';

export type Choice = NonNullable<CheckReport['steps'][number]['choices']>[number];

/** The connection that is asked for a setting's list, and the step of its check that answers. */
const sources: Record<string, { integration: string; step: string }> = {
  'areas.carousel.skip_status_ids': { integration: 'intradesk', step: 'statuses' },
  'areas.chat_link.desk_chats': { integration: 'pachca', step: 'chats' },
};

export const sourceOf = (path: string) => (Object.hasOwn(sources, path) ? (sources[path] ?? null) : null);

const key = (integration: string, step: string) => `${integration}/${step}`;

class Choices {
  private readonly known = new SvelteMap<string, readonly Choice[]>();

  /** Keeps what a check found, and forgets what it found no more. */
  keep(integration: string, report: CheckReport) {
    for (const { integration: asked, step } of Object.values(sources)) {
      if (asked === integration) {
        this.known.set(
          key(integration, step),
          report.steps.filter((each) => each.step === step).flatMap((each) => each.choices ?? []),
        );
      }
    }
  }

  /** The list of a setting; null before anybody asked. */
  of(path: string): readonly Choice[] | null {
    const source = sourceOf(path);
    return source === null ? null : (this.known.get(key(source.integration, source.step)) ?? null);
  }
}

export const choices = new Choices();
