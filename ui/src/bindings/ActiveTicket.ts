import type { TicketRow } from "./TicketRow";
import type { TicketSaid } from "./TicketSaid";
export type ActiveTicket = { ticket: TicketRow, said: Array<TicketSaid>, };
