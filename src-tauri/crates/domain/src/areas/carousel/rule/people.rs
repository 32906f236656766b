//! Switches and days away: what a supervisor sets by hand (behaviour/carousel 6).
//!
//! Deliberately not here: who may (the engine's list of commands).

use super::{
    super::{Absence, Change, Known},
    explain,
    tickets::flag_key,
    work::nobody_key,
};
use crate::{AbsenceId, Answer, Decision, EmployeeId, Explanation, Instant, NoticeChange};

fn unchanged(explanation: Explanation) -> Decision<Change> {
    Decision { answer: Some(Answer::Unchanged), ..Decision::nothing(explanation) }
}

pub(super) fn service_switched(enabled: bool, known: &Known) -> Decision<Change> {
    let explanation = explain(if enabled { "carousel.service.on" } else { "carousel.service.off" }, known);
    let Some(service) = known.services.first().filter(|s| !s.removed && s.enabled != enabled) else {
        return unchanged(explanation);
    };
    let mut changes = vec![Change::SwitchService { service: service.id, enabled }];
    let mut notices = vec![];
    if !enabled {
        changes.push(Change::Nobody { service: service.id, since: None });
        changes.push(Change::ForgetPlans { service: service.id });
        notices.push(NoticeChange::Clear { key: nobody_key(service.id) });
    }
    Decision { changes, notices, answer: Some(Answer::Done), ..Decision::nothing(explanation) }
}

pub(super) fn person_switched(person: EmployeeId, enabled: bool, at: Instant, known: &Known) -> Decision<Change> {
    let rule = if enabled { "carousel.person.on" } else { "carousel.person.off" };
    let Some(kept) = known.people.get(&person) else { return unchanged(explain(rule, known)) };
    let explanation = explain(rule, known).with("person", kept.name.as_str());
    if kept.removed || kept.enabled == enabled {
        return unchanged(explanation);
    }
    let mut changes = vec![Change::SwitchPerson { person, enabled }];
    let mut notices = vec![];
    if kept.flagged {
        // Whoever is switched by hand is looked at anew.
        changes.push(Change::Flag { person, reason: None, at });
        notices.push(NoticeChange::Clear { key: flag_key(person) });
    }
    Decision { changes, notices, answer: Some(Answer::Done), ..Decision::nothing(explanation) }
}

pub(super) fn absence_kept(person: EmployeeId, absence: &Absence, known: &Known) -> Decision<Change> {
    let explanation = explain("carousel.absence", known)
        .with("person", known.people.get(&person).map(|kept| kept.name.as_str()))
        .with("start", absence.start.to_string())
        .with("end", absence.end.to_string());
    // A row that is changed must be theirs.
    let theirs = absence.id == AbsenceId(0) || known.absent == Some(person);
    if !known.people.contains_key(&person) || !theirs || absence.check().is_err() {
        return unchanged(explanation);
    }
    Decision {
        changes: vec![Change::KeepAbsence { person, absence: absence.clone() }],
        answer: Some(Answer::Done),
        ..Decision::nothing(explanation)
    }
}

pub(super) fn absence_dropped(absence: AbsenceId, known: &Known) -> Decision<Change> {
    let name = known.absent.and_then(|person| known.people.get(&person)).map(|kept| kept.name.as_str());
    let explanation = explain("carousel.absence.dropped", known).with("person", name);
    if known.absent.is_none() {
        return unchanged(explanation);
    }
    let changes = vec![Change::DropAbsence { absence }];
    Decision { changes, answer: Some(Answer::Done), ..Decision::nothing(explanation) }
}
