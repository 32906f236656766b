//! The headless face of Pult: hooks, the operators' call card, the console over HTTP and WebSocket, metrics.
//!
//! Deliberately not here: anything of a window, and any decision about what a request means.

pub mod assembly;
pub mod cards;
mod certificate;
pub mod cli;
pub mod console;
mod guard;
mod hooks;
mod legacy;
mod links;
mod listen;
pub mod logging;
mod openapi;
mod ops;
mod own;
mod pages;
mod peer;
mod rating_page;
mod seats;

use std::{net::SocketAddr, ops::Deref, sync::Arc, time::Duration};

use anyhow::Context;
use axum::Router;
use pult_engine::{Engine, secrets::SecretName};
use tokio_util::task::TaskTracker;

use guard::Guard;
use links::CardLinks;
use metrics_exporter_prometheus::PrometheusHandle;
use peer::Proxies;
use seats::Seats;

/// What every handler may use. A clone is made for every request, so it is one pointer.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What they share.
pub struct Parts {
    engine: Engine,
    links: Arc<CardLinks>,
    metrics: PrometheusHandle,
    hooks: Arc<Edge>,
    console: Arc<Edge>,
    own: own::Doors,
    own_edge: Arc<Edge>,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// How a listener meets the world.
struct Edge {
    proxies: Proxies,
    guard: Guard,
    /// Requests under way of each sender behind a proxy: there the connections are the proxy's.
    forwarded: Seats,
    /// Whether people reach it over HTTPS, here or at a proxy: cookies are then never sent in the clear.
    secure: bool,
    /// The longest any answer may take, event streams apart.
    answer: Duration,
}

/// The listeners at work.
pub struct Server {
    /// Where the console listens.
    pub console: SocketAddr,
    /// Where the hooks listen.
    pub hooks: SocketAddr,
    own: own::Doors,
    tasks: TaskTracker,
}

impl Server {
    /// Opens both listeners, and those of integrations' own, of which one that cannot be opened stops nobody. They stop, after requests under way are answered, when the engine's stop signal is given.
    ///
    /// # Errors
    /// When an address of the two is taken, a certificate does not fit, or the signing key cannot be kept.
    pub async fn start(engine: Engine, metrics: PrometheusHandle) -> anyhow::Result<Self> {
        let config = engine.config();
        let key = engine
            .secrets()
            .blocking(|s| {
                s.get_or_create(&SecretName::RATING_LINK_KEY, 32)?;
                s.get_or_create(&SecretName::CARD_SIGNING_KEY, 32)
            })
            .await
            .context("the keys that sign call cards and links")?;
        let edge = |proxies: &[_], secure, rate, burst, at_once| {
            let (proxies, guard, forwarded) = (Proxies::new(proxies), Guard::new(rate, burst), Seats::new(at_once));
            Arc::new(Edge { proxies, guard, forwarded, secure, answer: guard::ANSWER })
        };
        let (hooks, console) = (&config.hooks, &config.console);
        let app = App(Arc::new(Parts {
            links: Arc::new(CardLinks::new(&key)),
            metrics,
            hooks: edge(
                &hooks.trusted_proxies,
                hooks.tls.files().is_some(),
                hooks.rate_per_source,
                hooks.burst_per_source,
                hooks.connections_per_source,
            ),
            // People click; a page of the console asks a handful of questions at a time.
            console: edge(
                &console.trusted_proxies,
                console.tls.files().is_some() || !console.trusted_proxies.is_empty(),
                200,
                1000,
                console.connections_per_source,
            ),
            own: own::Doors::default(),
            own_edge: Arc::new(Edge {
                proxies: Proxies::default(),
                forwarded: Seats::new(0),
                guard: Guard::new(hooks.rate_per_source, hooks.burst_per_source),
                secure: false,
                answer: own::ANSWER,
            }),
            engine: engine.clone(),
        }));
        let tasks = TaskTracker::new();
        let stop = engine.stop_signal().clone();
        let at_hooks = listen::Listener {
            name: "hooks",
            engine: &engine,
            bind: hooks.bind,
            tls: &hooks.tls,
            connections: hooks.connections as usize,
            per_source: Seats::new(hooks.connections_per_source),
            proxies: &hooks.trusted_proxies,
            only_from: peer::only_from(hooks.exposure(), &hooks.trusted_proxies),
        };
        let at_console = listen::Listener {
            name: "console",
            engine: &engine,
            bind: console.bind,
            tls: &console.tls,
            connections: 1024,
            per_source: Seats::new(console.connections_per_source),
            proxies: &console.trusted_proxies,
            only_from: peer::only_from(console.exposure(), &console.trusted_proxies),
        };
        let hooks = at_hooks.open(hooks_router(app.clone()), &stop, &tasks).await.context("the hooks' listener")?;
        let console =
            at_console.open(console_router(app.clone()), &stop, &tasks).await.context("the console's listener")?;
        own::start(&app, &tasks).await;
        Ok(Self { console, hooks, own: app.own.clone(), tasks })
    }

    /// Where integrations listen now that have a listener of their own, by their names.
    #[must_use]
    pub fn own(&self) -> Vec<(&'static str, SocketAddr)> {
        self.own.open()
    }

    /// Waits until all listeners have stopped.
    pub async fn stopped(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

fn hooks_router(app: App) -> Router {
    Router::new()
        .merge(cards::router())
        .merge(ops::health())
        .fallback(hooks::receive)
        .layer(axum::middleware::from_fn_with_state((app.hooks.clone(), "hooks"), guard::limit))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(pages::panicked))
        .with_state(app)
}

fn console_router(app: App) -> Router {
    Router::new()
        .merge(console::router())
        .merge(legacy::router())
        .merge(openapi::router())
        .merge(ops::health())
        .merge(ops::metrics())
        .fallback(pages::not_found)
        .layer(axum::middleware::from_fn_with_state((app.console.clone(), "console"), guard::limit))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(pages::panicked))
        .with_state(app)
}
