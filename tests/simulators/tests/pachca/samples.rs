//! Every call of the samples is made, and every webhook of the samples is brought about and signed; shapes are compared, and
//! refusals to the letter.

use pult_simulators::{
    pachca::{Pressed, switches::SwitchOrder},
    secret::Secret,
    service::{
        fault::{Fault, FaultOrder},
        sign::signature,
    },
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, SECRET, said},
    kit::{differences, sample, samples, send},
};

/// What has to be so before the sample's call; answers its path and body where this world has other ids.
async fn prepare(name: &str, house: &House, asked: &Value) -> (String, Value) {
    let mut path = asked["path"].as_str().unwrap().strip_prefix("/api/shared/v1").unwrap().to_owned();
    let mut body = asked["body"].clone();
    let message = json!({ "entity_id": 51_840, "content": "Обращение DESK-41" });
    match name {
        "err_403_scope" => {
            house.space().switch(&SwitchOrder { scopes: Some(Vec::new()), ..SwitchOrder::default() });
        }
        "err_429" => {
            let fault = Fault::Refuse { status: 429, body: Value::Null, retry_after: Some(7) };
            house.space().faults.set(FaultOrder::new(fault, "message_create", 1));
        }
        "events_history" => {
            house.space().say(811, 51_840, "Не печатает принтер, 3 этаж").unwrap();
        }
        "message_create_thread_by_id"
        | "message_get_with_thread"
        | "thread_create"
        | "message_update_remove_buttons"
        | "thread_create_in_thread_400" => {
            let id = house.bot_writes(message).await["id"].clone();
            if name != "thread_create" && name != "message_update_remove_buttons" {
                house.post(&format!("/messages/{id}/thread"), Value::Null).await;
            }
            path = path.replace("700108", &id.to_string());
            if name == "thread_create_in_thread_400" {
                let inside = house.space().say_in_thread(811, id.as_u64().unwrap(), "ответ").unwrap();
                path = path.replace("700115", &inside.to_string());
            }
        }
        "view_open" | "view_open_expired_410" => {
            let menu = sample("pachca", "message_create_buttons")["request"]["body"]["message"].clone();
            let menu = house.bot_writes(menu).await["id"].as_u64().unwrap();
            let Ok(Pressed::Trigger(trigger)) = house.space().press(811, menu, "v1:form:7Qk2") else {
                panic!("{name}")
            };
            body["trigger_id"] = trigger.into();
            if name == "view_open_expired_410" {
                house.control.order("/sim/clock", json!({ "advance": 4 })).await;
            }
        }
        _ => {}
    }
    (path, body)
}

#[tokio::test]
async fn every_call_of_the_samples_is_answered_in_its_shape() {
    let mut calls = 0;
    for (name, sample) in samples("pachca").into_iter().filter(|(_, sample)| sample["kind"] == "call") {
        let house = House::new().await;
        let asked = &sample["request"];
        let (path, body) = prepare(&name, &house, asked).await;
        let method = Method::from_bytes(asked["method"].as_str().unwrap().as_bytes()).unwrap();
        let mut request = house.http.request(method, format!("{}{path}", house.simulator.base()));
        for (key, value) in asked["headers"].as_object().unwrap() {
            // The sample without a token shows one all the same.
            if !(name == "err_401" && key == "Authorization") {
                request = request.header(key, value.as_str().unwrap());
            }
        }
        for pair in asked["query"].as_array().unwrap() {
            request = request.query(&[(pair[0].as_str().unwrap(), pair[1].as_str().unwrap())]);
        }
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let answer = send(request).await.unwrap();
        let wanted = &sample["response"];
        assert_eq!(json!(answer.status), wanted["status"], "{name}: {}", answer.text);
        calls += 1;
        for header in ["Content-Type", "Retry-After"] {
            let got = answer.headers.get(header).map(|value| value.to_str().unwrap());
            if let (Some(value), false) =
                (wanted["headers"][header].as_str(), wanted["body"].is_null() && header == "Content-Type")
            {
                assert_eq!(got, Some(value), "{name}");
            }
        }
        if wanted["body"].is_null() {
            assert_eq!(answer.text, "", "{name}");
            continue;
        }
        let (got, mut letter) = (answer.json(), wanted["body"].clone());
        if name == "view_open_expired_410" {
            letter["errors"][0]["value"] = body["trigger_id"].clone();
        }
        if answer.status >= 400 || name == "message_create_blank_422" {
            assert_eq!(got, letter, "{name}");
        }
        assert_eq!(differences(&letter, &got, &[]), Vec::<String>::new(), "{name}: {got}");
    }
    assert_eq!(calls, 17);
}

