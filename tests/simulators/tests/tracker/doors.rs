//! Who comes in, what is journaled, the limit, and everything that can be wrong with an answer.

use pult_simulators::{
    secret::Secret,
    tracker::{Settings, start},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, ORG, TOKEN, refused, settings},
    kit::send,
};

#[tokio::test]
async fn a_wrong_token_is_told_in_plain_text() {
    let house = House::new().await;
    let asked = |header: Option<&str>| {
        let request = house.bare(Method::GET, "/v3/myself").header("X-Org-ID", ORG);
        header.into_iter().fold(request, |request, text| request.header("Authorization", text))
    };
    for header in [None, Some("OAuth bad"), Some("Bearer TRACKER_TOKEN"), Some("TRACKER_TOKEN")] {
        let answer = send(asked(header)).await.unwrap();
        assert_eq!((answer.status, answer.text.as_str()), (401, "Unauthorized"), "{header:?}");
        assert_eq!(answer.headers["content-type"], "text/plain");
    }
    assert_eq!(send(asked(Some("OAuth TRACKER_TOKEN"))).await.unwrap().status, 200);
    house.switch(json!({ "revoked": true })).await;
    assert_eq!(house.get("myself").await.status, 401);
}

#[tokio::test]
async fn exactly_one_organization_header_lets_a_call_in() {
    let house = House::with(Settings { cloud_org: Some("cloud1".to_owned()), ..settings() }).await;
    let status = async |headers: &[(&str, &str)]| {
        let request = house.bare(Method::GET, "/v3/myself").header("Authorization", format!("OAuth {TOKEN}"));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        send(request).await.unwrap().status
    };
    assert_eq!(status(&[]).await, 403);
    assert_eq!(status(&[("x-org-id", ORG)]).await, 200);
    assert_eq!(status(&[("X-Cloud-Org-Id", "cloud1")]).await, 200);
    assert_eq!(status(&[("X-Cloud-Org-ID", ORG)]).await, 403, "the header of the other kind");
    assert_eq!(status(&[("X-Org-ID", "1")]).await, 404);
    let both = [("X-Org-ID", ORG), ("X-Cloud-Org-ID", "cloud1")];
    assert_eq!(status(&both).await, 400);
    house.switch(json!({ "both_headers": true })).await;
    assert_eq!(status(&both).await, 200);
}

#[tokio::test]
async fn an_iam_token_is_good_with_the_cloud_header_until_it_is_changed() {
    let cloud = Settings { iam: Some(Secret::new("iam1")), cloud_org: Some("cloud1".to_owned()), ..settings() };
    let house = House::with(cloud).await;
    let status = async |token: &str, header: &str, org: &str| {
        let request = house.bare(Method::GET, "/v3/myself").header("Authorization", format!("Bearer {token}"));
        send(request.header(header, org)).await.unwrap().status
    };
    assert_eq!(status("iam1", "X-Cloud-Org-ID", "cloud1").await, 200);
    assert_eq!(status("iam1", "X-Org-ID", ORG).await, 401);
    house.tracker().set_iam(Some(Secret::new("iam2")));
    assert_eq!(status("iam1", "X-Cloud-Org-ID", "cloud1").await, 401);
    assert_eq!(status("iam2", "X-Cloud-Org-ID", "cloud1").await, 200);
}

#[tokio::test]
async fn the_second_version_answers_and_is_written_down_as_an_error() {
    let house = House::new().await;
    let request = house.bare(Method::GET, "/v2/myself").header("Authorization", format!("OAuth {TOKEN}"));
    let myself = send(request.header("X-Org-ID", ORG)).await.unwrap().json();
    let wanted = format!("{}/v2/users/8000000000000077", house.organization.base());
    assert_eq!(myself["self"], wanted);
    let log = house.control.get("/sim/log").await;
    assert!(log[0]["error"].as_str().unwrap().contains("/v2/"), "{log}");
    assert!(!log.to_string().contains(TOKEN), "no token in the journal");
    assert_eq!(refused(&house.get("nothing/here").await).0, 404);
    assert_eq!(refused(&house.call(Method::PUT, "issues/DESK-1", json!({})).await).0, 405);
    house.control.ask(Method::DELETE, "/sim/log", Value::Null).await;
    assert_eq!(house.control.get("/sim/log").await, json!([]));
}

