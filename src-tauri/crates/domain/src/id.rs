//! Names of things: row ids that never mix, and the keys that make a repeat recognisable.
//!
//! Deliberately not here: how a key is stored or compared for uniqueness (the store's), or made unguessable (the server's).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::areas::messages::{Account, Address};

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(as = "f64")]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    )*};
}

row_ids! {
    /// A row of the inbox: one thing that crossed the border.
    RecordId;
    /// A row of the journal: one fact and what was decided about it.
    JournalId;
    /// A row of the outbox: one call we owe the outside world.
    EffectId;
    /// One telephone call of either contact centre.
    CallId;
    /// Something a person should know.
    NoticeId;
    /// A ticket of the tracker that people work with by hand: its own number there.
    TicketId;
    /// A change of a ticket, or a new one, that somebody asked for.
    TicketChangeId;
    /// A message of a person's messenger.
    MessageId;
    /// An operator of the floor.
    OperatorId;
    /// A stretch of time an operator was in one state.
    IntervalId;
    /// What a supervisor asked of an operator's state.
    CommandId;
    /// An address of the network that is watched.
    TargetId;
    /// A stretch of time in which a target was in trouble.
    IncidentId;
    /// A time in which targets may be silent.
    MaintenanceId;
    /// Notices that stand for one cause, together.
    TroubleId;
    /// The asking for one rating.
    RatingId;
    /// A document of the accounting system.
    DocumentId;
    /// An issue as the service desk numbers it.
    IssueId;
    /// A service of the service desk, by its number there.
    ServiceId;
    /// An employee of the service desk, by the number there.
    EmployeeId;
    /// A group of employees of the service desk, by its number there.
    GroupId;
    /// A ticket of the service desk, by its number there.
    TicketNumber;
    /// The giving of a ticket to somebody.
    AssignmentId;
    /// Days somebody is away.
    AbsenceId;
    /// An issue of the tracker and its conversation in the messenger.
    ChatLinkId;
    /// What somebody asks of the service desk in the messenger.
    ChatRequestId;
    /// What somebody in the messenger wants to see or to have done.
    ChatWishId;
    /// A message or a comment that is copied to the other side.
    ChatItemId;
    /// An agency as the agency service numbers it; `0` is "none found" (behaviour/helpdesk 2.2).
    AgencyId;
}

macro_rules! text_keys {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self { Self(text.to_owned()) }
        }
    )*};
}

text_keys! {
    /// Unique among the facts of one source. The same key again is a duplicate and does nothing.
    FactKey;
    /// `<fact key>/<kind>/<n>`: derived from the cause, so that a replay repeats it and the call is not made twice.
    EffectKey;
    /// What a fact or effect is about, for instance `call:17`. Effects of one subject go out in order, strangers do not wait.
    Subject;
}

impl EffectKey {
    /// The key of the `n`-th effect of a kind that one fact caused.
    #[must_use]
    pub fn caused_by(source: &str, fact: &FactKey, kind: &str, n: usize) -> Self {
        Self(format!("{source}/{fact}/{kind}/{n}"))
    }
}

impl Subject {
    /// The subject of everything about one call.
    #[must_use]
    pub fn call(id: CallId) -> Self {
        Self(format!("call:{id}"))
    }

    /// The call that a subject's text is about, if it is about one.
    #[must_use]
    pub fn call_of(text: &str) -> Option<CallId> {
        text.strip_prefix("call:")?.parse().ok().map(CallId)
    }

    /// The operator that a subject's text is about, if it is about one.
    #[must_use]
    pub fn operator_of(text: &str) -> Option<OperatorId> {
        text.strip_prefix("operator:")?.parse().ok().map(OperatorId)
    }

    /// The subject of everything about the rating of one issue.
    #[must_use]
    pub fn rating(id: RatingId) -> Self {
        Self(format!("rating:{id}"))
    }

    /// The subject of everything about one document of the accounting system.
    #[must_use]
    pub fn document(id: DocumentId) -> Self {
        Self(format!("document:{id}"))
    }

    /// The subject of everything about one service of the service desk.
    #[must_use]
    pub fn service(id: ServiceId) -> Self {
        Self(format!("service:{id}"))
    }

    /// The subject of everything about one employee of the service desk.
    #[must_use]
    pub fn employee(id: EmployeeId) -> Self {
        Self(format!("employee:{id}"))
    }

    /// The subject of everything about one issue of the tracker and its conversation.
    #[must_use]
    pub fn issue(key: &str) -> Self {
        Self(format!("issue:{key}"))
    }

    /// The subject of everything about one ticket of the tracker.
    #[must_use]
    pub fn ticket(id: TicketId) -> Self {
        Self(format!("ticket:{id}"))
    }

    /// The subject of a ticket that is not there yet.
    #[must_use]
    pub fn new_ticket(id: TicketChangeId) -> Self {
        Self(format!("new_ticket:{id}"))
    }

    /// The subject of everything about the tracker as a whole: its lists, and which of its tickets are still there.
    #[must_use]
    pub fn tickets() -> Self {
        Self("tickets".to_owned())
    }

    /// The subject of everything one account and one other side write to each other.
    #[must_use]
    pub fn conversation(account: Account, peer: &Address) -> Self {
        match account {
            Account::Bot => Self(format!("conversation:bot/{peer}")),
            Account::Person(person) => Self(format!("conversation:{person}/{peer}")),
        }
    }

    /// The subject of an account's list of contacts, and of what it sees of them.
    #[must_use]
    pub fn contacts(account: Account) -> Self {
        match account {
            Account::Bot => Self("contacts:bot".to_owned()),
            Account::Person(person) => Self(format!("contacts:{person}")),
        }
    }

    /// The subject of everything about one request of the messenger before it has an issue.
    #[must_use]
    pub fn chat_request(id: ChatRequestId) -> Self {
        Self(format!("chat_request:{id}"))
    }

    /// The subject of everything about one person of the messenger.
    #[must_use]
    pub fn chat_user(id: i64) -> Self {
        Self(format!("chat_user:{id}"))
    }

    /// The subject of everything in the thread of one message, by the messenger's id of it, before its conversation is known.
    #[must_use]
    pub fn chat_thread(message: i64) -> Self {
        Self(format!("chat_thread:{message}"))
    }

    /// The subject of readings of the service desk's catalogue.
    #[must_use]
    pub fn catalogue() -> Self {
        Self("catalogue".to_owned())
    }

    /// The subject of readings of the house that tasks are given out in: one at a time, whoever needs it.
    #[must_use]
    pub fn directory() -> Self {
        Self("directory".to_owned())
    }

    /// The subject of everything about one target of the network.
    #[must_use]
    pub fn target(id: TargetId) -> Self {
        Self(format!("target:{id}"))
    }

    /// The subject of everything about one operator.
    #[must_use]
    pub fn operator(id: OperatorId) -> Self {
        Self(format!("operator:{id}"))
    }
}
