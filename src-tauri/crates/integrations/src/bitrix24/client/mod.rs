//! The one way to call the portal: whoever asks, the same address, bounds, pace and reading of answers
//! (contracts/bitrix24 1 to 5 and 7).
//!
//! The address of an incoming webhook is a credential as a whole, so nothing of its path is ever shown. Deliberately not here: what is
//! asked for and why, and another attempt (the lane's).

mod address;
mod answer;
mod batch;
mod links;
mod pace;
mod pages;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ::http::header::ACCEPT;
use jiff::SignedDuration;
use pult_domain::{Failure, Instant};
use reqwest::Method;
use serde_json::Value;
use tokio::{sync::Notify, time::Instant as Tick};
use url::Url;

use crate::{
    CallError, Credentials, Exchange,
    transport::{
        Clock,
        http::{self, SetupError},
        mask::Mask,
    },
};

pub use self::{
    answer::{Success, Trouble, read},
    batch::{Command, MAX_COMMANDS, Ran},
    pages::{First, Listing, PAGE},
};

use self::{
    links::without_links,
    pace::{Pace, Wait},
};

/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest a request may take.
pub const TOTAL: Duration = Duration::from_secs(30);
/// The longest a request may take that carries a file.
pub const UPLOAD: Duration = Duration::from_secs(120);
/// The longest wait for a place among the requests; whoever would wait longer is asked to come back, with nothing sent.
pub const QUEUE: Duration = Duration::from_secs(5);
/// The largest answer, bytes.
const MAX_ANSWER: usize = 8 * 1024 * 1024;
/// How long a method rests that used up its time, where the portal never said how long.
const REST: Duration = Duration::from_secs(60);
/// The longest a method rests.
const LONGEST_REST: Duration = Duration::from_secs(60 * 60);

/// The portal's code for a full bucket.
const BUCKET_FULL: &str = "QUERY_LIMIT_EXCEEDED";
/// The portal's code for a method that used up its time.
const TIME_USED_UP: &str = "OPERATION_TIME_LIMIT";

/// Whose webhook a call goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// The one that finds people.
    Users,
    /// The one that writes messages.
    Messages,
    /// The one that works with tasks; its secret is the whole address.
    Tasks,
}

impl Key {
    /// The secret's name.
    #[must_use]
    pub fn secret(self) -> &'static str {
        match self {
            Self::Users => "ratings.bitrix_user_key",
            Self::Messages => "ratings.bitrix_message_key",
            Self::Tasks => "erp.bitrix_webhook",
        }
    }
}

/// Whether a call may be made again when nobody knows what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// It only reads, or changes nothing more when it is done twice.
    Repeatable,
    /// Done twice it is two things.
    Once,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    key: Key,
    method: &'static str,
    intent: Intent,
    params: Value,
    /// Texts among the parameters that nobody may see.
    secrets: Vec<String>,
    /// The longest it may take.
    total: Duration,
}

impl Call {
    /// A call that may be repeated.
    #[must_use]
    pub fn repeatable(key: Key, method: &'static str, params: Value) -> Self {
        Self { key, method, intent: Intent::Repeatable, params, secrets: vec![], total: TOTAL }
    }

    /// A call that must not be repeated blindly.
    #[must_use]
    pub fn once(key: Key, method: &'static str, params: Value) -> Self {
        Self { intent: Intent::Once, ..Self::repeatable(key, method, params) }
    }

    /// The same call, in whose exchange these texts are hidden.
    #[must_use]
    pub fn hiding(mut self, secrets: impl IntoIterator<Item = String>) -> Self {
        self.secrets.extend(secrets);
        self
    }

    /// The same call, which may take so long.
    #[must_use]
    pub fn within(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }
}

/// What is known of a method's time.
#[derive(Debug, Clone, Copy, Default)]
struct Budget {
    /// When the oldest bucket is emptied, by the last good answer.
    reset_at: Option<Instant>,
    /// The method rests until then.
    frozen_until: Option<Instant>,
}

