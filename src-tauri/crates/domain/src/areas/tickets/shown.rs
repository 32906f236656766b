//! Tickets as the tracker shows them, in the field's words. Every instant is UTC, whole seconds (contracts/redmine 1).
//!
//! Deliberately not here: what the console keeps beside them (`state`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Instant, TicketId};

/// Something that has a number and a name there: a project, a status, a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(rename = "TicketNamed")]
pub struct Named {
    /// The tracker's number of it.
    #[ts(type = "number")]
    pub id: i64,
    /// Its name, for people.
    pub name: String,
}

/// A ticket without its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its number.
    pub id: TicketId,
    /// Where it belongs.
    pub project: Named,
    /// What kind of ticket it is.
    pub tracker: Named,
    /// Where it stands.
    pub status: Named,
    /// Whether that status ends it; `None` where the tracker does not say (before 5.0: by the dictionary).
    pub closed: Option<bool>,
    /// How much it presses.
    pub priority: Named,
    /// Who wrote it; nobody for a ticket without an author.
    pub author: Option<Named>,
    /// Who works on it.
    pub assignee: Option<Named>,
    /// Its category, for people.
    pub category: Option<String>,
    /// The ticket it is a part of.
    pub parent: Option<TicketId>,
    /// Its title.
    pub subject: String,
    /// What it is about, in the tracker's markup; at most 64 KiB.
    pub description: String,
    /// How much is done, percent.
    pub done_ratio: u8,
    /// Only some may see it.
    pub private: bool,
    /// Addresses of who asks for it and of who is told, where the tracker keeps them (`easy_email_to`, `easy_email_cc`): small letters.
    pub emails: Vec<String>,
    /// Fields of the tracker's own, by name, as text.
    pub custom: Vec<(String, String)>,
    /// When work begins, `YYYY-MM-DD`.
    pub start_date: Option<String>,
    /// When it is due, `YYYY-MM-DD`.
    pub due_date: Option<String>,
    /// When it was written.
    pub created_on: Instant,
    /// When it was last changed, as far as the tracker tells.
    pub updated_on: Instant,
    /// When it was last closed.
    pub closed_on: Option<Instant>,
}

/// What a part of an entry of the history is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString, strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "TicketPart")]
pub enum Part {
    /// Another project.
    Project,
    /// Another kind of ticket.
    Tracker,
    /// Another status.
    Status,
    /// Another priority.
    Priority,
    /// Another assignee.
    Assignee,
    /// Another title.
    Subject,
    /// Another description; its texts are not kept.
    Description,
    /// How much is done.
    DoneRatio,
    /// Another due date.
    DueDate,
    /// Another parent, or another part of it.
    Relative,
    /// A file came or went.
    Attachment,
    /// A relation to another ticket came or went.
    Relation,
    /// A field of the tracker's own.
    Custom,
    /// Anything else: "field changed".
    Other,
}

/// One field that an entry of the history changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "TicketDetail")]
pub struct Detail {
    /// What.
    pub part: Part,
    /// Its name there: `status_id`, a field's number, a file's number.
    pub name: String,
    /// What it was, as text: a number for references; none where it was empty.
    pub old: Option<String>,
    /// What it is.
    pub new: Option<String>,
}

/// An entry of a ticket's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The tracker's number of it; entries are sorted by it.
    pub id: i64,
    /// Who made it.
    pub user: Named,
    /// What was said, in the tracker's markup; at most 64 KiB; none where nothing was.
    pub notes: Option<String>,
    /// Only some may read what was said (contracts/redmine 4).
    pub private: bool,
    /// What was changed.
    pub details: Vec<Detail>,
    /// When.
    pub created_on: Instant,
    /// When what was said was changed, where the tracker tells.
    pub updated_on: Option<Instant>,
}

/// Entries that are written out with a ticket.
const WRITTEN_ENTRIES: usize = 20;
/// Characters of what was said that are written out.
const WRITTEN_NOTES: usize = 2000;

/// What goes into the journal of a ticket's history: its end, in short, and nothing that only some may read.
pub(super) fn the_last<S: serde::Serializer>(entries: &[Entry], serializer: S) -> Result<S::Ok, S::Error> {
    let shown = |entry: &Entry| {
        let notes = entry.notes.as_ref().map(|notes| match entry.private {
            true => String::new(),
            false => notes.chars().take(WRITTEN_NOTES).collect(),
        });
        Entry { notes, ..entry.clone() }
    };
    serializer.collect_seq(entries.iter().skip(entries.len().saturating_sub(WRITTEN_ENTRIES)).map(shown))
}

/// A file of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "TicketAttachment")]
pub struct Attachment {
    /// The tracker's number of it.
    #[ts(type = "number")]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// What it says it is.
    pub content_type: Option<String>,
    /// Who attached it.
    pub author: Option<String>,
    /// When.
    #[ts(type = "string")]
    pub created_on: Instant,
}

/// A ticket with its history, as one account of the tracker sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The ticket.
    pub card: Card,
    /// What happened, sorted by number; at most the last 500.
    #[serde(serialize_with = "the_last")]
    pub entries: Vec<Entry>,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// Who watches it.
    pub watchers: Vec<Named>,
    /// Its parts: numbers and titles.
    pub children: Vec<Named>,
    /// The statuses this account may set; `None` where the tracker does not tell (before 5.0).
    pub allowed: Option<Vec<Named>>,
}

/// A status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "TicketStatus")]
pub struct Status {
    /// The tracker's number of it.
    #[ts(type = "number")]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whether it ends a ticket.
    pub closed: bool,
}

/// A priority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "TicketPriority")]
pub struct Priority {
    /// The tracker's number of it.
    #[ts(type = "number")]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whether a new ticket gets it.
    pub default: bool,
}

/// Somebody who can be given tickets of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "TicketMember")]
pub struct Member {
    /// The tracker's number of the person, or of the group.
    #[ts(type = "number")]
    pub id: i64,
    /// Their name.
    pub name: String,
}

/// A project in scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "TicketProject")]
pub struct Project {
    /// The tracker's number of it.
    #[ts(type = "number")]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Kinds of tickets it has, in the tracker's order.
    pub trackers: Vec<Named>,
    /// Who can be given its tickets, by name.
    pub members: Vec<Member>,
}

/// Somebody with an account, as an administrator's key sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketUser {
    /// The tracker's number of the person.
    pub id: i64,
    /// What they sign in with there; absent where the key may not know.
    pub login: Option<String>,
    /// Their name.
    pub name: String,
    /// Their address, in small letters; absent where the key may not know.
    pub email: Option<String>,
}

/// The tracker's lists, read whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dictionary {
    /// In the tracker's order; empty where it has no such list (contracts/redmine 8).
    pub statuses: Vec<Status>,
    /// In the tracker's order.
    pub priorities: Vec<Priority>,
    /// Those in scope, by name.
    pub projects: Vec<Project>,
    /// Everybody an administrator's key sees; members of the projects otherwise.
    pub users: Vec<TicketUser>,
    /// Names of the tracker's own fields, by number, as far as they were seen.
    pub fields: BTreeMap<i64, String>,
}
