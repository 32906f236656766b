//! The desktop server of the contact centre: operators' states as they change, and a supervisor's requests
//! (contracts/finesse).
//!
//! Deliberately not here: what a state means for anybody (the floor's rules), and signing operators in or out of their phones.

mod attempts;
mod check;
mod client;
mod cluster;
mod delivery;
mod pace;
mod personal;
mod session;
mod stream;
mod trouble;
mod wire;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    Accounts, CheckStep, Credentials, Delivery, Integration, ParseError, Parsed, StoredRequest, Stream,
    transport::{Clock, http::SetupError, tls::Pin},
};

use self::{client::Client, cluster::Cluster};

pub use self::attempts::Attempts;

/// The integration's name.
pub const NAME: &str = "finesse";

/// Settings, without secrets. The password of [`Settings::login`] is the secret `finesse.password`, that of a person's own
/// account `finesse.account.<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether it is connected.
    #[serde(default)]
    pub enabled: bool,
    /// The first node.
    pub a: NodeSettings,
    /// The second node; where it is left out it is learnt from the first.
    #[serde(default)]
    pub b: Option<NodeSettings>,
    /// The engine's own account: a supervisor who takes no calls, because the server may take the end of our session for that
    /// person's leaving.
    pub login: String,
    /// A PEM file of certificates trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// Certificates a person has accepted, each for one node, also for one that is learnt later.
    #[serde(default)]
    pub pins: Vec<NodePin>,
    /// By which way notifications are heard.
    #[serde(default)]
    pub transport: Transport,
    /// Whether `auto` may also try XMPP within TLS without a WebSocket.
    #[serde(default)]
    pub direct_tls: bool,
    /// How often teams are read where notifications cannot be had, seconds: 15 to 120.
    #[serde(default = "thirty")]
    pub poll_interval_s: u32,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeSettings {
    /// Its `https` address, by the name in its certificate, usually with port 8445.
    pub url: Url,
    /// The port of WebSockets on older releases.
    #[serde(default = "old_websocket_port")]
    pub old_websocket_port: u16,
    /// The port of XMPP within TLS.
    #[serde(default = "direct_tls_port")]
    pub direct_tls_port: u16,
}

/// A certificate a person has accepted for one node: nodes have different ones, and one is never good for the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodePin {
    /// The node's host, as in its address; letter case does not matter.
    pub node: String,
    /// The certificate.
    pub pin: Pin,
}

/// A way to hear notifications.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// WebSocket on the node's port, then on the older one, then XMPP within TLS where that is allowed, then reading at intervals.
    #[default]
    Auto,
    /// WebSockets only, then reading at intervals.
    Websocket,
    /// XMPP within TLS only, then reading at intervals.
    DirectTls,
    /// Reading at intervals only.
    Polling,
}

fn thirty() -> u32 {
    30
}

fn old_websocket_port() -> u16 {
    7443
}

fn direct_tls_port() -> u16 {
    5223
}

impl NodeSettings {
    /// A node with the usual ports.
    #[must_use]
    pub fn new(url: Url) -> Self {
        Self { url, old_websocket_port: old_websocket_port(), direct_tls_port: direct_tls_port() }
    }
}

impl Settings {
    /// The usual terms for a first node at `url`.
    #[must_use]
    pub fn new(url: Url, login: impl Into<String>) -> Self {
        Self {
            enabled: true,
            a: NodeSettings::new(url),
            b: None,
            login: login.into(),
            ca: None,
            pins: vec![],
            transport: Transport::Auto,
            direct_tls: false,
            poll_interval_s: thirty(),
        }
    }
}

/// The connection to the cluster.
pub struct Finesse {
    settings: Settings,
    resource: String,
    clock: Clock,
    client: Arc<Client>,
    cluster: Arc<Cluster>,
}

impl Finesse {
    /// A connection. Passwords are read from `credentials` at each request. `resource` names this installation among the
    /// account's sessions and has to stay the same: `console-` and 4 to 8 hexadecimal digits. `attempts` are the wrong passwords of
    /// the connections before this one.
    ///
    /// # Errors
    /// When an address is not `https`, the certificates cannot be read, or no client can be made.
    pub fn new(
        settings: Settings,
        credentials: Arc<dyn Credentials>,
        clock: Clock,
        resource: impl Into<String>,
        attempts: Arc<Attempts>,
    ) -> Result<Self, SetupError> {
        let ca = settings.ca.as_ref().map(std::fs::read).transpose();
        let ca = ca.map_err(|e| SetupError::Ca(e.to_string()))?;
        let cluster = Cluster::new(&settings, ca)?;
        let client = Client::new(&settings.login, credentials, Arc::clone(&clock), attempts);
        Ok(Self { settings, resource: resource.into(), clock, client: Arc::new(client), cluster: Arc::new(cluster) })
    }
}

#[async_trait]
impl Integration for Finesse {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
        wire::parse(record, received_at)
    }

    /// Everything in order: a later event of a person makes an earlier one old.
    fn order_of(&self, _record: &StoredRequest) -> Option<String> {
        Some(NAME.to_owned())
    }

    fn stream(&self) -> Option<&dyn Stream> {
        Some(self)
    }

    fn delivery(&self) -> Option<&dyn Delivery> {
        Some(self)
    }

    fn accounts(&self) -> Option<&dyn Accounts> {
        Some(self)
    }

    async fn check(&self) -> Vec<CheckStep> {
        self.check_steps().await
    }
}

#[cfg(test)]
mod tests;
