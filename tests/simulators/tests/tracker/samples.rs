//! Every call of the samples is made; statuses are compared, refusals to the letter, and the rest by shape.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, REF},
    kit::{differences, sample, samples, send},
};

/// What has to be so before the sample's call.
async fn prepare(name: &str, house: &House) {
    let tracker = house.tracker();
    let make = async || {
        let body = sample("tracker", "issue_create")["request"]["body"].clone();
        assert_eq!(house.post("issues/", body).await.status, 201);
    };
    if !matches!(name, "issue_create" | "issue_create_array_form" | "search_empty_index_lag") {
        make().await;
    }
    match name {
        "issue_create_array_form" => house.switch(json!({ "issue_list": true })).await,
        "issue_patch_version_409" => {
            house.patch("issues/DESK-41", json!({ "summary": "Нет звука" })).await;
        }
        "comments_list" => {
            let summons = json!({ "text": "a", "summonees": ["petr"] });
            house.post("issues/DESK-41/comments?isAddToFollowers=false", json!({ "text": "a" })).await;
            house.post("issues/DESK-41/comments?isAddToFollowers=false", summons).await;
        }
        "changelog" => {
            // The creation itself is passed over by the sample's id, which is older than any of ours.
            house.post("issues/DESK-41/transitions/start_progress/_execute", json!({ "comment": "Взял" })).await;
        }
        "search_scroll_first" => {
            for _ in 0..2 {
                house.issue(json!({ "description": "Тема: телефония", "tags": ["desk-bot"], REF: "other" })).await;
            }
        }
        "err_429" => {
            let fault = json!({ "kind": "refuse", "status": 429, "retry_after": 3 });
            house.control.order("/sim/fault", json!({ "fault": fault, "on": "issue" })).await;
        }
        "y360_403" => house.switch(json!({ "directory_scope": false })).await,
        _ => {}
    }
    if name == "search_empty_index_lag" {
        house.control.order("/sim/clock", json!({ "freeze": true })).await;
        make().await;
    } else {
        house.switch(json!({ "index_lag_ms": 0 })).await;
    }
    tracker.settled().await;
}

#[tokio::test]
async fn every_call_of_the_samples_is_answered_in_its_shape() {
    let mut calls = 0;
    for (name, sample) in samples("tracker").into_iter().filter(|(_, sample)| sample["kind"] == "call") {
        let house = House::new().await;
        prepare(&name, &house).await;
        let asked = &sample["request"];
        let method = Method::from_bytes(asked["method"].as_str().unwrap().as_bytes()).unwrap();
        let mut request = house.bare(method, asked["path"].as_str().unwrap());
        for pair in asked["query"].as_array().unwrap() {
            request = request.query(&[(pair[0].as_str().unwrap(), pair[1].as_str().unwrap())]);
        }
        for (header, value) in asked["headers"].as_object().unwrap() {
            request = request.header(header, value.as_str().unwrap());
        }
        if !asked["body"].is_null() {
            request = request.body(asked["body"].to_string());
        }
        let answer = send(request).await.unwrap();
        let wanted = &sample["response"];
        assert_eq!(json!(answer.status), wanted["status"], "{name}: {}", answer.text);
        calls += 1;
        for (header, value) in wanted["headers"].as_object().unwrap() {
            // A limit played as a fault has no document, and so no type of one.
            if name == "err_429" && header == "Content-Type" {
                continue;
            }
            assert_eq!(answer.headers[header.as_str()], value.as_str().unwrap(), "{name}: {header}");
        }
        if answer.text.is_empty() || name == "err_401_plain" {
            let text = wanted["body"].as_str().unwrap_or_default();
            assert_eq!(answer.text, text, "{name}");
            continue;
        }
        if answer.status >= 400 {
            assert_eq!(answer.json(), wanted["body"], "{name}");
        }
        let (wanted, got) = match name.as_str() {
            // The sample begins with the change of status, behind the creation.
            "changelog" => (wanted["body"][0].clone(), answer.json()[1].clone()),
            _ => (wanted["body"].clone(), answer.json()),
        };
        // What the samples leave out: names of transitions once, who changed a comment, when somebody last commented.
        let more = ["display", "updatedBy", "lastCommentUpdatedAt", "previousStatus"];
        assert_eq!(differences(&wanted, &got, &more), Vec::<String>::new(), "{name}");
    }
    assert!(calls > 20, "{calls}");
}

#[tokio::test]
async fn a_created_issue_is_that_of_the_sample() {
    let house = House::new().await;
    let sample = sample("tracker", "issue_create");
    let made = house.post("issues/", sample["request"]["body"].clone()).await.json();
    let wanted = &sample["response"]["body"];
    for (field, value) in wanted.as_object().unwrap() {
        // Times and ids are those of the day; addresses are where the client came.
        if matches!(field.as_str(), "id" | "createdAt" | "updatedAt" | "self") {
            continue;
        }
        let strip = |value: &Value| match value {
            Value::Object(map) => {
                map.iter().filter(|(key, _)| *key != "self").map(|(k, v)| (k.clone(), v.clone())).collect()
            }
            other => other.clone(),
        };
        assert_eq!(strip(&made[field]), strip(value), "{field}");
    }
    assert_eq!(made["self"], format!("{}/v3/issues/DESK-41", house.organization.base()));
}
