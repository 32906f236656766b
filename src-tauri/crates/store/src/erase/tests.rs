use pult_domain::{AgencyId, CallId, Effect, EffectId, EffectKey, EffectOrder, PhoneNumber};

use super::*;
use crate::{
    audit::{self, NewAudit},
    inbox::{Body, NewRecord, RecordKind, StoredBody},
    journal::{self, NewEntry},
    migrations::in_memory,
    outbox::{self, EffectState},
};

const DIGITS: &str = "37060011122";

fn at(second: i64) -> Instant {
    Instant::from_second(second).unwrap()
}

fn record(db: &Connection, body: &str) -> RecordId {
    let record = NewRecord {
        integration: "okna".into(),
        kind: RecordKind::Hook,
        route: "hook".into(),
        received_at: at(1),
        source: "::1".into(),
        verdict: "{}".into(),
        request: "{\"query\":[]}".into(),
        body: Body::Inline(body.into()),
        replay_of: None,
    };
    inbox::insert(db, &record).unwrap()
}

/// A decision under a key, and the delivery it ordered.
fn decision(db: &Connection, key: &str) -> (i64, EffectId) {
    let entry = NewEntry {
        at: at(1),
        decided_at: at(1),
        area: "calls",
        kind: "call_started",
        source: "okna",
        fact_key: key,
        subject: Some(&Subject::call(CallId(7))),
        record: None,
        effect: None,
        actor: None,
        fact: format!("{{\"ani\":\"{DIGITS}\"}}"),
        changes: "[1]".into(),
        ordered: vec![],
        explanation: &Explanation::of("call_started.agency", serde_json::Value::Null),
    };
    let entry = journal::insert(db, &entry).unwrap();
    let phone = PhoneNumber::digits_of(DIGITS).unwrap();
    let order = EffectOrder {
        subject: Subject::call(CallId(7)),
        not_after: None,
        urgent: false,
        effect: Effect::LookUpAgency { call: CallId(7), agency: AgencyId(9), phone },
    };
    let key = EffectKey(format!("{key}/look_up_agency/0"));
    (entry.0, outbox::insert(db, &key, "okna", &order, entry, at(1)).unwrap().unwrap())
}

/// Somebody wrote to somebody.
fn message(db: &Connection, text: &str) {
    let sql = "INSERT INTO message (account, peer, ours, text, at, kept_at) VALUES (7, 'm@example.com', 0, ?1, 1, 1)";
    db.execute(sql, [text]).unwrap();
}

/// Something of somebody who is named in it, wherever a ticket, a conversation or a note may say so.
fn texts(db: &Connection, n: i64, words: &str) {
    let fields = format!("[[\"Телефон\", \"{words}\"]]");
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| assert_eq!(db.execute(sql, values).unwrap(), 1, "{sql}");
    run(
        "INSERT INTO ticket (id, project_id, project, tracker_id, tracker, status_id, status, closed, priority_id, priority, subject,
             description, done_ratio, private, emails, custom, created_on, updated_on, followed, status_at, looked_at)
         VALUES (?1, 1, 'П', 3, 'Т', 1, 'Новая', 0, 4, 'Обычный', 'Перезвонить', ?2, 0, 0, '[]', ?3, 1, 1, 1, 1, 1)",
        params![n, words, fields],
    );
    run("INSERT INTO ticket_words (rowid, words) VALUES (?1, ?2)", params![n, words]);
    run(
        "INSERT INTO ticket_entry (id, ticket_id, user_id, user, notes, private, details, created_on) VALUES (?1, ?1, 7, 'И', ?2, 0, '[]', 1)",
        params![n, words],
    );
    run(
        "INSERT INTO ticket_change (id, ticket_id, login, ask, state, entries, at) VALUES (?1, ?1, 'anna', ?2, 'done', '[]', 1)",
        params![n, format!("{{\"note\":\"{words}\"}}")],
    );
    run(
        "INSERT INTO ct_link (id, issue_key, issue_id, url, summary, status, over, created_at) VALUES (?1, 'DESK-' || ?1, 'i', 'u', ?2, 's', 0, 1)",
        params![n, words],
    );
    run(
        "INSERT INTO ct_item (id, link_id, side, external_id, event, author, text, files, mentioned, hops, state, at)
         VALUES (?1, ?1, 'chat', 'e' || ?1, 'written', 'И', ?2, '[]', '[]', 0, 'done', 1)",
        params![n, words],
    );
    run(
        "INSERT INTO ct_request (id, way, state, user_id, summary, text, files, name, at)
         VALUES (?1, 'form', 'done', 811, 'Тема', ?2, '[]', 'И', 1)",
        params![n, words],
    );
    db.execute(
        "INSERT OR IGNORE INTO floor_operator (id, login_id, name, state) VALUES (17, 'a', 'Анна', 'ready')",
        [],
    )
    .unwrap();
    run("INSERT INTO floor_note (id, operator, text, by, at) VALUES (?1, 17, ?2, 'vera', 1)", params![n, words]);
}

