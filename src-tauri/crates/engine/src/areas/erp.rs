//! Documents: the snapshot from the store, the rule from the domain, the changes back.
//!
//! Deliberately not here: anything decided.

use pult_domain::{
    Answer, Observed, RecordId, Subject,
    areas::erp::{
        Fact, decide as rule,
        rule::{answer as answer_of, fact_of_timer as of_timer},
    },
};
use pult_store::{Connection, StoreError, erp};

use super::AreaDecision;
use crate::{decide::Source, terms::Terms};

pub(super) fn decide(
    connection: &Connection,
    fact: &Fact,
    observed: &Observed,
    source: &Source,
    terms: &Terms,
) -> Result<AreaDecision, StoreError> {
    let known = erp::load_known(connection, fact, source.record.unwrap_or(RecordId(0)))?;
    let decision = rule(fact, observed.at, &known, &terms.erp);
    let mut touched = Vec::new();
    for change in &decision.changes {
        touched.extend(erp::apply(connection, change)?);
    }
    touched.dedup();
    let about = touched.first().copied().or(known.document.map(|document| document.id));
    Ok(AreaDecision {
        subject: about.map(Subject::document),
        touched: touched.into_iter().map(|id| id.0).collect(),
        changes: serde_json::to_value(&decision.changes)?,
        effects: decision.effects,
        timers: decision.timers,
        notices: decision.notices,
        answer: decision.answer,
        explanation: decision.explanation,
    })
}

/// An answer of some time ago, as it would be given now.
pub(super) fn answer_now(connection: &Connection, answer: &Answer) -> Result<Answer, StoreError> {
    let Some(document) = answer.document_underway() else { return Ok(answer.clone()) };
    Ok(erp::kept(connection, document)?.map_or_else(|| answer.clone(), |kept| answer_of(&kept)))
}

pub(super) fn fact_of_timer(key: &str) -> Option<Fact> {
    of_timer(key)
}
