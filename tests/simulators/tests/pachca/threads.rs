//! Threads: their two ids, and who is in them.

use serde_json::{Value, json};

use crate::house::{House, ids, one, problems};

#[tokio::test]
async fn a_thread_is_made_once_and_none_within_a_thread() {
    let house = House::new().await;
    let message = house.bot_writes(json!({ "entity_id": 51_840, "content": "Обращение" })).await["id"].clone();
    let path = format!("/messages/{message}/thread");
    let (first, second) = (house.post(&path, Value::Null).await, house.post(&path, Value::Null).await);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.text, second.text);
    let thread = first.json()["data"].clone();
    assert_eq!((&thread["id"], &thread["chat_id"]), (&json!(30_777), &json!(2_900_000_123_u64)));
    assert_eq!((&thread["message_id"], &thread["message_chat_id"]), (&message, &json!(51_840)));
    let shown = house.get(&format!("/messages/{message}")).await.json();
    assert_eq!(shown["data"]["thread"], json!({ "id": 30_777, "chat_id": 2_900_000_123_u64 }));
    assert_eq!(house.get("/threads/30777").await.json()["data"], thread);
    assert_eq!(house.get("/threads/2900000123").await.status, 404, "the chat's id is not the thread's");
    let inside = house.space().say_in_thread(811, message.as_u64().unwrap(), "ответ").unwrap();
    let within = house.post(&format!("/messages/{inside}/thread"), Value::Null).await;
    assert_eq!(problems(&within), one(400, "base", "thread_message"));
    assert_eq!(house.post("/messages/1/thread", Value::Null).await.status, 404);
}

#[tokio::test]
async fn a_thread_may_belong_to_no_message() {
    let house = House::new().await;
    let made = house.post("/threads", Value::Null).await;
    assert_eq!(made.status, 201);
    let thread = made.json()["data"].clone();
    assert_eq!((&thread["message_id"], &thread["message_chat_id"]), (&Value::Null, &Value::Null));
    let written = json!({ "entity_type": "thread", "entity_id": thread["id"], "content": "x" });
    assert_eq!(house.bot_writes(written).await["root_chat_id"], thread["chat_id"]);
}

#[tokio::test]
async fn threads_of_others_are_not_the_bots_until_it_is_called() {
    let house = House::new().await;
    let question = house.space().say(811, 51_840, "Кто в отпуске?").unwrap();
    house.space().say_in_thread(815, question, "Я").unwrap();
    let thread = house.space().world(|world| world.messages[&question].thread.unwrap());
    assert_eq!(house.get(&format!("/threads/{thread}")).await.status, 404);
    assert_eq!(ids(&house.get("/threads").await.json()), [0_u64; 0]);
    let heard = || house.space().history().iter().filter(|event| event.event_type == "message_new").count();
    assert_eq!(heard(), 1, "the question alone");
    house.space().say_in_thread(815, question, "@desk.bot, а вы?").unwrap();
    assert_eq!(heard(), 2);
    assert_eq!(ids(&house.get("/threads").await.json()), [thread]);
    let past = house.get("/threads?last_message_at_before=2026-11-20T09:00:00Z").await.json();
    assert_eq!(ids(&past), [0_u64; 0]);
    let recent = house.get("/threads?last_message_at_after=2026-11-20T09:00:00Z").await.json();
    assert_eq!(ids(&recent), [thread]);
    let wrong = house.get("/threads?last_message_at_after=yesterday").await;
    assert_eq!(problems(&wrong), one(422, "last_message_at_after", "invalid_date_range"));
}
