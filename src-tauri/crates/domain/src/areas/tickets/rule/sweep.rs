//! Tickets that may be gone, and those that left the scope (contracts/redmine 6.3 and 6.10).
//!
//! Deliberately not here: what a reading brings (`news`).

use serde_json::json;

use super::{
    super::{Change, Kept, TicketAim},
    SWEEP, SWEEP_EVERY, asked, news, readers, timer,
    work::Work,
};
use crate::{Effect, Failure, Instant, Level, Subject, TicketId};

/// Tickets one question names at most (contracts/redmine 6.3).
const AT_ONCE: usize = 100;
/// Looks in a row without a ticket before it counts as gone.
const LOOKS: u32 = 2;

pub(super) fn begin(work: &mut Work<'_>) -> &'static str {
    for tickets in work.known.sweep.chunks(AT_ONCE) {
        work.order(Subject::tickets(), Effect::LookForTickets { tickets: tickets.to_vec() });
    }
    if work.policy.enabled {
        work.timers.extend(timer(SWEEP, work.at, SWEEP_EVERY));
    }
    "tickets.sweep"
}

pub(super) fn elsewhere(work: &mut Work<'_>, tickets: &[TicketId], from: Instant) -> &'static str {
    for ticket in tickets {
        if work.known.kept.get(ticket).is_some_and(|kept| kept.followed) {
            let effect = Effect::ReadTicket { ticket: *ticket, account: None, from: Some(from) };
            work.order(Subject::ticket(*ticket), effect);
        }
    }
    "tickets.elsewhere"
}

pub(super) fn looked_for(work: &mut Work<'_>, asked: &[TicketId], found: &[TicketId]) -> &'static str {
    for ticket in asked {
        let Some(kept) = work.known.kept.get(ticket) else { continue };
        if !found.contains(ticket) {
            missed(work, kept.clone());
        } else {
            news::back(work, *ticket);
            work.changes.push(Change::Looked { ticket: *ticket, missed: 0, gone_at: None, at: work.at });
        }
    }
    "tickets.looked_for"
}

fn missed(work: &mut Work<'_>, kept: Kept) {
    let (ticket, count) = (kept.card.id, kept.missed.saturating_add(1));
    let gone_at = kept.gone_at.or_else(|| (count >= LOOKS).then_some(work.at));
    work.changes.push(Change::Looked { ticket, missed: count, gone_at, at: work.at });
    if gone_at.is_some() && kept.gone_at.is_none() && kept.followed && work.policy.tell_gone {
        let to = readers::involved(work, &kept);
        let values = json!({ "ticket": ticket.0, "subject": kept.card.subject });
        work.tell(news::gone_key(ticket), Level::Info, Subject::ticket(ticket), "tickets.gone", values, to);
    }
}

pub(super) fn failed(work: &mut Work<'_>, what: &TicketAim, failure: Failure, detail: &str) -> &'static str {
    match what {
        TicketAim::Change { .. } => asked::failed(work, failure, detail),
        // A ticket that is hidden is refused for want of rights, and one that is gone as one that never was.
        TicketAim::Read { ticket, account: None } if matches!(failure, Failure::DoesNotExist | Failure::Rights) => {
            if let Some(kept) = work.known.kept.get(ticket) {
                missed(work, kept.clone());
            }
            "tickets.not_found"
        }
        TicketAim::Read { ticket, account: Some(account) }
            if matches!(failure, Failure::DoesNotExist | Failure::Rights) =>
        {
            work.changes.push(Change::Unseen { account: *account, ticket: *ticket });
            "tickets.not_found"
        }
        // The next look asks again.
        TicketAim::Read { .. } | TicketAim::LookFor { .. } | TicketAim::Dictionary => "tickets.not_read",
    }
}
