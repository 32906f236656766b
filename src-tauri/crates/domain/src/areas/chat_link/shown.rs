//! People, messages, forms, comments and issues as the two systems show them.
//!
//! Deliberately not here: what happened to them (`fact`), and what is kept of them (`state`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Instant;

/// A message as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    /// The messenger's id.
    pub id: i64,
    /// The chat it is in; for one in a thread, the thread's own chat.
    pub chat: i64,
    /// Where there.
    pub place: Place,
    /// Who wrote it.
    pub user: i64,
    /// What; empty where it is files alone.
    pub text: String,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "place", rename_all = "snake_case")]
pub enum Place {
    /// In private, between a person and the bot.
    Private,
    /// In the main line of a chat.
    Chat,
    /// In a thread.
    Thread {
        /// The message the thread hangs on; a thread may have none.
        parent: Option<i64>,
    },
}

/// A form as it was filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Which form.
    pub form: Option<String>,
    /// What we gave it when it was opened.
    pub metadata: Option<String>,
    /// The chat it was opened in, where it is told.
    pub chat: Option<i64>,
    /// Who filled it in.
    pub user: i64,
    /// What, by the names of its blocks.
    pub fields: BTreeMap<String, Field>,
    /// SHA-256, hexadecimal, of user, form, metadata and what was filled in: the same twice is one wish.
    pub digest: String,
}

/// One block of a form as it was filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", content = "of", rename_all = "snake_case")]
pub enum Field {
    /// Texts: one for an input or a choice, several for boxes.
    Texts(Vec<String>),
    /// Files.
    Files(Vec<FileLink>),
}

/// A file at the vendor it was given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLink {
    /// Its name as it was given; not to be trusted.
    pub name: String,
    /// How long it is, bytes, where it is told.
    pub size: Option<u64>,
    /// Where it is, in words of the vendor's that has it.
    pub source: String,
    /// The page on which people find it, where it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

/// Somebody of the messenger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatUser {
    /// The messenger's id.
    pub id: i64,
    /// First and last name, else the display name, else the nickname, else `user_<id>`.
    pub name: String,
    /// The nickname; may be empty.
    pub nickname: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// A program.
    pub bot: bool,
    /// Who may not sign in any more.
    pub suspended: bool,
    /// It is ourselves.
    pub own: bool,
}

impl ChatUser {
    /// The login at the tracker: the local part of the address (behaviour/chat_tracker 5.3).
    #[must_use]
    pub fn login(&self) -> Option<&str> {
        self.email.as_deref()?.split_once('@').map(|(login, _)| login).filter(|login| !login.is_empty())
    }
}

/// A comment of the tracker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The tracker's id.
    pub id: String,
    /// Who wrote it, for people.
    pub author: String,
    /// It is ours: written with our account.
    pub own: bool,
    /// What; may be empty.
    pub text: String,
    /// When.
    pub at: Option<Instant>,
    /// What is attached.
    pub files: Vec<FileLink>,
}

/// An issue as the tracker shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueCard {
    /// Its key, for instance `DESK-41`.
    pub key: String,
    /// The tracker's id.
    pub id: String,
    /// Its page for people.
    pub url: String,
    /// Its title.
    pub summary: String,
    /// The key of its status.
    pub status: String,
    /// Its status for people.
    pub status_name: String,
    /// Whether that status ends it.
    pub over: bool,
    /// Who works on it, for people.
    pub assignee: Option<String>,
    /// Logins of its followers.
    pub followers: Vec<String>,
    /// Logins of those who may read it besides.
    pub access: Vec<String>,
    /// Where it can go from here; empty where it was not asked for.
    pub transitions: Vec<Transition>,
    /// The person, chat and message it names as its conversation.
    pub conversation: Option<Conversation>,
}

/// The conversation an issue names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// The messenger's id of who asked.
    pub user: Option<i64>,
    /// The messenger's id of the chat.
    pub chat: i64,
    /// The messenger's id of its first message.
    pub message: i64,
}

/// A way from one status to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// The tracker's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether it leads to a status that ends the issue.
    pub ends: bool,
}

/// One line of a list of issues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueRow {
    /// Its key.
    pub key: String,
    /// Its page for people.
    pub url: String,
    /// Its title.
    pub summary: String,
    /// Its status for people.
    pub status: String,
    /// Who works on it, for people.
    pub assignee: Option<String>,
    /// Whether its status ends it.
    pub over: bool,
}
