//! Takes a verified request in: redact, make it durable, hand it to the pump, answer the sender as its integration promises.
//!
//! Deliberately not here: listening and verifying (the server's and the integration's).

use std::time::Duration;

use pult_domain::{Answer, Area, Instant, RecordId};
use pult_integrations::{
    Admission, HttpAnswer, Integration, Outcome, Performed, Reply, Shared, StoredRequest, Verified, Webhook,
};
use pult_store::{
    Connection, Store, StoreError, connections,
    inbox::{self, Body, INLINE_BODY, NewRecord, RecordKind},
    outbox,
};

use crate::{Engine, areas, pump::Verdict};

/// Where a record comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// How it came.
    pub kind: RecordKind,
    /// The sender's address, or the person.
    pub source: String,
    /// Why it counts as genuine, as JSON.
    pub verdict: String,
    /// The record it repeats.
    pub replay_of: Option<RecordId>,
}

/// Readies a record for the store: a large body goes to its own file first, so that no row ever names a missing one.
///
/// # Errors
/// When the body cannot be kept.
pub async fn prepare(
    store: &Store,
    integration: &str,
    request: &StoredRequest,
    origin: Origin,
    received_at: Instant,
) -> Result<NewRecord, StoreError> {
    let body = if request.body.len() <= INLINE_BODY {
        Body::Inline(request.body.to_vec())
    } else {
        let (store, bytes) = (store.clone(), request.body.clone());
        let put = tokio::task::spawn_blocking(move || store.blobs().put(&bytes)).await;
        Body::Blob(put.map_err(|_| StoreError::Closed)??)
    };
    Ok(NewRecord {
        integration: integration.to_owned(),
        kind: origin.kind,
        route: request.route.clone(),
        received_at,
        source: origin.source,
        verdict: origin.verdict,
        request: serde_json::to_string(request)?,
        body,
        replay_of: origin.replay_of,
    })
}

impl Engine {
    /// Takes a verified request in and answers its sender. What is answered as accepted is on the disk.
    pub async fn receive(&self, integration: &Shared, request: &Verified) -> HttpAnswer {
        let Some(webhook) = integration.webhook() else { return not_found() };
        if let Admission::Glance(answer) = webhook.admit(request) {
            return answer;
        }
        let stored = webhook.redact(request);
        let outcome = self.take_in(integration.as_ref(), webhook, request, &stored).await.unwrap_or_else(|error| {
            metrics::counter!("pult_intake_refused_total", "integration" => integration.name()).increment(1);
            tracing::warn!(integration = integration.name(), %error, "a request could not be recorded");
            Outcome::NotRecorded
        });
        webhook.answer(&stored, &outcome)
    }

    async fn take_in(
        &self,
        integration: &dyn Integration,
        webhook: &dyn Webhook,
        request: &Verified,
        stored: &StoredRequest,
    ) -> Result<Outcome, StoreError> {
        if self.pump.backlog() >= self.queue_limit() {
            return Err(StoreError::Busy);
        }
        let (name, now) = (integration.name(), self.parts.clock.now());
        let origin = Origin {
            kind: RecordKind::Hook,
            source: request.request().peer.to_string(),
            verdict: serde_json::to_string(request.verdict())?,
            replay_of: None,
        };
        let record = prepare(&self.parts.store, name, stored, origin, now).await?;
        let single = matches!(record.body, Body::Inline(_));
        let insert = move |connection: &Connection| inbox::insert(connection, &record);
        let id = match single {
            true => self.parts.store.write_statement(insert).await?,
            // The file of a large body is counted in another table.
            false => self.parts.store.write(insert).await?,
        };
        self.heard(name, now);
        metrics::counter!("pult_records_total", "integration" => name).increment(1);
        let order = integration.order_of(stored);
        let (limit, settled) = match webhook.reply(stored) {
            Reply::AtCommit => {
                self.pump.arrived(id, order);
                self.parts.aftermath.bus().changed(Area::Deliveries, vec![id.0]);
                return Ok(Outcome::Committed { record: id });
            }
            Reply::AtDecision { limit } => (limit, false),
            Reply::AtSettled { limit } => (limit, true),
        };
        let told = self.pump.arrived_awaited(id, order);
        let patience = tokio::time::Instant::now() + limit;
        Ok(match tokio::time::timeout_at(patience, told).await {
            Ok(Ok(Verdict::Decided { answers, rejected })) => {
                let mut effects = vec![];
                let mut answers = answers;
                if settled {
                    // Past its limit, the sender is told what is known then.
                    let _ = tokio::time::timeout_at(patience, self.until_settled(id, &answers)).await;
                    effects = self.performed(id).await?;
                    answers = self.answers_now(answers).await?;
                }
                Outcome::Decided { record: id, answers, rejected, effects }
            }
            Ok(Ok(Verdict::NotUnderstood(error))) => Outcome::NotUnderstood { record: id, error },
            Ok(Err(_)) | Err(_) => Outcome::Committed { record: id },
        })
    }

    /// What has become of the effects of a record's chain.
    async fn performed(&self, record: RecordId) -> Result<Vec<Performed>, StoreError> {
        let outcomes = self.parts.store.read(move |c| outbox::outcomes_of_record(c, record)).await?;
        let done = |state: outbox::EffectState| state.is_settled().then_some(state == outbox::EffectState::Done);
        Ok(outcomes.into_iter().map(|(kind, state)| Performed { kind, done: done(state) }).collect())
    }

    /// The answers as they would be given now.
    async fn answers_now(&self, answers: Vec<Answer>) -> Result<Vec<Answer>, StoreError> {
        self.parts.store.read(move |c| answers.iter().map(|answer| areas::answer_now(c, answer)).collect()).await
    }

    /// Waits until no effect of a record's chain is open. Where the rule said that the work goes on, its end is waited for instead: the
    /// work may have been begun by a record before, and the chain may hold work for others.
    async fn until_settled(&self, record: RecordId, answers: &[Answer]) {
        let goes_on = |answers: &[Answer]| answers.iter().any(|answer| answer.document_underway().is_some());
        let mut listener = self.parts.aftermath.bus().listen();
        loop {
            let settled = match goes_on(answers) {
                true => self.answers_now(answers.to_vec()).await.map(|now| !goes_on(&now)),
                false => {
                    self.parts.store.read(move |c| outbox::count_open_of_record(c, record)).await.map(|open| open == 0)
                }
            };
            match settled {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "it could not be read whether the work has ended"),
            }
            // Other traffic wakes this too; the question is one look at an index.
            if listener.next().await.is_none() {
                return;
            }
        }
    }

    /// Notes a sign of life, at most every few seconds: intake must not pay for a second row each time.
    fn heard(&self, integration: &'static str, now: Instant) {
        const EVERY: Duration = Duration::from_secs(5);
        let due = {
            let mut heard = self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let last = heard.insert(integration, now);
            match last {
                Some(last)
                    if now.duration_since(last).abs() < jiff::SignedDuration::try_from(EVERY).unwrap_or_default() =>
                {
                    heard.insert(integration, last);
                    false
                }
                _ => true,
            }
        };
        if due {
            let store = self.parts.store.clone();
            tokio::spawn(async move {
                if let Err(error) = store.write_behind(move |c| connections::heard(c, integration, now)).await {
                    tracing::debug!(%error, "a sign of life was not noted");
                }
            });
        }
    }
}

fn not_found() -> HttpAnswer {
    HttpAnswer::Json {
        status: 404,
        body: serde_json::json!({ "error": { "code": "not_found", "message": "no such hook" } }),
    }
}
