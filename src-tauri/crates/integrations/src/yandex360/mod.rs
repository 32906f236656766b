//! The directory of the organization: in which department somebody works (contracts/yandex_tracker 7).
//!
//! It is an extra to whoever asks: what cannot be found out is not known, and nothing waits for it. Deliberately not here: what the
//! department is wanted for.

mod delivery;
mod directory;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    CheckStep, Credentials, Delivery, Integration, ParseError, Parsed, StoredRequest, reason,
    transport::{Clock, http as web, pace::Pace},
};

use self::directory::Shelf;

/// The integration's name.
pub const NAME: &str = "yandex360";

/// The vendor's own address.
pub const BASE: &str = "https://api360.yandex.net/";

/// The token the directory is asked with.
const TOKEN: &str = "ct.y360_token";
/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest one request may take.
const TOTAL: Duration = Duration::from_secs(10);
/// The largest answer, bytes: a hundred people with their contacts.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// Settings, without secrets: that is `ct.y360_token`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether anything is asked at all.
    #[serde(default)]
    pub enabled: bool,
    /// The address of the API, [`BASE`] where absent; `https`, except on this machine.
    #[serde(default)]
    pub base: Option<Url>,
    /// The organization's id.
    pub org_id: String,
    /// The most requests a second.
    #[serde(default = "five")]
    pub rate_per_second: u32,
    /// A PEM file of certificates trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

fn five() -> u32 {
    5
}

impl Settings {
    /// The usual terms for an organization.
    #[must_use]
    pub fn new(org_id: impl Into<String>) -> Self {
        Self { enabled: true, base: None, org_id: org_id.into(), rate_per_second: five(), ca: None }
    }
}

/// The connection to the directory.
pub struct Yandex360 {
    settings: Settings,
    base: Url,
    http: web::Client,
    credentials: Arc<dyn Credentials>,
    clock: Clock,
    pace: Pace,
    shelf: Shelf,
}

impl Yandex360 {
    /// A connection. The secret is read from `credentials` at each use; `clock` ages what was read.
    ///
    /// # Errors
    /// When the address is neither `https` nor on this machine, no organization is named, the certificates cannot be read, or no client
    /// can be made.
    pub fn new(settings: Settings, credentials: Arc<dyn Credentials>, clock: Clock) -> Result<Self, web::SetupError> {
        let wrong = |what: &str| web::SetupError::Client(what.to_owned());
        let mut base = match &settings.base {
            Some(base) => base.clone(),
            None => BASE.parse().map_err(|_| wrong("the usual address is no address"))?,
        };
        base.set_query(None);
        base.set_fragment(None);
        // The token is said with every request: it must not cross a network in the open.
        if base.scheme() != "https" && !(base.scheme() == "http" && web::is_this_machine(&base)) {
            return Err(wrong("the address of the directory is not https"));
        }
        if settings.org_id.trim().is_empty() {
            return Err(wrong("no organization has been named"));
        }
        let ca = settings.ca.as_ref().map(std::fs::read).transpose();
        let http = web::Client::new(&web::Options {
            connect: CONNECT,
            total: TOTAL,
            max_body: MAX_ANSWER,
            ca: ca.map_err(|e| web::SetupError::Ca(e.to_string()))?,
        })?;
        let pace = Pace::new(settings.rate_per_second);
        Ok(Self { settings, base, http, credentials, clock, pace, shelf: Shelf::default() })
    }
}

#[async_trait]
impl Integration for Yandex360 {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Nothing ever comes in from the directory by itself.
    fn parse(&self, _record: &StoredRequest, _received_at: Instant) -> Result<Parsed, ParseError> {
        Err(ParseError::at("body", reason!("the directory sends nothing by itself")))
    }

    fn delivery(&self) -> Option<&dyn Delivery> {
        Some(self)
    }

    async fn check(&self) -> Vec<CheckStep> {
        let mut steps = vec![if self.base.scheme() == "https" {
            CheckStep::good("tls", "https")
        } else {
            CheckStep::bad("tls", "plain http, within this machine only")
        }];
        let directory = self.read(&mut vec![]).await;
        steps.push(match directory {
            Ok(directory) => {
                let (people, departments) = directory.size();
                CheckStep::good("directory", format!("{people} people in {departments} departments"))
            }
            Err(error) => CheckStep::bad("directory", error.to_string()),
        });
        steps
    }
}

#[cfg(test)]
mod tests;
