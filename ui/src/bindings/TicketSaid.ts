import type { TicketNamed } from "./TicketNamed";
export type TicketSaid = { id: number, user: TicketNamed, text: string, cut: boolean, private: boolean, at: number, };
