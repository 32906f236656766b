use pult_domain::{Effect, EffectKey, EffectOrder, Explanation, JournalId, RecordId};

use super::*;
use crate::{
    calls,
    inbox::{self, Body, NewRecord, RecordFilter, RecordKind, RecordState},
    journal::{self, NewEntry},
    migrations::in_memory,
    outbox::{self, EffectFilter, EffectState},
    plan_of,
    tickets::Viewer,
};

fn at(ms: i64) -> Instant {
    Instant::from_millisecond(1_790_000_000_000 + ms).unwrap()
}

fn record(db: &Connection, ms: i64) -> RecordId {
    let record = NewRecord {
        integration: "telephony".into(),
        kind: RecordKind::Hook,
        route: "hook".into(),
        received_at: at(ms),
        source: "::1".into(),
        verdict: "{}".into(),
        request: "{\"query\":\"ani=37060011122\"}".into(),
        body: Body::Inline(b"a secret 4312".to_vec()),
        replay_of: None,
    };
    inbox::insert(db, &record).unwrap()
}

/// A decision of a record about a subject, and the call it ordered.
fn decided(db: &Connection, key: &str, subject: &str, record: Option<RecordId>) -> (JournalId, i64) {
    let entry = NewEntry {
        at: at(0),
        decided_at: at(0),
        area: "calls",
        kind: "call_started",
        source: "telephony",
        fact_key: key,
        subject: Some(&Subject(subject.to_owned())),
        record,
        effect: None,
        actor: None,
        fact: "{}".into(),
        changes: "[]".into(),
        ordered: vec![],
        explanation: &Explanation::of("test", serde_json::Value::Null),
    };
    let entry = journal::insert(db, &entry).unwrap();
    let order = EffectOrder {
        subject: Subject(subject.to_owned()),
        not_after: None,
        urgent: false,
        effect: Effect::ReadCatalogue {},
    };
    let effect = outbox::insert(db, &EffectKey(format!("{key}/0")), "agencies", &order, entry, at(0)).unwrap().unwrap();
    (entry, effect.0)
}

/// Two calls of one number, a ticket that names it, and what was done for each: records 1 to 3, calls out 1 to 3.
fn house() -> Connection {
    let db = in_memory().unwrap();
    db.execute_batch(
        "INSERT INTO calls (id, source_key, centre, day, started_at, state, phone, phone_rev)
             VALUES (1, 'v/1', 1, 20260101, 1790000000000, 1, '37060011122', '22111006073'),
                    (2, 'm/2', 0, 20260101, 1790000100000, 1, '37060011122', '22111006073');
         INSERT INTO ticket (id, project_id, project, tracker_id, tracker, status_id, status, closed, priority_id, priority, author_id,
             subject, description, done_ratio, private, emails, custom, created_on, updated_on, followed, status_at, looked_at)
             VALUES (4312, 1, 'П', 1, 'Т', 1, 'Новая', 0, 4, 'Обычный', 5, 'Нет звука', '', 0, 0, '[]', '[]', 1790000300000,
                 1790000300000, 1, 1790000300000, 1790000300000);",
    )
    .unwrap();
    for (n, subject) in ["call:1", "call:2", "ticket:4312"].into_iter().enumerate() {
        let record = record(&db, n as i64);
        decided(&db, &format!("fact-{subject}"), subject, Some(record));
    }
    db
}

fn all() -> Sight {
    let tickets = Some(Viewer { all: true, ..Viewer::default() });
    Sight {
        calls: Some(calls::Sight::default()),
        tickets,
        ratings: true,
        pairs: true,
        documents: true,
        floor: true,
        operators: None,
    }
}

fn found(db: &Connection, sight: &Sight, text: &str) -> (Vec<i64>, Vec<i64>) {
    let Sought { records, effects } = seek(db, sight, text, &["telephony"], at(900_000)).unwrap();
    (records, effects)
}

#[test]
fn a_number_a_ticket_a_subject_and_a_key_lead_to_what_was_done_for_them() {
    let db = house();
    let sight = all();
    let same = |ids: &[i64]| (ids.to_vec(), ids.to_vec());
    assert_eq!(found(&db, &sight, "+370 600 11122"), same(&[1, 2]));
    assert_eq!(found(&db, &sight, "11122").0[..2], [1, 2], "the end of a number, beside a row of that number");
    assert_eq!(found(&db, &sight, "call:2"), same(&[2]));
    assert_eq!(found(&db, &sight, "fact-call:1"), same(&[1]));
    assert_eq!(found(&db, &sight, "fact-call:1/0"), (vec![], vec![1]));
    assert_eq!(found(&db, &sight, "#4312"), (vec![3, 4312], vec![3, 4312]));
    assert_eq!(found(&db, &sight, "a secret"), (vec![], vec![]), "what stands in bodies is not looked through");
}

#[test]
fn nothing_is_found_through_what_somebody_may_not_see() {
    let db = house();
    let sight = Sight { calls: Some(calls::Sight::of(false, None)), ..Sight::default() };
    assert_eq!(found(&db, &sight, "+370 600 11122"), (vec![1], vec![1]), "the other centre's call is not theirs");
    assert_eq!(found(&db, &sight, "call:2"), (vec![], vec![]));
    assert_eq!(found(&db, &sight, "ticket:4312"), (vec![], vec![]));
    assert_eq!(found(&db, &sight, "conversation:1/a@example.com"), (vec![], vec![]));
}

