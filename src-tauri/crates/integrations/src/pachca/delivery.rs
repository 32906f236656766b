//! What is done in the messenger: people and messages read, a form opened, things said, comments copied (contracts/pachca 2 to 7).
//!
//! Deliberately not here: how each is done (`people`, `message`, `reply`), and when.

use std::time::Duration;

use async_trait::async_trait;
use pult_domain::{
    ChatItemId, Effect, EffectKey, Fact, FactKey, Failure, Instant, Observed,
    areas::chat_link::{
        self,
        owed::{Addressee, OpenForm},
    },
};
use serde_json::Value;

use crate::{
    Asked, Attempt, CallError, Delivery, Exchange, LaneTerms, Limit, Method, Settled, transport::http::Answer,
};

use super::{
    NAME, Pachca, attachments,
    client::{Call, SHORT},
    form,
    message::{self, Sought},
    people::{self, By, strange},
    reply::{self, MAX_NAMES},
    text,
    trouble::{Intent, Trouble, judge, refused},
    wire::{self, Message},
};

const KINDS: [&str; 7] =
    ["read_chat_user", "read_message", "open_form", "tell_chat", "post_anchor", "renew_anchor", "post_reply"];

const TOKEN_INFO: &str = "token.info";
const USER: &str = "users.get";
const USERS: &str = "users.list";
const MESSAGE: &str = "messages.get";
const CREATE: &str = "messages.create";
const UPDATE: &str = "messages.update";
const THREAD: &str = "threads.create";
const UPLOAD: &str = "uploads.create";
const OPEN: &str = "views.open";

/// The vendor names no methods but by addresses; these are theirs, a word each.
const METHODS: [Method; 14] = {
    const fn of(name: &'static str, kind: usize) -> Method {
        Method { name, kind: KINDS[kind] }
    }
    [
        of(TOKEN_INFO, 0),
        of(USER, 0),
        of(MESSAGE, 1),
        of(USERS, 1),
        of(USER, 1),
        of(OPEN, 2),
        of(CREATE, 3),
        of(CREATE, 4),
        of(UPDATE, 5),
        of(USERS, 6),
        of(MESSAGE, 6),
        of(THREAD, 6),
        of(UPLOAD, 6),
        of(CREATE, 6),
    ]
};

/// Effects under way at once. A comment with files takes its time, and a form has three seconds.
const AT_ONCE: usize = 8;
/// The most one attempt may take: a comment with ten files. Each request has its own, much shorter limit.
const ATTEMPT: Duration = Duration::from_secs(10 * 60);
/// Calls a second that are neither readings nor messages; the vendor allows 50.
const OTHERS: u32 = 40;
/// The most exchanges kept of the beginning, and of the end, of one attempt.
const KEPT: usize = 12;

