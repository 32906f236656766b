//! Triggers with the action "HTTP request": when they act, what they send and how they prove who they are, and the log of what was
//! sent. Carrying is the post's, the body's variables are in `template`.

mod template;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use self::template::Scope;
use super::{
    show,
    state::{Deed, State},
};
use crate::{
    secret::Secret,
    service::{
        post::{Delivery, Parcel, Post},
        some_url,
    },
};

/// The body that tells of a comment.
pub const COMMENT_TEMPLATE: &str = "{\"v\":1,\"type\":\"issueCommentEvent\",\"key\":\"{{issue.key}}\",\
    \"comment\":{\"id\":\"{{userComment.id}}\"},\"sentAt\":\"{{currentDateTime.unixEpoch}}\"}";
/// The body that tells of a new status.
pub const STATUS_TEMPLATE: &str = "{\"v\":1,\"type\":\"issueStatusEvent\",\"key\":\"{{issue.key}}\",\
    \"status\":\"{{issue.status.key}}\",\"sentAt\":\"{{currentDateTime.unixEpoch}}\"}";
/// The header that the hook's secret is in where nothing else is set up.
pub const SECRET_HEADER: &str = "X-Hook-Secret";
/// What stands for a secret that is not to be told.
const WRONG: &str = "certainly-not-the-secret";
const HIDDEN: &str = "[hidden]";

/// What a trigger waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A comment came.
    #[serde(rename = "comment-create")]
    Comment,
    /// An issue came into another status.
    #[serde(rename = "status")]
    Status,
    /// An issue was made.
    #[serde(rename = "create")]
    Create,
}

/// How a trigger proves who it is. Secrets are hidden once they are set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(tag = "type")]
pub enum Auth {
    /// Not at all.
    #[default]
    NoAuth,
    /// Name and password.
    Basic {
        /// The name.
        login: String,
        /// The password.
        password: Word,
    },
    /// A token in a header.
    OAuth {
        /// The token.
        token: Word,
        /// The header; `Authorization` without this.
        #[serde(default = "authorization")]
        header: String,
        /// What stands before the token; `Bearer` without this.
        #[serde(default = "bearer")]
        token_type: String,
    },
}

fn authorization() -> String {
    "Authorization".to_owned()
}

fn bearer() -> String {
    "Bearer".to_owned()
}

/// A secret that is read and never written.
#[derive(Clone, Debug)]
pub struct Word(pub Secret);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(Secret::new(String::deserialize(from)?)))
    }
}

/// A trigger.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Its number; one of the same number is replaced.
    pub id: u64,
    /// When it acts.
    pub event: Event,
    /// Condition `CommentAuthorNot`: comments of these logins are none to it.
    #[serde(default, rename = "commentAuthorNot")]
    pub author_not: Vec<String>,
    /// Where it sends; where the organization's hooks go without this.
    #[serde(default, deserialize_with = "some_url", skip_serializing)]
    pub url: Option<Url>,
    /// How it proves who it is.
    #[serde(default, skip_serializing)]
    pub auth: Auth,
    /// Further headers, whose values are hidden.
    #[serde(default, skip_serializing)]
    pub headers: Vec<(String, Word)>,
    /// The template of its body.
    pub body: String,
}

impl Trigger {
    /// One without authorization that sends where the organization's hooks go.
    pub fn new(id: u64, event: Event, body: &str) -> Self {
        let (author_not, headers) = (Vec::new(), Vec::new());
        Self { id, event, author_not, url: None, auth: Auth::NoAuth, headers, body: body.to_owned() }
    }

    /// The same with a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: Secret) -> Self {
        self.headers.push((name.to_owned(), Word(value)));
        self
    }

    fn acts(&self, deed: &Deed) -> bool {
        match self.event {
            Event::Comment => !deed.comments.is_empty() && !self.author_not.contains(&deed.by),
            Event::Status => deed.moved,
            Event::Create => deed.created,
        }
    }

    /// What proves who it is, and the rest.
    fn proofs(&self) -> Vec<(String, String)> {
        let mut all: Vec<_> =
            self.headers.iter().map(|(name, word)| (name.clone(), word.0.reveal().to_owned())).collect();
        match &self.auth {
            Auth::NoAuth => {}
            Auth::Basic { login, password } => {
                let pair = format!("{login}:{}", password.0.reveal());
                all.push((authorization(), format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()))));
            }
            Auth::OAuth { token, header, token_type } => {
                all.push((header.clone(), format!("{token_type} {}", token.0.reveal()).trim().to_owned()));
            }
        }
        all
    }
}

