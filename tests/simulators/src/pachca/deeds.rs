//! What the space's people do: write, in chats, in threads and to the bot, change and delete what they wrote, react, press
//! buttons, come and go. Filling in forms is in `forms`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rand::Rng;
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    Space, hook,
    space::State,
    world::{
        BOT, World,
        chat::{Kind, Message},
        people::UserOrder,
        views::Trigger,
    },
};

/// A file somebody attaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// What is in it; orders give it as text.
    #[serde(default, deserialize_with = "text")]
    pub content: Vec<u8>,
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    String::deserialize(from).map(String::into_bytes)
}

/// Something somebody writes: in a chat, in the thread of a message, or to the bot where neither is named.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SayOrder {
    /// Who.
    pub user: u64,
    /// In which chat; the chat of a thread is one too.
    pub chat: Option<u64>,
    /// In the thread of which message; made when there is none.
    pub thread_of: Option<u64>,
    /// What; may be empty with files.
    pub text: String,
    /// The message that is quoted.
    pub quotes: Option<u64>,
    /// Files.
    pub files: Vec<Attached>,
}

/// What a press comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pressed {
    /// A browser opens this.
    Link(String),
    /// The bot is told, with this trigger.
    Trigger(String),
}

/// Why somebody cannot do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// There is no such person, or they may not come in.
    #[error("there is no such person, or they may not come in")]
    Nobody,
    /// There is no such message.
    #[error("there is no such message")]
    NoMessage,
    /// There is no such chat, or the person is not in it.
    #[error("there is no such chat, or the person is not in it")]
    NoChat,
    /// A message in a thread has none of its own.
    #[error("a message in a thread has no thread of its own")]
    InThread,
    /// The message is the bot's, or holds nothing.
    #[error("nobody can do this to the message")]
    NotTheirs,
    /// The message has no such button.
    #[error("the message has no such button")]
    NoButton,
    /// There is no such form, or it is not on the screen any more.
    #[error("there is no such form, or it was closed")]
    NoView,
    /// The form has no such field, or does not offer this.
    #[error("the form cannot hold this in its field {0}")]
    Field(String),
}

type Done<T> = Result<T, Impossible>;

impl Space {
    /// Somebody writes in a chat; answers the message.
    ///
    /// # Errors
    /// They are not in it.
    pub fn say(&self, user: u64, chat: u64, text: &str) -> Done<u64> {
        self.write(&SayOrder { user, chat: Some(chat), text: text.to_owned(), ..SayOrder::default() })
    }

    /// Somebody answers in the thread of a message.
    ///
    /// # Errors
    /// The message is not there, or is in a thread itself.
    pub fn say_in_thread(&self, user: u64, message: u64, text: &str) -> Done<u64> {
        self.write(&SayOrder { user, thread_of: Some(message), text: text.to_owned(), ..SayOrder::default() })
    }

    /// Somebody writes to the bot alone.
    ///
    /// # Errors
    /// There is no such person.
    pub fn write_to_bot(&self, user: u64, text: &str) -> Done<u64> {
        self.write(&SayOrder { user, text: text.to_owned(), ..SayOrder::default() })
    }

