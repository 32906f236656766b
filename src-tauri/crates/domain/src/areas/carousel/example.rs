//! Effects of the carousel with invented particulars, for the preview of answers.
//!
//! Deliberately not here: anything that is ever carried out.

use crate::{AssignmentId, Effect, EmployeeId, Instant, ServiceId, TicketNumber};

pub(crate) fn example(kind: &str) -> Option<Effect> {
    Some(match kind {
        "list_unassigned" => Effect::ListUnassigned { service: ServiceId(54001), oldest_first: true },
        "assign_ticket" => Effect::AssignTicket {
            assignment: AssignmentId(1),
            service: ServiceId(54001),
            ticket: TicketNumber(170_900),
            person: EmployeeId(583_001),
            instead_of: None,
            since: Instant::UNIX_EPOCH,
        },
        "read_catalogue" => Effect::ReadCatalogue {},
        _ => return None,
    })
}
