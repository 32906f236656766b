// The screens of the console, in the order of the rail. A new screen is its folder, its texts and one entry here; a
// record that opens in the panel is one entry of `details`.
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
import type { Command, SearchProvider } from '../state/palette.svelte';
import { callCommands, callSearch } from './calls/search';
import { caseCommands, caseSearch } from './case/search';
import { carouselCommands, carouselSearch } from './carousel/search';
import { pairCommands, pairSearch } from './deliveries/chat/search';
import { documentCommands, documentSearch } from './deliveries/erp/search';
import { deliveryCommands, deliverySearch } from './deliveries/search';
import { mailbox } from './inbox/messages/mailbox.svelte';
import { addressOfConversation } from './inbox/messages/people';
import { messageCommands, messageSearch } from './inbox/messages/search';
import { inboxCommands } from './inbox/search';
import { KEPT_PARAMS as floorKeeps } from './floor/filter';
import { floorCommands, floorSearch } from './floor/search';
import { networkCommands, targetSearch } from './network/search';
import { nowCommands } from './now/search';
import { ratingCommands, ratingSearch } from './ratings/search';
import { ticketCommands, ticketSearch } from './tickets/search';
import { reportCommands } from './reports/search';
import { settingsCommands } from './settings/search';

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
  /** What Ctrl+K finds here, whichever screen is on view. */
  search?: readonly SearchProvider[];
  /** What Ctrl+K can do here, whichever screen is on view. */
  commands?: readonly Command[];
  /** Views that take the whole page, without rail and bars, by the second word of the address. */
  whole?: readonly string[];
}

export const screens: readonly Screen[] = [
  {
    id: 'now',
    title: () => i18n.t.now.title,
    short: () => i18n.t.now.short,
    icon: Gauge,
    letter: 'w',
    load: () => import('./now/NowScreen.svelte'),
    commands: nowCommands,
  },
  {
    id: 'floor',
    title: () => i18n.t.floor.title,
    short: () => i18n.t.floor.short,
    icon: Headset,
    letter: 'o',
    load: () => import('./floor/FloorScreen.svelte'),
    keeps: floorKeeps,
    details: { operator: () => import('./floor/OperatorDetail.svelte') },
    search: floorSearch,
    commands: floorCommands,
    whole: ['wallboard'],
  },
  {
    id: 'calls',
    title: () => i18n.t.calls.title,
    short: () => i18n.t.calls.short,
    icon: Phone,
    letter: 'c',
    load: () => import('./calls/CallsScreen.svelte'),
    keeps: ['centre', 'operator', 'result', 'type', 'theme', 'live', 'sort'],
    details: {
      call: () => import('./calls/CallDetail.svelte'),
      agency: () => import('./calls/AgencyDetail.svelte'),
    },
    search: callSearch,
    commands: callCommands,
  },
  {
    id: 'tickets',
    title: () => i18n.t.tickets.title,
    short: () => i18n.t.tickets.short,
    icon: Ticket,
    letter: 't',
    load: () => import('./tickets/TicketsScreen.svelte'),
    keeps: ['tab', 'view', 'over', 'status', 'project', 'priority', 'assignee', 'sort'],
    details: { ticket: () => import('./tickets/TicketDetail.svelte') },
    subjects: { tickets: '#/tickets', new_ticket: '#/tickets' },
    search: ticketSearch,
    commands: ticketCommands,
  },
  {
    id: 'inbox',
    title: () => i18n.t.inbox.title,
    short: () => i18n.t.inbox.short,
    icon: Inbox,
    letter: 'i',
    load: () => import('./inbox/InboxScreen.svelte'),
    keeps: ['tab', 'class'],
    count: () => ({ n: mailbox.unread, words: i18n.t.messages.unread(mailbox.unread) }),
    subjects: { conversation: addressOfConversation },
    search: messageSearch,
    commands: [...inboxCommands, ...messageCommands],
  },
  {
    id: 'case',
    title: () => i18n.t.cases.title,
    short: () => i18n.t.cases.short,
    icon: Waypoints,
    letter: 'f',
    load: () => import('./case/CaseScreen.svelte'),
    search: caseSearch,
    commands: caseCommands,
  },
  {
    id: 'network',
    title: () => i18n.t.network.title,
    short: () => i18n.t.network.short,
    icon: Network,
    letter: 'n',
    load: () => import('./network/NetworkScreen.svelte'),
    keeps: ['target', 'period', 'sort'],
    details: { target: () => import('./network/TargetDetail.svelte') },
    search: targetSearch,
    commands: networkCommands,
  },
  {
    id: 'ratings',
    title: () => i18n.t.ratings.title,
    short: () => i18n.t.ratings.short,
    icon: Star,
    letter: 'r',
    load: () => import('./ratings/RatingsScreen.svelte'),
    keeps: ['tab', 'rate', 'origin', 'outcome', 'within', 'period', 'sort'],
    details: { rating: () => import('./ratings/RatingDetail.svelte') },
    search: ratingSearch,
    commands: ratingCommands,
  },
  {
    id: 'carousel',
    title: () => i18n.t.carousel.title,
    short: () => i18n.t.carousel.short,
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
    search: carouselSearch,
    commands: carouselCommands,
  },
  {
    id: 'deliveries',
    title: () => i18n.t.deliveries.title,
    short: () => i18n.t.deliveries.short,
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
    search: [...documentSearch, ...pairSearch, ...deliverySearch],
    commands: [...deliveryCommands, ...documentCommands, ...pairCommands],
  },
  {
    id: 'reports',
    title: () => i18n.t.reports.title,
    short: () => i18n.t.reports.short,
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
    commands: reportCommands,
  },
  {
    id: 'settings',
    title: () => i18n.t.settings.title,
    short: () => i18n.t.settings.short,
    icon: Settings,
    letter: 's',
    last: true,
    load: () => import('./settings/SettingsScreen.svelte'),
    keeps: ['section'],
    subjects: { integration: '#/settings?section=connections' },
    commands: settingsCommands,
  },
];

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
