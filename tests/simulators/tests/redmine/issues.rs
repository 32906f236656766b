//! Making and changing issues: what is saved, what is dropped without a word, what is refused whole.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{house::House, kit::send};

#[tokio::test]
async fn a_new_issue_has_its_defaults_and_its_place() {
    let house = House::at("2026-11-20T09:00:00.5Z").await;
    let body = json!({ "issue": { "project_id": "desk", "subject": "a", "status_id": 2, "description": "a\nb" } });
    let made = house.post("sup1", "/issues.json", body).await;
    assert_eq!(made.status, 201);
    assert!(made.headers["location"].to_str().unwrap().ends_with("/redmine/issues/1"));
    let issue = &made.json()["issue"];
    assert_eq!(issue["status"], json!({ "id": 1, "name": "New", "is_closed": false }), "no way leads past it");
    assert_eq!((&issue["tracker"]["id"], &issue["priority"]["id"]), (&json!(1), &json!(2)));
    assert_eq!((&issue["start_date"], &issue["description"]), (&json!("2026-11-20"), &json!("a\r\nb")));
    assert_eq!(house.seen("sup1", 1).await["journals"], json!([]), "a creation has no journal");
    let me = json!({ "issue": { "project_id": 1, "subject": "a", "assigned_to_id": "me", "tracker_id": 99 } });
    let mine = house.post("rep1", "/issues.json", me).await.json();
    assert_eq!((&mine["issue"]["assigned_to"]["id"], &mine["issue"]["tracker"]["id"]), (&json!(7), &json!(1)));
}

