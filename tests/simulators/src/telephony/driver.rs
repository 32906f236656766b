//! Performs generated calls against a Pult over real HTTP: Vilnius through the legacy or the signed hook, Moscow
//! through the live feed. Misbehaviour is in `mischief`. It follows no redirect and never goes to another
//! origin than the one it was given. What happens is decided by the generators, not here.

use std::{sync::Arc, time::Duration};

use jiff::{Span, Timestamp, tz::TimeZone};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header, redirect::Policy};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep_until};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    moscow::{self, Report, Reports},
    pace::Pace,
    send::{SharedTally, Silence, send},
    sign::{SIGNATURE_HEADER, TIMESTAMP_HEADER, signature},
    tally::{Kind, Tally},
    vilnius,
};
use crate::{
    catalogue::{self, Agency},
    clock::Clock,
    secret::{Keyring, Secret},
};

/// Calls of Vilnius that may be open at once; more are dropped and counted as lost.
const OPEN_CALLS: usize = 512;
/// Rows of a live batch.
const LIVE_BATCH: usize = 20;
/// How long a live batch gathers rows after its first.
const GATHERING: Duration = Duration::from_secs(1);
/// Rows of a back-fill batch: the most the contract allows.
const BACKFILL_BATCH: usize = 500;

/// The longest back-fill, days.
const MOST_DAYS: u32 = 3_660;

/// How Vilnius reports its calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hook {
    /// `GET /contact-center/vilnius/tel/` with the key in the query; themes go to the card's page.
    #[default]
    Legacy,
    /// `POST /hooks/telephony`, signed.
    Signed,
}

/// Whom to call, and how.
#[derive(Clone, Debug)]
pub struct Target {
    /// Address of the Pult, without a path.
    pub pult: Url,
    /// The keys for it.
    pub keys: Keyring,
    /// The hook of Vilnius.
    pub hook: Hook,
    /// Limit of a whole request; none where a test holds the clock.
    pub timeout: Option<Duration>,
    /// Tries of a hook request. The feed tries until it is stopped: its rows can wait.
    pub tries: u32,
}

impl Target {
    /// The legacy hook, 15 s a request, four tries.
    pub fn new(pult: Url, keys: Keyring) -> Self {
        Self { pult, keys, hook: Hook::Legacy, timeout: Some(Duration::from_secs(15)), tries: 4 }
    }
}

/// Why the driver cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// A key for this is not given.
    #[error("the secret `{0}` is needed: set it in the environment or in the key file")]
    SecretMissing(&'static str),
    /// The HTTP client cannot be set up.
    #[error("cannot set up HTTP: {0}")]
    Http(String),
    /// The Pult's address cannot carry a path.
    #[error("the address of the Pult must be http:// or https:// with a host")]
    Address,
    /// The feed refused a whole batch.
    #[error("the live feed refused a batch with status {0}; check the feed key and the feed's settings")]
    BatchRefused(u16),
}

/// What a back-fill did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backfilled {
    /// Rows sent and acknowledged, accepted or updated.
    pub rows: u64,
    /// Batches they went in.
    pub batches: u64,
}

/// The driver; clones share one run.
#[derive(Clone)]
pub struct Driver {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    target: Target,
    clock: Clock,
    /// Sets the events of this run apart from those of another on the same generated day.
    run: i64,
    agencies: Vec<Agency>,
    tally: SharedTally,
}

#[derive(Deserialize)]
struct FeedAnswer {
    accepted: u64,
    updated: u64,
    #[serde(default)]
    rejected: Vec<FeedRejection>,
}

#[derive(Deserialize)]
struct FeedRejection {
    index: usize,
}

