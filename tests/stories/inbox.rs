//! The inbox: every change reaches whom it concerns once, whatever happens to the engine, and what people do with a notice stays done.
//!
//! Deliberately not here: what a change of a ticket is (`tickets`), and showing anything.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    tickets_house::{Desk, make, notices},
};

/// Tickets, and comments on each, that come at once.
const TICKETS: u64 = 30;
const COMMENTS: u64 = 10;

/// A page of somebody's notices.
async fn page(caller: &Caller, which: &str) -> Vec<Value> {
    let all = caller.must("notices.list", json!({ "which": which, "limit": 500 })).await;
    all["rows"].as_array().unwrap().clone()
}

async fn unread(caller: &Caller) -> u64 {
    caller.must("notices.unread", json!({})).await["unread"].as_u64().unwrap()
}

fn ids(rows: &[Value]) -> BTreeSet<u64> {
    rows.iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn three_hundred_changes_at_once_are_each_told_once_and_in_one_sentence() {
    let desk = Desk::with("admin", |redmine| (0..TICKETS).for_each(|n| _ = make(redmine, &format!("Касса {n}")))).await;
    desk.known(TICKETS).await;
    let boris = desk.pultd.signed_in("boris").await;
    let before = boris.must("notices.news", json!({})).await;
    for id in 1..=TICKETS {
        for n in 0..COMMENTS {
            desk.redmine().comment("agent1", id, &format!("Шаг {n}"), false).unwrap();
        }
    }
    let count = TICKETS * COMMENTS;
    boris.until(async || (unread(&boris).await >= count).then_some(())).await;
    desk.chief.until_settled().await;
    let told = page(&boris, "unread").await;
    assert_eq!(told.len() as u64, count);
    let comments: BTreeSet<(String, String)> = told
        .iter()
        .map(|row| (row["subject"].as_str().unwrap().to_owned(), row["values"]["comment"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(comments.len() as u64, count, "each comment of each ticket once");
    let news = boris.must("notices.news", json!({ "after": before["newest"], "since": before["now"] })).await;
    assert!(news["storm"].as_u64().is_some_and(|many| many > 5), "{}", news["storm"]);

    // Neither a hard end nor the tracker's list, which shows them again, tells anything twice.
    desk.pultd.kill().await;
    let pultd = desk.house.serve().await;
    let boris = pultd.signed_in("boris").await;
    desk.tracker.redmine().comment("agent1", 1, "После перерыва", false).unwrap();
    boris.until(async || (unread(&boris).await > count).then_some(())).await;
    let after = page(&boris, "unread").await;
    assert_eq!(after.len() as u64, count + 1);
    assert!(ids(&after).is_superset(&ids(&told)));
}

#[tokio::test]
async fn what_somebody_did_with_a_notice_stays_done_in_every_window_and_after_a_hard_end() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let (boris, elsewhere) = (desk.pultd.signed_in("boris").await, desk.pultd.signed_in("boris").await);
    for words in ["Раз", "Два", "Три", "Четыре"] {
        desk.redmine().comment("agent1", 1, words, false).unwrap();
    }
    let rows = desk.notices(&boris, 1, 4).await;
    let id = |n: usize| rows[n]["id"].clone();
    boris.must("notices.mark", json!({ "ids": [id(0)], "read": true })).await;
    boris.must("notices.finish", json!({ "ids": [id(1)], "done": true })).await;
    let until = rows[0]["raised_at"].as_i64().unwrap() + 86_400_000;
    boris.must("notices.snooze", json!({ "ids": [id(2)], "until": until })).await;
    for window in [&boris, &elsewhere] {
        assert_eq!(unread(window).await, 1);
        assert_eq!(ids(&page(window, "unread").await), BTreeSet::from([id(3).as_u64().unwrap()]));
        assert_eq!(page(window, "all").await.len(), 4, "read and done ones stay in the history");
    }
    let emptied = boris.must("notices.empty", json!({})).await;
    assert_eq!(unread(&elsewhere).await, 0, "{emptied}");
    let back = elsewhere.must("notices.undo_empty", json!({})).await;
    assert_eq!(back["unread"], 1, "taken back in another window: {back}");

    desk.pultd.kill().await;
    let pultd = desk.house.serve().await;
    let boris = pultd.signed_in("boris").await;
    assert_eq!(unread(&boris).await, 1);
    for (which, n) in [("done", 1), ("snoozed", 2)] {
        assert_eq!(ids(&page(&boris, which).await), BTreeSet::from([id(n).as_u64().unwrap()]), "{which}");
    }
}

#[tokio::test]
async fn all_tickets_are_for_supervisors_and_each_hears_as_they_settled_it() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let (vera, anna) = (desk.pultd.signed_in("vera").await, desk.pultd.signed_in("anna").await);
    let wish = async |caller: &Caller, name: &str, value: Value| {
        let mut wishes = caller.must("notices.preferences", json!({})).await;
        wishes[name] = value;
        caller.give("notices.set_preferences", wishes).await
    };
    assert_eq!(wish(&anna, "scope", json!("all")).await.status, 400, "a viewer may not see every ticket");
    assert_eq!(wish(&vera, "scope", json!("all")).await.status, 200);
    assert_eq!(wish(&anna, "scope", json!("off")).await.status, 200);
    desk.redmine().comment("rep1", 1, "Всё ещё нет", false).unwrap();
    let told = desk.notices(&vera, 1, 1).await;
    assert_eq!(told[0]["why"], "scope");
    assert!(notices(&anna, 1).await.is_empty(), "she wants to hear of none, though it is hers");
    let why = vera.must("notices.why", json!({ "id": told[0]["id"] })).await;
    assert_eq!((&why["announcement"]["toast"], &why["announcement"]["why"]), (&json!(true), &json!("new")));
    vera.must("notices.mute", json!({ "kind": "subject", "target": "ticket:1" })).await;
    let why = vera.must("notices.why", json!({ "id": told[0]["id"] })).await;
    assert_eq!((&why["announcement"]["toast"], &why["announcement"]["why"]), (&json!(false), &json!("muted")));
}

#[tokio::test]
async fn the_previous_system_s_page_reads_and_clears_the_same_notices() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let (boris, anna) = (desk.pultd.signed_in("boris").await, desk.pultd.signed_in("anna").await);
    let fields = json!({ "status_id": 2 });
    desk.redmine().update("agent1", 1, &fields).unwrap();
    desk.redmine().comment("agent1", 1, "Готово <script>alert(1)</script>", false).unwrap();
    desk.notices(&boris, 1, 2).await;
    let poll = async |caller: &Caller| caller.get("/api/notifications/poll").await.json();
    let seen = poll(&boris).await;
    let (status, comment) =
        (&seen["notifications"]["status_notifications"], &seen["notifications"]["comment_notifications"]);
    assert_eq!((status[0]["issue_id"].as_u64(), status[0]["new_status"].as_str()), (Some(1), Some("In Progress")));
    assert!(!comment[0]["notes"].as_str().unwrap().contains("<script"), "{comment}");
    assert_eq!((seen["total_count"].as_u64(), poll(&anna).await["total_count"].as_u64()), (Some(2), Some(0)));
    let mark = json!({ "notification_id": status[0]["id"], "notification_type": "status-change" });
    let foreign = anna.post("/api/notifications/mark-read", &mark).await;
    assert!(foreign.status == 404 || foreign.json()["success"] == false, "{}", foreign.text());
    assert_eq!(boris.post("/api/notifications/mark-read", &mark).await.json()["success"], true);
    assert_eq!(unread(&boris).await, 1, "read there is read here");
    let cleared = boris.send(boris.request(Method::POST, "/api/notifications/clear")).await.json();
    assert_eq!((cleared["success"].as_bool(), unread(&boris).await), (Some(true), 0));
    assert_eq!(page(&boris, "all").await.len(), 2, "the history keeps them");
}
