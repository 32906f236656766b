//! Asks every target in its time, and decides about each answer.
//!
//! One worker owns the schedule, so that no target is ever asked twice at once: who wants an answer now waits for the one that is on
//! its way. Deliberately not here: how a target is asked (the probes), and what an answer means (the rules).

mod schedule;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::join_all;
use jiff::SignedDuration;
use pult_domain::{
    Fact, FactKey, Instant, Observed, TargetId,
    areas::network::{Cycle, Fact as NetworkFact},
};
use pult_integrations::{ProbeOrder, Prober};
use pult_store::{StoreError, network};
use tokio::{
    sync::{Notify, oneshot, watch},
    task::{Id, JoinError, JoinSet},
};

use crate::{
    config::{Config, Network},
    decide::{self, Decided, Source},
    pump::PumpParts,
    registry,
};
use schedule::Schedule;

/// Answers kept while the store takes none; the oldest go first.
const KEPT: usize = 2_000;
/// Orders that may wait.
const ORDERS: usize = 1_000;
/// How long to wait before the store is tried again. By the machine's own clock: the store's trouble has nothing to do with the time
/// that is shown to people.
const TRY_AGAIN: Duration = Duration::from_secs(2);
/// What facts of this worker are named by.
const SOURCE: &str = "probes";

/// The worker's face to everybody else. Clones speak to the same one.
#[derive(Clone, Default)]
pub struct Desk {
    orders: Arc<Mutex<Vec<Order>>>,
    wake: Arc<Notify>,
}

enum Order {
    /// The list of targets changed.
    Reload,
    /// Somebody wants an answer now.
    Ask(TargetId, oneshot::Sender<()>),
}

/// Why no answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// It is not watched: switched off, gone, or watching as a whole is.
    NotWatched,
    /// Too many wait already.
    Busy,
}

impl Desk {
    fn orders(&self) -> std::sync::MutexGuard<'_, Vec<Order>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that targets were changed.
    pub fn reload(&self) {
        self.orders().push(Order::Reload);
        self.wake.notify_one();
    }

    /// Asks a target now, or waits for the answer that is on its way; returns once it is written.
    ///
    /// # Errors
    /// When the target is not watched, or too many wait.
    pub async fn ask(&self, target: TargetId) -> Result<(), NoAnswer> {
        let (tell, told) = oneshot::channel();
        {
            let mut orders = self.orders();
            if orders.len() >= ORDERS {
                return Err(NoAnswer::Busy);
            }
            orders.push(Order::Ask(target, tell));
        }
        self.wake.notify_one();
        told.await.map_err(|_| NoAnswer::NotWatched)
    }
}

/// An answer, and when the question was put.
struct Seen {
    target: TargetId,
    at: Instant,
    cycle: Cycle,
}

/// Runs until stopped: a worker of the supervisor.
pub async fn run(parts: Arc<PumpParts>, mut settings: watch::Receiver<Arc<Config>>, desk: Desk) {
    while !parts.stop.is_cancelled() {
        let network = settings.borrow_and_update().areas.network.clone();
        let prober = if network.enabled { prober(&network) } else { None };
        if let Some(prober) = prober {
            Round::new(&parts, prober, network).run(&mut settings, &desk).await;
            continue;
        }
        // Whoever wanted an answer hears that there is none.
        desk.orders().clear();
        tokio::select! {
            changed = settings.changed() => if changed.is_err() { return },
            () = desk.wake.notified() => {}
            () = parts.stop.cancelled() => {}
        }
    }
}

fn prober(settings: &Network) -> Option<Arc<dyn Prober>> {
    match registry::prober(settings) {
        Ok(prober) => Some(prober),
        Err(error) => {
            tracing::error!(%error, "the network is not watched: correct areas.network.ca");
            None
        }
    }
}

/// Watching with one version of the settings.
struct Round<'a> {
    parts: &'a Arc<PumpParts>,
    prober: Arc<dyn Prober>,
    settings: Network,
    schedule: Schedule,
    asking: JoinSet<(Instant, Cycle)>,
    asked: HashMap<Id, TargetId>,
    waiting: HashMap<TargetId, Vec<oneshot::Sender<()>>>,
    seen: Vec<Seen>,
    /// The list of targets could not be read when it had changed.
    unread: bool,
}

impl<'a> Round<'a> {
    fn new(parts: &'a Arc<PumpParts>, prober: Arc<dyn Prober>, settings: Network) -> Self {
        let schedule = Schedule::new(
            SignedDuration::from_secs(settings.period_s.into()),
            SignedDuration::from_mins(settings.certificate_minutes.into()),
        );
        Self {
            parts,
            prober,
            settings,
            schedule,
            asking: JoinSet::new(),
            asked: HashMap::new(),
            waiting: HashMap::new(),
            seen: Vec::new(),
            unread: false,
        }
    }