    /// Somebody writes something, with files, or with a quotation.
    ///
    /// # Errors
    /// They cannot.
    pub fn write(&self, order: &SayOrder) -> Done<u64> {
        let now = self.hands.now();
        self.act(|state| {
            let world = &mut state.world;
            person(world, order.user)?;
            if order.text.trim().is_empty() && order.files.is_empty() {
                return Err(Impossible::NotTheirs);
            }
            let chat = match (order.thread_of, order.chat) {
                (Some(message), _) => thread_chat(world, message, order.user, now)?,
                (None, Some(chat)) => chat,
                (None, None) => world.direct(order.user, now),
            };
            if !reaches(world, chat, order.user) {
                return Err(Impossible::NoChat);
            }
            if order.quotes.is_some_and(|id| world.message(id).is_none()) {
                return Err(Impossible::NoMessage);
            }
            let mut message = Message::new(world.next_message(), chat, order.user, &order.text, now);
            message.parent = order.quotes;
            let keep = |file: &Attached| {
                let kind = if file.name.ends_with(".png") || file.name.ends_with(".jpg") { "image" } else { "file" };
                world.keep(None, &file.name, kind, file.content.clone())
            };
            message.files = order.files.iter().map(keep).collect();
            let id = message.id;
            let came = world.post(message, false);
            self.tell_message(state, "new", id, now);
            if !came.is_empty() {
                let told = hook::members("add", chat, &came, &state.world, now);
                self.tell(state, told);
            }
            Ok(id)
        })
    }

    /// Whoever wrote a message changes it.
    ///
    /// # Errors
    /// It is not there, or the bot's.
    pub fn edit(&self, message: u64, text: &str) -> Done<()> {
        let now = self.hands.now();
        self.act(|state| {
            let known = theirs(&mut state.world, message)?;
            text.clone_into(&mut known.content);
            known.changed_at = now;
            self.tell_message(state, "update", message, now);
            Ok(())
        })
    }

    /// Whoever wrote a message deletes it; an administrator may delete the bot's too.
    ///
    /// # Errors
    /// It is not there.
    pub fn delete(&self, message: u64) -> Done<()> {
        let now = self.hands.now();
        self.act(|state| {
            state.world.message(message).ok_or(Impossible::NoMessage)?;
            self.tell_message(state, "delete", message, now);
            if let Some(known) = state.world.messages.get_mut(&message) {
                known.deleted_at = Some(now);
            }
            Ok(())
        })
    }

    /// Somebody reacts to a message, or takes it back when they had.
    ///
    /// # Errors
    /// It is not there for them.
    pub fn react(&self, user: u64, message: u64, code: &str) -> Done<()> {
        let now = self.hands.now();
        self.act(|state| {
            person(&state.world, user)?;
            visible(&state.world, user, message)?;
            let Some(known) = state.world.messages.get_mut(&message) else { return Err(Impossible::NoMessage) };
            let reaction = (user, code.to_owned());
            let had = known.reactions.iter().position(|other| *other == reaction);
            let event = if had.is_some() { "delete" } else { "new" };
            match had {
                Some(index) => drop(known.reactions.remove(index)),
                None => known.reactions.push(reaction),
            }
            let told = hook::reaction(event, known, user, code, now);
            self.tell(state, told);
            Ok(())
        })
    }

    /// Somebody presses the button of this data, or else this text.
    ///
    /// # Errors
    /// It is not there for them.
    pub fn press(&self, user: u64, message: u64, button: &str) -> Done<Pressed> {
        let now = self.hands.now();
        self.act(|state| {
            person(&state.world, user)?;
            let message = visible(&state.world, user, message)?.clone();
            let pressed = message.button(button).ok_or(Impossible::NoButton)?;
            let Some(data) = &pressed.data else {
                return Ok(Pressed::Link(pressed.url.clone().unwrap_or_default()));
            };
            let id = uuid();
            let trigger = Trigger { id: id.clone(), user, chat: message.chat, at: now, used: false };
            state.world.triggers.insert(id.clone(), trigger);
            let told = hook::click(&message, &id, data, user, now);
            self.tell(state, told);
            Ok(Pressed::Trigger(id))
        })
    }

    /// A new chat of these people; with the bot, when it is among them.
    pub fn make_chat(&self, name: &str, members: &[u64]) -> u64 {
        let now = self.hands.now();
        let owner = members.first().copied().unwrap_or(BOT);
        let members: BTreeSet<u64> = members.iter().copied().collect();
        self.act(|state| state.world.make_chat(Kind::Discussion, name, owner, members, now))
    }

