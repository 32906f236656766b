//! Turns records into decisions, in order, without ever keeping intake waiting.
//!
//! Records are read and understood outside the writer; each is then decided in an act of its own, undone alone when it fails.
//! The acts wait behind ordinary writes, and the writer gives them slices of a few milliseconds; a backlog that has grown large
//! presses for more. A record somebody waits for goes ahead of the backlog, after its own predecessors, and is an ordinary
//! write unless it is a batch. Deliberately not here: what a record means, and what follows.

use std::{
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::join_all;
use pult_domain::{Answer, Area, Instant, Observed, RecordId};
use pult_integrations::{ParseError, Parsed, RejectedRow, StoredRequest, reason};
use pult_store::{
    Store, StoreError,
    inbox::{self, Record, RecordKind, RecordState},
};
use tokio::sync::{Notify, oneshot, watch};

use crate::{
    aftermath::Aftermath,
    bodies::Kept,
    clock::Clock,
    config::Config,
    decide::{self, Decided, Source},
    registry::Registry,
    standing::Standing,
};

/// Records taken in one round.
const ROUND: usize = 256;
/// Facts of a record somebody waits for that are decided at once; more would keep intake waiting.
const AT_ONCE: usize = 16;
/// The part of the queue's limit from which the backlog presses.
const PRESSING: usize = 4;
/// Decided records remembered for whoever brought them and has not said so yet: a tenth of a second's worth at the highest rate.
const REMEMBERED: usize = 4_096;
/// How long to wait before trying again after the store said no.
const PAUSE: Duration = Duration::from_millis(500);

/// What a waiting caller hears of its record.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It was decided.
    Decided {
        /// The answers of its facts, in order.
        answers: Vec<Answer>,
        /// Parts of a batch that could not be understood.
        rejected: Vec<RejectedRow>,
    },
    /// It could not be understood.
    NotUnderstood(ParseError),
}

#[derive(Default)]
struct Queue {
    /// Somebody waits for these, in the order they asked.
    ahead: VecDeque<RecordId>,
    waiters: HashMap<RecordId, oneshot::Sender<Verdict>>,
    /// Undecided records of this run by what keeps them in order.
    in_order: HashMap<String, BTreeSet<RecordId>>,
    order_of: HashMap<RecordId, String>,
    /// Undecided records, roughly: what the limit of the queue is held against.
    backlog: usize,
    /// Undecided records that were announced.
    announced: HashSet<RecordId>,
    /// A record can be seen and decided as soon as it is committed, before it is announced: verdicts on those, and their ids,
    /// oldest first.
    early: HashMap<RecordId, Verdict>,
    early_ids: VecDeque<RecordId>,
}

impl Queue {
    fn remember(&mut self, record: RecordId, verdict: Verdict) {
        self.early.insert(record, verdict);
        self.early_ids.push_back(record);
        if self.early_ids.len() > REMEMBERED
            && let Some(oldest) = self.early_ids.pop_front()
        {
            self.early.remove(&oldest);
        }
    }
}

/// The pump's face to everybody who brings records. Clones feed the same pump.
#[derive(Clone, Default)]
pub struct Pump {
    queue: Arc<Mutex<Queue>>,
    arrived: Arc<Notify>,
}

impl Pump {
    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Undecided records.
    #[must_use]
    pub fn backlog(&self) -> usize {
        self.queue().backlog
    }

    /// A record has been committed. Records with the same `order` are decided in the order they came.
    pub fn arrived(&self, record: RecordId, order: Option<String>) {
        {
            let mut queue = self.queue();
            if queue.early.remove(&record).is_some() {
                return;
            }
            queue.backlog += 1;
            queue.announced.insert(record);
            if let Some(order) = order {
                queue.in_order.entry(order.clone()).or_default().insert(record);
                queue.order_of.insert(record, order);
            }
        }
        self.arrived.notify_one();
    }

    /// As [`Self::arrived`], and tells when it is decided.
    pub fn arrived_awaited(&self, record: RecordId, order: Option<String>) -> oneshot::Receiver<Verdict> {
        let (tell, told) = oneshot::channel();
        {
            let mut queue = self.queue();
            if let Some(verdict) = queue.early.remove(&record) {
                // A caller that has gone away is not an error.
                let _ = tell.send(verdict);
                return told;
            }
            queue.waiters.insert(record, tell);
            let before: Vec<RecordId> = order
                .as_ref()
                .and_then(|o| queue.in_order.get(o))
                .map(|r| r.iter().copied().collect())
                .unwrap_or_default();
            queue.ahead.extend(before);
            queue.ahead.push_back(record);
        }
        self.arrived(record, order);
        told
    }

