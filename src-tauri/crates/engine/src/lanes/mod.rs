//! One lane for each integration that can do something: it takes what is owed, in order, within limits, and sees it through.
//!
//! N calls at once, one per subject. An effect is marked in flight before the call; found in flight after a restart, or ended
//! in doubt, it is looked up first and repeated only when it was not done. Deliberately not here: what a call does.

mod breaker;
mod limits;
mod outcome;
mod schedule;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use pult_domain::{EffectId, Instant, Subject};
use pult_integrations::Shared;
use pult_store::{StoreError, connections, outbox};
use serde::Serialize;
use tokio::task::JoinSet;
use ts_rs::TS;

pub use breaker::BreakerState;
pub(crate) use outcome::take_back;
pub use schedule::Patience;

use breaker::Breaker;
use limits::Limits;

use crate::{pump::PumpParts, troubles::Silence};

/// Effects a lane looks at in one round.
const WINDOW: usize = 1000;
/// How long a lane without work waits before it looks again, whoever wakes it.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// How a lane is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LaneHealth {
    /// The integration.
    pub integration: String,
    /// Calls under way.
    pub in_flight: usize,
    /// Whether the vendor is taken to be there.
    pub breaker: BreakerState,
    /// No call before this instant, milliseconds UTC.
    #[ts(type = "number | null")]
    pub closed_until: Option<i64>,
}

/// One lane.
pub struct Lane {
    name: &'static str,
    parts: Arc<PumpParts>,
    health: tokio::sync::watch::Sender<Option<LaneHealth>>,
    silence: Mutex<Silence>,
}

/// What one round found.
#[derive(Default)]
struct Round {
    start: Vec<outbox::Owed>,
    expired: Vec<outbox::Owed>,
    /// When something can be started that could not be now.
    look_again: Option<Instant>,
}

impl Lane {
    /// The lane of an integration; how it is can be read from the other end of `health`.
    #[must_use]
    pub fn new(
        name: &'static str,
        parts: Arc<PumpParts>,
        health: tokio::sync::watch::Sender<Option<LaneHealth>>,
    ) -> Self {
        Self { name, parts, health, silence: Mutex::default() }
    }

    /// Runs until stopped; calls under way are finished first: a worker of the supervisor.
    pub async fn run(self: Arc<Self>) {
        let wake = self.parts.aftermath.lane(self.name);
        let (mut calls, mut busy) = (JoinSet::new(), HashSet::<Subject>::new());
        let (mut breaker, limits) = (Breaker::default(), Limits::default());
        // Whatever is in flight when a lane begins was left so by an engine that stopped.
        let mut mine = HashSet::<EffectId>::new();
        loop {
            let now = self.parts.clock.now();
            let round = match self.look(now, &busy, &mine, &breaker, &limits, calls.len()).await {
                Ok(round) => round,
                Err(error) => {
                    tracing::warn!(lane = self.name, %error, "the lane waits: the store does not answer");
                    Round { look_again: Some(self.parts.clock.after(Duration::from_secs(1))), ..Round::default() }
                }
            };
            for owed in round.expired {
                self.expire(&owed).await;
            }
            for owed in round.start {
                busy.insert(owed.subject.clone());
                mine.insert(owed.id);
                let lane = self.clone();
                calls.spawn(async move {
                    let verdict = lane.carry_out(&owed).await;
                    (owed, verdict)
                });
            }
            self.tell_health(&breaker, calls.len());
            let look_again = round.look_again.unwrap_or_else(|| self.parts.clock.after(LOOK_AGAIN));
            tokio::select! {
                Some(done) = calls.join_next(), if !calls.is_empty() => match done {
                    Ok((owed, verdict)) => {
                        busy.remove(&owed.subject);
                        mine.remove(&owed.id);
                        breaker.note(&verdict, self.parts.clock.now(), &self.patience());
                    }
                    // The subject stays busy until the lane is started anew by its supervisor.
                    Err(error) => { tracing::error!(lane = self.name, %error, "a call ended in a panic"); return; }
                },
                () = wake.notified() => breaker.person_mended_it(),
                () = self.parts.clock.reach(look_again) => {}
                () = self.parts.stop.cancelled() => break,
            }
        }
        while calls.join_next().await.is_some() {}
    }

    fn integration(&self) -> Option<Shared> {
        self.parts.registry.get(self.name).filter(|i| i.delivery().is_some())
    }

    fn patience(&self) -> Patience {
        self.parts.registry.terms().patience
    }

    fn tell_health(&self, breaker: &Breaker, in_flight: usize) {
        let health = LaneHealth {
            integration: self.name.to_owned(),
            in_flight,
            breaker: breaker.state(),
            closed_until: breaker.closed_until().map(Instant::as_millisecond),
        };
        self.health.send_replace(Some(health));
    }

    /// Chooses what can begin now: in order, one per subject, an earlier effect of a subject before a later one.
    async fn look(
        &self,
        now: Instant,
        busy: &HashSet<Subject>,
        mine: &HashSet<EffectId>,
        breaker: &Breaker,
        limits: &Limits,
        under_way: usize,
    ) -> Result<Round, StoreError> {
        let name = self.name;
        let (owed, memory) =
            self.parts.store.read(move |c| Ok((outbox::owed(c, name, WINDOW)?, connections::get(c, name)?))).await?;
        let mut round = Round::default();
        let Some(integration) = self.integration() else { return Ok(round) };
        let Some(delivery) = integration.delivery() else { return Ok(round) };
        let stopped = memory.paused_by.is_some() || memory.trouble.is_some();
        let free = match breaker.allows(now) {
            _ if stopped => 0,
            Ok(most) => delivery.terms().concurrency.min(most).saturating_sub(under_way),
            Err(until) => {
                round.look_again = Some(until);
                0
            }
        };
        let mut ahead = busy.clone();
        for effect in owed {
            if mine.contains(&effect.id) {
                continue;
            }
            if effect.not_after.is_some_and(|end| end < now) && !effect.in_flight {
                round.expired.push(effect);
                continue;
            }
            let first_of_subject = ahead.insert(effect.subject.clone());
            let earliest = [Some(effect.next_at), effect.not_after].into_iter().flatten().filter(|at| *at > now).min();
            if let Some(at) = earliest {
                round.look_again = Some(round.look_again.map_or(at, |other| other.min(at)));
            }
            if !first_of_subject || round.start.len() >= free || effect.next_at > now {
                continue;
            }
            match limits.take(&delivery.limits(&effect.effect)) {
                Ok(()) => round.start.push(effect),
                Err(wait) => {
                    let at = self.parts.clock.after(wait);
                    round.look_again = Some(round.look_again.map_or(at, |other| other.min(at)));
                }
            }
        }
        Ok(round)
    }
}
