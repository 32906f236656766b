//! The messenger of the bridge: what people write, press and fill in there, and what our bot says (contracts/pachca,
//! behaviour/chat_tracker).
//!
//! Deliberately not here: what becomes of it (the rule of conversations), and the tracker.

mod attachments;
mod check;
mod client;
mod delivery;
mod events;
mod form;
mod intake;
mod message;
mod people;
mod poll;
mod recent;
mod reply;
mod text;
mod trouble;
mod wire;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use ipnet::IpNet;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    Attachments, CheckStep, Credentials, Delivery, Integration, ParseError, Parsed, Poll, StoredRequest, Webhook,
    transport::{Clock, http as web},
};

use self::{attachments::Shelf, client::Client, people::Book, recent::Recent};

/// The integration's name.
pub const NAME: &str = "pachca";
/// Where its API is (contracts/pachca 1).
pub const BASE: &str = "https://api.pachca.com/api/shared/v1";

/// The secret that the messenger is asked with.
const TOKEN: &str = "ct.pachca_token";
/// The secret that its events are signed with.
const WEBHOOK_SECRET: &str = "ct.webhook_secret";
/// The largest answer of the API, bytes.
const MAX_ANSWER: usize = 4 * 1024 * 1024;
/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// Settings, without secrets: those are `ct.pachca_token` and `ct.webhook_secret`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The address that the paths of the API are appended to; `https`, except on this machine.
    pub base: Url,
    /// What stands behind `@` in the addresses of people whose logins the tracker mentions; empty where a login alone must do.
    #[serde(default)]
    pub email_domain: String,
    /// How old an event may be, seconds; 1 to 600.
    #[serde(default = "sixty")]
    pub window_s: u32,
    /// Networks that events may come from; any where none is named.
    #[serde(default)]
    pub allow_addresses: Vec<IpNet>,
    /// Hosts, each with all below it, that files are fetched from, besides those the messenger itself named since the start.
    #[serde(default)]
    pub file_hosts: Vec<String>,
    /// The largest file that is copied into a message, MB.
    #[serde(default = "twenty_five")]
    pub max_file_mb: u32,
    /// The most messages a second into one chat.
    #[serde(default = "three")]
    pub chat_rate_per_second: u32,
    /// The most readings a second.
    #[serde(default = "eight")]
    pub read_rate_per_second: u32,
    /// The pause between two looks into the history of events, seconds; 0 for none.
    #[serde(default = "sixty")]
    pub poll_s: u32,
    /// A PEM file of certificates trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

fn three() -> u32 {
    3
}

fn eight() -> u32 {
    8
}

fn twenty_five() -> u32 {
    25
}

fn sixty() -> u32 {
    60
}

impl Settings {
    /// The usual terms for the API at `base`.
    #[must_use]
    pub fn new(base: Url) -> Self {
        Self {
            base,
            email_domain: String::new(),
            window_s: sixty(),
            allow_addresses: vec![],
            file_hosts: vec![],
            max_file_mb: twenty_five(),
            chat_rate_per_second: three(),
            read_rate_per_second: eight(),
            poll_s: sixty(),
            ca: None,
        }
    }
}

/// The connection to the messenger.
pub struct Pachca {
    settings: Settings,
    credentials: Arc<dyn Credentials>,
    clock: Clock,
    client: Client,
    book: Book,
    recent: Recent,
    shelf: Shelf,
}

impl Pachca {
    /// A connection. Secrets are read from `credentials` at each use; `clock` dates what is found out; `files` gives what is attached to
    /// comments that are copied into a conversation.
    ///
    /// # Errors
    /// When the address is neither `https` nor on this machine, the certificates cannot be read, or no client can be made.
    pub fn new(
        settings: Settings,
        credentials: Arc<dyn Credentials>,
        clock: Clock,
        files: Arc<dyn Attachments>,
    ) -> Result<Self, web::SetupError> {
        // The token goes with every request: it must not cross a network in the open.
        if !is_safe(&settings.base, &settings.base) {
            return Err(web::SetupError::Client("the address of the messenger is not https".to_owned()));
        }
        let ca = settings.ca.as_ref().map(std::fs::read).transpose();
        let http = web::Client::new(&web::Options {
            connect: CONNECT,
            total: client::LONGEST,
            max_body: MAX_ANSWER,
            ca: ca.map_err(|e| web::SetupError::Ca(e.to_string()))?,
        })?;
        let shelf = Shelf::new(http.clone(), files);
        let client = Client::new(http, &settings, Arc::clone(&credentials));
        let (book, recent) = (Book::default(), Recent::default());
        Ok(Self { settings, credentials, clock, client, book, recent, shelf })
    }

    fn webhook_secret(&self) -> Option<String> {
        self.credentials.secret(WEBHOOK_SECRET).filter(|secret| !secret.is_empty())
    }

    fn now(&self) -> Instant {
        (self.clock)()
    }
}

/// Whether something may be said to an address: nobody on the way can read it, or there is no way, as there is none to the API itself.
fn is_safe(url: &Url, base: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => web::is_this_machine(url) && web::is_this_machine(base),
        _ => false,
    }
}

#[async_trait]
impl Integration for Pachca {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
        // Who somebody is that something became of is read again when it is needed next; the meaning has nothing of that.
        self.book.forget(&events::people_of(&record.body));
        events::meaning(record, received_at)
    }

    /// What is said in one chat is decided in the order it came.
    fn order_of(&self, record: &StoredRequest) -> Option<String> {
        events::chat_of(&record.body).map(|chat| format!("{NAME}:{chat}"))
    }

    fn webhook(&self) -> Option<&dyn Webhook> {
        Some(self)
    }

    fn poll(&self) -> Option<&dyn Poll> {
        (self.settings.poll_s > 0).then_some(self as &dyn Poll)
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
