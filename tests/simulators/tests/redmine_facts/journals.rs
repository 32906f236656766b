//! What an issue tells of its past, and to whom; and what moves the time of its last change.

use pult_simulators::redmine_server::{AGENT, REPORTER, SUPERVISOR};
use serde_json::{Value, json};

use crate::house::{House, IN_PROGRESS, facts, ids, is_time};

facts!(
    a_new_issue_has_no_journal,
    a_status_with_a_note_is_one_journal,
    values_of_details_are_text_or_nothing,
    a_file_and_a_relation_are_details,
    a_file_that_is_taken_away_is_told,
    a_child_is_told_in_its_parent,
    a_private_note_with_a_change_makes_two_journals,
    a_private_note_is_for_those_who_may_and_moves_the_issue_for_all,
    a_private_note_without_the_right_to_one_is_public,
    an_edited_note_does_not_move_the_issue,
    an_emptied_note_is_gone,
    journals_come_in_the_order_the_keys_owner_wishes,
    an_issue_tells_which_statuses_this_key_may_set,
    an_issue_moved_to_another_project_leaves_the_first,
);

/// When everything that is looked at was changed last, before it is.
const BEFORE: &str = "2026-11-01T08:00:00Z";

async fn moved(house: &House, issue: u64) -> bool {
    house.read(SUPERVISOR, issue).await["updated_on"] != BEFORE
}

fn detail(property: &str, name: impl ToString, old: Value, new: Value) -> Value {
    json!({ "property": property, "name": name.to_string(), "old_value": old, "new_value": new })
}

async fn a_new_issue_has_no_journal(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({ "assigned_to_id": house.id(AGENT) })).await;
    assert_eq!(house.read(SUPERVISOR, issue).await["journals"], json!([]));
    let bare = house.get(SUPERVISOR, &format!("/issues/{issue}.json")).await.json()["issue"].clone();
    assert!(bare.get("journals").is_none() && bare.get("lock_version").is_none(), "{bare}");
}

async fn a_status_with_a_note_is_one_journal(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    house.back.stamp(issue, BEFORE).await;
    house.change(AGENT, issue, json!({ "notes": "Looking", "status_id": IN_PROGRESS })).await;
    let [journal] = &house.journals(SUPERVISOR, issue).await[..] else { panic!("one journal") };
    assert_eq!(journal["user"]["id"], house.id(AGENT));
    assert_eq!((&journal["notes"], &journal["private_notes"]), (&json!("Looking"), &json!(false)));
    assert_eq!(journal["details"], json!([detail("attr", "status_id", json!("1"), json!("2"))]));
    assert!(is_time(&journal["created_on"]));
    assert!(moved(house, issue).await);
}

async fn values_of_details_are_text_or_nothing(house: &House) {
    let agent = house.id(AGENT).to_string();
    let issue = house.issue(SUPERVISOR, json!({})).await;
    house.change(SUPERVISOR, issue, json!({ "assigned_to_id": house.id(AGENT) })).await;
    house.change(SUPERVISOR, issue, json!({ "assigned_to_id": "", "priority_id": 3, "done_ratio": 40 })).await;
    let journals = house.journals(SUPERVISOR, issue).await;
    assert_eq!(journals[0]["details"], json!([detail("attr", "assigned_to_id", Value::Null, json!(agent))]));
    let mut details = journals[1]["details"].as_array().unwrap().clone();
    details.sort_by_key(|one| one["name"].as_str().map(str::to_owned));
    let wanted = [
        detail("attr", "assigned_to_id", json!(agent), Value::Null),
        detail("attr", "done_ratio", json!("0"), json!("40")),
        detail("attr", "priority_id", json!("2"), json!("3")),
    ];
    assert_eq!(details, wanted);
    for journal in &journals {
        assert!(["", "null"].contains(&journal["notes"].as_str().unwrap_or("null")), "no note: {journal}");
    }
    assert!(house.read(SUPERVISOR, issue).await.get("assigned_to").is_none());
}

