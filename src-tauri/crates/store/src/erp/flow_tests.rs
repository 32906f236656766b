//! Whatever happens to documents in whatever order: the rows say what the rule's copy says.
//!
//! The rule decides, the store applies, and a plain copy takes the same changes in memory. Deliberately not here: what the rule ought to
//! decide (its own tests).

use std::collections::BTreeMap;

use jiff::{SignedDuration, tz::TimeZone};
use proptest::prelude::*;
use pult_domain::{
    DocumentId, Failure, RecordId,
    areas::erp::{
        Change, Creation, Department, Document, Fact, Kept, KeptFile, KeptTask, Load, Metric, Person, Policy, Project,
        Reading, Root, Schedule, State, Survey, Surveyed, TaskState, Update, decide, directory::Lives, rule::answer,
    },
};

use super::{
    apply, kept, load_known,
    tests::{at, document},
};
use crate::migrations::in_memory;

fn policy(reopen_completed: bool) -> Policy {
    Policy {
        root: Root { name: "Производство".to_owned(), id: None },
        project: "Задачи из 1с".to_owned(),
        project_required: true,
        folder: None,
        default_estimate: SignedDuration::from_hours(1),
        metric: Metric::RemainingTime,
        lives: Lives::all(SignedDuration::from_mins(20)),
        zone: TimeZone::UTC,
        reopen_completed,
        portal: true,
    }
}

fn reading() -> Reading {
    let department = |id, name: &str, parent| Department { id, name: name.to_owned(), parent };
    let person = |id, department| Person { id, name: String::new(), departments: vec![department] };
    Reading {
        departments: Some(vec![
            department(1, "Производство", None),
            department(2, "Швейный цех", Some(1)),
            department(3, "Раскрой", Some(1)),
        ]),
        people: Some(vec![person(41, 2), person(42, 2), person(43, 3)]),
        projects: Some(vec![Project { id: 7, name: "Задачи из 1с".to_owned() }]),
        schedule: Some(Schedule::usual()),
    }
}

/// What may be sent: the same document with other words, another one, and one with a line nobody answers for.
fn sent(which: u8) -> Document {
    match which % 4 {
        0 => document("a", &["Швейный цех", "Раскрой"], &["aa", "bb"]),
        1 => document("a", &["Швейный цех"], &["bb", "cc", "bb"]),
        2 => document("b", &["Раскрой"], &[]),
        _ => document("b", &["Раскрой", "Склад"], &["aa"]),
    }
}

/// One thing that happens; numbers choose among what is possible then.
fn fact(kind: u8, which: u8, open: &BTreeMap<i64, Kept>, second: i64) -> Fact {
    let document = DocumentId(i64::from(which % 2) + 1);
    let empty = vec![];
    let kept = open.get(&document.0);
    let tasks = kept.map_or(&empty, |kept| &kept.tasks);
    let detail = "no".to_owned();
    let failure = Failure::Refused;
    match kind {
        0 | 1 => Fact::Requested { document: Box::new(sent(which)) },
        2 | 3 => Fact::DirectoryRead { reading: Box::new(reading()) },
        4 => Fact::DirectoryFailed { failure, detail },
        5 | 6 => {
            let load = || Load::Known { remaining_s: Some(0), unestimated: 0, open: 0, tasks: vec![] };
            let people = [41, 42, 43].map(|id| Surveyed { id, active: true, absent: false, load: load() });
            let survey = Survey { began: at(second - 90), author: None, people: people.to_vec() };
            Fact::Surveyed { document, survey: Box::new(survey) }
        }
        7 => Fact::SurveyFailed { document, failure, detail },
        8..=10 => {
            let became = |(n, task): (usize, &KeptTask)| {
                let creation = match (usize::from(which / 2) + n) % 4 {
                    0 => Creation::Missing,
                    1 => Creation::Refused { detail: detail.clone() },
                    _ => Creation::Created { task: 8000 + second + n as i64 },
                };
                (task.key.clone(), creation)
            };
            let creating = tasks.iter().filter(|task| task.state == TaskState::Creating);
            Fact::Created { document, tasks: creating.enumerate().map(became).collect() }
        }
        11 => Fact::CreationFailed { document, failure, detail },
        12 | 13 => {
            let files = kept.map(|kept| kept.document.files.clone()).unwrap_or_default();
            let file = files.get(usize::from(which / 2) % files.len().max(1));
            let sha256 = file.map_or("dd".to_owned(), |file| file.sha256.clone());
            match which % 3 {
                0 => Fact::UploadFailed { document, sha256, failure, detail },
                _ => Fact::Uploaded { document, sha256, file: 300 + second },
            }
        }
        14..=16 => {
            let became = |(n, task): (usize, &KeptTask)| {
                let update = match (usize::from(which / 2) + n) % 5 {
                    0 => Update::Completed,
                    1 => Update::Gone,
                    2 => Update::Failed { detail: detail.clone() },
                    _ => Update::Done,
                };
                (task.key.clone(), update)
            };
            let there = tasks.iter().filter(|task| task.task.is_some());
            Fact::Updated { document, tasks: there.enumerate().map(became).collect() }
        }
        17 => Fact::UpdateFailed { document, failure, detail },
        18 => Fact::Due { document },
        19 => Fact::AskedAgain { document, by: "anna".to_owned() },
        _ => Fact::DirectoryForgotten { by: "anna".to_owned() },
    }
}

