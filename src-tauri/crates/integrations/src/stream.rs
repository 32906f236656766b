//! How a system keeps telling us: a session held open, and reads made to keep the picture whole.
//!
//! What a session does next is decided by a pure state machine in the vendor's folder; its `run` only carries that out. What comes is
//! handed on in order and understood by [`crate::Integration::parse`]. Deliberately not here: starting a session again after a
//! crash, deciding about what came, and telling the console (the engine's).

use std::sync::Arc;

use async_trait::async_trait;
use pult_domain::{Area, Instant, Observed, areas::messages::Account};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::StoredRequest;

/// What a stream hands on, in order.
#[derive(Debug, Clone)]
pub enum StreamItem {
    /// Something the system said; [`crate::Integration::parse`] knows what it means.
    Heard(Box<StoredRequest>),
    /// Something the session itself saw, for instance that it can no longer be relied on.
    Noted(Box<Observed>),
    /// How the session is; shown as a banner, kept nowhere.
    Session(Box<SessionReport>),
    /// How a person's own session is, where a stream holds several; kept nowhere. `None`: there is none any more.
    Personal(Account, Option<Box<SessionReport>>),
}

/// What a person asks of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamOrder {
    /// Read the whole picture anew; obeyed at most once in 5 s. A stream that holds people's own sessions looks whose they are.
    Refresh,
    /// Take the session over from whoever holds it, or try again after a stop that waits for a person.
    Connect,
}

/// What a stream is given to work with.
pub struct StreamDesk {
    /// Where everything goes. Bounded: when it is full the session drops what it holds, reads the picture anew and says so.
    pub out: mpsc::Sender<StreamItem>,
    /// What people ask.
    pub orders: mpsc::Receiver<StreamOrder>,
    /// The wall clock; waiting is the runtime's.
    pub now: Arc<dyn Fn() -> Instant + Send + Sync>,
    /// The signal to say good-bye and end.
    pub stop: CancellationToken,
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, strum::AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SessionState {
    /// Nothing is reached; the next try is at [`SessionReport::retry_at`].
    Offline,
    /// Looking for a node that is in service.
    Probing,
    /// Showing our credentials.
    Authenticating,
    /// Opening the notification stream.
    Connecting,
    /// Subscribing and reading the picture.
    Syncing,
    /// Everything is heard as it happens.
    Live,
    /// The picture is read at intervals because the notification stream cannot be had.
    Polling,
    /// The node says that it is not in service.
    OutOfService,
    /// Our credentials are wrong. Nothing more is sent until a person has changed them.
    AuthFailed,
    /// The node's certificate is not trusted, or has changed. Nothing is sent until a person has decided.
    CertProblem,
    /// Another session with our name took over. Nothing more is sent until a person asks.
    Conflict,
    /// The system wants a way of signing in that we do not have.
    SsoUnsupported,
    /// The account may see only itself.
    NoRights,
}

impl SessionState {
    /// Whether what is shown can be relied on.
    #[must_use]
    pub fn is_heard(self) -> bool {
        matches!(self, Self::Live | Self::Polling | Self::NoRights)
    }
}

/// A session as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct SessionReport {
    /// How far it is.
    pub state: SessionState,
    /// The host it speaks, or last spoke, with.
    pub node: Option<String>,
    /// Set when the session went on at another node than before.
    pub switched: bool,
    /// By which way it hears, for instance `websocket:8445`; shown to administrators.
    pub transport: Option<String>,
    /// What was seen, for a person who looks closer; without secrets.
    pub detail: String,
    /// A code of the console's texts for what stands in the way: `dns`, `refused`, `timeout`, `tls`, `http_401`, `http_503`, …
    pub cause: Option<String>,
    /// When the next try is due, milliseconds UTC.
    #[ts(type = "number | null")]
    pub retry_at: Option<i64>,
    /// Since when it is so, milliseconds UTC.
    #[ts(type = "number")]
    pub since: i64,
    /// What the deployment can do, as codes of the console's texts, for instance `queues`, `not_ready`.
    pub features: Vec<String>,
    /// What the system's clock shows less what ours does, milliseconds.
    #[ts(type = "number")]
    pub clock_offset_ms: i64,
}

/// A system that holds a session open with us.
#[async_trait]
pub trait Stream: Send + Sync {
    /// Holds sessions, one after another as the vendor's policy says, until told to stop. Returns early only when nothing can be done without
    /// a changed configuration.
    async fn run(&self, desk: StreamDesk);

    /// The area its news belong to: what is drawn anew when a session is another than before.
    fn area(&self) -> Area;

    /// What is noted when the holding of sessions has ended, however it did: for instance that nothing is watched any more.
    fn lost(&self, _at: Instant) -> Option<Observed> {
        None
    }
}
