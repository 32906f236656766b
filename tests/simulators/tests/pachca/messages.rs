//! Messages: what is written, what is refused, what is read again.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, ids, one, problems},
    kit::send,
};

#[tokio::test]
async fn a_message_goes_to_a_chat_a_thread_or_one_person() {
    let house = House::new().await;
    let first = house.bot_writes(json!({ "entity_id": 51_840, "content": "Обращение DESK-41" })).await;
    let thread = house.post(&format!("/messages/{}/thread", first["id"]), Value::Null).await.json()["data"].clone();
    assert_ne!(thread["id"], thread["chat_id"]);
    let by_thread =
        house.bot_writes(json!({ "entity_type": "thread", "entity_id": thread["id"], "content": "раз" })).await;
    let by_chat = house.bot_writes(json!({ "entity_id": thread["chat_id"], "content": "два" })).await;
    for inside in [&by_thread, &by_chat] {
        assert_eq!((&inside["entity_type"], &inside["entity_id"]), (&json!("thread"), &thread["id"]));
        assert_eq!((&inside["chat_id"], &inside["root_chat_id"]), (&thread["chat_id"], &json!(51_840)));
    }
    let mixed = house.refusal(json!({ "entity_type": "thread", "entity_id": thread["chat_id"], "content": "x" })).await;
    assert_eq!(mixed, one(404, "entity_id", "not_found"));
    let direct = house.bot_writes(json!({ "entity_type": "user", "entity_id": 811, "content": "лично" })).await;
    assert_eq!((&direct["entity_type"], &direct["entity_id"]), (&json!("user"), &json!(811)));
    let again = house.bot_writes(json!({ "entity_type": "user", "entity_id": 811, "content": "ещё" })).await;
    assert_eq!(direct["chat_id"], again["chat_id"]);
    assert_eq!(house.space().direct_chat(811), direct["chat_id"].as_u64());
    for nowhere in [("discussion", 51_841), ("user", 999), ("user", 90_210), ("discussion", 30_777)] {
        let wanted = json!({ "entity_type": nowhere.0, "entity_id": nowhere.1, "content": "x" });
        assert_eq!(house.refusal(wanted).await, one(404, "entity_id", "not_found"), "{nowhere:?}");
    }
}