    /// Watches until told to stop, or until the settings are others.
    async fn run(mut self, settings: &mut watch::Receiver<Arc<Config>>, desk: &Desk) {
        self.reload().await;
        self.happen(NetworkFact::WatchBegan { targets: self.schedule.len() }, "began").await;
        let why = loop {
            self.start_due();
            let next = self.next_look();
            tokio::select! {
                () = self.parts.clock.reach(next) => {}
                () = tokio::time::sleep(TRY_AGAIN), if self.unread || !self.seen.is_empty() => {
                    if self.unread {
                        self.reload().await;
                    }
                }
                Some(ended) = self.asking.join_next_with_id() => self.take(ended),
                () = desk.wake.notified() => self.obey(desk).await,
                changed = settings.changed() => {
                    if changed.is_err() || settings.borrow().areas.network != self.settings {
                        break "settings_changed";
                    }
                }
                () = self.parts.stop.cancelled() => break "stopped",
            }
            while let Some(ended) = self.asking.try_join_next_with_id() {
                self.take(ended);
            }
            self.keep().await;
        };
        self.asking.abort_all();
        self.happen(NetworkFact::WatchLost { why: why.to_owned() }, "lost").await;
    }

    /// Reads the list of targets.
    async fn reload(&mut self) {
        let read = self.parts.store.read(network::watched).await;
        self.unread = read.is_err();
        match read {
            Ok(targets) => {
                self.schedule.take(targets, self.parts.clock.now());
                let schedule = &self.schedule;
                self.waiting.retain(|target, _| schedule.knows(*target));
            }
            Err(error) => tracing::warn!(%error, "the list of targets could not be read; the one known goes on"),
        }
    }

    async fn obey(&mut self, desk: &Desk) {
        let orders = std::mem::take(&mut *desk.orders());
        if orders.iter().any(|order| matches!(order, Order::Reload)) {
            self.reload().await;
        }
        let now = self.parts.clock.now();
        for order in orders {
            if let Order::Ask(target, tell) = order
                && self.schedule.want(target, now)
            {
                self.waiting.entry(target).or_default().push(tell);
            }
        }
    }

    fn start_due(&mut self) {
        let now = self.parts.clock.now();
        while self.asking.len() < self.settings.concurrency as usize {
            let Some(due) = self.schedule.next_due(now) else { return };
            let prober = self.prober.clone();
            let limit = Duration::from_millis(self.settings.timeout_ms.into());
            let order = ProbeOrder::of(&due.definition, limit, due.with_certificate);
            let task = self.asking.spawn(async move { (now, prober.cycle(&order).await) });
            self.asked.insert(task.id(), due.target);
        }
    }

    /// When the worker has to look again by itself.
    fn next_look(&self) -> Instant {
        match () {
            // As many as may are under way: the next begins when one of them ends.
            () if self.asking.len() >= self.settings.concurrency as usize => Instant::MAX,
            () => self.schedule.next_time().unwrap_or(Instant::MAX),
        }
    }

    fn take(&mut self, ended: Result<(Id, (Instant, Cycle)), JoinError>) {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some(target) = self.asked.remove(&id) else { return };
        self.schedule.answered(target);
        match ended {
            Ok((_, (at, cycle))) => self.seen.push(Seen { target, at, cycle }),
            Err(error) => {
                tracing::error!(%error, %target, "a probe ended unexpectedly");
                self.waiting.remove(&target);
            }
        }
        let surplus = self.seen.len().saturating_sub(KEPT);
        self.seen.drain(..surplus);
    }

    /// Decides about what was seen; what the store does not take now is tried again.
    async fn keep(&mut self) {
        if self.seen.is_empty() {
            return;
        }
        let batch = std::mem::take(&mut self.seen);
        let writes = batch.iter().map(|seen| {
            let fact = NetworkFact::CycleSeen { target: seen.target, cycle: Box::new(seen.cycle.clone()) };
            self.decide(fact, format!("{}/{}", seen.target, seen.at.as_nanosecond()), seen.at)
        });
        let outcomes = join_all(writes).await;
        let mut decided = Vec::new();
        for (seen, outcome) in batch.into_iter().zip(outcomes) {
            match outcome {
                Ok(one) => {
                    decided.push(one);
                    for tell in self.waiting.remove(&seen.target).unwrap_or_default() {
                        // Who has gone away meanwhile hears nothing.
                        let _ = tell.send(());
                    }
                }
                Err(StoreError::Busy | StoreError::DiskFull) => self.seen.push(seen),
                Err(error) => {
                    tracing::error!(%error, target = %seen.target, "how a target answered could not be kept");
                    self.waiting.remove(&seen.target);
                }
            }
        }
        metrics::counter!("pult_network_cycles_total").increment(decided.len() as u64);
        self.parts.aftermath.tell(&decided);
    }

    /// Decides about a fact of watching itself, where there is anything to watch.
    async fn happen(&self, fact: NetworkFact, what: &str) {
        if self.schedule.len() == 0 {
            return;
        }
        let now = self.parts.clock.now();
        match self.decide(fact, format!("watch/{what}/{}", now.as_nanosecond()), now).await {
            Ok(decided) => self.parts.aftermath.tell(&[decided]),
            Err(error) => tracing::warn!(%error, what, "that watching began or ended was not noted"),
        }
    }

    async fn decide(&self, fact: NetworkFact, key: String, at: Instant) -> Result<Decided, StoreError> {
        let (now, terms) = (self.parts.clock.now(), self.parts.registry.terms());
        let observed = Observed { key: FactKey(key), at, fact: Fact::Network(fact) };
        let source = Source { name: SOURCE.to_owned(), ..Source::default() };
        self.parts.store.write_behind(move |c| decide::fact(c, &observed, &source, now, &terms)).await
    }
}