#[async_trait]
impl Delivery for Pachca {
    fn kinds(&self) -> &'static [&'static str] {
        &KINDS
    }

    fn terms(&self) -> LaneTerms {
        LaneTerms { concurrency: AT_ONCE, timeout: ATTEMPT }
    }

    fn limits(&self, effect: &Effect) -> Vec<Limit> {
        let limit = |key: String, rate: u32| {
            let rate = rate.max(1);
            Limit { key: format!("{NAME}:{key}"), per_second_milli: rate.saturating_mul(1000), burst: rate }
        };
        let chat = |key: String| limit(key, self.settings.chat_rate_per_second);
        let reads = || limit("reads".to_owned(), self.settings.read_rate_per_second);
        let to = |to: &Addressee| match to {
            Addressee::Chat { chat } => format!("chat:{chat}"),
            Addressee::User { user } => format!("user:{user}"),
        };
        match effect {
            Effect::ReadChatUser { .. } | Effect::ReadMessage { .. } => vec![reads()],
            Effect::TellChat { to: whom, .. } => vec![chat(to(whom))],
            Effect::PostAnchor(anchor) => vec![chat(to(&anchor.to))],
            // Each thread is a chat of its own.
            Effect::PostReply(reply) => vec![chat(format!("thread:{}", reply.anchor)), reads()],
            // The message's chat is not told, so all of them share what one chat allows.
            Effect::RenewAnchor { .. } => vec![chat("updates".to_owned())],
            _ => vec![limit("others".to_owned(), OTHERS)],
        }
    }

    fn methods(&self) -> &'static [Method] {
        &METHODS
    }

    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Vec<Observed>, CallError> {
        let known = METHODS.iter().any(|known| known.name == asked.method && known.kind == asked.effect.kind());
        if !known {
            let reason = format!("{} is not called here", asked.method);
            return Err(refused(Failure::Unsupported, reason));
        }
        let intent = if matches!(asked.method, CREATE | OPEN) { Intent::Once } else { Intent::Repeatable };
        let outcome = judge(answer, intent).map_err(|trouble| trouble.hidden(&self.client.mask()));
        let fact = self.said(asked, outcome)?;
        Ok(fact.map(|fact| observed(asked.key, asked.at, fact)).into_iter().collect())
    }

    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt {
        let mut said = vec![];
        let outcome = match effect {
            Effect::ReadChatUser { user } => {
                let user = self.read_user(*user, &mut said).await;
                user.map(|user| chat_link::Fact::ChatUserRead { user: Box::new(user) })
            }
            Effect::ReadMessage { item, message } => self.read_message(*item, *message, &mut said).await,
            Effect::OpenForm(form) => self.open(form, &mut said).await,
            Effect::TellChat { to, text, buttons, since } => {
                self.tell((*to, text, buttons), (key, *since), &mut said).await
            }
            Effect::PostAnchor(anchor) => self.anchor(anchor, key, &mut said).await,
            Effect::RenewAnchor { link, message, buttons } => {
                let set = self.set_buttons(*message, buttons, &mut said).await;
                set.map(|()| chat_link::Fact::AnchorRenewed { link: *link })
            }
            Effect::PostReply(reply) => self.copy_comment(reply, key, &mut said).await,
            _ => return Attempt::not_ours(effect),
        };
        let outcome = outcome.map(|fact| vec![observed(key, self.now(), fact)]);
        Attempt { exchanges: bounded(said), outcome }
    }

    async fn settle(&self, effect: &Effect, key: &EffectKey) -> Settled {
        let mut said = vec![];
        let found = match effect {
            Effect::TellChat { to, text, since, .. } => {
                let found = self.find_lost((*to, &text::bounded(text)), (key, *since), &mut said).await;
                found.map(|found| found.map(|message| chat_link::Fact::Told { message: message.id }))
            }
            Effect::PostAnchor(anchor) => {
                let content = text::anchor(anchor);
                let found = self.find_lost((anchor.to, &content), (key, anchor.since), &mut said).await;
                found.map(|found| found.map(|message| message::anchored(anchor, &message)))
            }
            Effect::PostReply(reply) => self.find_reply(reply, key, &mut said).await,
            // A reading; a form whose time is over before anybody could look; and buttons, which are the same when set twice.
            _ => return Settled::NotDone,
        };
        match found {
            Ok(Some(fact)) => Settled::Done(vec![observed(key, self.now(), fact)]),
            Ok(None) => Settled::NotDone,
            Err(error) => Settled::Unknown(error),
        }
    }
}

impl Pachca {
    /// A message outside threads, where it was sent after all.
    async fn find_lost(
        &self,
        (to, content): (Addressee, &str),
        (key, since): (&EffectKey, Instant),
        said: &mut Vec<Exchange>,
    ) -> Result<Option<Message>, CallError> {
        let Some(chat) = self.chat_of(to, since, said).await? else { return Ok(None) };
        self.find_said(&Sought { key, chat, since }, content, said).await
    }

