import type { TicketWhose } from "./TicketWhose";
export type TicketActivityRequest = { whose: TicketWhose, };
