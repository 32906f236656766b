//! Rules of the carousel: when tickets are looked for, whom each goes to, and what becomes of those that cannot be given (behaviour/carousel
//! 4, 5, 9).
//!
//! One thing at a time is under way for a service: its tickets are read, or one of them is being given to somebody. Each ends in a fact, and
//! that fact decides what is next, so that a crash goes on where it was. Deliberately not here: finding the snapshot (the store's).

mod catalogue;
mod pass;
mod people;
#[cfg(test)]
mod tests;
mod tickets;
mod work;

pub use catalogue::NOTICE as IMPORT_NOTICE;

use serde_json::json;

use crate::{Answer, Decision, Explanation, Instant, TicketNumber, TimerChange};

use super::{Change, Fact, Known, Policy, Service, turn};

/// The deadline of the next look for tickets.
pub const PASS: &str = "pass";
/// The deadline of the next reading of the catalogue.
pub const IMPORT: &str = "import";

/// Whom each ticket of a service that waits would go to, were they given away now: for a look, nothing is decided. Whether the carousel
/// or the service is switched on does not matter; parked tickets and those under way are left out.
#[must_use]
pub fn plan(service: &Service, at: Instant, known: &Known, policy: &Policy) -> Vec<(TicketNumber, turn::Choice)> {
    work::Work::on(service, at, known, policy).plan()
}

/// Decides about one fact. `at` is its instant, which is also the only "now" a rule knows.
#[must_use]
pub fn decide(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let mut decision = weigh(fact, at, known, policy);
    decision.explanation.inputs = json!(known.for_journal(at, policy));
    decision
}

fn weigh(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    match fact {
        Fact::PassDue => {
            let mut decision = pass::begin(at, known, policy);
            // Where nobody can be asked, the deadline is set again by whoever connects a service desk.
            if policy.enabled && policy.connected {
                decision.timers.extend(timer(PASS, at, policy.interval));
            }
            decision
        }
        Fact::PassAsked { .. } => Decision { answer: Some(Answer::Done), ..pass::begin(at, known, policy) },
        Fact::Listed { listing, .. } => pass::listed(listing, at, known, policy),
        Fact::ListFailed { failure, detail, .. } => pass::not_listed(*failure, detail, at, known, policy),
        Fact::Assigned { .. }
        | Fact::Taken { .. }
        | Fact::Gone { .. }
        | Fact::PersonRefused { .. }
        | Fact::AssignFailed { .. } => tickets::settled(fact, at, known, policy),
        Fact::ReassignAsked { to, by, .. } => tickets::reassign(*to, by, at, known, policy),
        Fact::TicketReleased { ticket, .. } => tickets::released(*ticket, at, known),
        Fact::ImportDue => {
            let mut decision = catalogue::begin(at, known, policy);
            // Where files bring it, whoever connects another service desk sets the deadline again.
            if let Some(every) = policy.import_every.filter(|_| !policy.by_file) {
                decision.timers.extend(timer(IMPORT, at, every));
            }
            decision
        }
        Fact::ImportAsked { .. } => catalogue::begin(at, known, policy),
        Fact::CatalogueRead { catalogue } => catalogue::read(catalogue, at, known),
        Fact::CatalogueFailed { detail, .. } => catalogue::failed(detail, at, known),
        Fact::ServiceSwitched { enabled, .. } => people::service_switched(*enabled, known),
        Fact::PersonSwitched { person, enabled, .. } => people::person_switched(*person, *enabled, at, known),
        Fact::AbsenceKept { person, absence, .. } => people::absence_kept(*person, absence, known),
        Fact::AbsenceDropped { absence, .. } => people::absence_dropped(*absence, known),
    }
}

/// The deadlines that must always be set under a policy.
#[must_use]
pub fn standing(policy: &Policy) -> Vec<&'static str> {
    let pass = (policy.enabled && policy.connected).then_some(PASS);
    let import = (policy.connected && !policy.by_file && policy.import_every.is_some()).then_some(IMPORT);
    pass.into_iter().chain(import).collect()
}

/// The fact a deadline stands for.
#[must_use]
pub fn fact_of_timer(key: &str) -> Option<Fact> {
    match key {
        PASS => Some(Fact::PassDue),
        IMPORT => Some(Fact::ImportDue),
        _ => None,
    }
}

fn timer(key: &str, at: Instant, after: jiff::SignedDuration) -> Option<TimerChange> {
    Some(TimerChange::Set { key: key.to_owned(), due: at.checked_add(after).ok()? })
}

fn explain(rule: &str, known: &Known) -> Explanation {
    let explanation = Explanation::of(rule, json!(null));
    match known.services.as_slice() {
        [service] => explanation.with("service", service.name.as_str()),
        _ => explanation,
    }
}
