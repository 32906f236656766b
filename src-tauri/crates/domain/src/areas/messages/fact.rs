//! What can happen to messages, and what is seen of the people they come from.
//!
//! Deliberately not here: the wire's names of it (the integration's) and consequences (the rule's).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Account, Address, SendMessage};
use crate::{Effect, Failure, Instant, MessageId};

/// Something about messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// Somebody wrote to an account, or the account's person wrote from another program of theirs.
    Heard(Box<Incoming>),
    /// A program of the other side has our message.
    Delivered {
        /// Whose message.
        account: Account,
        /// Who has it.
        from: Address,
        /// The id it bore on the wire.
        uid: String,
    },
    /// The other side's server gave our message back.
    Returned {
        /// Whose message.
        account: Account,
        /// Whom it was for.
        from: Address,
        /// The id it bore on the wire.
        uid: String,
        /// Why.
        failure: Failure,
        /// Whether another try may go better.
        again: bool,
        /// The server's reason, by its name in RFC 6120 8.3.3.
        detail: String,
    },
    /// Our message was handed over to the server.
    Sent {
        /// Which.
        message: MessageId,
    },
    /// Our message could not be handed over.
    NotSent {
        /// Which.
        message: MessageId,
        /// Why.
        failure: Failure,
        /// What was seen, without secrets.
        detail: String,
    },
    /// An account's list of contacts, whole.
    ContactsRead {
        /// Whose.
        account: Account,
        /// Everybody on it.
        contacts: Vec<Contact>,
    },
    /// One contact was added, changed, or taken off (subscription `None` and [`Contact::gone`]).
    ContactChanged {
        /// Whose.
        account: Account,
        /// Who.
        contact: Contact,
    },
    /// Somebody's program came, changed its state or went.
    PresenceSeen {
        /// Who sees it.
        account: Account,
        /// Whose program.
        from: Address,
        /// Which of their programs.
        resource: String,
        /// How they are.
        presence: Presence,
        /// Their own words, at most 200 characters.
        status: String,
    },
    /// An account's session is over: nothing it saw of others holds any more.
    SessionEnded {
        /// Whose.
        account: Account,
    },
    /// Somebody wants to see how an account's person is.
    SubscriptionAsked {
        /// Whose.
        account: Account,
        /// Who asks.
        from: Address,
    },
    /// Somebody was told whether they may see, or could not be told.
    SubscriptionAnswered {
        /// Whose.
        account: Account,
        /// Who asked.
        to: Address,
        /// Whether it was said.
        done: bool,
    },
    /// A person writes from the console.
    Written {
        /// Whose account.
        account: Account,
        /// To whom.
        to: Address,
        /// What, 1 to 5 000 characters.
        text: String,
        /// The id it is to bear on the wire.
        uid: String,
        /// Who, by login.
        by: String,
    },
    /// A person has read what somebody wrote, here or in another program of theirs.
    Seen {
        /// Whose account.
        account: Account,
        /// Who wrote.
        peer: Address,
        /// Up to which message.
        upto: MessageId,
    },
    /// A message of ours is to be sent once more: its time has come, or a person asks for it.
    TryAgain {
        /// Which.
        message: MessageId,
        /// Who asks, by login; `None` when its time has come.
        by: Option<String>,
    },
    /// A person says whether somebody may see how they are.
    SubscriptionDecided {
        /// Whose account.
        account: Account,
        /// Who asked.
        from: Address,
        /// Whether they may.
        allow: bool,
        /// Who, by login.
        by: String,
    },
}

