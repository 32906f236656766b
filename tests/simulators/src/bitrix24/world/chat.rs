//! Messages with their keyboards, and notifications.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

// The first message, notification and private chat.
const MESSAGES: u64 = 88_301;
const NOTIFICATIONS: u64 = 90_211;
const CHATS: u64 = 530;

/// A message.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// Its id.
    pub id: u64,
    /// By which method it came; `typed` by a user's hand.
    pub via: &'static str,
    /// Who wrote it: a user, or a bot as one.
    pub author: u64,
    /// `41` for a user, `chat55` for a chat.
    pub dialog: String,
    /// Number of the chat it is in.
    pub chat: u64,
    /// The text.
    pub text: String,
    /// Its buttons, as they were sent.
    pub keyboard: Vec<Value>,
    /// The bot that its buttons belong to.
    pub bot: Option<u64>,
    /// Whether links are shown with a preview, which opens them.
    pub url_preview: bool,
    /// When.
    pub at: Timestamp,
    /// How often it was changed.
    pub updates: u32,
    /// A button with `BLOCK` was pressed and the message not changed since.
    pub blocked: bool,
}

/// A notification.
#[derive(Clone, Debug, Serialize)]
pub struct Notification {
    /// Its id.
    pub id: u64,
    /// Whose.
    pub user: u64,
    /// The text.
    pub text: String,
    /// What it replaces others by.
    pub tag: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// All of them.
pub struct Chat {
    /// Messages, oldest first.
    pub messages: Vec<Message>,
    /// Notifications, oldest first.
    pub notifications: Vec<Notification>,
    /// Chats of several people.
    pub rooms: Vec<u64>,
    private: BTreeMap<(u64, u64), u64>,
    next_notification: u64,
}

impl Chat {
    pub(super) fn new() -> Self {
        Self {
            messages: Vec::new(),
            notifications: Vec::new(),
            rooms: vec![55],
            private: BTreeMap::new(),
            next_notification: NOTIFICATIONS,
        }
    }

    /// Number of the chat between two people.
    pub(in crate::bitrix24) fn private(&mut self, one: u64, other: u64) -> u64 {
        let free = CHATS + self.private.len() as u64;
        *self.private.entry((one.min(other), one.max(other))).or_insert(free)
    }

    /// Puts a message in; its id is given here.
    pub(in crate::bitrix24) fn put(&mut self, message: Message) -> u64 {
        let id = self.messages.last().map_or(MESSAGES, |last| last.id + 1);
        self.messages.push(Message { id, ..message });
        id
    }

    pub(in crate::bitrix24) fn message(&mut self, id: u64) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.id == id)
    }

    /// Puts a notification in, in the place of the one with its tag.
    pub(in crate::bitrix24) fn notify(&mut self, user: u64, text: &str, tag: Option<String>, at: Timestamp) -> u64 {
        let id = self.next_notification;
        self.next_notification += 1;
        if tag.is_some() {
            self.notifications.retain(|old| old.user != user || old.tag != tag);
        }
        self.notifications.push(Notification { id, user, text: text.to_owned(), tag, at });
        id
    }
}