/// Something that a trigger sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    reference: u64,
    queue: String,
    trigger: u64,
    issue: String,
    at: Timestamp,
    endpoint: String,
    names: Vec<String>,
    body: String,
}

impl State {
    /// Lets the triggers of the issue's queue act on what was done.
    pub(super) fn fire(&mut self, deed: &Deed, post: &Post, now: Timestamp) {
        let Some(issue) = self.world.issue(&deed.key) else { return };
        let queue = issue.queue.clone();
        let triggers = self.world.queues.get(&queue).map(|queue| queue.triggers.clone()).unwrap_or_default();
        for trigger in triggers.iter().filter(|trigger| trigger.acts(deed)) {
            let Some(issue) = self.world.issue(&deed.key) else { return };
            let first = deed.comments.first();
            let comments = self.world.comments_of(&deed.key);
            let comment = first.and_then(|id| comments.iter().find(|comment| comment.id == *id));
            let body = template::fill(&trigger.body, &Scope { world: &self.world, issue, comment, now });
            let id = issue.id.clone();
            self.hand(trigger, &queue, &id, body, post, now);
        }
    }

    /// Sends this as the queue's trigger would; `false` when there is none.
    pub(super) fn forge(&mut self, queue: &str, trigger: u64, body: &str, post: &Post, now: Timestamp) -> bool {
        let found = self.world.queues.get(queue).and_then(|queue| queue.triggers.iter().find(|one| one.id == trigger));
        let Some(trigger) = found.cloned() else { return false };
        self.hand(&trigger, queue, "", body.to_owned(), post, now);
        true
    }

    fn hand(&mut self, trigger: &Trigger, queue: &str, issue: &str, body: String, post: &Post, now: Timestamp) {
        let Some(url) = trigger.url.clone().or_else(|| self.hook_url.clone()) else { return };
        let mut headers = if self.switches.no_secret { Vec::new() } else { trigger.proofs() };
        if post.manner().wrong_secret {
            headers.iter_mut().for_each(|(_, value)| WRONG.clone_into(value));
        }
        let names = headers.iter().map(|(name, _)| name.clone()).collect();
        headers.push(("X-Startrek-Transport".to_owned(), "opaque".to_owned()));
        let reference = self.sent.len() as u64 + 1;
        self.sent.push(Sent {
            reference,
            queue: queue.to_owned(),
            trigger: trigger.id,
            issue: issue.to_owned(),
            at: now,
            endpoint: url.to_string(),
            names,
            body: body.clone(),
        });
        let event = format!("trigger {}", trigger.id);
        let parcel = Parcel::new(&event, url, "application/json", body.into_bytes());
        post.hand(Parcel { headers, reference: Some(reference), ..parcel });
    }

    /// The log of a trigger, newest first. What was lost on the way is not in it.
    pub(super) fn log_of(&self, queue: &str, trigger: u64, met: &[Delivery]) -> Vec<(Timestamp, String, Value)> {
        let of = |met: &Delivery| {
            let sent = self.sent.iter().find(|sent| Some(sent.reference) == met.reference)?;
            let ours = sent.queue == queue && sent.trigger == trigger && met.failure != Some("lost");
            let shown = |sent: &Sent| {
                let mut headers: serde_json::Map<_, _> =
                    sent.names.iter().map(|name| (name.clone(), Value::from(HIDDEN))).collect();
                headers.insert("X-Startrek-Transport".to_owned(), "opaque".into());
                headers.insert("Content-Type".to_owned(), "application/json".into());
                let response = met.status.map(|status| json!({ "status": status, "body": met.answer }));
                json!({
                    "startTime": show::time(sent.at), "endTime": show::time(met.at), "duration": met.took_ms,
                    "triggerId": sent.trigger, "actionId": 1, "issueId": sent.issue,
                    "request": { "method": "POST", "endpoint": sent.endpoint, "headers": headers, "body": sent.body },
                    "response": response, "error": met.failure,
                })
            };
            ours.then(|| (sent.at, sent.issue.clone(), shown(sent)))
        };
        met.iter().rev().filter_map(of).collect()
    }
}
