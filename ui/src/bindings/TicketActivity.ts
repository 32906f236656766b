import type { ActiveTicket } from "./ActiveTicket";
export type TicketActivity = { rows: Array<ActiveTicket>, days: number, };
