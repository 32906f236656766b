//! One lane for each integration that can do something: it takes what is owed, in order, within limits, and sees it through.
//!
//! N calls at once, one per subject. An effect is marked in flight before the call; found in flight after a restart, or ended
//! in doubt, it is looked up first and repeated only when it was not done. Deliberately not here: what a call does.

mod breaker;
mod choice;
mod limits;
mod outcome;
mod schedule;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use pult_domain::{Effect, EffectId, Instant, Subject};
use pult_integrations::Shared;
use pult_store::{StoreError, connections, outbox};
use serde::Serialize;
use tokio::task::JoinSet;
use ts_rs::TS;

pub use breaker::BreakerState;
pub(crate) use outcome::take_back;
pub use schedule::Patience;

use breaker::Breaker;
use choice::{Choice, Round, Weighed};
use limits::Limits;

use crate::{pump::PumpParts, troubles::Silence};

/// Effects a lane looks at in one round, the oldest; where more is owed it goes from subject to subject behind them.
const WINDOW: usize = 1000;
/// Subjects it looks at together there.
const PAGE: usize = 64;
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

/// Where a lane is, from one round to the next.
#[derive(Default)]
struct Course {
    /// Whom a call is under way for.
    busy: HashSet<Subject>,
    /// What is under way. Whatever else is in flight when a lane begins was left so by an engine that stopped.
    mine: HashSet<EffectId>,
    breaker: Breaker,
    limits: Limits,
    /// The subject from which the next look behind the window begins.
    reached: Option<String>,
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
        let (mut calls, mut course) = (JoinSet::new(), Course::default());
        loop {
            let now = self.parts.clock.now();
            let round = match self.look(now, &mut course, calls.len()).await {
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
                course.busy.insert(owed.subject.clone());
                course.mine.insert(owed.id);
                let lane = self.clone();
                calls.spawn(async move {
                    let verdict = lane.carry_out(&owed).await;
                    (owed, verdict)
                });
            }
            self.tell_health(&course.breaker, calls.len());
            let look_again = round.look_again.unwrap_or_else(|| self.parts.clock.after(LOOK_AGAIN));
            tokio::select! {
                Some(done) = calls.join_next(), if !calls.is_empty() => match done {
                    Ok((owed, verdict)) => {
                        course.busy.remove(&owed.subject);
                        course.mine.remove(&owed.id);
                        course.breaker.note(&verdict, self.parts.clock.now(), &self.patience());
                    }
                    // The subject stays busy until the lane is started anew by its supervisor.
                    Err(error) => { tracing::error!(lane = self.name, %error, "a call ended in a panic"); return; }
                },
                () = wake.notified() => course.breaker.person_mended_it(),
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
    async fn look(&self, now: Instant, course: &mut Course, under_way: usize) -> Result<Round, StoreError> {
        let name = self.name;
        let (owed, memory) =
            self.parts.store.read(move |c| Ok((outbox::owed(c, name, WINDOW)?, connections::get(c, name)?))).await?;
        let Some(integration) = self.integration() else { return Ok(Round::default()) };
        let Some(delivery) = integration.delivery() else { return Ok(Round::default()) };
        let stopped = memory.paused_by.is_some() || memory.trouble.is_some();
        let (free, closed) = match course.breaker.allows(now) {
            _ if stopped => (0, None),
            Ok(most) => (delivery.terms().concurrency.min(most).saturating_sub(under_way), None),
            Err(until) => (0, Some(until)),
        };
        let mut choice = Choice::new(now, free, &course.busy, &course.mine);
        if let Some(until) = closed {
            choice.look_again(until);
        }
        let take =
            |effect: &Effect| course.limits.take(&delivery.limits(effect)).map_err(|wait| self.parts.clock.after(wait));
        let all = owed.len() < WINDOW;
        for effect in owed {
            choice.weigh(effect, take);
        }
        if !all {
            for effect in self.parts.store.read(move |c| outbox::ending(c, name, PAGE)).await? {
                choice.end(&effect);
            }
            course.reached = self.look_beyond(&mut choice, course.reached.take(), take).await?;
            if !choice.round.expired.is_empty() {
                // What stands behind these may begin.
                choice.look_again(now);
            }
        }
        Ok(choice.round)
    }

    /// Looks at the first effect of the subjects that the window did not reach, from where the last look stopped and once round, until
    /// nothing more can begin; answers where to go on. One limit that has no room ends it, for it may hold for all of them.
    async fn look_beyond(
        &self,
        choice: &mut Choice<'_>,
        reached: Option<String>,
        take: impl Fn(&Effect) -> Result<(), Instant>,
    ) -> Result<Option<String>, StoreError> {
        let (name, mut from, mut round) = (self.name, reached.clone().unwrap_or_default(), reached.is_none());
        while choice.has_room() {
            let page = from.clone();
            let heads = self.parts.store.read(move |c| outbox::heads(c, name, &page, PAGE)).await?;
            let last = heads.len() < PAGE;
            for head in heads {
                if round && reached.as_ref().is_some_and(|first| head.subject.0 >= *first) {
                    return Ok(None);
                }
                // The least subject after this one.
                from = format!("{}\0", head.subject.0);
                if choice.weigh(head, &take) == Weighed::Limited || !choice.has_room() {
                    return Ok(Some(from));
                }
            }
            if last && round {
                return Ok(None);
            }
            if last {
                (from, round) = (String::new(), true);
            }
        }
        Ok(reached)
    }
}
