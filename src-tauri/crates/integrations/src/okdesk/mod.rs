//! The service desk: it says that an issue was closed, knows who wrote it, and keeps the rating (contracts/okdesk).
//!
//! Also the links by which a person rates stand below its historic prefix. Deliberately not here: whom to ask, when a rating
//! counts and what a silence means (the rules of ratings).

mod check;
mod client;
mod delivery;
mod intake;
mod poll;
mod trouble;
mod wire;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    CheckStep, Credentials, Delivery, Integration, ParseError, Parsed, Poll, StoredRequest, Webhook,
    rating_links::RatingLinks,
    transport::{Clock, http as web},
};

use self::{client::Client, poll::Told};

/// The integration's name.
pub const NAME: &str = "okdesk";

/// The secret the service desk is asked with.
const TOKEN: &str = "ratings.okdesk_token";
/// The secret the service desk calls us with.
const WEBHOOK_KEY: &str = "ratings.webhook_key";
/// The largest answer, bytes: a page of issues with their descriptions.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// Settings, without secrets: those are `ratings.okdesk_token` and `ratings.webhook_key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether anything is accepted or asked at all.
    #[serde(default)]
    pub enabled: bool,
    /// The account's address, or the whole address of its API where that lies elsewhere; `https`, except on this machine.
    pub base: Url,
    /// Codes of the statuses that count as closed, which the area of ratings names.
    #[serde(default = "closed")]
    pub closed_codes: Vec<String>,
    /// How a rating is written.
    #[serde(default)]
    pub rate_body: RateBody,
    /// The pause between two looks for closings nobody told us, minutes; 0 for none.
    #[serde(default = "ten")]
    pub poll_minutes: u32,
    /// The most requests a second: the account's whole allowance, not only that of ratings.
    #[serde(default = "two")]
    pub rate_per_second: u32,
    /// The longest wait for one answer, seconds.
    #[serde(default = "fifteen")]
    pub timeout_s: u32,
    /// A PEM file of certificates trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

/// The shape of the body that sets a rating.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateBody {
    /// `{"rate": "good"}`, as documented.
    #[default]
    Flat,
    /// `{"issue": {"rate": "good"}}`, as one older program sends it.
    Nested,
}

fn closed() -> Vec<String> {
    vec!["closed".to_owned()]
}

fn two() -> u32 {
    2
}

fn ten() -> u32 {
    10
}

fn fifteen() -> u32 {
    15
}

impl Settings {
    /// The usual terms for an account at `base`.
    #[must_use]
    pub fn new(base: Url) -> Self {
        Self {
            enabled: true,
            base,
            closed_codes: closed(),
            rate_body: RateBody::Flat,
            poll_minutes: ten(),
            rate_per_second: two(),
            timeout_s: fifteen(),
            ca: None,
        }
    }
}

/// The connection to the service desk.
pub struct Okdesk {
    settings: Settings,
    credentials: Arc<dyn Credentials>,
    links: RatingLinks,
    clock: Clock,
    client: Client,
    told: Told,
}

impl Okdesk {
    /// A connection. Secrets are read from `credentials` at each use; `clock` dates what is found out.
    ///
    /// # Errors
    /// When the address is neither `https` nor on this machine, the certificates cannot be read, or no client can be made.
    pub fn new(settings: Settings, credentials: Arc<dyn Credentials>, clock: Clock) -> Result<Self, web::SetupError> {
        let base = api(&settings.base)?;
        let ca = settings.ca.as_ref().map(std::fs::read).transpose();
        let total = Duration::from_secs(settings.timeout_s.max(1).into());
        let http = web::Client::new(&web::Options {
            connect: total.min(Duration::from_secs(5)),
            total,
            max_body: MAX_ANSWER,
            ca: ca.map_err(|e| web::SetupError::Ca(e.to_string()))?,
        })?;
        let client = Client::new(http, base, Arc::clone(&credentials), settings.rate_per_second);
        let links = RatingLinks::new(Arc::clone(&credentials));
        Ok(Self { settings, credentials, links, clock, client, told: Told::default() })
    }

    fn is_closed(&self, status: &str) -> bool {
        self.settings.closed_codes.iter().any(|code| code == status)
    }

    fn webhook_key(&self) -> Option<String> {
        self.credentials.secret(WEBHOOK_KEY).filter(|key| !key.is_empty())
    }
}

/// The address that the API's paths are appended to.
fn api(base: &Url) -> Result<Url, web::SetupError> {
    // The token is part of every address: it must not cross a network in the open.
    if base.scheme() != "https" && !(base.scheme() == "http" && web::is_this_machine(base)) {
        return Err(web::SetupError::Client("the address of the service desk is not https".to_owned()));
    }
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let whole = url.path().trim_end_matches('/').rsplit('/').nth(1) == Some("api");
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty();
        if !whole {
            path.extend(["api", "v1"]);
        }
    }
    Ok(url)
}

#[async_trait]
impl Integration for Okdesk {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
        let facts = match record.route.as_str() {
            intake::ANSWER => vec![wire::answered(record, received_at)?],
            poll::FOUND => vec![wire::found(&record.body, received_at)?],
            _ => wire::news(&record.body)?.facts(received_at),
        };
        Ok(Parsed { facts, rejected: vec![] })
    }

    /// What is told of one issue stays in order: closed and opened again is not opened and closed.
    fn order_of(&self, record: &StoredRequest) -> Option<String> {
        let issue = match record.route.as_str() {
            intake::ANSWER => record.query_value(intake::ISSUE)?.parse().ok(),
            _ => wire::issue_of(&record.body),
        };
        issue.map(|issue: i64| format!("{NAME}:{issue}"))
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

    async fn check(&self) -> Vec<CheckStep> {
        self.check_steps().await
    }
}

#[cfg(test)]
mod tests;