#[tokio::test]
async fn who_has_no_licence_or_no_right_reads_at_most() {
    let house = House::new().await;
    house.switch(json!({ "licence": false })).await;
    assert_eq!(house.get("myself").await.json()["hasLicense"], false);
    assert_eq!(house.find(json!({ "filter": { "queue": "DESK" } })).await, [""; 0]);
    let create = json!({ "queue": "DESK", "summary": "a" });
    assert_eq!(refused(&house.post("issues/", create.clone()).await).0, 403);
    house.switch(json!({ "licence": true, "forbidden": ["issue"] })).await;
    assert_eq!(house.post("issues/", create).await.status, 201);
    assert_eq!(refused(&house.get("issues/DESK-41").await).0, 403);
}

#[tokio::test]
async fn the_limit_goes_by_the_clock_and_says_when_to_come_again_or_not() {
    let house = House::new().await;
    house.still().await;
    house.switch(json!({ "limit": { "drain": 1.0, "ceiling": 2.0 }, "retry_after": 3 })).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(house.get("myself").await.status);
    }
    assert_eq!(statuses, [200, 200, 429]);
    let busy = house.get("myself").await;
    assert_eq!((busy.headers["retry-after"].to_str().unwrap(), busy.text.as_str()), ("3", ""));
    house.switch(json!({ "no_retry_after": true })).await;
    assert!(!house.get("myself").await.headers.contains_key("retry-after"));
    house.pass(1.0).await;
    assert_eq!(house.get("myself").await.status, 200);
    house.switch(json!({ "no_limit": true })).await;
    assert_eq!(house.control.get("/sim/state").await["limit"], Value::Null);
}

#[tokio::test]
async fn answers_are_lost_replaced_and_refused() {
    let house = House::new().await;
    let fault = async |order: Value| house.control.order("/sim/fault", order).await;
    fault(json!({ "fault": { "kind": "drop_after_commit" }, "on": "issue_create", "times": 1 })).await;
    let body = json!({ "queue": "DESK", "summary": "a", "unique": "one" });
    assert!(send(house.request(Method::POST, "issues/").json(&body)).await.is_err());
    assert_eq!(house.tracker().issues().len(), 1, "it was made");
    assert_eq!(refused(&house.post("issues/", body).await).0, 409);
    fault(json!({ "fault": { "kind": "html", "status": 503 }, "on": "issue/DESK-41", "times": 1 })).await;
    let page = house.get("issues/DESK-41").await;
    assert!(page.status == 503 && page.text.starts_with("<html>"));
    fault(json!({ "fault": { "kind": "refuse", "status": 423 }, "on": "issue_change" })).await;
    assert_eq!(refused(&house.patch("issues/DESK-41", json!({ "summary": "b" })).await).0, 423);
    fault(json!({ "fault": { "kind": "refuse", "status": 429, "retry_after": 7 }, "on": "issue" })).await;
    let busy = house.get("issues/DESK-41").await;
    assert_eq!((busy.status, busy.headers["retry-after"].to_str().unwrap()), (429, "7"));
    fault(json!({ "heal": true })).await;
    assert_eq!(house.get("issues/DESK-41").await.json()["summary"], "a");
}

#[tokio::test]
async fn a_stalled_call_ends_with_the_organization() {
    let house = House::new().await;
    house.control.order("/sim/fault", json!({ "fault": { "kind": "stall" } })).await;
    let stalled = tokio::spawn(send(house.request(Method::GET, "myself")));
    while house.tracker().journal.count("myself") == 0 {
        tokio::task::yield_now().await;
    }
    house.organization.stop().await;
    assert_eq!(stalled.await.unwrap().unwrap().status, 503);
}

#[tokio::test]
async fn the_control_interface_is_on_loopback_alone_and_not_on_the_front() {
    let house = House::new().await;
    assert_eq!(send(house.bare(Method::GET, "/sim/state")).await.unwrap().status, 404);
    let open = Settings { control: "0.0.0.0:0".parse().unwrap(), ..settings() };
    assert!(start(open).await.is_err());
    let state = house.control.get("/sim/state").await;
    assert_eq!((&state["switches"]["index_lag_ms"], &state["hooks"]), (&json!(2000), &json!(false)));
}
