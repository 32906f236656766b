//! What the rules of this area may look at: a small snapshot, loaded for one fact.
//!
//! Deliberately not here: pages and counts for people (queries of the store).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ChatUser, FileLink, Form, Menu, Press, owed::Event};
use crate::{ChatItemId, ChatLinkId, ChatRequestId, ChatWishId, Instant};

/// Which of the two systems.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "ChatSide")]
pub enum Side {
    /// The messenger.
    Chat,
    /// The tracker.
    Tracker,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Chat => Self::Tracker,
            Self::Tracker => Self::Chat,
        }
    }
}

/// An issue and its conversation. The link is ours; what the issue shows of it is a courtesy (behaviour/chat_tracker 5.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Which.
    pub id: ChatLinkId,
    /// The issue's key.
    pub issue: String,
    /// The tracker's id of the issue.
    pub issue_id: String,
    /// The issue's page for people.
    pub url: String,
    /// The issue's title.
    pub summary: String,
    /// The issue's status for people, as it was last seen.
    pub status: String,
    /// Whether that status ends it.
    pub over: bool,
    /// The chat of the conversation's first message; none before it was posted.
    pub chat: Option<i64>,
    /// That message.
    pub message: Option<i64>,
    /// The thread under it, once something was written there by us.
    pub thread: Option<i64>,
    /// The messenger's id of who asked.
    pub user: Option<i64>,
    /// The last comment that was handled.
    pub last_comment: Option<String>,
    /// Since when nothing is copied.
    pub paused_at: Option<Instant>,
    /// Why: `echo`, `storm`, `chat_gone`, `issue_gone`, or who wanted it.
    pub paused_why: Option<String>,
    /// Since when there is this link.
    pub created_at: Instant,
}

/// How a request came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "ChatRequestWay")]
pub enum Way {
    /// By the form.
    Form,
    /// By a message in a chat.
    Message,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "ChatRequestState")]
pub enum RequestState {
    /// A form was opened and not sent yet.
    Opened,
    /// Its author is being read.
    Author,
    /// The author's department is being read.
    Department,
    /// The issue is being created.
    Creating,
    /// The first message of its conversation is on its way.
    Anchoring,
    /// The issue and its conversation are there.
    Done,
    /// Its issue could not be created.
    Failed,
    /// It is none: a program wrote it.
    Skipped,
}

/// What somebody asks of the service desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Which.
    pub id: ChatRequestId,
    /// How it came about.
    pub way: Way,
    /// Where it stands.
    pub state: RequestState,
    /// The messenger's id of who asks.
    pub user: i64,
    /// The chat it was asked in.
    pub chat: Option<i64>,
    /// The message it is made of.
    pub message: Option<i64>,
    /// The title of the issue.
    pub summary: String,
    /// The answer chosen in the form.
    pub subcategory: Option<String>,
    /// What the person wrote.
    pub text: String,
    /// What is attached.
    pub files: Vec<FileLink>,
    /// The person's name, once known.
    pub name: String,
    /// The person's login, once known.
    pub login: Option<String>,
    /// The person's department, once known.
    pub department: Option<String>,
    /// The conversation it became.
    pub link: Option<ChatLinkId>,
    /// Tells the same form sent twice.
    pub digest: Option<String>,
    /// Why it failed, in the other side's words.
    pub trouble: Option<String>,
    /// When it began.
    pub at: Instant,
}

/// Where the wish of somebody who pressed a button, or wrote to the bot, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum WishState {
    /// The person is being read.
    Person,
    /// The issue, or the issues, are being read.
    Issue,
    /// It is being done.
    Doing,
    /// It was done.
    Done,
    /// It was not: no right, or refused.
    Refused,
}

/// What somebody in the messenger wants to see or to have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Which.
    pub id: ChatWishId,
    /// Where it stands.
    pub state: WishState,
    /// The messenger's id of the person.
    pub user: i64,
    /// The chat it came from, where it is told.
    pub chat: Option<i64>,
    /// The button; none for a text, which is answered with the menu.
    pub press: Option<Press>,
    /// Why it was refused.
    pub trouble: Option<String>,
    /// When it came.
    pub at: Instant,
}

/// Where the copying of a message or a comment stands.
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
#[ts(rename = "ChatItemState")]
pub enum ItemState {
    /// The issue it belongs to is being looked for.
    Finding,
    /// It is being read at its side.
    Reading,
    /// Its copy is on its way.
    Sending,
    /// It was copied.
    Done,
    /// It is not copied, for the reason kept with it.
    Skipped,
    /// It waits: the conversation is paused.
    Held,
    /// It could not be copied.
    Failed,
}

/// A message, or a comment, that is copied to the other side once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Which.
    pub id: ChatItemId,
    /// Its conversation, once known.
    pub link: Option<ChatLinkId>,
    /// Where it was written.
    pub side: Side,
    /// Its id there; for a change of it, with the event behind.
    pub external: String,
    /// What became of it there.
    pub event: Event,
    /// The message it stands in; for a comment, none.
    pub message: Option<i64>,
    /// The message whose thread it stands in, where that thread was of no conversation when it was written.
    pub parent: Option<i64>,
    /// The messenger's id of who wrote it.
    pub user: Option<i64>,
    /// Who wrote it, for people; empty before they are known.
    pub author: String,
    /// What.
    pub text: String,
    /// What is attached.
    pub files: Vec<FileLink>,
    /// Those it names, who are to be let in.
    pub mentioned: Mentions,
    /// How often it has gone round already: 0 for what a person wrote.
    pub hops: u32,
    /// Whose echo it is.
    pub origin: Option<ChatItemId>,
    /// Where it stands.
    pub state: ItemState,
    /// Why it was skipped, held or failed: a code, or the other side's words.
    pub reason: Option<String>,
    /// The other side's id of its copy.
    pub copy: Option<String>,
    /// When it was written.
    pub at: Instant,
}

