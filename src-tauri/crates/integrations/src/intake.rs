//! How the outside world's news comes in: a request is verified, redacted, stored, and only then understood.
//!
//! Deliberately not here: the listener (the server's), the inbox (the store's), and what the news leads to (the rules').

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method};
use pult_domain::{Answer, Instant, Observed, RecordId};
use serde::{Deserialize, Serialize};

use crate::{CallError, Reason};

/// An address a system calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method; `HEAD` is never routed here.
    pub method: &'static str,
    /// The path, `{name}` for a segment of any text.
    pub path: &'static str,
    /// A stable word for records and counters.
    pub name: &'static str,
    /// One line for the OpenAPI document.
    pub summary: &'static str,
    /// The largest body accepted, bytes; the listener's own limit applies as well.
    pub max_body: usize,
    /// Whether a browser page of another origin may call it (answered by the configured origins, never with credentials).
    pub cors: bool,
}

/// A request nobody vouches for yet. Its parts are readable by [`Webhook::verify`]; its meaning is not.
#[derive(Debug, Clone)]
pub struct Unverified {
    /// The route it came by.
    pub route: Route,
    /// The method as sent.
    pub method: Method,
    /// The path as sent, percent-encoded.
    pub path: String,
    /// The query as sent, without `?`.
    pub query: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Bytes,
    /// Who is at the other end, after trusted proxies.
    pub peer: IpAddr,
}

/// Why a request counts as genuine; stored with the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Verdict {
    /// A signature over the raw bytes fits.
    Signature {
        /// The client whose secret fits.
        client: String,
    },
    /// A shared key fits.
    Key {
        /// The client whose key it is.
        client: String,
    },
    /// The address is on the allow-list.
    Address,
    /// It never left this machine: a watched folder, an import, a console command.
    Local,
}

/// A request that was found genuine. Only [`Unverified::accept`] makes one, so forgetting to verify does not compile.
#[derive(Debug, Clone)]
pub struct Verified {
    request: Unverified,
    verdict: Verdict,
}

impl Unverified {
    /// Asks the integration for its verdict.
    ///
    /// # Errors
    /// The integration's reason for turning the request away.
    pub fn accept(self, webhook: &dyn Webhook, now: Instant) -> Result<Verified, Rejection> {
        let verdict = webhook.verify(&self, now)?;
        Ok(Verified { request: self, verdict })
    }

    /// The decoded value of a query parameter; the first where it is repeated.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes()).find(|(k, _)| k == name).map(|(_, v)| v.into_owned())
    }
}

impl Verified {
    /// The request.
    #[must_use]
    pub fn request(&self) -> &Unverified {
        &self.request
    }

    /// Why it counts as genuine.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }
}

/// Why a request is turned away before anything is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No key or signature: 401.
    #[error("no key or signature")]
    Missing,
    /// The key, signature or address is wrong: 403, or 401 where the contract says so.
    #[error("wrong key, signature or address")]
    Wrong,
    /// The signature is right and too old or too new: 403.
    #[error("outside the time window")]
    Stale,
    /// No secret has been set for this integration: 503, the administrator is told.
    #[error("not set up")]
    NotSetUp,
    /// A parameter is wrong: 400 with the field named.
    #[error("{field}: {reason}")]
    BadField {
        /// Which.
        field: &'static str,
        /// What is allowed.
        reason: String,
    },
}

/// What is kept of a request: everything needed to understand it again, nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRequest {
    /// [`Route::name`], or the poll's own word.
    pub route: String,
    /// The method.
    pub method: String,
    /// The path without secrets.
    pub path: String,
    /// Query parameters without secrets, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Headers worth keeping, secrets replaced by `***`.
    pub headers: Vec<(String, String)>,
    /// The body, secrets replaced.
    #[serde(skip)]
    pub body: Bytes,
}

impl StoredRequest {
    /// The value of a query parameter; the first where it is repeated.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
    }
}

/// Whether a genuine request is recorded at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It becomes a record.
    Record,
    /// It only looks: it is answered and leaves no trace.
    Glance(HttpAnswer),
}

/// When the sender is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// As soon as the record is safe.
    AtCommit,
    /// When the rules have decided, or after `limit` with what is known then.
    AtDecision {
        /// How long to wait.
        limit: Duration,
    },
    /// When the effects of the decision are settled, or after `limit`.
    AtSettled {
        /// How long to wait.
        limit: Duration,
    },
}

/// What became of a request by the time its sender is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is safe; nothing more is known (or asked).
    Committed {
        /// The record.
        record: RecordId,
    },
    /// The rules have decided.
    Decided {
        /// The record.
        record: RecordId,
        /// The answers of its facts, in order.
        answers: Vec<Answer>,
        /// Parts of a batch that could not be understood.
        rejected: Vec<RejectedRow>,
        /// Under [`Reply::AtSettled`], what has become by now of the effects that followed; empty otherwise.
        effects: Vec<Performed>,
    },
    /// The record is safe and could not be understood.
    NotUnderstood {
        /// The record.
        record: RecordId,
        /// Why.
        error: ParseError,
    },
    /// The record could not be made safe: the queue or the disk is full.
    NotRecorded,
}

/// An effect that followed from a request, as it stands when the sender is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Performed {
    /// [`pult_domain::Effect::kind`].
    pub kind: String,
    /// Whether it was done; `None` while it is still to be seen.
    pub done: Option<bool>,
}

