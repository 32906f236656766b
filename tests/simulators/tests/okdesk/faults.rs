//! What can be wrong with answers, and the limit.

use serde_json::{Value, json};

use crate::{house::House, kit::send};
use reqwest::Method;

#[tokio::test]
async fn an_answer_may_be_lost_after_the_rating_was_taken() {
    let house = House::new().await;
    house
        .control
        .order("/sim/fault", json!({ "fault": { "kind": "drop_after_commit" }, "on": "rates", "times": 1 }))
        .await;
    let lost = send(house.request(Method::POST, "issues/5120/rates").json(&json!({ "rate": "good" }))).await;
    assert!(lost.is_err());
    assert_eq!(house.get("issues/5120").await.json()["rate"]["value"], "good");
    let log = house.control.get("/sim/log").await;
    let call = log.as_array().unwrap().iter().find(|call| call["name"] == "rates").unwrap();
    assert_eq!((&call["status"], &call["request"]["body"]), (&Value::Null, &json!({ "rate": "good" })));
}

#[tokio::test]
async fn nothing_is_done_when_the_connection_breaks_before() {
    let house = House::new().await;
    house.control.order("/sim/fault", json!({ "fault": { "kind": "reset" }, "on": "rates" })).await;
    assert!(send(house.request(Method::POST, "issues/5120/rates").json(&json!({ "rate": "good" }))).await.is_err());
    assert_eq!(house.get("issues/5120").await.json()["rate"], Value::Null);
    assert_eq!(house.account.desk().journal.count("rates"), 1);
}

#[tokio::test]
async fn answers_are_replaced_halved_and_refused() {
    let house = House::new().await;
    let fault = async |fault: Value| house.control.order("/sim/fault", json!({ "heal": true, "fault": fault })).await;
    fault(json!({ "kind": "html", "status": 504 })).await;
    assert_eq!(house.get("issues/5120").await.status, 504);
    fault(json!({ "kind": "html", "status": 200 })).await;
    assert!(house.get("issues/5120").await.text.starts_with("<html>"), "a proxy's page");
    fault(json!({ "kind": "truncated_json" })).await;
    let half = house.get("issues/5120").await;
    assert_eq!(half.status, 200);
    assert!(serde_json::from_str::<Value>(&half.text).is_err());
    fault(json!({ "kind": "half_answer" })).await;
    assert!(send(house.request(Method::GET, "issues/5120")).await.is_err());
    fault(json!({ "kind": "refuse", "status": 429, "retry_after": 7 })).await;
    let busy = house.get("issues/5120").await;
    assert_eq!((busy.status, busy.headers["retry-after"].to_str().unwrap()), (429, "7"));
    fault(json!({ "kind": "refuse", "status": 200, "body": { "errors": "Ошибка" } })).await;
    assert_eq!(house.get("issues/5120").await.json(), json!({ "errors": "Ошибка" }));
    house.control.order("/sim/fault", json!({ "heal": true })).await;
    assert_eq!(house.get("issues/5120").await.status, 200);
}

#[tokio::test]
async fn a_stalled_call_is_journaled_at_once_and_ends_with_the_account() {
    let house = House::new().await;
    house.control.order("/sim/fault", json!({ "fault": { "kind": "stall" } })).await;
    let stalled = tokio::spawn(send(house.request(Method::GET, "issues/5120")));
    while house.account.desk().journal.count("issue") == 0 {
        tokio::task::yield_now().await;
    }
    house.account.stop().await;
    assert_eq!(stalled.await.unwrap().unwrap().status, 503);
}

#[tokio::test]
async fn the_limit_goes_by_the_clock() {
    let house = House::new().await;
    house.control.order("/sim/clock", json!({ "freeze": true })).await;
    house.control.order("/sim/switches", json!({ "limit": { "drain": 2.0, "ceiling": 3.0 } })).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(house.get("issues/5120").await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
    house.control.order("/sim/clock", json!({ "advance": 1 })).await;
    assert_eq!(house.get("issues/5120").await.status, 200);
    house.control.order("/sim/switches", json!({ "no_limit": true })).await;
    assert_eq!(house.control.get("/sim/state").await["limit"], Value::Null);
}
