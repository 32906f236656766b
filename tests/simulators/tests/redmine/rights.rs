//! What each role sees and may.

use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn a_private_issue_is_seen_by_managers_its_author_and_its_assignee() {
    let house = House::new().await;
    let id = house.issue(json!({ "is_private": true })).await;
    let status = async |login: &str| house.get(login, &format!("/issues/{id}.json")).await.status;
    assert_eq!((status("sup1").await, status("admin").await), (200, 200));
    assert_eq!((status("agent1").await, status("rep1").await), (403, 403));
    house.change("sup1", id, json!({ "assigned_to_id": 6 })).await;
    assert_eq!((status("agent1").await, status("rep1").await), (200, 403));
    house.change("agent1", id, json!({ "is_private": false })).await;
    assert_eq!(status("rep1").await, 403, "without the right it is dropped");
}

#[tokio::test]
async fn who_belongs_to_nothing_sees_nothing_and_makes_nothing() {
    let house = House::new().await;
    house.issue(json!({})).await;
    let order = json!({ "login": "guest", "key": "d".repeat(40) });
    house.control.make("/sim/people", json!({ "login": "rep1", "key": "e".repeat(40) })).await;
    assert_eq!(house.control.make("/sim/people", order).await, json!({ "id": 8 }));
    // The house knows no login but the first four: what is asked in the reporter's name is the guest's now.
    assert_eq!(house.get("rep1", "/users/current.json").await.json()["user"]["login"], "guest");
    assert_eq!(house.list("rep1", "status_id=*").await, (vec![], 0));
    assert_eq!(house.get("rep1", "/issues/1.json").await.status, 403);
    let make = json!({ "issue": { "project_id": 1, "subject": "a" } });
    assert_eq!(house.post("rep1", "/issues.json", make).await.status, 403);
    let members = json!({ "guest": 5 });
    house.control.make("/sim/projects", json!({ "identifier": "desk", "members": members })).await;
    assert_eq!(house.get("rep1", "/issues/1.json").await.status, 200);
    house.control.make("/sim/projects", json!({ "identifier": "desk", "members": { "guest": 0 } })).await;
    assert_eq!(house.get("rep1", "/issues/1.json").await.status, 403);
}

#[tokio::test]
async fn a_role_that_may_neither_change_nor_write_is_refused() {
    let house = House::new().await;
    let id = house.issue(json!({})).await;
    house.control.order("/sim/roles/5/right", json!({ "right": "add_issue_notes", "allowed": false })).await;
    let write = json!({ "issue": { "notes": "a" } });
    assert_eq!(house.put("rep1", "/issues/1.json", write.clone()).await.status, 403);
    house.control.order("/sim/roles/4/right", json!({ "right": "add_issue_notes", "allowed": false })).await;
    house.change("agent1", id, json!({ "notes": "a", "status_id": 2 })).await;
    let seen = house.seen("sup1", id).await;
    assert_eq!((&seen["journals"][0]["notes"], &seen["status"]["id"]), (&json!(""), &json!(2)), "the text is dropped");
    assert_eq!(
        house
            .control
            .ask(reqwest::Method::POST, "/sim/roles/9/way", json!({ "from": 1, "to": 2, "allowed": true }))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn parts_are_given_by_who_may_manage_them() {
    let house = House::new().await;
    let parent = house.issue(json!({})).await;
    let body = json!({ "issue": { "project_id": 1, "subject": "a", "parent_issue_id": parent } });
    let made = house.post("rep1", "/issues.json", body).await.json();
    assert_eq!(made["issue"].get("parent"), None, "dropped");
    house.change("agent1", 2, json!({ "parent_issue_id": parent })).await;
    assert_eq!(house.seen("rep1", 2).await["parent"], json!({ "id": parent }));
}
