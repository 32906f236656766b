//! Ratings: the snapshot from the store, the rule from the domain, the changes back.
//!
//! Deliberately not here: anything decided.

use pult_domain::{
    Answer, Observed, Subject,
    areas::ratings::{Change, Fact, decide as rule, rule::fact_of_timer as of_timer},
};
use pult_store::{Connection, StoreError, ratings};

use super::AreaDecision;
use crate::{decide::Source, terms::Terms};

pub(super) fn decide(
    connection: &Connection,
    fact: &Fact,
    observed: &Observed,
    source: &Source,
    terms: &Terms,
) -> Result<AreaDecision, StoreError> {
    let known = ratings::load_known(connection, fact)?;
    let decision = rule(fact, observed.at, &known, &terms.ratings);
    let mut touched = Vec::new();
    for change in &decision.changes {
        touched.push(ratings::apply(connection, change)?);
        if let Change::Begin(new) = change
            && let Some(at) = super::found_at(connection, source)?
        {
            ratings::recovered(connection, new.id, at)?;
        }
    }
    touched.dedup();
    let about = touched.first().copied().or(known.request.map(|request| request.id));
    Ok(AreaDecision {
        subject: about.map(Subject::rating),
        touched: touched.into_iter().map(|id| id.0).collect(),
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
        Fact::Answered { .. } => Answer::RatedAlready,
        _ => Answer::Unchanged,
    }
}

pub(super) fn fact_of_timer(key: &str) -> Option<Fact> {
    of_timer(key)
}
