//! The floor: the snapshot from the store, the rule from the domain, the changes back.
//!
//! Deliberately not here: anything decided.

use pult_domain::{
    Observed, Subject,
    areas::floor::{Fact, decide as rule, rule::fact_of_timer as of_timer},
};
use pult_store::{Connection, StoreError, floor};

use super::AreaDecision;
use crate::terms::Terms;

/// Stands among ids of operators for the floor itself: its teams, queues, and whether it is watched.
const THE_FLOOR: i64 = 0;

pub(super) fn decide(
    connection: &Connection,
    fact: &Fact,
    observed: &Observed,
    terms: &Terms,
) -> Result<AreaDecision, StoreError> {
    let known = floor::load_known(connection, fact)?;
    let decision = rule(fact, observed.at, &known, &terms.floor);
    let mut touched = Vec::new();
    let mut whole = false;
    for change in &decision.changes {
        match floor::apply(connection, change, observed.at)? {
            Some(operator) => touched.push(operator),
            None => whole = true,
        }
    }
    touched.dedup();
    Ok(AreaDecision {
        subject: touched.first().map(|id| Subject::operator(*id)),
        touched: touched.into_iter().map(|id| id.0).chain(whole.then_some(THE_FLOOR)).collect(),
        changes: serde_json::to_value(&decision.changes)?,
        effects: decision.effects,
        timers: decision.timers,
        notices: decision.notices,
        answer: decision.answer,
        explanation: decision.explanation,
    })
}

pub(super) fn fact_of_timer(key: &str) -> Option<Fact> {
    of_timer(key)
}