/// The portal behind its address.
pub struct Client {
    http: http::Client,
    base: Url,
    credentials: Arc<dyn Credentials>,
    clock: Clock,
    since: Tick,
    pace: Mutex<Pace>,
    /// Told when a request has ended.
    ended: Notify,
    /// By webhook and method; the methods are those written in this program.
    budgets: Mutex<HashMap<(Key, &'static str), Budget>>,
}

/// A place among the requests under way, given back when dropped.
struct Place<'c>(&'c Client);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.pace().ended();
        self.0.ended.notify_waiters();
    }
}

impl Client {
    /// A client of the portal at `base`, `https://<portal>/rest/<user id>/`, asking at most `rate` times a second and `burst` times
    /// at once. Keys are read from `credentials` at each call; `clock` tells when a method's rest is over.
    ///
    /// # Errors
    /// When the address cannot be one of a webhook, or no client can be made. Plain http is accepted on this machine only.
    pub fn new(
        base: Url,
        (rate, burst): (u32, u32),
        ca: Option<Vec<u8>>,
        credentials: Arc<dyn Credentials>,
        clock: Clock,
    ) -> Result<Self, SetupError> {
        let wrong = |what: &str| Err(SetupError::Client(format!("the address of the portal {what}")));
        if !(base.scheme() == "https" || base.scheme() == "http" && http::is_this_machine(&base)) {
            return wrong("is not https");
        }
        if base.query().is_some() || base.fragment().is_some() || !base.username().is_empty() {
            return wrong("has more than a host and a path");
        }
        let owner = base.path_segments().and_then(|mut path| path.rfind(|part| !part.is_empty()));
        if !owner.is_some_and(|owner| owner.bytes().all(|b| b.is_ascii_digit())) {
            return wrong(
                "does not end with the number of the webhook's owner; the key after it belongs to the secrets",
            );
        }
        let options = http::Options { connect: CONNECT, total: TOTAL, max_body: MAX_ANSWER, ca };
        Ok(Self {
            http: http::Client::new(&options)?,
            base,
            credentials,
            clock,
            since: Tick::now(),
            pace: Mutex::new(Pace::new(rate, burst)),
            ended: Notify::new(),
            budgets: Mutex::default(),
        })
    }

    /// Calls a method once. What was said is added to `exchanges`; nothing is, where nothing was sent.
    ///
    /// # Errors
    /// What to do next. What was not sent is never said to be in doubt.
    pub async fn call(&self, call: &Call, exchanges: &mut Vec<Exchange>) -> Result<Success, Trouble> {
        self.is_rested(call.key, call.method)?;
        let outcome = self.send(call, exchanges).await;
        self.note(call.key, call.method, &outcome);
        outcome
    }

    async fn send(&self, call: &Call, exchanges: &mut Vec<Exchange>) -> Result<Success, Trouble> {
        let (url, hidden_parts) = self.address(call.key, call.method)?;
        let secrets = call.secrets.iter().chain(&hidden_parts).map(String::as_str);
        let mask = Mask::new(secrets);
        let request = self.http.request(Method::POST, url).timeout(call.total);
        let request = request.header(ACCEPT, "application/json").json(&call.params);
        let request = request.build().map_err(|_| CallError::Refused {
            reason: "the address cannot be asked".to_owned(),
            why: Failure::Refused,
        })?;
        let place = self.place().await?;
        let mut said = self.http.send(request, &mask).await;
        without_links(&mut said.exchange.response);
        let status = said.exchange.status;
        exchanges.push(said.exchange);
        let outcome = match (said.whole, said.outcome) {
            (Some(answer), _) => read(&answer, call.method, call.intent),
            (None, Err(error)) => Err(without_answer(error, status, call.intent).into()),
            (None, Ok(answer)) => read(&answer, call.method, call.intent),
        };
        let outcome = self.heed_pace(outcome);
        drop(place);
        // The portal's words may repeat what it was sent.
        outcome.map_err(|trouble| Trouble { error: hidden(trouble.error, &mask), ..trouble })
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn place(&self) -> Result<Place<'_>, CallError> {
        let longest = self.now() + u64::try_from(QUEUE.as_millis()).unwrap_or(0);
        let later = |ms: u64| CallError::Retry {
            after: Some(Duration::from_millis(ms.max(1))),
            detail: "the portal is asked as often as it allows".to_owned(),
        };
        loop {
            // Before looking, so that an end in between is not missed.
            let ended = self.ended.notified();
            let now = self.now();
            let wait = match self.pace().take(now) {
                Ok(()) => return Ok(Place(self)),
                Err(wait) => wait,
            };
            match wait {
                Wait::Until(until) if until > longest => return Err(later(until - now)),
                Wait::Until(until) => tokio::time::sleep(Duration::from_millis(until - now)).await,
                Wait::Another => {
                    let left = Duration::from_millis(longest.saturating_sub(now));
                    tokio::time::timeout(left, ended).await.map_err(|_| later(1_000))?;
                }
            }
        }
    }

