//! What a person does by the control interface is what somebody does in the browser.

use reqwest::Method;
use serde_json::json;

use crate::house::{House, ids};

#[tokio::test]
async fn people_act_on_issues_and_the_api_shows_it() {
    let house = House::new().await;
    let order = json!({ "person": "rep1", "id": 41, "subject": "Нет звука", "fields": { "tracker_id": 3 } });
    assert_eq!(house.control.make("/sim/issues", order).await, json!({ "id": 41 }));
    let act = async |deed: &str, order: serde_json::Value| {
        ids_of(&house.control.make(&format!("/sim/issues/41/{deed}"), order).await)
    };
    assert_eq!(act("status", json!({ "status": 2 })).await, [1]);
    assert_eq!(act("assign", json!({ "to": "agent1" })).await, [2]);
    assert_eq!(act("priority", json!({ "priority": 4 })).await, [3]);
    assert_eq!(act("comment", json!({ "person": "agent1", "text": "Смотрю" })).await, [4]);
    assert_eq!(act("comment", json!({ "text": "тихо", "private": true })).await, [5]);
    let file = json!({ "name": "a.txt", "text": "hello" });
    assert_eq!(act("comment", json!({ "person": "rep1", "text": "Вот", "file": file })).await, [6]);
    let fields = json!({ "status_id": 3, "notes": "секрет", "private_notes": true });
    assert_eq!(act("update", json!({ "person": "agent1", "fields": fields })).await, [7, 8]);
    assert_eq!(act("status", json!({ "person": "rep1", "status": 5 })).await, [0_u64; 0], "dropped by the workflow");
    house.control.make("/sim/projects", json!({ "identifier": "second", "members": { "sup1": 3 } })).await;
    let seen = house.seen("sup1", 41).await;
    assert_eq!(ids(&seen["journals"]), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!((&seen["assigned_to"]["id"], &seen["priority"]["id"]), (&json!(6), &json!(4)));
    assert_eq!((&seen["subject"], &seen["attachments"][0]["filesize"]), (&json!("Нет звука"), &json!(5)));
    assert_eq!(act("move", json!({ "project": "second" })).await, [9]);
    let whole = house.control.get("/sim/issues/41").await;
    assert_eq!((&whole["issue"]["project"], &whole["journals"][4]["notes"]), (&json!(2), &json!("тихо")));
    assert_eq!(house.control.get("/sim/issues").await.as_array().unwrap().len(), 1);
}

fn ids_of(answer: &serde_json::Value) -> Vec<u64> {
    answer["journals"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect()
}

#[tokio::test]
async fn an_order_that_cannot_be_done_says_why() {
    let house = House::new().await;
    house.issue(json!({})).await;
    for (path, order, status) in [
        ("/sim/issues/9/status", json!({ "status": 2 }), 404),
        ("/sim/issues/1/status", json!({ "person": "nobody", "status": 2 }), 404),
        ("/sim/issues/1/assign", json!({ "to": "nobody" }), 404),
        ("/sim/issues/1/assign", json!({ "to": "admin" }), 422),
        ("/sim/issues/1/update", json!({ "fields": {}, "sooner": true }), 422),
        ("/sim/issues", json!({ "person": "rep1", "fields": { "project_id": "nope" } }), 422),
        ("/sim/journals/9", json!({ "text": "a" }), 404),
        ("/sim/people", json!({}), 422),
        ("/sim/switches", json!({ "rests": true }), 422),
    ] {
        let answer = house.control.ask(Method::POST, path, order).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
    }
    assert_eq!(house.control.ask(Method::GET, "/sim/issues/9", serde_json::Value::Null).await.status, 404);
    assert_eq!(house.control.ask(Method::POST, "/sim/people/nobody/key", json!({})).await.status, 404);
    let roles = house.control.get("/sim/roles").await;
    assert_eq!((&roles[3]["name"], &roles[3]["sees_all"]), (&json!("Developer"), &json!(false)));
    assert_eq!(house.control.get("/sim/projects").await[0]["identifier"], "desk");
}

#[tokio::test]
async fn a_deed_without_http_is_the_same() {
    let house = House::new().await;
    let redmine = house.redmine();
    let id = redmine.make(&pult_simulators::redmine::IssueOrder::default()).unwrap();
    redmine.set_status("agent1", id, 2).unwrap();
    redmine.comment("agent1", id, "тихо", true).unwrap();
    redmine.attach("rep1", id, "фото.png", b"\x89PNG", "").unwrap();
    redmine.watch("rep1", id, true).unwrap();
    assert_eq!(redmine.files(id)[0].content_type, "image/png");
    assert_eq!(redmine.journals(id).len(), 3);
    assert_eq!(redmine.edit_note("agent1", 2, "x"), Err(pult_simulators::redmine::NotDone::Denied));
    redmine.edit_note("sup1", 2, "громко").unwrap();
    assert_eq!(house.seen("agent1", id).await["journals"][1]["notes"], "громко");
    redmine.delete("sup1", id).unwrap();
    assert_eq!(redmine.issue(id), None);
}