impl Driver {
    /// Sets the driver up; nothing is sent yet. `clock` dates signatures.
    ///
    /// # Errors
    /// The address cannot be used or the HTTP client cannot be set up.
    pub fn new(target: Target, clock: Clock) -> Result<Self, DriverError> {
        if !matches!(target.pult.scheme(), "http" | "https") || target.pult.host().is_none() {
            return Err(DriverError::Address);
        }
        // An error here means that a provider is installed already, which is what is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder().redirect(Policy::none()).no_proxy();
        builder = match target.timeout {
            Some(timeout) => builder.timeout(timeout),
            // Whoever holds the clock does not want it to run to a timer of the connection pool.
            None => builder.pool_idle_timeout(None),
        };
        let client = builder.build().map_err(|error| DriverError::Http(error.to_string()))?;
        let agencies = catalogue::agencies();
        let run = clock().as_millisecond();
        Ok(Self { inner: Arc::new(Inner { client, target, clock, run, agencies, tally: SharedTally::default() }) })
    }

    /// What has been brought about so far.
    pub fn tally(&self) -> Tally {
        self.inner.tally.with(|tally| tally.clone())
    }

    /// Performs the calls of Vilnius until they end or `stop` comes; then open calls stay open, as on a power cut.
    ///
    /// # Errors
    /// The key the hook needs is not given.
    pub async fn vilnius(
        &self,
        calls: impl Iterator<Item = vilnius::Call>,
        pace: Pace,
        stop: &CancellationToken,
    ) -> Result<(), DriverError> {
        self.hook_secret()?;
        let room = Arc::new(Semaphore::new(OPEN_CALLS));
        let mut open = JoinSet::new();
        for call in calls {
            if stop.run_until_cancelled(sleep_until(pace.due(call.at))).await.is_none() {
                break;
            }
            while open.try_join_next().is_some() {}
            let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
                self.inner.tally.with(|tally| tally.lost += 1);
                continue;
            };
            let (driver, stop) = (self.clone(), stop.clone());
            open.spawn(async move {
                driver.perform(&call, pace, &stop).await;
                drop(place);
            });
        }
        while open.join_next().await.is_some() {}
        Ok(())
    }

    /// Sends the reports of Moscow's calls as they come due, in small batches, until they end or `stop` comes.
    /// `prefix` makes this run's rows its own.
    ///
    /// # Errors
    /// The feed key is not given, or the feed refuses a whole batch.
    pub async fn moscow(
        &self,
        calls: impl Iterator<Item = moscow::Call>,
        prefix: &str,
        pace: Pace,
        stop: &CancellationToken,
    ) -> Result<(), DriverError> {
        self.feed_key()?;
        let mut reports = Reports::new(calls).peekable();
        while let Some(first) = reports.peek() {
            let closes = pace.due(first.at) + GATHERING;
            if stop.run_until_cancelled(sleep_until(closes)).await.is_none() {
                break;
            }
            let mut batch = Vec::new();
            while batch.len() < LIVE_BATCH
                && let Some(report) = reports.next_if(|report| pace.due(report.at) <= closes)
            {
                batch.push(self.row(&report, prefix, |at| pace.stamp(at)));
            }
            if self.post_batch(&batch, stop).await?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Sends `days` days (ten years at most) of past calls up to `until`, in full batches. Sent twice it changes nothing the second time.
    ///
    /// # Errors
    /// The feed key is not given, or the feed refuses a whole batch.
    pub async fn backfill(
        &self,
        plan: moscow::Plan,
        days: u32,
        until: Timestamp,
        zone: TimeZone,
        stop: &CancellationToken,
    ) -> Result<Backfilled, DriverError> {
        self.feed_key()?;
        let start = until.to_zoned(zone.clone()).saturating_sub(Span::new().days(days.min(MOST_DAYS))).timestamp();
        let calls = plan.from(start, zone).take_while(|call| call.at < until);
        let mut reports = Reports::new(calls).filter(|report| report.at <= until).peekable();
        let mut done = Backfilled::default();
        while reports.peek().is_some() {
            let batch: Vec<_> =
                reports.by_ref().take(BACKFILL_BATCH).map(|report| self.row(&report, "", |at| at)).collect();
            let Some(rows) = self.post_batch(&batch, stop).await? else { break };
            done.rows += rows;
            done.batches += 1;
        }
        Ok(done)
    }

    async fn perform(&self, call: &vilnius::Call, pace: Pace, stop: &CancellationToken) {
        let mut steps = vec![(Duration::ZERO, Step::NewCall)];
        steps.extend(call.repeats.iter().map(|after| (*after, Step::Repeat)));
        steps.extend(call.ends_after.map(|after| (after, Step::EndCall)));
        steps.extend(call.theme.map(|(after, text)| (after, Step::Theme(text))));
        steps.sort_by_key(|(after, _)| *after);
        let mut card = None;
        for (index, (after, step)) in steps.into_iter().enumerate() {
            let due = pace.due(super::arrivals::later(call.at, after));
            if stop.run_until_cancelled(sleep_until(due)).await.is_none() {
                return;
            }
            match self.step(call, index, step, card.as_ref(), stop).await {
                Ok(Some(led_to)) => card = Some(led_to),
                Ok(None) => {}
                Err(Silence::GaveUp) => {}
                Err(Silence::Stopped) => return,
            }
        }
    }

    async fn step(
        &self,
        call: &vilnius::Call,
        index: usize,
        step: Step,
        card: Option<&Url>,
        stop: &CancellationToken,
    ) -> Result<Option<Url>, Silence> {
        let Ok(secret) = self.hook_secret() else { return Ok(None) };
        let event_id = format!("{}/{}/{index}", self.inner.run, call.key);
        let (ani, curator) = (call.caller.ani(), call.curator);
        let target = &self.inner.target;
        let (kind, response) = match step {
            Step::Theme(text) if target.hook == Hook::Legacy => {
                // Nobody can choose a theme on a page that never opened.
                let Some(card) = card else { return Ok(None) };
                let mut address = card.clone();
                address.set_path(&format!("{}/theme", card.path().trim_end_matches('/')));
                let build = || self.inner.client.post(address.clone()).form(&[("theme", text)]);
                (Kind::Theme, send(build, target.tries, &self.inner.tally, stop).await?)
            }
            _ => {
                let (kind, event, theme) = step.words();
                let build = || self.event(event, &event_id, ani, curator, theme, secret);
                (kind, send(build, target.tries, &self.inner.tally, stop).await?)
            }
        };
        let status = response.status();
        if !status.is_success() && status != StatusCode::SEE_OTHER {
            tracing::warn!(status = status.as_u16(), step = ?kind, "Pult refused a step of a call");
            self.inner.tally.with(|tally| tally.refused += 1);
            return Ok(None);
        }
        let led_to = self.card(&response);
        let path = led_to.as_ref().map(|card| card.path().to_owned());
        self.inner.tally.with(|tally| tally.acknowledge(kind, &call.key, path));
        Ok(led_to)
    }

    /// The card an answer leads to, if it leads to one on the same Pult.
    fn card(&self, response: &Response) -> Option<Url> {
        let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
        let address = response.url().join(location).ok()?;
        let ours = address.origin() == self.inner.target.pult.origin();
        (ours && address.path().starts_with("/call-card/")).then_some(address)
    }

    /// Posts a batch until it is acknowledged; the number of rows taken, or `None` when told to stop.
    async fn post_batch(&self, batch: &[Value], stop: &CancellationToken) -> Result<Option<u64>, DriverError> {
        let key = self.feed_key()?;
        let body = json!({"calls": batch}).to_string().into_bytes();
        let answer = send(|| self.feed(key, body.clone()), u32::MAX, &self.inner.tally, stop).await;
        let Ok(response) = answer else { return Ok(None) };
        let status = response.status();
        let told = if status.is_success() { response.json::<FeedAnswer>().await.ok() } else { None };
        let Some(told) = told else {
            self.inner.tally.with(|tally| tally.refused += 1);
            return Err(DriverError::BatchRefused(status.as_u16()));
        };
        self.inner.tally.with(|tally| {
            tally.rows_accepted += told.accepted;
            tally.rows_updated += told.updated;
            tally.rows_rejected += told.rejected.len() as u64;
            for (index, row) in batch.iter().enumerate() {
                if !told.rejected.iter().any(|rejection| rejection.index == index) {
                    tally.acknowledge(Kind::Row, row["source_id"].as_str().unwrap_or_default(), None);
                }
            }
        });
        Ok(Some(told.accepted + told.updated))
    }

    fn row(&self, report: &Report, prefix: &str, stamp: impl Fn(Timestamp) -> Timestamp) -> Value {
        moscow::row(report, prefix, &self.inner.agencies, stamp)
    }

    pub(super) fn event(
        &self,
        event: &str,
        event_id: &str,
        ani: &str,
        curator: &str,
        theme: Option<&str>,
        secret: &Secret,
    ) -> RequestBuilder {
        match self.inner.target.hook {
            Hook::Legacy => self.legacy(secret, event, ani, curator),
            Hook::Signed => {
                let body = json!({"event": event, "event_id": event_id, "ani": ani, "curator_id": curator,
                    "theme": theme});
                let body = body.to_string().into_bytes();
                let now = self.now();
                let signed = signature(secret, now, &body);
                self.signed(body, now, signed)
            }
        }
    }

    pub(super) fn legacy(&self, key: &Secret, event: &str, ani: &str, curator: &str) -> RequestBuilder {
        self.inner.client.get(self.address("/contact-center/vilnius/tel/")).query(&[
            ("type", event),
            ("ani", ani),
            ("curator_id", curator),
            ("key", key.reveal()),
        ])
    }

    pub(super) fn signed(&self, body: Vec<u8>, unix_seconds: i64, signature: String) -> RequestBuilder {
        self.inner
            .client
            .post(self.address("/hooks/telephony"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(TIMESTAMP_HEADER, unix_seconds)
            .header(SIGNATURE_HEADER, signature)
            .body(body)
    }

    pub(super) fn feed(&self, key: &Secret, body: Vec<u8>) -> RequestBuilder {
        self.inner
            .client
            .post(self.address("/api/v1/calls"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("X-Api-Key", key.reveal())
            .body(body)
    }

    fn address(&self, path: &str) -> Url {
        let mut address = self.inner.target.pult.clone();
        address.set_path(path);
        address.set_query(None);
        address
    }

    pub(super) fn now(&self) -> i64 {
        (self.inner.clock)().as_second()
    }

    pub(super) fn hook_secret(&self) -> Result<&Secret, DriverError> {
        match self.inner.target.hook {
            Hook::Legacy => self.inner.target.keys.client_key.as_ref().ok_or(DriverError::SecretMissing("client_key")),
            Hook::Signed => self.signing_secret(),
        }
    }

    pub(super) fn signing_secret(&self) -> Result<&Secret, DriverError> {
        self.inner.target.keys.hook_secret.as_ref().ok_or(DriverError::SecretMissing("hook_secret"))
    }

    pub(super) fn feed_key(&self) -> Result<&Secret, DriverError> {
        self.inner.target.keys.feed_key.as_ref().ok_or(DriverError::SecretMissing("feed_key"))
    }
}

#[derive(Clone, Copy)]
enum Step {
    NewCall,
    Repeat,
    EndCall,
    Theme(&'static str),
}

impl Step {
    fn words(self) -> (Kind, &'static str, Option<&'static str>) {
        match self {
            Self::NewCall => (Kind::NewCall, "newcall", None),
            Self::Repeat => (Kind::Repeat, "newcall", None),
            Self::EndCall => (Kind::EndCall, "endcall", None),
            Self::Theme(text) => (Kind::Theme, "theme", Some(text)),
        }
    }
}
