//! `serve`: the engine with its listeners, until told to stop.
//!
//! Deliberately not here: how an engine is put together (`assembly`).

use std::{collections::BTreeMap, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use pult_engine::clock::Clock;
use tokio_util::sync::CancellationToken;

use super::{
    Here, control,
    exit::{Exit, Failure},
    reach, terminal,
};
use crate::{Server, logging};

/// How often measurements that nobody fetches are folded up.
const UPKEEP: Duration = Duration::from_secs(5);

/// How it serves.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Print all addresses as JSON instead of a sentence
    #[arg(long)]
    print_addresses: bool,
    /// Begin at this instant and move only when told over the local socket
    #[cfg(feature = "hand-clock")]
    #[arg(long, value_name = "INSTANT", hide = true)]
    hand_clock: Option<pult_domain::Instant>,
}

impl Options {
    #[cfg(feature = "hand-clock")]
    fn clock(&self) -> Clock {
        self.hand_clock.map_or_else(Clock::system, Clock::hand)
    }

    #[cfg(not(feature = "hand-clock"))]
    fn clock(&self) -> Clock {
        Clock::system()
    }
}

/// Serves until a signal to stop has been obeyed.
pub(super) async fn serve(here: Here<'_>, options: &Options) -> Result<(), Failure> {
    let site = here.site()?;
    let _log = logging::start(&site.config.log)?;
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    let metrics = measure(stop.clone())?;
    reach::prepare_folder(&site.data_dir)?;
    let (secrets, clock, remedy) = (here.secrets(&site.data_dir).await?, options.clock(), site.remedy());
    let engine = site.start(secrets, clock.clone(), stop).await.map_err(|e| reach::explained(&remedy, e))?;
    let server = match Server::start(engine.clone(), metrics).await {
        Ok(server) => server,
        Err(error) => {
            engine.stop().await;
            return Err(error.into());
        }
    };
    if let Err(error) = control::open(&engine, clock) {
        tracing::warn!(%error, "commands on this computer cannot reach the engine while it runs");
    }
    announce(&engine, &server, options.print_addresses);
    engine.stop_signal().cancelled().await;
    tracing::info!("stopping: what is under way is finished first");
    server.stopped().await;
    engine.stop().await;
    tracing::info!("stopped");
    Ok(())
}

fn announce(engine: &pult_engine::Engine, server: &Server, as_json: bool) {
    let config = engine.config();
    let url = |tls: bool, address| format!("{}://{address}", if tls { "https" } else { "http" });
    let console = url(config.console.tls.files().is_some(), server.console);
    let hooks = url(config.hooks.tls.files().is_some(), server.hooks);
    let own: BTreeMap<_, _> = server.own().into_iter().map(|(name, address)| (name, url(false, address))).collect();
    tracing::info!(%console, %hooks, ?own, version = env!("CARGO_PKG_VERSION"), "ready");
    terminal::print(match as_json {
        true => serde_json::json!({ "console": console, "hooks": hooks, "own": own }).to_string(),
        false => {
            let own: String = own.iter().map(|(name, url)| format!(", {name} {url}/")).collect();
            format!("Pult is ready: console {console}/ui/, hooks {hooks}/{own}")
        }
    });
}

fn measure(stop: CancellationToken) -> Result<PrometheusHandle, Failure> {
    let handle = PrometheusBuilder::new().install_recorder().map_err(|e| Failure::failed(e.to_string()))?;
    let theirs = handle.clone();
    tokio::spawn(async move {
        while stop.run_until_cancelled(tokio::time::sleep(UPKEEP)).await.is_some() {
            theirs.run_upkeep();
        }
    });
    Ok(handle)
}

/// The first signal stops gently, the second at once.
fn stop_on_signal(stop: CancellationToken) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    tokio::spawn(async move {
        signals.next().await;
        stop.cancel();
        signals.next().await;
        tracing::warn!("stopped at once; what was not committed was not acknowledged either");
        std::process::exit(Exit::Failed as i32);
    });
    Ok(())
}

#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
impl Signals {
    fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self([signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?, signal(SignalKind::hangup())?]))
    }

    async fn next(&mut self) {
        let [terminate, interrupt, hangup] = &mut self.0;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Result<Self, Failure> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // Without a console there is nobody to press Ctrl-C: the service is ended by its manager.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
