//! The post: carries hooks and events to their receiver, in order or not, once or more often or not at all, whole or cut, and
//! writes down what the receiver answered. What is in a parcel is the vendor's affair; capitals are in `loud`.

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::stream;
use jiff::Timestamp;
use rand::{Rng, SeedableRng, rngs::StdRng};
use reqwest::{Body, Client, header::CONTENT_TYPE, redirect::Policy};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use super::{StartError, loud};
use crate::clock::Clock;

/// How long a receiver may take before the vendor gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes kept of what a receiver answers.
const ANSWER_KEPT: usize = 2048;

/// How a body is spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Its first half, announced as all there is.
    Half,
    /// Its first half, then the connection breaks.
    Connection,
}

/// How parcels are carried.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Manner {
    /// How many times more each is sent.
    pub duplicates: u32,
    /// Parcels wait until there are so many and then go backwards; 0 or 1 for none.
    pub reorder: usize,
    /// Each is late by so much.
    pub delay_ms: u64,
    /// Bodies are spoilt.
    pub cut: Option<Cut>,
    /// Secrets are wrong; whoever makes a parcel looks at this.
    pub wrong_secret: bool,
    /// What is not answered with 2xx is sent once more.
    pub repeat_once: bool,
    /// What is not answered with 2xx is sent again after each of these pauses, until it is; milliseconds. Pauses do not hold up
    /// what comes after, but for those of 0.
    pub again_ms: Vec<u64>,
    /// What is sent again is made anew, where the vendor can.
    pub renew: bool,
    /// Every so manieth parcel is lost; 0 for none.
    pub lose_every: u64,
    /// The share of parcels that is lost, from 0 to 1.
    pub lose_share: f64,
    /// Names of headers are in capitals. HTTPS knows no such thing.
    pub capitals: bool,
    /// A duplicate comes so much after the one before.
    pub gap_ms: u64,
}

/// A change of manner; absent is as it was. What waits to be reordered goes out at every change.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MannerOrder {
    /// All as at the beginning first.
    pub heal: bool,
    /// See [`Manner`].
    pub duplicates: Option<u32>,
    /// See [`Manner`].
    pub reorder: Option<usize>,
    /// See [`Manner`].
    pub delay_ms: Option<u64>,
    /// See [`Manner`].
    pub cut: Option<Cut>,
    /// See [`Manner`].
    pub wrong_secret: Option<bool>,
    /// See [`Manner`].
    pub repeat_once: Option<bool>,
    /// See [`Manner`].
    pub again_ms: Option<Vec<u64>>,
    /// See [`Manner`].
    pub renew: Option<bool>,
    /// See [`Manner`]; counting begins anew.
    pub lose_every: Option<u64>,
    /// See [`Manner`].
    pub lose_share: Option<f64>,
    /// Decides which parcels are the share that is lost; 1 at the beginning.
    pub lose_seed: Option<u64>,
    /// See [`Manner`].
    pub capitals: Option<bool>,
    /// See [`Manner`].
    pub gap_ms: Option<u64>,
}

/// Headers and body of a parcel.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Headers beside `Content-Type`, which may hold signatures.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Makes a parcel's content anew, as the manner wants it.
pub type Renew = Arc<dyn Fn(&Manner) -> Sheet + Send + Sync>;

/// Something to carry.
#[derive(Clone)]
pub struct Parcel {
    /// What it is about, for the list of deliveries.
    pub event: String,
    /// Where it goes; may hold a secret.
    pub url: Url,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// What is in it.
    pub sheet: Sheet,
    /// What is in it when it is sent again; the same without this.
    pub renew: Option<Renew>,
    /// Headers whose names the vendor's customer chose; one that no header can be keeps the parcel from being sent.
    pub headers: Vec<(String, String)>,
    /// By this whoever made it knows it again in the list of deliveries.
    pub reference: Option<u64>,
}

impl Parcel {
    /// A body without other headers, the same every time.
    pub fn new(event: &str, url: Url, content_type: &'static str, body: Vec<u8>) -> Self {
        let sheet = Sheet { headers: Vec::new(), body };
        let (event, headers) = (event.to_owned(), Vec::new());
        Self { event, url, content_type, sheet, renew: None, headers, reference: None }
    }
}

/// What somebody answered who was asked and waited for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Status of the answer.
    pub status: Option<u16>,
    /// Why there was none: `timeout`, `connection` or `lost`.
    pub failure: Option<&'static str>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Reply {
    const fn failed(why: &'static str) -> Self {
        Self { status: None, failure: Some(why), body: Vec::new() }
    }

    fn is_good(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// How one was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Its number, from 1.
    pub number: u64,
    /// When it was answered, by the simulated clock.
    pub at: Timestamp,
    /// What it was about.
    pub event: String,
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// Status of the answer.
    pub status: Option<u16>,
    /// Why there was none: `timeout`, `connection`, or `lost` when it was not even sent.
    pub failure: Option<&'static str>,
    /// How long the receiver took, milliseconds.
    pub took_ms: u64,
    /// The beginning of what was answered.
    pub answer: String,
    /// The parcel's own.
    pub reference: Option<u64>,
}

