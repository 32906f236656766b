//! The bucket of requests, operating time, and what else can be wrong with answers.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, SECRET, no},
    kit::send,
};

#[tokio::test]
async fn the_bucket_holds_fifty_and_leaks_two_a_second() {
    let house = House::new().await;
    house.control.order("/sim/clock", json!({ "freeze": true })).await;
    let mut refused = 0;
    for _ in 0..60 {
        refused += u32::from(house.call("profile", json!({})).await.status == 503);
    }
    assert_eq!(refused, 10);
    assert_eq!(house.refusal("profile", json!({})).await, no(503, "QUERY_LIMIT_EXCEEDED"));
    house.control.order("/sim/clock", json!({ "advance": 1 })).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(house.call("profile", json!({})).await.status);
    }
    assert_eq!(statuses, [200, 200, 503]);
    house.control.order("/sim/switches", json!({ "limit": { "drain": 5.0, "ceiling": 250.0 } })).await;
    assert_eq!(house.call("profile", json!({})).await.status, 200);
    let batch = json!({ "cmd": { "a": "profile", "b": "profile" } });
    house.control.order("/sim/switches", json!({ "limit": { "drain": 1.0, "ceiling": 1.0 } })).await;
    assert_eq!(house.result("batch", batch).await["result"].as_object().unwrap().len(), 2, "one request");
}

#[tokio::test]
async fn a_method_that_used_its_time_up_is_blocked_alone() {
    let house = House::new().await;
    house.control.order("/sim/clock", json!({ "freeze": true })).await;
    house.control.order("/sim/switches", json!({ "costs": { "tasks.task.list": 300 } })).await;
    let first = house.call("tasks.task.list", json!({})).await.json();
    let reset = first["time"]["operating_reset_at"].as_i64().unwrap();
    assert_eq!(first["time"]["operating"], 300.0);
    assert_eq!(house.call("tasks.task.list", json!({})).await.json()["time"]["operating"], 600.0);
    assert_eq!(house.refusal("tasks.task.list", json!({})).await, no(429, "OPERATION_TIME_LIMIT"));
    assert_eq!(house.call("im.message.add", json!({ "DIALOG_ID": "41", "MESSAGE": "x" })).await.status, 200);
    let in_batch = house.result("batch", json!({ "cmd": { "l": "tasks.task.list", "p": "profile" } })).await;
    assert_eq!(in_batch["result_error"]["l"]["error"], "OPERATION_TIME_LIMIT");
    let now = first["time"]["start"].as_f64().unwrap();
    house.control.order("/sim/clock", json!({ "advance": reset as f64 - now + 0.1 })).await;
    assert_eq!(house.call("tasks.task.list", json!({})).await.status, 200);
    house.control.order("/sim/switches", json!({ "hide_operating": true })).await;
    assert!(house.call("profile", json!({})).await.json()["time"].get("operating").is_none());
}

#[tokio::test]
async fn a_task_may_be_made_and_its_answer_lost() {
    let house = House::new().await;
    let fault = json!({ "fault": { "kind": "drop_after_commit" }, "on": "tasks.task.add", "times": 1 });
    house.control.order("/sim/fault", fault).await;
    let fields = json!({ "fields": { "TITLE": "x", "RESPONSIBLE_ID": 41 } });
    assert!(send(house.http.post(house.url("tasks.task.add")).json(&fields)).await.is_err());
    assert_eq!(house.control.get("/sim/tasks").await.as_array().unwrap().last().unwrap()["id"], 20_417);
    assert_eq!(house.result("tasks.task.add", fields).await["task"]["id"], "20418");
    assert_eq!(house.control.get("/sim/state").await["calls"]["tasks.task.add"], 2);
}

#[tokio::test]
async fn storms_pages_and_broken_json_come_on_demand() {
    let house = House::new().await;
    let fault = async |fault: Value| {
        house.control.order("/sim/fault", json!({ "heal": true, "fault": fault, "times": 2 })).await
    };
    fault(json!({ "kind": "refuse", "status": 503 })).await;
    assert_eq!(house.refusal("user.get", json!({})).await, no(503, "QUERY_LIMIT_EXCEEDED"));
    assert_eq!(house.refusal("batch", json!({ "cmd": { "a": "profile" } })).await, no(503, "QUERY_LIMIT_EXCEEDED"));
    assert_eq!(house.call("user.get", json!({})).await.status, 200, "the storm is over");
    fault(json!({ "kind": "html" })).await;
    assert_eq!(house.call("user.get", json!({})).await.status, 502);
    fault(json!({ "kind": "truncated_json" })).await;
    let half = house.call("user.get", json!({})).await;
    assert!(half.status == 200 && serde_json::from_str::<Value>(&half.text).is_err());
    fault(json!({ "kind": "refuse", "status": 200, "body": { "error": "ERROR_CORE", "error_description": "" } })).await;
    assert_eq!(house.refusal("user.get", json!({})).await, no(200, "ERROR_CORE"));
    assert_eq!(
        house.control.ask(Method::POST, "/sim/fault", json!({ "fault": { "kind": "gremlins" } })).await.status,
        422
    );
    house.control.order("/sim/fault", json!({ "heal": true })).await;
    house.control.order("/sim/switches", json!({ "revoked": true })).await;
    assert_eq!(house.refusal("profile", json!({})).await, no(401, "NO_AUTH_FOUND"));
}

#[tokio::test]
async fn the_control_interface_is_on_loopback_alone() {
    use pult_simulators::{bitrix24, secret::Secret};
    let settings = bitrix24::Settings {
        control: "0.0.0.0:0".parse().unwrap(),
        ..bitrix24::Settings::new(Secret::new(SECRET), Secret::new("x"))
    };
    assert!(bitrix24::start(settings).await.is_err());
}