/// What a person sees who follows a link to rate an issue (behaviour/ratings 2.2); the server words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RatingPage {
    /// Asks to confirm: following the link alone changes nothing.
    Confirm {
        /// How it would be rated.
        rate: pult_domain::areas::ratings::Rate,
        /// The issue's number.
        issue: String,
    },
    /// The rating is kept.
    Thanks,
    /// The rating is taken and will be kept soon.
    Accepted,
    /// It was rated before.
    Already,
    /// Nobody waits for a rating of this issue.
    NotAwaited,
    /// The link is not one of ours.
    WrongLink,
    /// The rating is none of the three.
    WrongRate,
    /// The service desk did not take it.
    NotSaved,
    /// We cannot take it at this moment.
    Later,
}

/// An answer in HTTP's words; the server turns links and pages into bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpAnswer {
    /// A JSON body.
    Json {
        /// The status code.
        status: u16,
        /// The body.
        body: serde_json::Value,
    },
    /// A page for whoever rates an issue.
    Rating {
        /// The status code.
        status: u16,
        /// What it says.
        page: RatingPage,
    },
    /// Bytes exactly as they are, for senders that compare them.
    Raw {
        /// The status code.
        status: u16,
        /// The header of the same name.
        content_type: &'static str,
        /// The body.
        body: Bytes,
    },
    /// A page that stands alone: nothing is loaded for it, and of what it holds only this style and this script are in force.
    Page {
        /// The status code.
        status: u16,
        /// The whole page, with `style` and `script` in elements of their own.
        html: Bytes,
        /// The content of its one style element.
        style: &'static str,
        /// The content of its one script element.
        script: &'static str,
    },
    /// 303 to the call card of a record.
    OpenCard {
        /// The record that began, or ended, the call.
        record: RecordId,
    },
    /// 303 to a card that shows what is known of a number.
    OpenNumber {
        /// The number as it was sent.
        ani: String,
    },
    /// The card with nothing but the number and the words that it was not recorded, 503.
    CardNotRecorded {
        /// The number as it was sent.
        ani: String,
    },
}

/// What a record means.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// What happened, in order.
    pub facts: Vec<Observed>,
    /// Parts of a batch that could not be understood.
    pub rejected: Vec<RejectedRow>,
}

/// A part of a batch that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// What is wrong with it, naming the field.
    pub error: String,
}

/// Why a record has no meaning for us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct ParseError {
    /// The field or place at fault; `body` when all of it is.
    pub field: String,
    /// What is wrong, without repeating the content.
    pub reason: Reason,
}

impl ParseError {
    /// What is wrong with a field or place.
    pub fn at(field: impl Into<String>, reason: Reason) -> Self {
        Self { field: field.into(), reason }
    }
}

/// Where a system calls us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doorway {
    /// At the listener of all hooks.
    Shared,
    /// At a listener of its own, where nothing else is answered; its routes are found nowhere else.
    Own {
        /// Address and port.
        bind: SocketAddr,
        /// The largest body, bytes; the hooks' own limit does not apply.
        max_body: usize,
    },
}

/// How a system calls us.
pub trait Webhook: Send + Sync {
    /// The addresses it calls.
    fn routes(&self) -> &'static [Route];

    /// Where those are.
    fn doorway(&self) -> Doorway {
        Doorway::Shared
    }

    /// Whether a listener of its own may be opened as things are: one that others can reach wants a key.
    ///
    /// # Errors
    /// Why not, and what a person does about it.
    fn may_open(&self) -> Result<(), String> {
        Ok(())
    }

    /// Whether the request is genuine, judged over its raw bytes, comparing in constant time.
    ///
    /// # Errors
    /// Why it is not.
    fn verify(&self, request: &Unverified, now: Instant) -> Result<Verdict, Rejection>;

    /// Whether it is to be recorded.
    fn admit(&self, _request: &Verified) -> Admission {
        Admission::Record
    }

    /// What may be kept of it.
    fn redact(&self, request: &Verified) -> StoredRequest;

    /// When its sender is answered.
    fn reply(&self, record: &StoredRequest) -> Reply;

    /// The answer in the words this sender understands.
    fn answer(&self, record: &StoredRequest, outcome: &Outcome) -> HttpAnswer;

    /// The answer to a request that was turned away.
    fn turn_away(&self, route: &Route, rejection: &Rejection) -> HttpAnswer;

    /// Origins allowed on routes with [`Route::cors`]; `*` for any.
    fn cors_origins(&self) -> &[String] {
        &[]
    }
}

/// How we ask a system for news.
#[async_trait]
pub trait Poll: Send + Sync {
    /// The usual pause between two rounds.
    fn every(&self) -> Duration;

    /// One page of news after the cursor. The cursor is opaque to the engine and committed together with the page's records,
    /// so a page is fetched again, and never skipped, when the commit did not happen; what was committed is acknowledged to
    /// the source by the next call's cursor.
    ///
    /// # Errors
    /// What to do next.
    async fn fetch(&self, cursor: Option<&str>, now: Instant) -> Result<Page, CallError>;
}

/// A page of news.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Records in the order they happened.
    pub records: Vec<StoredRequest>,
    /// Where to go on from; `None` keeps the old cursor.
    pub next_cursor: Option<String>,
    /// Whether to fetch again without a pause.
    pub more: bool,
}
