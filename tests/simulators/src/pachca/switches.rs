//! What the contract leaves open or the bot's settings decide, to be changed while it runs, and the limits of calls.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::service::{
    bucket::{Buckets, Limit},
    some_url,
};

/// Every scope that the calls of this simulator need.
pub const SCOPES: [&str; 16] = [
    "messages:create",
    "messages:read",
    "messages:update",
    "messages:delete",
    "threads:create",
    "threads:read",
    "reactions:write",
    "users:read",
    "chats:read",
    "chat_members:read",
    "chat_members:write",
    "views:write",
    "uploads:write",
    "bot_self:webhook:write",
    "webhooks:events:read",
    "webhooks:events:delete",
];

/// Every event a bot can subscribe to.
pub const EVENTS: [&str; 18] = [
    "message_new",
    "message_update",
    "message_delete",
    "reaction_new",
    "reaction_delete",
    "button_click",
    "chat_member_add",
    "chat_member_remove",
    "company_member_invite",
    "company_member_confirm",
    "company_member_update",
    "company_member_suspend",
    "company_member_activate",
    "company_member_delete",
    "message_link_shared",
    "video_call_started",
    "video_call_finished",
    "video_call_recording_ready",
];

/// How the bot and its token are at the moment.
#[derive(Clone, Debug, Serialize)]
pub struct Switches {
    /// What the token may do.
    pub scopes: Vec<String>,
    /// The token was revoked.
    pub revoked: bool,
    /// Every call is answered with 301, as over plain HTTP.
    pub redirect: bool,
    /// What the bot is told of.
    pub events: Vec<String>,
    /// The bot is not told of its own messages.
    pub ignore_own: bool,
    /// The bot is told of messages that begin with a slash alone.
    pub commands_only: bool,
    /// Events can be read again.
    pub keep_history: bool,
    /// Longest text of a message, in characters. The vendor names no limit.
    pub longest_content: usize,
    /// How long a trigger lives, milliseconds by the simulated clock.
    pub trigger_life_ms: u64,
    /// How long a form waits for its answer, milliseconds.
    pub form_patience_ms: u64,
    /// How long a link to a file lives, seconds by the simulated clock.
    pub link_life: u64,
}

impl Switches {
    pub(super) fn new(scopes: &[String]) -> Self {
        Self {
            scopes: scopes.to_vec(),
            revoked: false,
            redirect: false,
            events: EVENTS.map(str::to_owned).to_vec(),
            ignore_own: false,
            commands_only: false,
            keep_history: true,
            longest_content: 4_000,
            trigger_life_ms: 3_000,
            form_patience_ms: 3_000,
            link_life: 3_600,
        }
    }

    /// Changes them; where webhooks go and the limits are the space's.
    pub(super) fn change(&mut self, order: &SwitchOrder) {
        if let Some(scopes) = &order.scopes {
            self.scopes.clone_from(scopes);
        }
        if let Some(events) = &order.events {
            self.events.clone_from(events);
        }
        self.revoked = order.revoked.unwrap_or(self.revoked);
        self.redirect = order.redirect.unwrap_or(self.redirect);
        self.ignore_own = order.ignore_own.unwrap_or(self.ignore_own);
        self.commands_only = order.commands_only.unwrap_or(self.commands_only);
        self.keep_history = order.keep_history.unwrap_or(self.keep_history);
        self.longest_content = order.longest_content.unwrap_or(self.longest_content);
        self.trigger_life_ms = order.trigger_life_ms.unwrap_or(self.trigger_life_ms);
        self.form_patience_ms = order.form_patience_ms.unwrap_or(self.form_patience_ms);
        self.link_life = order.link_life.unwrap_or(self.link_life);
    }
}

/// A change; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SwitchOrder {
    /// See [`Switches`].
    pub scopes: Option<Vec<String>>,
    /// See [`Switches`].
    pub revoked: Option<bool>,
    /// See [`Switches`].
    pub redirect: Option<bool>,
    /// See [`Switches`].
    pub events: Option<Vec<String>>,
    /// See [`Switches`].
    pub ignore_own: Option<bool>,
    /// See [`Switches`].
    pub commands_only: Option<bool>,
    /// See [`Switches`].
    pub keep_history: Option<bool>,
    /// See [`Switches`].
    pub longest_content: Option<usize>,
    /// See [`Switches`].
    pub trigger_life_ms: Option<u64>,
    /// See [`Switches`].
    pub form_patience_ms: Option<u64>,
    /// See [`Switches`].
    pub link_life: Option<u64>,
    /// Where webhooks go from now on.
    #[serde(deserialize_with = "some_url")]
    pub hook_url: Option<Url>,
    /// The vendor's limits, so many times wider; full again.
    pub limit_scale: Option<f64>,
    /// There are no limits any more.
    pub no_limit: bool,
}

/// What is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Messages written, changed and deleted, by chat.
    Write(u64),
    /// Messages read.
    Read,
    /// The history.
    Events,
    /// Everything else.
    Other,
}

/// The limits of the token.
pub(super) struct Limits {
    scale: Option<f64>,
    writes: Buckets<u64>,
    reads: Buckets<()>,
    events: Buckets<()>,
    others: Buckets<()>,
}

impl Limits {
    /// The vendor's, so many times wider; none at all without.
    pub(super) fn new(scale: Option<f64>) -> Self {
        let limit = |drain: f64, ceiling: f64| {
            scale.map(|scale| Limit { drain: drain * scale, ceiling: (ceiling * scale).max(1.0) })
        };
        Self {
            scale,
            // 4 in a second, and 30 in a second for five of them.
            writes: Buckets::new(limit(4.0, 130.0)),
            reads: Buckets::new(limit(10.0, 10.0)),
            events: Buckets::new(limit(2.5, 5.0)),
            others: Buckets::new(limit(50.0, 50.0)),
        }
    }

    pub(super) const fn scale(&self) -> Option<f64> {
        self.scale
    }

    /// Counts a call; when it is one too many, the seconds until it is not.
    pub(super) fn pour(&mut self, class: Class, now: Timestamp) -> Option<f64> {
        fn one<K: Eq + std::hash::Hash + Copy>(buckets: &mut Buckets<K>, key: K, now: Timestamp) -> Option<f64> {
            (!buckets.pour(key, now)).then(|| buckets.wait(&key, now))
        }
        match class {
            Class::Write(chat) => one(&mut self.writes, chat, now),
            Class::Read => one(&mut self.reads, (), now),
            Class::Events => one(&mut self.events, (), now),
            Class::Other => one(&mut self.others, (), now),
        }
    }
}