    /// People come into a chat.
    ///
    /// # Errors
    /// There is no such chat or person.
    pub fn add_members(&self, chat: u64, users: &[u64]) -> Done<()> {
        let now = self.hands.now();
        self.act(|state| {
            users.iter().try_for_each(|user| known(&state.world, *user))?;
            state.world.chats.get_mut(&chat).ok_or(Impossible::NoChat)?.members.extend(users);
            let told = hook::members("add", chat, users, &state.world, now);
            self.tell(state, told);
            Ok(())
        })
    }

    /// People leave a chat. The bot is told even when it goes itself.
    ///
    /// # Errors
    /// There is no such chat.
    pub fn remove_members(&self, chat: u64, users: &[u64]) -> Done<()> {
        let now = self.hands.now();
        self.act(|state| {
            state.world.chats.get(&chat).ok_or(Impossible::NoChat)?;
            let told = hook::members("remove", chat, users, &state.world, now);
            self.tell(state, told);
            if let Some(chat) = state.world.chats.get_mut(&chat) {
                chat.members.retain(|member| !users.contains(member));
            }
            Ok(())
        })
    }

    /// Somebody new, or a change of somebody, of which the bot is told; answers their id. None when `known` is not.
    pub fn order_user(&self, known: Option<u64>, order: &UserOrder) -> Option<u64> {
        let now = self.hands.now();
        self.act(|state| {
            let was = known.and_then(|id| state.world.users.get(&id)).map(|user| user.suspended);
            let id = state.world.order_user(known, order, now)?;
            let is = state.world.users.get(&id).is_some_and(|user| user.suspended);
            let event = match (was, is) {
                (None, _) => "confirm",
                (Some(false), true) => "suspend",
                (Some(true), false) => "activate",
                _ => "update",
            };
            self.tell(state, hook::company(event, &[id], now));
            Some(id)
        })
    }

    fn tell_message(&self, state: &mut State, event: &str, message: u64, now: Timestamp) {
        let Some(message) = state.world.messages.get(&message) else { return };
        let told = hook::message(event, message, &state.world, now);
        self.tell(state, told);
    }
}

fn known(world: &World, user: u64) -> Done<()> {
    world.users.get(&user).map(|_| ()).ok_or(Impossible::Nobody)
}

/// Somebody who may do anything; the bot acts over REST alone.
pub(super) fn person(world: &World, user: u64) -> Done<()> {
    let person = world.users.get(&user).filter(|user| !user.suspended && user.id != BOT);
    person.map(|_| ()).ok_or(Impossible::Nobody)
}

/// Whether somebody is in a chat, or in the one that a thread hangs from.
fn reaches(world: &World, chat: u64, user: u64) -> bool {
    world.is_member(chat, user) || world.is_member(world.root(chat), user)
}

fn visible(world: &World, user: u64, message: u64) -> Done<&Message> {
    let message = world.message(message).ok_or(Impossible::NoMessage)?;
    if reaches(world, message.chat, user) { Ok(message) } else { Err(Impossible::NoChat) }
}

fn theirs(world: &mut World, message: u64) -> Done<&mut Message> {
    world.message(message).ok_or(Impossible::NoMessage)?;
    let known = world.messages.get_mut(&message).ok_or(Impossible::NoMessage)?;
    if known.user == BOT { Err(Impossible::NotTheirs) } else { Ok(known) }
}

fn thread_chat(world: &mut World, message: u64, user: u64, now: Timestamp) -> Done<u64> {
    let chat = visible(world, user, message)?.chat;
    if world.thread_of_chat(chat).is_some() {
        return Err(Impossible::InThread);
    }
    let thread = world.make_thread(Some(message), user, now);
    world.threads.get(&thread).map(|thread| thread.chat).ok_or(Impossible::NoChat)
}

/// A random id in the form of a UUID of version 4.
fn uuid() -> String {
    let bits = rand::rng().random::<u128>();
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
