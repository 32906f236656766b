//! The XML service that knows the agencies: one card for each call that begins (behaviour/helpdesk 2.4).
//!
//! Deliberately not here: when a card is asked for and what a missing one means (the rules of calls).

mod client;
mod delivery;
mod wire;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    CheckStep, Credentials, Delivery, Integration, ParseError, Parsed, StoredRequest, reason,
    transport::{Clock, http},
};

use self::client::Gate;

/// The integration's name.
pub const NAME: &str = "agencies";

/// The largest answer, bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// Settings, without secrets. The password is the secret `agencies.password`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether cards are asked for.
    #[serde(default)]
    pub enabled: bool,
    /// Address of the service; its pages are appended to the path.
    pub base: Url,
    /// The account.
    pub login: String,
    /// The longest wait for one answer, seconds.
    #[serde(default = "ten")]
    pub timeout_s: u32,
    /// How long a session is used, minutes.
    #[serde(default = "ten")]
    pub session_minutes: u32,
    /// The most requests a second.
    #[serde(default = "ten")]
    pub rate_per_second: u32,
    /// The most requests at once.
    #[serde(default = "four")]
    pub concurrency: u32,
    /// A PEM file of certificates trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

fn ten() -> u32 {
    10
}

fn four() -> u32 {
    4
}

impl Settings {
    /// The usual terms for a service at `base`.
    #[must_use]
    pub fn new(base: Url, login: impl Into<String>) -> Self {
        Self {
            enabled: true,
            base,
            login: login.into(),
            timeout_s: ten(),
            session_minutes: ten(),
            rate_per_second: ten(),
            concurrency: four(),
            ca: None,
        }
    }
}

/// The connection to the agency service.
pub struct Agencies {
    settings: Settings,
    clock: Clock,
    gate: Gate,
}

impl Agencies {
    /// A connection. The password is read from `credentials` at each sign-in; `clock` ages the session.
    ///
    /// # Errors
    /// When the address cannot carry pages, the certificates cannot be read, or no client can be made.
    pub fn new(settings: Settings, credentials: Arc<dyn Credentials>, clock: Clock) -> Result<Self, http::SetupError> {
        let ca = settings.ca.as_ref().map(std::fs::read).transpose();
        let total = Duration::from_secs(settings.timeout_s.into());
        let client = http::Client::new(&http::Options {
            connect: total.min(Duration::from_secs(5)),
            total,
            max_body: MAX_ANSWER,
            ca: ca.map_err(|e| http::SetupError::Ca(e.to_string()))?,
        })?;
        if !matches!(settings.base.scheme(), "http" | "https") {
            return Err(http::SetupError::Client("the address of the agency service is not http or https".to_owned()));
        }
        let gate = Gate::new(client, &settings, credentials, Arc::clone(&clock));
        Ok(Self { settings, clock, gate })
    }
}

#[async_trait]
impl Integration for Agencies {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Nothing ever comes in from this service by itself.
    fn parse(&self, _record: &StoredRequest, _received_at: Instant) -> Result<Parsed, ParseError> {
        Err(ParseError::at("body", reason!("the agency service sends nothing by itself")))
    }

    fn delivery(&self) -> Option<&dyn Delivery> {
        Some(self)
    }

    async fn check(&self) -> Vec<CheckStep> {
        let (_, outcome) = self.gate.try_sign_in().await;
        match outcome {
            Ok(secure) => vec![
                CheckStep::good("sign_in", "a session was given; no card was read"),
                if secure {
                    CheckStep::good("tls", "https")
                } else {
                    CheckStep::bad("tls", "plain http: the password and the cards can be read on their way")
                },
            ],
            Err(error) => vec![CheckStep::bad("sign_in", error.to_string())],
        }
    }
}

#[cfg(test)]
mod tests;