#[test]
fn records_of_a_span_are_found_by_halving_whatever_gaps_there_are() {
    let db = in_memory().unwrap();
    let hour = 3_600_000;
    for n in 0..40 {
        record(&db, n * hour);
    }
    db.execute("DELETE FROM inbox WHERE id IN (5, 6, 7, 20, 40)", []).unwrap();
    let span = |from: Option<i64>, until: Option<i64>| {
        let ms = |hours: i64| at(hours * hour).as_millisecond();
        let filter = RecordFilter { from: from.map(ms), until: until.map(ms), ..RecordFilter::default() };
        inbox::page(&db, &filter, 100).unwrap().iter().map(|row| row.id.0).collect::<Vec<_>>()
    };
    assert_eq!(span(Some(3), Some(8)), [8, 4], "from the fourth hour on, the ninth not included");
    assert_eq!(span(Some(37), None), [39, 38]);
    assert_eq!(span(None, Some(2)), [2, 1]);
    assert_eq!(span(None, None).len(), 35);
    assert_eq!(span(Some(90), None), [0_i64; 0]);
    assert_eq!(span(None, Some(-90)), [0_i64; 0]);
}

#[test]
fn calls_of_a_span_are_those_ordered_or_tried_again_in_it() {
    let db = in_memory().unwrap();
    for n in 0..3 {
        decided(&db, &format!("k{n}"), "call:1", None);
        db.execute("UPDATE outbox SET created_at = ?1 WHERE id = ?2", (at(n * 10).as_millisecond(), n + 1)).unwrap();
    }
    db.execute("UPDATE outbox SET state = 5 WHERE id = 1", []).unwrap();
    outbox::revive(&db, pult_domain::EffectId(1), at(20)).unwrap();
    let ms = |ms: i64| Some(at(ms).as_millisecond());
    let ids = |filter: EffectFilter| outbox::page(&db, &filter, 9).unwrap().iter().map(|r| r.id.0).collect::<Vec<_>>();
    assert_eq!(ids(EffectFilter { from: ms(15), ..EffectFilter::default() }), [3, 1]);
    assert_eq!(ids(EffectFilter { until: ms(20), ..EffectFilter::default() }), [2]);
    let one = EffectFilter { from: ms(15), only: Some(vec![1, 2]), ..EffectFilter::default() };
    assert_eq!(ids(one), [1]);
    let queued = EffectFilter { from: ms(15), state: Some(EffectState::Queued), ..EffectFilter::default() };
    assert_eq!(ids(EffectFilter { integration: Some("agencies".into()), ..queued }), [3, 1]);
}

#[test]
fn no_question_walks_through_the_traffic() {
    let db = in_memory().unwrap();
    let some = || Some(String::new());
    for statement in [OF_SUBJECT_SQL, OF_FACT_SQL, EFFECTS_SQL, EFFECT_OF_KEY_SQL, inbox::NEXT, inbox::FIRST] {
        let plan = plan_of(&db, statement);
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{statement}: {plan}");
    }
    for integration in [None, some()] {
        for state in [None, Some(RecordState::Done), Some(RecordState::Failed)] {
            for only in [None, Some(vec![])] {
                let (from, until) = (Some(0), Some(1));
                let filter =
                    RecordFilter { integration: integration.clone(), state, from, until, only, ..Default::default() };
                let plan = plan_of(&db, &inbox::page_sql(&filter));
                assert!(!plan.contains("SCAN inbox") && !plan.contains("FOR ORDER BY"), "{filter:?}: {plan}");
                assert!(filter.only.is_none() || plan.contains("INTEGER PRIMARY KEY"), "{filter:?}: {plan}");
            }
        }
    }
    let states = [None, Some(EffectState::Queued), Some(EffectState::Done), Some(EffectState::Dead)];
    for (integration, failed) in [(None, false), (some(), false), (None, true), (some(), true)] {
        for state in states {
            let filter = EffectFilter { integration: integration.clone(), state, failed, ..Default::default() };
            let plan = plan_of(&db, &outbox::page_sql(&filter));
            assert!(!plan.contains("SCAN outbox\n") && !plan.contains("FOR ORDER BY"), "{filter:?}: {plan}");
            let within = EffectFilter { from: Some(0), ..filter.clone() };
            let plan = plan_of(&db, &outbox::page_sql(&within));
            assert!(plan.contains("SEARCH outbox USING INDEX outbox_created (created_at>"), "{within:?}: {plan}");
            let only = EffectFilter { only: Some(vec![]), ..within };
            let plan = plan_of(&db, &outbox::page_sql(&only));
            assert!(plan.contains("SEARCH outbox USING INTEGER PRIMARY KEY"), "{only:?}: {plan}");
        }
    }
}

#[test]
fn what_was_fetched_says_when_and_so_does_its_repeat() {
    let db = in_memory().unwrap();
    let hook = record(&db, 1);
    let poll = record(&db, 2);
    db.execute("UPDATE inbox SET kind = ?1 WHERE id = ?2", (RecordKind::Poll as i64, poll.0)).unwrap();
    assert_eq!(inbox::fetched_at(&db, hook).unwrap(), None);
    assert_eq!(inbox::fetched_at(&db, poll).unwrap(), Some(at(2)));
    let repeat = inbox::copy_for_replay(&db, &inbox::get(&db, poll).unwrap(), "vera", at(9)).unwrap();
    assert_eq!(inbox::fetched_at(&db, repeat).unwrap(), Some(at(2)), "found when it was found first");
    assert_eq!(inbox::fetched_at(&db, RecordId(99)).unwrap(), None);
}
