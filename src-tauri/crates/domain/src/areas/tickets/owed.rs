//! What the tracker is owed: the larger of this area's effects and their parts.
//!
//! Deliberately not here: their kinds (`Effect`), and how the tracker is asked (the integration's).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{TicketChangeId, TicketId};

/// A file on its way to a ticket; its bytes are in the store of bodies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "TicketUpload")]
pub struct Upload {
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// Its name, 1 to 255 characters.
    pub name: String,
    /// What it says it is.
    pub content_type: String,
    /// Bytes, at most 20 MiB.
    #[ts(type = "number")]
    pub size: u64,
}

/// What somebody wants of the fields of a ticket. What is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(rename = "TicketWanted")]
pub struct Wanted {
    /// Another status.
    #[ts(type = "number | null")]
    pub status: Option<i64>,
    /// Another priority.
    #[ts(type = "number | null")]
    pub priority: Option<i64>,
    /// Another assignee; 0 for nobody.
    #[ts(type = "number | null")]
    pub assignee: Option<i64>,
}

impl Wanted {
    /// Whether nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Something said on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What, in the tracker's markup, without anything of ours.
    pub text: String,
    /// Only some may read it.
    pub private: bool,
}

/// A change of a ticket, made in one call and confirmed by reading (contracts/redmine 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTicket {
    /// Ours.
    pub change: TicketChangeId,
    /// Which ticket.
    pub ticket: TicketId,
    /// The tracker's number of the account to act with; the engine's own when absent.
    pub account: Option<i64>,
    /// Who wants it, for people: told in the note when it is written by the engine's own account.
    pub by: String,
    /// What is wanted of the fields.
    pub wanted: Wanted,
    /// What those fields were when whoever wants it looked: where they are neither that nor what is wanted, nothing is written and the
    /// receipt is `TicketConflict`.
    pub seen: Wanted,
    /// What is said.
    pub note: Option<Note>,
    /// What is attached.
    pub files: Vec<Upload>,
    /// The line at the end of a note by which it is found again, for instance `[pult 7f3a-12]`.
    pub mark: String,
}

/// A note of somebody's own that is to say something else, or nothing any more (contracts/redmine 2, 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewriteNote {
    /// Ours.
    pub change: TicketChangeId,
    /// Which ticket.
    pub ticket: TicketId,
    /// The tracker's number of the account to act with; the engine's own when absent. It rewrites what it wrote itself, and nothing else.
    pub account: Option<i64>,
    /// The tracker's number of the entry of the history.
    pub entry: i64,
    /// What the entry said when whoever wants it looked, without anything of ours: where it says neither that nor what is wanted, nothing is
    /// written and the receipt is `TicketConflict`.
    pub seen: String,
    /// What it is to say, without anything of ours; empty takes it away.
    pub note: Note,
}

/// Somebody wants to hear of a ticket, or no longer (contracts/redmine 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchTicket {
    /// Ours.
    pub change: TicketChangeId,
    /// Which ticket.
    pub ticket: TicketId,
    /// The tracker's number of the account to act with; the engine's own when absent.
    pub account: Option<i64>,
    /// The tracker's number of whoever is to watch it.
    pub user: i64,
    /// Whether they are to.
    pub on: bool,
}

/// A new ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTicket {
    /// Ours.
    pub change: TicketChangeId,
    /// The tracker's number of the account to act with; the engine's own when absent.
    pub account: Option<i64>,
    /// The tracker's number of the project.
    pub project: i64,
    /// The tracker's number of the kind; the project's first when absent.
    pub tracker: Option<i64>,
    /// The tracker's number of the priority; its default when absent.
    pub priority: Option<i64>,
    /// Who gets it.
    pub assignee: Option<i64>,
    /// The title, 1 to 255 characters.
    pub subject: String,
    /// What it is about, with the signature of whoever asks.
    pub description: String,
    /// The address of whoever asks, for a tracker that keeps one.
    pub email: Option<String>,
    /// What is attached.
    pub files: Vec<Upload>,
    /// The line at the end of the description by which it is found again.
    pub mark: String,
}

/// Whether a text of ours is the one with this mark: its last line says nothing else. A quotation of it is another text.
#[must_use]
pub fn has_mark(text: &str, mark: &str) -> bool {
    let mut lines = text.lines().rev().map(str::trim).filter(|line| !line.is_empty());
    // Some trackers keep texts as HTML.
    let bare = |line: &str| line.trim_start_matches("<p>").trim_end_matches("</p>").trim().to_owned();
    !mark.is_empty() && lines.next().map(bare).is_some_and(|line| line.rsplit("<br>").next() == Some(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &str = "[pult 7f3a-12]";

    #[test]
    fn a_note_of_ours_is_known_by_its_last_line() {
        for (text, want) in [
            ("a\n\n[pult 7f3a-12]", true),
            ("a\r\n\r\n[pult 7f3a-12]\r\n \r\n", true),
            ("<p>a</p>\n<p>[pult 7f3a-12]</p>", true),
            ("<p>a<br>[pult 7f3a-12]</p>", true),
            ("> a\n> [pult 7f3a-12]", false),
            ("a\n\n[pult 7f3a-12]\n\nb", false),
            ("a\n\n[pult 7f3a-1]", false),
            ("", false),
        ] {
            assert_eq!(has_mark(text, MARK), want, "{text}");
        }
        assert!(!has_mark("a\n", ""));
    }
}
