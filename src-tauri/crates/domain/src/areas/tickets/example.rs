//! Effects of this area with invented particulars, for the preview of answers.
//!
//! Deliberately not here: anything that is ever carried out.

use super::owed::{ChangeTicket, NewTicket, Note, RewriteNote, Wanted, WatchTicket};
use crate::{Effect, TicketChangeId, TicketId};

pub(crate) fn example(kind: &str) -> Option<Effect> {
    let (ticket, change, mark) = (TicketId(4312), TicketChangeId(1), "[pult 7f3a-1]".to_owned());
    Some(match kind {
        "read_ticket" => Effect::ReadTicket { ticket, account: None, from: None },
        "look_for_tickets" => Effect::LookForTickets { tickets: vec![ticket] },
        "read_ticket_lists" => Effect::ReadTicketLists {},
        "change_ticket" => Effect::ChangeTicket(Box::new(ChangeTicket {
            change,
            ticket,
            account: None,
            by: "Смирнова Анна".to_owned(),
            wanted: Wanted { status: Some(2), ..Wanted::default() },
            seen: Wanted { status: Some(1), ..Wanted::default() },
            note: Some(Note { text: "Смотрю".to_owned(), private: false }),
            files: vec![],
            mark,
        })),
        "rewrite_ticket_note" => Effect::RewriteTicketNote(Box::new(RewriteNote {
            change,
            ticket,
            account: Some(6),
            entry: 90211,
            seen: "Смотрю".to_owned(),
            note: Note { text: "Починили".to_owned(), private: false },
        })),
        "watch_ticket" => {
            Effect::WatchTicket(Box::new(WatchTicket { change, ticket, account: Some(6), user: 6, on: true }))
        }
        "create_ticket" => Effect::CreateTicket(Box::new(NewTicket {
            change,
            account: None,
            project: 1,
            tracker: None,
            priority: None,
            assignee: None,
            subject: "Не печатает принтер".to_owned(),
            description: "Второй этаж".to_owned(),
            email: None,
            files: vec![],
            mark,
        })),
        _ => return None,
    })
}
