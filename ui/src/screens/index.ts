// The screens of the console, in the order of the rail. A new screen is its folder, its texts and one entry here; a
// record that opens in the panel is one entry of `details`. What Ctrl+K finds and does is in `palette.ts`, which is loaded with it.
import ArrowLeftRight from '@lucide/svelte/icons/arrow-left-right';
import Gauge from '@lucide/svelte/icons/gauge';
import Headset from '@lucide/svelte/icons/headset';
import Inbox from '@lucide/svelte/icons/inbox';
import Network from '@lucide/svelte/icons/network';
import ChartColumnBig from '@lucide/svelte/icons/chart-column-big';
import FerrisWheel from '@lucide/svelte/icons/ferris-wheel';
import Phone from '@lucide/svelte/icons/phone';
import Settings from '@lucide/svelte/icons/settings';
import Waypoints from '@lucide/svelte/icons/waypoints';
import Star from '@lucide/svelte/icons/star';
import Ticket from '@lucide/svelte/icons/ticket';
import type { Component } from 'svelte';
import { i18n } from '../i18n/index.svelte';
import { unread as unreadMessages } from '../i18n/texts/messageNotices';
import { mailbox } from './inbox/messages/mailbox.svelte';
import { addressOfConversation } from './inbox/messages/people';
import { KEPT_PARAMS as floorKeeps } from './floor/filter';

type Loader<Props extends Record<string, unknown>> = () => Promise<{ default: Component<Props> }>;

export interface Screen {
  /** First word of the address. */
  id: string;
  title: () => string;
  /** At most nine letters: it stands under the icon. */
  short: () => string;
  icon: Component<{ size?: number; strokeWidth?: number }>;
  /** The letter after `g`, by its place on an English keyboard. */
  letter: string;
  /** Stands at the foot of the rail. */
  last?: boolean;
  load: Loader<Record<string, never>>;
  /** Parameters that come back when it is opened the next time: filters, order, tab, kind of view. Never a day, never who is asked for. */
  keeps?: readonly string[];
  /** Views for the panel by the kind in `?open=kind:id`. */
  details?: Record<string, Loader<{ id: string }>>;
  /** What waits there, drawn beside its name while it is not nothing. */
  count?: () => { n: number; words: string };
  /** Where a notice leads whose subject is no record: the address by the subject, or by its kind; told by what follows the kind. */
  subjects?: Readonly<Record<string, string | ((id: string) => string)>>;
  /** Views that take the whole page, without rail and bars, by the second word of the address. */
  whole?: readonly string[];
}

/** A screen as it is listed: its names stand under its id in the texts. */
type Entry = Omit<Screen, 'title' | 'short'> & { id: keyof typeof i18n.t.screens };

