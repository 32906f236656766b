//! Messages of our bot: sent once, and looked for where nobody knows whether they were (contracts/pachca 3).
//!
//! Deliberately not here: comments, which stand in threads (`reply`), and the words (`text`).

use jiff::SignedDuration;
use pult_domain::{
    EffectKey, Failure, Instant,
    areas::chat_link::{
        Button, Fact,
        owed::{Addressee, Anchor},
    },
};
use serde_json::{Value, json};

use crate::{CallError, Exchange};

use super::{
    Pachca,
    client::Call,
    people::strange,
    text,
    trouble::{Intent, Trouble, failed, refused},
    wire::{self, Message},
};

/// The most rows of buttons.
const MAX_ROWS: usize = 32;
/// The most characters of a button's text, and of what it says.
const MAX_BUTTON: usize = 255;
/// The most pages of private chats looked through, 50 on each: those in which something was said since the message was ordered.
const PAGES: usize = 10;
/// The most messages looked through.
const LOOKED_AT: usize = 50;
/// The messenger's clock may be behind ours by this.
const SKEW: SignedDuration = SignedDuration::from_secs(5);

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A chat; also that of a thread.
    Chat(i64),
    /// A thread, by its own id.
    Thread(i64),
    /// A person.
    User(i64),
}

impl From<Addressee> for Place {
    fn from(to: Addressee) -> Self {
        match to {
            Addressee::Chat { chat } => Self::Chat(chat),
            Addressee::User { user } => Self::User(user),
        }
    }
}

/// A message to be sent.
#[derive(Debug, Clone)]
pub(super) struct Post<'p> {
    pub(super) to: Place,
    pub(super) content: &'p str,
    pub(super) buttons: &'p [Vec<Button>],
    /// Uploaded files, as a message names them.
    pub(super) files: &'p [Value],
    /// The message it answers.
    pub(super) parent: Option<i64>,
    /// Whether whom it mentions is told.
    pub(super) mentions: bool,
}

impl Post<'_> {
    fn body(&self) -> Value {
        let (kind, id) = match self.to {
            Place::Chat(id) => ("discussion", id),
            Place::Thread(id) => ("thread", id),
            Place::User(id) => ("user", id),
        };
        let mut message = json!({
            "entity_type": kind, "entity_id": id, "content": self.content, "skip_invite_mentions": !self.mentions,
        });
        if !self.buttons.is_empty() {
            message["buttons"] = buttons(self.buttons);
        }
        if !self.files.is_empty() {
            message["files"] = self.files.into();
        }
        if let Some(parent) = self.parent {
            message["parent_message_id"] = parent.into();
        }
        json!({"message": message, "link_preview": false})
    }
}

/// A message that may have been sent, in the chat where it would be.
pub(super) struct Sought<'s> {
    pub(super) key: &'s EffectKey,
    pub(super) chat: i64,
    /// None of its messages is older.
    pub(super) since: Instant,
}

/// Rows of buttons; one whose token is too long would be refused with all the others, and is left out.
fn buttons(rows: &[Vec<Button>]) -> Value {
    let button = |button: &Button| {
        let (text, data) = (button.text.chars().take(MAX_BUTTON).collect::<String>(), button.press.token());
        (data.chars().count() <= MAX_BUTTON).then(|| json!({"text": text, "data": data}))
    };
    let rows = rows.iter().map(|row| row.iter().filter_map(button).collect::<Vec<_>>());
    rows.filter(|row| !row.is_empty()).take(MAX_ROWS).collect()
}

/// The message an answer shows.
pub(super) fn sent(answer: &Value, intent: Intent) -> Result<Message, Trouble> {
    wire::message(wire::data(answer))
        .ok_or_else(|| Trouble::of(failed("the answer names no message".to_owned(), intent)))
}

impl Pachca {
    /// Sends a message, once.
    pub(super) async fn post(
        &self,
        post: &Post<'_>,
        key: &EffectKey,
        said: &mut Vec<Exchange>,
    ) -> Result<Message, Trouble> {
        let call = Call::once("messages", post.body());
        let message = sent(&self.client.call(&call, said).await?, Intent::Once)?;
        if let Place::User(user) = post.to {
            self.recent.note_private(user, message.chat);
        }
        self.recent.note(key, message.chat, message.id, post.content, self.now());
        Ok(message)
    }

    /// Sends a message to whom it is addressed. A clash with another change is looked into, and the message sent once more.
    async fn say(
        &self,
        post: &Post<'_>,
        (key, since): (&EffectKey, Instant),
        said: &mut Vec<Exchange>,
    ) -> Result<Message, CallError> {
        match self.post(post, key, said).await {
            Err(Trouble { status: Some(409), .. }) => {
                let chat = match post.to {
                    Place::Chat(chat) => Some(chat),
                    Place::User(user) => self.chat_of(Addressee::User { user }, since, said).await?,
                    Place::Thread(_) => None,
                };
                if let Some(chat) = chat {
                    let sought = Sought { key, chat, since };
                    if let Some(found) = self.find_said(&sought, post.content, said).await? {
                        return Ok(found);
                    }
                }
                Ok(self.post(post, key, said).await?)
            }
            other => Ok(other?),
        }
    }

