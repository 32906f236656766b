//! Tickets as the console keeps them, and what is settled about them.
//!
//! Deliberately not here: how they are stored (the store's), and what follows from them (the rule's).

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    owed::{Upload, Wanted},
    shown::{Card, Named},
};
use crate::{Instant, TicketChangeId, TicketId};

/// A ticket as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The ticket.
    pub card: Card,
    /// Who watches it, by the tracker's numbers.
    pub watchers: BTreeSet<i64>,
    /// Whether its changes are news: it belongs to the scope, or did.
    pub followed: bool,
    /// The status people were last told of, or need not be; none while no look has told anybody of the ticket. Somebody who opens a
    /// ticket, and a change that is made, bring the card up to date and leave this.
    pub told: Option<Named>,
    /// How often in a row it was looked for and not found.
    pub missed: u32,
    /// Since when it is no longer visible.
    pub gone_at: Option<Instant>,
}

/// Whose tickets somebody is told of.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "TicketScope")]
pub enum Scope {
    /// Those they wrote, work on or watch, or whose address stands in them.
    #[default]
    Mine,
    /// All that are followed.
    All,
    /// None.
    Off,
}

/// Somebody of the console who may be told of tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// What they sign in with.
    pub login: String,
    /// The tracker's number of them, where it is known.
    pub user: Option<i64>,
    /// Their address, in small letters.
    pub email: Option<String>,
    /// Whose tickets they are told of.
    pub scope: Scope,
}

/// Why a change was not made, or not whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "trouble", rename_all = "snake_case")]
#[ts(rename = "TicketTrouble")]
pub enum Trouble {
    /// The tracker said yes and left these as they were: `status`, `priority`, `assignee`, `note`, or names of files.
    Left {
        /// What.
        parts: Vec<String>,
    },
    /// Somebody else was first; nothing was written.
    Conflict {
        /// The fields.
        fields: Vec<String>,
    },
    /// It was refused.
    Refused {
        /// In the tracker's words.
        detail: String,
    },
    /// The account has no right.
    Rights {
        /// In the tracker's words.
        detail: String,
    },
    /// The ticket is not there, or not visible.
    Gone,
    /// It could not be made in time.
    TooLate,
}

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "TicketAskedState")]
pub enum AskedState {
    /// On its way.
    Sending,
    /// Made.
    Done,
    /// Made, but not whole.
    Partly,
    /// Not made: somebody else was first.
    Conflict,
    /// Not made.
    Failed,
}

/// What somebody wants: a change of a ticket, or a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Who: the console's login.
    pub by: String,
    /// Their name, for people.
    pub name: String,
    /// The tracker's number of their own account; the engine's acts for them when absent.
    pub account: Option<i64>,
    /// What. Written out without words that only some may read: they go out with the effect, and stand nowhere else.
    #[serde(serialize_with = "guarded")]
    pub what: Intent,
}

fn guarded<S: serde::Serializer>(what: &Intent, serializer: S) -> Result<S::Ok, S::Error> {
    match what {
        Intent::Change { ticket, wanted, seen, note: Some(_), private: true, files } => {
            let (wanted, seen, files, note) = (wanted.clone(), seen.clone(), files.clone(), Some(String::new()));
            Intent::Change { ticket: *ticket, wanted, seen, note, private: true, files }.serialize(serializer)
        }
        Intent::Rewrite { ticket, entry, text, private: true, .. } => {
            let (seen, text) = (String::new(), text.as_ref().map(|_| String::new()));
            Intent::Rewrite { ticket: *ticket, entry: *entry, seen, text, private: true }.serialize(serializer)
        }
        what => what.serialize(serializer),
    }
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "intent", rename_all = "snake_case")]
pub enum Intent {
    /// A change of a ticket.
    Change {
        /// Which ticket.
        ticket: TicketId,
        /// Of its fields.
        wanted: Wanted,
        /// What those fields were when they looked.
        seen: Wanted,
        /// What they say.
        note: Option<String>,
        /// Whether only some may read that.
        private: bool,
        /// What they attach.
        files: Vec<Upload>,
    },
    /// A note of their own that is to say something else, or nothing any more.
    Rewrite {
        /// Of which ticket.
        ticket: TicketId,
        /// The tracker's number of the entry of its history.
        entry: i64,
        /// What it said when they looked.
        seen: String,
        /// What it is to say; nothing takes it away.
        text: Option<String>,
        /// Only some may read it.
        private: bool,
    },
    /// To hear of a ticket, or no longer.
    Watch {
        /// Which ticket.
        ticket: TicketId,
        /// The tracker's number of them.
        user: i64,
        /// Whether they want to.
        on: bool,
    },
    /// A new ticket.
    New {
        /// The tracker's number of the project.
        project: i64,
        /// Of the kind.
        tracker: Option<i64>,
        /// Of the priority.
        priority: Option<i64>,
        /// Of the assignee.
        assignee: Option<i64>,
        /// The title.
        subject: String,
        /// What it is about, with their signature.
        description: String,
        /// Their address.
        email: Option<String>,
        /// What they attach.
        files: Vec<Upload>,
    },
}

impl Intent {
    /// The status that is wanted.
    #[must_use]
    pub fn status(&self) -> Option<i64> {
        match self {
            Self::Change { wanted, .. } => wanted.status,
            Self::Rewrite { .. } | Self::Watch { .. } | Self::New { .. } => None,
        }
    }

