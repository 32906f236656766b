//! Listeners of integrations' own: each answers its integration's addresses and nothing else, and is found nowhere else.
//!
//! They follow the settings without a restart, and one that cannot be opened stops nobody: it is said in the log and on the
//! connection's card, and tried again. Deliberately not here: answering (`hooks`) and the two listeners every server has.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use pult_domain::{Area, Instant};
use pult_engine::{bus::Change, config::Tls};
use pult_integrations::{CallError, Doorway};
use pult_store::connections;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{App, guard, hooks, listen, pages, seats::Seats};

/// Connections of one such listener at a time: each may hold a whole body.
const CONNECTIONS: usize = 32;
/// Of one source, those that wait for a seat included: there is one sender, whose documents come all at once and take their turns.
const PER_SOURCE: u32 = 1024;
/// How long until one that cannot be opened is tried again, unless something changes before.
const AGAIN: Duration = Duration::from_secs(15);
/// The longest an answer may take there: a sender waits for an outcome as long as its settings say, five minutes at most.
pub(crate) const ANSWER: Duration = Duration::from_secs(6 * 60);

/// Where each listener of an integration's own is: absent while none is wanted, nowhere while it cannot be opened.
#[derive(Clone)]
pub(crate) struct Doors(Arc<watch::Sender<BTreeMap<&'static str, Option<SocketAddr>>>>);

impl Default for Doors {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(BTreeMap::new())))
    }
}

impl Doors {
    /// Those that are open.
    pub(crate) fn open(&self) -> Vec<(&'static str, SocketAddr)> {
        self.0.borrow().iter().filter_map(|(name, at)| Some((*name, (*at)?))).collect()
    }

    fn note(&self, name: &'static str, at: Option<SocketAddr>) {
        self.0.send_modify(|doors| {
            doors.insert(name, at);
        });
    }

    fn forget(&self, name: &'static str) {
        self.0.send_if_modified(|doors| doors.remove(name).is_some());
    }
}

/// Keeps the listeners of all integrations until the engine stops, and returns when those wanted now have been tried once.
pub(crate) async fn start(app: &App, tasks: &TaskTracker) {
    for name in pult_integrations::names().iter().copied() {
        let (app, tasks) = (app.clone(), tasks.clone());
        app.engine
            .supervisor()
            .clone()
            .start(format!("listener.{name}"), move || keep(name, app.clone(), tasks.clone()));
    }
    let wanted: Vec<_> =
        app.engine.registry().all().iter().map(|i| i.name()).filter(|n| wanted(app, n).is_some()).collect();
    let mut doors = app.own.0.subscribe();
    let tried = doors.wait_for(|doors| wanted.iter().all(|name| doors.contains_key(name)));
    // One told to stop meanwhile opens nothing more.
    let _ = app.engine.stop_signal().run_until_cancelled(tried).await;
}

/// What is wanted of an integration now: an address, or why there must be none; nothing where it has no listener of its own.
fn wanted(app: &App, name: &str) -> Option<Result<SocketAddr, String>> {
    let integration = app.engine.registry().get(name)?;
    let webhook = integration.webhook()?;
    match webhook.doorway() {
        Doorway::Shared => None,
        Doorway::Own { bind, .. } => Some(webhook.may_open().map(|()| bind)),
    }
}

/// Keeps the listener of one integration: a worker of the supervisor.
async fn keep(name: &'static str, app: App, tasks: TaskTracker) {
    let stop = app.engine.stop_signal().clone();
    let mut changes = app.engine.bus().listen();
    let mut said = None;
    while !stop.is_cancelled() {
        let now = wanted(&app, name);
        let door = match &now {
            None => None,
            Some(Err(refusal)) => Some(Err(refusal.clone())),
            Some(Ok(bind)) => Some(open(&app, name, *bind, &tasks).await),
        };
        let mut again = None;
        let mut opened = None;
        match door {
            None => app.own.forget(name),
            Some(Ok(door)) => {
                tracing::info!(integration = name, address = %door.address, "a listener of its own is open");
                tell(&app, name, None).await;
                app.own.note(name, Some(door.address));
                app.engine.bus().changed(Area::Engine, vec![]);
                (opened, said) = (Some(door), None);
            }
            Some(Err(reason)) => {
                if said.as_ref() != Some(&reason) {
                    tracing::error!(integration = name, reason, "its listener is not open; everything else goes on");
                }
                tell(&app, name, Some(&reason)).await;
                (again, said) = (Some(app.engine.clock().after(AGAIN)), Some(reason));
                app.own.note(name, None);
            }
        }
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = app.engine.clock().reach(again.unwrap_or(Instant::MAX)), if again.is_some() => break,
                change = changes.next() => match change {
                    None => return,
                    Some(Change::Changed { area: Area::Engine, .. } | Change::Resync) => {
                        if wanted(&app, name) != now { break }
                    }
                    Some(Change::Changed { .. }) => {}
                },
            }
        }
        if let Some(door) = opened {
            door.close().await;
        }
    }
}

/// An open listener.
struct Door {
    address: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Door {
    /// Takes no more connections and waits until requests under way are answered.
    async fn close(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

async fn open(app: &App, name: &'static str, bind: SocketAddr, all: &TaskTracker) -> Result<Door, String> {
    let (stop, tasks) = (app.engine.stop_signal().child_token(), TaskTracker::new());
    let (engine, tls) = (&app.engine, &Tls::default());
    let listener = listen::Listener {
        name,
        engine,
        bind,
        tls,
        connections: CONNECTIONS,
        per_source: Seats::new(PER_SOURCE),
        proxies: &[],
        only_from: None,
    };
    let address =
        listener.open(router(app.clone(), name), &stop, &tasks).await.map_err(|error| format!("{error:#}"))?;
    tasks.close();
    let theirs = tasks.clone();
    all.spawn(async move { theirs.wait().await });
    Ok(Door { address, stop, tasks })
}

/// The routes of one integration.
pub(crate) fn router(app: App, name: &'static str) -> Router {
    Router::new()
        .fallback(move |app, request| hooks::receive_own(name, app, request))
        .layer(axum::middleware::from_fn_with_state((app.own_edge.clone(), name), guard::limit))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(pages::panicked))
        .with_state(app)
}

/// Puts on the connection's card why its listener is not open, or takes that away.
async fn tell(app: &App, name: &'static str, reason: Option<&str>) {
    let Some(integration) = app.engine.registry().get(name) else { return };
    // What is written there by calls of ours is not ours to take away.
    if reason.is_none() && integration.delivery().is_some() {
        return;
    }
    let error = reason.map(|detail| CallError::Unreachable { detail: detail.to_owned() });
    let text = match error.map(|error| serde_json::to_string(&error)).transpose() {
        Ok(text) => text,
        Err(error) => return tracing::warn!(%error, "the state of a listener could not be worded"),
    };
    let kept = app.engine.store().write(move |c| {
        let known = connections::get(c, name)?.trouble;
        if known == text { Ok(false) } else { connections::set_trouble(c, name, text.as_deref()).map(|()| true) }
    });
    match kept.await {
        Ok(true) => app.engine.bus().changed(Area::Engine, vec![]),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "the state of a listener could not be kept"),
    }
}

#[cfg(test)]
mod tests;