impl fmt::Debug for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Address and headers may hold secrets.
        f.debug_struct("Parcel").field("event", &self.event).finish_non_exhaustive()
    }
}

enum Item {
    Parcel(Box<Parcel>),
    Flush,
    Done(oneshot::Sender<()>),
}

/// The office; clones are the same one.
#[derive(Clone)]
pub struct Post {
    items: mpsc::UnboundedSender<Item>,
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    clock: Clock,
    tasks: TaskTracker,
    stop: CancellationToken,
    initial: Manner,
    state: Mutex<State>,
}

struct State {
    manner: Manner,
    chance: StdRng,
    handed: u64,
    last: u64,
    delivered: Vec<Delivery>,
}

impl Post {
    /// Opens the office; its worker runs on `tasks` until `stop`.
    ///
    /// # Errors
    /// There is no HTTP client.
    pub fn open(clock: Clock, tasks: &TaskTracker, stop: CancellationToken) -> Result<Self, StartError> {
        Self::with(Manner::default(), clock, tasks, stop)
    }

    /// The same with another manner at the beginning, to which healing returns.
    ///
    /// # Errors
    /// There is no HTTP client.
    pub fn with(
        initial: Manner,
        clock: Clock,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Result<Self, StartError> {
        // Whoever comes first installs it for all.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(Policy::none()).no_proxy().build()?;
        let chance = StdRng::seed_from_u64(1);
        let state = State { manner: initial.clone(), chance, handed: 0, last: 0, delivered: Vec::new() };
        let (tasks, stops) = (tasks.clone(), stop.clone());
        let shared = Arc::new(Shared { client, clock, tasks, stop, initial, state: Mutex::new(state) });
        let (items, received) = mpsc::unbounded_channel();
        let worker = work(Arc::clone(&shared), received);
        shared.tasks.spawn(async move { stops.run_until_cancelled(worker).await });
        Ok(Self { items, shared })
    }

    /// Hands a parcel in.
    pub fn hand(&self, parcel: Parcel) {
        // A worker that is gone has nothing left to carry.
        let _ = self.items.send(Item::Parcel(Box::new(parcel)));
    }

    /// Carries a parcel past the line, never turned round or sent again, and waits so long for what is answered. Duplicates
    /// follow it.
    pub async fn ask(&self, parcel: &Parcel, patience: Duration) -> Reply {
        let manner = self.shared.state().manner.clone();
        if self.shared.loses() {
            return self.shared.note(parcel, 1, Instant::now(), Reply::failed("lost"));
        }
        let late = Duration::from_millis(manner.delay_ms);
        let reply = self.shared.send(parcel, &parcel.sheet, &manner, 1, late, patience).await;
        for _ in 0..manner.duplicates {
            self.shared.send(parcel, &parcel.sheet, &manner, 1, late, patience).await;
        }
        reply
    }

    /// Changes the manner for what is carried from here on.
    pub fn order(&self, order: MannerOrder) {
        let mut state = self.shared.state();
        if order.heal {
            state.manner = self.shared.initial.clone();
        }
        if order.lose_every.is_some() {
            state.handed = 0;
        }
        if let Some(seed) = order.lose_seed {
            state.chance = StdRng::seed_from_u64(seed);
        }
        let manner = &mut state.manner;
        manner.duplicates = order.duplicates.unwrap_or(manner.duplicates);
        manner.reorder = order.reorder.unwrap_or(manner.reorder);
        manner.delay_ms = order.delay_ms.unwrap_or(manner.delay_ms);
        manner.cut = order.cut.or(manner.cut);
        manner.wrong_secret = order.wrong_secret.unwrap_or(manner.wrong_secret);
        manner.repeat_once = order.repeat_once.unwrap_or(manner.repeat_once);
        manner.again_ms = order.again_ms.unwrap_or_else(|| std::mem::take(&mut manner.again_ms));
        manner.renew = order.renew.unwrap_or(manner.renew);
        manner.lose_every = order.lose_every.unwrap_or(manner.lose_every);
        manner.lose_share = order.lose_share.unwrap_or(manner.lose_share).clamp(0.0, 1.0);
        manner.capitals = order.capitals.unwrap_or(manner.capitals);
        manner.gap_ms = order.gap_ms.unwrap_or(manner.gap_ms);
        let _ = self.items.send(Item::Flush);
    }

    /// The manner in force.
    pub fn manner(&self) -> Manner {
        self.shared.state().manner.clone()
    }

    /// Every delivery so far, oldest first.
    pub fn delivered(&self) -> Vec<Delivery> {
        self.shared.state().delivered.clone()
    }

    /// Waits until everything handed in so far was carried; what waits to be reordered or sent again goes on waiting.
    pub async fn settled(&self) {
        let (done, told) = oneshot::channel();
        let _ = self.items.send(Item::Done(done));
        let _ = told.await;
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the next parcel is lost.
    fn loses(&self) -> bool {
        let mut state = self.state();
        state.handed += 1;
        let (every, share) = (state.manner.lose_every, state.manner.lose_share);
        let by_chance = share > 0.0 && state.chance.random_bool(share);
        by_chance || (every > 0 && state.handed.is_multiple_of(every))
    }

    async fn carry(self: &Arc<Self>, parcel: &Parcel) {
        let manner = self.state().manner.clone();
        if self.loses() {
            self.note(parcel, 1, Instant::now(), Reply::failed("lost"));
            return;
        }
        let late = Duration::from_millis(manner.delay_ms);
        for turn in 0..=manner.duplicates {
            if turn > 0 && manner.gap_ms > 0 {
                tokio::time::sleep(Duration::from_millis(manner.gap_ms)).await;
            }
            let taken = self.send(parcel, &parcel.sheet, &manner, 1, late, PATIENCE).await.is_good();
            if manner.repeat_once && !taken {
                self.send(parcel, &parcel.sheet, &manner, 2, Duration::ZERO, PATIENCE).await;
            }
            if !taken {
                self.again(parcel, &manner).await;
            }
        }
    }

    /// Sends it again, and again.
    async fn again(self: &Arc<Self>, parcel: &Parcel, manner: &Manner) {
        let mut attempts = (2..).zip(manner.again_ms.clone()).peekable();
        while let Some((attempt, _)) = attempts.next_if(|(_, pause)| *pause == 0) {
            if self.once_more(parcel, attempt).await {
                return;
            }
        }
        if attempts.peek().is_none() {
            return;
        }
        let (own, parcel) = (Arc::clone(self), parcel.clone());
        self.tasks.spawn(self.stop.clone().run_until_cancelled_owned(async move {
            for (attempt, pause) in attempts {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                if own.once_more(&parcel, attempt).await {
                    return;
                }
            }
        }));
    }

    async fn once_more(&self, parcel: &Parcel, attempt: u32) -> bool {
        let manner = self.state().manner.clone();
        let new = parcel.renew.as_ref().filter(|_| manner.renew).map(|renew| renew(&manner));
        let sheet = new.as_ref().unwrap_or(&parcel.sheet);
        self.send(parcel, sheet, &manner, attempt, Duration::ZERO, PATIENCE).await.is_good()
    }

    async fn send(
        &self,
        parcel: &Parcel,
        sheet: &Sheet,
        manner: &Manner,
        attempt: u32,
        late: Duration,
        patience: Duration,
    ) -> Reply {
        let began = Instant::now();
        let sent = async {
            if !late.is_zero() {
                tokio::time::sleep(late).await;
            }
            if manner.capitals && parcel.url.scheme() == "http" {
                return loud::send(parcel, sheet, manner.cut).await.unwrap_or_else(|_| Reply::failed("connection"));
            }
            self.speak(parcel, sheet, manner.cut).await.unwrap_or_else(|_| Reply::failed("connection"))
        };
        let reply = tokio::time::timeout(patience.saturating_add(late), sent).await;
        self.note(parcel, attempt, began, reply.unwrap_or_else(|_| Reply::failed("timeout")))
    }

    async fn speak(&self, parcel: &Parcel, sheet: &Sheet, cut: Option<Cut>) -> Result<Reply, reqwest::Error> {
        let half = || sheet.body[..sheet.body.len() / 2].to_vec();
        let body = match cut {
            None => Body::from(sheet.body.clone()),
            Some(Cut::Half) => Body::from(half()),
            Some(Cut::Connection) => {
                let end = io::Error::from(io::ErrorKind::BrokenPipe);
                Body::wrap_stream(stream::iter([Ok(half()), Err(end)]))
            }
        };
        let mut request = self.client.post(parcel.url.clone()).header(CONTENT_TYPE, parcel.content_type).body(body);
        for (name, value) in &sheet.headers {
            request = request.header(*name, value);
        }
        for (name, value) in &parcel.headers {
            request = request.header(name, value);
        }
        let response = request.send().await?;
        let status = Some(response.status().as_u16());
        Ok(Reply { status, failure: None, body: response.bytes().await?.to_vec() })
    }

    fn note(&self, parcel: &Parcel, attempt: u32, began: Instant, reply: Reply) -> Reply {
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let at = (self.clock)();
        let mut state = self.state();
        state.last += 1;
        let (number, event) = (state.last, parcel.event.clone());
        let (status, failure) = (reply.status, reply.failure);
        let answer = String::from_utf8_lossy(&reply.body[..reply.body.len().min(ANSWER_KEPT)]).into_owned();
        let reference = parcel.reference;
        state.delivered.push(Delivery { number, at, event, attempt, status, failure, took_ms, answer, reference });
        reply
    }
}

async fn work(shared: Arc<Shared>, mut items: mpsc::UnboundedReceiver<Item>) {
    let mut waiting = Vec::new();
    while let Some(item) = items.recv().await {
        let enough = match item {
            Item::Done(done) => {
                // Nobody waits any more: nothing to tell.
                let _ = done.send(());
                continue;
            }
            Item::Flush => 1,
            Item::Parcel(parcel) => {
                waiting.push(parcel);
                shared.state().manner.reorder
            }
        };
        if waiting.len() >= enough {
            for parcel in waiting.drain(..).rev() {
                shared.carry(&parcel).await;
            }
        }
    }
}
