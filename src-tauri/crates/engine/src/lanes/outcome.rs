//! Sees one effect through: mark, call, keep what was said, settle or put back; its receipt is decided in the same transaction.
//!
//! Deliberately not here: which effect comes next (`Lane`).

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use pult_domain::{Effect, Fact, FactKey, Failure, Instant, NoticeChange, Observed};
use pult_integrations::{Attempt, CallError, Exchange, Settled};
use pult_store::{Connection, StoreError, connections, journal, outbox, outbox::EffectState};

use super::{
    Lane, Patience,
    schedule::{is_given_up, unlocked, wait},
};
use crate::{
    decide::{self, Decided, Source},
    troubles::{self, Way},
};

/// What a call says of its vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It answered.
    Answered,
    /// It asked to be left alone.
    Asked {
        /// For how long.
        after: Option<Duration>,
    },
    /// It did not answer, or failed on its side.
    Failed,
    /// Nothing was sent.
    NotTried,
}

/// What is in doubt after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// Nothing but what the outcome says.
    No,
    /// What became of an earlier try: it is looked up again, however this look-up failed.
    Earlier,
    /// The same, and the vendor has answered: it cannot tell yet.
    NotYet,
}

/// Where an effect stands after a try.
enum Next {
    Done(Vec<Observed>),
    Given {
        state: EffectState,
        failure: Failure,
        error: CallError,
    },
    Again {
        at: Instant,
        in_flight: bool,
        error: CallError,
    },
    /// Wait for a person, without losing the place in the queue.
    Stop {
        in_flight: bool,
        error: CallError,
    },
}

impl Lane {
    /// Tries an effect once.
    pub(super) async fn carry_out(&self, owed: &outbox::Owed) -> Verdict {
        let Some(integration) = self.integration() else { return Verdict::NotTried };
        let Some(delivery) = integration.delivery() else { return Verdict::NotTried };
        let id = owed.id;
        if let Err(error) = self.parts.store.write(move |c| outbox::begin(c, id)).await {
            // Without the mark nothing is sent: after a crash nobody would know that it had been.
            tracing::warn!(effect = id.0, %error, "an effect could not be marked and waits");
            self.parts.clock.pause(Duration::from_secs(1)).await;
            return Verdict::NotTried;
        }
        self.parts.aftermath.bus().changed(pult_domain::Area::Deliveries, vec![]);
        let began = self.parts.clock.now();
        let limit = delivery.terms().timeout;
        let said_nothing = |outcome| Attempt { exchanges: vec![], outcome };
        let unknown = |detail| said_nothing(Err(CallError::OutcomeUnknown { detail }));
        let call = async {
            if owed.in_flight {
                match delivery.settle(&owed.effect, &owed.key).await {
                    Settled::Done(facts) => return (said_nothing(Ok(facts)), Doubt::No),
                    Settled::NotYet { detail } => return (unknown(detail), Doubt::NotYet),
                    Settled::Unknown(error) => return (said_nothing(Err(error)), Doubt::Earlier),
                    Settled::NotDone if owed.not_after.is_some_and(|end| end < self.parts.clock.now()) => {
                        return (said_nothing(Err(too_late())), Doubt::No);
                    }
                    Settled::NotDone => {}
                }
            }
            (delivery.perform(&owed.effect, &owed.key).await, Doubt::No)
        };
        let (attempt, doubt) = tokio::time::timeout(limit, call)
            .await
            .unwrap_or_else(|_| (unknown(format!("no answer within {} s", limit.as_secs())), Doubt::Earlier));
        metrics::counter!("pult_calls_total", "integration" => self.name, "ok" => if attempt.outcome.is_ok() { "1" } else { "0" })
            .increment(1);
        let verdict = match &attempt.outcome {
            Err(CallError::OutcomeUnknown { .. }) if doubt == Doubt::NotYet => Verdict::Answered,
            Ok(_) | Err(CallError::Refused { .. } | CallError::Unauthorized { .. } | CallError::Locked { .. }) => {
                Verdict::Answered
            }
            Err(CallError::Retry { after, .. }) => Verdict::Asked { after: *after },
            Err(CallError::Unreachable { .. } | CallError::OutcomeUnknown { .. }) => Verdict::Failed,
        };
        let works = !matches!(attempt.outcome, Err(CallError::Unauthorized { .. })) && verdict != Verdict::Failed;
        self.parts.standing.note(self.name, works);
        self.keep(owed, began, attempt, doubt).await;
        verdict
    }

