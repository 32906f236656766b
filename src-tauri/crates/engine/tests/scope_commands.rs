//! What somebody is told who lacks the right to calls of Moscow, or who is bound to teams: the same in every command that tells of an
//! operator or a call.
//!
//! Deliberately not here: which rows a sight holds (the store's own tests).

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod house;

use pult_domain::{
    Audience, Explanation, Instant, Level, Notice, NoticeChange, NoticeClass, Subject,
    areas::floor::{DialogPhase, DialogReport, Direction},
};
use pult_engine::{
    auth::{Actor, Grant, Role, role::Rights},
    error::ErrorCode,
};
use pult_store::{
    Connection, StoreError,
    journal::{self, NewEntry},
    notices,
};
use serde_json::{Value, json};

use house::House;

const NOW: i64 = 1_790_000_000_000;

fn now() -> Instant {
    Instant::from_millisecond(NOW).unwrap()
}

fn going_on() -> String {
    let dialog = DialogReport {
        id: "d1".to_owned(),
        login_id: "a".to_owned(),
        phase: DialogPhase::Active,
        direction: Direction::Outbound,
        number: Some("74950007777".to_owned()),
        dialed: Some("74950007777".to_owned()),
        queue: None,
        began: Some(now()),
        changed: None,
        wrap_up: None,
    };
    json!([dialog]).to_string()
}

/// Anna of the north, who speaks, and Boris of the south; a call of Moscow and one of Vilnius of each, and one that nobody took.
fn fill(c: &Connection) -> Result<(), StoreError> {
    c.execute_batch(&format!(
        "INSERT INTO floor_team (id, team_id, name) VALUES (1, '61', 'Север'), (2, '62', 'Юг');
         INSERT INTO floor_operator (id, login_id, name, state, dialogs)
             VALUES (17, 'a', 'Анна', 'talking', '{}'), (18, 'b', 'Борис', 'ready', '[]');
         INSERT INTO floor_member (team, operator) VALUES (1, 17), (2, 18);
         INSERT INTO floor_interval (id, operator, began, state, approximate) VALUES (1, 17, {NOW} - 9000, 'talking', 0);
         INSERT INTO floor_watch (team, began, upto, open) VALUES (1, {NOW} - 9000, {NOW}, 1);
         INSERT INTO operators (id, name) VALUES (5, 'Анна'), (6, 'b');
         INSERT INTO calls (id, source_key, centre, day, started_at, ended_at, state, phone, phone_rev, operator_id) VALUES
             (1, 'm/1', 0, 20260921, {NOW} - 8000, {NOW} - 6000, 1, '74950001111', '11110005947', 5),
             (2, 'v/2', 1, 20260921, {NOW} - 5000, {NOW} - 4000, 1, '37060002222', '22220006073', 5),
             (3, 'm/3', 0, 20260921, {NOW} - 8000, {NOW} - 6000, 1, '74950003333', '33330005947', 6),
             (4, 'v/4', 1, 20260921, {NOW} - 8000, {NOW} - 6000, 1, '37060004444', '44440006073', 6),
             (5, 'v/5', 1, 20260921, {NOW} - 3000, {NOW} - 2000, 1, '37060005555', '55550006073', NULL);",
        going_on()
    ))?;
    for (n, subject) in ["call:1", "call:3", "operator:17", "operator:18"].iter().enumerate() {
        let (subject, key) = (Subject((*subject).to_owned()), format!("t/{n}"));
        let entry = NewEntry {
            at: now(),
            decided_at: now(),
            area: if n < 2 { "calls" } else { "floor" },
            kind: "call_reported",
            source: "test",
            fact_key: &key,
            subject: Some(&subject),
            record: None,
            effect: None,
            actor: None,
            fact: "{}".to_owned(),
            changes: "[]".to_owned(),
            ordered: vec![],
            explanation: &Explanation::of("test", json!({})),
        };
        journal::insert(c, &entry)?;
    }
    for id in [17, 18] {
        let notice = Notice {
            key: format!("floor/{id}"),
            class: NoticeClass::FloorThreshold,
            level: Level::Warning,
            subject: Subject(format!("operator:{id}")),
            code: "floor.too_long".to_owned(),
            values: serde_json::Map::new(),
            to: Audience::Everyone,
        };
        notices::apply(c, &NoticeChange::Raise(notice), None, now())?;
    }
    Ok(())
}

