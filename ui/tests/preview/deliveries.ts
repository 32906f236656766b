// Traffic of the invented contact centre: records, calls, decisions, and what acts on them leave behind.
import { ApiError, type Answers } from '../../src/backend/fake';
import type { EffectRow } from '../../src/bindings/EffectRow';
import type { EffectState } from '../../src/bindings/EffectState';
import type { EntryRow } from '../../src/bindings/EntryRow';
import type { Outcome } from '../../src/bindings/Outcome';
import type { RecordRow } from '../../src/bindings/RecordRow';
import type { RecordState } from '../../src/bindings/RecordState';
import type { Step } from '../../src/bindings/Step';

const RECORDS = 420;
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const phoneOf = (index: number) => `3706${String(1_234_567 + index * 7919).slice(0, 7)}`;
const curators = ['rasa.k', 'jonas.p', 'egle.v', 'tomas.b'];
const recordStates: RecordState[] = [
  'done',
  'done',
  'waiting',
  'done',
  'duplicate',
  'done',
  'done',
  'not_understood',
  'done',
  'failed',
  'done',
];
const effectStates: EffectState[] = [
  'queued',
  'in_flight',
  'done',
  'done',
  'done',
  'refused',
  'done',
  'dead',
  'done',
  'expired',
  'done',
  'cancelled',
];
const problems: Partial<Record<RecordState, string>> = {
  not_understood: '{"field":"type","reason":"newcall or endcall"}',
  failed: '{"field":"engine","reason":"the agency of the call is gone"}',
};
const callErrors: Partial<Record<EffectState, string>> = {
  queued: '{"error":"unreachable","detail":"connect: timed out after 10 s"}',
  refused: '{"error":"refused","reason":"no agency 318","unknown":true}',
  dead: '{"error":"unreachable","detail":"502 Bad Gateway, HTML instead of XML"}',
  expired: '{"error":"retry","after":null,"detail":"503 with Retry-After 120"}',
};

/** Whether an instant is one of those asked for. */
const within = ({ from, until }: { from: number | null; until: number | null }, at: number) =>
  (from === null || at >= from) && (until === null || at < until);

function recordOf(id: number, now: number): RecordRow {
  const index = 5000 - id;
  const state = index === 0 ? 'done' : pick(recordStates, index * 3);
  const feed = index % 4 === 3;
  const received = now - 4000 - index * 41_000;
  return {
    id,
    integration: feed ? 'call_feed' : 'telephony',
    kind: index % 17 === 16 ? 'replay' : 'hook',
    route: feed ? 'batch' : index % 5 === 2 ? 'event' : 'entry',
    received_at: received,
    source: feed ? '192.0.2.44' : `192.0.2.${17 + (index % 3)}`,
    state,
    decided_at: state === 'waiting' ? null : received + 3 + (index % 9),
    facts: state === 'done' ? (feed ? 24 + (index % 50) : 1) : 0,
    replay_of: index % 17 === 16 ? id - 16 : null,
    error: problems[state] ?? null,
    verdict: feed
      ? '{"by":"key","client":"moscow"}'
      : index % 5 === 2
        ? '{"by":"signature","client":"vilnius-desk"}'
        : '{"by":"address"}',
    bytes: feed ? 18_240 + index * 97 : index % 5 === 2 ? 164 : 0,
  };
}

function effectOf(id: number, now: number): EffectRow {
  const index = 2000 - id;
  const state = pick(effectStates, index);
  const created = now - 2000 - index * 63_000;
  const call = 90_000 - index;
  return {
    id,
    key: `telephony/entry-${call}/look_up_agency/0`,
    integration: 'agencies',
    kind: 'look_up_agency',
    subject: `call:${call}`,
    effect: { kind: 'look_up_agency', call, agency: 280 + (index % 60), phone: phoneOf(index) },
    cause: 7000 - index,
    state,
    urgent: true,
    attempts: state === 'queued' ? 2 : state === 'dead' ? 14 : state === 'cancelled' ? 0 : 1,
    created_at: created,
    next_at: created + 90_000,
    not_after: created + 600_000,
    settled_at: state === 'queued' || state === 'in_flight' ? null : created + 840,
    error: callErrors[state] ?? null,
  };
}

function started(id: number, record: number | null, now: number): EntryRow {
  const index = 7000 - id;
  const phone = phoneOf(index);
  return {
    id,
    at: now - 4000 - index * 41_000,
    decided_at: now - 3994 - index * 41_000,
    area: 'calls',
    kind: 'call_started',
    source: 'telephony',
    subject: `call:${90_000 - index}`,
    record,
    effect: null,
    actor: null,
    fact: { kind: 'call_started', ani: `+${phone}`, number: phone, curator: pick(curators, index) },
    changes: [{ change: 'begin', id: 90_000 - index, phone, curator: pick(curators, index), agency: 341 }],
    ordered: ['look_up_agency'],
    explanation: {
      rule: 'call_started.several_agencies',
      values: { agency: 341, phone, curator: pick(curators, index) },
      candidates: [
        { name: '341', chosen: true, reason: 'largest_id' },
        { name: '297', chosen: false, reason: 'smaller_id' },
      ],
      otherwise: 'call_started.next_agency:297',
      inputs: { agencies: [341, 297], open: [], next_call: 90_000 - index },
    },
  };
}

