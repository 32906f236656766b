//! Easy Redmine: filters that have to be switched on, other fields, fewer paths, refusals in another form.

use reqwest::Method;
use serde_json::json;

use crate::{house::House, kit::send};

async fn easy() -> House {
    let house = House::new().await;
    house.switch(json!({ "easy": true })).await;
    house
}

const FUTURE: &str = "updated_on=%3E%3D2100-01-01T00:00:00Z";
const BRACKETS: &str = "f%5B%5D=updated_on&op%5Bupdated_on%5D=%3E%3D&v%5Bupdated_on%5D%5B%5D=2100-01-01T00:00:00Z";

#[tokio::test]
async fn filters_are_heard_only_in_the_way_they_are_wanted() {
    let house = easy().await;
    house.issue(json!({})).await;
    let total = async |query: String| house.list("sup1", &query).await.1;
    assert_eq!(total(FUTURE.to_owned()).await, 1, "ignored");
    assert_eq!(total(format!("set_filter=true&{FUTURE}")).await, 0);
    assert_eq!(total(format!("set_filter=1&{BRACKETS}")).await, 0);
    house.switch(json!({ "easy_filters": "brackets" })).await;
    assert_eq!(total(format!("set_filter=true&{FUTURE}")).await, 1);
    assert_eq!(total(format!("set_filter=1&{BRACKETS}")).await, 0);
    house.switch(json!({ "easy_filters": "never" })).await;
    assert_eq!(total(format!("set_filter=1&{BRACKETS}")).await, 1);
    house.issue(json!({})).await;
    house.change("sup1", 1, json!({ "status_id": 5 })).await;
    assert_eq!(house.list("sup1", "sort=updated_on:desc").await.0, [1, 2], "everything, in the order asked for");
    house.switch(json!({ "easy_filters": "set_filter" })).await;
    assert_eq!(total("set_filter=1&easy_query_q=printer".to_owned()).await, 1, "open ones");
    assert_eq!(total("set_filter=1&easy_query_q=phone".to_owned()).await, 0);
}

#[tokio::test]
async fn fields_of_the_requester_are_there_and_their_changes_too() {
    let house = easy().await;
    let id = house.issue(json!({ "easy_email_to": "client@example.test" })).await;
    house.change("sup1", id, json!({ "easy_email_cc": "a@example.test" })).await;
    let seen = house.seen("sup1", id).await;
    assert_eq!(
        (&seen["easy_email_to"], &seen["easy_email_cc"]),
        (&json!("client@example.test"), &json!("a@example.test"))
    );
    assert_eq!(seen["journals"][0]["details"][0]["name"], "easy_email_cc");
    assert!(
        ["activity", "css_classes", "is_favorited", "easy_external_id"].iter().all(|name| seen.get(name).is_some())
    );
}

#[tokio::test]
async fn some_paths_are_missing_and_one_is_more() {
    let house = easy().await;
    let id = house.issue(json!({})).await;
    for path in ["/issue_statuses.json", "/trackers.json"] {
        assert_eq!(house.get("sup1", path).await.status, 404, "{path}");
    }
    house.change("sup1", id, json!({ "notes": "a" })).await;
    assert_eq!(house.put("sup1", "/journals/1.json", json!({ "journal": { "notes": "b" } })).await.status, 404);
    let upload = house.request("sup1", Method::POST, "/uploads.json?filename=a.txt");
    let upload = send(upload.header("Content-Type", "application/octet-stream").body("x")).await.unwrap().json();
    let files = json!([{ "token": upload["upload"]["token"] }]);
    let attach = json!({ "attach": { "entity_type": "Issue", "entity_id": id, "attachments": files } });
    assert_eq!(house.post("sup1", "/attach.json", attach.clone()).await.status, 204);
    assert_eq!(house.seen("sup1", id).await["attachments"][0]["filename"], "a.txt");
    house.switch(json!({ "easy": false })).await;
    assert_eq!(house.post("sup1", "/attach.json", attach).await.status, 404);
}

#[tokio::test]
async fn refusals_name_the_attribute() {
    let house = easy().await;
    let refused = house.post("sup1", "/issues.json", json!({ "issue": { "project_id": 1, "subject": "" } })).await;
    let wanted = json!({ "errors": [{ "attribute": "subject", "messages": ["cannot be blank"] }] });
    assert_eq!((refused.status, refused.json()), (422, wanted));
}