#[tokio::test]
async fn fields_are_checked_all_at_once() {
    let house = House::new().await;
    let wrapper = problems(&house.post("/messages", json!({ "entity_id": 51_840, "content": "x" })).await);
    assert_eq!(wrapper, one(422, "message", "blank"));
    let form = house.request(Method::POST, "/messages").body(r#"{"message":{"entity_id":51840,"content":"x"}}"#);
    assert_eq!(problems(&send(form).await.unwrap()), one(422, "message", "blank"), "not announced as JSON");
    let broken = house.request(Method::POST, "/messages").header("Content-Type", "application/json").body("{");
    assert_eq!(problems(&send(broken).await.unwrap()), one(400, "base", "wrong_params"));
    let (status, both) = house.refusal(json!({ "entity_type": "chat" })).await;
    assert_eq!(status, 422);
    let both: Vec<_> = both.iter().map(|(key, code)| (key.as_str(), code.as_str())).collect();
    assert_eq!(both, [("entity_type", "inclusion"), ("entity_id", "blank"), ("content", "blank")]);
    for (fields, key, code) in [
        (json!({ "content": " \n" }), "content", "blank"),
        (json!({ "content": "я".repeat(4_001) }), "content", "too_long"),
        (json!({ "content": 7 }), "content", "invalid"),
        (json!({ "entity_id": "51840" }), "entity_id", "invalid"),
        (json!({ "display_name": "я".repeat(256) }), "display_name", "too_long"),
        (json!({ "display_avatar_url": "u".repeat(256) }), "display_avatar_url", "too_long"),
        (json!({ "buttons": "x" }), "buttons", "invalid"),
        (json!({ "buttons": [{ "text": "x", "data": "y" }] }), "buttons", "invalid"),
        (json!({ "buttons": vec![json!([{ "text": "x", "data": "y" }]); 33] }), "buttons", "too_long"),
        (json!({ "buttons": [[{ "data": "y" }]] }), "text", "blank"),
        (json!({ "buttons": [[{ "text": "x" }]] }), "data", "blank"),
        (json!({ "buttons": [[{ "text": "x", "data": "y", "url": "https://example.com" }]] }), "data", "invalid"),
        (json!({ "buttons": [[{ "text": "x", "data": "я".repeat(256) }]] }), "data", "too_long"),
        (json!({ "buttons": [[{ "text": "я".repeat(256), "data": "y" }]] }), "text", "too_long"),
        (json!({ "files": {} }), "files", "invalid"),
        (json!({ "parent_message_id": "1" }), "parent_message_id", "invalid"),
    ] {
        let mut message = json!({ "entity_id": 51_840, "content": "x" });
        message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        assert_eq!(house.refusal(message).await, one(422, key, code), "{fields}");
    }
    let quoted = house.refusal(json!({ "entity_id": 51_840, "content": "x", "parent_message_id": 1 })).await;
    assert_eq!(quoted, one(404, "parent_message_id", "not_found"));
    assert!(house.space().messages(51_840).is_empty(), "nothing of it was written");
    let longest = json!({
        "entity_id": 51_840, "content": "я".repeat(4_000),
        "buttons": vec![json!([{ "text": "я".repeat(255), "data": "я".repeat(255) }]); 32],
    });
    house.bot_writes(longest).await;
    house.control.order("/sim/switches", json!({ "longest_content": 10 })).await;
    let long = house.refusal(json!({ "entity_id": 51_840, "content": "я".repeat(11) })).await;
    assert_eq!(long, one(422, "content", "too_long"));
}

#[tokio::test]
async fn an_update_changes_what_it_names() {
    let house = House::new().await;
    let buttons = json!([[{ "text": "Взять", "data": "v1:take:1" }]]);
    let made = house.bot_writes(json!({ "entity_id": 51_840, "content": "раз", "buttons": buttons })).await;
    let path = format!("/messages/{}", made["id"]);
    house.control.order("/sim/clock", json!({ "freeze": true, "advance": 98 })).await;
    let text = house.put(&path, json!({ "message": { "content": "два" } })).await.json()["data"].clone();
    assert_eq!((&text["content"], &text["buttons"]), (&json!("два"), &buttons), "buttons stay without a word");
    assert_eq!(
        (&text["created_at"], &text["changed_at"]),
        (&json!("2026-11-20T09:15:02.000Z"), &json!("2026-11-20T09:16:40.000Z"))
    );
    let bare = house.put(&path, json!({ "message": { "buttons": [] } })).await.json()["data"].clone();
    assert_eq!((&bare["content"], &bare["buttons"]), (&json!("два"), &Value::Null));
    assert_eq!(
        problems(&house.put(&path, json!({ "message": { "content": "" } })).await),
        one(422, "content", "blank")
    );
    assert_eq!(problems(&house.put(&path, json!({})).await), one(422, "message", "blank"));
    let theirs = house.space().say(811, 51_840, "чужое").unwrap();
    let refused = house.put(&format!("/messages/{theirs}"), json!({ "message": { "content": "x" } })).await;
    assert_eq!(problems(&refused), one(403, "base", "access_denied"));
    assert_eq!(house.delete(&format!("/messages/{theirs}")).await.status, 403);
}

#[tokio::test]
async fn what_is_deleted_is_gone_for_reading_and_for_threads() {
    let house = House::new().await;
    let made = house.bot_writes(json!({ "entity_id": 51_840, "content": "x" })).await;
    let path = format!("/messages/{}", made["id"]);
    let deleted = house.delete(&path).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert!(!deleted.headers.contains_key("content-type"));
    assert_eq!(house.delete(&path).await.status, 404);
    assert_eq!(problems(&house.get(&path).await), one(404, "id", "not_found"));
    assert_eq!(house.post(&format!("{path}/thread"), Value::Null).await.status, 404);
    assert_eq!(ids(&house.get("/messages?chat_id=51840").await.json()), [0_u64; 0]);
    let elsewhere = house.space().say(811, 51_841, "на кухне").unwrap();
    assert_eq!(house.get(&format!("/messages/{elsewhere}")).await.status, 404, "the bot is not there");
    assert_eq!(house.get("/messages/first").await.status, 404);
}

#[tokio::test]
async fn a_lost_answer_is_found_by_reading() {
    let house = House::new().await;
    let fault = json!({ "fault": { "kind": "drop_after_commit" }, "on": "message_create", "times": 1 });
    house.control.order("/sim/fault", fault).await;
    let body = json!({ "message": { "entity_id": 51_840, "content": "Комментарий к DESK-41 (№ 12)" } });
    assert!(send(house.request(Method::POST, "/messages").json(&body)).await.is_err());
    let list = house.get("/messages?chat_id=51840&sort=id&order=desc&limit=50").await.json();
    assert_eq!(list["data"][0]["content"], "Комментарий к DESK-41 (№ 12)");
    assert_eq!(list["data"][0]["user_id"], 90_210);
}

#[tokio::test]
async fn a_mention_calls_somebody_unless_it_is_to_be_skipped() {
    let house = House::new().await;
    let first = house.bot_writes(json!({ "entity_id": 51_840, "content": "Обращение DESK-41" })).await;
    let thread = house.post(&format!("/messages/{}/thread", first["id"]), Value::Null).await.json()["data"].clone();
    let write = async |text: &str, skip: bool| {
        let message = json!({
            "entity_type": "thread", "entity_id": thread["id"], "content": text, "skip_invite_mentions": skip,
        });
        house.bot_writes(message).await["id"].as_u64().unwrap()
    };
    let chat = thread["chat_id"].as_u64().unwrap();
    let (quiet, loud) = (write("@vera, смотрите", true).await, write("@vera и @s.gone", false).await);
    let called = |id| house.space().world(|world| world.messages[&id].mentioned.clone());
    assert_eq!((called(quiet), called(loud)), (vec![], vec![814]), "who may not come in is not called");
    assert!(house.space().world(|world| world.is_member(chat, 814)));
    let told = house.space().history();
    let came: Vec<_> = told.iter().filter(|event| event.event_type == "chat_member_add").collect();
    assert_eq!(came.len(), 1);
    assert_eq!(came[0].payload.get("thread_id"), Some(&thread["id"]));
    assert_eq!(came[0].payload.get("user_ids"), Some(&json!([814])));
}

#[tokio::test]
async fn a_reaction_is_given_once() {
    let house = House::new().await;
    let message = house.space().say(811, 51_840, "Спасибо").unwrap();
    let path = format!("/messages/{message}/reactions");
    for _ in 0..2 {
        let given = house.post(&path, json!({ "code": "👍" })).await;
        assert_eq!((given.status, &given.json()["code"]), (201, &json!("👍")));
    }
    assert_eq!(house.space().world(|world| world.messages[&message].reactions.len()), 1);
    assert_eq!(problems(&house.post(&path, json!({})).await), one(422, "code", "blank"));
    assert_eq!(house.post("/messages/1/reactions", json!({ "code": "👍" })).await.status, 404);
}
