//! What a decision does to the tickets that are kept.
//!
//! Deliberately not here: how it is written (the store's).

use serde::{Deserialize, Serialize};

use super::{
    shown::{Card, Dictionary, Entry, Ticket, the_last},
    state::Asked,
};
use crate::{Instant, TicketId};

/// One change of this area's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A ticket as a list, or somebody's own account, shows it; what is kept of its history stays.
    Card {
        /// It.
        card: Box<Card>,
        /// The engine's own list shows it: its changes are news from now on, what it shows is not, and it is not gone. Of somebody's own
        /// account this says nothing.
        followed: bool,
    },
    /// A ticket as the engine's account sees it, in place of what was kept: history, files and watchers as well.
    Ticket {
        /// It.
        ticket: Box<Ticket>,
        /// Its changes are news from now on; `false` leaves that as it is.
        followed: bool,
        /// Its entries were told of, or need not be: none of them is news again.
        told: bool,
        /// When it was read.
        at: Instant,
    },
    /// Entries of a reading that is older than what is kept: they are added, and all else stays.
    Entries {
        /// Of which ticket.
        ticket: TicketId,
        /// They.
        #[serde(serialize_with = "the_last")]
        entries: Vec<Entry>,
        /// As in [`Change::Ticket`].
        told: bool,
    },
    /// What somebody's own account may do and read there.
    View {
        /// The tracker's number of the account.
        account: i64,
        /// The ticket as that account sees it.
        ticket: Box<Ticket>,
        /// When it was read.
        at: Instant,
    },
    /// Somebody's own account may no longer see the ticket: nothing private there is for it any more.
    Unseen {
        /// The tracker's number of the account.
        account: i64,
        /// Which.
        ticket: TicketId,
    },
    /// What an entry said was taken away by whoever had said it.
    NoteGone {
        /// Of which ticket.
        ticket: TicketId,
        /// The tracker's number of the entry.
        entry: i64,
        /// The tracker has the entry no longer: nothing else was changed with it.
        removed: bool,
    },
    /// Somebody watches a ticket, or watches it no more.
    Watched {
        /// Which.
        ticket: TicketId,
        /// The tracker's number of them.
        user: i64,
        /// Whether they do.
        on: bool,
    },
    /// A ticket was looked for.
    Looked {
        /// Which.
        ticket: TicketId,
        /// How often in a row it was not found.
        missed: u32,
        /// Since when it is no longer visible.
        gone_at: Option<Instant>,
        /// When.
        at: Instant,
    },
    /// The tracker's lists, in place of what was kept.
    Dictionary {
        /// They.
        dictionary: Box<Dictionary>,
        /// When they were read.
        at: Instant,
    },
    /// A change that somebody asked for.
    Asked {
        /// It.
        asked: Box<Asked>,
    },
}
