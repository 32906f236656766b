//! Running a record again: for show (what would happen now, beside what happened then), and in earnest.
//!
//! The show runs in a transaction that is always undone; answers of the outside world are those that were really received, and
//! where there is none the tree ends. In earnest the record becomes a new one: its effects keep their keys, so whatever was done
//! is not done twice. Deliberately not here: deciding (that is the pump's code, the same for both).

use pult_domain::{EffectKey, Observed, RecordId};
use pult_integrations::RejectedRow;
use pult_store::{
    Connection, StoreError, inbox,
    journal::{self, EntryRow},
    outbox::{self, EffectState},
};
use serde::Serialize;
use ts_rs::TS;

use crate::{
    Engine,
    decide::{self, Source},
    pump::PumpParts,
};

/// Hops followed from one record; a chain of look-ups is shorter than this.
const DEPTH: usize = 8;

/// What a record led to, or would lead to.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Course {
    /// Facts with the decisions about them, in order.
    pub steps: Vec<Step>,
    /// Why there are none: the record could not be understood.
    pub error: Option<String>,
    /// Parts of a batch that could not be understood.
    #[ts(type = "Array<{ index: number, error: string }>")]
    pub rejected: Vec<RejectedRow>,
}

/// One fact and what follows from it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Step {
    /// The fact's word.
    pub kind: String,
    /// The fact.
    #[ts(type = "unknown")]
    pub fact: serde_json::Value,
    /// Changes to the area's state.
    #[ts(type = "unknown")]
    pub changes: serde_json::Value,
    /// Why.
    pub explanation: pult_domain::Explanation,
    /// Calls to the outside world.
    pub effects: Vec<StepEffect>,
}

/// A call to the outside world within a step.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StepEffect {
    /// Its word.
    pub kind: String,
    /// The integration that performs it.
    pub integration: String,
    /// Its key.
    pub key: EffectKey,
    /// What has become of the call with this key; absent when it was never ordered, so from here on nothing is known.
    pub state: Option<EffectState>,
    /// What its receipt led to.
    pub then: Vec<Step>,
}

/// Then and now, side by side.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Preview {
    /// What the record led to when it came.
    pub then: Course,
    /// What it would lead to today.
    pub now: Course,
}

impl Engine {
    /// What a record led to and what it would lead to now. Changes nothing.
    ///
    /// # Errors
    /// When there is no such record or it cannot be read.
    pub async fn preview(&self, id: RecordId) -> Result<Preview, StoreError> {
        let record = self.parts.store.read(move |c| inbox::get(c, id)).await?;
        let understood = self.parts.understand(&record).await;
        let parts = self.parts.clone();
        let then = self.parts.store.read(move |c| what_happened(c, id)).await?;
        let now = match understood {
            Err(error) => Course { steps: vec![], error: Some(error.to_string()), rejected: vec![] },
            Ok(parsed) => {
                let origin = record.replay_of.unwrap_or(record.id);
                let source = Source {
                    name: record.integration.clone(),
                    record: Some(origin),
                    replay: true,
                    ..Source::default()
                };
                let rejected = parsed.rejected;
                let steps = self
                    .parts
                    .store
                    .rehearse(move |c| parsed.facts.iter().map(|f| rehearse(&parts, c, f, &source, DEPTH)).collect())
                    .await?;
                Course { steps, error: None, rejected }
            }
        };
        Ok(Preview { then, now })
    }

    /// Runs a record again in earnest, as a new record.
    ///
    /// # Errors
    /// When there is no such record, its body was erased, or it cannot be written.
    pub async fn replay(&self, id: RecordId, by: &str) -> Result<RecordId, StoreError> {
        let now = self.parts.clock.now();
        let by = by.to_owned();
        let new = self
            .parts
            .store
            .write(move |connection| {
                let old = inbox::get(connection, id)?;
                let copy = inbox::copy_for_replay(connection, &old, &by, now)?;
                Ok(copy)
            })
            .await?;
        self.pump.arrived(new, None);
        self.bus().changed(pult_domain::Area::Deliveries, vec![new.0]);
        Ok(new)
    }

