//! What becomes of a ticket that was to be given to somebody (behaviour/carousel 5.7, 9).
//!
//! Deliberately not here: choosing whom (`turn`), and what goes on after it (`work`).

use serde_json::json;

use super::{
    super::{AssignmentState, Change, Fact, Known, Outcome, Policy, Stage, Way},
    explain, pass,
    work::{Work, parked_key},
};
use crate::{Answer, Decision, EmployeeId, Failure, Instant, Level, NoticeChange, Subject, TicketNumber};

pub(super) fn settled(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let open = known.assignment.as_ref().filter(|kept| kept.state == AssignmentState::Sent);
    let (Some(kept), Some(service)) = (open, known.services.first()) else {
        return Decision::nothing(explain("carousel.late", known));
    };
    let (outcome, detail) = outcome_of(fact);
    let mut work = Work::on(service, at, known, policy);
    work.settle(kept, outcome, detail);
    let rule = rule_of(outcome);
    let explanation = explain(rule, known)
        .with("ticket", kept.ticket.0)
        .with("person", known.people.get(&kept.person).map_or("", |person| person.name.as_str()))
        .with("detail", detail);
    if kept.way == Way::Reassigned {
        return work.into_decision(explanation.with("next", "reassigned"));
    }
    match outcome {
        Outcome::Confirmed => {
            work.forget(kept.ticket);
            work.given(kept.person);
            if known.people.get(&kept.person).is_some_and(|person| person.flagged) {
                work.change(Change::Flag { person: kept.person, reason: None, at });
                work.clear(flag_key(kept.person));
            }
        }
        Outcome::Taken | Outcome::Gone => work.forget(kept.ticket),
        Outcome::PersonRefused => {
            let detail = detail.unwrap_or_default();
            work.refuse(kept.ticket, kept.person);
            work.change(Change::Flag { person: kept.person, reason: Some(detail.to_owned()), at });
            let name = known.people.get(&kept.person).map_or("", |person| person.name.as_str());
            let values = json!({ "person": name, "service": service.name, "detail": detail });
            work.raise(
                flag_key(kept.person),
                Level::Warning,
                Subject::employee(kept.person),
                "carousel.refused",
                values,
            );
        }
        Outcome::TicketRefused | Outcome::Failed => work.put_off(kept.ticket, detail.unwrap_or_default()),
    }
    let rights = matches!(fact, Fact::AssignFailed { failure: Failure::Rights | Failure::Unsupported, .. });
    let next = if rights {
        pass::trouble(&mut work, known, detail.unwrap_or_default())
    } else if service.stage == Some(Stage::Assigning) {
        work.go_on()
    } else {
        "done"
    };
    work.into_decision(explanation.with("next", next))
}

fn outcome_of(fact: &Fact) -> (Outcome, Option<&str>) {
    match fact {
        Fact::Assigned { .. } => (Outcome::Confirmed, None),
        Fact::Taken { .. } => (Outcome::Taken, None),
        Fact::Gone { .. } => (Outcome::Gone, None),
        Fact::PersonRefused { detail, .. } => (Outcome::PersonRefused, Some(detail)),
        Fact::AssignFailed { failure: Failure::Refused | Failure::State | Failure::DoesNotExist, detail, .. } => {
            (Outcome::TicketRefused, Some(detail))
        }
        Fact::AssignFailed { detail, .. } => (Outcome::Failed, Some(detail)),
        _ => (Outcome::Failed, None),
    }
}

fn rule_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Confirmed => "carousel.confirmed",
        Outcome::Taken => "carousel.taken",
        Outcome::Gone => "carousel.gone",
        Outcome::PersonRefused => "carousel.person_refused",
        Outcome::TicketRefused => "carousel.ticket_refused",
        Outcome::Failed => "carousel.failed",
    }
}

pub(super) fn reassign(to: EmployeeId, by: &str, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let confirmed = known.assignment.as_ref().filter(|kept| {
        kept.state == AssignmentState::Confirmed && kept.person != to && !known.open.contains(&kept.ticket)
    });
    let person = known.people.get(&to).filter(|person| !person.removed);
    let (Some(kept), Some(service), Some(person), true) = (confirmed, known.services.first(), person, policy.connected)
    else {
        let nothing = Decision::nothing(explain("carousel.reassign.impossible", known));
        return Decision { answer: Some(Answer::Unchanged), ..nothing };
    };
    let mut work = Work::on(service, at, known, policy);
    work.reassign(kept, to, by);
    let explanation =
        explain("carousel.reassign", known).with("ticket", kept.ticket.0).with("person", person.name.as_str());
    Decision { answer: Some(Answer::Done), ..work.into_decision(explanation) }
}

pub(super) fn released(ticket: TicketNumber, at: Instant, known: &Known) -> Decision<Change> {
    let explanation = explain("carousel.released", known).with("ticket", ticket.0);
    if !known.waiting.iter().any(|waiting| waiting.ticket == ticket && waiting.tries > 0) {
        return Decision { answer: Some(Answer::Unchanged), ..Decision::nothing(explanation) };
    }
    Decision {
        changes: vec![Change::Retry { ticket, tries: 0, next_try: Some(at) }],
        notices: vec![NoticeChange::Clear { key: parked_key(ticket) }],
        answer: Some(Answer::Done),
        ..Decision::nothing(explanation)
    }
}

pub(super) fn flag_key(person: EmployeeId) -> String {
    format!("carousel:executor/{person}")
}