/// Samples, and the keys that theirs leave out: the vendor's own differ among each other.
const LEFT_OUT: &[&str] = &["changed_at"];

#[tokio::test]
async fn every_webhook_of_the_samples_is_brought_about() {
    let (house, receiver) = House::heard().await;
    let space = house.space();
    let check = async |name: &str| {
        space.settled().await;
        let got = said(&receiver.take().pop().unwrap());
        let wanted = &sample("pachca", name)["delivery"]["body"];
        assert_eq!(differences(wanted, &got, LEFT_OUT), Vec::<String>::new(), "{name}: {got}");
        for key in ["type", "event", "entity_type", "user_id"] {
            assert_eq!(got[key], wanted[key], "{name}: {key}");
        }
    };
    let message = space.say(811, 51_840, "Не печатает принтер, 3 этаж").unwrap();
    check("webhook_message_new").await;
    space.edit(message, "Не печатает принтер, 4 этаж").unwrap();
    check("webhook_message_update").await;
    space.write_to_bot(811, "меню").unwrap();
    check("webhook_message_new_header_case").await;
    let menu = sample("pachca", "message_create_buttons")["request"]["body"]["message"].clone();
    let menu = house.bot_writes(menu).await["id"].as_u64().unwrap();
    space.say_in_thread(811, menu, "всё равно не работает").unwrap();
    check("webhook_message_thread").await;
    let thread = house.post(&format!("/messages/{menu}/thread"), Value::Null).await.json()["data"].clone();
    house.bot_writes(json!({ "entity_type": "thread", "entity_id": thread["id"], "content": "x" })).await;
    check("webhook_message_thread_own").await;
    let Ok(Pressed::Trigger(trigger)) = space.press(811, menu, "v1:form:7Qk2") else { panic!("no trigger") };
    check("webhook_button_click").await;
    space.react(811, menu, "👍").unwrap();
    space.react(811, menu, "👍").unwrap();
    check("webhook_reaction_null_chat").await;
    space.add_members(thread["chat_id"].as_u64().unwrap(), &[814]).unwrap();
    check("webhook_chat_member_thread").await;
    space.order_user(Some(812), &serde_json::from_value(json!({ "suspended": true })).unwrap()).unwrap();
    check("webhook_company_member").await;
    let link = sample("pachca", "webhook_link_shared")["delivery"]["body"].clone();
    space.tell_event("message_link_shared", &link);
    check("webhook_link_shared").await;
    let mut form = sample("pachca", "view_open")["request"]["body"].clone();
    form["trigger_id"] = trigger.as_str().into();
    assert_eq!(house.post("/views/open", form).await.status, 201);
    let view = space.opened(&trigger).await.id;
    space.submit(view, &json!({ "topic": "phone", "description": "Нет гудка" })).await.unwrap();
    check("webhook_view_submit").await;
}

#[tokio::test]
async fn the_samples_bytes_are_signed_as_the_samples_are() {
    let (house, receiver) = House::heard().await;
    let mut signed = 0;
    for (name, sample) in samples("pachca").into_iter().filter(|(_, sample)| sample["kind"] == "webhook") {
        assert_eq!(sample["secret"], SECRET, "{name}");
        let body = sample["delivery"]["raw_body"].as_str().unwrap();
        house.space().tell_raw(body.as_bytes().to_vec());
        house.space().settled().await;
        let got = receiver.take().pop().unwrap();
        assert_eq!(got.body, body, "{name}");
        assert_eq!(
            got.headers["pachca-signature"],
            signature(&Secret::new(SECRET), body.as_bytes()).as_str(),
            "{name}"
        );
        let headers = sample["delivery"]["headers"].as_object().unwrap();
        let known = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case("pachca-signature")).unwrap().1;
        if name != "webhook_bad_signature" {
            assert_eq!(got.headers["pachca-signature"], known.as_str().unwrap(), "{name}");
            signed += 1;
        }
    }
    assert_eq!(signed, 15);
}
