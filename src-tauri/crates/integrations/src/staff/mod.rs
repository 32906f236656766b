//! The staff register of the accounting system: whether a password is somebody's, asked at each sign-in (contracts/erp_auth).
//!
//! Deliberately not here: passwords that are ours, what is remembered of its answers, and the staff file (the engine's).

mod client;
mod pause;
mod wire;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use url::Url;

use crate::{
    CheckStep, Credentials, Integration, ParseError, Parsed, StoredRequest, reason,
    transport::{Clock, http as web},
    verifier::{Verified, Verifier},
};

use self::pause::Pause;

/// The integration's name.
pub const NAME: &str = "staff";

/// The token the register is asked with; the console's, never a person's.
const TOKEN: &str = "erp_auth.token";
/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// The longest one question may take.
const TOTAL: Duration = Duration::from_secs(5);
/// The largest answer, bytes.
const MAX_ANSWER: usize = 64 * 1024;
/// Questions at once at most.
const AT_ONCE: usize = 4;

/// Settings, without secrets: that is `erp_auth.token`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The address below which the register answers; `https`, except on this machine.
    pub base: Url,
    /// A PEM file of certificates trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

impl Settings {
    /// The usual terms for an address.
    #[must_use]
    pub fn new(base: Url) -> Self {
        Self { base, ca: None }
    }
}

/// The connection to the register.
pub struct Staff {
    verify: Url,
    http: web::Client,
    credentials: Arc<dyn Credentials>,
    clock: Clock,
    turns: Semaphore,
    pause: Pause,
}

impl Staff {
    /// A connection. The secret is read from `credentials` at each use; `clock` ends pauses.
    ///
    /// # Errors
    /// When the address is neither `https` nor on this machine, the certificates cannot be read, or no client can be made.
    pub fn new(settings: Settings, credentials: Arc<dyn Credentials>, clock: Clock) -> Result<Self, web::SetupError> {
        let wrong = |what: &str| web::SetupError::Client(what.to_owned());
        let mut verify = settings.base.clone();
        // People's passwords are said with every question: they must not cross a network in the open.
        if verify.scheme() != "https" && !(verify.scheme() == "http" && web::is_this_machine(&verify)) {
            return Err(wrong("the address of the register is not https"));
        }
        verify.set_query(None);
        verify.set_fragment(None);
        verify
            .path_segments_mut()
            .map_err(|()| wrong("the address of the register takes no path"))?
            .pop_if_empty()
            .push("verify");
        let ca = settings.ca.as_ref().map(std::fs::read).transpose();
        let http = web::Client::new(&web::Options {
            connect: CONNECT,
            total: TOTAL,
            max_body: MAX_ANSWER,
            ca: ca.map_err(|e| web::SetupError::Ca(e.to_string()))?,
        })?;
        let (turns, pause) = (Semaphore::new(AT_ONCE), Pause::default());
        Ok(Self { verify, http, credentials, clock, turns, pause })
    }
}

#[async_trait]
impl Integration for Staff {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Nothing ever comes in from the register by itself.
    fn parse(&self, _record: &StoredRequest, _received_at: Instant) -> Result<Parsed, ParseError> {
        Err(ParseError::at("body", reason!("the register sends nothing by itself")))
    }

    fn verifier(&self) -> Option<&dyn Verifier> {
        Some(self)
    }

    /// Asks about somebody who cannot be there: nobody's account is locked by it, and only a register that knows our token says that the
    /// password is wrong.
    async fn check(&self) -> Vec<CheckStep> {
        let mut steps = vec![if self.verify.scheme() == "https" {
            CheckStep::good("tls", "https")
        } else {
            CheckStep::bad("tls", "plain http, within this machine only")
        }];
        let login = format!("pult-check-{:016x}", rand::random::<u64>());
        let password = format!("{:032x}", rand::random::<u128>());
        steps.push(match self.ask(&login, &password, true).await {
            Ok(Verified::Wrong | Verified::Blocked) => CheckStep::good("verify", "it refuses a login that nobody has"),
            Ok(Verified::Right(_)) => CheckStep::bad("verify", "it lets in anybody, with any password"),
            Err(error) => CheckStep::bad("verify", error.detail),
        });
        steps
    }
}

#[cfg(test)]
mod tests;