    /// The title of a new ticket.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        match self {
            Self::Change { .. } | Self::Rewrite { .. } | Self::Watch { .. } => None,
            Self::New { subject, .. } => Some(subject),
        }
    }

    /// The ticket it speaks of; none for a new one.
    #[must_use]
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Change { ticket, .. } | Self::Rewrite { ticket, .. } | Self::Watch { ticket, .. } => Some(*ticket),
            Self::New { .. } => None,
        }
    }
}

/// A change that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which.
    pub id: TicketChangeId,
    /// Of which ticket; none for a new one that is not there yet.
    pub ticket: Option<TicketId>,
    /// Who asked, and for what.
    pub ask: Ask,
    /// Where it stands.
    pub state: AskedState,
    /// Why it was not made, or not whole.
    pub trouble: Option<Trouble>,
    /// The entries of the ticket's history it made.
    pub entries: Vec<i64>,
    /// When it was asked for.
    pub at: Instant,
    /// When its outcome was known.
    pub settled_at: Option<Instant>,
}

/// The snapshot for one fact; the parts a fact has no use for are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The id the next new change will get.
    pub next: TicketChangeId,
    /// Of the tickets the fact speaks of: those that are kept.
    pub kept: BTreeMap<TicketId, Kept>,
    /// Of the entries of the ticket that was read: those that were told of, or need not be.
    pub known_entries: BTreeSet<i64>,
    /// Names of statuses, by the tracker's numbers.
    pub statuses: BTreeMap<i64, String>,
    /// Names of people, by the tracker's numbers: those the ticket's history speaks of.
    pub people: BTreeMap<i64, String>,
    /// Everybody who may be told.
    pub readers: Vec<Reader>,
    /// The change the fact speaks of.
    pub asked: Option<Asked>,
    /// Changes of this ticket that are on their way, or were settled at most 10 min before what is news began; and new tickets that
    /// are on their way.
    pub under_way: Vec<Asked>,
    /// For a sweep: tickets that are followed and not over, or were changed in the last 30 days, and not gone for more than 7 days; the
    /// longest unlooked-for first, 1,000 at most.
    pub sweep: Vec<TicketId>,
}

impl Known {
    /// What is kept of it beside a decision, enough to decide again: descriptions and the list of a sweep would drown what matters.
    pub(super) fn for_journal(&self) -> Self {
        let bare = |kept: &Kept| {
            let card = Card { description: String::new(), ..kept.card.clone() };
            Kept { card, ..kept.clone() }
        };
        let kept = self.kept.iter().map(|(id, kept)| (*id, bare(kept))).collect();
        Self { kept, sweep: vec![], ..self.clone() }
    }

    /// A snapshot of which nothing but the next id is known.
    #[must_use]
    pub fn nothing_but(next: TicketChangeId) -> Self {
        Self {
            next,
            kept: BTreeMap::new(),
            known_entries: BTreeSet::new(),
            statuses: BTreeMap::new(),
            people: BTreeMap::new(),
            readers: vec![],
            asked: None,
            under_way: vec![],
            sweep: vec![],
        }
    }

    /// The name of a status, or its number behind `#`.
    #[must_use]
    pub fn status(&self, id: &str) -> String {
        let known = id.parse().ok().and_then(|id: i64| self.statuses.get(&id)).cloned();
        known.unwrap_or_else(|| format!("#{id}"))
    }

    /// The name of a person, or their number behind `#`.
    #[must_use]
    pub fn person(&self, id: &str) -> String {
        let known = id.parse().ok().and_then(|id: i64| self.people.get(&id)).cloned();
        known.unwrap_or_else(|| format!("#{id}"))
    }
}

/// What the administrator settled for this area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whether the tracker is connected.
    pub enabled: bool,
    /// Whether people are told when a ticket of theirs is no longer visible.
    pub tell_gone: bool,
    /// The status a closed ticket gets when somebody comments on it: `None` leaves it closed.
    pub reopen: Option<Named>,
    /// How long a change may wait for the tracker before it is given up.
    pub patience: SignedDuration,
    /// This installation's name in what it writes: no other has it.
    pub instance: String,
}

impl Policy {
    /// The line by which a note or a ticket of ours is found again.
    #[must_use]
    pub fn mark(&self, change: TicketChangeId) -> String {
        format!("[pult {}-{change}]", self.instance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_words_of_a_wish_are_not_written_out() {
        for (private, text) in [(false, "Позвоните ей сначала"), (true, "")] {
            let note = Some("Позвоните ей сначала".to_owned());
            let (wanted, seen, files) = (Wanted::default(), Wanted::default(), vec![]);
            let what = Intent::Change { ticket: TicketId(1), wanted, seen, note, private, files };
            let ask = |what| Ask { by: "anna".to_owned(), name: String::new(), account: Some(6), what };
            let json = serde_json::to_value(ask(what)).unwrap();
            assert_eq!(json["what"]["note"], text, "private: {private}");
            assert!(serde_json::from_value::<Ask>(json).is_ok());
            let words = "Позвоните ей сначала".to_owned();
            let what =
                Intent::Rewrite { ticket: TicketId(1), entry: 2, seen: words.clone(), text: Some(words), private };
            let json = serde_json::to_value(ask(what)).unwrap();
            assert_eq!((&json["what"]["seen"], &json["what"]["text"]), (&text.into(), &text.into()));
            assert!(serde_json::from_value::<Ask>(json).is_ok());
        }
    }
}