    /// Decides raw facts against the present state and undoes it all: for `pultd preview`.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn rehearse_facts(&self, integration: &str, facts: Vec<Observed>) -> Result<Vec<Step>, StoreError> {
        let parts = self.parts.clone();
        let source = Source { name: integration.to_owned(), replay: true, ..Source::default() };
        self.parts.store.rehearse(move |c| facts.iter().map(|f| rehearse(&parts, c, f, &source, DEPTH)).collect()).await
    }
}

fn rehearse(
    parts: &PumpParts,
    connection: &Connection,
    observed: &Observed,
    source: &Source,
    depth: usize,
) -> Result<Step, StoreError> {
    let terms = parts.registry.terms();
    // What the outside world answered is looked up before this run orders the same calls once more.
    let decided = decide::fact(connection, observed, source, parts.clock.now(), &terms)?;
    let entry = decided.entry.ok_or(StoreError::NotFound("journal entry"))?;
    let row = journal::get(connection, entry)?;
    let explanation = row.explanation.clone();
    let mut effects = Vec::new();
    for (n, (kind, performer)) in ordered(&row, &terms).into_iter().enumerate() {
        let key = EffectKey::caused_by(&source.name, &observed.key, kind, n);
        let known = outbox::find(connection, &key)?.filter(|e| e.cause != entry);
        let mut then = Vec::new();
        if let Some(effect) = &known
            && depth > 0
        {
            for receipt in journal::of_effect(connection, effect.id)? {
                let fact = Observed {
                    key: pult_domain::FactKey(format!("{key}/receipt")),
                    at: pult_domain::Instant::from_millisecond(receipt.at).unwrap_or(observed.at),
                    fact: serde_json::from_value(receipt.fact.clone())?,
                };
                let source = Source { name: receipt.source.clone(), effect: Some(effect.id), ..source.clone() };
                then.push(rehearse(parts, connection, &fact, &source, depth - 1)?);
            }
        }
        effects.push(StepEffect {
            kind: kind.to_owned(),
            integration: performer.to_owned(),
            key,
            state: known.map(|e| e.state),
            then,
        });
    }
    Ok(Step { kind: row.kind, fact: row.fact, changes: row.changes, explanation, effects })
}

/// The effects an entry ordered, as its decision lists them: those that were ordered before stand in no new row.
fn ordered<'t>(row: &EntryRow, terms: &'t crate::terms::Terms) -> Vec<(&'t str, &'t str)> {
    row.ordered.iter().filter_map(|kind| terms.performers.get_key_value(kind.as_str()).map(|(k, v)| (*k, *v))).collect()
}

fn what_happened(connection: &Connection, record: RecordId) -> Result<Course, StoreError> {
    let row = inbox::get_row(connection, record)?;
    let entries = journal::of_record(connection, record, 2000)?;
    let steps = entries
        .iter()
        .filter(|e| e.effect.is_none())
        .map(|entry| happened(connection, entry, DEPTH))
        .collect::<Result<_, _>>()?;
    let rejected = row.error.as_deref().and_then(|e| serde_json::from_str(e).ok()).unwrap_or_default();
    let error =
        row.error.filter(|_| matches!(row.state, inbox::RecordState::NotUnderstood | inbox::RecordState::Failed));
    Ok(Course { steps, error, rejected })
}

fn happened(connection: &Connection, entry: &EntryRow, depth: usize) -> Result<Step, StoreError> {
    let mut effects = Vec::new();
    for effect in outbox::of_entry(connection, entry.id)? {
        let mut then = Vec::new();
        if depth > 0 {
            for receipt in journal::of_effect(connection, effect.id)? {
                then.push(happened(connection, &receipt, depth - 1)?);
            }
        }
        effects.push(StepEffect {
            kind: effect.kind,
            integration: effect.integration,
            key: effect.key,
            state: Some(effect.state),
            then,
        });
    }
    Ok(Step {
        kind: entry.kind.clone(),
        fact: entry.fact.clone(),
        changes: entry.changes.clone(),
        explanation: entry.explanation.clone(),
        effects,
    })
}
