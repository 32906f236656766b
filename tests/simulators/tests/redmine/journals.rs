//! Histories: what a change leaves, private texts, edited texts, commits that come late.

use serde_json::{Value, json};

use crate::house::{House, ids};

#[tokio::test]
async fn a_change_of_everything_is_told_in_the_order_of_the_columns_as_text() {
    let house = House::new().await;
    let id = house.issue(json!({ "description": "d" })).await;
    let fields = json!({
        "status_id": 2, "assigned_to_id": 6, "priority_id": 3, "done_ratio": 50, "subject": "s", "description": "a\nb",
        "due_date": "2027-01-01", "tracker_id": 1, "is_private": true, "estimated_hours": 1.5, "notes": "all at once",
    });
    house.change("sup1", id, fields).await;
    let journals = house.seen("sup1", id).await["journals"].clone();
    assert_eq!(journals.as_array().unwrap().len(), 1, "one journal is a change and a note");
    assert_eq!((&journals[0]["notes"], &journals[0]["user"]["id"]), (&json!("all at once"), &json!(5)));
    let details = journals[0]["details"].as_array().unwrap();
    let told: Vec<_> = details.iter().map(|one| json!([one["name"], one["old_value"], one["new_value"]])).collect();
    assert_eq!(
        told,
        [
            json!(["tracker_id", "3", "1"]),
            json!(["subject", "Printer off", "s"]),
            json!(["description", "d", "a\r\nb"]),
            json!(["due_date", null, "2027-01-01"]),
            json!(["status_id", "1", "2"]),
            json!(["assigned_to_id", null, "6"]),
            json!(["priority_id", "2", "3"]),
            json!(["done_ratio", "0", "50"]),
            json!(["estimated_hours", null, "1.5"]),
            json!(["is_private", "0", "1"]),
        ]
    );
}

#[tokio::test]
async fn a_private_note_with_a_change_is_two_journals() {
    let house = House::new().await;
    let id = house.issue(json!({})).await;
    house.change("sup1", id, json!({ "priority_id": 3, "notes": "call her first", "private_notes": true })).await;
    let journals = house.seen("agent1", id).await["journals"].clone();
    assert_eq!(ids(&journals), [1, 2]);
    assert_eq!((&journals[0]["notes"], &journals[0]["private_notes"]), (&Value::Null, &json!(false)));
    assert_eq!(journals[0]["details"][0]["name"], "priority_id");
    assert_eq!((&journals[1]["notes"], &journals[1]["details"]), (&json!("call her first"), &json!([])));
    assert_eq!(journals[1]["private_notes"], true);
    assert_eq!(journals[0]["created_on"], journals[1]["created_on"]);
}

#[tokio::test]
async fn a_private_note_is_absent_for_who_may_not_see_it_yet_the_time_moves() {
    let house = House::at("2026-11-20T09:00:00.5Z").await;
    let id = house.issue(json!({})).await;
    house.pass(60.0).await;
    house.change("agent1", id, json!({ "notes": "secret", "private_notes": true })).await;
    let seen = house.seen("rep1", id).await;
    assert_eq!((&seen["journals"], &seen["updated_on"]), (&json!([]), &json!("2026-11-20T09:01:00Z")));
    for login in ["agent1", "sup1", "admin"] {
        assert_eq!(house.seen(login, id).await["journals"][0]["notes"], "secret", "{login}");
    }
    house.control.order("/sim/roles/4/right", json!({ "right": "view_private_notes", "allowed": false })).await;
    assert_eq!(house.seen("agent1", id).await["journals"][0]["notes"], "secret", "its author");
    house.change("sup1", id, json!({ "notes": "another", "private_notes": true })).await;
    assert_eq!(ids(&house.seen("agent1", id).await["journals"]), [1]);
    house.change("rep1", id, json!({ "notes": "mine", "private_notes": true })).await;
    let public = house.seen("agent1", id).await["journals"][1].clone();
    assert_eq!((&public["notes"], &public["private_notes"]), (&json!("mine"), &json!(false)), "without the right");
}

#[tokio::test]
async fn an_edited_note_does_not_move_the_issue_and_an_empty_one_is_gone() {
    let house = House::at("2026-11-20T09:00:00.5Z").await;
    let id = house.issue(json!({})).await;
    house.change("agent1", id, json!({ "notes": "first" })).await;
    house.change("agent1", id, json!({ "notes": "second", "status_id": 2 })).await;
    house.pass(60.0).await;
    let edit = async |login: &str, journal: u64, fields: Value| {
        house.put(login, &format!("/journals/{journal}.json"), json!({ "journal": fields })).await.status
    };
    assert_eq!(edit("agent1", 1, json!({ "notes": "mine" })).await, 403, "not even one's own");
    assert_eq!(edit("rep1", 1, json!({ "notes": "x" })).await, 403);
    assert_eq!(edit("sup1", 1, json!({ "notes": "edited" })).await, 204);
    let seen = house.seen("rep1", id).await;
    assert_eq!(
        (&seen["journals"][0]["notes"], &seen["updated_on"]),
        (&json!("edited"), &json!("2026-11-20T09:00:00Z"))
    );
    assert_eq!(edit("sup1", 1, json!({ "private_notes": true })).await, 204);
    assert_eq!(ids(&house.seen("rep1", id).await["journals"]), [2]);
    assert_eq!(edit("rep1", 1, json!({ "notes": "x" })).await, 404, "hidden");
    assert_eq!(edit("sup1", 1, json!({ "notes": "" })).await, 204);
    assert_eq!(edit("sup1", 1, json!({ "notes": "" })).await, 404, "gone");
    assert_eq!(edit("sup1", 2, json!({ "notes": "" })).await, 204);
    assert_eq!(house.seen("sup1", id).await["journals"][0]["details"][0]["name"], "status_id", "its change stays");
    house.control.order("/sim/roles/4/right", json!({ "right": "edit_own_issue_notes", "allowed": true })).await;
    assert_eq!(edit("agent1", 2, json!({ "notes": "again" })).await, 204);
}

