//! What can be wrong with answers, and the limit of a server in front.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{house::House, kit::send};

#[tokio::test]
async fn an_answer_may_be_lost_after_the_change_was_saved_or_before() {
    let house = House::new().await;
    let id = house.issue(json!({})).await;
    let fault = async |order: Value| house.control.order("/sim/fault", order).await;
    let note = |text: &str| {
        send(house.request("sup1", Method::PUT, "/issues/1.json").json(&json!({ "issue": { "notes": text } })))
    };
    fault(json!({ "fault": { "kind": "drop_after_commit" }, "on": "issue_update", "times": 1 })).await;
    assert!(note("saved").await.is_err());
    fault(json!({ "fault": { "kind": "reset" }, "on": "issue_update/1", "times": 1 })).await;
    assert!(note("lost").await.is_err());
    let notes: Vec<_> = house.redmine().journals(id).into_iter().map(|journal| journal.notes).collect();
    assert_eq!(notes, [Some("saved".to_owned())]);
    let log = house.control.get("/sim/log").await;
    let calls = log.as_array().unwrap().iter().filter(|call| call["name"] == "issue_update");
    assert!(calls.clone().count() == 2 && calls.into_iter().all(|call| call["status"].is_null()), "{log}");
}

#[tokio::test]
async fn answers_are_replaced_redirected_halved_and_refused() {
    let house = House::new().await;
    house.issue(json!({})).await;
    let fault = async |fault: Value| house.control.order("/sim/fault", json!({ "heal": true, "fault": fault })).await;
    let get = async || house.get("sup1", "/issues/1.json").await;
    fault(json!({ "kind": "refuse", "status": 302 })).await;
    let login = get().await;
    assert_eq!(login.headers["location"].to_str().unwrap(), format!("{}/login", house.server.base()));
    assert_eq!(login.status, 302);
    fault(json!({ "kind": "html", "status": 200 })).await;
    let page = get().await;
    assert!(page.status == 200 && page.text.starts_with("<html>"));
    for status in [500, 502, 503, 504] {
        fault(json!({ "kind": "html", "status": status })).await;
        assert_eq!(get().await.status, status);
    }
    fault(json!({ "kind": "refuse", "status": 429, "retry_after": 7 })).await;
    let busy = get().await;
    assert_eq!((busy.status, busy.headers["retry-after"].to_str().unwrap()), (429, "7"));
    fault(json!({ "kind": "truncated_json" })).await;
    assert!(serde_json::from_str::<Value>(&get().await.text).is_err());
    fault(json!({ "kind": "half_answer" })).await;
    assert!(send(house.request("sup1", Method::GET, "/issues/1.json")).await.is_err());
    house.control.order("/sim/fault", json!({ "heal": true })).await;
    assert_eq!(get().await.status, 200);
}

#[tokio::test]
async fn a_stalled_call_is_journaled_at_once_and_ends_with_the_server() {
    let house = House::new().await;
    house.control.order("/sim/fault", json!({ "fault": { "kind": "stall" } })).await;
    let stalled = tokio::spawn(send(house.request("sup1", Method::GET, "/issues.json")));
    while house.redmine().journal.count("issues") == 0 {
        tokio::task::yield_now().await;
    }
    house.server.stop().await;
    assert_eq!(stalled.await.unwrap().unwrap().status, 503);
}

#[tokio::test]
async fn the_limit_in_front_goes_by_the_clock() {
    let house = House::at("2026-11-20T09:00:00Z").await;
    house.switch(json!({ "limit": { "drain": 1.0, "ceiling": 2.0 }, "retry_after": 3 })).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(house.get("sup1", "/issues.json").await.status);
    }
    assert_eq!(statuses, [200, 200, 429]);
    let busy = house.get("sup1", "/issues.json").await;
    assert_eq!(busy.headers["retry-after"], "3");
    house.pass(1.0).await;
    assert_eq!(house.get("sup1", "/issues.json").await.status, 200);
    house.switch(json!({ "no_limit": true })).await;
    assert_eq!(house.control.get("/sim/state").await["limit"], Value::Null);
}

#[tokio::test]
async fn a_call_may_be_forbidden_by_its_name() {
    let house = House::new().await;
    house.switch(json!({ "forbidden": ["issue_statuses"] })).await;
    let refused = house.get("admin", "/issue_statuses.json").await;
    assert_eq!((refused.status, refused.text.as_str()), (403, ""));
    assert_eq!(house.get("admin", "/trackers.json").await.status, 200);
}
