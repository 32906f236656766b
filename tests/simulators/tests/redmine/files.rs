//! Files: bringing them, attaching them once, taking them away.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, key},
    kit::{Answer, send},
};

async fn upload(house: &House, login: &str, name: &str, kind: &str, content: &str) -> Answer {
    let request = house.request(login, Method::POST, "/uploads.json").query(&[("filename", name)]);
    send(request.header("Content-Type", kind).body(content.to_owned())).await.unwrap()
}

async fn token(house: &House, name: &str) -> Value {
    upload(house, "sup1", name, "application/octet-stream", "hello").await.json()["upload"]["token"].clone()
}

#[tokio::test]
async fn a_file_is_brought_raw_and_nothing_else() {
    let house = House::new().await;
    let brought = upload(&house, "sup1", "файл.txt", "application/octet-stream", "hello").await;
    assert_eq!(brought.status, 201);
    let hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    assert_eq!(brought.json(), json!({ "upload": { "id": 1, "token": format!("1.{hash}") } }));
    assert_eq!(upload(&house, "sup1", "a", "text/plain", "hello").await.status, 406);
    assert_eq!(upload(&house, "sup1", "a", "application/json", "hello").await.status, 400);
    assert_eq!(upload(&house, "sup1", "a", "application/json", "{}").await.status, 406);
    house.switch(json!({ "largest_file": 1 << 20 })).await;
    let large = upload(&house, "sup1", "a", "application/octet-stream", &"x".repeat((1 << 20) + 1)).await;
    assert_eq!(large.status, 422);
    assert!(large.json()["errors"][0].as_str().unwrap().contains("(1 MB)"), "{}", large.text);
}

#[tokio::test]
async fn a_token_is_good_once_and_the_note_of_the_second_use_is_not_saved() {
    let house = House::new().await;
    let id = house.issue(json!({})).await;
    let token = token(&house, "x").await;
    let file = json!({ "token": token, "filename": "фото.png", "content_type": "image/png" });
    house.change("rep1", id, json!({ "notes": "see photo", "uploads": [file] })).await;
    let seen = house.seen("agent1", id).await;
    let detail = json!({ "property": "attachment", "name": "1", "old_value": null, "new_value": "фото.png" });
    assert_eq!(
        (&seen["journals"][0]["notes"], &seen["journals"][0]["details"]),
        (&json!("see photo"), &json!([detail]))
    );
    assert_eq!(
        (&seen["attachments"][0]["content_type"], &seen["attachments"][0]["filesize"]),
        (&json!("image/png"), &json!(5))
    );
    let again = house.put("sup1", "/issues/1.json", json!({ "issue": { "notes": "again", "uploads": [file] } })).await;
    assert_eq!((again.status, again.json()), (422, json!({ "errors": ["1 file(s) could not be saved."] })));
    assert_eq!(house.redmine().journals(id).len(), 1);
}

#[tokio::test]
async fn a_refused_change_leaves_the_token_good() {
    let house = House::new().await;
    let id = house.issue(json!({})).await;
    let token = token(&house, "a.txt").await;
    let wrong = json!({ "issue": { "assigned_to_id": 99, "uploads": [{ "token": token }] } });
    assert_eq!(house.put("sup1", "/issues/1.json", wrong).await.status, 422);
    let both = json!({ "issue": { "notes": "x", "uploads": [{ "token": token }, { "token": token }] } });
    assert_eq!(house.put("sup1", "/issues/1.json", both).await.status, 422);
    house.change("sup1", id, json!({ "uploads": [{ "token": token }] })).await;
    assert_eq!(house.seen("sup1", id).await["attachments"][0]["filename"], "a.txt");
    let made = json!({ "issue": { "project_id": 1, "subject": "a", "uploads": [{ "token": "9.aa" }] } });
    assert_eq!(house.post("sup1", "/issues.json", made).await.status, 422);
}

#[tokio::test]
async fn a_file_is_taken_away_with_a_key_and_by_its_right_name() {
    let house = House::new().await;
    let id = house.issue(json!({ "is_private": true })).await;
    let token = token(&house, "x").await;
    house.change("sup1", id, json!({ "uploads": [{ "token": token, "filename": "фото 1.txt" }] })).await;
    let about = house.get("sup1", "/attachments/1.json").await.json();
    let address = about["attachment"]["content_url"].as_str().unwrap().to_owned();
    assert_eq!(address, format!("{}/attachments/download/1/%D1%84%D0%BE%D1%82%D0%BE%201.txt", house.server.base()));
    let take = async |login: Option<&str>, address: &str| {
        let request = house.http.get(address);
        send(login.into_iter().fold(request, |request, login| request.header("X-Redmine-API-Key", key(login))))
            .await
            .unwrap()
    };
    let got = take(Some("sup1"), &address).await;
    assert_eq!((got.status, got.text.as_str()), (200, "hello"));
    assert_eq!(take(Some("sup1"), &format!("{}/attachments/download/1", house.server.base())).await.text, "hello");
    let wrong = take(Some("sup1"), &format!("{}/attachments/download/1/other.txt", house.server.base())).await;
    assert_eq!((wrong.status, &wrong.headers["content-type"]), (404, &"text/html; charset=utf-8".parse().unwrap()));
    let stranger = take(None, &address).await;
    assert_eq!(stranger.status, 302);
    let login = stranger.headers["location"].to_str().unwrap();
    assert!(login.starts_with(&format!("{}/login?back_url=http%3A%2F%2F", house.server.base())), "{login}");
    assert_eq!(take(Some("rep1"), &address).await.status, 403, "the issue is hidden");
    assert_eq!(house.get("rep1", "/attachments/1.json").await.status, 403);
    assert_eq!(house.get("sup1", "/attachments/99.json").await.status, 404);
    house.switch(json!({ "content_base": "https://help.example.test/redmine" })).await;
    let moved = house.get("sup1", "/attachments/1.json").await.json();
    assert!(moved["attachment"]["content_url"].as_str().unwrap().starts_with("https://help.example.test/redmine/att"));
}
