use pult_domain::{Explanation, JournalId};

use super::*;
use crate::{
    audit::{self, NewAudit},
    inbox::{Body, NewRecord, RecordKind, RecordState, StoredBody},
    journal::{self, NewEntry},
    migrations::in_memory,
    outbox, plan_of,
};

fn at(ms: i64) -> Instant {
    Instant::from_millisecond(ms).unwrap()
}

fn record(db: &Connection, received: i64, body: Body, state: RecordState) -> RecordId {
    let record = NewRecord {
        integration: "okna".into(),
        kind: RecordKind::Hook,
        route: "hook".into(),
        received_at: at(received),
        source: "::1".into(),
        verdict: "{}".into(),
        request: "{\"query\":\"a=b\"}".into(),
        body,
        replay_of: None,
    };
    let id = inbox::insert(db, &record).unwrap();
    inbox::settle(db, id, state, 0, None, at(received)).unwrap();
    id
}

fn inline() -> Body {
    Body::Inline(b"body".to_vec())
}

fn count(db: &Connection, table: &str) -> i64 {
    db.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0)).unwrap()
}

#[test]
fn bodies_go_first_in_slices_that_remember_where_they_were() {
    let db = in_memory().unwrap();
    let ids: Vec<_> = (0..5).map(|n| record(&db, n, inline(), RecordState::Done)).collect();
    let body = |id| inbox::get(&db, id).unwrap().body;
    assert_eq!(erase_bodies(&db, at(4), 3).unwrap(), 3);
    assert_eq!((body(ids[2]), body(ids[3])), (StoredBody::Erased, StoredBody::Inline(b"body".to_vec())));
    assert_eq!(erase_bodies(&db, at(4), 3).unwrap(), 1);
    assert_eq!(erase_bodies(&db, at(4), 3).unwrap(), 0);
    assert_eq!(body(ids[4]), StoredBody::Inline(b"body".to_vec()));
    assert_eq!(inbox::get(&db, ids[0]).unwrap().request, "null");
    assert_eq!(count(&db, "inbox"), 5);
}

#[test]
fn what_waits_is_neither_erased_nor_passed() {
    let db = in_memory().unwrap();
    record(&db, 1, inline(), RecordState::Done);
    let waits = record(&db, 2, inline(), RecordState::Waiting);
    let later = record(&db, 3, inline(), RecordState::Done);
    assert_eq!(erase_bodies(&db, at(9), 10).unwrap(), 1);
    assert_eq!(delete_records(&db, at(9), 10).unwrap(), 2, "the row that waits stays among those that go");
    assert_eq!(inbox::get(&db, waits).unwrap().body, StoredBody::Inline(b"body".to_vec()));
    assert_eq!(inbox::get(&db, later).unwrap_err(), StoreError::NotFound("record"));
    inbox::settle(&db, waits, RecordState::Done, 0, None, at(9)).unwrap();
    assert_eq!(erase_bodies(&db, at(9), 10).unwrap(), 1);
}

#[test]
fn a_clock_that_jumped_does_not_keep_rows_for_ever() {
    let db = in_memory().unwrap();
    record(&db, 1, inline(), RecordState::Done);
    record(&db, 9_000_000, inline(), RecordState::Done);
    record(&db, 2, inline(), RecordState::Done);
    record(&db, 50, inline(), RecordState::Done);
    assert_eq!(erase_bodies(&db, at(10), 10).unwrap(), 3);
    assert_eq!(delete_records(&db, at(10), 10).unwrap(), 3);
    assert_eq!(count(&db, "inbox"), 1);
}

