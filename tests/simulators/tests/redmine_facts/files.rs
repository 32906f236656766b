//! Files on their way in and out.

use pult_simulators::redmine_server::SUPERVISOR;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Answer, House, facts, is_time, send};

facts!(
    a_file_goes_up_raw_and_gets_a_token,
    another_type_than_raw_bytes_is_refused,
    a_file_that_is_too_large_is_refused,
    a_token_is_good_once_and_takes_the_note_down_with_it,
    an_unknown_token_takes_the_note_down_too,
    a_file_comes_back_with_the_key,
    a_file_under_another_name_is_not_found,
);

async fn up(house: &House, kind: &str, content: &str) -> Answer {
    let asked = house.request(SUPERVISOR, Method::POST, "/uploads.json?filename=a%20b.txt");
    send(asked.header("Content-Type", kind).body(content.to_owned())).await
}

fn bound(token: &str) -> Value {
    json!([{ "token": token, "filename": "фото 1.txt", "content_type": "text/plain" }])
}

async fn a_file_goes_up_raw_and_gets_a_token(house: &House) {
    let answer = up(house, "application/octet-stream", "hello").await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let upload = answer.json()["upload"].clone();
    let (id, token) = (upload["id"].as_u64().unwrap(), upload["token"].as_str().unwrap());
    let (number, rest) = token.split_once('.').unwrap();
    assert_eq!(number, id.to_string());
    assert!(rest.len() >= 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
}

async fn another_type_than_raw_bytes_is_refused(house: &House) {
    assert_eq!(up(house, "text/plain", "hello").await.status, 406);
    assert_eq!(up(house, "application/json", "hello").await.status, 400);
}

async fn a_file_that_is_too_large_is_refused(house: &House) {
    house.back.set_largest_file(1).await;
    let answer = up(house, "application/octet-stream", &"x".repeat(1025)).await;
    let fits = up(house, "application/octet-stream", &"x".repeat(1024)).await;
    house.back.set_largest_file(5120).await;
    assert_eq!((answer.status, answer.errors().len()), (422, 1), "{}", answer.text);
    assert_eq!(fits.status, 201);
}

async fn a_token_is_good_once_and_takes_the_note_down_with_it(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    let token = house.upload(SUPERVISOR, "a.txt", "hello").await;
    house.change(SUPERVISOR, issue, json!({ "uploads": bound(&token), "notes": "first" })).await;
    let again = house.try_change(SUPERVISOR, issue, json!({ "uploads": bound(&token), "notes": "second" })).await;
    assert_eq!((again.status, again.errors()), (422, vec!["1 file(s) could not be saved.".to_owned()]));
    let read = house.read(SUPERVISOR, issue).await;
    assert_eq!(read["journals"].as_array().unwrap().len(), 1);
    assert_eq!(read["attachments"].as_array().unwrap().len(), 1);
}

async fn an_unknown_token_takes_the_note_down_too(house: &House) {
    let issue = house.issue(SUPERVISOR, json!({})).await;
    let token = format!("999999.{}", "0".repeat(64));
    let answer = house.try_change(SUPERVISOR, issue, json!({ "uploads": bound(&token), "notes": "lost" })).await;
    assert_eq!((answer.status, answer.errors()), (422, vec!["1 file(s) could not be saved.".to_owned()]));
    assert_eq!(house.journals(SUPERVISOR, issue).await.len(), 0);
}

/// An issue's only file: its row, and the path of its content.
async fn attached(house: &House) -> (Value, String) {
    let token = house.upload(SUPERVISOR, "a.txt", "hello").await;
    let issue = house.issue(SUPERVISOR, json!({ "uploads": bound(&token) })).await;
    let id = house.read(SUPERVISOR, issue).await["attachments"][0]["id"].clone();
    let row = house.get(SUPERVISOR, &format!("/attachments/{id}.json")).await.json()["attachment"].clone();
    let url = row["content_url"].as_str().unwrap().to_owned();
    let path = url.split_once("://").unwrap().1;
    let path = path[path.find('/').unwrap()..].to_owned();
    (row, path)
}

async fn a_file_comes_back_with_the_key(house: &House) {
    let (row, path) = attached(house).await;
    assert_eq!((&row["filename"], &row["filesize"]), (&json!("фото 1.txt"), &json!(5)));
    assert_eq!((&row["content_type"], &row["author"]["id"]), (&json!("text/plain"), &json!(house.id(SUPERVISOR))));
    assert!(is_time(&row["created_on"]));
    assert!(path.contains("%D1%84%D0%BE%D1%82%D0%BE"), "the name is encoded: {path}");
    let content = house.get(SUPERVISOR, &path).await;
    assert_eq!((content.status, content.text.as_str()), (200, "hello"));
}

async fn a_file_under_another_name_is_not_found(house: &House) {
    let (row, _) = attached(house).await;
    let answer = house.get(SUPERVISOR, &format!("/attachments/download/{}/other.txt", row["id"])).await;
    assert_eq!(answer.status, 404);
    assert!(answer.headers["Content-Type"].to_str().unwrap().starts_with("text/html"), "{:?}", answer.headers);
}
