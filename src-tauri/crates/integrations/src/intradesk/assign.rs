//! Giving a ticket to somebody: read it, write, and read it again, because the vendor has no "only if nobody has it"
//! (contracts/intradesk 4, 6).
//!
//! Of a refused change it is found out whether it concerns the person, and not by the vendor's words, which are not documented.
//! The evidence is read: a person who is not among the employees any more, is archived, blocked or a client, or is in none of the
//! groups that serve the service, is the reason. Evidence that cannot be read, or a service that no group serves at all, says
//! nothing about this person: then the ticket is taken to be refused, and nobody's turn moves.
//!
//! Deliberately not here: whose turn it is then (the rules of the carousel).

use pult_domain::{EmployeeId, Failure, ServiceId, TicketNumber};

use crate::{CallError, Exchange};

use super::desk::{Desk, Holders, Written};

/// What is to be given to whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub(super) ticket: TicketNumber,
    pub(super) service: ServiceId,
    pub(super) person: EmployeeId,
    pub(super) instead_of: Option<EmployeeId>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// The ticket shows the person.
    Assigned,
    /// Somebody else has it.
    Taken(Option<EmployeeId>),
    /// There is no such ticket.
    Gone,
    /// The person is not taken for it, in the vendor's words.
    PersonRefused(String),
}

/// What a ticket shows: how it ended, or nothing where it still waits.
pub(super) fn seen(order: &Order, holders: Option<&Holders>) -> Option<End> {
    match holders {
        None => Some(End::Gone),
        Some(holders) if holders.has(order.person) => Some(End::Assigned),
        Some(holders) if holders.is_free(order.instead_of) => None,
        Some(holders) => Some(End::Taken(holders.first())),
    }
}

/// Looks at the ticket.
pub(super) async fn look(desk: &dyn Desk, order: &Order, said: &mut Vec<Exchange>) -> Result<Option<End>, CallError> {
    Ok(seen(order, desk.holders(order.ticket, said).await?.as_ref()))
}

/// Gives the ticket to the person, unless somebody has it.
pub(super) async fn give(desk: &dyn Desk, order: &Order, said: &mut Vec<Exchange>) -> Result<End, CallError> {
    if let Some(end) = look(desk, order, said).await? {
        return Ok(end);
    }
    let written = desk.write(order.ticket, order.person, said).await?;
    match &written {
        Written::Gone => return Ok(End::Gone),
        Written::Refused(reason) => {
            let reason = reason.clone();
            return match desk.is_barred(order.person, order.service, said).await {
                Ok(true) => Ok(End::PersonRefused(reason)),
                Ok(false) | Err(_) => Err(CallError::Refused { reason, why: Failure::Refused }),
            };
        }
        Written::Perhaps | Written::Clash(_) | Written::Failed(_) => {}
    }
    match look(desk, order, said).await {
        Ok(Some(end)) => Ok(end),
        Ok(None) => Err(still_waiting(written)),
        Err(error) => Err(unseen(error, &written)),
    }
}

/// The ticket still waits after the change.
fn still_waiting(written: Written) -> CallError {
    match written {
        Written::Clash(reason) => CallError::Refused { reason, why: Failure::State },
        // The vendor is there, and only this ticket fails: that says nothing about its neighbours.
        Written::Failed(detail) => CallError::Retry { after: None, detail },
        // Seen, and so not in doubt: the next try reads first, and a ticket that never shows it must not keep its service for itself.
        Written::Perhaps | Written::Gone | Written::Refused(_) => CallError::Retry {
            after: None,
            detail: "the change was taken, and the ticket does not show it yet".to_owned(),
        },
    }
}

/// The ticket cannot be seen after the change.
fn unseen(error: CallError, written: &Written) -> CallError {
    match (written, error) {
        // A change that was taken stays in doubt, whatever kept it from being seen: its time may pass before it is, and it counts all the
        // same.
        (Written::Perhaps, error) => {
            CallError::OutcomeUnknown { detail: format!("the change was sent, and cannot be seen: {error}") }
        }
        (_, error @ (CallError::Unauthorized { .. } | CallError::Retry { .. })) => error,
        // Neither the change nor the reading came through: the next try reads first.
        (Written::Failed(_), error) => CallError::Unreachable { detail: error.to_string() },
        (_, error) => CallError::OutcomeUnknown { detail: format!("the change was sent, and cannot be seen: {error}") },
    }
}
