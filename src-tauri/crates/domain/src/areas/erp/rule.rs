//! Rules of documents: what each needs next, who is given its tasks, and when it is done (behaviour/erp_tasks 6, 8).
//!
//! A document goes by short hops: directory, survey, creation, files, update. Each ends in a fact, and after each the same question is
//! asked: what is missing still? So a crash, a resend and a late answer all go on from what is there. Deliberately not here: finding the
//! snapshot (the store's) and wording texts (the integrations').

mod hops;
#[cfg(test)]
mod tests;
mod work;

use serde_json::json;

use crate::{Answer, Decision, DocumentId, Explanation, Failure, Instant};

use self::work::Work;
use super::{
    Change, Creation, Document, Fact, Kept, KeptFile, Known, Part, Policy, Reading, Stage, State, TaskState, Trouble,
    Update, directory::Lives,
};

/// The longest the directory kept is believed while the portal does not tell a newer one (behaviour/erp_tasks 5).
const STALE_AT_MOST: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
/// How long a failed reading is not repeated.
const FAILED_FOR: jiff::SignedDuration = jiff::SignedDuration::from_secs(30);

/// Decides about one fact. `at` is its instant, which is also the only "now" a rule knows.
#[must_use]
pub fn decide(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    match fact {
        Fact::Requested { document } => return requested(document, at, known, policy),
        Fact::DirectoryRead { reading } => return directory_read(reading, at, known, policy),
        Fact::DirectoryFailed { detail, .. } => return directory_failed(detail, at, known, policy),
        Fact::DirectoryForgotten { .. } => {
            let decision = Decision::nothing(Explanation::of("directory.forgotten", json!(null)));
            return Decision { changes: vec![Change::ForgetDirectory], answer: Some(Answer::Done), ..decision };
        }
        _ => {}
    }
    let Some(kept) = &known.document else {
        return Decision { answer: Some(Answer::Unchanged), ..Decision::nothing(explain("no_document", known)) };
    };
    let mut work = Work::on(kept, at, policy, &known.directory);
    if !is_awaited(fact, kept.stage) {
        // Something else is under way, or nothing: what a late answer says of tasks is true all the same.
        if let Fact::Created { tasks, .. } = fact {
            created(&mut work, tasks);
        }
        return work.into_decision(explain("late", known));
    }
    let rule = match fact {
        Fact::Surveyed { survey, .. } => work.choose(survey, known),
        Fact::SurveyFailed { failure, detail, .. } => work.stop(portal_failed(*failure, detail), "survey_failed"),
        Fact::Created { tasks, .. } => created(&mut work, tasks),
        Fact::CreationFailed { detail, .. } => {
            let all: Vec<_> = work.keys(TaskState::Creating);
            let refused = |key: String| (key, Creation::Refused { detail: detail.clone() });
            created(&mut work, &all.into_iter().map(refused).collect::<Vec<_>>())
        }
        Fact::Uploaded { sha256, file, .. } => uploaded(&mut work, sha256, Some(*file), None),
        Fact::UploadFailed { sha256, detail, .. } => uploaded(&mut work, sha256, None, Some(detail)),
        Fact::Updated { tasks, .. } => updated(&mut work, tasks),
        Fact::UpdateFailed { detail, .. } => {
            let all: Vec<_> = work.to_update().into_iter().map(|update| update.key).collect();
            let failed = |key: String| (key, Update::Failed { detail: detail.clone() });
            updated(&mut work, &all.into_iter().map(failed).collect::<Vec<_>>())
        }
        Fact::Due { .. } => again(&mut work, kept, kept.tries.saturating_add(1), "again.due"),
        Fact::AskedAgain { .. } => again(&mut work, kept, 0, "again.asked"),
        Fact::Requested { .. }
        | Fact::DirectoryRead { .. }
        | Fact::DirectoryFailed { .. }
        | Fact::DirectoryForgotten { .. } => "no_document",
    };
    let next = if rule == "surveyed" { work.stage_word() } else { work.go_on() };
    work.into_decision(explain(rule, known).with("next", next))
}

