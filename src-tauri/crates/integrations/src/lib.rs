//! One folder for each outside system, and the transports they share.
//!
//! Deliberately not here: loops, retries, transactions, policy (the engine's) and SQL (the store's).

pub mod accounts;
pub mod delivery;
pub mod intake;
pub mod mailboxes;
pub mod probe;
pub mod rating_links;
pub mod reason;
pub mod stream;
pub mod transport;
pub mod verifier;

pub mod agencies;
pub mod bitrix24;
pub mod call_feed;
pub mod erp;
pub mod finesse;
pub mod intradesk;
pub mod okdesk;
pub mod pachca;
pub mod probes;
pub mod redmine;
pub mod staff;
pub mod telephony;
pub mod tracker;
pub mod xmpp;
pub mod yandex360;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod samples;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use pult_domain::{RecordId, areas::chat_link::FileLink};
use serde::{Deserialize, Serialize};

pub use accounts::{Accounts, KeyOwner, OwnUser, PersonKeys, SignInRefusal};
pub use delivery::{Asked, Attempt, CallError, Delivery, Exchange, LaneTerms, Limit, Method, Settled};
pub use intake::{
    Admission, Doorway, HttpAnswer, Outcome, Page, ParseError, Parsed, Performed, Poll, RatingPage, RejectedRow,
    Rejection, Reply, Route, StoredRequest, Unverified, Verdict, Verified, Webhook,
};
pub use mailboxes::{ArchiveMark, Mailbox, Mailboxes};
pub use probe::{ProbeOrder, Prober};
pub use reason::Reason;
pub use stream::{SessionReport, SessionState, Stream, StreamDesk, StreamItem, StreamOrder};
pub use verifier::{Member, Silence, Unavailable, Verifier};

/// Whether it can be known that everything a system has to tell has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// It is asked for what nobody told of: what was missed is found later.
    Asked,
    /// How things are is seen anew; what happened between two looks is known to be unknown.
    Looked,
    /// It tells once and cannot be asked: what got lost on the way is found nowhere.
    Unproven,
    /// It tells nothing by itself.
    Silent,
}

/// A connection to one outside system. It owns no loop, retry, transaction or policy; it answers what the engine asks.
#[async_trait]
pub trait Integration: Send + Sync {
    /// The name used in settings, addresses, records and the console.
    fn name(&self) -> &'static str;

    /// What the meaning of a stored record is. Called for every record whatever brought it here, and again by replay and
    /// preview, so it must depend on the record alone.
    ///
    /// # Errors
    /// When the record cannot be understood as a whole; a bad part of a batch goes to [`Parsed::rejected`] instead.
    fn parse(&self, record: &StoredRequest, received_at: pult_domain::Instant) -> Result<Parsed, ParseError>;

    /// Records with the same text here are decided in the order they came, even when somebody waits for a later one.
    fn order_of(&self, _record: &StoredRequest) -> Option<String> {
        None
    }

    /// The records a file of this system becomes, where its files are taken in; `None` for a file that is not.
    fn of_file(&self, _name: &str, _content: &[u8]) -> Option<Vec<StoredRequest>> {
        None
    }

    /// Requests this system sends to us.
    fn webhook(&self) -> Option<&dyn Webhook> {
        None
    }

    /// Where we go and ask for news.
    fn poll(&self) -> Option<&dyn Poll> {
        None
    }

    /// A session in which it keeps telling us.
    fn stream(&self) -> Option<&dyn Stream> {
        None
    }

    /// Whether everything it has to tell is known to have come.
    fn completeness(&self) -> Completeness {
        match (self.poll(), self.stream(), self.webhook()) {
            (Some(_), ..) => Completeness::Asked,
            (None, Some(_), _) => Completeness::Looked,
            (None, None, Some(_)) => Completeness::Unproven,
            (None, None, None) => Completeness::Silent,
        }
    }

    /// What we can do there.
    fn delivery(&self) -> Option<&dyn Delivery> {
        None
    }

    /// Accounts of people's own, which their acts there are done with.
    fn accounts(&self) -> Option<&dyn Accounts> {
        None
    }

    /// The address of the page on which people read a ticket of this system, `{id}` for its number.
    fn page_of_tickets(&self) -> Option<String> {
        None
    }

    /// The address of the page on which people read a task of this system: `{id}` stands for its number, `{person}` for that of whoever is
    /// responsible.
    fn page_of_tasks(&self) -> Option<String> {
        None
    }

    /// Keys of people's own, which their acts there are done with.
    fn person_keys(&self) -> Option<&dyn PersonKeys> {
        None
    }

    /// Whether a password is somebody's, where people sign in by what this system says.
    fn verifier(&self) -> Option<&dyn Verifier> {
        None
    }

    /// Files that are attached to something there.
    fn attachments(&self) -> Option<&dyn Attachments> {
        None
    }

