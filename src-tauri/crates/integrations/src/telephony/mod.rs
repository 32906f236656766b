//! The telephony client of the Vilnius centre: it opens a call card, says that a call is over, and may say its theme.
//!
//! Two ways in: the entry address of old, a GET with a key in its query, and a signed POST. Deliberately not here: which call
//! a request speaks of (the rules of calls) and the card itself (the server's page).

mod intake;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use ipnet::IpNet;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};

use crate::{CheckStep, Credentials, Integration, ParseError, Parsed, StoredRequest, Webhook};

/// The integration's name.
pub const NAME: &str = "telephony";

/// Settings, without secrets. Each client's key is the secret `telephony.client.<name>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether anything is accepted at all.
    pub enabled: bool,
    /// Names of the clients that have a key.
    pub clients: Vec<String>,
    /// Networks whose machines may use the entry address without a key; the signed hook always wants its signature.
    pub allow_addresses: Vec<IpNet>,
    /// Origins whose pages may call the entry address from a browser.
    pub cors_origins: Vec<String>,
    /// What the telephony writes before an outside number; taken away before digits are compared.
    pub number_prefix: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: false,
            clients: vec![],
            allow_addresses: vec![],
            cors_origins: vec!["*".to_owned()],
            number_prefix: "+".to_owned(),
        }
    }
}

/// The connection to the telephony client.
pub struct Telephony {
    settings: Settings,
    credentials: Arc<dyn Credentials>,
}

impl Telephony {
    /// A connection; keys are read from `credentials` at each request.
    #[must_use]
    pub fn new(settings: Settings, credentials: Arc<dyn Credentials>) -> Self {
        Self { settings, credentials }
    }

    /// Each client with its key; a client whose key has not been set is left out.
    fn keys(&self) -> Vec<(&str, String)> {
        self.settings
            .clients
            .iter()
            .filter_map(|client| {
                let key = self.credentials.secret(&format!("telephony.client.{client}"))?;
                (!key.is_empty()).then_some((client.as_str(), key))
            })
            .collect()
    }
}

#[async_trait]
impl Integration for Telephony {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
        let observed = if record.route == intake::EVENT {
            wire::event(record, received_at, &self.settings.number_prefix)?
        } else {
            wire::entry(record, received_at, &self.settings.number_prefix)?
        };
        Ok(Parsed { facts: vec![observed], rejected: vec![] })
    }

    fn webhook(&self) -> Option<&dyn Webhook> {
        Some(self)
    }

    async fn check(&self) -> Vec<CheckStep> {
        let keys = self.keys();
        let mut steps: Vec<_> = self
            .settings
            .clients
            .iter()
            .map(|client| match keys.iter().any(|(name, _)| name == client) {
                true => CheckStep::good("key", client),
                false => CheckStep::bad("key", format!("{client}: no key has been set")),
            })
            .collect();
        if !self.settings.allow_addresses.is_empty() {
            let networks: Vec<_> = self.settings.allow_addresses.iter().map(IpNet::to_string).collect();
            steps.push(CheckStep::good("addresses", networks.join(", ")));
        }
        if steps.is_empty() {
            steps.push(CheckStep::bad("key", "neither a client nor an address is allowed in"));
        }
        steps
    }
}

#[cfg(test)]
mod tests;
