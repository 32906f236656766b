//! Lists beside that of issues: projects, memberships, statuses, trackers, priorities, people, watchers, queries, the search.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, ids};

#[tokio::test]
async fn people_are_listed_to_administrators_alone() {
    let house = House::new().await;
    let refused = house.get("sup1", "/users.json?name=agent").await;
    assert_eq!((refused.status, refused.text.as_str()), (403, ""));
    let found = house.get("admin", "/users.json?name=PAVEL").await.json();
    assert_eq!((ids(&found["users"]), &found["total_count"]), (vec![6], &json!(1)));
    assert!(!found.to_string().contains("api_key"));
    assert_eq!(house.get("sup1", "/users/99.json").await.status, 404);
}

#[tokio::test]
async fn projects_and_memberships_are_paged_and_seen_by_members() {
    let house = House::new().await;
    house.control.make("/sim/projects", json!({ "identifier": "closed", "groups": { "Line 1": 4 } })).await;
    let open = json!({ "identifier": "open", "name": "Open", "public": true, "categories": ["Phones"] });
    house.control.make("/sim/projects", open).await;
    let rows = house.get("agent1", "/projects.json?limit=1").await.json();
    assert_eq!((ids(&rows["projects"]), &rows["total_count"], &rows["limit"]), (vec![1], &json!(2), &json!(1)));
    let one = house.get("agent1", "/projects/open.json?include=trackers,issue_categories").await.json();
    assert_eq!(ids(&one["project"]["trackers"]), [1, 2, 3]);
    assert_eq!(one["project"]["issue_categories"], json!([{ "id": 1, "name": "Phones" }]));
    assert_eq!(house.get("agent1", "/projects/closed.json").await.status, 403);
    assert_eq!(house.get("agent1", "/projects/99.json").await.status, 404);
    let members = house.get("rep1", "/projects/desk/memberships.json").await.json();
    assert_eq!(members["memberships"][1]["user"], json!({ "id": 6, "name": "Pavel Line" }));
    assert_eq!(members["memberships"][1]["roles"], json!([{ "id": 4, "name": "Developer" }]));
    let group = house.get("admin", "/projects/closed/memberships.json").await.json();
    assert_eq!(
        (&group["memberships"][0]["group"]["name"], group["memberships"][0].get("user")),
        (&json!("Line 1"), None)
    );
    assert_eq!(house.get("rep1", "/projects/closed/memberships.json").await.status, 403);
}

#[tokio::test]
async fn tables_are_not_paged() {
    let house = House::new().await;
    let statuses = house.get("rep1", "/issue_statuses.json?limit=1").await.json();
    assert_eq!(ids(&statuses["issue_statuses"]), [1, 2, 3, 4, 5, 6]);
    let closed: Vec<_> = statuses["issue_statuses"].as_array().unwrap().iter().map(|row| &row["is_closed"]).collect();
    assert_eq!(closed, [false, false, false, false, true, true]);
    let trackers = house.get("rep1", "/trackers.json").await.json();
    assert_eq!(trackers["trackers"][2]["default_status"], json!({ "id": 1, "name": "New" }));
    assert!(trackers["trackers"][2]["enabled_standard_fields"].as_array().unwrap().contains(&json!("done_ratio")));
    let priorities = house.get("rep1", "/enumerations/issue_priorities.json").await.json();
    assert_eq!(
        priorities["issue_priorities"][1],
        json!({ "id": 2, "name": "Normal", "is_default": true, "active": true })
    );
}

#[tokio::test]
async fn a_server_filled_in_russian_names_everything_so() {
    let settings = pult_simulators::redmine::Settings {
        tongue: pult_simulators::redmine::world::tables::Tongue::Russian,
        ..crate::house::settings()
    };
    let house = House::with(settings).await;
    let statuses = house.get("rep1", "/issue_statuses.json").await.json();
    let names: Vec<_> = statuses["issue_statuses"].as_array().unwrap().iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["Новая", "В работе", "Решена", "Обратная связь", "Закрыта", "Отклонена"]);
}

#[tokio::test]
async fn watchers_come_and_go_by_right_and_move_no_time() {
    let house = House::at("2026-11-20T09:00:00.5Z").await;
    let id = house.issue(json!({})).await;
    house.pass(60.0).await;
    let add = async |login: &str| house.post(login, "/issues/1/watchers.json", json!({ "user_id": 6 })).await.status;
    assert_eq!(add("agent1").await, 403);
    assert_eq!(add("sup1").await, 204);
    let seen = house.get("sup1", "/issues/1.json?include=watchers").await.json();
    assert_eq!(seen["issue"]["watchers"], json!([{ "id": 6, "name": "Pavel Line" }]));
    assert_eq!(seen["issue"]["updated_on"], "2026-11-20T09:00:00Z");
    let hidden = house.get("agent1", "/issues/1.json?include=watchers").await.json();
    assert_eq!(hidden["issue"].get("watchers"), None, "without the right to see them");
    let remove = async |user: u64| {
        house.call("sup1", Method::DELETE, &format!("/issues/1/watchers/{user}.json"), Value::Null).await.status
    };
    assert_eq!((remove(6).await, remove(6).await, remove(99).await), (204, 204, 404));
    assert_eq!(house.list("agent1", "watcher_id=me").await.0, [0_u64; 0]);
    house.control.order(&format!("/sim/issues/{id}/watch"), json!({ "person": "rep1", "watches": true })).await;
    assert_eq!(house.list("rep1", "watcher_id=me").await.0, [id]);
}

#[tokio::test]
async fn saved_queries_ask_for_what_they_were_saved_with() {
    let house = House::new().await;
    house.issue(json!({})).await;
    let urgent = house.issue(json!({ "priority_id": 4 })).await;
    let query = json!({ "name": "Urgent", "asks": [["priority_id", "4"], ["status_id", "*"]] });
    assert_eq!(house.control.make("/sim/queries", query).await, json!({ "id": 5 }));
    assert_eq!(house.list("sup1", "query_id=5").await.0, [urgent]);
    let list = house.get("sup1", "/queries.json").await.json();
    assert_eq!((&list["total_count"], &list["queries"][4]["name"]), (&json!(5), &json!("Urgent")));
}

#[tokio::test]
async fn the_search_finds_words_of_an_issue_or_of_one_visible_note() {
    let house = House::new().await;
    let id = house.issue(json!({ "subject": "Printer off", "description": "second floor" })).await;
    house.change("sup1", id, json!({ "notes": "toner is empty" })).await;
    house.change("sup1", id, json!({ "notes": "angry client", "private_notes": true })).await;
    let search = async |login: &str, words: &str| {
        let answer = house.get(login, &format!("/search.json?q={words}")).await.json();
        answer["total_count"].as_u64().unwrap()
    };
    assert_eq!((search("rep1", "PRINTER+floor").await, search("rep1", "printer+toner").await), (1, 0));
    assert_eq!((search("rep1", "empty+toner").await, search("rep1", "angry").await), (1, 0));
    assert_eq!((search("agent1", "angry").await, search("rep1", "x").await), (1, 0));
    let found = house.get("rep1", "/search.json?q=printer").await.json()["results"][0].clone();
    assert_eq!((&found["title"], &found["type"]), (&json!("Support #1 (New): Printer off"), &json!("issue")));
    assert_eq!(found["url"], format!("{}/issues/1", house.server.base()));
}