    /// Says something.
    pub(super) async fn tell(
        &self,
        (to, content, buttons): (Addressee, &str, &[Vec<Button>]),
        (key, since): (&EffectKey, Instant),
        said: &mut Vec<Exchange>,
    ) -> Result<Fact, CallError> {
        let content = text::bounded(content);
        let post = Post { to: to.into(), content: &content, buttons, files: &[], parent: None, mentions: false };
        let message = self.say(&post, (key, since), said).await?;
        Ok(Fact::Told { message: message.id })
    }

    /// Posts the first message of a conversation.
    pub(super) async fn anchor(
        &self,
        anchor: &Anchor,
        key: &EffectKey,
        said: &mut Vec<Exchange>,
    ) -> Result<Fact, CallError> {
        let content = text::anchor(anchor);
        let (to, buttons) = (anchor.to.into(), anchor.buttons.as_slice());
        let post = Post { to, content: &content, buttons, files: &[], parent: None, mentions: false };
        let message = self.say(&post, (key, anchor.since), said).await?;
        Ok(anchored(anchor, &message))
    }

    /// Sets the buttons of a message; after a clash, of the message as it is then.
    pub(super) async fn set_buttons(
        &self,
        message: i64,
        rows: &[Vec<Button>],
        said: &mut Vec<Exchange>,
    ) -> Result<(), CallError> {
        let call = Call::put(format!("messages/{message}"), json!({"message": {"buttons": buttons(rows)}}));
        match self.client.call(&call, said).await {
            Err(Trouble { status: Some(409), .. }) => {
                self.message(message, said).await?;
                self.client.call(&call, said).await?;
            }
            other => {
                other?;
            }
        }
        Ok(())
    }

    /// The chat somebody is written to in. Where that is not known it is looked for among those in which anything was said since the
    /// message may have gone out; where there is none, it did not.
    pub(super) async fn chat_of(
        &self,
        to: Addressee,
        since: Instant,
        said: &mut Vec<Exchange>,
    ) -> Result<Option<i64>, CallError> {
        let user = match to {
            Addressee::Chat { chat } => return Ok(Some(chat)),
            Addressee::User { user } => user,
        };
        if let Some(chat) = self.recent.private(user) {
            return Ok(Some(chat));
        }
        let since = since.checked_sub(SKEW).unwrap_or(since);
        let mut cursor = None::<String>;
        for _ in 0..PAGES {
            let mut call = Call::get("chats").with("personal", true).with("limit", LOOKED_AT);
            call = call.with("last_message_at_after", format!("{since:.3}"));
            if let Some(cursor) = &cursor {
                call = call.with("cursor", cursor);
            }
            let answer = self.client.call(&call, said).await?;
            if !wire::data(&answer).is_array() {
                return Err(strange("a list of chats"));
            }
            if let Some(chat) = wire::rows(&answer).iter().find_map(|chat| wire::private_with(chat, user)) {
                self.recent.note_private(user, chat);
                return Ok(Some(chat));
            }
            match wire::next_page(&answer, 0) {
                Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
                _ => return Ok(None),
            }
        }
        Err(refused(Failure::Refused, "too many private chats to find the one the message would be in"))
    }

    /// Our messages in a chat that may be the one sought, the newest first.
    pub(super) async fn look(&self, sought: &Sought<'_>, said: &mut Vec<Exchange>) -> Result<Vec<Message>, CallError> {
        let own = self.own(said).await?;
        let call = Call::get("messages").with("chat_id", sought.chat).with("sort", "id").with("order", "desc");
        let answer = self.client.call(&call.with("limit", LOOKED_AT), said).await?;
        if !wire::data(&answer).is_array() {
            return Err(strange("a list of messages"));
        }
        let since = sought.since.checked_sub(SKEW).unwrap_or(sought.since);
        let may_be = |message: &Message| {
            message.user == Some(own)
                && message.created_at.is_none_or(|at| at >= since)
                && !self.recent.is_anothers(sought.key, message.id)
        };
        Ok(wire::rows(&answer).iter().filter_map(wire::message).filter(may_be).collect())
    }

    /// The message that says `content`, where it was sent after all.
    pub(super) async fn find_said(
        &self,
        sought: &Sought<'_>,
        content: &str,
        said: &mut Vec<Exchange>,
    ) -> Result<Option<Message>, CallError> {
        let found = self.look(sought, said).await?;
        let found = found.into_iter().filter(|message| message.content.trim() == content.trim()).min_by_key(|m| m.id);
        if let Some(message) = &found {
            self.recent.note(sought.key, message.chat, message.id, content, self.now());
        }
        Ok(found)
    }
}

/// The receipt of a conversation's first message.
pub(super) fn anchored(anchor: &Anchor, message: &Message) -> Fact {
    Fact::AnchorPosted { request: anchor.request, message: message.id, chat: message.chat }
}