/// A change done to a plain copy.
fn done(open: &mut BTreeMap<i64, Kept>, change: &Change) {
    let of = |open: &mut BTreeMap<i64, Kept>, id: &DocumentId, act: &dyn Fn(&mut Kept)| {
        act(open.get_mut(&id.0).expect("a document that was begun"));
    };
    match change {
        Change::Begin { id, document, record, .. } => {
            let kept = Kept {
                id: *id,
                state: State::Received,
                stage: None,
                document: (**document).clone(),
                record: *record,
                queued: None,
                tasks: vec![],
                files: vec![],
                tries: 0,
                trouble: None,
            };
            assert_eq!(open.insert(id.0, kept), None, "a new number");
        }
        Change::Again { id, document, record, tries, .. } => of(open, id, &|kept| {
            let there =
                |task: &KeptTask| KeptTask { state: TaskState::Stale, order: None, detail: None, ..task.clone() };
            *kept = Kept {
                document: (**document).clone(),
                record: *record,
                queued: None,
                tries: *tries,
                state: State::Received,
                stage: None,
                trouble: None,
                tasks: kept.tasks.iter().filter(|task| task.task.is_some()).map(there).collect(),
                files: kept.files.iter().filter(|file| file.file.is_some()).cloned().collect(),
                ..*kept
            };
        }),
        Change::Queue { id, document, record } => {
            of(open, id, &|kept| kept.queued = Some(((**document).clone(), *record)));
        }
        Change::Stage { id, stage, .. } => of(open, id, &|kept| kept.stage = Some(*stage)),
        Change::Trouble { id, trouble } => of(open, id, &|kept| kept.trouble = Some(trouble.clone())),
        Change::Settle { id, state, trouble, .. } => of(open, id, &|kept| {
            (kept.state, kept.stage, kept.trouble) = (*state, None, trouble.clone());
        }),
        Change::Choose { id, chosen, .. } => of(open, id, &|kept| {
            kept.tasks.push(KeptTask {
                key: chosen.order.key.clone(),
                state: TaskState::Creating,
                responsible: chosen.order.responsible,
                task: None,
                order: Some(chosen.order.clone()),
                files: vec![],
                detail: None,
            });
        }),
        Change::Task { id, key, state, task, detail, .. } => of(open, id, &|kept| {
            for found in kept.tasks.iter_mut().filter(|task| task.key == *key) {
                (found.state, found.task, found.detail) = (*state, task.or(found.task), detail.clone());
                if *state != TaskState::Creating {
                    found.order = None;
                }
            }
        }),
        Change::Attached { id, key, files } => of(open, id, &|kept| {
            kept.tasks.iter_mut().filter(|task| task.key == *key).for_each(|task| task.files.extend(files));
        }),
        Change::Lose { id, key } => of(open, id, &|kept| kept.tasks.retain(|task| task.key != *key)),
        Change::File { id, sha256, file } => of(open, id, &|kept| {
            kept.files.retain(|file| file.sha256 != *sha256);
            kept.files.push(KeptFile { sha256: sha256.clone(), file: *file });
        }),
        Change::Remember { .. } | Change::Reading { .. } | Change::ForgetDirectory => {}
    }
}

/// Lets things happen one after the other and compares after each.
fn happen(facts: impl IntoIterator<Item = (u8, u8)>, reopen_completed: bool) -> BTreeMap<i64, Kept> {
    let connection = in_memory().unwrap();
    let policy = policy(reopen_completed);
    let mut open = BTreeMap::new();
    for (n, (kind, which)) in facts.into_iter().enumerate() {
        let second = n as i64 * 60;
        let fact = fact(kind, which, &open, second);
        let known = load_known(&connection, &fact, RecordId(n as i64)).unwrap();
        let decision = decide(&fact, at(second), &known, &policy);
        for change in &decision.changes {
            done(&mut open, change);
            let touched = apply(&connection, change).unwrap();
            let house = matches!(change, Change::Remember { .. } | Change::Reading { .. } | Change::ForgetDirectory);
            assert_eq!(touched.is_none(), house, "{change:?}");
        }
        for (id, expected) in &open {
            let found = kept(&connection, DocumentId(*id)).unwrap().unwrap();
            assert_eq!(&found, expected, "after {fact:?}");
        }
        // What the sender is told comes from the rule's own copy.
        let about = match &fact {
            Fact::Requested { document } => open.values().find(|kept| kept.document.guid == document.guid),
            _ => fact.document().and_then(|id| open.get(&id.0)),
        };
        if let Some(about) = about {
            assert_eq!(decision.answer, Some(answer(about)), "after {fact:?}");
        }
    }
    open
}

#[test]
fn a_document_goes_all_its_way() {
    let facts = [(0, 0), (2, 0), (5, 0), (8, 4), (12, 4), (12, 10), (14, 6)];
    let open = happen(facts, false);
    assert_eq!(open[&1].state, State::Done, "{open:?}");
    assert_eq!((open[&1].tasks.len(), open[&1].files.len()), (2, 2));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn rows_and_rule_agree_whatever_happens(
        facts in prop::collection::vec((0u8..21, any::<u8>()), 1..60),
        reopen_completed in any::<bool>(),
    ) {
        happen(facts, reopen_completed);
    }
}