#[test]
fn files_of_bodies_are_let_go_once() {
    let db = in_memory().unwrap();
    let blob = blobs::BlobRef { sha256: "aa".into(), bytes: 1, held: None };
    for n in 0..3 {
        record(&db, n, Body::Blob(blob.clone()), RecordState::Done);
    }
    let uses = || db.query_row("SELECT uses FROM blob", [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(erase_bodies(&db, at(1), 10).unwrap(), 1);
    assert_eq!(uses(), 2);
    assert_eq!(delete_records(&db, at(2), 10).unwrap(), 2);
    assert_eq!(uses(), 1, "one was let go when its body was erased, the other with its row");
}

#[test]
fn journal_and_audit_go_from_the_oldest_end() {
    let db = in_memory().unwrap();
    let why = Explanation::of("test", serde_json::Value::Null);
    for n in 0..5 {
        let entry = NewEntry {
            at: at(0),
            decided_at: at(n),
            area: "calls",
            kind: "k",
            source: "s",
            fact_key: &n.to_string(),
            subject: None,
            record: None,
            effect: None,
            actor: None,
            fact: "{}".into(),
            changes: "[]".into(),
            ordered: vec![],
            explanation: &why,
        };
        journal::insert(&db, &entry).unwrap();
        let act = NewAudit { at: at(n), actor: "a", action: "x", object: "", detail: 1.into(), address: "" };
        audit::insert(&db, &act).unwrap();
    }
    assert_eq!((delete_entries(&db, at(3), 2).unwrap(), delete_audit(&db, at(3), 2).unwrap()), (2, 2));
    assert_eq!((delete_entries(&db, at(3), 2).unwrap(), delete_audit(&db, at(3), 2).unwrap()), (1, 1));
    assert_eq!((delete_entries(&db, at(3), 2).unwrap(), delete_audit(&db, at(3), 2).unwrap()), (0, 0));
    assert_eq!((count(&db, "journal"), count(&db, "audit")), (2, 2));
}

#[test]
fn only_settled_deliveries_go_and_their_tries_count() {
    let db = in_memory().unwrap();
    for n in 0..3 {
        db.execute(
            "INSERT INTO outbox (effect_key, integration, kind, subject, effect, journal_id, urgent, created_at, next_at, state, settled_at)
             VALUES (?1, 'okna', 'k', '', '{}', 1, 0, 0, 0, ?2, ?3)",
            params![format!("k{n}"), if n == 2 { 0 } else { 2 }, if n == 2 { None } else { Some(n) }],
        )
        .unwrap();
        for _ in 0..3 {
            outbox::note_attempt(&db, pult_domain::EffectId(n + 1), at(0), at(0), "done", "[]").unwrap();
        }
    }
    assert!(outbox::of_entry(&db, JournalId(1)).unwrap().len() == 3);
    let slices: Vec<_> = (0..5).map(|_| delete_deliveries(&db, at(9), 2).unwrap()).collect();
    assert_eq!(slices, [2, 2, 2, 2, 0], "two deliveries with three tries each, two rows a slice");
    assert_eq!((count(&db, "outbox"), count(&db, "attempt")), (1, 3));
}

#[test]
fn ended_imports_go_rejected_rows_first() {
    let db = in_memory().unwrap();
    for (state, finished) in [(1, Some(5)), (0, None), (1, Some(50))] {
        db.execute(
            "INSERT INTO import (kind, file, sha256, state, started_by, started_at, finished_at) VALUES ('staff', 'f', 'h', ?1, 'a', 1, ?2)",
            params![state, finished],
        )
        .unwrap();
    }
    db.execute("INSERT INTO import_rejected (import_id, row, line, reason, text) VALUES (1, 1, 2, 'r', 't'), (1, 2, 3, 'r', 't')", [])
        .unwrap();
    let slices: Vec<_> = (0..4).map(|_| delete_imports(&db, at(10), 1).unwrap()).collect();
    assert_eq!(slices, [1, 1, 1, 0]);
    assert_eq!(count(&db, "import"), 2);
}

#[test]
fn everything_past_its_time_is_forgotten_and_then_nothing_is() {
    let db = in_memory().unwrap();
    record(&db, 1, inline(), RecordState::Done);
    record(&db, 1_000, inline(), RecordState::Done);
    let zones = Zones { moscow: jiff::tz::TimeZone::UTC, vilnius: jiff::tz::TimeZone::UTC };
    let network = network::Limits { cycles: at(10), minutes: at(10) };
    let limits = Limits {
        records: at(10),
        journal: at(10),
        calls: at(10),
        floor: at(10),
        network,
        ratings: at(10),
        erp: at(10),
        carousel: at(10),
        chat_link: at(10),
        tickets: at(10),
        messages: at(10),
        audit: at(10),
    };
    let rows: Vec<_> = (0..3).map(|_| forget_some(&db, &limits, &zones, at(2_000)).unwrap()).collect();
    assert_eq!(rows, [1, 1, 0], "a body, its row, and then nothing");
}

#[test]
fn no_slice_reads_a_whole_table() {
    let db = in_memory().unwrap();
    for (table, column) in [("inbox", "received_at"), ("journal", "decided_at"), ("audit", "at")] {
        // The inner question stops after its limit, so a scan in the order of ids is a bounded one.
        let plan = plan_of(&db, &last_old_sql(table, column));
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
    let plan = plan_of(&db, SETTLED);
    assert!(plan.contains("SEARCH outbox USING COVERING INDEX outbox_settled"), "{plan}");
    let plan = plan_of(&db, ENDED);
    assert!(plan.contains("SEARCH session USING COVERING INDEX session_expiry"), "{plan}");
}