async fn a_file_and_a_relation_are_details(house: &House) {
    let (issue, other) = (house.issue(SUPERVISOR, json!({})).await, house.issue(SUPERVISOR, json!({})).await);
    let token = house.upload(SUPERVISOR, "a.txt", "hello").await;
    let uploads = json!([{ "token": token, "filename": "фото.txt", "content_type": "text/plain" }]);
    house.change(SUPERVISOR, issue, json!({ "uploads": uploads, "notes": "see file" })).await;
    let file = house.read(SUPERVISOR, issue).await["attachments"][0]["id"].clone();
    house.back.relate(issue, other).await;
    let details: Vec<Value> =
        house.journals(SUPERVISOR, issue).await.iter().map(|one| one["details"].clone()).collect();
    let wanted = [
        detail("attachment", &file, Value::Null, json!("фото.txt")),
        detail("relation", "relates", Value::Null, json!(other.to_string())),
    ];
    assert_eq!(details, wanted.map(|one| json!([one])));
}

async fn a_file_that_is_taken_away_is_told(house: &House) {
    let token = house.upload(SUPERVISOR, "a.txt", "hello").await;
    let uploads = json!([{ "token": token, "filename": "a.txt", "content_type": "text/plain" }]);
    let issue = house.issue(SUPERVISOR, json!({ "uploads": uploads })).await;
    let file = house.read(SUPERVISOR, issue).await["attachments"][0]["id"].clone();
    assert_eq!(house.delete(SUPERVISOR, &format!("/attachments/{file}.json")).await.status, 204);
    let details = house.journals(SUPERVISOR, issue).await[0]["details"].clone();
    assert_eq!(details, json!([detail("attachment", &file, json!("a.txt"), Value::Null)]));
}

async fn a_child_is_told_in_its_parent(house: &House) {
    let parent = house.issue(SUPERVISOR, json!({})).await;
    house.back.stamp(parent, BEFORE).await;
    let child = house.issue(SUPERVISOR, json!({ "parent_issue_id": parent })).await;
    let [journal] = &house.journals(SUPERVISOR, parent).await[..] else { panic!("one journal") };
    assert_eq!(journal["details"], json!([detail("attr", "child_id", Value::Null, json!(child.to_string()))]));
    assert!(moved(house, parent).await);
    assert_eq!(ids(&house.read(SUPERVISOR, parent).await["children"]), [child]);
    assert_eq!(house.read(SUPERVISOR, child).await["parent"], json!({ "id": parent }));
}

async fn a_private_note_with_a_change_makes_two_journals(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    let change = json!({ "notes": "call her first", "private_notes": true, "status_id": IN_PROGRESS });
    house.change(SUPERVISOR, issue, change).await;
    let [one, other] = &house.journals(SUPERVISOR, issue).await[..] else { panic!("two journals") };
    let (private, public) = if one["private_notes"] == true { (one, other) } else { (other, one) };
    assert_eq!((&public["notes"], &public["private_notes"]), (&Value::Null, &json!(false)));
    assert_eq!(public["details"], json!([detail("attr", "status_id", json!("1"), json!("2"))]));
    assert_eq!((&private["notes"], &private["private_notes"]), (&json!("call her first"), &json!(true)));
    assert_eq!(private["details"], json!([]));
    let seen = house.journals(REPORTER, issue).await;
    assert_eq!(ids(&json!(seen)), [public["id"].as_u64().unwrap()]);
}

async fn a_private_note_is_for_those_who_may_and_moves_the_issue_for_all(house: &House) {
    let issue = house.issue(REPORTER, json!({})).await;
    house.back.stamp(issue, BEFORE).await;
    house.change(AGENT, issue, json!({ "notes": "not for her", "private_notes": true })).await;
    assert_eq!(house.journals(AGENT, issue).await.len(), 1, "its author");
    assert_eq!(house.journals(SUPERVISOR, issue).await.len(), 1, "the role may");
    assert_eq!(house.journals(REPORTER, issue).await, [Value::Null; 0], "the role may not");
    assert_ne!(house.read(REPORTER, issue).await["updated_on"], BEFORE);
}

