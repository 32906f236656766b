//! A look for tickets: which services are asked, and what is made of their lists (behaviour/carousel 5.1 to 5.6).
//!
//! Deliberately not here: what a ticket comes to (`tickets`).

use serde_json::json;

use super::{
    super::{Change, Known, Listing, Policy, Stage},
    explain,
    work::Work,
};
use crate::{Decision, Failure, Instant, Level, Subject};

pub(super) fn begin(at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    if !policy.enabled || !policy.connected {
        return Decision::nothing(explain("carousel.pass.off", known));
    }
    let (mut asked, mut busy, mut empty, mut unread) = (0, 0, 0, 0);
    let mut decision = Decision::nothing(explain("carousel.pass", known));
    for service in known.services.iter().filter(|s| s.enabled && !s.removed) {
        if service.stage.is_some() {
            busy += 1;
            continue;
        }
        // Whose groups are being read may have people: that it has none is not known before the reading has ended.
        if service.members.is_empty() && known.importing.is_some() {
            unread += 1;
            continue;
        }
        let mut work = Work::on(service, at, known, policy);
        if work.has_people() {
            asked += 1;
            work.look();
        } else {
            empty += 1;
        }
        let theirs = work.into_decision(decision.explanation.clone());
        decision.changes.extend(theirs.changes);
        decision.effects.extend(theirs.effects);
        decision.notices.extend(theirs.notices);
    }
    decision.explanation = decision.explanation.with("asked", asked).with("busy", busy).with("empty", empty);
    if unread > 0 {
        decision.explanation = decision.explanation.with("unread", unread);
    }
    decision
}

pub(super) fn listed(listing: &Listing, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let Some(service) = known.services.first().filter(|s| s.stage == Some(Stage::Listing)) else {
        return Decision::nothing(explain("carousel.late", known));
    };
    let mut work = Work::on(service, at, known, policy);
    let skipped = |status: Option<i64>| status.is_some_and(|status| policy.skip_statuses.contains(&status));
    let tickets: Vec<_> = listing.tickets.iter().filter(|t| !skipped(t.status)).cloned().collect();
    let count = tickets.len();
    work.list(tickets.iter().map(|ticket| ticket.number).collect());
    work.change(Change::ForgetPlans { service: service.id });
    work.change(Change::List { service: service.id, tickets, cut: listing.cut, at });
    work.clear(trouble_key(service.id));
    let next = work.go_on();
    work.into_decision(explain("carousel.listed", known).with("tickets", count).with("next", next))
}

pub(super) fn not_listed(
    failure: Failure,
    detail: &str,
    at: Instant,
    known: &Known,
    policy: &Policy,
) -> Decision<Change> {
    let Some(service) = known.services.first().filter(|s| s.stage == Some(Stage::Listing)) else {
        return Decision::nothing(explain("carousel.late", known));
    };
    let mut work = Work::on(service, at, known, policy);
    if failure == Failure::TooLate {
        // Nobody answers: that is told once, of the connection, and not of every service.
        work.fail(detail);
    } else {
        trouble(&mut work, known, detail);
    }
    work.into_decision(explain("carousel.not_listed", known).with("detail", detail))
}

/// The service desk does not let a service be read or written: its pass is over, and a person should know.
pub(super) fn trouble(work: &mut Work<'_>, known: &Known, detail: &str) -> &'static str {
    if let Some(service) = known.services.first() {
        let values = json!({ "service": service.name, "detail": detail });
        let subject = Subject::service(service.id);
        work.raise(trouble_key(service.id), Level::Warning, subject, "carousel.service_refused", values);
    }
    work.fail(detail)
}

fn trouble_key(service: crate::ServiceId) -> String {
    format!("carousel:service/{service}")
}