/// Whether a document that stands so waits for such a fact.
fn is_awaited(fact: &Fact, stage: Option<Stage>) -> bool {
    match fact {
        Fact::Surveyed { .. } | Fact::SurveyFailed { .. } => stage == Some(Stage::Survey),
        Fact::Created { .. } | Fact::CreationFailed { .. } => stage == Some(Stage::Creation),
        Fact::Uploaded { .. } | Fact::UploadFailed { .. } => stage == Some(Stage::Files),
        Fact::Updated { .. } | Fact::UpdateFailed { .. } => stage == Some(Stage::Update),
        Fact::Due { .. } | Fact::AskedAgain { .. } => stage.is_none(),
        Fact::Requested { .. }
        | Fact::DirectoryRead { .. }
        | Fact::DirectoryFailed { .. }
        | Fact::DirectoryForgotten { .. } => true,
    }
}

fn explain(rule: &str, known: &Known) -> Explanation {
    let explanation = Explanation::of(rule, json!(known.for_journal()));
    match &known.document {
        Some(kept) => explanation.with("number", kept.document.number.as_str()),
        None => explanation,
    }
}

fn portal_failed(failure: Failure, detail: &str) -> Trouble {
    match failure {
        Failure::Unsupported => Trouble::NotConnected,
        _ => Trouble::PortalFailed { detail: detail.to_owned() },
    }
}

/// The fact a deadline stands for.
#[must_use]
pub fn fact_of_timer(key: &str) -> Option<Fact> {
    Some(Fact::Due { document: DocumentId(key.strip_prefix("retry/")?.parse().ok()?) })
}

/// What the sender of a document is told as it stands.
#[must_use]
pub fn answer(kept: &Kept) -> Answer {
    let all_there = kept.document.lines.iter().all(|line| kept.task(&line.key).is_some_and(|task| task.task.is_some()));
    match (kept.stage, kept.state) {
        (Some(_), _) | (None, State::Received) => Answer::DocumentUnderway { document: kept.id, all_there },
        (None, State::Done) => Answer::DocumentDone,
        (None, State::UpdateFailed) => Answer::DocumentUpdateFailed,
        (None, State::Partial | State::Error) => {
            let unsaid = || Trouble::PortalFailed { detail: String::new() };
            Answer::DocumentFailed { trouble: kept.trouble.clone().unwrap_or_else(unsaid) }
        }
    }
}

fn requested(document: &Document, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let explain = |rule: &str| explain(rule, known).with("number", document.number.as_str());
    let record = known.record;
    let Some(kept) = &known.document else {
        let mut work = Work::begin(known.next, document, record, at, policy, &known.directory);
        let next = work.go_on();
        return work.into_decision(explain("requested").with("next", next));
    };
    let mut work = Work::on(kept, at, policy, &known.directory);
    if kept.stage.is_some() {
        // Whoever sends it again hears what becomes of the work that is under way.
        let newest = kept.queued.as_ref().map_or(&kept.document, |(document, _)| document);
        let rule = if newest == document { "requested.joined" } else { "requested.queued" };
        if newest != document {
            work.change(Change::Queue { id: kept.id, document: Box::new(document.clone()), record });
        }
        return work.into_decision(explain(rule));
    }
    work.again(document, record, 0);
    let next = work.go_on();
    work.into_decision(explain("requested.again").with("next", next))
}

fn again(work: &mut Work<'_>, kept: &Kept, tries: u32, rule: &'static str) -> &'static str {
    if kept.state != State::Done {
        work.again(&kept.document, kept.record, tries);
    }
    rule
}