function found(id: number, effect: number, now: number): EntryRow {
  const cause = started(id, null, now);
  return {
    ...cause,
    id: id + 50_000,
    at: cause.at + 846,
    decided_at: cause.decided_at + 846,
    kind: 'agency_found',
    source: 'agencies',
    effect,
    fact: { kind: 'agency_found', call: 90_000 - (7000 - id), card: { agency_name: 'Северный ветер' } },
    changes: [{ change: 'keep_card', call: 90_000 - (7000 - id) }],
    ordered: [],
    explanation: {
      rule: 'agency_found',
      values: { agency: 'Северный ветер' },
      candidates: [],
      otherwise: null,
      inputs: { call: { id: 90_000 - (7000 - id), has_card: false } },
    },
  };
}

const stepOf = (entry: EntryRow, effects: Step['effects'] = []): Step => ({
  kind: entry.kind,
  fact: entry.fact,
  changes: entry.changes,
  explanation: entry.explanation,
  effects,
});

export function deliveriesAnswers(now: number): Answers {
  let newest = 5000;
  const paused = new Map<string, string>();
  const retried = new Set<number>();
  const cancelled = new Set<number>();
  const erased = new Set<number>();

  const record = (id: number): RecordRow => {
    const row = recordOf(id, now);
    return erased.has(id) ? { ...row, bytes: null } : row;
  };
  const effect = (id: number): EffectRow => {
    const row = effectOf(id, now);
    if (cancelled.has(id)) return { ...row, state: 'cancelled', settled_at: now };
    return retried.has(id) ? { ...row, state: 'queued', error: null, settled_at: null } : row;
  };
  const outcomes = (ids: readonly number[], act: (id: number) => Partial<Outcome>) => ({
    outcomes: ids.map((id) => ({ id, ending: 'done' as const, new_id: null, error: null, ...act(id) })),
  });
  const conflict = (message: string): Partial<Outcome> => ({
    ending: 'refused',
    error: { code: 'conflict', field: null, message, retry_after_ms: null },
  });
  const memory = (name: string) => ({
    paused_by: paused.get(name) ?? null,
    paused_at: paused.has(name) ? now : null,
    trouble: null,
  });

  return {
    'deliveries.summary': () => ({
      waiting: 3,
      failed: 12,
      integrations: [
        {
          name: 'agencies',
          owed: 17,
          lane: { integration: 'agencies', in_flight: 2, breaker: 'open', closed_until: now + 45_000 },
          connection: { ...memory('agencies'), last_in_at: null, last_out_at: now - 380_000 },
        },
        {
          name: 'call_feed',
          owed: 0,
          lane: null,
          connection: { ...memory('call_feed'), last_in_at: now - 126_000, last_out_at: null },
        },
        {
          name: 'telephony',
          owed: 0,
          lane: null,
          connection: { ...memory('telephony'), last_in_at: now - 4000, last_out_at: null },
        },
      ],
    }),
    'deliveries.records': ({ filter, limit }) => {
      const rows: RecordRow[] = [];
      for (let id = (filter.before ?? newest + 1) - 1; id > 5000 - RECORDS && rows.length < limit; id -= 1) {
        const row = record(id);
        if (filter.state && row.state !== filter.state) continue;
        if (filter.integration && row.integration !== filter.integration) continue;
        if (!within(filter, row.received_at) || (filter.search && !`${row.id}`.includes(filter.search))) continue;
        rows.push(row);
      }
      return { rows };
    },
    'deliveries.recompute': ({ id }) =>
      id % 2 === 0
        ? { outcome: 'same' }
        : {
            outcome: 'differs',
            parts: ['rule', 'calls'],
            explanation: {
              rule: 'call_started.unknown_number',
              values: { phone: '37060011122' },
              candidates: [],
              otherwise: null,
              inputs: null,
            },
          },
    'deliveries.record': ({ id }) => {
      if (id > newest || id <= 5000 - RECORDS) throw new ApiError('not_found', 'no such record');
      const row = record(id);
      const index = 5000 - id;
      const gone = row.bytes === null;
      const hook = row.integration === 'telephony';
      const cause = 7000 - index;
      const effects = row.state === 'done' && hook ? [{ ...effect(2000 - index), cause }] : [];
      const body = hook
        ? row.bytes
          ? JSON.stringify({
              event: 'call_started',
              event_id: `e-${id}`,
              ani: `+${phoneOf(index)}`,
              curator_id: 'rasa.k',
            })
          : ''
        : JSON.stringify({
            calls: [{ source_id: 'm-20417', began: '2026-11-05T11:02:14Z', operator: 'Анна Белова', result: 1 }],
          });
      return {
        row,
        request: gone
          ? null
          : {
              route: row.route,
              method: row.route === 'entry' ? 'GET' : 'POST',
              path:
                row.route === 'entry' ? '/contact-center/vilnius/tel/' : hook ? '/hooks/telephony' : '/api/v1/calls',
              query:
                row.route === 'entry'
                  ? [
                      ['type', 'newcall'],
                      ['ani', `+${phoneOf(index)}`],
                      ['curator_id', pick(curators, index)],
                      ['key', '***'],
                    ]
                  : [],
              headers: [
                ['host', 'pult.example.com'],
                ['user-agent', 'TelDesk/4.2'],
                ['content-type', 'application/json'],
                ['x-request-id', `b7c1-${id}`],
              ],
            },
        body: gone ? null : body,
        body_cut: false,
        withheld: false,
        entries:
          row.state === 'done'
            ? [
                started(cause, id, now),
                ...effects.filter((each) => each.state === 'done').map((each) => found(cause, each.id, now)),
              ]
            : [],
        effects,
      };
    },
    'deliveries.effects': ({ filter, limit }) => {
      const rows: EffectRow[] = [];
      for (let id = (filter.before ?? 2001) - 1; id > 1640 && rows.length < limit; id -= 1) {
        const row = effect(id);
        if (filter.state && row.state !== filter.state) continue;
        if (filter.integration && row.integration !== filter.integration) continue;
        if (filter.kind && row.kind !== filter.kind) continue;
        if (filter.failed && !['refused', 'expired', 'dead'].includes(row.state)) continue;
        if (!within(filter, row.created_at) || (filter.search && row.subject !== filter.search)) continue;
        rows.push(row);
      }
      return { rows };
    },
    'deliveries.records_export': () => ({ name: 'records.csv', mime: 'text/csv', content_base64: 'AAAA' }),
    'deliveries.effects_export': () => ({ name: 'calls-out.csv', mime: 'text/csv', content_base64: 'AAAA' }),
    'deliveries.effect': ({ id }) => {
      const row = effect(id);
      const cause = started(row.cause, 3000 + id, now);
      const good = row.state === 'done';
      return {
        row,
        cause,
        attempts: Array.from({ length: Math.min(row.attempts, 3) }, (_, index) => ({
          started_at: row.created_at + 60_000 - index * 20_000,
          finished_at: row.created_at + 60_000 - index * 20_000 + (good ? 214 : 10_004),
          outcome: good ? 'done' : row.state === 'refused' ? 'refused' : 'unreachable',
          exchanges: [
            {
              request: `POST /xmlgate/agency HTTP/1.1\nhost: xml.example.com\ncontent-type: application/xml\n\n<agency id="341"/>`,
              status: good ? 200 : row.state === 'refused' ? 404 : null,
              response: good
                ? 'HTTP/1.1 200 OK\ncontent-type: application/xml\n\n<card><name>Северный ветер</name><city>Вильнюс</city></card>'
                : '',
            },
          ],
        })),
        entries: good ? [found(row.cause, id, now)] : [],
      };
    },
    'deliveries.preview': ({ id }) => {
      const index = 5000 - id;
      const before = started(7000 - index, id, now);
      const call = { kind: 'look_up_agency', integration: 'agencies', key: `telephony/r-${id}/look_up_agency/0` };
      const then = stepOf(before, [{ ...call, state: 'done', then: [stepOf(found(7000 - index, 2000 - index, now))] }]);
      const now_ = stepOf(
        {
          ...before,
          explanation: {
            ...before.explanation,
            rule: 'call_started.agency',
            values: { agency: 297, phone: phoneOf(index) },
          },
          changes: [{ change: 'begin', agency: 297 }],
        },
        [{ ...call, key: `${call.key}/new`, state: null, then: [] }],
      );
      const same = index % 2 === 1;
      return {
        then: { steps: [then], error: null, rejected: [] },
        now: { steps: [same ? then : now_], error: null, rejected: [] },
      };
    },
    'deliveries.replay': ({ ids }) =>
      outcomes(ids, (id) => (record(id).bytes === null ? conflict('the body was erased') : { new_id: (newest += 1) })),
    'deliveries.retry': ({ ids }) =>
      outcomes(ids, (id) => {
        if (id % 11 === 7) return { ending: 'already' };
        if (id % 11 === 5) return conflict('it is being carried out');
        retried.add(id);
        return {};
      }),
    'deliveries.cancel': ({ ids }) =>
      outcomes(ids, (id) => {
        cancelled.add(id);
        return {};
      }),
    'deliveries.pause': ({ integration, paused: stop }) => {
      if (stop) paused.set(integration, 'a.komarova');
      else paused.delete(integration);
      return {};
    },
    'deliveries.erase': ({ id }) => {
      erased.add(id);
      return {};
    },
  };
}
