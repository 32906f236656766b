// Traffic of the invented contact centre.
import type { Answers } from '../../src/backend/fake';
import type { RecordRow } from '../../src/bindings/RecordRow';
import type { RecordState } from '../../src/bindings/RecordState';

function records(now: number): RecordRow[] {
  const states: RecordState[] = ['done', 'done', 'waiting', 'done', 'duplicate', 'done', 'not_understood', 'failed'];
  return Array.from({ length: 64 }, (_, index) => {
    const state = states[(index * 3) % states.length] ?? 'done';
    return {
      id: 5000 - index,
      integration: index % 4 === 3 ? 'call_feed' : 'telephony',
      kind: 'hook',
      route: index % 4 === 3 ? 'calls' : 'tel',
      received_at: now - index * 41_000,
      source: '192.0.2.17',
      state,
      decided_at: state === 'waiting' ? null : now - index * 41_000 + 12,
      facts: state === 'done' ? 1 : 0,
      replay_of: null,
      error: null,
      verdict: '{"by":"key"}',
      bytes: 0,
    };
  });
}

export function deliveriesAnswers(now: number): Answers {
  return {
    'deliveries.records': ({ filter }) => ({
      rows: records(now).filter((row) => !filter.state || row.state === filter.state),
    }),
  };
}
