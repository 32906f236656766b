//! What the conversation and its issue are owed: the larger of this area's effects, and the parts they share.
//!
//! Deliberately not here: their kinds and keys (`Effect`), and how either vendor is asked (the integrations').

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Button, FileLink, Form};
use crate::{ChatItemId, ChatRequestId, ChatWishId, Instant};

/// Whom a message goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Addressee {
    /// A chat, by the messenger's id of it; also the private one of a person with the bot.
    Chat {
        /// Which.
        chat: i64,
    },
    /// A person in private, by the messenger's id.
    User {
        /// Who.
        user: i64,
    },
}

/// A form to be opened at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenForm {
    /// For which wish.
    pub wish: ChatWishId,
    /// What the messenger opens it with.
    pub trigger: String,
    /// What comes back with it: the number of the request it begins.
    pub request: ChatRequestId,
    /// The form.
    pub form: Form,
}

/// The first message of an issue's conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// For which request.
    pub request: ChatRequestId,
    /// Where to.
    pub to: Addressee,
    /// The request's subject, user's text.
    pub summary: String,
    /// The request's text, user's text.
    pub text: String,
    /// The issue's key.
    pub issue: String,
    /// The issue's page.
    pub url: String,
    /// Rows of buttons.
    pub buttons: Vec<Vec<Button>>,
    /// When it was ordered: no message of it is older.
    pub since: Instant,
}

/// A comment on its way into the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Which.
    pub item: ChatItemId,
    /// The issue's key.
    pub issue: String,
    /// The issue's page.
    pub url: String,
    /// The chat of the conversation's first message.
    pub chat: i64,
    /// That message.
    pub anchor: i64,
    /// Who wrote the comment, for people.
    pub author: String,
    /// What, as the tracker has it.
    pub text: String,
    /// What is attached.
    pub files: Vec<FileLink>,
    /// When it was ordered: no message of it is older.
    pub since: Instant,
}

/// A message on its way to the issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostComment {
    /// Which.
    pub item: ChatItemId,
    /// The issue's key.
    pub issue: String,
    /// Who wrote the message, for people.
    pub author: String,
    /// The messenger's id of whoever wrote it.
    pub user: i64,
    /// What became of the message: written, changed or deleted.
    pub event: Event,
    /// What it says.
    pub text: String,
    /// What is attached.
    pub files: Vec<FileLink>,
    /// When it was ordered: no comment of it is older.
    pub since: Instant,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "ChatEvent")]
pub enum Event {
    /// It was written.
    Written,
    /// It was changed.
    Edited,
    /// It was deleted.
    Deleted,
}

/// An issue to be created, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewIssue {
    /// For which request.
    pub request: ChatRequestId,
    /// Unique among all issues we ever create: the same for every try at this one.
    pub unique: String,
    /// Its title.
    pub summary: String,
    /// What the person chose beside the title.
    pub subcategory: Option<String>,
    /// What the person wrote.
    pub text: String,
    /// Whether it was written in a chat instead of a form: the issue says it as it is.
    #[serde(default)]
    pub direct: bool,
    /// The person's login at the tracker.
    pub login: Option<String>,
    /// The person's full name.
    pub name: String,
    /// The person's department, where it is known.
    pub department: Option<String>,
    /// What is attached.
    pub files: Vec<FileLink>,
}

/// What is to be done to an issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum IssueChange {
    /// Somebody takes it.
    Assign {
        /// Their login.
        login: String,
    },
    /// It goes the way of a transition.
    Move {
        /// The tracker's id of the transition.
        transition: String,
    },
}

/// Which issues somebody wants to see (behaviour/chat_tracker 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "list", rename_all = "snake_case")]
pub enum List {
    /// Those the person asked for in the messenger, open or over.
    Own {
        /// The messenger's id of the person.
        user: i64,
        /// Whether those that are over.
        over: bool,
    },
    /// Those the person follows or may read.
    Watched {
        /// The person's login at the tracker.
        login: String,
    },
}