#[tokio::test]
async fn a_new_issue_is_refused_with_texts_and_not_made() {
    let house = House::new().await;
    let refused = async |fields: Value| {
        let answer = house.post("sup1", "/issues.json", json!({ "issue": fields })).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        answer.json()["errors"].clone()
    };
    assert_eq!(refused(json!({ "project_id": "desk", "subject": " " })).await, json!(["Subject cannot be blank"]));
    let missing = json!(["Project cannot be blank", "Tracker cannot be blank", "Status cannot be blank"]);
    assert_eq!(refused(json!({ "project_id": "nope", "subject": "x", "tracker_id": 3 })).await, missing);
    let desk = |more: Value| {
        let mut fields = json!({ "project_id": "desk", "subject": "x" });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    assert_eq!(refused(desk(json!({ "priority_id": 77 }))).await, json!(["Priority cannot be blank"]));
    assert_eq!(refused(desk(json!({ "parent_issue_id": 99 }))).await, json!(["Parent task is invalid"]));
    assert_eq!(refused(desk(json!({ "assigned_to_id": 9999 }))).await, json!(["Assignee is invalid"]));
    assert_eq!(refused(desk(json!({ "done_ratio": 500 }))).await, json!(["% Done is not included in the list"]));
    assert_eq!(refused(desk(json!({ "due_date": "foo" }))).await, json!(["Due date is not a valid date"]));
    let early = refused(desk(json!({ "start_date": "2026-11-20", "due_date": "2026-11-19" }))).await;
    assert_eq!(early, json!(["Due date must be greater than start date"]));
    let long = "x".repeat(256);
    let long = refused(json!({ "project_id": "desk", "subject": long })).await;
    assert_eq!(long, json!(["Subject is too long (maximum is 255 characters)"]));
    house.control.make("/sim/people", json!({ "login": "sup1", "language": "ru" })).await;
    assert_eq!(refused(json!({ "project_id": "desk" })).await, json!(["Тема не может быть пустым"]));
    assert!(house.redmine().issues().is_empty());
}

#[tokio::test]
async fn a_body_that_is_not_announced_is_not_read_and_a_broken_one_is_400() {
    let house = House::new().await;
    let body = json!({ "issue": { "project_id": "desk", "subject": "x" } }).to_string();
    let plain = send(house.request("sup1", Method::POST, "/issues.json").body(body.clone())).await.unwrap();
    assert_eq!(plain.status, 422);
    assert_eq!(plain.json()["errors"][0], "Subject cannot be blank");
    let announced = |body: &str| {
        let request = house.request("sup1", Method::POST, "/issues.json");
        request.header("Content-Type", "application/json; charset=utf-8").body(body.to_owned())
    };
    let broken = send(announced("{broken")).await.unwrap();
    assert_eq!((broken.status, broken.text.as_str()), (400, ""));
    assert_eq!(broken.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(send(announced(&body)).await.unwrap().status, 201);
    let id = house.issue(json!({})).await;
    assert_eq!(house.put("sup1", &format!("/issues/{id}.json"), json!({})).await.status, 204, "nothing is asked");
}

#[tokio::test]
async fn a_status_that_the_workflow_forbids_is_dropped_and_the_note_is_saved() {
    let house = House::new().await;
    let id = house.issue(json!({ "assigned_to_id": 6 })).await;
    house.change("agent1", id, json!({ "status_id": 6, "notes": "Reject please" })).await;
    house.change("agent1", id, json!({ "status_id": 99, "notes": "Unknown" })).await;
    house.change("rep1", id, json!({ "status_id": 5, "subject": "mine", "notes": "Close please" })).await;
    let seen = house.seen("sup1", id).await;
    assert_eq!((&seen["status"]["id"], &seen["subject"]), (&json!(1), &json!("Printer off")));
    let notes: Vec<_> = seen["journals"].as_array().unwrap().iter().map(|journal| &journal["notes"]).collect();
    assert_eq!(notes, ["Reject please", "Unknown", "Close please"]);
    assert_eq!(seen["journals"][0]["details"], json!([]));
    house.change("agent1", id, json!({ "status_id": "2" })).await;
    assert_eq!(house.seen("sup1", id).await["status"]["id"], 2);
    house.change("sup1", id, json!({ "status_id": 6 })).await;
    let closed = house.seen("sup1", id).await;
    assert_eq!((&closed["status"]["is_closed"], &closed["closed_on"]), (&json!(true), &closed["updated_on"]));
    house.control.order("/sim/roles/4/way", json!({ "from": 6, "to": 1, "allowed": true })).await;
    house.change("agent1", id, json!({ "status_id": 1 })).await;
    let open = house.seen("sup1", id).await;
    assert_eq!(
        (&open["status"]["id"], &open["closed_on"]),
        (&json!(1), &closed["closed_on"]),
        "the last closing stays"
    );
}

#[tokio::test]
async fn allowed_statuses_are_those_of_the_keys_role() {
    let house = House::new().await;
    let id = house.issue(json!({})).await;
    let allowed = async |login: &str| {
        let answer = house.get(login, &format!("/issues/{id}.json?include=allowed_statuses")).await.json();
        crate::house::ids(&answer["issue"]["allowed_statuses"])
    };
    assert_eq!(allowed("sup1").await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(allowed("admin").await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(allowed("agent1").await, [1, 2, 3, 4, 5]);
    assert_eq!(allowed("rep1").await, [1, 5]);
    house.change("sup1", id, json!({ "status_id": 5 })).await;
    assert_eq!(allowed("agent1").await, [0_u64; 0]);
}

#[tokio::test]
async fn an_assignee_who_is_no_member_is_refused_and_nothing_is_saved() {
    let house = House::new().await;
    let id = house.issue(json!({ "assigned_to_id": 6 })).await;
    let answer =
        house.put("sup1", "/issues/1.json", json!({ "issue": { "assigned_to_id": 9999, "notes": "x" } })).await;
    assert_eq!((answer.status, answer.json()), (422, json!({ "errors": ["Assignee is invalid"] })));
    assert_eq!(house.redmine().journals(id), []);
    assert_eq!(house.put("sup1", "/issues/1.json", json!({ "issue": { "assigned_to_id": 1 } })).await.status, 422);
    house.change("sup1", id, json!({ "assigned_to_id": "" })).await;
    let seen = house.seen("sup1", id).await;
    assert_eq!(seen.get("assigned_to"), None);
    let detail = json!({ "property": "attr", "name": "assigned_to_id", "old_value": "6", "new_value": null });
    assert_eq!(seen["journals"][0]["details"], json!([detail]));
}

#[tokio::test]
async fn a_stale_version_is_422_without_texts() {
    let house = House::new().await;
    let id = house.issue(json!({})).await;
    house.change("sup1", id, json!({ "notes": "first", "lock_version": 0 })).await;
    for fields in [json!({ "subject": "y", "lock_version": 0 }), json!({ "notes": "y", "lock_version": "0" })] {
        let stale = house.put("sup1", "/issues/1.json", json!({ "issue": fields })).await;
        assert_eq!((stale.status, stale.json()), (422, json!({ "errors": [] })));
    }
    assert_eq!(house.redmine().journals(id).len(), 1);
    house.change("sup1", id, json!({ "subject": "y", "lock_version": 1 })).await;
    assert_eq!(house.seen("sup1", id).await["subject"], "y");
}

#[tokio::test]
async fn the_same_value_again_leaves_no_journal_and_moves_the_time() {
    let house = House::at("2026-11-20T09:00:00.5Z").await;
    let id = house.issue(json!({})).await;
    house.pass(5.0).await;
    house.change("sup1", id, json!({ "subject": "Printer off", "priority_id": 2 })).await;
    let seen = house.seen("sup1", id).await;
    assert_eq!((&seen["journals"], &seen["updated_on"]), (&json!([]), &json!("2026-11-20T09:00:05Z")));
}

#[tokio::test]
async fn a_part_writes_into_its_parents_history_and_the_parent_follows_it() {
    let house = House::at("2026-11-20T09:00:00.5Z").await;
    let parent = house.issue(json!({ "due_date": "2027-01-01" })).await;
    house.pass(60.0).await;
    let child = house.issue(json!({ "parent_issue_id": parent, "priority_id": 4, "done_ratio": 40 })).await;
    let seen = house.seen("sup1", parent).await;
    assert_eq!(seen["updated_on"], "2026-11-20T09:01:00Z");
    let detail = |old: Value, new: Value| json!([{ "property": "attr", "name": "child_id", "old_value": old, "new_value": new }]);
    assert_eq!(seen["journals"][0]["details"], detail(Value::Null, json!("2")));
    assert_eq!(seen["children"][0]["id"], child);
    assert_eq!(
        (&seen["priority"]["id"], &seen["done_ratio"], &seen["due_date"]),
        (&json!(4), &json!(40), &Value::Null)
    );
    house.change("sup1", parent, json!({ "priority_id": 1, "status_id": 5, "notes": "close" })).await;
    let seen = house.seen("sup1", parent).await;
    assert_eq!((&seen["priority"]["id"], &seen["status"]["id"]), (&json!(4), &json!(1)), "follows, and stays open");
    house.change("sup1", child, json!({ "parent_issue_id": "" })).await;
    let journals = house.seen("sup1", parent).await["journals"].clone();
    assert_eq!(journals[2]["details"], detail(json!("2"), Value::Null));
    house.change("sup1", parent, json!({ "parent_issue_id": child })).await;
    let circle = house.put("sup1", "/issues/2.json", json!({ "issue": { "parent_issue_id": parent } })).await;
    assert_eq!(circle.json(), json!({ "errors": ["Parent task is invalid"] }));
}

#[tokio::test]
async fn an_issue_moves_to_another_project_and_leaves_the_first_list() {
    let house = House::new().await;
    let members = json!({ "sup1": 3 });
    house.control.make("/sim/projects", json!({ "identifier": "second", "members": members })).await;
    let id = house.issue(json!({})).await;
    assert_eq!(house.list("agent1", "project_id=desk").await.0, [id]);
    house.change("sup1", id, json!({ "project_id": "second", "notes": "moved" })).await;
    assert_eq!(house.list("agent1", "project_id=desk").await.0, [0_u64; 0]);
    assert_eq!(house.list("sup1", "issue_id=1&status_id=*").await.0, [id]);
    let seen = house.seen("sup1", id).await;
    assert_eq!(seen["project"], json!({ "id": 2, "name": "second" }));
    let detail = json!({ "property": "attr", "name": "project_id", "old_value": "1", "new_value": "2" });
    assert_eq!(seen["journals"][0]["details"], json!([detail]));
    assert_eq!(house.get("agent1", "/issues/1.json").await.status, 403);
    assert_eq!(house.get("agent1", "/issues.json?project_id=second").await.status, 403);
    house.switch(json!({ "hidden_as_absent": true })).await;
    assert_eq!(house.get("agent1", "/issues/1.json").await.status, 404);
}

#[tokio::test]
async fn a_deleted_issue_is_404_with_everything_that_belonged_to_it() {
    let house = House::new().await;
    let parent = house.issue(json!({})).await;
    let id = house.issue(json!({ "parent_issue_id": parent })).await;
    house.change("sup1", id, json!({ "notes": "a" })).await;
    assert_eq!(house.call("agent1", Method::DELETE, "/issues/2.json", Value::Null).await.status, 403);
    assert_eq!(house.control.ask(Method::DELETE, "/sim/issues/2", Value::Null).await.status, 204);
    for (method, path) in
        [(Method::GET, "/issues/2.json"), (Method::PUT, "/issues/2.json"), (Method::GET, "/issues/x.json")]
    {
        let gone = house.call("sup1", method, path, json!({})).await;
        assert_eq!((gone.status, gone.text.as_str()), (404, ""), "{path}");
    }
    assert_eq!(house.list("sup1", "status_id=*&sort=id").await.0, [parent]);
    let details = &house.seen("sup1", parent).await["journals"][1]["details"];
    assert_eq!((&details[0]["old_value"], &details[0]["new_value"]), (&json!("2"), &Value::Null));
    assert_eq!(house.call("sup1", Method::DELETE, "/issues/1.json", Value::Null).await.status, 204);
}
