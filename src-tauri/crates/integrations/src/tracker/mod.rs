//! The tracker: it keeps the issues of the service desk's queue, their comments and who may read them (contracts/yandex_tracker).
//!
//! A trigger of the queue tells that something happened to an issue, which is only a hint: what happened is read with our own account.
//! Deliberately not here: which issue belongs to which conversation, and who may do what (the rules of the bridge).

mod change;
mod check;
mod client;
mod comments;
mod create;
mod delivery;
mod fields;
mod files;
mod intake;
mod loose;
mod people;
mod poll;
mod search;
mod text;
mod trouble;
mod wire;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    Attachments, CheckStep, Credentials, Delivery, Integration, ParseError, Parsed, Poll, StoredRequest, Webhook,
    transport::{Clock, http as web},
};

use self::{change::Ways, client::Client, create::Doubles, fields::Shelf, people::People};

/// The integration's name.
pub const NAME: &str = "tracker";

/// The vendor's own address.
pub const BASE: &str = "https://api.tracker.yandex.net/";
/// Where people look at issues.
pub const PEOPLE: &str = "https://tracker.yandex.ru/";

/// The token the tracker is asked with.
const TOKEN: &str = "ct.tracker_token";
/// The name and the password it is asked with where there is no token.
const BASIC_USER: &str = "ct.tracker_basic_user";
/// See [`BASIC_USER`].
const BASIC_PASS: &str = "ct.tracker_basic_pass";
/// What the tracker's triggers call us with.
const HOOK_KEY: &str = "ct.tracker_hook_key";
/// The same for the time in which both hold.
const HOOK_KEY_NEXT: &str = "ct.tracker_hook_key_next";

/// The largest answer, bytes: a hundred issues with their descriptions.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// Settings, without secrets: those are `ct.tracker_token`, or `ct.tracker_basic_user` and `ct.tracker_basic_pass`, and
/// `ct.tracker_hook_key` with `ct.tracker_hook_key_next`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether anything is accepted or asked at all.
    #[serde(default)]
    pub enabled: bool,
    /// The address of the API, without its version, [`BASE`] where absent; `https`, except on this machine.
    #[serde(default)]
    pub base: Option<Url>,
    /// What kind of token it is.
    #[serde(default)]
    pub auth: Auth,
    /// The organization of Yandex 360; it goes before the other where both are set.
    #[serde(default)]
    pub org_id: String,
    /// The organization of Yandex Cloud.
    #[serde(default)]
    pub cloud_org_id: String,
    /// The queue's key, capitals and small letters as they are there.
    pub queue_key: String,
    /// The queue's id; where it is empty, the key alone tells our issues.
    #[serde(default)]
    pub queue_id: String,
    /// The mark of issues that come from the messenger.
    #[serde(default = "tag")]
    pub tag: String,
    /// The board issues are put on; 0 for none.
    #[serde(default = "one")]
    pub board_id: u64,
    /// What stands before the keys of local fields, for instance `66aa43bfc941f16869268d41--`; empty: it is learnt from the queue.
    #[serde(default)]
    pub field_prefix: String,
    /// The local field that holds an issue's own key; left out where the queue has none.
    #[serde(default = "key_field")]
    pub key_field: String,
    /// The local field by which an issue of ours is found when nobody knows whether it was created; a tag where the queue has none.
    #[serde(default = "mark_field")]
    pub mark_field: String,
    /// What an issue's key is appended to for people, [`PEOPLE`] where absent.
    #[serde(default)]
    pub people_url: Option<Url>,
    /// Keys of the statuses that end an issue.
    #[serde(default = "closed")]
    pub closed_statuses: Vec<String>,
    /// The numbers of the queue's triggers that call us: the check reads what became of their calls.
    #[serde(default)]
    pub trigger_ids: Vec<i64>,
    /// The pause between two looks for what no hook told, minutes; 0 for none.
    #[serde(default = "five")]
    pub poll_minutes: u32,
    /// The most requests a second, whatever they are for.
    #[serde(default = "five")]
    pub rate_per_second: u32,
    /// The largest file copied into an issue, megabytes.
    #[serde(default = "twenty")]
    pub max_file_mb: u32,
    /// A PEM file of certificates trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

/// How a token is named in the header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// A token of OAuth.
    #[default]
    Oauth,
    /// An IAM token, which lives for hours; with an organization of Yandex Cloud only.
    Bearer,
}

fn tag() -> String {
    "Создана в Пачке".to_owned()
}

fn key_field() -> String {
    "pachcaIssueKey".to_owned()
}

fn mark_field() -> String {
    "sourceRef".to_owned()
}

