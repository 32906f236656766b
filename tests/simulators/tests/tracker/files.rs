//! Files: temporary ones that a comment takes, those of an issue, their bytes, and one that is too large.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, form, refused},
    kit::{Answer, send},
};

async fn upload(house: &House, path: &str, name: &str, content: &str) -> Answer {
    send(form(house.request(Method::POST, path), name, "text/plain", content)).await.unwrap()
}

/// Reads the bytes behind a `content` with the token.
async fn bytes(house: &House, file: &Value) -> Answer {
    let path = file["content"].as_str().unwrap().split_once("/v3/").unwrap().1.to_owned();
    house.get(&path).await
}

#[tokio::test]
async fn a_temporary_file_is_taken_once_by_a_comment_or_an_issue() {
    let house = House::new().await;
    let key = house.issue(json!({})).await;
    let kept = upload(&house, "attachments/", "журнал.txt", "hello").await;
    assert_eq!(kept.status, 201);
    let file = kept.json();
    assert_eq!(
        (&file["name"], &file["size"], &file["mimetype"]),
        (&json!("журнал.txt"), &json!(5), &json!("text/plain"))
    );
    assert_eq!(bytes(&house, &file).await.text, "hello");
    let path = format!("issues/{key}/comments");
    let body = json!({ "text": "a", "attachmentIds": [file["id"]] });
    let made = house.post(&format!("{path}?expand=attachments"), body.clone()).await.json();
    assert_eq!(made["attachments"][0]["display"], "журнал.txt");
    assert_eq!(refused(&house.post(&path, body).await), (422, json!(["attachmentIds"])), "it is taken");
    assert!(house.get(&path).await.json()[0].get("attachments").is_none(), "without expand");
    let own = made["attachments"][0]["self"].as_str().unwrap().split_once("/v3/").unwrap().1.to_owned();
    let described = house.get(&own).await.json();
    assert_eq!(described["commentId"], made["id"].to_string());
    let read = bytes(&house, &described).await;
    assert_eq!((read.text.as_str(), &read.headers["content-type"]), ("hello", &"text/plain".parse().unwrap()));
    let bare = send(house.bare(Method::GET, &format!("/v3/{own}/x"))).await.unwrap();
    assert_eq!(bare.status, 401, "not without the token");
    house.switch(json!({ "comment_files": true })).await;
    assert!(house.get(&path).await.json()[0].get("attachments").is_some());
    let second = upload(&house, "attachments?filename=b.txt", "a.txt", "b").await.json();
    let with = house.issue(json!({ "attachmentIds": [second["id"]] })).await;
    assert_eq!(house.tracker().files(&with)[0].name, "b.txt");
}

#[tokio::test]
async fn a_file_of_an_issue_changes_it_and_is_listed() {
    let house = House::new().await;
    let key = house.issue(json!({})).await;
    let path = format!("issues/{key}/attachments/");
    assert_eq!(upload(&house, &path, "a.txt", "one").await.status, 201);
    let named = house.tracker().comment_with_file(
        "vera",
        &key,
        "Снимок",
        &pult_simulators::tracker::NewFile { name: "b.png", mimetype: "image/png", content: &[0, 159] },
    );
    assert_eq!(named, Some(12));
    let issue = house.get(&format!("issues/{key}?expand=attachments")).await.json();
    assert_eq!((issue["attachments"].as_array().unwrap().len(), &issue["version"]), (2, &json!(2)));
    let list = house.get(&path).await.json();
    assert_eq!((&list[0]["name"], &list[1]["commentId"]), (&json!("a.txt"), &json!("12")));
    assert_eq!(refused(&house.get(&format!("issues/{key}/attachments/77")).await).0, 404);
    assert_eq!(refused(&house.post(&path, json!({})).await).0, 400, "no form");
    house.switch(json!({ "largest_file": 3 })).await;
    assert_eq!(refused(&upload(&house, &path, "c.txt", "four").await).0, 413);
    assert_eq!(upload(&house, &path, "c.txt", "two").await.status, 201);
    let log = house.control.get("/sim/log").await.to_string();
    assert!(!log.contains("four"), "contents are not journaled");
}
