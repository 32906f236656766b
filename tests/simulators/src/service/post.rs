//! The post: carries hooks and events to their receiver, in order or not, once or more often, whole or cut, and writes down
//! what the receiver answered. What is in a parcel is the vendor's affair.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::stream;
use jiff::Timestamp;
use reqwest::{Body, Client, header::CONTENT_TYPE, redirect::Policy};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use super::StartError;
use crate::clock::Clock;

/// How long a receiver may take before the vendor gives up.
const PATIENCE: Duration = Duration::from_secs(10);

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
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
}

/// A change of manner; absent is as it was. What waits to be reordered goes out at every change.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
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
}

/// Something to carry.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// What it is about, for the list of deliveries.
    pub event: String,
    /// Where it goes; may hold a secret.
    pub url: Url,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
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
    /// Status of the answer.
    pub status: Option<u16>,
    /// Why there was none: `timeout` or `connection`.
    pub failure: Option<&'static str>,
    /// How long the receiver took, milliseconds.
    pub took_ms: u64,
}

enum Item {
    Parcel(Parcel),
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
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    manner: Manner,
    last: u64,
    delivered: Vec<Delivery>,
}

impl Post {
    /// Opens the office; its worker runs on `tasks` until `stop`.
    ///
    /// # Errors
    /// There is no HTTP client.
    pub fn open(clock: Clock, tasks: &TaskTracker, stop: CancellationToken) -> Result<Self, StartError> {
        // Whoever comes first installs it for all.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(Policy::none()).no_proxy().timeout(PATIENCE).build()?;
        let shared = Arc::new(Shared { client, clock, state: Mutex::default() });
        let (items, received) = mpsc::unbounded_channel();
        let worker = work(Arc::clone(&shared), received);
        tasks.spawn(async move { stop.run_until_cancelled(worker).await });
        Ok(Self { items, shared })
    }

    /// Hands a parcel in.
    pub fn hand(&self, parcel: Parcel) {
        // A worker that is gone has nothing left to carry.
        let _ = self.items.send(Item::Parcel(parcel));
    }

    /// Changes the manner for what is carried from here on.
    pub fn order(&self, order: MannerOrder) {
        let mut state = self.shared.state();
        let manner = &mut state.manner;
        if order.heal {
            *manner = Manner::default();
        }
        manner.duplicates = order.duplicates.unwrap_or(manner.duplicates);
        manner.reorder = order.reorder.unwrap_or(manner.reorder);
        manner.delay_ms = order.delay_ms.unwrap_or(manner.delay_ms);
        manner.cut = order.cut.or(manner.cut);
        manner.wrong_secret = order.wrong_secret.unwrap_or(manner.wrong_secret);
        manner.repeat_once = order.repeat_once.unwrap_or(manner.repeat_once);
        let _ = self.items.send(Item::Flush);
    }

    /// The manner in force.
    pub fn manner(&self) -> Manner {
        self.shared.state().manner
    }

    /// Every delivery so far, oldest first.
    pub fn delivered(&self) -> Vec<Delivery> {
        self.shared.state().delivered.clone()
    }

    /// Waits until everything handed in so far was carried; what waits to be reordered goes on waiting.
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

    async fn carry(&self, parcel: &Parcel) {
        let manner = self.state().manner;
        for _ in 0..=manner.duplicates {
            if manner.delay_ms > 0 {
                tokio::time::sleep(Duration::from_millis(manner.delay_ms)).await;
            }
            let taken = self.send(parcel, manner.cut).await;
            if manner.repeat_once && !taken {
                self.send(parcel, manner.cut).await;
            }
        }
    }

    async fn send(&self, parcel: &Parcel, cut: Option<Cut>) -> bool {
        let half = || parcel.body[..parcel.body.len() / 2].to_vec();
        let body = match cut {
            None => Body::from(parcel.body.clone()),
            Some(Cut::Half) => Body::from(half()),
            Some(Cut::Connection) => {
                let end = io::Error::from(io::ErrorKind::BrokenPipe);
                Body::wrap_stream(stream::iter([Ok(half()), Err(end)]))
            }
        };
        let began = Instant::now();
        let request = self.client.post(parcel.url.clone()).header(CONTENT_TYPE, parcel.content_type).body(body);
        let (status, failure) = match request.send().await {
            Ok(response) => (Some(response.status().as_u16()), None),
            Err(error) if error.is_timeout() => (None, Some("timeout")),
            Err(_) => (None, Some("connection")),
        };
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let at = (self.clock)();
        let mut state = self.state();
        state.last += 1;
        let number = state.last;
        let event = parcel.event.clone();
        state.delivered.push(Delivery { number, at, event, status, failure, took_ms });
        status.is_some_and(|status| (200..300).contains(&status))
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
