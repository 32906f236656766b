//! A comment of the tracker on its way into the thread of its issue (behaviour/chat_tracker 6).
//!
//! Deliberately not here: whether it is copied at all (the rule's), and how a file gets there (`attachments`).

use std::collections::BTreeMap;

use pult_domain::{
    EffectKey, Failure,
    areas::chat_link::{Fact, owed::Reply},
};
use serde_json::Value;

use crate::{CallError, Exchange};

use super::{
    Pachca,
    client::Call,
    message::{Place, Post, Sought},
    people::{By, strange},
    text::{self, Beyond},
    trouble::Trouble,
    wire::{self, Message},
};

/// The vendor's code for a message that stands in a thread already.
const IN_THREAD: &str = "thread_message";
/// The most people looked up for one text.
pub(super) const MAX_NAMES: usize = 20;

/// Where a comment belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Home {
    /// The chat of it.
    chat: i64,
    /// The thread that chat belongs to, where it is one of the message's own.
    thread: Option<i64>,
    /// The conversation's first message, where it is gone as far as threads know.
    parent: Option<i64>,
}

impl Home {
    /// The thread a message is in, which need not say so where it was addressed by its chat.
    fn thread_of(&self, message: &Message) -> Option<i64> {
        message.thread.or(self.thread.filter(|_| message.chat == self.chat))
    }
}

/// The thread an answer shows: its id and its chat.
pub(super) fn thread(answer: &Value) -> Result<(i64, i64), CallError> {
    wire::thread(wire::data(answer)).ok_or_else(|| strange("a thread"))
}

/// Whether a message has no thread of its own: it stands in one, or it is gone.
pub(super) fn goes_elsewhere(trouble: &Trouble) -> bool {
    trouble.code == IN_THREAD || matches!(trouble.error, CallError::Refused { why: Failure::DoesNotExist, .. })
}

impl Pachca {
    /// Copies a comment.
    pub(super) async fn copy_comment(
        &self,
        reply: &Reply,
        key: &EffectKey,
        said: &mut Vec<Exchange>,
    ) -> Result<Fact, CallError> {
        let mentioned = self.mentioned(reply, said).await?;
        let home = self.home(reply, said).await?;
        let (files, left) = self.carry(&reply.files, said).await?;
        let mut content = text::comment(reply, &mentioned);
        if !left.is_empty() {
            content = format!("{content}\n{}", text::left(&left, &reply.url));
        }
        if self.recent.is_said_near(key, home.chat, &content, self.now()) {
            content = format!("{content}\n{}", text::mark(reply));
        }
        let mentions = !mentioned.is_empty();
        let (message, gone) = self.put(reply, home, (&content, &files, mentions), key, said).await?;
        Ok(replied(reply, &message, home.thread_of(&message), gone))
    }

    /// Sends it home; where the thread, or the message answered, turns out to be gone, to the main line of the chat, once. Says whether it
    /// is gone.
    async fn put(
        &self,
        reply: &Reply,
        home: Home,
        (content, files, mentions): (&str, &[Value], bool),
        key: &EffectKey,
        said: &mut Vec<Exchange>,
    ) -> Result<(Message, bool), CallError> {
        let post = |to, parent| Post { to, content, buttons: &[], files, parent, mentions };
        let to = match home.thread {
            // Whoever is named comes into the thread's chat.
            Some(thread) if !mentions => Place::Thread(thread),
            _ => Place::Chat(home.chat),
        };
        let outcome = match self.post(&post(to, home.parent), key, said).await {
            Err(Trouble { status: Some(409), .. }) => {
                let sought = Sought { key, chat: home.chat, since: reply.since };
                if let Some(found) = self.find_said(&sought, content, said).await? {
                    return Ok((found, home.parent.is_some()));
                }
                self.post(&post(to, home.parent), key, said).await
            }
            other => other,
        };
        match outcome {
            Err(Trouble { status: Some(404), .. }) if home.chat != reply.chat => {
                let outcome = self.post(&post(Place::Chat(reply.chat), Some(reply.anchor)), key, said).await;
                let message = self.without_parent(outcome, &post(Place::Chat(reply.chat), None), key, said).await?;
                Ok((message, true))
            }
            outcome if home.parent.is_some() => {
                Ok((self.without_parent(outcome, &post(to, None), key, said).await?, true))
            }
            outcome => Ok((outcome?, false)),
        }
    }

