//! What the rules of messages may look at: a small snapshot, loaded for one fact.
//!
//! What people wrote is there only as far as a notice or another try needs it, and is never written down with a decision. Deliberately not
//! here: pages and lists for people (queries of the store).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Account, Address, Words};
use crate::{Instant, MessageId};

/// What became of a message of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MessageState {
    /// It waits for its turn, or for another try.
    Queued,
    /// The server has it.
    Sent,
    /// A program of the other side has it. Whether anybody has read it is not known.
    Delivered,
    /// It came back, or could not be handed over.
    Failed,
}

/// A message as far as a rule needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which.
    pub id: MessageId,
    /// Whose account it is in.
    pub account: Account,
    /// The other side.
    pub peer: Address,
    /// Whether the account's person wrote it, or the engine.
    pub ours: bool,
    /// The id it bears on the wire.
    pub uid: Option<String>,
    /// Where the account's archive has it.
    pub archive: Option<String>,
    /// When it was written.
    pub at: Instant,
    /// What became of it; `None` for what others wrote, and for what was written in another program.
    pub state: Option<MessageState>,
    /// The other side's server gave it back, and nothing more is tried by itself.
    pub returned: bool,
    /// Tries after it came back.
    pub tries: u32,
    /// When the next one is.
    pub again_at: Option<Instant>,
    /// What it says, of a message of ours.
    #[serde(skip)]
    pub words: Option<Words>,
}

/// The other side, as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// A name for people: the contact's, else that of whoever of the console has the address; may be empty.
    pub name: String,
    /// On the account's list of contacts.
    pub contact: bool,
    /// Somebody of the console has the address.
    pub person: bool,
    /// The account has written to them.
    pub written: bool,
}

/// The newest message of the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newest {
    /// When it was written.
    pub at: Instant,
    /// What it says.
    #[serde(skip)]
    pub text: String,
}

/// A conversation as far as a rule needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Everything of theirs up to then is read.
    pub read_at: Option<Instant>,
    /// The newest of theirs.
    pub newest: Option<Newest>,
    /// How many of theirs are not read.
    pub unread: u32,
    /// Whether the notice of it that stands was read or put aside; `None` where none stands.
    pub told: Option<bool>,
}

/// The snapshot for one fact; the parts a fact has no use for are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The id the next new message will get.
    pub next: MessageId,
    /// What the person signs in with whose account it is; `None` for the engine's own, and for one that is not connected any more.
    pub owner: Option<String>,
    /// The message the fact names, or of which it brings another copy.
    pub message: Option<Kept>,
    /// Whether the engine itself wrote it to the account's person, of a notice.
    pub duplicate: bool,
    /// The other side.
    pub peer: Peer,
    /// What was said with them.
    pub conversation: Conversation,
    /// Whether they wait to be told if they may see how the person is.
    pub asked: bool,
    /// Logins of administrators.
    pub admins: Vec<String>,
}

/// What the administrator settled for messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether what strangers write is kept.
    pub strangers: bool,
    /// Whether messages can be sent and questions answered.
    pub sender: bool,
    /// Addresses, or domains, of those who may see how people are without being asked about; small letters.
    pub staff: Vec<String>,
}

impl Policy {
    /// Whether an address is one of the house's.
    #[must_use]
    pub fn is_staff(&self, address: &Address) -> bool {
        self.staff.iter().any(|of| of == address.as_str() || of == address.domain())
    }
}