fn all(db: &Connection, place: Place) -> Vec<Trace> {
    traces(db, place, None, 100).unwrap()
}

#[test]
fn every_place_is_walked_newest_first_in_pages() {
    let db = in_memory().unwrap();
    for n in 0..3 {
        record(&db, &format!("body {n}"));
        decision(&db, &format!("key {n}"));
        message(&db, "Добрый день");
        texts(&db, n + 1, "Добрый день");
        let act =
            NewAudit { at: at(n), actor: "anna", action: "a", object: "o", detail: serde_json::json!(n), address: "" };
        audit::insert(&db, &act).unwrap();
        db.execute(
            "INSERT INTO notice (key, class, level, subject, code, detail, raised_at, updated_at)
             VALUES (?1, 'ticket', 'info', '', 'c', '{}', 0, 0)",
            [format!("notice {n}")],
        )
        .unwrap();
        db.execute(
            "INSERT INTO erp_request (guid, number, document, record_id, state, received_at, updated_at)
             VALUES (?1, '1', '{}', 1, 'done', 0, 0)",
            [format!("guid {n}")],
        )
        .unwrap();
        db.execute(
            "INSERT INTO import (kind, file, sha256, started_by, started_at) VALUES ('k', 'f', 's', 'a', 0)",
            [],
        )
        .unwrap();
        for row in 1..3 {
            db.execute("INSERT INTO import_rejected VALUES (?1, ?2, 1, 'why', 'row')", [n + 1, row]).unwrap();
        }
    }
    let counts = |place| if place == Place::ImportRows { 6 } else { 3 };
    for (place, count) in Place::ALL.map(|place| (place, counts(place))) {
        let (mut before, mut keys) = (None, vec![]);
        while let Some(row) = traces(&db, place, before, 1).unwrap().pop() {
            before = Some(row.key);
            keys.push(row.key);
        }
        assert_eq!(keys.len(), count, "{place:?}");
        assert!(keys.is_sorted_by(|a, b| a > b), "{place:?}: {keys:?}");
    }
    assert_eq!(all(&db, Place::Records)[0].body, b"body 2");
}

#[test]
fn an_emptied_row_says_nothing_and_still_knows_a_repeat() {
    let db = in_memory().unwrap();
    let id = record(&db, DIGITS);
    let (entry, effect) = decision(&db, "plain key");
    message(&db, &format!("Звонили с {DIGITS}"));
    texts(&db, 1, &format!("Звонили с {DIGITS}"));
    let (_, named) = decision(&db, &format!("desk/{DIGITS}"));
    outbox::begin(&db, effect).unwrap();
    outbox::note_attempt(&db, effect, at(1), at(2), "done", &format!("[\"{DIGITS}\"]")).unwrap();
    outbox::settle(&db, effect, EffectState::Done, None, at(2)).unwrap();
    for place in Place::ALL {
        for row in all(&db, place) {
            assert!(place == Place::Records || row.text.contains(DIGITS), "{row:?}");
            assert_eq!(empty(&db, place, row.key, DIGITS, at(3)).unwrap(), Emptied::Yes);
        }
        assert!(all(&db, place).iter().all(|row| !row.text.contains(DIGITS) && row.body.is_empty()), "{place:?}");
    }
    assert_eq!(inbox::get(&db, id).unwrap().body, StoredBody::Erased);
    assert_eq!(journal::find(&db, "okna", "plain key").unwrap().map(|j| j.0), Some(entry), "a repeat is still known");
    let left = journal::get(&db, pult_domain::JournalId(entry)).unwrap();
    assert_eq!((left.explanation.rule.as_str(), left.kind.as_str()), (ERASED, "call_started"));
    let owed = outbox::get(&db, named).unwrap();
    assert_eq!((owed.state, owed.settled_at), (EffectState::Cancelled, Some(3000)), "what had not begun is taken back");
    assert!(outbox::revive(&db, named, at(4)).is_err(), "there is nothing left to repeat");
    assert_eq!(outbox::owed(&db, "okna", 10).unwrap(), []);
}

