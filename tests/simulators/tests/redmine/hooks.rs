//! Webhooks of a modern version: signed, told once, about what their owner sees.

use pult_simulators::{secret::Secret, service::sign::signature};
use serde_json::{Value, json};

use crate::{
    house::{HOOK_SECRET, House, said},
    kit::{differences, sample},
};

#[tokio::test]
async fn a_change_is_told_in_the_shape_of_the_sample_and_signed() {
    let (house, receiver) = House::heard().await;
    house.issue(json!({ "assigned_to_id": 6, "description": "d" })).await;
    house.change("sup1", 1, json!({ "priority_id": 3 })).await;
    house.redmine().settled().await;
    let got = receiver.take();
    assert_eq!(got.len(), 2);
    assert_eq!((&said(&got[0])["type"], said(&got[0])["data"].get("journal")), (&json!("issue.created"), None));
    let wanted = &sample("redmine", "webhook_issue_updated")["delivery"];
    assert_eq!(differences(&wanted["body"], &said(&got[1]), &[]), Vec::<String>::new());
    assert_eq!(said(&got[1])["data"]["journal"]["details"], wanted["body"]["data"]["journal"]["details"]);
    for (header, value) in wanted["headers"].as_object().unwrap() {
        if header != "X-Redmine-Signature-256" {
            assert_eq!(got[1].headers[header.as_str()], value.as_str().unwrap(), "{header}");
        }
    }
    let signed = format!("sha256={}", signature(&Secret::new(HOOK_SECRET), got[1].body.as_bytes()));
    assert_eq!(got[1].headers["x-redmine-signature-256"], signed.as_str());
    let raw = wanted["raw_body"].as_str().unwrap();
    let of_sample = format!("sha256={}", signature(&Secret::new(HOOK_SECRET), raw.as_bytes()));
    assert_eq!(wanted["headers"]["X-Redmine-Signature-256"], of_sample.as_str(), "the sample is signed the same way");
}

#[tokio::test]
async fn a_hook_is_tried_once_and_may_be_doubled_lost_or_forged() {
    let (house, receiver) = House::heard().await;
    house.issue(json!({})).await;
    house.redmine().settled().await;
    receiver.take();
    let note = async |text: &str| {
        house.control.make("/sim/issues/1/comment", json!({ "text": text })).await;
        receiver.take()
    };
    receiver.answers(&[503]);
    assert_eq!(note("a").await.len(), 1);
    assert_eq!(house.control.get("/sim/hooks").await.as_array().unwrap().last().unwrap()["status"], 503);
    let manner = async |order: Value| house.control.order("/sim/hooks", order).await;
    manner(json!({ "duplicates": 1 })).await;
    assert_eq!(note("b").await.len(), 2);
    manner(json!({ "heal": true, "lose_every": 1 })).await;
    assert_eq!(note("c").await.len(), 0);
    manner(json!({ "heal": true, "wrong_secret": true })).await;
    let forged = note("d").await;
    let right = format!("sha256={}", signature(&Secret::new(HOOK_SECRET), forged[0].body.as_bytes()));
    assert_ne!(forged[0].headers["x-redmine-signature-256"], right.as_str());
    house.switch(json!({ "modern": false })).await;
    assert_eq!(note("e").await.len(), 0, "older versions send none");
}

#[tokio::test]
async fn an_owner_is_told_of_what_they_see() {
    let (house, receiver) = House::heard().await;
    house.switch(json!({ "hook_owner": "rep1" })).await;
    house.issue(json!({ "is_private": true })).await;
    let id = house.issue(json!({})).await;
    house.change("sup1", id, json!({ "notes": "secret", "private_notes": true, "priority_id": 3 })).await;
    house.control.ask(reqwest::Method::DELETE, &format!("/sim/issues/{id}"), Value::Null).await;
    house.redmine().settled().await;
    let told: Vec<Value> = receiver.take().iter().map(said).collect();
    let kinds: Vec<_> = told.iter().map(|one| &one["type"]).collect();
    assert_eq!(kinds, ["issue.created", "issue.updated", "issue.deleted"]);
    assert_eq!(told[1]["data"]["journal"]["details"][0]["prop_key"], "priority_id", "the public half");
    assert!(!json!(told).to_string().contains("secret"));
}

#[tokio::test]
async fn a_late_commit_is_told_when_it_is_committed() {
    let (house, receiver) = House::heard().await;
    house.issue(json!({})).await;
    house.redmine().settled().await;
    receiver.take();
    house.control.make("/sim/issues/1/update", json!({ "fields": { "notes": "late" }, "late": true })).await;
    assert_eq!(receiver.take().len(), 0);
    house.control.make("/sim/commit", json!({})).await;
    assert_eq!(said(&receiver.take()[0])["data"]["journal"]["notes"], "late");
    let other = crate::receiver::Receiver::open().await;
    house.switch(json!({ "hook_url": other.url() })).await;
    house.control.make("/sim/issues/1/comment", json!({ "text": "a" })).await;
    assert_eq!((receiver.take().len(), other.take().len()), (0, 1));
}
