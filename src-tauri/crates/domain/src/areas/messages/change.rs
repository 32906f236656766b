//! What a decision does to messages, contacts and what is seen of them.
//!
//! Deliberately not here: rows and columns (the store's).

use serde::Serialize;

use super::{Account, Address, Contact, MessageState, Presence, Words};
use crate::{Failure, Instant, MessageId, NoticeId};

/// A message that is kept from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewMessage {
    /// Its id.
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
    /// What it says, for people.
    #[serde(skip)]
    pub text: String,
    /// What it says, where that is more than its text.
    #[serde(skip)]
    pub words: Option<Words>,
    /// When it was written.
    pub at: Instant,
    /// What becomes of it; `None` for what we did not send.
    pub state: Option<MessageState>,
    /// Who wrote it in the console, by login.
    pub by: Option<String>,
    /// The notice it is a duplicate of.
    pub notice: Option<NoticeId>,
}

/// One change, applied in the order given. What was said is written down with no decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A message is kept.
    Keep(Box<NewMessage>),
    /// Another copy of a message says more of it.
    Complete {
        /// Which message.
        message: MessageId,
        /// The id it bears on the wire.
        uid: Option<String>,
        /// Where the account's archive has it.
        archive: Option<String>,
        /// When it was written.
        at: Instant,
    },
    /// An account's archive has been read so far.
    Archived {
        /// Whose.
        account: Account,
        /// The archive's id of a message.
        id: String,
        /// When that was written.
        at: Instant,
    },
    /// Everything of theirs up to an instant is read.
    Read {
        /// In whose account.
        account: Account,
        /// Who wrote.
        peer: Address,
        /// Up to when.
        at: Instant,
    },
    /// What became of a message of ours.
    Became {
        /// Which.
        message: MessageId,
        /// What.
        state: MessageState,
        /// Why, where it failed.
        failure: Option<Failure>,
        /// What was seen of that.
        #[serde(skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
        /// Whether the other side's server gave it back.
        returned: bool,
    },
    /// A message that came back waits for another try.
    Wait {
        /// Which.
        message: MessageId,
        /// Until.
        until: Instant,
        /// Which try that is, from 1.
        tries: u32,
    },
    /// A message is tried again.
    Again {
        /// Which.
        message: MessageId,
        /// Tries after it came back, so far.
        tries: u32,
    },
    /// An account's whole list of contacts.
    Contacts {
        /// Whose.
        account: Account,
        /// Everybody on it.
        contacts: Vec<Contact>,
    },
    /// One contact, as it is now or gone.
    Contact {
        /// Whose.
        account: Account,
        /// Who.
        contact: Contact,
    },
    /// How a program of a contact is.
    Presence {
        /// Who sees it.
        account: Account,
        /// Whose program.
        from: Address,
        /// Which.
        resource: String,
        /// How.
        presence: Presence,
        /// Their own words.
        status: String,
        /// Since when.
        at: Instant,
    },
    /// Nothing of what an account saw of others holds any more.
    Unseen {
        /// Whose.
        account: Account,
    },
    /// Somebody waits to be told if they may see how the person is.
    Question {
        /// Whom they ask.
        account: Account,
        /// Who.
        from: Address,
        /// Since when.
        at: Instant,
    },
    /// An answer to them is on its way.
    Answering {
        /// Whom they asked.
        account: Account,
        /// Who.
        from: Address,
    },
    /// They were told, or could not be.
    Answered {
        /// Whom they asked.
        account: Account,
        /// Who.
        from: Address,
        /// Whether it was said.
        done: bool,
    },
}

impl Change {
    /// Whose screen shows something else after it; `None` where the message named knows.
    #[must_use]
    pub fn account(&self) -> Option<Account> {
        match self {
            Self::Keep(new) => Some(new.account),
            Self::Archived { account, .. }
            | Self::Read { account, .. }
            | Self::Contacts { account, .. }
            | Self::Contact { account, .. }
            | Self::Presence { account, .. }
            | Self::Unseen { account }
            | Self::Question { account, .. }
            | Self::Answering { account, .. }
            | Self::Answered { account, .. } => Some(*account),
            Self::Complete { .. } | Self::Became { .. } | Self::Wait { .. } | Self::Again { .. } => None,
        }
    }
}