/// An engine that knows them.
async fn start() -> House {
    let house = House::start(now());
    house.write(fill).await;
    house
}

fn person(grants: &[Grant], teams: &[&str]) -> Actor {
    let teams = teams.iter().map(|team| (*team).to_owned()).collect();
    let rights = Rights { grants: grants.to_vec(), teams, ..Rights::of(Role::Supervisor) };
    Actor { login: "vera".to_owned(), rights, ..Actor::local_window() }
}

/// Whoever sees everything, whoever lacks the right to Moscow, and whoever is bound to the north.
fn people() -> [Actor; 3] {
    [person(&[Grant::CallsMoscow], &[]), person(&[], &[]), person(&[Grant::CallsMoscow], &["Север"])]
}

fn ids(rows: &Value) -> Vec<i64> {
    let mut ids: Vec<i64> = rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
    ids.sort_unstable();
    ids
}

/// The calls each of them may see.
const SEEN: [&[i64]; 3] = [&[1, 2, 3, 4, 5], &[2, 4, 5], &[1, 2, 5]];

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_its_figures_and_its_file_hold_what_may_be_seen() {
    let house = start().await;
    let days = json!({ "from": "2026-09-21", "to": "2026-09-21" });
    for (who, seen) in people().iter().zip(SEEN) {
        let page = house.must(who, "calls.page", json!({ "filter": {}, "limit": 10 })).await;
        assert_eq!(ids(&page["rows"]), seen);
        let again = house.must(who, "calls.rows", json!({ "ids": [1, 2, 3, 4, 5] })).await;
        assert_eq!(ids(&again["rows"]), seen, "what is read again when it changes");
        let totals = house.must(who, "calls.totals", json!({ "filter": { "days": days } })).await;
        assert_eq!(totals["count"]["calls"], seen.len());
        let hours: i64 = totals["hours"].as_array().unwrap().iter().map(|bar| bar["calls"].as_i64().unwrap()).sum();
        assert_eq!(hours, seen.len() as i64);
        let report = house.must(who, "reports.calls", json!({ "days": days })).await;
        assert_eq!(report["calls"], seen.len());
        let shift = house.must(who, "handover.get", json!({})).await;
        assert_eq!(shift["calls"]["total"], seen.len());
        for id in 1..=5 {
            let panel = house.ask(who, "calls.detail", json!({ "id": id })).await;
            assert_eq!(panel.is_ok(), seen.contains(&id), "{id}");
            let marked = house.ask(who, "calls.mark_called_back", json!({ "id": id, "done": true })).await;
            assert_eq!(marked.is_ok(), seen.contains(&id), "{id}");
            let case = house.ask(who, "cases.get", json!({ "thing": format!("call:{id}") })).await;
            assert_eq!(case.is_ok(), seen.contains(&id), "{id}");
        }
        let file = house.must(who, "calls.export", json!({ "filter": {}, "format": "csv" })).await;
        let bytes = data_encoding::BASE64.decode(file["content_base64"].as_str().unwrap().as_bytes()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for (id, phone) in (1..).zip(["74950001111", "37060002222", "74950003333", "37060004444", "37060005555"]) {
            assert_eq!(text.contains(phone), seen.contains(&id), "{phone}");
        }
        let found = house.must(who, "cases.find", json!({ "text": "74950003333" })).await;
        assert_eq!(found["found"].as_array().unwrap().is_empty(), !seen.contains(&3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_floor_tells_no_number_of_moscow_without_the_right() {
    let house = start().await;
    let [all, without, _] = people();
    let number = |answer: &Value| answer.to_string().contains("7495000");
    for (name, request) in [
        ("floor.board", json!({})),
        ("floor.rows", json!({ "ids": [17] })),
        ("floor.operator", json!({ "id": 17 })),
        ("floor.moment", json!({ "at": NOW })),
        ("floor.moment", json!({ "at": NOW - 7000 })),
    ] {
        assert!(number(&house.must(&all, name, request.clone()).await), "{name}");
        let seen = house.must(&without, name, request).await;
        assert!(!number(&seen) && seen.to_string().contains("Анна"), "{name}: {seen}");
    }
    let then = house.must(&without, "floor.moment", json!({ "at": NOW - 4500 })).await;
    assert!(then.to_string().contains("37060002222"), "the other centre's is told: {then}");
    let board = house.must(&without, "floor.board", json!({})).await;
    let anna = board["operators"].as_array().unwrap().iter().find(|row| row["id"] == 17).unwrap();
    assert_eq!(anna["dialogs"].as_array().unwrap().len(), 1, "that somebody speaks is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_are_told_to_those_who_may_see_what_they_are_about() {
    let house = start().await;
    for (who, seen) in people().iter().zip([[1, 1, 1, 1], [0, 0, 1, 1], [1, 0, 1, 0]]) {
        for (subject, count) in ["call:1", "call:3", "operator:17", "operator:18"].into_iter().zip(seen) {
            let why = house.must(who, "deliveries.why", json!({ "of": "subject", "subject": subject })).await;
            assert_eq!(why["entries"].as_array().unwrap().len(), count, "{subject}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_and_what_went_out_for_it_are_told_to_those_who_may_see_its_calls() {
    let house = start().await;
    let write = |c: &Connection| {
        // Received now: what is older than it is kept goes while the engine runs.
        c.execute_batch(&format!(
            "INSERT INTO inbox (id, integration, kind, route, received_at, source, request, verdict, body, state, facts) VALUES
                 (1, 'call_feed', 0, 'calls', {NOW}, '', '{{\"route\":\"calls\"}}', '{{}}', CAST('74950001111' AS BLOB), 1, 1),
                 (2, 'call_feed', 0, 'calls', {NOW}, '', '{{\"route\":\"calls\"}}', '{{}}', CAST('74950009999' AS BLOB), 2, 0);
             UPDATE journal SET record_id = 1 WHERE subject = 'call:1';"
        ))?;
        Ok::<_, StoreError>(())
    };
    house.write(write).await;
    for (who, told) in people().iter().zip([[true, true], [false, false], [true, false]]) {
        for (id, told) in [1, 2].into_iter().zip(told) {
            let record = house.must(who, "deliveries.record", json!({ "id": id })).await;
            assert_eq!((record["withheld"] == false, record["body"].is_string()), (told, told), "{id}");
            assert_eq!(record["request"].is_null(), !told);
            let preview = house.ask(who, "deliveries.preview", json!({ "id": id })).await;
            let refused = preview.is_err_and(|error| error.code == ErrorCode::Forbidden);
            assert_eq!(refused, !told, "{id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agencies_of_moscow_are_told_to_those_who_may_see_its_calls() {
    let house = start().await;
    let write = |c: &Connection| {
        c.execute_batch("INSERT INTO cc_agentstvo (id, name) VALUES (701, 'Море и солнце');")?;
        Ok::<_, StoreError>(())
    };
    house.write(write).await;
    let (search, detail) = (json!({ "text": "море", "limit": 5 }), json!({ "id": 701 }));
    for (who, told) in people().iter().zip([true, false, true]) {
        for (name, request) in [("agencies.search", &search), ("agencies.detail", &detail)] {
            match house.ask(who, name, request.clone()).await {
                Ok(answer) => assert!(told && answer.to_string().contains("Море"), "{name}: {answer}"),
                Err(refused) => assert_eq!((told, refused.code), (false, ErrorCode::Forbidden), "{name}"),
            }
        }
    }
    let viewer =
        Actor { rights: Rights { grants: vec![Grant::CallsMoscow], ..Rights::of(Role::Viewer) }, ..person(&[], &[]) };
    assert!(house.ask(&viewer, "agencies.detail", detail).await.is_ok(), "the right is enough for a viewer");
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_about_operators_of_other_teams_are_there_for_nobody_else() {
    let house = start().await;
    for (who, count) in people().iter().zip([2, 2, 1]) {
        let list = house.must(who, "notices.list", json!({ "which": "all", "limit": 10 })).await;
        assert_eq!((list["rows"].as_array().unwrap().len(), &list["unread"]), (count, &json!(count)));
        let counts = house.must(who, "notices.counts", json!({})).await;
        assert_eq!(counts["unread"], count);
        let news = house.must(who, "notices.news", json!({ "after": 0 })).await;
        assert_eq!(news["fresh"].as_array().unwrap().len(), count, "what is told by a toast");
    }
}