#[test]
fn a_change_that_is_being_sent_is_left_until_it_has_ended() {
    let db = in_memory().unwrap();
    texts(&db, 1, DIGITS);
    let state = |word: &str| db.execute("UPDATE ticket_change SET state = ?1", [word]).unwrap();
    state("sending");
    assert_eq!(empty(&db, Place::Changes, (1, 0), DIGITS, at(3)).unwrap(), Emptied::UnderWay);
    state("failed");
    assert_eq!(empty(&db, Place::Changes, (1, 0), DIGITS, at(3)).unwrap(), Emptied::Yes);
    assert!(all(&db, Place::Changes).is_empty());
}

#[test]
fn an_emptied_ticket_is_not_found_by_its_words() {
    let db = in_memory().unwrap();
    texts(&db, 1, DIGITS);
    let found = || -> i64 {
        db.query_row("SELECT count(*) FROM ticket_words WHERE words MATCH ?1", [DIGITS], |r| r.get(0)).unwrap()
    };
    assert_eq!(found(), 1);
    empty(&db, Place::Tickets, (1, 0), DIGITS, at(3)).unwrap();
    assert_eq!(found(), 0);
}

#[test]
fn what_is_under_way_is_left_until_it_has_ended() {
    let db = in_memory().unwrap();
    let (_, effect) = decision(&db, "key");
    outbox::begin(&db, effect).unwrap();
    let key = (effect.0, 0);
    assert_eq!(empty(&db, Place::Deliveries, key, DIGITS, at(3)).unwrap(), Emptied::UnderWay);
    assert_eq!(outbox::owed(&db, "okna", 10).unwrap().len(), 1, "its lane can still read it");
    outbox::settle(&db, effect, EffectState::Done, None, at(4)).unwrap();
    assert_eq!(empty(&db, Place::Deliveries, key, DIGITS, at(5)).unwrap(), Emptied::Yes);
}

#[test]
fn a_rewritten_file_keeps_no_copy() {
    let folder = tempfile::tempdir().unwrap();
    let store = crate::Store::open(folder.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let long = "x".repeat(9_000);
    let id = runtime.block_on(store.write(move |c| Ok(record(c, &format!("{DIGITS}{long}"))))).unwrap();
    let holds = || {
        ["pult.db", "pult.db-wal"].iter().any(|name| {
            let bytes = std::fs::read(folder.path().join(name)).unwrap_or_default();
            bytes.windows(DIGITS.len()).any(|w| w == DIGITS.as_bytes())
        })
    };
    assert!(holds());
    runtime.block_on(store.write(move |c| empty(c, Place::Records, (id.0, 0), DIGITS, at(1)))).unwrap();
    assert!(holds(), "deleting alone leaves copies behind");
    rebuild(folder.path()).unwrap();
    assert!(!holds());
    assert!(size(folder.path()) > 0);
    let body = runtime.block_on(store.read(move |c| Ok(inbox::get(c, id)?.body))).unwrap();
    assert_eq!(body, StoredBody::Erased, "the engine goes on with the rewritten file");
}

#[test]
fn a_notice_keeps_what_happened_and_loses_what_was_said() {
    let connection = in_memory().unwrap();
    let detail = r#"{"ticket":7,"commented":true,"comment":"+370 600 11122","trouble":{"parts":["a"],"n":1}}"#;
    connection
        .execute(
            "INSERT INTO notice (key, class, level, subject, code, detail, raised_at, updated_at, words)
             VALUES ('call/37060011122', 'ticket', 'info', 'ticket:7', 'tickets.entry', ?1, 1, 1, '+370 600 11122')",
            [detail],
        )
        .unwrap();
    let page = traces(&connection, Place::Notices, None, 10).unwrap();
    assert!(page[0].text.contains("600 11122") && page[0].subject == Subject("ticket:7".to_owned()));
    let done = empty(&connection, Place::Notices, page[0].key, "37060011122", Instant::UNIX_EPOCH).unwrap();
    assert_eq!(done, Emptied::Yes);
    let page = traces(&connection, Place::Notices, None, 10).unwrap();
    assert!(!page[0].text.contains("600"), "{}", page[0].text);
    let kept: Value = serde_json::from_str(
        &connection.query_row("SELECT detail FROM notice", [], |r| r.get::<_, String>(0)).unwrap(),
    )
    .unwrap();
    let trouble = serde_json::json!({ "parts": [null], "n": 1 });
    assert_eq!(kept, serde_json::json!({ "ticket": 7, "commented": true, "comment": null, "trouble": trouble }));
}
