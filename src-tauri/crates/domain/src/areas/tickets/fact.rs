//! What can happen to tickets.
//!
//! Deliberately not here: the vendor's names of it (its integration's) and consequences (the rule's).

use serde::{Deserialize, Serialize};

use super::{
    shown::{Card, Dictionary, Ticket},
    state::Ask,
};
use crate::{Effect, Failure, Instant, TicketChangeId, TicketId};

/// Something about tickets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// Tickets as a list shows them, without their history: the first look through the scope. Nobody is told of any.
    Listed {
        /// They.
        cards: Vec<Card>,
    },
    /// A ticket with its history, as the engine's own account sees it.
    Read {
        /// The ticket.
        ticket: Box<Ticket>,
        /// Whether it belongs to the scope now.
        in_scope: bool,
        /// Entries from this instant on are news if they were not known (contracts/redmine 6.6); none when it was read for
        /// somebody who opened it: what is news then, the next look finds.
        from: Option<Instant>,
        /// So many tickets changed while nobody looked that people are told in one sentence (contracts/redmine 6.12).
        many: bool,
    },
    /// The tracker told of a ticket: it is read at once, and not only at the next look.
    Stirred {
        /// Which.
        ticket: TicketId,
        /// As in [`Fact::Read`].
        from: Instant,
    },
    /// Tickets outside the scope were changed; those that are followed all the same are to be read.
    Elsewhere {
        /// Their numbers.
        tickets: Vec<TicketId>,
        /// As in [`Fact::Read`].
        from: Instant,
    },
    /// A ticket as somebody's own account sees it.
    Seen {
        /// The tracker's number of that account.
        account: i64,
        /// The ticket.
        ticket: Box<Ticket>,
    },
    /// Tickets that were looked for, and those that are still there.
    LookedFor {
        /// Which.
        asked: Vec<TicketId>,
        /// Which of them the engine's account sees.
        found: Vec<TicketId>,
    },
    /// The tracker's lists.
    DictionaryRead {
        /// They.
        dictionary: Box<Dictionary>,
    },
    /// A change was made: the ticket as it is now.
    Changed {
        /// Which change.
        change: TicketChangeId,
        /// The ticket, as the account that made it sees it.
        ticket: Box<Ticket>,
        /// The entries the change made.
        entries: Vec<i64>,
        /// Fields that are not as they were wanted, though the tracker said yes: `status`, `priority`, `assignee`, `note`, `files`, `watch`.
        left: Vec<String>,
    },
    /// Somebody else changed what was to be changed: nothing was written.
    Conflict {
        /// Which change.
        change: TicketChangeId,
        /// The ticket as it is now.
        ticket: Box<Ticket>,
        /// The fields that differ from what was seen: `status`, `priority`, `assignee`, `note`.
        fields: Vec<String>,
    },
    /// A new ticket is there.
    Created {
        /// Which change.
        change: TicketChangeId,
        /// It.
        ticket: Box<Ticket>,
        /// Names of files that were too large, or refused, and are not there.
        left: Vec<String>,
    },
    /// An effect of this area came to nothing.
    Failed {
        /// What was wanted.
        what: TicketAim,
        /// Why.
        failure: Failure,
        /// The tracker's reason, without secrets.
        detail: String,
    },
    /// Somebody wants a ticket changed, or a new one.
    Asked(Box<Ask>),
    /// Somebody opened a ticket: it is read anew.
    Opened {
        /// Which.
        ticket: TicketId,
        /// The tracker's number of their account; the engine's own when absent.
        account: Option<i64>,
    },
    /// The tickets that are followed are looked for: some may be gone.
    SweepDue {},
    /// The tracker's lists are to be read anew.
    DictionaryDue {},
}

/// What an effect was for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "aim", rename_all = "snake_case")]
pub enum TicketAim {
    /// To read a ticket.
    Read {
        /// Which.
        ticket: TicketId,
        /// With whose account.
        account: Option<i64>,
    },
    /// To look for tickets.
    LookFor {
        /// Which.
        tickets: Vec<TicketId>,
    },
    /// To read the lists.
    Dictionary,
    /// To make a change.
    Change {
        /// Which.
        change: TicketChangeId,
    },
}

impl Fact {
    /// A stable word for logs, counters and the journal.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Listed { .. } => "tickets_listed",
            Self::Read { .. } => "ticket_read",
            Self::Stirred { .. } => "ticket_stirred",
            Self::Elsewhere { .. } => "tickets_elsewhere",
            Self::Seen { .. } => "ticket_seen",
            Self::LookedFor { .. } => "tickets_looked_for",
            Self::DictionaryRead { .. } => "ticket_lists_read",
            Self::Changed { .. } => "ticket_changed",
            Self::Conflict { .. } => "ticket_conflict",
            Self::Created { .. } => "ticket_created",
            Self::Failed { .. } => "ticket_failed",
            Self::Asked(_) => "ticket_asked",
            Self::Opened { .. } => "ticket_opened",
            Self::SweepDue {} => "ticket_sweep_due",
            Self::DictionaryDue {} => "ticket_lists_due",
        }
    }

    /// Whether it only says how things are.
    #[must_use]
    pub fn is_observation(&self) -> bool {
        !matches!(
            self,
            Self::Asked(_) | Self::Changed { .. } | Self::Conflict { .. } | Self::Created { .. } | Self::Failed { .. }
        )
    }

    /// What this area hears when one of its effects came to nothing.
    #[must_use]
    pub fn of_failed_effect(effect: &Effect, failure: Failure, detail: &str) -> Self {
        let what = match effect {
            Effect::ReadTicket { ticket, account, .. } => TicketAim::Read { ticket: *ticket, account: *account },
            Effect::LookForTickets { tickets } => TicketAim::LookFor { tickets: tickets.clone() },
            Effect::ChangeTicket(change) => TicketAim::Change { change: change.change },
            Effect::RewriteTicketNote(rewrite) => TicketAim::Change { change: rewrite.change },
            Effect::WatchTicket(wish) => TicketAim::Change { change: wish.change },
            Effect::CreateTicket(new) => TicketAim::Change { change: new.change },
            _ => TicketAim::Dictionary,
        };
        Self::Failed { what, failure, detail: detail.to_owned() }
    }
}