    /// Runs until stopped: a worker of the supervisor.
    pub async fn run(self, engine: Arc<PumpParts>, config: watch::Receiver<Arc<Config>>) {
        let mut after = RecordId(0);
        match engine.store.read(|c| inbox::count_waiting(c, 1_000_000)).await {
            Ok(count) => self.queue().backlog = count,
            Err(error) => tracing::warn!(%error, "the backlog could not be counted"),
        }
        loop {
            let limit = usize::try_from(config.borrow().hooks.queue_limit).unwrap_or(usize::MAX);
            engine.store.press(self.backlog() > limit / PRESSING);
            match self.round(&engine, &mut after).await {
                Ok(0) => {
                    // A record counted at the start may have announced itself as well. Nothing waits now, so the count begins
                    // afresh; one that arrives this very moment is decided all the same.
                    self.queue().backlog = 0;
                    tokio::select! {
                        () = self.arrived.notified() => {}
                        () = engine.stop.cancelled() => return,
                    }
                }
                Ok(_) if engine.stop.is_cancelled() => return,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the pump waits: the store does not take decisions");
                    after = RecordId(0);
                    tokio::select! {
                        () = tokio::time::sleep(PAUSE) => {}
                        () = engine.stop.cancelled() => return,
                    }
                }
            }
        }
    }

    /// One round; how many records it dealt with.
    async fn round(&self, engine: &Arc<PumpParts>, after: &mut RecordId) -> Result<usize, StoreError> {
        let ahead: Vec<RecordId> = {
            let mut queue = self.queue();
            let count = queue.ahead.len().min(ROUND);
            queue.ahead.drain(..count).collect()
        };
        let awaited = !ahead.is_empty();
        let records = if ahead.is_empty() {
            let from = *after;
            let records = engine.store.read(move |c| inbox::waiting(c, from, ROUND)).await?;
            // Ids only grow, but commits may show them out of order for a moment: look again from the start once idle.
            *after = records.last().map_or(RecordId(0), |r| r.id);
            if records.is_empty() && from.0 != 0 {
                return Box::pin(self.round(engine, after)).await;
            }
            records
        } else {
            engine.store.read(move |c| inbox::still_waiting(c, &ahead)).await?
        };
        if records.is_empty() {
            return Ok(0);
        }
        let count = records.len();
        let understood: Vec<Understood> = join_all(records.into_iter().map(|record| engine.read(record))).await;
        // One queue for all of a round: the writer takes them in the order they came.
        let ordinary = awaited && understood.iter().all(|u| u.facts() <= AT_ONCE);
        let outcomes = join_all(understood.into_iter().map(|record| self.decide(engine, record, ordinary))).await;
        let mut decided = Vec::new();
        let mut settled = Vec::new();
        for outcome in outcomes {
            let (id, facts) = outcome?;
            settled.push(id.0);
            decided.extend(facts);
        }
        engine.aftermath.tell(&decided);
        engine.aftermath.bus().changed(Area::Deliveries, settled);
        Ok(count)
    }

    async fn decide(
        &self,
        engine: &Arc<PumpParts>,
        understood: Understood,
        ordinary: bool,
    ) -> Result<(RecordId, Vec<Decided>), StoreError> {
        let Understood { record, parsed } = understood;
        let id = record.id;
        let (parts, parsed_there) = (engine.clone(), parsed.clone());
        let act = move |connection: &pult_store::Connection| match parsed_there.as_ref() {
            Ok(parsed) => parts.apply(connection, &record, parsed),
            Err(error) => {
                let text = serde_json::to_string(error)?;
                let now = parts.clock.now();
                inbox::settle(connection, record.id, RecordState::NotUnderstood, 0, Some(&text), now)?;
                Ok(vec![])
            }
        };
        let outcome = match ordinary {
            true => engine.store.write(act).await,
            false => engine.store.write_behind(act).await,
        };
        let decided = match outcome {
            Ok(decided) => decided,
            // These pass by themselves: the record waits.
            Err(error @ (StoreError::Busy | StoreError::DiskFull | StoreError::Closed)) => return Err(error),
            Err(error) => {
                tracing::error!(record = id.0, %error, "a record could not be decided and was set aside");
                let now = engine.clock.now();
                let text = serde_json::json!({ "field": "engine", "reason": error.to_string() }).to_string();
                engine
                    .store
                    .write_behind(move |c| inbox::settle(c, id, RecordState::Failed, 0, Some(&text), now))
                    .await?;
                vec![]
            }
        };
        metrics::counter!("pult_records_decided_total").increment(1);
        self.settled(id, &parsed, &decided);
        Ok((id, decided))
    }

    fn settled(&self, id: RecordId, parsed: &Result<Parsed, ParseError>, decided: &[Decided]) {
        let mut queue = self.queue();
        queue.backlog = queue.backlog.saturating_sub(1);
        if let Some(order) = queue.order_of.remove(&id)
            && let Some(others) = queue.in_order.get_mut(&order)
        {
            others.remove(&id);
            if others.is_empty() {
                queue.in_order.remove(&order);
            }
        }
        let (tell, announced) = (queue.waiters.remove(&id), queue.announced.remove(&id));
        if tell.is_none() && announced {
            return;
        }
        let verdict = match parsed {
            Ok(parsed) => Verdict::Decided {
                answers: decided.iter().filter_map(|d| d.answer.clone()).collect(),
                rejected: parsed.rejected.clone(),
            },
            Err(error) => Verdict::NotUnderstood(error.clone()),
        };
        if !announced {
            queue.remember(id, verdict.clone());
        }
        if let Some(tell) = tell {
            // A caller that has gone away is not an error.
            let _ = tell.send(verdict);
        }
    }
}

