// The network of the invented contact centre: a platform, a flaky provider, a lost branch with its printer, an old certificate.
import { ApiError, type Answers } from '../../src/backend/fake';
import type { Grade } from '../../src/bindings/Grade';
import type { MaintenanceView } from '../../src/bindings/MaintenanceView';
import type { NetworkList } from '../../src/bindings/NetworkList';
import type { SideVerdict } from '../../src/bindings/SideVerdict';
import type { TargetDefinition } from '../../src/bindings/TargetDefinition';
import type { TargetHistory } from '../../src/bindings/TargetHistory';
import type { TargetView } from '../../src/bindings/TargetView';

const DAY = 86_400_000;
const CELLS = 90;

const definition = (key: string, title: string, more: Partial<TargetDefinition> = {}): TargetDefinition => ({
  key,
  title,
  host: `${key}.example.com`,
  kind: 'icmp',
  port: null,
  path: null,
  packets: null,
  period_s: null,
  certificate_port: null,
  workstation_url: null,
  parent: null,
  enabled: true,
  ...more,
});

interface Shape {
  grade: Grade | null;
  median: number | null;
  lost?: number;
  cells: (minute: number) => string;
  days?: number;
  side?: SideVerdict;
  since?: number;
}

function view(id: number, what: TargetDefinition, shape: Shape, now: number): TargetView {
  const median = shape.median;
  return {
    id,
    definition: what,
    is_default: id === 1,
    grade: shape.grade,
    since: shape.grade === null ? null : now - (shape.since ?? 3 * 3_600_000),
    watched_until: what.enabled && shape.grade !== null ? now + 20_000 : 0,
    last:
      what.enabled && shape.grade !== null
        ? {
            at: now - 4000,
            grade: shape.grade,
            sent: 3,
            lost: shape.lost ?? 0,
            min_ms: median === null ? null : median * 0.8,
            median_ms: median,
            max_ms: median === null ? null : median * 1.7,
            jitter_ms: median === null ? null : median * 0.12,
            tcp_instead: id === 2,
            planned: false,
            trouble: median === null ? 'timeout' : null,
            status: null,
            detail: median === null ? 'no answer in 1000 ms' : '',
          }
        : null,
    certificate_until: shape.days === undefined ? null : now + shape.days * DAY + 3_600_000,
    certificate_issuer: shape.days === undefined ? null : 'Example House CA',
    certificate_read_at: shape.days === undefined ? null : now - 120_000,
    beats: {
      from: Math.floor(now / 60_000 - CELLS + 1) * 60_000,
      cell_ms: 60_000,
      cells: Array.from({ length: CELLS }, (_, minute) => shape.cells(minute)).join(''),
    },
    incident: null,
    maintenance_until: null,
    workstation: null,
    side: shape.side ?? { side: 'well', why: 'server_reaches_alone' },
  };
}

export class PreviewNetwork {
  targets: TargetView[];
  maintenance: MaintenanceView[] = [];

