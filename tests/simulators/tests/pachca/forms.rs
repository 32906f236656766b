//! Forms: triggers that live three seconds, blocks that are checked, answers that close or keep.

use pult_simulators::pachca::{Outcome, Pressed};
use serde_json::{Value, json};

use crate::{
    house::{House, one, problems, said},
    kit::sample,
    receiver::Receiver,
};

/// The bot's menu in the desk's chat, and its form.
async fn menu(house: &House) -> u64 {
    let buttons = json!([[{ "text": "Создать обращение", "data": "v1:form:7Qk2" }, { "text": "Справка", "url": "https://help.example.com" }]]);
    let menu = json!({ "entity_id": 51_840, "content": "Выберите действие:", "buttons": buttons });
    house.bot_writes(menu).await["id"].as_u64().unwrap()
}

fn form(trigger: &str) -> Value {
    let mut body = sample("pachca", "view_open")["request"]["body"].clone();
    body["trigger_id"] = trigger.into();
    body
}

fn trigger(house: &House, message: u64) -> String {
    match house.space().press(811, message, "v1:form:7Qk2").unwrap() {
        Pressed::Trigger(id) => id,
        Pressed::Link(link) => panic!("a link: {link}"),
    }
}

/// A form on the screen of 811.
async fn opened() -> (House, Receiver, u64) {
    let (house, receiver) = House::heard().await;
    let trigger = trigger(&house, menu(&house).await);
    assert_eq!(house.post("/views/open", form(&trigger)).await.status, 201);
    house.space().settled().await;
    receiver.take();
    let view = house.space().opened(&trigger).await.id;
    (house, receiver, view)
}

#[tokio::test]
async fn a_trigger_opens_one_form_within_three_seconds_of_the_clock() {
    let (house, receiver) = House::heard().await;
    house.control.order("/sim/clock", json!({ "freeze": true })).await;
    let message = menu(&house).await;
    let advance = async |seconds: f64| house.control.order("/sim/clock", json!({ "advance": seconds })).await;
    let first = trigger(&house, message);
    house.space().settled().await;
    let click = said(receiver.take().last().unwrap());
    assert_eq!((&click["type"], &click["trigger_id"]), (&json!("button"), &json!(first)));
    advance(3.0).await;
    let opened = house.post("/views/open", form(&first)).await;
    assert_eq!((opened.status, opened.text.as_str()), (201, ""));
    let used = house.post("/views/open", form(&first)).await;
    assert_eq!(problems(&used), one(410, "trigger_id", "trigger_expired"));
    let second = trigger(&house, message);
    advance(3.001).await;
    assert_eq!(problems(&house.post("/views/open", form(&second)).await), one(410, "trigger_id", "trigger_expired"));
    let unknown = house.post("/views/open", form("1f0d2c6e-0f3a-4f5e-9b1d-6f5a3f1c9e10")).await;
    assert_eq!(problems(&unknown), one(410, "trigger_id", "trigger_not_found"));
    house.control.order("/sim/switches", json!({ "trigger_life_ms": 0 })).await;
    let third = trigger(&house, message);
    advance(0.5).await;
    assert_eq!(house.post("/views/open", form(&third)).await.status, 410);
    assert_eq!(house.space().views(811).len(), 1);
}

#[tokio::test]
async fn a_button_is_pressed_by_data_or_text_and_may_be_a_link() {
    let house = House::new().await;
    let message = menu(&house).await;
    let press = async |body: Value| house.control.make(&format!("/sim/messages/{message}/press"), body).await;
    assert!(press(json!({ "user": 811, "button": "v1:form:7Qk2" })).await["trigger"].is_string());
    assert!(press(json!({ "user": 811, "button": "Создать обращение" })).await["trigger"].is_string());
    let link = press(json!({ "user": 811, "button": "Справка" })).await;
    assert_eq!(link, json!({ "link": "https://help.example.com" }));
    let refused = house.space().press(811, message, "Закрыть").unwrap_err();
    assert_eq!(refused.to_string(), "the message has no such button");
    assert!(house.space().press(816, message, "Справка").is_err(), "who may not come in");
    assert!(house.space().press(811, 1, "Справка").is_err());
}

