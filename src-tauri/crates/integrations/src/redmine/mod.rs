//! The issue tracker that people work with by hand: its tickets are looked at, read, changed and created (contracts/redmine).
//!
//! Looks are made with a key of our own; who acts may act with theirs. Deliberately not here: what of it is news and to whom (the rules of
//! tickets).

mod change;
mod check;
mod client;
mod create;
mod cursor;
mod delivery;
mod fields;
mod files;
mod hooks;
mod lists;
mod loose;
mod notes;
mod persons;
mod poll;
mod query;
mod records;
mod scope;
mod start;
mod text;
mod told;
mod trouble;
mod watch;
mod wire;

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicU32},
    time::Duration,
};

use async_trait::async_trait;
use jiff::SignedDuration;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    Attachments, CheckStep, Credentials, Delivery, Integration, ParseError, Parsed, PersonKeys, Poll, StoredRequest,
    Uploads, Webhook,
    transport::{Clock, http as web},
};

use self::{
    client::{Bounds, Client, PER_SECOND},
    fields::Fields,
    poll::Mark,
    scope::Shelf,
    start::Start,
    told::Told,
};

/// The integration's name.
pub const NAME: &str = "redmine";

/// The key the tracker is asked with.
const KEY: &str = "redmine.key";
/// What the tracker signs its calls with.
const HOOK_SECRET: &str = "redmine.webhook_secret";
/// The largest answer, bytes: a hundred tickets with their descriptions, or a long history.
const MAX_ANSWER: usize = 32 * 1024 * 1024;
/// The bounds of the overlap, seconds (contracts/redmine 6).
const OVERLAP: std::ops::RangeInclusive<u32> = 10..=3600;

/// Settings, without secrets: those are `redmine.key`, `redmine.webhook_secret`, and `redmine.person.<number>` of people's own keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether anything is accepted or asked at all.
    #[serde(default)]
    pub enabled: bool,
    /// The tracker's address, with its path where it has one; `https`, except on this machine.
    pub base: Url,
    /// Projects of the scope, by identifier or number; those below them belong to it. None: all that the key sees.
    #[serde(default)]
    pub projects: Vec<String>,
    /// How far a look goes back behind the last one, seconds, 10 to 3600.
    #[serde(default = "two_minutes")]
    pub overlap_s: u32,
    /// How far back the first look goes for tickets that are over, days.
    #[serde(default = "over_a_year")]
    pub history_days: u32,
    /// The longest wait for one answer, seconds.
    #[serde(default = "ten")]
    pub timeout_s: u32,
    /// The longest a file may take, seconds.
    #[serde(default = "thirty")]
    pub file_timeout_s: u32,
    /// The largest file attached to a ticket, megabytes.
    #[serde(default = "twenty")]
    pub max_file_mb: u32,
    /// Whether it is Easy Redmine.
    #[serde(default)]
    pub easy: Easy,
    /// A PEM file of certificates trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

/// Which of its family the tracker is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Easy {
    /// It is found out.
    #[default]
    Auto,
    /// Easy Redmine.
    On,
    /// Redmine.
    Off,
}

fn two_minutes() -> u32 {
    120
}

fn over_a_year() -> u32 {
    400
}

fn ten() -> u32 {
    10
}

fn thirty() -> u32 {
    30
}

fn twenty() -> u32 {
    20
}

impl Settings {
    /// The usual terms for a tracker at `base`.
    #[must_use]
    pub fn new(base: Url) -> Self {
        Self {
            enabled: true,
            base,
            projects: vec![],
            overlap_s: two_minutes(),
            history_days: over_a_year(),
            timeout_s: ten(),
            file_timeout_s: thirty(),
            max_file_mb: twenty(),
            easy: Easy::Auto,
            ca: None,
        }
    }

    /// The address of a ticket's page for people; `{id}` stands for its number.
    #[must_use]
    pub fn page(&self) -> String {
        format!("{}/issues/{{id}}", self.base.as_str().trim_end_matches('/'))
    }

