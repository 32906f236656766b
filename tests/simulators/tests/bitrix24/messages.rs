//! Messages, keyboards, presses, notifications.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, no};

async fn last(house: &House) -> Value {
    house.control.get("/sim/messages").await.as_array().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn what_a_message_needs_is_checked() {
    let house = House::new().await;
    for (params, error) in [
        (json!({ "MESSAGE": "x" }), "DIALOG_ID_EMPTY"),
        (json!({ "DIALOG_ID": "41" }), "MESSAGE_EMPTY"),
        (json!({ "DIALOG_ID": "404", "MESSAGE": "x" }), "USER_NOT_FOUND"),
        (json!({ "DIALOG_ID": "chat99", "MESSAGE": "x" }), "CHAT_ID"),
        (json!({ "DIALOG_ID": "41", "MESSAGE": "x", "KEYBOARD": [{ "TEXT": "Да" }] }), "KEYBOARD_ERROR"),
        (json!({ "DIALOG_ID": "41", "MESSAGE": "x", "ATTACH": "x".repeat(31_000) }), "ATTACH_OVERSIZE"),
    ] {
        assert_eq!(house.refusal("im.message.add", params).await, no(400, error));
    }
    assert_eq!(house.control.get("/sim/messages").await, json!([]), "nothing was sent");
    assert_eq!(house.result("im.message.add", json!({ "DIALOG_ID": "chat55", "MESSAGE": "x" })).await, 88_301);
    assert_eq!(
        house.result("im.message.add", json!({ "DIALOG_ID": 41, "MESSAGE": "x", "URL_PREVIEW": "N" })).await,
        88_302
    );
    let sent = last(&house).await;
    assert_eq!((&sent["author"], &sent["dialog"], &sent["url_preview"]), (&json!(7), &json!("41"), &json!(false)));
}

#[tokio::test]
async fn a_link_is_handed_over_until_the_buttons_are_removed() {
    let house = House::new().await;
    let keyboard = json!([
        { "TEXT": "Отлично", "LINK": "http://127.0.0.1:8080/r?rate=good", "DISPLAY": "LINE" },
        { "TYPE": "NEWLINE" },
        { "TEXT": "Плохо", "LINK": "http://127.0.0.1:8080/r?rate=bad", "DISPLAY": "LINE", "DISABLED": "Y" },
    ]);
    let message = json!({ "DIALOG_ID": "41", "MESSAGE": "Оцените", "KEYBOARD": keyboard });
    let id = house.result("im.message.add", message).await;
    let press = format!("/sim/messages/{id}/press");
    let by_text = house.control.make(&press, json!({ "text": "Отлично" })).await;
    assert_eq!(by_text, json!({ "link": "http://127.0.0.1:8080/r?rate=good" }));
    assert_eq!(house.control.make(&press, json!({ "button": 0 })).await, by_text);
    for order in [json!({ "button": 2 }), json!({ "button": 1 }), json!({ "text": "Ужасно" })] {
        assert_eq!(house.control.ask(Method::POST, &press, order).await.status, 409);
    }
    assert_eq!(
        house.refusal("im.message.update", json!({ "MESSAGE_ID": 1, "MESSAGE": "x" })).await,
        no(400, "CANT_EDIT_MESSAGE")
    );
    let update = json!({ "MESSAGE_ID": id, "MESSAGE": "Спасибо", "KEYBOARD": "N" });
    assert_eq!(house.result("im.message.update", update).await, true);
    assert_eq!(house.control.ask(Method::POST, &press, json!({ "button": 0 })).await.status, 409);
    let changed = last(&house).await;
    assert_eq!(
        (&changed["text"], &changed["keyboard"], &changed["updates"]),
        (&json!("Спасибо"), &json!([]), &json!(1))
    );
}

#[tokio::test]
async fn a_tag_replaces_only_with_a_client() {
    let house = House::new().await;
    let notify = async |params: Value| house.result("im.notify", params).await;
    let tagged = json!({ "USER_ID": 41, "MESSAGE": "раз", "TAG": "SC|1", "CLIENT_ID": "pult" });
    assert_eq!(notify(tagged.clone()).await, 90_211);
    assert_eq!(notify(tagged).await, 90_212);
    assert_eq!(notify(json!({ "USER_ID": 41, "MESSAGE": "два", "TAG": "SC|1" })).await, 90_213);
    assert_eq!(house.control.get("/sim/notifications").await.as_array().unwrap().len(), 2);
    assert_eq!(notify(json!({ "USER_ID": 64, "MESSAGE": "x" })).await, false, "dismissed");
    assert_eq!(house.refusal("im.notify", json!({ "MESSAGE": "x" })).await, no(400, "USER_ID_EMPTY"));
}
