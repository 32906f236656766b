//! Rules of the network: when a grade changes, when that is an incident, and when an incident is news.
//!
//! Deliberately not here: finding the snapshot (the store's), and whose side is broken (`side`, asked by whoever looks).

use jiff::SignedDuration;
use serde_json::json;

use super::{
    Change, Cycle, Definition, Fact, Grade, Known, Maintenance, OpenIncident, Parent, Policy, Run, TargetState, Trouble,
};
use crate::{
    Answer, Audience, Candidate, Decision, Explanation, Instant, Level, MaintenanceId, Notice, NoticeChange,
    NoticeClass, Subject, TargetId,
};

/// A certificate with fewer days left than this is pressing.
const PRESSING_DAYS: i64 = 3;
/// Cycles that may be missing before the time between two others counts as not watched, in periods.
const SLACK: i32 = 3;

/// Decides about one fact. `at` is its instant, which is also the only "now" a rule knows.
#[must_use]
pub fn decide(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    match fact {
        Fact::CycleSeen { cycle, .. } => match &known.target {
            Some(target) if target.definition.enabled => cycle_seen(target, cycle, at, known, policy),
            Some(_) => Decision::nothing(explain("cycle_seen.not_watched", known)),
            None => no_such_target(known),
        },
        Fact::WatchBegan { targets } => {
            change(Change::BeginWatch, Explanation::of("network_watch_began", json!(null)).with("targets", *targets))
        }
        Fact::WatchLost { why } => {
            change(Change::EndWatch, Explanation::of("network_watch_lost", json!(null)).with("why", why.as_str()))
        }
        Fact::TargetSet { definition, by, .. } => target_set(definition, by, known),
        Fact::TargetRemoved { target, by } => target_removed(*target, by, known),
        Fact::MaintenanceSet { maintenance, by } => maintenance_set(maintenance, by, at, known, policy),
        Fact::MaintenanceLifted { maintenance, by } => change(
            Change::LiftMaintenance { id: *maintenance },
            explain("maintenance_lifted", known).with("by", by.as_str()),
        ),
    }
}

fn explain(rule: &str, known: &Known) -> Explanation {
    Explanation::of(rule, json!(known))
}

fn change(change: Change, explanation: Explanation) -> Decision<Change> {
    Decision { changes: vec![change], answer: Some(Answer::Done), ..Decision::nothing(explanation) }
}

fn no_such_target(known: &Known) -> Decision<Change> {
    Decision::nothing(explain("no_such_target", known))
}

/// The key of the notice about a target in trouble.
#[must_use]
pub fn notice_key(target: TargetId) -> String {
    format!("network/{target}")
}

/// The key of the notice about a certificate that ends.
#[must_use]
pub fn certificate_key(target: TargetId) -> String {
    format!("network/{target}/certificate")
}

fn cycle_seen(target: &TargetState, cycle: &Cycle, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let seen = Grade::of(cycle);
    let reach =
        SignedDuration::from_millis(i64::try_from(target.period.as_millis()).unwrap_or(i64::MAX) * i64::from(SLACK));
    // What was seen before a long silence of ours says nothing about now.
    let before = match target.asked.is_some_and(|asked| at.duration_since(asked) <= reach) {
        true => target.run.clone(),
        false => Run::default(),
    };
    let run = before.with(seen, &policy.steadiness);
    let planned = known.windows.iter().any(|w| w.schedule.covers(at, &policy.zone).is_some());
    let trouble = run.grade.filter(|g| g.is_trouble());
    let silent_parent = known.parents.iter().find(|p| p.grade == Some(Grade::Disconnected) || p.last_lost);
    let incident = match (trouble, &target.incident) {
        (Some(grade), incident) => in_trouble(target, incident.as_ref(), grade, cycle, planned, silent_parent, known),
        (None, Some(incident)) if run.grade.is_some() => recovered(target, incident, at, known),
        (None, _) => Decision::nothing(explain("cycle_seen", known)),
    };
    let mut decision = certificate_seen(target, cycle, at, policy, incident);
    decision.explanation.values.insert("grade".to_owned(), json!(run.grade));
    decision.explanation.values.insert("title".to_owned(), json!(target.definition.title));
    let since = (run.grade != target.run.grade).then_some(at);
    let record = Change::Record {
        target: target.id,
        cycle: Box::new(cycle.clone()),
        grade: seen,
        run,
        since,
        planned,
        watched_until: at.checked_add(reach).unwrap_or(Instant::MAX),
    };
    decision.changes.insert(0, record);
    decision
}