/// A record and what it means.
struct Understood {
    record: Record,
    parsed: Arc<Result<Parsed, ParseError>>,
}

impl Understood {
    fn facts(&self) -> usize {
        self.parsed.as_ref().as_ref().map_or(0, |parsed| parsed.facts.len())
    }
}

/// What the pump works with.
pub struct PumpParts {
    /// The store.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The integrations, and the terms made of the settings.
    pub registry: Registry,
    /// How connections were when they were last used.
    pub standing: Standing,
    /// Who is told.
    pub aftermath: Aftermath,
    /// The signal to stop.
    pub stop: tokio_util::sync::CancellationToken,
}

impl PumpParts {
    async fn read(&self, record: Record) -> Understood {
        let parsed = Arc::new(self.understand(&record).await);
        Understood { record, parsed }
    }

    /// What a record means.
    pub async fn understand(&self, record: &Record) -> Result<Parsed, ParseError> {
        let mut request: StoredRequest = serde_json::from_str(&record.request)
            .map_err(|_| ParseError::at("record", reason!("its request was erased or cannot be read")))?;
        request.body = match Kept::bytes(&self.store, &record.body).await {
            Ok(Some(body)) => body,
            Ok(None) => return Err(ParseError::at("body", reason!("it was erased"))),
            Err(_) => return Err(ParseError::at("body", reason!("its file is missing"))),
        };
        let integration = self
            .registry
            .get(&record.integration)
            .ok_or_else(|| ParseError::at("integration", reason!("it is switched off or unknown to this version")))?;
        let mut parsed = integration.parse(&request, record.received_at)?;
        // A sender without ids of its own is told apart by the record, the first one when it is run again.
        let origin = record.replay_of.unwrap_or(record.id);
        for (n, observed) in parsed.facts.iter_mut().enumerate().filter(|(_, o)| o.key.0.is_empty()) {
            observed.key.0 = format!("r{origin}/{n}");
        }
        Ok(parsed)
    }

    /// Decides all facts of a record and notes what became of it.
    ///
    /// # Errors
    /// When something cannot be read or written; nothing of it is then kept.
    pub fn apply(
        &self,
        connection: &pult_store::Connection,
        record: &Record,
        parsed: &Parsed,
    ) -> Result<Vec<Decided>, StoreError> {
        let now = self.clock.now();
        let terms = self.registry.terms();
        let decided = self.decide_all(connection, record, &parsed.facts, now, &terms)?;
        let state = match decided.iter().all(|d| d.repeat) && !decided.is_empty() {
            true => RecordState::Duplicate,
            false => RecordState::Done,
        };
        let rejected = if parsed.rejected.is_empty() { None } else { Some(serde_json::to_string(&parsed.rejected)?) };
        inbox::settle(connection, record.id, state, parsed.facts.len(), rejected.as_deref(), now)?;
        Ok(decided)
    }

    fn decide_all(
        &self,
        connection: &pult_store::Connection,
        record: &Record,
        facts: &[Observed],
        now: Instant,
        terms: &crate::terms::Terms,
    ) -> Result<Vec<Decided>, StoreError> {
        let source = Source {
            name: record.integration.clone(),
            record: Some(record.id),
            replay: record.kind == RecordKind::Replay,
            ..Source::default()
        };
        facts.iter().map(|observed| decide::fact(connection, observed, &source, now, terms)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(pump: &Pump, id: i64) {
        pump.settled(RecordId(id), &Ok(Parsed::default()), &[]);
    }

    #[tokio::test]
    async fn whoever_waits_hears_the_verdict_on_a_record_decided_before_it_was_announced() {
        let pump = Pump::default();
        decided(&pump, 7);
        let told = pump.arrived_awaited(RecordId(7), Some("a".to_owned()));
        assert_eq!(told.await, Ok(Verdict::Decided { answers: vec![], rejected: vec![] }));
        assert!(pump.queue().ahead.is_empty() && pump.queue().order_of.is_empty(), "nothing waits for it");
        // The usual course.
        let told = pump.arrived_awaited(RecordId(8), Some("a".to_owned()));
        decided(&pump, 8);
        assert!(told.await.is_ok());
        assert!(pump.queue().early.is_empty() && pump.queue().announced.is_empty());
    }

    #[test]
    fn a_record_decided_early_leaves_nothing_behind_when_it_is_announced() {
        let pump = Pump::default();
        for id in 0..2 * REMEMBERED as i64 {
            decided(&pump, id);
        }
        assert_eq!(pump.queue().early.len(), REMEMBERED);
        pump.arrived(RecordId(2 * REMEMBERED as i64 - 1), Some("a".to_owned()));
        assert!(pump.queue().in_order.is_empty() && pump.queue().announced.is_empty());
        assert_eq!(pump.backlog(), 0);
    }
}
