//! What people look at of messages: a message, a conversation, a contact, a question.
//!
//! Deliberately not here: reading them (`read`), and the rule's own snapshot (`known`).

use pult_domain::{
    Failure, MessageId,
    areas::messages::{Address, MessageState, Presence, Subscription},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A place among the messages of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MessageKey {
    /// When the message was written, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// Its id.
    pub id: MessageId,
}

/// A message as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MessageRow {
    /// Its id.
    pub id: MessageId,
    /// The other side, whoever of the two wrote.
    #[ts(type = "string")]
    pub peer: Address,
    /// Whether the person wrote it, here or in another program of theirs.
    pub ours: bool,
    /// What, without markup.
    pub text: String,
    /// When it was written, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// What became of it; absent for what others wrote, and for what was written in another program.
    pub state: Option<MessageState>,
    /// Why it did not reach anybody.
    pub failure: Option<Failure>,
    /// What was seen of that, for whoever looks closer.
    pub detail: Option<String>,
    /// When it is tried again, milliseconds UTC.
    #[ts(type = "number | null")]
    pub again_at: Option<i64>,
    /// Whether what somebody else wrote is not read yet.
    pub unread: bool,
}

/// A page of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MessagePage {
    /// Its messages, newest first.
    pub rows: Vec<MessageRow>,
    /// Where to go on; absent when there are no more.
    pub next: Option<MessageKey>,
}

/// Somebody of the console to whom an address belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AddressOwner {
    /// What they sign in with.
    pub login: String,
    /// Their name.
    pub full_name: String,
}

/// Somebody of the console, as they can be written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ColleagueRow {
    /// Where.
    #[ts(type = "string")]
    pub address: Address,
    /// Who they are.
    pub person: AddressOwner,
}

/// How somebody is: the one of their programs that is most there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PresenceRow {
    /// How.
    pub presence: Presence,
    /// Their own words; may be empty.
    pub status: String,
    /// Since when, milliseconds UTC.
    #[ts(type = "number")]
    pub since: i64,
}

/// Somebody on the person's list of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ContactRow {
    /// Who.
    #[ts(type = "string")]
    pub address: Address,
    /// The name the list has; may be empty.
    pub name: String,
    /// Who sees whom.
    pub subscription: Subscription,
    /// How they are; absent where it is not known.
    pub presence: Option<PresenceRow>,
    /// Who of the console they are.
    pub person: Option<AddressOwner>,
}

/// A conversation of the person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ConversationRow {
    /// With whom.
    #[ts(type = "string")]
    pub peer: Address,
    /// The name the list of contacts has of them; empty for whoever is not on it.
    pub name: String,
    /// Who of the console they are.
    pub person: Option<AddressOwner>,
    /// Its newest message.
    pub last: MessageRow,
    /// How many messages of theirs are not read, counted up to 100.
    pub unread: u32,
}

/// Somebody who asks to see how the person is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SubscriptionQuestion {
    /// Who.
    #[ts(type = "string")]
    pub address: Address,
    /// Who of the console they are.
    pub person: Option<AddressOwner>,
    /// Since when, milliseconds UTC.
    #[ts(type = "number")]
    pub asked_at: i64,
    /// Whether an answer is on its way.
    pub answering: bool,
}