/// In silence, as a forbidden status: whoever writes one looks first whether the key may.
async fn a_private_note_without_the_right_to_one_is_public(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    house.change(REPORTER, issue, json!({ "notes": "for few", "private_notes": true })).await;
    let [journal] = &house.journals(AGENT, issue).await[..] else { panic!("one journal") };
    assert_eq!((&journal["notes"], &journal["private_notes"]), (&json!("for few"), &json!(false)));
}

async fn an_edited_note_does_not_move_the_issue(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    house.change(SUPERVISOR, issue, json!({ "notes": "frist" })).await;
    house.back.stamp(issue, BEFORE).await;
    let path = format!("/journals/{}.json", house.journals(SUPERVISOR, issue).await[0]["id"]);
    let edited = house.put(SUPERVISOR, &path, json!({ "journal": { "notes": "first" } })).await;
    assert_eq!((edited.status, edited.is_empty()), (204, true));
    let [journal] = &house.journals(SUPERVISOR, issue).await[..] else { panic!("one journal") };
    assert_eq!(journal["notes"], "first");
    assert!(!moved(house, issue).await);
    assert_eq!(house.put(REPORTER, &path, json!({ "journal": { "notes": "x" } })).await.status, 403);
}

async fn an_emptied_note_is_gone(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    house.change(SUPERVISOR, issue, json!({ "notes": "only a note" })).await;
    house.change(SUPERVISOR, issue, json!({ "notes": "with a change", "status_id": IN_PROGRESS })).await;
    house.back.stamp(issue, BEFORE).await;
    for journal in house.journals(SUPERVISOR, issue).await {
        let path = format!("/journals/{}.json", journal["id"]);
        assert_eq!(house.put(SUPERVISOR, &path, json!({ "journal": { "notes": "" } })).await.status, 204);
    }
    let [left] = &house.journals(SUPERVISOR, issue).await[..] else { panic!("one journal") };
    assert_eq!(left["details"].as_array().unwrap().len(), 1);
    assert_eq!(left["notes"].as_str().unwrap_or_default(), "");
    assert!(!moved(house, issue).await);
}

async fn journals_come_in_the_order_the_keys_owner_wishes(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    for note in ["one", "two", "three"] {
        house.change(SUPERVISOR, issue, json!({ "notes": note })).await;
    }
    let order = async || ids(&house.read(SUPERVISOR, issue).await["journals"]);
    let first = order().await;
    house.back.set_newest_first(SUPERVISOR, true).await;
    let last = order().await;
    house.back.set_newest_first(SUPERVISOR, false).await;
    assert!(first.is_sorted() && first.len() == 3, "{first:?}");
    assert_eq!(last, first.iter().rev().copied().collect::<Vec<_>>());
}

async fn an_issue_tells_which_statuses_this_key_may_set(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    let allowed = async |login: &str| ids(&house.read(login, issue).await["allowed_statuses"]);
    assert_eq!(allowed(SUPERVISOR).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(allowed(AGENT).await, [1, 2, 3, 4, 5]);
    assert!(!allowed(REPORTER).await.contains(&IN_PROGRESS));
}

async fn an_issue_moved_to_another_project_leaves_the_first(house: &House) {
    let other = house.back.second_project().await;
    let issue = house.issue(SUPERVISOR, json!({})).await;
    house.change(SUPERVISOR, issue, json!({ "project_id": other })).await;
    let details = house.journals(SUPERVISOR, issue).await[0]["details"].clone();
    assert_eq!(details, json!([detail("attr", "project_id", json!("1"), json!(other.to_string()))]));
    assert_eq!(house.listed(SUPERVISOR, &format!("issue_id={issue}&project_id=1")).await, [0; 0]);
    assert_eq!(house.listed(SUPERVISOR, &format!("issue_id={issue}&project_id={other}")).await, [issue]);
}
