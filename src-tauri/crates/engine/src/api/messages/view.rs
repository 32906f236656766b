//! What the commands of messages are asked and answer.
//!
//! Deliberately not here: rows (the store's).

use pult_domain::MessageId;
use pult_integrations::SessionReport;
use pult_store::messages::{ColleagueRow, ContactRow, ConversationRow, MessageKey, SubscriptionQuestion};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One's own account of the messenger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OwnMessenger {
    /// What it is called.
    pub address: String,
    /// Since when it is connected here, milliseconds UTC.
    #[ts(type = "number")]
    pub since: i64,
    /// How its session is; absent while none is held.
    pub session: Option<SessionReport>,
}

/// What the screen of messages shows beside a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MessagesOverview {
    /// Whether a messenger is connected at all.
    pub connected: bool,
    /// The person's number, by which the bus says that something of theirs has changed.
    #[ts(type = "number")]
    pub me: i64,
    /// Their own account; absent until they connect one.
    pub account: Option<OwnMessenger>,
    /// Messages they have not read, counted up to 100 of each conversation.
    pub unread: u32,
    /// Their contacts, by name. How they are is told only while the session is heard.
    pub contacts: Vec<ContactRow>,
    /// Their conversations, newest first, 200 at most.
    pub conversations: Vec<ConversationRow>,
    /// Who asks to see how they are.
    pub questions: Vec<SubscriptionQuestion>,
}

/// Whom of the console one can write to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Colleagues {
    /// Everybody but oneself who has an address, by name.
    pub rows: Vec<ColleagueRow>,
}

/// A page of a conversation of one's own, newest first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MessagesRequest {
    /// With whom.
    pub peer: String,
    /// Where to go on.
    #[serde(default)]
    pub before: Option<MessageKey>,
    /// How many, up to 200.
    pub limit: usize,
}

/// Says something from one's own account.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WriteMessage {
    /// To whom.
    pub peer: String,
    /// What, 1 to 5 000 characters.
    pub text: String,
}

/// Marks what somebody wrote as read.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SeenMessages {
    /// Who wrote.
    pub peer: String,
    /// The newest message that was seen; all before it are read as well.
    pub upto: MessageId,
}

/// What is still to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct UnreadMessages {
    /// In all conversations, counted up to 100 of each.
    pub unread: u32,
}

/// Connects one's own account.
#[derive(Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConnectMessenger {
    /// What it is called, `name@domain`.
    pub address: String,
    /// Its password; kept as a secret, shown to nobody. Whether it is right, the session's report says.
    pub password: String,
}

/// Says whether somebody may see how one is.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AnswerQuestion {
    /// Who asked.
    pub peer: String,
    /// Whether they may.
    pub allow: bool,
}

/// One message of one's own.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OneMessage {
    /// Which.
    pub id: MessageId,
}

/// Whether and where a person's notices reach their messenger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MessengerReach {
    /// Where they go while nothing else is settled: the person's e-mail address.
    pub own: Option<String>,
    /// Where they go now; absent where they go nowhere.
    pub address: Option<String>,
    /// Whether the engine's account of the messenger is connected.
    pub connected: bool,
    /// How its session is; absent while none is held.
    pub session: Option<SessionReport>,
}