#[tokio::test]
async fn a_late_commit_shows_a_lower_number_after_a_higher_one() {
    let house = House::at("2026-11-20T09:00:00.5Z").await;
    let (one, other) = (house.issue(json!({})).await, house.issue(json!({})).await);
    let late = json!({ "person": "agent1", "fields": { "status_id": 2, "notes": "late" }, "late": true });
    let held = house.control.make(&format!("/sim/issues/{one}/update"), late).await;
    assert_eq!(held, json!({ "journals": [1] }));
    house.pass(10.0).await;
    house.change("sup1", other, json!({ "notes": "soon" })).await;
    assert_eq!(ids(&house.seen("sup1", other).await["journals"]), [3]);
    let before = house.seen("sup1", one).await;
    assert_eq!((&before["journals"], &before["status"]["id"]), (&json!([]), &json!(1)));
    assert_eq!(house.control.get("/sim/state").await["held"], 1);
    assert_eq!(house.control.make("/sim/commit", json!({})).await, json!({ "journals": 1 }));
    let after = house.seen("sup1", one).await;
    assert_eq!((ids(&after["journals"]), &after["status"]["id"]), (vec![1], &json!(2)));
    assert_eq!(after["updated_on"], "2026-11-20T09:00:00Z", "the time of its beginning");
    house.change("sup1", one, json!({ "notes": "next" })).await;
    assert_eq!(ids(&house.seen("sup1", one).await["journals"]), [1, 4]);
}

#[tokio::test]
async fn journals_are_by_time_or_newest_first_as_their_reader_prefers() {
    let house = House::new().await;
    let id = house.issue(json!({})).await;
    house.control.order("/sim/journals/from", json!({ "number": 900 })).await;
    for text in ["a", "b"] {
        house.change("sup1", id, json!({ "notes": text })).await;
    }
    assert_eq!(ids(&house.seen("agent1", id).await["journals"]), [900, 901]);
    house.control.make("/sim/people", json!({ "login": "agent1", "newest_first": true })).await;
    assert_eq!(ids(&house.seen("agent1", id).await["journals"]), [901, 900]);
    assert_eq!(ids(&house.seen("sup1", id).await["journals"]), [900, 901]);
}

#[tokio::test]
async fn a_modern_version_says_when_and_by_whom_a_note_was_edited() {
    let house = House::at("2026-11-20T09:00:00.5Z").await;
    let id = house.issue(json!({})).await;
    house.change("agent1", id, json!({ "notes": "first" })).await;
    assert_eq!(house.seen("sup1", id).await["journals"][0].get("updated_on"), None);
    house.switch(json!({ "modern": true })).await;
    let fresh = house.seen("sup1", id).await["journals"][0].clone();
    assert_eq!((&fresh["updated_on"], fresh.get("updated_by")), (&json!("2026-11-20T09:00:00Z"), None));
    house.pass(60.0).await;
    house.control.order("/sim/journals/1", json!({ "text": "edited" })).await;
    let edited = house.seen("sup1", id).await["journals"][0].clone();
    assert_eq!((&edited["updated_on"], &edited["updated_by"]["id"]), (&json!("2026-11-20T09:01:00Z"), &json!(5)));
}

#[tokio::test]
async fn a_relation_is_in_both_histories_where_the_other_is_seen() {
    let house = House::new().await;
    let (one, other) = (house.issue(json!({})).await, house.issue(json!({ "is_private": true })).await);
    house.control.order(&format!("/sim/issues/{one}/relate"), json!({ "to": other, "kind": "blocks" })).await;
    let answer = house.get("sup1", &format!("/issues/{one}.json?include=journals,relations")).await.json();
    let detail = json!({ "property": "relation", "name": "blocks", "old_value": null, "new_value": "2" });
    assert_eq!(answer["issue"]["journals"][0]["details"], json!([detail]));
    assert_eq!(answer["issue"]["relations"][0]["issue_to_id"], other);
    let hidden = house.get("rep1", &format!("/issues/{one}.json?include=journals,relations")).await.json();
    assert_eq!((&hidden["issue"]["journals"], hidden["issue"].get("relations")), (&json!([]), None));
}