/// Whom a message names, and who named them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "KeptMentions")]
pub struct Mentions {
    /// Logins of those named.
    pub logins: Vec<String>,
    /// Login of who named them, where one is known.
    pub by: Option<String>,
}

/// As it stands in rows: those of older versions have the logins alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum KeptMentions {
    Alone(Vec<String>),
    Whole { logins: Vec<String>, by: Option<String> },
}

impl From<KeptMentions> for Mentions {
    fn from(kept: KeptMentions) -> Self {
        match kept {
            KeptMentions::Alone(logins) => Self { logins, by: None },
            KeptMentions::Whole { logins, by } => Self { logins, by },
        }
    }
}

/// An item of the near past, as the radar sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Which.
    pub id: ChatItemId,
    /// Where it was written.
    pub side: Side,
    /// Who wrote it, for people: a copy of it says so.
    pub author: String,
    /// What.
    pub text: String,
    /// As in [`Item::hops`].
    pub hops: u32,
    /// When.
    pub at: Instant,
}

/// Somebody of the messenger as they were last read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Who.
    pub person: ChatUser,
    /// When.
    pub fetched_at: Instant,
}

/// The ids the next new rows will get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    /// Of a conversation.
    pub link: ChatLinkId,
    /// Of a request.
    pub request: ChatRequestId,
    /// Of a wish.
    pub wish: ChatWishId,
    /// Of an item.
    pub item: ChatItemId,
}

/// The snapshot for one fact; the parts a fact has no use for are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The ids the next new rows will get.
    pub next: Next,
    /// The conversation the fact speaks of: by its id, its issue, its first message, or the item's, request's or wish's own.
    pub link: Option<Link>,
    /// The request the fact names: by its id, or by what was filled in, in the last 10 min.
    pub request: Option<Request>,
    /// The wish the fact names.
    pub wish: Option<Wish>,
    /// The item the fact names: by its id, or by the message or comment it was.
    pub item: Option<Item>,
    /// Who wrote or pressed, as they were last read.
    pub user: Option<User>,
    /// The message spoken of is one of ours.
    pub ours: bool,
    /// Requests and wishes that wait for the person who was read.
    pub requests: Vec<Request>,
    /// As above.
    pub wishes: Vec<Wish>,
    /// The conversations of those wishes.
    pub links: Vec<Link>,
    /// Of the comments that were read: those that are known already, or ours.
    pub known_comments: BTreeSet<String>,
    /// What was copied in this conversation in the last minutes, newest first; 50 at most.
    pub recent: Vec<Trace>,
    /// What waits in this conversation, oldest first.
    pub held: Vec<Item>,
    /// Messages whose conversation is being looked for, oldest first; 500 at most.
    pub finding: Vec<Item>,
    /// The first message of another request is on its way: it may stand already, and nobody knows its id yet.
    pub anchoring: bool,
}

impl Known {
    /// A snapshot of which nothing but the next ids is known.
    #[must_use]
    pub fn nothing_but(next: Next) -> Self {
        Self {
            next,
            link: None,
            request: None,
            wish: None,
            item: None,
            user: None,
            ours: false,
            requests: vec![],
            wishes: vec![],
            links: vec![],
            known_comments: BTreeSet::new(),
            recent: vec![],
            held: vec![],
            finding: vec![],
            anchoring: false,
        }
    }
}

/// Which messages become issues without a form (behaviour/chat_tracker 5.5).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DirectCreate {
    /// Those of the chats listed.
    Chats,
    /// None.
    Off,
    /// All that are written where the bot is, in private as well.
    All,
}

/// What becomes of a message that is changed or deleted after it was copied.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[ts(rename = "ChatEdits")]
pub enum Edits {
    /// Nothing.
    Ignore,
    /// The issue is told by another comment.
    Note,
}

/// What the administrator settled for this area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whether anything is copied, asked or answered.
    pub enabled: bool,
    /// Whether the messenger can be asked.
    pub chat: bool,
    /// Whether the tracker can be asked.
    pub tracker: bool,
    /// Whether departments can be looked up.
    pub directory: bool,
    /// Which messages become issues without a form.
    pub direct_create: DirectCreate,
    /// The chats meant by [`DirectCreate::Chats`].
    pub desk_chats: Vec<i64>,
    /// Whether first messages have buttons.
    pub anchor_buttons: bool,
    /// Logins of those who may press all of them.
    pub agents: Vec<String>,
    /// What the bot answers.
    pub menu: Menu,
    /// The form of a new request.
    pub form: Form,
    /// What becomes of changes.
    pub edits: Edits,
    /// This installation's name in what it creates: no other has it.
    pub instance: String,
}