    /// The "Check" button: tries the connection without changing anything there.
    async fn check(&self) -> Vec<CheckStep>;
}

/// A connected integration, shared by intake, lanes and the console.
pub type Shared = Arc<dyn Integration>;

/// Whether the records of an integration tell of callers, so that they are shown to those alone who may see the calls.
#[must_use]
pub fn tells_of_calls(name: &str) -> bool {
    [call_feed::NAME, telephony::NAME].contains(&name)
}

/// Every integration there is, by its name: the one list a new folder is added to.
#[must_use]
pub fn names() -> &'static [&'static str] {
    &[
        agencies::NAME,
        bitrix24::NAME,
        call_feed::NAME,
        erp::NAME,
        finesse::NAME,
        intradesk::NAME,
        okdesk::NAME,
        pachca::NAME,
        redmine::NAME,
        staff::NAME,
        telephony::NAME,
        tracker::NAME,
        xmpp::NAME,
        yandex360::NAME,
    ]
}

/// One thing a check found, in the order tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckStep {
    /// What was tried, as a code of the console's texts, for instance `sign_in`.
    pub step: &'static str,
    /// Whether it works.
    pub ok: bool,
    /// What was seen, without secrets.
    pub detail: String,
    /// What settings may be chosen from, where the step found it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<CheckChoice>,
    /// The certificate a person may have to decide about, where the step looked at one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Box<CheckCertificate>>,
}

/// A certificate as one node showed it, for a person who decides whether it is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckCertificate {
    /// The node's host: an accepted certificate is good for it alone.
    pub node: String,
    /// Whose it says it is.
    pub subject: String,
    /// Who vouches.
    pub issuer: String,
    /// The names it is for.
    pub names: Vec<String>,
    /// From when, milliseconds of Unix time.
    pub not_before: Option<i64>,
    /// Until when, milliseconds of Unix time.
    pub not_after: Option<i64>,
    /// It is valid now.
    pub valid: bool,
    /// It is for this node.
    pub named: bool,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// SHA-256 of those accepted for this node, hexadecimal.
    pub accepted: Vec<String>,
    /// Why it is not trusted: `untrusted`, `changed`, `expired` or `other_name`; absent when it is.
    pub problem: Option<String>,
}

/// Something of the other side that a setting names by its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckChoice {
    /// Its number there.
    pub value: i64,
    /// What people call it.
    pub name: String,
}

impl CheckStep {
    /// A step that works.
    #[must_use]
    pub fn good(step: &'static str, detail: impl Into<String>) -> Self {
        Self { step, ok: true, detail: detail.into(), choices: vec![], certificate: None }
    }

    /// A step that does not.
    #[must_use]
    pub fn bad(step: &'static str, detail: impl Into<String>) -> Self {
        Self { step, ok: false, detail: detail.into(), choices: vec![], certificate: None }
    }

    /// The same with what settings may be chosen from.
    #[must_use]
    pub fn with_choices(self, choices: Vec<CheckChoice>) -> Self {
        Self { choices, ..self }
    }

    /// The same with the certificate it looked at.
    #[must_use]
    pub fn with_certificate(self, certificate: CheckCertificate) -> Self {
        Self { certificate: Some(Box::new(certificate)), ..self }
    }
}

/// Gives back what a record came with, for an effect that needs more of it than its facts hold.
#[async_trait]
pub trait Bodies: Send + Sync {
    /// The body of a record as it is kept; `None` once it is erased or too old.
    async fn body(&self, record: RecordId) -> Option<Bytes>;
}

/// Gives what is attached to something at one system, for another that is to have a copy of it.
#[async_trait]
pub trait Attachments: Send + Sync {
    /// The content of a file, by its vendor's own words for it.
    ///
    /// # Errors
    /// [`CallError::Refused`] where it is gone, longer than `at_most` bytes, or must not be had; else what to do next.
    async fn fetch(&self, file: &FileLink, at_most: u64) -> Result<Bytes, CallError>;
}

/// Files that people of the console want to attach somewhere.
#[async_trait]
pub trait Uploads: Send + Sync {
    /// The bytes of a file, by its SHA-256.
    ///
    /// # Errors
    /// [`CallError::Refused`] where it is no longer kept.
    async fn bytes(&self, sha256: &str) -> Result<Bytes, CallError>;
}

/// What is known of another connection without asking anybody.
pub trait Standing: Send + Sync {
    /// Whether it worked when it was last used; `None` while nobody has used it.
    fn of(&self, integration: &str) -> Option<bool>;
}

/// Reads one secret by its dotted name at the moment it is needed, so that a changed secret works without a restart.
pub trait Credentials: Send + Sync {
    /// The secret, or `None` when it has not been set.
    fn secret(&self, name: &str) -> Option<String>;
}
