//! Webhooks: their key, their order, their number, and what the receiver answered.

use serde_json::{Value, json};

use crate::house::{House, said};

#[tokio::test]
async fn closing_tells_the_receiver_and_writes_down_what_it_answered() {
    let (house, receiver) = House::heard().await;
    receiver.answers(&[503]);
    house.control.order("/sim/issues/5123/close", json!({})).await;
    let got = receiver.take();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].uri.query(), Some("key=hook+key"));
    assert_eq!(said(&got[0])["event"]["new_status"]["code"], "closed");
    assert_eq!(said(&got[0])["issue"]["client"]["contact"]["id"], "208");
    let met = house.control.get("/sim/hooks").await;
    assert_eq!((&met[0]["event"], &met[0]["status"]), (&json!("new_ticket_status"), &json!(503)));
    assert!(!met.to_string().contains("hook"), "no key in the list");
    house.control.order("/sim/issues/5123/reopen", json!({})).await;
    assert_eq!(said(&receiver.take()[0])["event"]["author"]["type"], "contact");
    house.control.order("/sim/issues/5123/close", json!({ "silent": true })).await;
    assert!(receiver.take().is_empty());
}

#[tokio::test]
async fn webhooks_are_doubled_turned_round_cut_and_forged() {
    let (house, receiver) = House::heard().await;
    let manner = async |order: Value| house.control.order("/sim/hooks", order).await;
    let codes = || -> Vec<String> {
        let code =
            |got: &crate::receiver::Received| said(got)["event"]["new_status"]["code"].as_str().unwrap().to_owned();
        receiver.take().iter().map(code).collect()
    };
    manner(json!({ "duplicates": 1 })).await;
    house.control.order("/sim/issues/5123/close", json!({})).await;
    assert_eq!(codes(), ["closed", "closed"]);
    manner(json!({ "heal": true, "reorder": 2 })).await;
    house.control.order("/sim/issues/5123/reopen", json!({})).await;
    assert_eq!(codes(), [""; 0]);
    house.control.order("/sim/issues/5123/close", json!({})).await;
    assert_eq!(codes(), ["closed", "opened"]);
    manner(json!({ "heal": true, "wrong_secret": true })).await;
    house.control.order("/sim/issues/5123/reopen", json!({})).await;
    assert_eq!(receiver.take()[0].uri.query(), Some("key=certainly-not-the-key"));
    manner(json!({ "heal": true, "cut": "half" })).await;
    house.control.order("/sim/issues/5123/close", json!({})).await;
    assert!(serde_json::from_str::<Value>(&receiver.take()[0].body).is_err());
    manner(json!({ "heal": true, "cut": "connection" })).await;
    house.control.order("/sim/issues/5123/reopen", json!({})).await;
    assert!(receiver.take().is_empty());
    let met = house.control.get("/sim/hooks").await;
    assert_eq!(met.as_array().unwrap().last().unwrap()["failure"], "connection");
}

#[tokio::test]
async fn what_is_not_taken_is_repeated_once_and_only_on_demand() {
    let (house, receiver) = House::heard().await;
    receiver.answers(&[500]);
    house.control.order("/sim/issues/5123/close", json!({})).await;
    assert_eq!(receiver.take().len(), 1);
    house.control.order("/sim/hooks", json!({ "repeat_once": true })).await;
    receiver.answers(&[500, 200]);
    house.control.order("/sim/issues/5123/reopen", json!({})).await;
    assert_eq!(receiver.take().len(), 2);
}

#[tokio::test]
async fn changes_over_rest_are_told_unless_they_are_to_be_silent() {
    let (house, receiver) = House::heard().await;
    let desk = house.account.desk();
    let quiet = json!({ "code": "closed", "skip_options": ["skip_webhooks"] });
    assert_eq!(house.post("issues/5123/statuses", quiet).await.status, 200);
    house.post("issues/5123/rates", json!({ "rate": "good" })).await;
    desk.settled().await;
    let told = receiver.take();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&said(&told[0])["event"]["event_type"], &said(&told[0])["issue"]["rate"]),
        (&json!("new_csat_rate"), &json!("good"))
    );
    house.control.order("/sim/switches", json!({ "api_hooks": false })).await;
    house.post("issues/5120/rates", json!({ "rate": "good" })).await;
    desk.settled().await;
    assert!(receiver.take().is_empty());
    house.control.order("/sim/issues/5120/rate", json!({ "rate": "bad" })).await;
    assert_eq!(said(&receiver.take()[0])["event"]["rate"], "bad", "the contact changed it elsewhere");
}