    /// Settles an effect whose time has passed without it.
    pub(super) async fn expire(&self, owed: &outbox::Owed) {
        let next = Next::Given { state: EffectState::Expired, failure: Failure::TooLate, error: too_late() };
        self.write(owed, next, None, None).await;
    }

    async fn keep(&self, owed: &outbox::Owed, began: Instant, attempt: Attempt, doubt: Doubt) {
        let (now, in_doubt) = (self.parts.clock.now(), doubt != Doubt::No);
        let patience = self.patience();
        let tries = owed.attempts.saturating_add(1);
        let backoff = wait(tries, patience.backoff, patience.longest_backoff, rand::random());
        let given_up = is_given_up(owed.created_at, now, patience.give_up);
        let again = |after: Duration, in_flight: bool, error: CallError| Next::Again {
            at: self.parts.clock.after(after),
            in_flight,
            error,
        };
        let code = outcome_code(&attempt.outcome);
        let said = self.said_of_source(&attempt.outcome, doubt, now, &patience);
        let next = match attempt.outcome {
            Ok(facts) => Next::Done(facts),
            Err(error @ CallError::Refused { why: Failure::TooLate, .. }) => {
                Next::Given { state: EffectState::Expired, failure: Failure::TooLate, error }
            }
            Err(error @ CallError::Refused { why, .. }) => {
                Next::Given { state: EffectState::Refused, failure: why, error }
            }
            Err(error @ CallError::Unauthorized { .. }) => Next::Stop { in_flight: in_doubt, error },
            Err(error @ CallError::Retry { after, .. }) => again(after.unwrap_or(backoff), in_doubt, error),
            Err(error @ CallError::Locked { .. }) => again(unlocked(tries), in_doubt, error),
            Err(error) if given_up => Next::Given { state: EffectState::Dead, failure: Failure::TooLate, error },
            Err(error @ CallError::Unreachable { .. }) => again(backoff, in_doubt, error),
            Err(error @ CallError::OutcomeUnknown { .. }) => again(backoff, true, error),
        };
        self.write(owed, next, Some((began, code, attempt.exchanges)), said).await;
    }

    /// What a try says of the system to people.
    fn said_of_source(
        &self,
        outcome: &Result<Vec<Observed>, CallError>,
        doubt: Doubt,
        now: Instant,
        patience: &Patience,
    ) -> Option<NoticeChange> {
        let mut silence = self.silence.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Err(CallError::OutcomeUnknown { .. }) if doubt == Doubt::NotYet => {
                silence.broken();
                Some(troubles::works(self.name, Way::Calls))
            }
            Ok(_) | Err(CallError::Refused { .. }) => {
                silence.broken();
                Some(troubles::works(self.name, Way::Calls))
            }
            Err(CallError::Unauthorized { .. }) => {
                silence.broken();
                Some(troubles::refused(self.name, Way::Calls))
            }
            // Somebody is there, and busy.
            Err(CallError::Retry { .. } | CallError::Locked { .. }) => {
                silence.broken();
                None
            }
            Err(CallError::Unreachable { .. } | CallError::OutcomeUnknown { .. }) => silence
                .goes_on(now, patience.failures, patience.tell_after)
                .then(|| troubles::unreachable(self.name, Way::Calls)),
        }
    }

    /// Writes the outcome until it is written: a receipt in hand must not be lost to a full disk.
    async fn write(
        &self,
        owed: &outbox::Owed,
        next: Next,
        said: Option<(Instant, &'static str, Vec<Exchange>)>,
        of_source: Option<NoticeChange>,
    ) {
        let (next, said, owed) = (Arc::new(next), Arc::new(said), Arc::new(owed.clone()));
        loop {
            let (parts, name) = (self.parts.clone(), self.name);
            let (next, said, theirs, of_source) = (next.clone(), said.clone(), owed.clone(), of_source.clone());
            let written = self
                .parts
                .store
                .write(move |connection| {
                    let now = parts.clock.now();
                    if let Some((began, code, exchanges)) = said.as_ref() {
                        let exchanges = serde_json::to_string(exchanges)?;
                        outbox::note_attempt(connection, theirs.id, *began, now, code, &exchanges)?;
                    }
                    let terms = parts.registry.terms();
                    let mut decided = settle(connection, &theirs, &next, name, now, &terms)?;
                    let mut told: Vec<NoticeChange> = of_source.into_iter().collect();
                    if matches!(*next, Next::Given { state: EffectState::Dead, .. }) {
                        told.push(troubles::given_up(connection, name, theirs.effect.kind())?);
                    }
                    decided.push(decide::notices(connection, &told, now, &terms)?);
                    Ok(decided)
                })
                .await;
            match written {
                Ok(decided) => {
                    self.parts.aftermath.tell(&decided);
                    self.parts.aftermath.bus().changed(pult_domain::Area::Deliveries, vec![]);
                    return;
                }
                Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::warn!(effect = owed.id.0, %error, "an outcome could not be written yet");
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                        // Left in flight: the next start looks it up.
                        () = self.parts.stop.cancelled() => return,
                    }
                }
            }
        }
    }
}