fn closed() -> Vec<String> {
    ["closed", "done", "resolved"].map(str::to_owned).to_vec()
}

fn one() -> u64 {
    1
}

fn five() -> u32 {
    5
}

fn twenty() -> u32 {
    20
}

impl Settings {
    /// The usual terms for a queue of an organization of Yandex 360.
    #[must_use]
    pub fn new(org_id: impl Into<String>, queue_key: impl Into<String>) -> Self {
        Self {
            enabled: true,
            base: None,
            auth: Auth::Oauth,
            org_id: org_id.into(),
            cloud_org_id: String::new(),
            queue_key: queue_key.into(),
            queue_id: String::new(),
            tag: tag(),
            board_id: one(),
            field_prefix: String::new(),
            key_field: key_field(),
            mark_field: mark_field(),
            people_url: None,
            closed_statuses: closed(),
            trigger_ids: vec![],
            poll_minutes: five(),
            rate_per_second: five(),
            max_file_mb: twenty(),
            ca: None,
        }
    }

    /// The largest file copied into an issue, bytes.
    fn max_file(&self) -> usize {
        usize::try_from(self.max_file_mb).unwrap_or(usize::MAX).saturating_mul(1024 * 1024)
    }

    /// An issue's page for people.
    fn page(&self, key: &str) -> String {
        let base = self.people_url.as_ref().map_or(PEOPLE, Url::as_str);
        format!("{}/{key}", base.trim_end_matches('/'))
    }
}

/// The connection to the tracker.
pub struct Tracker {
    settings: Settings,
    credentials: Arc<dyn Credentials>,
    clock: Clock,
    client: Client,
    /// Where the messenger's files come from.
    files: Arc<dyn Attachments>,
    fields: Shelf,
    people: People,
    doubles: Doubles,
    ways: Ways,
}

impl Tracker {
    /// A connection. Secrets are read from `credentials` at each use; `files` are those of messages that are copied; `clock` dates
    /// what is found out.
    ///
    /// # Errors
    /// When the address is neither `https` nor on this machine, the queue's key is none, the certificates cannot be read, or no client can be
    /// made.
    pub fn new(
        settings: Settings,
        credentials: Arc<dyn Credentials>,
        files: Arc<dyn Attachments>,
        clock: Clock,
    ) -> Result<Self, web::SetupError> {
        let wrong = |what: &str| web::SetupError::Client(what.to_owned());
        let base = match &settings.base {
            Some(base) => base.clone(),
            None => BASE.parse().map_err(|_| wrong("the usual address is no address"))?,
        };
        // The token is said with every request: it must not cross a network in the open.
        if base.scheme() != "https" && !(base.scheme() == "http" && web::is_this_machine(&base)) {
            return Err(wrong("the address of the tracker is not https"));
        }
        // It is written into queries and addresses.
        if !loose::is_key(&format!("{}-1", settings.queue_key.trim())) {
            return Err(wrong("the queue's key is no key: capital letters and digits, for instance DESK"));
        }
        let ca = settings.ca.as_ref().map(std::fs::read).transpose();
        let http = web::Client::new(&web::Options {
            connect: client::CONNECT,
            total: client::FILE,
            max_body: MAX_ANSWER,
            ca: ca.map_err(|e| web::SetupError::Ca(e.to_string()))?,
        })?;
        Ok(Self {
            client: Client::new(http, &base, &settings, Arc::clone(&credentials)),
            settings,
            credentials,
            clock,
            files,
            fields: Shelf::default(),
            people: People::default(),
            doubles: Doubles::default(),
            ways: Ways::default(),
        })
    }
}

#[async_trait]
impl Integration for Tracker {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
        let fact = match record.route.as_str() {
            poll::FOUND => poll::found(record, received_at)?,
            _ => intake::told(record, received_at)?,
        };
        Ok(Parsed { facts: vec![fact], rejected: vec![] })
    }

    /// What is told of one issue stays in order.
    fn order_of(&self, record: &StoredRequest) -> Option<String> {
        intake::hint(&record.body).map(|hint| format!("{NAME}:{}", hint.issue))
    }

    fn webhook(&self) -> Option<&dyn Webhook> {
        Some(self)
    }

    fn poll(&self) -> Option<&dyn Poll> {
        (self.settings.enabled && self.settings.poll_minutes > 0).then_some(self as &dyn Poll)
    }

    fn delivery(&self) -> Option<&dyn Delivery> {
        Some(self)
    }

    fn attachments(&self) -> Option<&dyn Attachments> {
        Some(self)
    }

    async fn check(&self) -> Vec<CheckStep> {
        self.check_steps().await
    }
}

#[cfg(test)]
mod tests;