    /// Lets the pace know what was answered, and says how long it wants to wait.
    fn heed_pace(&self, outcome: Result<Success, Trouble>) -> Result<Success, Trouble> {
        match outcome {
            Err(Trouble { code, error: CallError::Retry { detail, .. } }) if code == BUCKET_FULL => {
                let after = Some(self.pace().refused(self.now(), rand::random()));
                Err(Trouble { code, error: CallError::Retry { after, detail } })
            }
            Ok(_) | Err(Trouble { error: CallError::Refused { .. } | CallError::Unauthorized { .. }, .. }) => {
                self.pace().answered();
                outcome
            }
            Err(_) => outcome,
        }
    }

    fn budgets(&self) -> MutexGuard<'_, HashMap<(Key, &'static str), Budget>> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a method may be called. Where it rests, no time is named: the lane would take it for the whole portal's.
    fn is_rested(&self, key: Key, method: &'static str) -> Result<(), Trouble> {
        let until = self.budgets().get(&(key, method)).and_then(|budget| budget.frozen_until);
        match until.filter(|until| *until > (self.clock)()) {
            Some(until) => {
                let detail = format!("{method} has used up its time at the portal and rests until {until}");
                Err(Trouble { code: TIME_USED_UP.to_owned(), error: CallError::Retry { after: None, detail } })
            }
            None => Ok(()),
        }
    }

    /// Remembers what an answer says of its method's time.
    fn note(&self, key: Key, method: &'static str, outcome: &Result<Success, Trouble>) {
        let now = (self.clock)();
        let later = |pause: Duration| {
            let pause = SignedDuration::try_from(pause.min(LONGEST_REST)).unwrap_or(SignedDuration::ZERO);
            now.checked_add(pause).unwrap_or(now)
        };
        match outcome {
            Ok(Success { reset_in: Some(reset_in), .. }) => {
                self.budgets().entry((key, method)).or_default().reset_at = Some(later(*reset_in));
            }
            Err(trouble) if trouble.code == TIME_USED_UP => {
                let mut budgets = self.budgets();
                let budget = budgets.entry((key, method)).or_default();
                // Already resting: it was not even asked.
                if budget.frozen_until.is_none_or(|until| until <= now) {
                    budget.frozen_until = Some(budget.reset_at.filter(|reset| *reset > now).unwrap_or(later(REST)));
                }
            }
            _ => {}
        }
    }
}

/// What it means that no whole answer came.
fn without_answer(error: CallError, status: Option<u16>, intent: Intent) -> CallError {
    match (error, status) {
        // It was there and began to answer.
        (CallError::Unreachable { detail }, Some(500..)) => answer::failed(detail, intent),
        (CallError::OutcomeUnknown { detail }, _) => answer::failed(detail, intent),
        (other, _) => other,
    }
}

fn hidden(error: CallError, mask: &Mask) -> CallError {
    let hide = |text: String| mask.hide(&text).into_owned();
    match error {
        CallError::Retry { after, detail } => CallError::Retry { after, detail: hide(detail) },
        CallError::Locked { detail } => CallError::Locked { detail: hide(detail) },
        CallError::Unauthorized { detail } => CallError::Unauthorized { detail: hide(detail) },
        CallError::Refused { reason, why } => CallError::Refused { reason: hide(reason), why },
        CallError::Unreachable { detail } => CallError::Unreachable { detail: hide(detail) },
        CallError::OutcomeUnknown { detail } => CallError::OutcomeUnknown { detail: hide(detail) },
    }
}