#[tokio::test]
async fn blocks_are_checked_and_leave_the_trigger_as_it_was() {
    let house = House::new().await;
    let trigger = trigger(&house, menu(&house).await);
    let option = |text: &str| json!({ "text": text, "value": text });
    let with = |blocks: Value| {
        let mut body = form(&trigger);
        body["view"]["blocks"] = blocks;
        body
    };
    let radio = |options: Value| with(json!([{ "type": "radio", "name": "a", "label": "A", "options": options }]));
    let input = |more: Value| {
        let mut block = json!({ "type": "input", "name": "a", "label": "A" });
        block.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        with(json!([block]))
    };
    let over = |path: &str, value: Value| {
        let mut body = form(&trigger);
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    for (body, key, code) in [
        (over("/type", json!("page")), "type", "inclusion"),
        (over("/callback_id", json!("x".repeat(256))), "callback_id", "too_long"),
        (over("/private_metadata", json!("x".repeat(3_001))), "private_metadata", "too_long"),
        (over("/view", Value::Null), "view", "blank"),
        (over("/view/title", json!("я".repeat(25))), "title", "too_long"),
        (over("/view/title", json!("")), "title", "blank"),
        (over("/view/submit_text", json!("я".repeat(25))), "submit_text", "too_long"),
        (over("/view/close_text", json!("я".repeat(25))), "close_text", "too_long"),
        (with(Value::Null), "blocks", "blank"),
        (with(json!(vec![json!({ "type": "divider" }); 101])), "blocks", "too_long"),
        (with(json!([{ "type": "button" }])), "type", "inclusion"),
        (with(json!([{ "type": "header", "text": "я".repeat(151) }])), "text", "too_long"),
        (with(json!([{ "type": "plain_text" }])), "text", "blank"),
        (with(json!([{ "type": "markdown", "text": "я".repeat(12_001) }])), "text", "too_long"),
        (
            with(json!([{ "type": "date", "name": "a", "label": "A", "initial_date": "1.2.26" }])),
            "initial_date",
            "invalid",
        ),
        (
            with(json!([{ "type": "time", "name": "a", "label": "A", "initial_time": "25:00" }])),
            "initial_time",
            "invalid",
        ),
        (with(json!([{ "type": "file_input", "name": "a", "label": "A", "max_files": 11 }])), "max_files", "invalid"),
        (input(json!({ "name": "" })), "name", "blank"),
        (input(json!({ "label": null })), "label", "blank"),
        (input(json!({ "placeholder": "я".repeat(151) })), "placeholder", "too_long"),
        (input(json!({ "max_length": 3_001 })), "max_length", "invalid"),
        (input(json!({ "initial_value": "я".repeat(3_001) })), "initial_value", "too_long"),
        (input(json!({ "hint": "я".repeat(2_001) })), "hint", "too_long"),
        (input(json!({ "required": "yes" })), "required", "invalid"),
        (radio(Value::Null), "options", "blank"),
        (radio((0..11).map(|n| option(&n.to_string())).collect()), "options", "too_long"),
        (radio(json!([option(&"я".repeat(76))])), "text", "too_long"),
        (radio(json!([option("x"), option("x")])), "value", "taken"),
        (radio(json!([{ "text": "x", "value": "я".repeat(151) }])), "value", "too_long"),
        (radio(json!([{ "text": "x", "value": "x", "description": "я".repeat(76) }])), "description", "too_long"),
        (
            radio(json!([
                { "text": "x", "value": "x", "selected": true }, { "text": "y", "value": "y", "selected": true }
            ])),
            "selected",
            "invalid",
        ),
        (
            with(json!([{
                "type": "select", "name": "a", "label": "A",
                "options": (0..101).map(|n| option(&n.to_string())).collect::<Value>(),
            }])),
            "options",
            "too_long",
        ),
        (input(json!({ "name": "x".repeat(256) })), "name", "too_long"),
        (input(json!({ "label": "я".repeat(151) })), "label", "too_long"),
        (
            with(json!([
                { "type": "input", "name": "a", "label": "A" }, { "type": "input", "name": "a", "label": "A" }
            ])),
            "name",
            "taken",
        ),
    ] {
        assert_eq!(problems(&house.post("/views/open", body.clone()).await), one(422, key, code), "{body}");
    }
    let mut none = form(&trigger);
    none.as_object_mut().unwrap().remove("trigger_id");
    assert_eq!(problems(&house.post("/views/open", none).await), one(422, "trigger_id", "blank"));
    assert_eq!(house.post("/views/open", form(&trigger)).await.status, 201);
}

#[tokio::test]
async fn two_hundred_closes_a_form_and_what_was_in_it_is_told() {
    let (house, receiver, view) = opened().await;
    let order = json!({
        "data": { "topic": "phone", "description": "Нет гудка" },
        "files": { "files": [{ "name": "фото 1.png", "content": "точки" }] },
    });
    let outcome = house.control.make(&format!("/sim/views/{view}/submit"), order).await;
    assert_eq!(outcome, json!({ "outcome": "closed" }));
    let got = said(&receiver.take()[0]);
    assert_eq!(
        (&got["type"], &got["event"], &got["callback_id"]),
        (&json!("view"), &json!("submit"), &json!("desk_new"))
    );
    assert_eq!((&got["user_id"], &got["chat_id"]), (&json!(811), &json!(51_840)));
    assert_eq!(got["private_metadata"], "{\"rec\":\"7Qk2\"}");
    assert_eq!((&got["data"]["topic"], &got["data"]["description"]), (&json!("phone"), &json!("Нет гудка")));
    let file = &got["data"]["files"][0];
    assert_eq!((&file["name"], &file["size"]), (&json!("фото 1.png"), &json!(10)));
    let content = house.http.get(file["url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
    assert_eq!(content, "точки");
    assert!(house.space().submit(view, &json!({})).await.is_err(), "it is gone");
    let kinds: Vec<String> = house.space().history().into_iter().map(|event| event.event_type).collect();
    assert_eq!(kinds, ["message_new", "button_click"], "a form is in no history");
}

#[tokio::test]
async fn four_hundred_keeps_a_form_when_it_says_what_is_wrong() {
    let (house, receiver, view) = opened().await;
    let send = async || house.space().submit(view, &json!({ "description": "   " })).await.unwrap();
    receiver.replies(Some((400, r#"{"errors":{"description":"Опишите проблему","topic":"Выберите тему"}}"#)));
    let Outcome::Errors { errors } = send().await else { panic!("it was taken") };
    assert_eq!(errors["description"], "Опишите проблему");
    let sent = said(&receiver.take()[0]);
    assert_eq!(sent["data"], json!({ "topic": null, "description": "   ", "files": [] }));
    assert_eq!(house.space().views(811)[0].errors.len(), 2);
    let long = format!(r#"{{"errors":{{"topic":"{}"}}}}"#, "я".repeat(2_001));
    for (body, wanted) in [
        ("Опишите проблему", "the body is not JSON"),
        ("{}", "the body has no errors"),
        (r#"{"errors":{}}"#, "the body has no errors"),
        (r#"{"errors":{"subject":"x"}}"#, "there is no block subject"),
        (r#"{"errors":{"topic":""}}"#, "the error of topic is no text of 1 to 2000 characters"),
        (long.as_str(), "the error of topic is no text of 1 to 2000 characters"),
    ] {
        receiver.replies(Some((400, body)));
        assert_eq!(send().await, Outcome::Failed { status: Some(400), why: wanted.to_owned() });
    }
    assert_eq!(send().await, Outcome::Closed);
    assert!(house.space().views(811).is_empty());
}

#[tokio::test]
async fn any_other_answer_is_a_failure_that_the_person_sees_and_may_repeat() {
    let (house, receiver, view) = opened().await;
    let data = json!({ "description": "Нет гудка" });
    let send = async || house.space().submit(view, &data).await.unwrap();
    receiver.answers(&[503, 204, 401]);
    for status in [503, 204, 401] {
        let wanted = Outcome::Failed { status: Some(status), why: "neither 200 nor 400".to_owned() };
        assert_eq!(send().await, wanted);
    }
    house.control.order("/sim/switches", json!({ "form_patience_ms": 20 })).await;
    receiver.replies(None);
    assert_eq!(send().await, Outcome::Failed { status: None, why: "timeout".to_owned() });
    assert_eq!(house.space().views(811)[0].failure.as_deref(), Some("timeout"));
    house.control.order("/sim/switches", json!({ "form_patience_ms": 3000 })).await;
    house.control.order("/sim/hooks", json!({ "lose_every": 1 })).await;
    assert_eq!(send().await, Outcome::Failed { status: None, why: "lost".to_owned() });
    house.control.order("/sim/hooks", json!({ "heal": true, "duplicates": 1 })).await;
    receiver.take();
    assert_eq!(send().await, Outcome::Closed);
    let got = receiver.take();
    assert_eq!((got.len(), &got[0].body), (2, &got[1].body));
}

#[tokio::test]
async fn a_form_holds_what_it_offers_and_may_be_closed() {
    let (house, receiver, view) = opened().await;
    for wrong in [json!({ "topic": "printer" }), json!({ "subject": "x" }), json!({ "description": 7 })] {
        assert!(house.space().submit(view, &wrong).await.is_err(), "{wrong}");
    }
    let many: Vec<Value> = (0..6).map(|n| json!({ "name": format!("{n}.txt") })).collect();
    let order = json!({ "files": { "files": many } });
    let refused = house.control.ask(reqwest::Method::POST, &format!("/sim/views/{view}/submit"), order).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    house.control.order(&format!("/sim/views/{view}/close"), json!({})).await;
    assert!(house.space().views(811).is_empty());
    assert!(receiver.take().is_empty());
    let silent = House::new().await;
    let trigger = trigger(&silent, menu(&silent).await);
    assert_eq!(silent.post("/views/open", form(&trigger)).await.status, 201);
    let outcome = silent.space().submit(1, &json!({})).await.unwrap();
    assert_eq!(outcome, Outcome::Failed { status: None, why: "the bot has no address".to_owned() });
}