    /// A message that cannot be answered, because it is gone, is followed by an ordinary one.
    async fn without_parent(
        &self,
        outcome: Result<Message, Trouble>,
        plain: &Post<'_>,
        key: &EffectKey,
        said: &mut Vec<Exchange>,
    ) -> Result<Message, CallError> {
        match outcome {
            Err(Trouble { status: Some(400 | 404 | 422), error: CallError::Refused { .. }, .. }) => {
                Ok(self.post(plain, key, said).await?)
            }
            other => Ok(other?),
        }
    }

    /// How those a comment names are called here, by the small letters of their logins.
    async fn mentioned(&self, reply: &Reply, said: &mut Vec<Exchange>) -> Result<BTreeMap<String, String>, CallError> {
        let mut mentioned = BTreeMap::new();
        for name in text::names(&reply.text, MAX_NAMES) {
            let found = match self.named(&name, By::Login, said).await {
                // Nobody may be looked up: the comment is worth more than its mentions.
                Err(CallError::Refused { .. }) => None,
                found => found?,
            };
            if let Some(user) = found.filter(|user| !user.nickname.is_empty()) {
                mentioned.insert(name.to_lowercase(), user.nickname);
            }
        }
        Ok(mentioned)
    }

    /// The thread under the conversation's first message, which is made where there is none.
    async fn home(&self, reply: &Reply, said: &mut Vec<Exchange>) -> Result<Home, CallError> {
        let call = Call::make(format!("messages/{}/thread", reply.anchor));
        let answer = match self.client.call(&call, said).await {
            // Somebody makes it at this moment: there is one now.
            Err(Trouble { status: Some(409), .. }) => self.client.call(&call, said).await,
            other => other,
        };
        match answer {
            Ok(answer) => {
                let (thread, chat) = thread(&answer)?;
                Ok(Home { chat, thread: Some(thread), parent: None })
            }
            Err(trouble) if goes_elsewhere(&trouble) => {
                if trouble.code != IN_THREAD {
                    return Ok(Home { chat: reply.chat, thread: None, parent: Some(reply.anchor) });
                }
                let anchor = self.message(reply.anchor, said).await?;
                Ok(Home { chat: anchor.chat, thread: None, parent: None })
            }
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// The comment's message, where it was sent after all.
    pub(super) async fn find_reply(
        &self,
        reply: &Reply,
        key: &EffectKey,
        said: &mut Vec<Exchange>,
    ) -> Result<Option<Fact>, CallError> {
        let mentioned = self.mentioned(reply, said).await?;
        let home = self.home(reply, said).await?;
        let (words, mark) = (text::comment(reply, &mentioned), text::mark(reply));
        let mut chats = vec![home.chat];
        if home.chat != reply.chat {
            chats.push(reply.chat);
        }
        let mut found: Option<(Beyond, Message)> = None;
        for chat in chats {
            let sought = Sought { key, chat, since: reply.since };
            for message in self.look(&sought, said).await? {
                let Some(beyond) = text::is_said(&message.content, &words, &mark) else { continue };
                // The line of its own says for sure that it is this one.
                if found.as_ref().is_none_or(|(best, _)| *best == Beyond::Plain) {
                    found = Some((beyond, message));
                }
            }
        }
        Ok(found.map(|(_, message)| {
            self.recent.note(key, message.chat, message.id, &message.content, self.now());
            let thread = home.thread_of(&message);
            replied(reply, &message, thread, home.parent.is_some())
        }))
    }
}

/// The receipt of a comment's copy; `gone` where the conversation has no place of its own any more.
pub(super) fn replied(reply: &Reply, message: &Message, thread: Option<i64>, gone: bool) -> Fact {
    Fact::Replied { item: reply.item, message: message.id, thread, gone }
}
