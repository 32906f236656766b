//! The accounting system (1C): it posts documents and compares our answers byte by byte (behaviour/erp_tasks 2, 3).
//!
//! It has a listener of its own, on which nothing else is answered. Deliberately not here: whom the tasks go to and when a document
//! is done (the rules of documents), and the portal they are made at (its own folder).

mod docs;
mod fields;
mod files;
mod intake;
mod moment;
mod wire;
mod words;

use std::{net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use pult_domain::{Fact, FactKey, Instant, Observed, areas::erp};

use crate::{
    CheckStep, Credentials, Integration, ParseError, Parsed, Standing, StoredRequest, Webhook, transport::mask::Mask,
};

/// The integration's name.
pub const NAME: &str = "erp";
/// Two requests to begin with, `full` and `minimal`: the page of the listener and Settings show them to copy.
pub const SAMPLES: &str = include_str!("../../../../../assets/samples/erp_request.json");

/// The secret the sender presents.
const API_KEY: &str = "erp.api_key";
/// The secret of the portal, which no text that is sent may hold.
const PORTAL: &str = "erp.bitrix_webhook";
/// A secret shorter than this could be a part of any text, so it is not looked for in what is told.
const TELLING: usize = 8;
/// Letters of a reason that are told.
const LONGEST_REASON: usize = 2_000;

/// Settings, without secrets: the sender's key is `erp.api_key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether anything is accepted at all.
    pub enabled: bool,
    /// Where its listener is.
    pub bind: SocketAddr,
    /// How long the sender waits for the outcome, seconds.
    pub sync_timeout_s: u32,
    /// The largest document with its files, MiB.
    pub max_body_mb: u32,
    /// The connection that makes the tasks, by its name: how it is, is told to whoever asks how we are.
    pub portal: &'static str,
}

/// The connection to the accounting system.
pub struct Erp {
    settings: Settings,
    credentials: Arc<dyn Credentials>,
    standing: Arc<dyn Standing>,
    docs: Bytes,
}

impl Erp {
    /// A connection. Secrets are read from `credentials` at each use, how the portal is from `standing`.
    #[must_use]
    pub fn new(settings: Settings, credentials: Arc<dyn Credentials>, standing: Arc<dyn Standing>) -> Self {
        let docs = docs::page(&settings);
        Self { settings, credentials, standing, docs }
    }

    fn key(&self) -> Option<String> {
        self.credentials.secret(API_KEY).filter(|key| !key.is_empty())
    }

    /// Whether only this machine can call.
    fn is_local(&self) -> bool {
        self.settings.bind.ip().to_canonical().is_loopback()
    }

    /// What the sender is told of a trouble: without secrets, and not endless.
    fn told(&self, trouble: &erp::Trouble) -> String {
        let portal = self.credentials.secret(PORTAL).unwrap_or_default();
        // The address is the secret, and its last part alone opens as much.
        let end = portal.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        let key = self.key().unwrap_or_default();
        let mask = Mask::new([portal.as_str(), &end, &key].into_iter().filter(|secret| secret.len() >= TELLING));
        let text = words::of(trouble);
        mask.hide(&text).chars().take(LONGEST_REASON).collect()
    }
}

/// The content of the file at a place, from 0, among the files of a document as it was sent; `None` where there is none.
#[must_use]
pub fn file_content(body: &[u8], place: usize) -> Option<Vec<u8>> {
    wire::file_content(body, place)
}

#[async_trait]
impl Integration for Erp {
    fn name(&self) -> &'static str {
        NAME
    }

    /// The sender has no ids of requests: each time a document is sent is a record of its own, and the rules know it by its id.
    fn parse(&self, record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
        let document = Box::new(wire::document(&record.body)?);
        let fact = Fact::Erp(erp::Fact::Requested { document });
        Ok(Parsed { facts: vec![Observed { key: FactKey::from(""), at: received_at, fact }], rejected: vec![] })
    }

    /// What is sent of one document stays in order.
    fn order_of(&self, record: &StoredRequest) -> Option<String> {
        wire::id_of(&record.body).map(|id| format!("{NAME}:{id}"))
    }

    fn webhook(&self) -> Option<&dyn Webhook> {
        Some(self)
    }

    async fn check(&self) -> Vec<CheckStep> {
        let bind = self.settings.bind;
        vec![
            match (self.key(), self.is_local()) {
                (Some(_), true) => CheckStep::good("api_key", format!("{bind}: a key has been set")),
                (None, true) => CheckStep::good("api_key", format!("{bind}: this machine only, so no key is needed")),
                (Some(_), false) => CheckStep::good(
                    "api_key",
                    format!("{bind}: a key has been set; it crosses the network readably, so keep to one you trust"),
                ),
                (None, false) => CheckStep::bad("api_key", self.refusal()),
            },
            match self.standing.of(self.settings.portal) {
                Some(true) => CheckStep::good("portal", "it worked when it was last used"),
                Some(false) => CheckStep::bad("portal", "it did not work when it was last used: check its connection"),
                None => CheckStep::good("portal", "not used since the start: check its own connection"),
            },
        ]
    }
}

impl Erp {
    /// Why the listener stays closed where others could reach it and no key has been set.
    fn refusal(&self) -> String {
        let bind = self.settings.bind;
        format!(
            "{bind} can be reached from other machines, and no key has been set: set the secret {API_KEY}, or bind to 127.0.0.1"
        )
    }
}

#[cfg(test)]
mod tests;
