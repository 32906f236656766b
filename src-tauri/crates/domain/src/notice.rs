//! What a rule wants a person to know: raised once, brought up to date while it stands, cleared when it no longer holds.
//!
//! Codes and values only; the console says it in the reader's language. Deliberately not here: who has read it, and the ways it
//! reaches a person (toast, tray, messenger).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Subject;

/// How much it presses.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Level {
    /// Good to know.
    Info,
    /// Somebody should look.
    Warning,
    /// Somebody must act.
    Critical,
}

/// What a notice is about; rules of who hears of it, and its sound, go by this.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum NoticeClass {
    /// An operator has been in a state for too long.
    FloorThreshold,
    /// A source of operator states cannot be watched.
    FloorSource,
    /// A watched address does not answer, or answers badly.
    NetworkIncident,
    /// A connected system that cannot be reached, or does not let us in.
    Source,
    /// Calls to other systems that were given up.
    Delivery,
    /// A bad rating, or one that could not be kept.
    Rating,
    /// A document of the accounting system whose tasks could not all be created or brought up to date.
    Document,
    /// Tickets that cannot be given to anybody.
    Carousel,
    /// A conversation that is paused, or a request or a copy that came to nothing.
    ChatLink,
    /// A ticket that was changed, commented on or given to somebody.
    Ticket,
    /// A message that somebody wrote to a person.
    Message,
    /// Of a kind that this version does not know.
    Other,
}

/// Somebody a notice is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What they sign in with.
    pub login: String,
    /// Why they: a code of the console's texts, `assignee` for one.
    pub why: String,
}

/// Whom a notice is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", content = "people", rename_all = "snake_case")]
pub enum Audience {
    /// Everybody who may see its screen.
    #[default]
    Everyone,
    /// These and nobody else. Raised again, it is for those as well who are new among them.
    People(Vec<Told>),
}

/// Something a person should know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// The same key again, while the notice stands, brings it up to date instead of raising a second one.
    pub key: String,
    /// What it is about.
    pub class: NoticeClass,
    /// How much it presses.
    pub level: Level,
    /// Where its screen is, for instance `operator:17`.
    pub subject: Subject,
    /// The sentence, as a code of the console's texts.
    pub code: String,
    /// Values for the sentence.
    pub values: serde_json::Map<String, serde_json::Value>,
    /// Whom it is for.
    #[serde(default)]
    pub to: Audience,
}

/// What a decision does about notices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum NoticeChange {
    /// It holds from now on, or still does.
    Raise(Notice),
    /// It no longer holds; nothing happens where it was not raised.
    Clear {
        /// The key it was raised with.
        key: String,
    },
    /// Whomever it is for by name has seen what it told of, in another place: it no longer holds, and is read. Nothing happens where it
    /// was not raised.
    Read {
        /// The key it was raised with.
        key: String,
    },
}
