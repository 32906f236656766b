//! Calls: the snapshot from the store, the rule from the domain, the changes back.
//!
//! Deliberately not here: anything decided.

use pult_domain::{
    Answer, CallId, Observed, RecordId, Subject,
    areas::calls::{Fact, decide as rule},
};
use pult_store::{Connection, StoreError, calls};

use super::AreaDecision;
use crate::terms::Terms;

pub(super) fn decide(
    connection: &Connection,
    fact: &Fact,
    observed: &Observed,
    record: Option<RecordId>,
    terms: &Terms,
) -> Result<AreaDecision, StoreError> {
    let known = calls::load_known(connection, fact, &observed.key, &terms.calls)?;
    let decision = rule(fact, &observed.key, observed.at, &known, &terms.calls);
    let mut touched = Vec::new();
    for change in &decision.changes {
        if let Some(call) = calls::apply(connection, change, record, &terms.zones)? {
            touched.push(call.0);
        }
    }
    let about = touched.first().map(|id| CallId(*id)).or(known.call.map(|c| c.id)).or(known.open.first().map(|c| c.id));
    Ok(AreaDecision {
        subject: about.map(Subject::call),
        touched,
        changes: serde_json::to_value(&decision.changes)?,
        effects: decision.effects,
        timers: decision.timers,
        notices: decision.notices,
        answer: decision.answer,
        explanation: decision.explanation,
    })
}

pub(super) fn answer_to_repeat(fact: &Fact) -> Answer {
    match fact {
        Fact::CallReported(_) => Answer::Counted { accepted: 0, updated: 1 },
        _ => Answer::Unchanged,
    }
}

pub(super) fn fact_of_timer(key: &str) -> Option<Fact> {
    let call = key.strip_prefix("open/")?.parse().ok()?;
    Some(Fact::EndNeverReported { call: CallId(call) })
}