    /// What one answer says; nothing where it is a step. What a message, its author and those it names are together, no single answer
    /// tells.
    fn said(&self, asked: &Asked<'_>, outcome: Result<Value, Trouble>) -> Result<Option<chat_link::Fact>, CallError> {
        let sent = |outcome: Result<Value, Trouble>| message::sent(&outcome?, Intent::Once);
        Ok(match (asked.effect, asked.method) {
            (Effect::ReadChatUser { .. }, USER) => {
                let user = Box::new(people::card(&outcome?, self.known_own())?);
                Some(chat_link::Fact::ChatUserRead { user })
            }
            (Effect::OpenForm(form), _) => {
                opened(outcome)?;
                Some(chat_link::Fact::FormOpened { wish: form.wish })
            }
            (Effect::TellChat { .. }, _) => Some(chat_link::Fact::Told { message: sent(outcome)?.id }),
            (Effect::PostAnchor(anchor), _) => Some(message::anchored(anchor, &sent(outcome)?)),
            (Effect::PostReply(order), CREATE) => {
                let message = sent(outcome)?;
                Some(reply::replied(order, &message, message.thread, false))
            }
            (Effect::RenewAnchor { link, .. }, _) => {
                outcome?;
                Some(chat_link::Fact::AnchorRenewed { link: *link })
            }
            (_, THREAD) => {
                // Where there can be no thread the comment goes elsewhere.
                if !outcome.as_ref().is_err_and(reply::goes_elsewhere) {
                    reply::thread(&outcome?)?;
                }
                None
            }
            (_, MESSAGE) => {
                message::sent(&outcome?, Intent::Repeatable)?;
                None
            }
            (_, UPLOAD) => {
                attachments::upload(&outcome?).ok_or_else(|| strange("the form of an upload"))?;
                None
            }
            (_, TOKEN_INFO) => {
                wire::token(&outcome?).ok_or_else(|| strange("a token"))?;
                None
            }
            _ => {
                outcome?;
                None
            }
        })
    }

    async fn read_message(
        &self,
        item: ChatItemId,
        id: i64,
        said: &mut Vec<Exchange>,
    ) -> Result<chat_link::Fact, CallError> {
        let message = self.message(id, said).await?;
        let author = message.user.ok_or_else(|| strange("a message with its author"))?;
        let author = self.user(author, said).await?;
        let mut mentioned: Vec<chat_link::ChatUser> = vec![];
        for name in text::names(&message.content, MAX_NAMES) {
            if let Some(user) = self.named(&name, By::Nickname, said).await?
                && !mentioned.iter().any(|known| known.id == user.id)
            {
                mentioned.push(user);
            }
        }
        let files = message.files.iter().map(|file| file.link(&message)).collect();
        Ok(chat_link::Fact::MessageRead { item, author: Box::new(author), files, mentioned })
    }

    /// Opens a form, before anything else and without patience.
    async fn open(&self, order: &OpenForm, said: &mut Vec<Exchange>) -> Result<chat_link::Fact, CallError> {
        let call = Call::once("views/open", form::view(order)).within(SHORT);
        let outcome = match self.client.call(&call, said).await {
            Err(trouble) if trouble.broke => self.client.call(&call, said).await,
            other => other,
        };
        opened(outcome)?;
        Ok(chat_link::Fact::FormOpened { wish: order.wish })
    }
}

/// Whether a form is open. Where nobody knows, its time is over before anybody could: the person is to press again.
fn opened(outcome: Result<Value, Trouble>) -> Result<(), CallError> {
    match outcome {
        Ok(_) => Ok(()),
        Err(Trouble { error: CallError::OutcomeUnknown { detail }, .. }) => Err(refused(Failure::TooLate, detail)),
        Err(trouble) => Err(trouble.into()),
    }
}

fn observed(key: &EffectKey, at: Instant, fact: chat_link::Fact) -> Observed {
    Observed { key: FactKey(key.0.clone()), at, fact: Fact::ChatLink(fact) }
}

/// What was said is kept by its beginning and its end, where the failure is.
fn bounded(mut said: Vec<Exchange>) -> Vec<Exchange> {
    if said.len() > 2 * KEPT {
        said.drain(KEPT..said.len() - KEPT);
    }
    said
}