const entries: readonly Entry[] = [
  {
    id: 'now',
    icon: Gauge,
    letter: 'w',
    load: () => import('./now/NowScreen.svelte'),
  },
  {
    id: 'floor',
    icon: Headset,
    letter: 'o',
    load: () => import('./floor/FloorScreen.svelte'),
    keeps: floorKeeps,
    details: { operator: () => import('./floor/OperatorDetail.svelte') },
    whole: ['wallboard'],
  },
  {
    id: 'calls',
    icon: Phone,
    letter: 'c',
    load: () => import('./calls/CallsScreen.svelte'),
    keeps: ['centre', 'operator', 'result', 'type', 'theme', 'live', 'sort'],
    details: {
      call: () => import('./calls/CallDetail.svelte'),
      agency: () => import('./calls/AgencyDetail.svelte'),
    },
  },
  {
    id: 'tickets',
    icon: Ticket,
    letter: 't',
    load: () => import('./tickets/TicketsScreen.svelte'),
    keeps: ['tab', 'view', 'over', 'status', 'project', 'priority', 'assignee', 'sort'],
    details: { ticket: () => import('./tickets/TicketDetail.svelte') },
    subjects: { tickets: '#/tickets', new_ticket: '#/tickets' },
  },
  {
    id: 'inbox',
    icon: Inbox,
    letter: 'i',
    load: () => import('./inbox/InboxScreen.svelte'),
    keeps: ['tab', 'class'],
    count: () => ({ n: mailbox.unread, words: i18n.of(unreadMessages)(mailbox.unread) }),
    subjects: { conversation: addressOfConversation },
  },
  {
    id: 'case',
    icon: Waypoints,
    letter: 'f',
    load: () => import('./case/CaseScreen.svelte'),
  },
  {
    id: 'network',
    icon: Network,
    letter: 'n',
    load: () => import('./network/NetworkScreen.svelte'),
    keeps: ['target', 'period', 'sort'],
    details: { target: () => import('./network/TargetDetail.svelte') },
  },
  {
    id: 'ratings',
    icon: Star,
    letter: 'r',
    load: () => import('./ratings/RatingsScreen.svelte'),
    keeps: ['tab', 'rate', 'origin', 'outcome', 'within', 'period', 'sort'],
    details: { rating: () => import('./ratings/RatingDetail.svelte') },
  },
  {
    id: 'carousel',
    icon: FerrisWheel,
    letter: 'k',
    load: () => import('./carousel/CarouselScreen.svelte'),
    keeps: ['tab', 'show', 'who', 'now', 'gone', 'every', 'service', 'group', 'person', 'period', 'sort'],
    details: {
      service: () => import('./carousel/ServiceDetail.svelte'),
      employee: () => import('./carousel/PersonDetail.svelte'),
      assignment: () => import('./carousel/AssignmentDetail.svelte'),
    },
    subjects: { catalogue: '#/carousel?tab=catalogue' },
  },
  {
    id: 'deliveries',
    icon: ArrowLeftRight,
    letter: 'd',
    load: () => import('./deliveries/DeliveriesScreen.svelte'),
    keeps: ['tab', 'integration', 'state', 'failed', 'kind', 'period', 'which', 'sort'],
    details: {
      record: () => import('./deliveries/RecordPanel.svelte'),
      effect: () => import('./deliveries/EffectPanel.svelte'),
      delivery: () => import('./deliveries/GroupPanel.svelte'),
      document: () => import('./deliveries/erp/DocumentDetail.svelte'),
      pair: () => import('./deliveries/chat/PairDetail.svelte'),
      issue: () => import('./deliveries/chat/IssueDetail.svelte'),
    },
    subjects: {
      chat_link: '#/deliveries?tab=chat',
      chat_request: '#/deliveries?tab=chat',
      source: '#/deliveries?tab=out',
    },
  },
  {
    id: 'reports',
    icon: ChartColumnBig,
    letter: 'p',
    load: () => import('./reports/ReportsScreen.svelte'),
    keeps: [
      'tab',
      'period',
      'centre',
      'by',
      'span',
      'day',
      'grouping',
      'order',
      'fold',
      'project',
      'status',
      'executor',
      'service',
      'days',
      'sort',
    ],
    details: { report: () => import('./reports/PartDetail.svelte') },
  },
  {
    id: 'settings',
    icon: Settings,
    letter: 's',
    last: true,
    load: () => import('./settings/SettingsScreen.svelte'),
    keeps: ['section'],
    subjects: { integration: '#/settings?section=connections', own: '#/settings?section=backup' },
  },
];

export const screens: readonly Screen[] = entries.map((entry) => ({
  ...entry,
  title: () => i18n.t.screens[entry.id].title,
  short: () => i18n.t.screens[entry.id].short,
}));

export const firstScreen = 'now';

export function screenOf(id: string): Screen | undefined {
  return screens.find((screen) => screen.id === id);
}

/** The address a notice leads to whose subject is neither a record nor a screen. */
export function addressOf(subject: string): string | undefined {
  const [kind = ''] = subject.split(':', 1);
  const found = screens
    .map(({ subjects }) => subjects?.[subject] ?? subjects?.[kind])
    .find((address) => address !== undefined);
  return typeof found === 'function' ? found(subject.slice(kind.length + 1)) : found;
}

/** A record opens over any screen: a call in the panel beside a list of tickets. */
export function detailLoader(kind: string): Loader<{ id: string }> | undefined {
  return screens.map((screen) => screen.details?.[kind]).find((load) => load !== undefined);
}
