// How a notice looks: its shape by how much it presses.
import type { Level } from '../../bindings/Level';
import type { NoticeClass } from '../../bindings/NoticeClass';
import type { NoticeRow } from '../../bindings/NoticeRow';
import type { Shape, Tone } from '../../components/badge';
import { inbox as inboxTexts } from '../../i18n/texts/inbox';

const marks: Record<Level, { tone: Tone; shape: Shape }> = {
  info: { tone: 'off', shape: 'ring' },
  warning: { tone: 'warning', shape: 'half' },
  critical: { tone: 'alarm', shape: 'triangle' },
};

/** What is over is only a memory. */
export const markOf = (notice: Pick<NoticeRow, 'level' | 'cleared_at'>) =>
  notice.cleared_at === null ? marks[notice.level] : { tone: 'off' as const, shape: 'dashed' as const };

export const levels: readonly Level[] = ['info', 'warning', 'critical'];

export const classes: readonly NoticeClass[] = [
  'ticket',
  'message',
  'floor_threshold',
  'floor_source',
  'network_incident',
  'source',
  'delivery',
  'rating',
  'document',
  'carousel',
  'chat_link',
  'other',
];

/** Why somebody got it, in a sentence. */
export function reasonText(t: (typeof inboxTexts)['ru'], notice: Pick<NoticeRow, 'why' | 'everyone'>): string {
  if (notice.why === null) return t.everybody;
  const reasons: Record<string, string> = t.reasons;
  return (Object.hasOwn(reasons, notice.why) && reasons[notice.why]) || t.unknownReason(notice.why);
}