/// What becomes of a target that is in trouble: news, unless it was to be expected or its parent explains it.
fn in_trouble(
    target: &TargetState,
    incident: Option<&OpenIncident>,
    grade: Grade,
    cycle: &Cycle,
    planned: bool,
    silent_parent: Option<&Parent>,
    known: &Known,
) -> Decision<Change> {
    let muted_by = silent_parent.map(|p| p.id);
    let told = !planned && muted_by.is_none();
    let was_told = incident.is_some_and(|i| i.told);
    let changed = incident.is_none_or(|i| i.grade != grade || i.told != told);
    if !changed {
        return Decision::nothing(explain("cycle_seen.still", known));
    }
    let rule = match (told, planned, grade) {
        (false, true, _) => "cycle_seen.planned",
        (false, false, _) => "cycle_seen.parent_silent",
        (true, _, Grade::Disconnected) => "cycle_seen.lost",
        (true, _, _) => "cycle_seen.poor",
    };
    let mut why = explain(rule, known).with("trouble", cycle.trouble.map(|t| t.as_ref().to_owned()));
    why.candidates = candidates(target, silent_parent, planned, known);
    why.otherwise = match (told, planned) {
        (false, false) => Some("cycle_seen.parent_answers".to_owned()),
        (false, true) => Some("cycle_seen.no_maintenance".to_owned()),
        (true, _) => None,
    };
    if let Some(parent) = silent_parent {
        why = why.with("parent", parent.title.as_str());
    }
    let mut changes = vec![match incident {
        None => Change::OpenIncident {
            target: target.id,
            grade,
            trouble: cycle.trouble.map(|t| t.as_ref().to_owned()),
            muted_by,
            planned,
            told,
        },
        Some(open) => Change::KeepIncident { incident: open.id, grade, muted_by, planned, told },
    }];
    let mut notices = vec![match told {
        true => NoticeChange::Raise(notice(target, grade, cycle.trouble)),
        // Also where none stands: that nothing was raised, and why, belongs into the journal once.
        false => NoticeChange::Clear { key: notice_key(target.id) },
    }];
    if !told && incident.is_some() && !was_told {
        notices.clear();
    }
    if grade == Grade::Disconnected {
        // What is reached through this one is explained by it from now on.
        for child in &known.children {
            changes.push(Change::KeepIncident {
                incident: child.incident,
                grade: Grade::Disconnected,
                muted_by: Some(target.id),
                planned: false,
                told: false,
            });
            notices.push(NoticeChange::Clear { key: notice_key(child.id) });
        }
        why = why.with("children", known.children.len());
    }
    Decision { changes, notices, ..Decision::nothing(why) }
}

fn recovered(target: &TargetState, incident: &OpenIncident, at: Instant, known: &Known) -> Decision<Change> {
    let seconds = at.duration_since(incident.began).as_secs();
    let rule = if incident.told { "cycle_seen.recovered" } else { "cycle_seen.recovered_untold" };
    Decision {
        changes: vec![Change::CloseIncident { incident: incident.id }],
        // Of what nobody was told nobody is told that it is over; the journal keeps it all the same.
        notices: vec![NoticeChange::Clear { key: notice_key(target.id) }],
        ..Decision::nothing(explain(rule, known).with("seconds", seconds))
    }
}

/// Who could be told about, and why each is or is not.
fn candidates(target: &TargetState, silent: Option<&Parent>, planned: bool, known: &Known) -> Vec<Candidate> {
    let own = match (planned, silent) {
        (true, _) => "in_maintenance",
        (false, Some(_)) => "reached_through_silent",
        (false, None) => "does_not_answer",
    };
    let mut list = vec![Candidate {
        name: target.definition.title.clone(),
        chosen: own == "does_not_answer",
        reason: own.to_owned(),
    }];
    list.extend(known.parents.iter().map(|parent| {
        let explains = silent.is_some_and(|s| s.id == parent.id);
        Candidate {
            name: parent.title.clone(),
            chosen: explains && !planned,
            reason: if explains { "parent_silent" } else { "parent_answers" }.to_owned(),
        }
    }));
    list
}

fn notice(target: &TargetState, grade: Grade, trouble: Option<Trouble>) -> Notice {
    let lost = grade == Grade::Disconnected;
    let values = [
        ("title", json!(target.definition.title)),
        ("host", json!(target.definition.host)),
        ("trouble", json!(trouble)),
    ];
    Notice {
        key: notice_key(target.id),
        class: NoticeClass::NetworkIncident,
        level: if lost { Level::Critical } else { Level::Warning },
        subject: Subject::target(target.id),
        code: if lost { "network.lost" } else { "network.poor" }.to_owned(),
        values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        to: Audience::Everyone,
    }
}

