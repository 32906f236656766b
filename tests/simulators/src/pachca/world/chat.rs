//! Chats, threads and messages, and how REST shows them. A thread has an id of its own beside that of the chat it is written
//! in.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{World, stamp};

/// What is between people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A chat of many.
    Discussion,
    /// The bot and this person.
    Direct(u64),
    /// A thread, by its own id.
    Thread(u64),
}

/// A chat.
#[derive(Clone, Debug, Serialize)]
pub struct Chat {
    /// Its id.
    pub id: u64,
    /// What it is called.
    pub name: String,
    /// See [`Kind`].
    pub kind: Kind,
    /// Who made it.
    pub owner: u64,
    /// Who is in it.
    pub members: BTreeSet<u64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When something was written last.
    pub last_message_at: Timestamp,
}

/// A thread.
#[derive(Clone, Debug, Serialize)]
pub struct Thread {
    /// Its id.
    pub id: u64,
    /// The chat it is written in; never the same number.
    pub chat: u64,
    /// The message it belongs to; a thread may belong to none.
    pub message: Option<u64>,
    /// That message's chat.
    pub message_chat: Option<u64>,
    /// When something was written last.
    pub updated_at: Timestamp,
}

impl Thread {
    pub(in crate::pachca) fn rest(&self) -> Value {
        json!({
            "id": self.id, "chat_id": self.chat, "message_id": self.message, "message_chat_id": self.message_chat,
            "updated_at": stamp(self.updated_at),
        })
    }
}

/// A button: a link, or data for the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What stands on it.
    pub text: String,
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What the bot is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
}

/// A message.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// Its id.
    pub id: u64,
    /// The chat it was written in; that of the thread when it is in one.
    pub chat: u64,
    /// Who wrote it.
    pub user: u64,
    /// What.
    pub content: String,
    /// Its files, by id.
    pub files: Vec<u64>,
    /// Its buttons, row by row.
    pub buttons: Vec<Vec<Button>>,
    /// The message it quotes.
    pub parent: Option<u64>,
    /// Its thread, when it has one.
    pub thread: Option<u64>,
    /// Name that stands in place of the bot's.
    pub display_name: Option<String>,
    /// Picture that stands in place of the bot's.
    pub display_avatar_url: Option<String>,
    /// Whom it tells that they are mentioned: nobody, when the bot said `skip_invite_mentions`.
    pub mentioned: Vec<u64>,
    /// Who reacted, and how.
    pub reactions: Vec<(u64, String)>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

impl Message {
    pub(in crate::pachca) fn new(id: u64, chat: u64, user: u64, content: &str, now: Timestamp) -> Self {
        Self {
            id,
            chat,
            user,
            content: content.to_owned(),
            files: Vec::new(),
            buttons: Vec::new(),
            parent: None,
            thread: None,
            display_name: None,
            display_avatar_url: None,
            mentioned: Vec::new(),
            reactions: Vec::new(),
            created_at: now,
            changed_at: now,
            deleted_at: None,
        }
    }

    /// The message as REST shows it; `link` makes links to files.
    pub(in crate::pachca) fn rest(&self, world: &World, link: &dyn Fn(u64) -> String) -> Value {
        let (entity, id) = world.entity(self.chat);
        let root = world.root(self.chat);
        let thread = self.thread.and_then(|id| world.threads.get(&id));
        let files = self.files.iter().filter_map(|id| world.files.get(id)).map(|file| file.rest(&link(file.id)));
        json!({
            "id": self.id, "entity_type": entity, "entity_id": id, "chat_id": self.chat, "root_chat_id": root,
            "content": self.content, "user_id": self.user, "created_at": stamp(self.created_at),
            "url": url(root, self.id), "files": files.collect::<Value>(), "voice_content": null,
            "buttons": (!self.buttons.is_empty()).then_some(&self.buttons),
            "thread": thread.map(|thread| json!({ "id": thread.id, "chat_id": thread.chat })),
            "forwarding": null, "parent_message_id": self.parent, "display_avatar_url": self.display_avatar_url,
            "display_name": self.display_name, "changed_at": stamp(self.changed_at),
            "deleted_at": self.deleted_at.map(stamp),
        })
    }

    /// The button that has this data, or else this text.
    pub(in crate::pachca) fn button(&self, which: &str) -> Option<&Button> {
        let by = |fits: fn(&Button, &str) -> bool| self.buttons.iter().flatten().find(|button| fits(button, which));
        by(|button, which| button.data.as_deref() == Some(which)).or_else(|| by(|button, which| button.text == which))
    }
}

/// Where people read a message.
pub(in crate::pachca) fn url(chat: u64, message: u64) -> String {
    format!("https://app.pachca.com/chats/{chat}?message={message}")
}

impl Chat {
    pub(in crate::pachca) fn rest(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "created_at": stamp(self.created_at), "owner_id": self.owner,
            "member_ids": self.members, "group_tag_ids": [], "channel": false, "archived": false,
            "personal": matches!(self.kind, Kind::Direct(_)), "public": false,
            "last_message_at": stamp(self.last_message_at), "meet_room_url": format!("https://meet.example.com/{}", self.id),
        })
    }
}
