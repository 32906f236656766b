//! Files both ways: uploads in two steps, and links that live an hour.

use pult_simulators::pachca::{Attached, SayOrder};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, one},
    kit::{Answer, send},
};

const FIELDS: [&str; 8] = [
    "Content-Disposition",
    "acl",
    "policy",
    "x-amz-credential",
    "x-amz-algorithm",
    "x-amz-date",
    "x-amz-signature",
    "key",
];

/// The form of an upload, field by field, with its file where it stands.
async fn upload(house: &House, form: &Value, fields: &[&str], file: (&str, &str), last: bool) -> Answer {
    let mut parts: Vec<String> = fields
        .iter()
        .map(|name| {
            let value = form[name].as_str().unwrap();
            format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        })
        .collect();
    let (name, content) = file;
    let file =
        format!("--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n");
    parts.insert(if last { parts.len() } else { 0 }, file);
    let request = house.http.post(form["direct_url"].as_str().unwrap());
    let request = request.header("Content-Type", "multipart/form-data; boundary=X").body(parts.concat() + "--X--\r\n");
    send(request).await.unwrap()
}

#[tokio::test]
async fn a_file_is_uploaded_in_two_steps_and_stands_in_a_message() {
    let house = House::new().await;
    let form = house.post("/uploads", Value::Null).await;
    assert_eq!(form.status, 201);
    let form = form.json();
    let key = form["key"].as_str().unwrap().to_owned();
    assert!(key.ends_with("/${filename}"), "{key}");
    let done = upload(&house, &form, &FIELDS, ("снимок.png", "точки"), true).await;
    assert_eq!((done.status, done.text.as_str()), (204, ""));
    let key = key.replace("${filename}", "снимок.png");
    let file = json!({ "key": key, "name": "снимок.png", "file_type": "image", "size": 10 });
    let with = |file: &Value| json!({ "entity_id": 51_840, "content": "Вот", "files": [file] });
    let made = house.bot_writes(with(&file)).await;
    let shown = &made["files"][0];
    assert_eq!(
        (&shown["name"], &shown["file_type"], &shown["key"]),
        (&json!("снимок.png"), &json!("image"), &json!(key))
    );
    let bytes = send(house.http.get(shown["url"].as_str().unwrap())).await.unwrap();
    assert_eq!((bytes.status, bytes.text.as_str()), (200, "точки"));
    assert_eq!(bytes.headers["content-type"], "application/octet-stream");
    for (change, code) in [
        (json!({ "key": "attaches/files/1/other.png" }), ("key", "not_found")),
        (json!({ "key": null }), ("key", "blank")),
        (json!({ "name": null }), ("name", "blank")),
        (json!({ "file_type": "picture" }), ("file_type", "inclusion")),
        (json!({ "file_type": null }), ("file_type", "blank")),
        (json!({ "size": 11 }), ("size", "invalid")),
        (json!({ "size": null }), ("size", "blank")),
    ] {
        let mut wrong = file.clone();
        wrong.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(house.refusal(with(&wrong)).await, one(422, code.0, code.1), "{change}");
    }
    let path = format!("/messages/{}", made["id"]);
    let bare = house.put(&path, json!({ "message": { "files": [] } })).await.json();
    assert_eq!(bare["data"]["files"], json!([]));
}

#[tokio::test]
async fn an_upload_is_its_forms_fields_in_order_with_the_file_last_and_once() {
    let house = House::new().await;
    let form = house.post("/uploads", Value::Null).await.json();
    let file = ("a.txt", "x");
    assert_eq!(upload(&house, &form, &FIELDS, file, false).await.status, 400, "the file is not the last");
    assert_eq!(upload(&house, &form, &FIELDS[1..], file, true).await.status, 403, "a field is missing");
    let mut turned = FIELDS;
    turned.swap(0, 1);
    assert_eq!(upload(&house, &form, &turned, file, true).await.status, 403, "another order");
    let mut forged = form.clone();
    forged["x-amz-signature"] = "0".into();
    assert_eq!(upload(&house, &forged, &FIELDS, file, true).await.status, 403);
    assert_eq!(upload(&house, &form, &FIELDS, ("", "x"), true).await.status, 400, "no name");
    assert_eq!(upload(&house, &form, &FIELDS, file, true).await.status, 204);
    assert_eq!(upload(&house, &form, &FIELDS, file, true).await.status, 403, "a second time");
    let other = house.http.post(form["direct_url"].as_str().unwrap()).json(&json!({}));
    assert_eq!(send(other).await.unwrap().status, 400);
}

#[tokio::test]
async fn a_link_lives_an_hour_and_takes_no_bearer() {
    let house = House::new().await;
    house.control.order("/sim/clock", json!({ "freeze": true })).await;
    let file = Attached { name: "журнал 1.txt".to_owned(), content: "ошибка".into() };
    let order = SayOrder { user: 811, chat: Some(51_840), files: vec![file], ..SayOrder::default() };
    let message = house.space().write(&order).unwrap();
    let link = async || {
        let shown = house.get(&format!("/messages/{message}")).await.json()["data"].clone();
        assert_eq!(shown["content"], "");
        shown["files"][0]["url"].as_str().unwrap().to_owned()
    };
    let old = link().await;
    let get = async |url: &str| send(house.http.get(url)).await.unwrap();
    house.control.order("/sim/clock", json!({ "advance": 3599 })).await;
    assert_eq!(get(&old).await.text, "ошибка");
    let signed_twice = send(house.http.get(&old).bearer_auth("tulip")).await.unwrap();
    assert_eq!(signed_twice.status, 400, "a token is not for the store of files");
    house.control.order("/sim/clock", json!({ "advance": 1 })).await;
    assert_eq!(get(&old).await.status, 403);
    let new = link().await;
    assert_eq!(get(&new).await.status, 200);
    assert_eq!(get(&new.replace("/files/3560/", "/files/3561/")).await.status, 403, "proof of another file");
    assert_eq!(send(house.http.request(Method::POST, &new)).await.unwrap().status, 401);
    house.control.order("/sim/switches", json!({ "link_life": 5 })).await;
    let short = link().await;
    house.control.order("/sim/clock", json!({ "advance": 5 })).await;
    assert_eq!(get(&short).await.status, 403);
    let fault = json!({ "fault": { "kind": "half_answer" }, "on": "file" });
    house.control.order("/sim/fault", fault).await;
    assert!(send(house.http.get(link().await)).await.is_err(), "a download breaks off");
    let log = house.control.get("/sim/log").await.to_string();
    assert!(!log.contains("Signature") && !log.contains("PACHCA_TOKEN"), "no link and no token");
}
