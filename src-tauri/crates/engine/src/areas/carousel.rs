//! The carousel: the snapshot from the store, the rule from the domain, the changes back.
//!
//! Deliberately not here: anything decided.

use jiff::tz::TimeZone;
use pult_domain::{
    Instant, Observed, Subject,
    areas::carousel::{
        Fact, Policy, decide as rule,
        rule::{fact_of_timer as of_timer, standing as always},
    },
};
use pult_store::{
    Connection, StoreError,
    carousel::{self, Touched},
};

use super::AreaDecision;
use crate::terms::Terms;

/// The row that stands for the catalogue, absences and everybody: whoever shows any of it reads it again.
pub const EVERYBODY: i64 = 0;

pub(super) fn decide(
    connection: &Connection,
    fact: &Fact,
    observed: &Observed,
    terms: &Terms,
) -> Result<AreaDecision, StoreError> {
    let policy = &terms.carousel;
    let known = carousel::load_known(connection, fact, day_of(observed.at, &policy.zone))?;
    let decision = rule(fact, observed.at, &known, policy);
    let mut touched = Vec::new();
    for change in &decision.changes {
        touched.extend(carousel::apply(connection, change)?.map(|touched| match touched {
            Touched::Service(id) => id.0,
            Touched::Person(_) | Touched::Catalogue => EVERYBODY,
        }));
    }
    touched.sort_unstable();
    touched.dedup();
    Ok(AreaDecision {
        subject: subject_of(fact, known.services.first().map(|service| service.id)),
        touched,
        changes: serde_json::to_value(&decision.changes)?,
        effects: decision.effects,
        timers: decision.timers,
        notices: decision.notices,
        answer: decision.answer,
        explanation: decision.explanation,
    })
}

/// What a fact is about. A pass is about no service in particular.
fn subject_of(fact: &Fact, service: Option<pult_domain::ServiceId>) -> Option<Subject> {
    match fact {
        Fact::PassDue | Fact::PassAsked { .. } => None,
        Fact::ImportDue | Fact::ImportAsked { .. } | Fact::CatalogueRead { .. } | Fact::CatalogueFailed { .. } => {
            Some(Subject::catalogue())
        }
        Fact::PersonSwitched { person, .. } | Fact::AbsenceKept { person, .. } => Some(Subject::employee(*person)),
        _ => service.map(Subject::service),
    }
}

/// When the day of an instant began there.
pub fn day_of(at: Instant, zone: &TimeZone) -> Instant {
    at.to_zoned(zone.clone()).start_of_day().map_or(at, |start| start.timestamp())
}

pub(super) fn fact_of_timer(key: &str) -> Option<Fact> {
    of_timer(key)
}

pub(super) fn standing(policy: &Policy) -> Vec<&'static str> {
    always(policy)
}