impl Fact {
    /// A stable word for logs, counters and the journal.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Heard(_) => "message_heard",
            Self::Delivered { .. } => "message_delivered",
            Self::Returned { .. } => "message_returned",
            Self::Sent { .. } => "message_sent",
            Self::NotSent { .. } => "message_not_sent",
            Self::ContactsRead { .. } => "contacts_read",
            Self::ContactChanged { .. } => "contact_changed",
            Self::PresenceSeen { .. } => "presence_seen",
            Self::SessionEnded { .. } => "session_ended",
            Self::SubscriptionAsked { .. } => "subscription_asked",
            Self::SubscriptionAnswered { .. } => "subscription_answered",
            Self::Written { .. } => "message_written",
            Self::Seen { .. } => "messages_seen",
            Self::TryAgain { .. } => "message_try_again",
            Self::SubscriptionDecided { .. } => "subscription_decided",
        }
    }

    /// Whether it only says how somebody is: such a fact leaves a journal entry only when something follows from it.
    #[must_use]
    pub fn is_observation(&self) -> bool {
        matches!(
            self,
            Self::ContactsRead { .. }
                | Self::ContactChanged { .. }
                | Self::PresenceSeen { .. }
                | Self::SessionEnded { .. }
                | Self::Seen { .. }
        )
    }

    /// The fact as it is written down: what people wrote to each other is kept with the message alone, where it can be read by those it is
    /// for and forgotten.
    #[must_use]
    pub fn without_words(&self) -> Self {
        match self {
            Self::Heard(incoming) => Self::Heard(Box::new(Incoming { body: String::new(), ..(**incoming).clone() })),
            Self::Written { account, to, uid, by, .. } => Self::Written {
                account: *account,
                to: to.clone(),
                text: String::new(),
                uid: uid.clone(),
                by: by.clone(),
            },
            other => other.clone(),
        }
    }

    /// What the area hears when an effect of its came to nothing.
    #[must_use]
    pub fn of_failed_effect(effect: &Effect, failure: Failure, detail: &str) -> Self {
        match effect {
            Effect::AnswerSubscription { account, to, .. } => {
                Self::SubscriptionAnswered { account: *account, to: to.clone(), done: false }
            }
            Effect::SendMessage(send) => Self::of_failed_message(send, failure, detail),
            // The areas' list of effects sends none of the others here.
            _ => Self::NotSent { message: MessageId(0), failure, detail: detail.to_owned() },
        }
    }

    fn of_failed_message(send: &SendMessage, failure: Failure, detail: &str) -> Self {
        Self::NotSent { message: send.message, failure, detail: detail.to_owned() }
    }
}

/// A message that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incoming {
    /// Whose account heard it.
    pub account: Account,
    /// The other side, whoever of the two wrote.
    pub peer: Address,
    /// Whether the account's own person wrote it, from another program.
    pub ours: bool,
    /// The id its sender gave it; absent where they gave none.
    pub uid: Option<String>,
    /// Where the account's archive has it; absent where it does not keep it.
    pub archive: Option<String>,
    /// What, without markup, 1 to 10 000 characters.
    pub body: String,
    /// When it was written.
    pub at: Instant,
    /// How it came.
    pub way: Way,
}

/// How a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "MessageWay")]
pub enum Way {
    /// At once.
    Live,
    /// Kept by the server while nobody was there.
    Delayed,
    /// A copy of what went to or from another program of the person's.
    Copy,
    /// Out of the archive.
    Archive,
}

/// Somebody on an account's list of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "MessengerContact")]
pub struct Contact {
    /// Who.
    #[ts(type = "string")]
    pub address: Address,
    /// The name the list has, at most 200 characters; may be empty.
    pub name: String,
    /// Who sees whom.
    pub subscription: Subscription,
    /// Taken off the list.
    pub gone: bool,
}

/// Who sees how whom is (RFC 6121 2.1.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "MessengerSubscription")]
pub enum Subscription {
    /// Nobody.
    None,
    /// We see them.
    To,
    /// They see us.
    From,
    /// Both.
    Both,
}

/// How somebody is, as a program of theirs says (RFC 6121 4.7.2.1).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Presence {
    /// Not there.
    Offline,
    /// Away for long.
    FarAway,
    /// Away.
    Away,
    /// There, and not to be disturbed.
    Busy,
    /// There.
    Online,
    /// There, and glad to talk.
    Chatty,
}
