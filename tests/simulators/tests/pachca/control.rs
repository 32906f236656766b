//! The control interface: what people do by it, what it shows, and where it listens.

use pult_simulators::pachca::{Impossible, Settings, start};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, TOKEN, said, settings},
    kit::send,
};

#[tokio::test]
async fn people_write_change_delete_and_react() {
    let (house, receiver) = House::heard().await;
    let order = json!({ "user": 811, "chat": 51_840, "text": "раз", "files": [{ "name": "a.png", "content": "x" }] });
    let first = house.control.make("/sim/messages", order).await["id"].clone();
    let thread = json!({ "user": 814, "thread_of": first, "text": "Посмотрю", "quotes": first });
    let second = house.control.make("/sim/messages", thread).await["id"].clone();
    let bot = house.control.make("/sim/messages", json!({ "user": 812, "text": "Здравствуйте" })).await["id"].clone();
    receiver.take();
    house.control.order(&format!("/sim/messages/{first}/edit"), json!({ "text": "два" })).await;
    house.control.order(&format!("/sim/messages/{first}/react"), json!({ "user": 814, "code": "👍" })).await;
    house.control.order(&format!("/sim/messages/{first}/react"), json!({ "user": 814, "code": "👍" })).await;
    house.control.order(&format!("/sim/messages/{first}/delete"), json!({})).await;
    let told: Vec<Value> = receiver.take().iter().map(said).collect();
    let pairs: Vec<_> =
        told.iter().map(|one| (one["type"].as_str().unwrap(), one["event"].as_str().unwrap())).collect();
    assert_eq!(pairs, [("message", "update"), ("reaction", "new"), ("reaction", "delete"), ("message", "delete")]);
    assert_eq!((&told[1]["chat_id"], &told[2]["chat_id"]), (&json!(51_840), &Value::Null));
    let all = house.control.get("/sim/messages").await;
    let of = |id: &Value| all.as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap().clone();
    assert_eq!((&of(&first)["content"], &of(&second)["parent"]), (&json!("два"), &first));
    assert!(of(&first)["deleted_at"].is_string());
    assert_eq!(house.control.get("/sim/files").await["3560"]["file_type"], "image");
    assert_eq!(house.control.get("/sim/threads").await["30777"]["message"], first);
    let direct = of(&bot)["chat"].clone();
    assert_eq!(house.control.get(&format!("/sim/messages?chat={direct}")).await[0]["id"], bot);
    assert_eq!(house.control.get("/sim/chats").await[direct.to_string()]["kind"], json!({ "direct": 812 }));
    assert_eq!(house.control.get("/sim/events").await.as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn nobody_does_what_they_cannot() {
    let house = House::new().await;
    let space = house.space();
    let own = house.bot_writes(json!({ "entity_id": 51_840, "content": "x" })).await["id"].as_u64().unwrap();
    let inside = space.say_in_thread(811, own, "ответ").unwrap();
    assert_eq!(space.say(816, 51_840, "x"), Err(Impossible::Nobody), "suspended");
    assert_eq!(space.say(90_210, 51_840, "x"), Err(Impossible::Nobody), "the bot acts over REST");
    assert_eq!(space.say(815, 51_841, "x"), Err(Impossible::NoChat));
    assert_eq!(space.say_in_thread(811, inside, "x"), Err(Impossible::InThread));
    assert_eq!(space.say_in_thread(811, 1, "x"), Err(Impossible::NoMessage));
    assert_eq!(space.say(811, 51_840, " "), Err(Impossible::NotTheirs), "nothing");
    assert_eq!(space.edit(own, "x"), Err(Impossible::NotTheirs));
    assert_eq!(space.delete(1), Err(Impossible::NoMessage));
    let refused = house.control.ask(Method::POST, "/sim/messages", json!({ "user": 1, "text": "x" })).await;
    assert_eq!(refused.status, 409);
    let unknown = json!({ "user": 811, "text": "x", "to": 1 });
    assert_eq!(house.control.ask(Method::POST, "/sim/messages", unknown).await.status, 422);
    let elsewhere = house.control.ask(Method::POST, "/sim/users/1", json!({ "nickname": "x" })).await;
    assert_eq!(elsewhere.status, 409);
}

#[tokio::test]
async fn people_come_go_and_change_and_the_bot_is_told() {
    let (house, receiver) = House::heard().await;
    let told = || receiver.take().iter().map(|got| said(got)["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let new = house.control.make("/sim/users", json!({ "nickname": "new", "email": "new@example.test" })).await;
    let id = new["id"].as_u64().unwrap();
    let path = format!("/sim/users/{id}");
    house.control.order(&path, json!({ "title": "Инженер", "email": "" })).await;
    house.control.order(&path, json!({ "suspended": true })).await;
    house.control.order(&path, json!({ "suspended": false })).await;
    assert_eq!(told(), ["confirm", "update", "suspend", "activate"]);
    let shown = house.get(&format!("/users/{id}")).await.json()["data"].clone();
    assert_eq!((&shown["title"], &shown["email"]), (&json!("Инженер"), &Value::Null));
    let chat =
        house.control.make("/sim/chats", json!({ "name": "Склад", "members": [811, 90_210] })).await["id"].clone();
    let path = format!("/sim/chats/{chat}/members");
    house.control.order(&path, json!({ "add": [id], "remove": [811] })).await;
    assert_eq!(told(), ["add", "remove"]);
    house.control.order(&path, json!({ "remove": [90_210] })).await;
    assert_eq!(told(), ["remove"]);
    assert_eq!(house.get(&format!("/chats/{chat}")).await.status, 404);
    house.space().say(id, chat.as_u64().unwrap(), "без бота").unwrap();
    house.space().settled().await;
    assert_eq!(told(), [""; 0]);
    assert_eq!(house.control.ask(Method::POST, "/sim/chats/1/members", json!({ "add": [811] })).await.status, 409);
}

#[tokio::test]
async fn whoever_waits_is_told_when_something_happens() {
    let house = House::new().await;
    let answered = house.space().until(|world| world.in_chat(51_840).find(|one| one.user == 90_210).map(|one| one.id));
    let (found, written) = tokio::join!(answered, house.bot_writes(json!({ "entity_id": 51_840, "content": "x" })));
    assert_eq!(written["id"], found);
}

#[tokio::test]
async fn the_journal_holds_no_token_and_the_state_no_secret() {
    let house = House::new().await;
    house.get("/oauth/token/info").await;
    house.get("/users?query=ivan").await;
    let state = house.control.get("/sim/state").await;
    assert_eq!(state["calls"], json!({ "token_info": 1, "user_list": 1 }));
    let log = house.control.get("/sim/log?since=1").await;
    assert_eq!((log.as_array().unwrap().len(), &log[0]["line"]), (1, &json!("GET /api/shared/v1/users")));
    let all = house.control.get("/sim/log").await.to_string() + &state.to_string();
    assert!(!all.contains(TOKEN) && !all.contains("signing"), "{all}");
    house.control.ask(Method::DELETE, "/sim/log", Value::Null).await;
    assert_eq!(house.control.get("/sim/log").await, json!([]));
    let front = house.simulator.base().replace("/api/shared/v1", "/sim/state");
    assert_eq!(send(house.http.get(front).bearer_auth(TOKEN)).await.unwrap().status, 404);
    let open = Settings { control: "0.0.0.0:0".parse().unwrap(), ..settings() };
    assert!(start(open).await.is_err(), "the control interface is on loopback alone");
}