/// Past its time an effect is not sent any more, also one that is known only now not to have been done.
fn too_late() -> CallError {
    CallError::Refused { reason: "its time has passed".to_owned(), why: Failure::TooLate }
}

fn settle(
    connection: &Connection,
    owed: &outbox::Owed,
    next: &Next,
    integration: &str,
    now: Instant,
    terms: &crate::terms::Terms,
) -> Result<Vec<Decided>, StoreError> {
    let text = |error: &CallError| serde_json::to_string(error);
    let facts = match next {
        Next::Done(facts) => {
            outbox::settle(connection, owed.id, EffectState::Done, None, now)?;
            connections::reached(connection, integration, now)?;
            facts.clone()
        }
        Next::Given { state, failure, error } => {
            outbox::settle(connection, owed.id, *state, Some(&text(error)?), now)?;
            let key = FactKey(format!("{}/given_up", owed.key));
            vec![Observed { key, at: now, fact: Fact::of_failed_effect(&owed.effect, *failure, &error.to_string()) }]
        }
        Next::Again { at, in_flight, error } => {
            outbox::postpone(connection, owed.id, *at, *in_flight, &text(error)?)?;
            return Ok(vec![]);
        }
        Next::Stop { in_flight, error } => {
            outbox::postpone(connection, owed.id, now, *in_flight, &text(error)?)?;
            connections::set_trouble(connection, integration, Some(&text(error)?))?;
            return Ok(vec![]);
        }
    };
    let source = Source {
        name: integration.to_owned(),
        record: journal::record_of_effect(connection, owed.id)?,
        effect: Some(owed.id),
        ..Source::default()
    };
    facts.iter().map(|fact| decide::fact(connection, fact, &source, now, terms)).collect()
}

/// Takes an effect back that still waits for its turn. Its area hears of it as of one that could not be done in its time, or what
/// waits for the receipt would wait for good.
pub(crate) fn take_back(
    connection: &Connection,
    row: &outbox::EffectRow,
    by: &str,
    now: Instant,
    terms: &crate::terms::Terms,
) -> Result<Decided, StoreError> {
    outbox::settle(connection, row.id, EffectState::Cancelled, None, now)?;
    // One whose content was erased says no more what it was about.
    let Ok(effect) = serde_json::from_value::<Effect>(row.effect.clone()) else { return Ok(Decided::default()) };
    let detail = format!("taken back by {by}");
    let observed = Observed {
        key: FactKey(format!("{}/taken_back", row.key)),
        at: now,
        fact: Fact::of_failed_effect(&effect, Failure::TooLate, &detail),
    };
    let source = Source {
        name: row.integration.clone(),
        record: journal::record_of_effect(connection, row.id)?,
        effect: Some(row.id),
        actor: Some(by.to_owned()),
        ..Source::default()
    };
    decide::fact(connection, &observed, &source, now, terms)
}

fn outcome_code(outcome: &Result<Vec<Observed>, CallError>) -> &'static str {
    match outcome {
        Ok(_) => "done",
        Err(CallError::Retry { .. } | CallError::Locked { .. }) => "retry",
        Err(CallError::Unauthorized { .. }) => "unauthorized",
        Err(CallError::Refused { .. }) => "refused",
        Err(CallError::Unreachable { .. }) => "unreachable",
        Err(CallError::OutcomeUnknown { .. }) => "outcome_unknown",
    }
}
