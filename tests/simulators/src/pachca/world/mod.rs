//! The space: its people, chats, threads, messages, forms and files, and the history of its events. Invented; ids are those
//! of the contract's samples.

pub mod chat;
pub mod files;
pub mod people;
pub mod views;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use self::{
    chat::{Chat, Kind, Message, Thread},
    files::{File, Uploads},
    people::{User, UserOrder},
    views::{Trigger, View},
};
use super::hook::Payload;

/// The bot that the token belongs to.
pub const BOT: u64 = 90_210;
/// The service desk's chat, of which the bot is a member.
pub const DESK: u64 = 51_840;
/// A chat without the bot.
pub const KITCHEN: u64 = 51_841;

/// The first thread's id, and that of its chat: over 32 bits, as the vendor's are.
const THREADS: u64 = 30_777;
const THREAD_CHATS: u64 = 2_900_000_123;
/// The first direct chat, message, file.
const CHATS: u64 = 51_900;
const MESSAGES: u64 = 700_101;
const FILES: u64 = 3_560;

/// An event of the history.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// Its ULID.
    pub id: String,
    /// What it is, as subscriptions name it.
    pub event_type: String,
    /// What the webhook said.
    pub payload: Payload,
    /// When.
    pub created_at: Timestamp,
}

/// Everything the space holds.
pub struct World {
    /// Its people.
    pub users: BTreeMap<u64, User>,
    /// Its chats, those of threads and of the bot with one person too.
    pub chats: BTreeMap<u64, Chat>,
    /// Its threads.
    pub threads: BTreeMap<u64, Thread>,
    /// Its messages, deleted ones too.
    pub messages: BTreeMap<u64, Message>,
    /// What presses left behind.
    pub triggers: BTreeMap<String, Trigger>,
    /// Forms, also closed ones.
    pub views: BTreeMap<u64, View>,
    /// Files of messages and forms.
    pub files: BTreeMap<u64, File>,
    /// Uploads on their way.
    pub uploads: Uploads,
    /// Events the bot may read again, oldest first.
    pub history: Vec<Event>,
}

/// An instant as the vendor writes it.
pub(super) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn next<T>(map: &BTreeMap<u64, T>, first: u64) -> u64 {
    map.last_key_value().map_or(first, |(id, _)| (id + 1).max(first))
}

impl World {
    /// The seeded space, as it is at `now`.
    pub(super) fn new(now: Timestamp) -> Self {
        let then = now - SignedDuration::from_hours(24 * 300);
        let user = |id, name, nickname: &str, email: &str| User::new(id, name, nickname, email, then);
        let users = [
            user(811, ["Иван", "Петренко"], "ivanov", "ivanov@example.test"),
            user(812, ["Иван", "Петренко"], "ivan", ""),
            User { bot: true, ..user(813, ["", ""], "ivan.bot", "") },
            user(814, ["Вера", "Светлова"], "vera", "v.svetlova@example.test"),
            user(815, ["Нина", "Орлова"], "nina.orlova", "n.orlova@example.test"),
            User { suspended: true, ..user(816, ["Семён", "Ушедший"], "s.gone", "s.gone@example.test") },
            user(817, ["Павел", "Жуков"], "pz", "p.zhukov@example.test"),
            User { bot: true, ..user(BOT, ["Desk bot", ""], "desk.bot", "") },
        ];
        let chat = |id, name: &str, members: &[u64]| Chat {
            id,
            name: name.to_owned(),
            kind: Kind::Discussion,
            owner: 814,
            members: members.iter().copied().collect(),
            created_at: then,
            last_message_at: then,
        };
        let chats =
            [chat(DESK, "Служба поддержки", &[811, 812, 814, 815, 817, BOT]), chat(KITCHEN, "Кухня", &[811, 814])];
        Self {
            users: users.into_iter().map(|user| (user.id, user)).collect(),
            chats: chats.into_iter().map(|chat| (chat.id, chat)).collect(),
            threads: BTreeMap::new(),
            messages: BTreeMap::new(),
            triggers: BTreeMap::new(),
            views: BTreeMap::new(),
            files: BTreeMap::new(),
            uploads: Uploads::default(),
            history: Vec::new(),
        }
    }

    /// Whether somebody is in a chat.
    pub fn is_member(&self, chat: u64, user: u64) -> bool {
        self.chats.get(&chat).is_some_and(|chat| chat.members.contains(&user))
    }

    /// A message that is there and was not deleted.
    pub fn message(&self, id: u64) -> Option<&Message> {
        self.messages.get(&id).filter(|message| message.deleted_at.is_none())
    }

    /// Messages of a chat that were not deleted, oldest first.
    pub fn in_chat(&self, chat: u64) -> impl Iterator<Item = &Message> {
        self.messages.values().filter(move |message| message.chat == chat && message.deleted_at.is_none())
    }

    /// Messages in the thread of a message, oldest first.
    pub fn in_thread_of(&self, message: u64) -> impl Iterator<Item = &Message> {
        let thread = self.messages.get(&message).and_then(|message| message.thread);
        let chat = thread.and_then(|id| self.threads.get(&id)).map(|thread| thread.chat);
        self.messages.values().filter(move |one| Some(one.chat) == chat && one.deleted_at.is_none())
    }

