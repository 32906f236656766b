//! Keeps workers alive and knows how each one is.
//!
//! A worker is a loop that ends when told to. One that panics or returns early is started again after a growing pause; its
//! neighbours do not notice. Deliberately not here: what workers do.

use std::{
    collections::BTreeMap,
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use pult_domain::{Area, Instant};
use serde::Serialize;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use ts_rs::TS;

use crate::{bus::Bus, clock::Clock};

/// How a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkerState {
    /// At work.
    Running,
    /// It ended unexpectedly and will be started again.
    Restarting,
    /// It was told to stop and has.
    Stopped,
}

/// A worker as the console shows it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct WorkerHealth {
    /// Its name, for instance `lane.agencies`.
    pub name: String,
    /// How it is.
    pub state: WorkerState,
    /// How often it ended unexpectedly since the engine started.
    pub restarts: u32,
    /// Since when it is so, milliseconds UTC.
    #[ts(type = "number")]
    pub since: i64,
}

/// Starts, watches and stops workers. Clones speak of the same workers.
#[derive(Clone)]
pub struct Supervisor {
    clock: Clock,
    bus: Bus,
    stop: CancellationToken,
    tasks: TaskTracker,
    workers: Arc<Mutex<BTreeMap<String, WorkerHealth>>>,
}

impl Supervisor {
    /// A supervisor whose workers end when `stop` is cancelled.
    #[must_use]
    pub fn new(clock: Clock, bus: Bus, stop: CancellationToken) -> Self {
        Self { clock, bus, stop, tasks: TaskTracker::new(), workers: Arc::default() }
    }

    /// The signal to stop.
    #[must_use]
    pub fn stop_signal(&self) -> &CancellationToken {
        &self.stop
    }

    /// Runs a worker until the engine stops. `work` is called again after an unexpected end, and never once the engine was told
    /// to stop: one told so before it began is at rest, for commands that act on the data and leave all work for later.
    pub fn start<F>(&self, name: impl Into<String>, mut work: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (name, this) = (name.into(), self.clone());
        self.tasks.spawn(async move {
            let mut restarts = 0_u32;
            while !this.stop.is_cancelled() {
                this.note(&name, WorkerState::Running, restarts);
                let ended = AssertUnwindSafe(work()).catch_unwind().await;
                if this.stop.is_cancelled() {
                    break;
                }
                restarts = restarts.saturating_add(1);
                let pause = Duration::from_secs(1 << restarts.min(6));
                match ended {
                    Ok(()) => tracing::error!(worker = name, ?pause, "a worker ended early and will be started again"),
                    Err(_) => tracing::error!(worker = name, ?pause, "a worker panicked and will be started again"),
                }
                this.note(&name, WorkerState::Restarting, restarts);
                tokio::select! {
                    () = this.clock.pause(pause) => {}
                    () = this.stop.cancelled() => break,
                }
            }
            this.note(&name, WorkerState::Stopped, restarts);
        });
    }

    fn note(&self, name: &str, state: WorkerState, restarts: u32) {
        let since = Instant::as_millisecond(self.clock.now());
        let health = WorkerHealth { name: name.to_owned(), state, restarts, since };
        self.workers.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), health);
        self.bus.changed(Area::Engine, vec![]);
    }

    /// How every worker is, by name.
    #[must_use]
    pub fn health(&self) -> Vec<WorkerHealth> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Tells every worker to stop and waits until all have.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_panics_is_started_again_and_stops_when_told() {
        let supervisor = Supervisor::new(Clock::system(), Bus::default(), CancellationToken::new());
        let (runs, stop) = (Arc::new(AtomicU32::new(0)), supervisor.stop_signal().clone());
        let (again, mut seen) = tokio::sync::mpsc::channel(1);
        let theirs = runs.clone();
        supervisor.start("w", move || {
            let (stop, again, run) = (stop.clone(), again.clone(), theirs.fetch_add(1, Ordering::Relaxed));
            async move {
                assert!(run > 0, "the first run panics");
                let _ = again.send(()).await;
                stop.cancelled().await;
            }
        });
        seen.recv().await.unwrap();
        supervisor.stop().await;
        let [worker] = supervisor.health().try_into().unwrap();
        assert_eq!((worker.state, worker.restarts, runs.load(Ordering::Relaxed)), (WorkerState::Stopped, 1, 2));
    }

    #[tokio::test]
    async fn one_told_to_stop_before_it_began_does_no_work() {
        let stop = CancellationToken::new();
        stop.cancel();
        let supervisor = Supervisor::new(Clock::system(), Bus::default(), stop);
        let runs = Arc::new(AtomicU32::new(0));
        let theirs = runs.clone();
        supervisor.start("w", move || {
            theirs.fetch_add(1, Ordering::Relaxed);
            std::future::ready(())
        });
        supervisor.stop().await;
        assert_eq!((supervisor.health()[0].state, runs.load(Ordering::Relaxed)), (WorkerState::Stopped, 0));
    }
}
