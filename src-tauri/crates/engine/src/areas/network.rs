//! The network: the snapshot from the store, the rule from the domain, the changes back.
//!
//! Deliberately not here: anything decided, and asking a target (`probing`).

use pult_domain::{
    Observed, Subject,
    areas::network::{Fact, decide as rule},
};
use pult_store::{Connection, StoreError, network};

use super::AreaDecision;
use crate::terms::Terms;

/// Stands among ids of targets for all of them: maintenance, and whether they are watched.
const ALL: i64 = 0;

pub(super) fn decide(
    connection: &Connection,
    fact: &Fact,
    observed: &Observed,
    terms: &Terms,
) -> Result<AreaDecision, StoreError> {
    let known = network::load_known(connection, fact, observed.at, &terms.network)?;
    let decision = rule(fact, observed.at, &known, &terms.network);
    let mut touched = Vec::new();
    for change in &decision.changes {
        touched.push(network::apply(connection, change, observed.at)?);
    }
    let first = touched.iter().flatten().next().copied().or(known.target.map(|t| t.id));
    let mut touched: Vec<i64> = touched.into_iter().map(|target| target.map_or(ALL, |t| t.0)).collect();
    touched.dedup();
    Ok(AreaDecision {
        subject: first.map(Subject::target),
        touched,
        changes: serde_json::to_value(&decision.changes)?,
        effects: decision.effects,
        timers: decision.timers,
        notices: decision.notices,
        answer: decision.answer,
        explanation: decision.explanation,
    })
}