    /// What a message of this chat is in: `entity_type` and `entity_id`.
    pub(super) fn entity(&self, chat: u64) -> (&'static str, u64) {
        match self.chats.get(&chat).map(|chat| chat.kind) {
            Some(Kind::Direct(user)) => ("user", user),
            Some(Kind::Thread(thread)) => ("thread", thread),
            _ => ("discussion", chat),
        }
    }

    /// The thread whose chat this is.
    pub(super) fn thread_of_chat(&self, chat: u64) -> Option<&Thread> {
        match self.chats.get(&chat)?.kind {
            Kind::Thread(thread) => self.threads.get(&thread),
            _ => None,
        }
    }

    /// The chat a thread's chat hangs from; any other chat is its own.
    pub(super) fn root(&self, chat: u64) -> u64 {
        self.thread_of_chat(chat).and_then(|thread| thread.message_chat).unwrap_or(chat)
    }

    /// The bot's chat with one person, made when it is not there.
    pub(super) fn direct(&mut self, user: u64, now: Timestamp) -> u64 {
        let known = self.chats.values().find(|chat| chat.kind == Kind::Direct(user));
        if let Some(chat) = known {
            return chat.id;
        }
        self.make_chat(Kind::Direct(user), "", user, BTreeSet::from([user, BOT]), now)
    }

    pub(super) fn make_chat(
        &mut self,
        kind: Kind,
        name: &str,
        owner: u64,
        members: BTreeSet<u64>,
        now: Timestamp,
    ) -> u64 {
        let id = match kind {
            Kind::Thread(_) => next(&self.chats, THREAD_CHATS),
            _ => {
                let below = self.chats.keys().filter(|id| **id < THREAD_CHATS).max();
                below.map_or(CHATS, |id| (id + 1).max(CHATS))
            }
        };
        let name = name.to_owned();
        self.chats.insert(id, Chat { id, name, kind, owner, members, created_at: now, last_message_at: now });
        id
    }

    /// The thread of a message, made when it has none; `by` is in it from then on, like whoever wrote the message.
    pub(super) fn make_thread(&mut self, message: Option<u64>, by: u64, now: Timestamp) -> u64 {
        let parent = message.and_then(|id| self.messages.get(&id));
        if let Some(id) = parent.and_then(|message| message.thread) {
            let chat = self.threads.get(&id).map(|thread| thread.chat);
            if let Some(chat) = chat.and_then(|id| self.chats.get_mut(&id)) {
                chat.members.insert(by);
            }
            return id;
        }
        let message_chat = parent.map(|message| message.chat);
        let members = BTreeSet::from([by, parent.map_or(by, |message| message.user)]);
        let id = next(&self.threads, THREADS);
        let chat = self.make_chat(Kind::Thread(id), "", by, members, now);
        self.threads.insert(id, Thread { id, chat, message, message_chat, updated_at: now });
        if let Some(parent) = message.and_then(|id| self.messages.get_mut(&id)) {
            parent.thread = Some(id);
        }
        id
    }

    /// Puts a message into its chat. Whoever is mentioned in a thread comes into it, unless `silent`; answers who came.
    pub(super) fn post(&mut self, mut message: Message, silent: bool) -> Vec<u64> {
        let now = message.created_at;
        let named = people::mentions(&message.content);
        let root = self.root(message.chat);
        if !silent {
            let people =
                self.users.values().filter(|user| !user.suspended && named.contains(&user.nickname.to_lowercase()));
            message.mentioned = people.map(|user| user.id).collect();
        }
        let mut came = Vec::new();
        let parent: BTreeSet<u64> = self.chats.get(&root).map(|chat| chat.members.clone()).unwrap_or_default();
        let thread = self.thread_of_chat(message.chat).map(|thread| thread.id);
        if let Some(chat) = self.chats.get_mut(&message.chat) {
            chat.last_message_at = now;
            if thread.is_some() {
                chat.members.insert(message.user);
                let new = message.mentioned.iter().filter(|id| root == message.chat || parent.contains(id));
                came = new.copied().filter(|id| chat.members.insert(*id)).collect();
            }
        }
        if let Some(thread) = thread.and_then(|id| self.threads.get_mut(&id)) {
            thread.updated_at = now;
        }
        self.messages.insert(message.id, message);
        came
    }

    pub(super) fn next_message(&self) -> u64 {
        next(&self.messages, MESSAGES)
    }

    pub(super) fn next_view(&self) -> u64 {
        next(&self.views, 1)
    }

    /// Keeps a file; answers its id.
    pub(super) fn keep(&mut self, key: Option<String>, name: &str, file_type: &str, content: Vec<u8>) -> u64 {
        let id = next(&self.files, FILES);
        let key = key.unwrap_or_else(|| format!("attaches/files/{id}/{name}"));
        let (name, file_type) = (name.to_owned(), file_type.to_owned());
        self.files.insert(id, File { id, key, name, file_type, content });
        id
    }

    /// Somebody new, or a change of somebody; answers their id. None when `known` is not.
    pub(super) fn order_user(&mut self, known: Option<u64>, order: &UserOrder, now: Timestamp) -> Option<u64> {
        if let Some(id) = known {
            self.users.get_mut(&id)?.change(order);
            return Some(id);
        }
        let last = self.users.keys().filter(|id| **id < BOT).max().copied().unwrap_or_default();
        let id = order.id.unwrap_or(last + 1);
        let mut new = User::new(id, ["Новый", "Коллега"], &format!("colleague{id}"), "", now);
        new.change(order);
        self.users.insert(id, new);
        Some(id)
    }
}
