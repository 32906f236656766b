// What Ctrl+K finds and can do, whichever screen is on view; in the order of the rail. Loaded when it is first asked for.
import { callCommands, callSearch } from './calls/search';
import { caseCommands, caseSearch } from './case/search';
import { carouselCommands, carouselSearch } from './carousel/search';
import { pairCommands, pairSearch } from './deliveries/chat/search';
import { documentCommands, documentSearch } from './deliveries/erp/search';
import { deliveryCommands, deliverySearch } from './deliveries/search';
import { messageCommands, messageSearch } from './inbox/messages/search';
import { inboxCommands } from './inbox/search';
import { floorCommands, floorSearch } from './floor/search';
import { networkCommands, targetSearch } from './network/search';
import { nowCommands } from './now/search';
import { ratingCommands, ratingSearch } from './ratings/search';
import { ticketCommands, ticketSearch } from './tickets/search';
import { reportCommands } from './reports/search';
import { settingsCommands } from './settings/search';
import type { Command, SearchProvider } from '../state/palette.svelte';

export const providers: readonly SearchProvider[] = [
  ...floorSearch,
  ...callSearch,
  ...ticketSearch,
  ...messageSearch,
  ...caseSearch,
  ...targetSearch,
  ...ratingSearch,
  ...carouselSearch,
  ...documentSearch,
  ...pairSearch,
  ...deliverySearch,
];

export const commands: readonly Command[] = [
  ...nowCommands,
  ...floorCommands,
  ...callCommands,
  ...ticketCommands,
  ...inboxCommands,
  ...messageCommands,
  ...caseCommands,
  ...networkCommands,
  ...ratingCommands,
  ...carouselCommands,
  ...deliveryCommands,
  ...documentCommands,
  ...pairCommands,
  ...reportCommands,
  ...settingsCommands,
];