/// Adds what a certificate read in this cycle leads to.
fn certificate_seen(
    target: &TargetState,
    cycle: &Cycle,
    at: Instant,
    policy: &Policy,
    mut decision: Decision<Change>,
) -> Decision<Change> {
    let Some(certificate) = &cycle.certificate else { return decision };
    let days = certificate.until.duration_since(at).as_hours().div_euclid(24);
    let level = match days {
        _ if days < PRESSING_DAYS => Some(Level::Critical),
        _ if days < policy.certificate_days => Some(Level::Warning),
        _ => None,
    };
    if level == target.certificate_told {
        return decision;
    }
    decision.changes.push(Change::CertificateTold { target: target.id, level });
    decision.notices.push(match level {
        None => NoticeChange::Clear { key: certificate_key(target.id) },
        Some(level) => {
            let values = [
                ("title", json!(target.definition.title)),
                ("host", json!(target.definition.host)),
                ("days", json!(days)),
                ("until", json!(certificate.until)),
            ];
            NoticeChange::Raise(Notice {
                key: certificate_key(target.id),
                class: NoticeClass::NetworkIncident,
                level,
                subject: Subject::target(target.id),
                code: if days < 0 { "network.certificate_ended" } else { "network.certificate" }.to_owned(),
                values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                to: Audience::Everyone,
            })
        }
    });
    if decision.explanation.rule == "cycle_seen" || decision.explanation.rule == "cycle_seen.still" {
        decision.explanation.rule =
            if level.is_some() { "cycle_seen.certificate" } else { "cycle_seen.certificate_renewed" }.to_owned();
    }
    decision.explanation = decision.explanation.with("days", days);
    decision
}

fn target_set(definition: &Definition, by: &str, known: &Known) -> Decision<Change> {
    let (rule, target, anew) = match &known.target {
        None => ("target_set.new", known.next_target, true),
        Some(old) => ("target_set", old.id, asked_otherwise(&old.definition, definition)),
    };
    let mut changes = vec![Change::SetTarget { target, definition: Box::new(definition.clone()), anew }];
    let mut notices = vec![];
    if let Some(old) = known.target.as_ref().filter(|_| anew) {
        // Its old address is no longer watched, so nothing is known against the new one.
        changes.extend(old.incident.as_ref().map(|i| Change::CloseIncident { incident: i.id }));
        changes.extend(old.certificate_told.map(|_| Change::CertificateTold { target, level: None }));
        notices =
            vec![NoticeChange::Clear { key: notice_key(target) }, NoticeChange::Clear { key: certificate_key(target) }];
    }
    Decision {
        changes,
        notices,
        answer: Some(Answer::Done),
        ..Decision::nothing(explain(rule, known).with("by", by).with("title", definition.title.as_str()))
    }
}

/// Whether what is known of a target says nothing about it as it is described now.
fn asked_otherwise(old: &Definition, new: &Definition) -> bool {
    let asked = |d: &Definition| (d.host.clone(), d.kind, d.port_used(), d.path.clone(), d.enabled);
    asked(old) != asked(new)
}

fn target_removed(target: TargetId, by: &str, known: &Known) -> Decision<Change> {
    let Some(old) = &known.target else { return no_such_target(known) };
    Decision {
        changes: vec![Change::RemoveTarget { target }],
        notices: vec![
            NoticeChange::Clear { key: notice_key(target) },
            NoticeChange::Clear { key: certificate_key(target) },
        ],
        answer: Some(Answer::Done),
        ..Decision::nothing(
            explain("target_removed", known).with("by", by).with("title", old.definition.title.as_str()),
        )
    }
}

fn maintenance_set(
    maintenance: &Maintenance,
    by: &str,
    at: Instant,
    known: &Known,
    policy: &Policy,
) -> Decision<Change> {
    let id: MaintenanceId = known.next_maintenance;
    let now = maintenance.schedule.covers(at, &policy.zone).is_some();
    let mut changes =
        vec![Change::SetMaintenance { id, maintenance: Box::new(maintenance.clone()), by: by.to_owned() }];
    let mut notices = vec![];
    // A notice that stands is taken back at once rather than with the next cycle.
    if let Some((target, open)) =
        known.target.as_ref().and_then(|t| Some((t, t.incident.as_ref()?))).filter(|(_, open)| now && open.told)
    {
        changes.push(Change::KeepIncident {
            incident: open.id,
            grade: open.grade,
            muted_by: None,
            planned: true,
            told: false,
        });
        notices.push(NoticeChange::Clear { key: notice_key(target.id) });
    }
    Decision {
        changes,
        notices,
        answer: Some(Answer::Done),
        ..Decision::nothing(explain("maintenance_set", known).with("by", by).with("note", maintenance.note.as_str()))
    }
}

#[cfg(test)]
mod tests;