  constructor(private readonly now: number) {
    const platform = definition('finesse', 'Finesse', {
      port: 8445,
      certificate_port: 8445,
      workstation_url: 'https://finesse.example.com/',
    });
    this.targets = [
      view(
        1,
        platform,
        { grade: 'excellent', median: 23.4, cells: (m) => (m < 20 ? '.' : m === 51 ? 'p' : 'e'), days: 12 },
        now,
      ),
      view(2, definition('sip', 'SIP-шлюз'), { grade: 'good', median: 141, cells: (m) => (m % 7 ? 'g' : 'e') }, now),
      view(
        3,
        definition('branch', 'Филиал Каунас'),
        {
          grade: 'disconnected',
          median: null,
          lost: 3,
          cells: (m) => (m < 76 ? 'e' : 'd'),
          since: 840_000,
          side: { side: 'unknown', why: 'server_only' },
        },
        now,
      ),
      view(
        4,
        definition('branch-printer', 'Принтер филиала', { parent: 3 }),
        {
          grade: 'disconnected',
          median: null,
          lost: 3,
          cells: (m) => (m < 76 ? 'g' : 'd'),
          since: 830_000,
          side: { side: 'unknown', why: 'server_only' },
        },
        now,
      ),
      view(
        5,
        definition('provider', 'Провайдер'),
        { grade: 'poor', median: 612, lost: 1, cells: (m) => (m % 5 === 0 ? 'd' : m % 3 === 0 ? 'a' : 'p') },
        now,
      ),
      view(
        6,
        definition('portal', 'Портал заявок', { kind: 'http', workstation_url: 'https://portal.example.com/' }),
        { grade: 'average', median: 287, cells: (m) => (m > 60 && m < 70 ? 'm' : 'a'), days: 64 },
        now,
      ),
      view(
        7,
        definition('chat', 'Чат', { kind: 'xmpp', enabled: false }),
        { grade: null, median: null, cells: () => '.' },
        now,
      ),
    ];
    const [lost, muted] = [this.targets[2], this.targets[3]];
    if (lost && muted) {
      const incident = { ended_at: null, worst: 'disconnected' as const, trouble: 'timeout' as const, planned: false };
      lost.incident = { id: 1, target: 3, began_at: now - 840_000, muted_by: null, ...incident };
      muted.incident = { id: 2, target: 4, began_at: now - 830_000, muted_by: 3, ...incident };
    }
    const portal = this.targets[5];
    if (portal) portal.maintenance_until = now + 25 * 60_000;
    this.maintenance.push({
      id: 1,
      target: 6,
      schedule: { repeat: 'weekly', days: [7], minute: 180, minutes: 120 },
      note: 'Обновление портала',
      set_by: 'a.komarova',
      set_at: now - 9 * DAY,
      open_until: now + 25 * 60_000,
    });
  }

  list(): NetworkList {
    return {
      now: this.now,
      watching: true,
      period_s: 10,
      zone: 'Europe/Moscow',
      targets: this.targets,
      maintenance: this.maintenance,
    };
  }

  history(target: number, from: number, until: number): TargetHistory {
    const shown = this.targets.find(({ id }) => id === target);
    if (!shown) throw new ApiError('not_found', 'no such target');
    const step = Math.max(10_000, Math.ceil((until - from) / 1000 / 60_000) * 60_000);
    const base = shown.last?.median_ms ?? 40;
    const at: number[] = [];
    for (let time = from; time < until; time += step) {
      // A night in which the engine did not run.
      const part = (time - from) / (until - from);
      if (part < 0.12 || part > 0.16) at.push(time);
    }
    const wave = at.map(
      (time, index) => base * (1 + 0.25 * Math.sin(time / (step * 9)) + (index % 37 === 5 ? 1.4 : 0)),
    );
    const lost = at.map((_, index) => (index % 41 === 7 ? 1 : index % 29 === 3 ? 0.34 : 0));
    const edge = from + 0.12 * (until - from);
    return {
      points: {
        step_ms: step,
        at,
        median_ms: wave.map((value, index) => (lost[index] === 1 ? null : value)),
        min_ms: wave.map((value, index) => (lost[index] === 1 ? null : value * 0.8)),
        max_ms: wave.map((value, index) => (lost[index] === 1 ? null : value * 1.5)),
        jitter_ms: wave.map((value) => value * 0.1),
        loss: lost,
        planned: at.map(() => false),
        watched: [
          [from, edge],
          [from + 0.16 * (until - from), until],
        ],
      },
      availability: {
        watched_ms: 0.96 * (until - from),
        cycles: 8210,
        failed: 14,
        sent: 24_630,
        lost: 51,
        share: 8196 / 8210,
      },
      incidents: shown.incident
        ? [shown.incident, { ...shown.incident, id: 9, began_at: from, ended_at: from + 260_000, muted_by: null }]
        : [],
      decisions: [],
    };
  }
}

export function networkAnswers(network: PreviewNetwork): Answers {
  const shown = () => network.list();
  return {
    'network.list': shown,
    'network.history': ({ target, from, until }) => network.history(target, from, until),
    'network.probe_now': shown,
    'network.workstation_report': () => ({}),
    'network.set_target': shown,
    'network.remove_target': shown,
    'network.set_maintenance': shown,
    'network.lift_maintenance': ({ maintenance }) => {
      network.maintenance = network.maintenance.filter(({ id }) => id !== maintenance);
      return shown();
    },
  };
}