fn created(work: &mut Work<'_>, tasks: &[(String, Creation)]) -> &'static str {
    for (key, creation) in tasks {
        match creation {
            Creation::Created { task } => work.task(key, TaskState::Created, Some(*task), None),
            Creation::Refused { detail } => work.task(key, TaskState::Refused, None, Some(detail.clone())),
            // It stays to be created, by the same person.
            Creation::Missing => {}
        }
    }
    "created"
}

fn uploaded(work: &mut Work<'_>, sha256: &str, file: Option<i64>, detail: Option<&str>) -> &'static str {
    if let Some(detail) = detail {
        work.trouble(Trouble::UpdateRefused { detail: detail.to_owned() });
    }
    work.file(KeptFile { sha256: sha256.to_owned(), file });
    if file.is_some() { "uploaded" } else { "upload_failed" }
}

fn updated(work: &mut Work<'_>, tasks: &[(String, Update)]) -> &'static str {
    let ordered = work.to_update();
    for (key, update) in tasks {
        match update {
            Update::Done => {
                work.attached(key, ordered.iter().find(|u| u.key == *key).map_or(&[][..], |u| &u.files));
                work.task(key, TaskState::Done, None, None);
            }
            Update::Completed if work.policy().reopen_completed => work.lose(key),
            Update::Completed => work.task(key, TaskState::Completed, None, None),
            Update::Gone => work.lose(key),
            Update::Failed { detail } => {
                work.task(key, TaskState::UpdateFailed, None, Some(detail.clone()));
                work.trouble(Trouble::UpdateRefused { detail: detail.clone() });
            }
        }
    }
    "updated"
}

fn directory_read(reading: &Reading, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let mut directory = known.directory.clone();
    let mut changes = vec![];
    let mut remember = |part: Part, payload: serde_json::Value| changes.push(Change::Remember { part, payload, at });
    if let Some(value) = &reading.departments {
        remember(Part::Departments, json!(value));
        directory.departments = Some(super::Cached { value: value.clone(), at });
    }
    if let Some(value) = &reading.people {
        remember(Part::People, json!(value));
        directory.people = Some(super::Cached { value: value.clone(), at });
    }
    if let Some(value) = &reading.projects {
        remember(Part::Project, json!(value));
        directory.projects = Some(super::Cached { value: value.clone(), at });
    }
    if let Some(value) = &reading.schedule {
        remember(Part::Schedule, json!(value));
        directory.schedule = Some(super::Cached { value: value.clone(), at });
    }
    (directory.reading, directory.failed) = (None, None);
    changes.push(Change::Reading { since: None, failed: None });
    let explanation = explain("directory.read", known).with("waiting", known.waiting.len());
    go_on_all(changes, &directory, at, known, policy, None, explanation)
}

fn directory_failed(detail: &str, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let mut directory = known.directory.clone();
    (directory.reading, directory.failed) = (None, Some(at));
    let changes = vec![Change::Reading { since: None, failed: Some(at) }];
    // What is known of yesterday is better than nothing: people are looked at once more before anybody is given a task.
    let stale = directory.is_complete(at, Lives::all(STALE_AT_MOST));
    let rule = if stale { "directory.stale" } else { "directory.failed" };
    let explanation = explain(rule, known).with("waiting", known.waiting.len()).with("detail", detail);
    go_on_all(changes, &directory, at, known, policy, (!stale).then_some(detail), explanation)
}

/// Goes on with every document that waits for the directory.
fn go_on_all(
    changes: Vec<Change>,
    directory: &super::Directory,
    at: Instant,
    known: &Known,
    policy: &Policy,
    lost: Option<&str>,
    explanation: Explanation,
) -> Decision<Change> {
    let mut decision = Decision { changes, answer: Some(Answer::Done), ..Decision::nothing(explanation.clone()) };
    for kept in &known.waiting {
        let mut work = Work::on(kept, at, policy, directory);
        if let Some(detail) = lost {
            work.stop(Trouble::PortalFailed { detail: detail.to_owned() }, "directory.failed");
        }
        work.go_on();
        let theirs = work.into_decision(explanation.clone());
        decision.changes.extend(theirs.changes);
        decision.effects.extend(theirs.effects);
        decision.timers.extend(theirs.timers);
        decision.notices.extend(theirs.notices);
    }
    decision
}