    fn overlap(&self) -> SignedDuration {
        SignedDuration::from_secs(self.overlap_s.clamp(*OVERLAP.start(), *OVERLAP.end()).into())
    }

    fn max_file(&self) -> u64 {
        u64::from(self.max_file_mb).saturating_mul(1024 * 1024)
    }
}

/// The connection to the tracker.
pub struct Redmine {
    settings: Settings,
    credentials: Arc<dyn Credentials>,
    uploads: Arc<dyn Uploads>,
    every: Arc<AtomicU32>,
    clock: Clock,
    client: Client,
    start: Start,
    scope: Shelf,
    fields: Fields,
    told: Told,
    mark: Mark,
}

impl Redmine {
    /// A connection. Secrets are read from `credentials` at each use; `uploads` are the files that people attach; `every` is the pause
    /// between two looks, seconds, read at each; `clock` dates what is found out.
    ///
    /// # Errors
    /// When the address is neither `https` nor on this machine, the certificates cannot be read, or no client can be made.
    pub fn new(
        settings: Settings,
        credentials: Arc<dyn Credentials>,
        uploads: Arc<dyn Uploads>,
        every: Arc<AtomicU32>,
        clock: Clock,
    ) -> Result<Self, web::SetupError> {
        Self::at_pace(settings, credentials, uploads, every, clock, PER_SECOND)
    }

    fn at_pace(
        settings: Settings,
        credentials: Arc<dyn Credentials>,
        uploads: Arc<dyn Uploads>,
        every: Arc<AtomicU32>,
        clock: Clock,
        per_second: u32,
    ) -> Result<Self, web::SetupError> {
        let mut base = settings.base.clone();
        // The key is said with every request: it must not cross a network in the open.
        if base.scheme() != "https" && !(base.scheme() == "http" && web::is_this_machine(&base)) {
            return Err(web::SetupError::Client("the address of the tracker is not https".to_owned()));
        }
        base.set_query(None);
        base.set_fragment(None);
        base.set_path(&format!("{}/", settings.base.path().trim_end_matches('/')));
        let seconds = |seconds: u32| Duration::from_secs(seconds.max(1).into());
        let bounds = Bounds { total: seconds(settings.timeout_s), file: seconds(settings.file_timeout_s), per_second };
        let ca = settings.ca.as_ref().map(std::fs::read).transpose();
        let http = web::Client::new(&web::Options {
            connect: client::CONNECT.min(bounds.total),
            total: bounds.total.max(bounds.file),
            max_body: MAX_ANSWER,
            ca: ca.map_err(|e| web::SetupError::Ca(e.to_string()))?,
        })?;
        Ok(Self {
            client: Client::new(http, base, Arc::clone(&credentials), &bounds),
            settings,
            credentials,
            uploads,
            every,
            clock,
            start: Start::default(),
            scope: Shelf::default(),
            fields: Fields::default(),
            told: Told::default(),
            mark: Mark::default(),
        })
    }
}

#[async_trait]
impl Integration for Redmine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
        match record.route.as_str() {
            hooks::HOOK => hooks::told(record, received_at),
            _ => records::meaning(record, received_at),
        }
    }

    /// What is told of one ticket stays in order.
    fn order_of(&self, record: &StoredRequest) -> Option<String> {
        let ticket = match record.route.as_str() {
            hooks::HOOK => hooks::ticket_of(record)?.to_string(),
            _ => record.query_value("issue")?.to_owned(),
        };
        Some(format!("{NAME}:{ticket}"))
    }

    fn webhook(&self) -> Option<&dyn Webhook> {
        Some(self)
    }

    fn poll(&self) -> Option<&dyn Poll> {
        self.settings.enabled.then_some(self as &dyn Poll)
    }

    fn delivery(&self) -> Option<&dyn Delivery> {
        Some(self)
    }

    fn page_of_tickets(&self) -> Option<String> {
        Some(self.settings.page())
    }

    fn person_keys(&self) -> Option<&dyn PersonKeys> {
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
