//! Bots of both generations and their events.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, no},
    receiver::Receiver,
};

const TOKEN: &str = "bot-token";

async fn new_bot(house: &House) -> Value {
    let fields =
        json!({ "code": "rating", "botToken": TOKEN, "properties": { "name": "Оценка" }, "eventMode": "fetch" });
    let id = house.result("imbot.v2.Bot.register", json!({ "fields": fields })).await["bot"]["id"].clone();
    let command = json!({ "command": "rate", "title": { "ru": "Оценка" } });
    house.result("imbot.v2.Command.register", json!({ "botId": id, "botToken": TOKEN, "fields": command })).await;
    id
}

async fn ask(house: &House, bot: &Value) -> Value {
    let buttons = json!([
        { "TEXT": "Отлично", "COMMAND": "rate", "COMMAND_PARAMS": "5120 good", "BLOCK": "Y" },
        { "TEXT": "Плохо", "COMMAND": "rate", "COMMAND_PARAMS": "5120 bad", "BLOCK": "Y" },
    ]);
    let fields =
        json!({ "message": "Оцените", "keyboard": { "BOT_ID": bot, "BUTTONS": buttons }, "urlPreview": false });
    let send = json!({ "botId": bot, "botToken": TOKEN, "dialogId": "41", "fields": fields });
    house.result("imbot.v2.Chat.Message.send", send).await["id"].clone()
}

async fn fetch(house: &House, bot: &Value, more: Value) -> Value {
    let mut params = json!({ "botId": bot, "botToken": TOKEN });
    for (key, value) in more.as_object().unwrap() {
        params[key] = value.clone();
    }
    house.result("imbot.v2.Event.get", params).await
}

#[tokio::test]
async fn the_queue_keeps_events_until_they_are_confirmed() {
    let house = House::new().await;
    let bot = new_bot(&house).await;
    let idle = fetch(&house, &bot, json!({})).await;
    assert_eq!((&idle["events"], &idle["hasMore"]), (&json!([]), &json!(false)));
    let message = ask(&house, &bot).await;
    let press = format!("/sim/messages/{message}/press");
    assert_eq!(
        house.control.make(&press, json!({ "text": "Отлично" })).await,
        json!({ "event": "ONIMBOTV2COMMANDADD" })
    );
    assert_eq!(house.control.ask(Method::POST, &press, json!({ "button": 0 })).await.status, 409, "blocked");
    house.control.make(&press, json!({ "button": 1, "force": true })).await;
    let first = fetch(&house, &bot, json!({ "limit": 1 })).await;
    assert_eq!((&first["nextOffset"], &first["hasMore"]), (&json!(2002), &json!(true)));
    assert_eq!(first["events"][0]["data"]["command"]["params"], "5120 good");
    assert_eq!(first["events"][0]["data"]["message"]["id"], message);
    assert_eq!(fetch(&house, &bot, json!({})).await["events"].as_array().unwrap().len(), 2, "not confirmed");
    let second = fetch(&house, &bot, json!({ "offset": 2002 })).await;
    assert_eq!(second["events"][0]["data"]["command"]["params"], "5120 bad");
    let last = fetch(&house, &bot, json!({ "offset": 2003 })).await;
    assert_eq!((&last["events"], &last["nextOffset"]), (&json!([]), &json!(2003)));
    house.control.order("/sim/hooks", json!({ "duplicates": 1 })).await;
    house.control.make("/sim/messages", json!({ "from": 41, "bot": bot, "text": "спасибо" })).await;
    let doubled = fetch(&house, &bot, json!({})).await;
    let kinds: Vec<_> = doubled["events"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds, ["ONIMBOTV2MESSAGEADD", "ONIMBOTV2MESSAGEADD"]);
    let params = json!({ "botId": bot, "botToken": TOKEN, "limit": 0 });
    assert_eq!(house.refusal("imbot.v2.Event.get", params).await, no(400, "ERROR_ARGUMENT"));
}

#[tokio::test]
async fn a_typed_command_is_one_only_when_it_is_registered() {
    let house = House::new().await;
    let bot = new_bot(&house).await;
    for text in ["/rate 5120 good", "/other 1"] {
        house.control.make("/sim/messages", json!({ "from": 44, "bot": bot, "text": text })).await;
    }
    let events = fetch(&house, &bot, json!({})).await["events"].clone();
    assert_eq!(
        events[0]["data"]["command"],
        json!({ "id": 19, "command": "/rate", "params": "5120 good", "context": "textarea" })
    );
    assert_eq!(events[0]["data"]["user"]["id"], 44);
    assert_eq!(events[1]["type"], "ONIMBOTV2MESSAGEADD");
    let message = events[0]["data"]["message"]["id"].clone();
    let answer = json!({
        "botId": bot, "botToken": TOKEN, "commandId": 19, "messageId": message, "dialogId": "44",
        "fields": { "message": "Принято" },
    });
    assert!(house.result("imbot.v2.Command.answer", answer).await["id"].is_u64());
    assert_eq!(
        house.control.ask(Method::POST, "/sim/messages", json!({ "from": 44, "bot": 999, "text": "x" })).await.status,
        409
    );
}

#[tokio::test]
async fn a_new_bot_is_guarded_by_its_token() {
    let house = House::new().await;
    let bot = new_bot(&house).await;
    assert_eq!(new_bot(&house).await, bot, "the same code is the same bot");
    let register = async |fields: Value| house.refusal("imbot.v2.Bot.register", json!({ "fields": fields })).await;
    let name = json!({ "name": "x" });
    assert_eq!(register(json!({ "code": "a", "properties": name })).await, no(400, "BOT_TOKEN_NOT_SPECIFIED"));
    let long = json!({ "code": "a", "properties": name, "botToken": "x".repeat(41) });
    assert_eq!(register(long).await, no(400, "BOT_TOKEN_INVALID_LENGTH"));
    assert_eq!(
        register(json!({ "code": "rating", "properties": name, "botToken": "y" })).await,
        no(400, "BOT_OWNERSHIP_ERROR")
    );
    let pushed = json!({ "code": "a", "properties": name, "botToken": "y", "eventMode": "webhook" });
    assert_eq!(register(pushed).await, no(400, "ERROR_ARGUMENT"), "without an address");
    let send = async |params: Value| house.refusal("imbot.v2.Chat.Message.send", params).await;
    let fields = json!({ "message": "x" });
    assert_eq!(
        send(json!({ "botId": bot, "dialogId": "41", "fields": fields })).await,
        no(400, "BOT_TOKEN_NOT_SPECIFIED")
    );
    assert_eq!(
        send(json!({ "botId": 1, "botToken": TOKEN, "dialogId": "41", "fields": fields })).await,
        no(400, "BOT_NOT_FOUND")
    );
    assert_eq!(send(json!({ "botId": bot, "botToken": TOKEN, "fields": fields })).await, no(400, "DIALOG_ID_EMPTY"));
    let slash = json!({ "botId": bot, "botToken": TOKEN, "fields": { "command": "/rate", "title": { "ru": "x" } } });
    assert_eq!(house.refusal("imbot.v2.Command.register", slash).await, no(400, "ERROR_ARGUMENT"));
    let log = house.control.get("/sim/log").await.to_string();
    assert!(!log.contains(TOKEN), "{log}");
}

#[tokio::test]
async fn buttons_of_a_bots_message_are_taken_away() {
    let house = House::new().await;
    let bot = new_bot(&house).await;
    let message = ask(&house, &bot).await;
    let fields = json!({ "message": "Спасибо", "keyboard": "N" });
    let update = json!({ "botId": bot, "botToken": TOKEN, "messageId": message, "fields": fields });
    assert_eq!(house.result("imbot.v2.Chat.Message.update", update).await, true);
    let press = format!("/sim/messages/{message}/press");
    assert_eq!(house.control.ask(Method::POST, &press, json!({ "button": 0 })).await.status, 409);
    let long = "x".repeat(20_100);
    let send = json!({ "botId": bot, "botToken": TOKEN, "dialogId": "41", "fields": { "message": long } });
    house.result("imbot.v2.Chat.Message.send", send).await;
    let messages = house.control.get("/sim/messages").await;
    assert_eq!(messages[1]["text"].as_str().unwrap().len(), 20_000, "the rest is cut off");
}

#[tokio::test]
async fn the_old_family_wants_its_client() {
    let house = House::new().await;
    let receiver = Receiver::open().await;
    let register = |code: &str| json!({ "CODE": code, "EVENT_HANDLER": receiver.url(), "PROPERTIES": { "NAME": "x" }, "CLIENT_ID": "c" });
    let id = house.result("imbot.register", register("one")).await;
    assert_eq!(house.result("imbot.register", register("one")).await, id);
    for code in ["2", "3", "4", "5"] {
        house.result("imbot.register", register(code)).await;
    }
    assert_eq!(house.refusal("imbot.register", register("6")).await, no(400, "MAX_COUNT_ERROR"));
    let send =
        |bot: Value, client: &str| json!({ "BOT_ID": bot, "CLIENT_ID": client, "DIALOG_ID": "41", "MESSAGE": "x" });
    assert_eq!(house.refusal("imbot.message.add", send(id.clone(), "other")).await, no(400, "APP_ID_ERROR"));
    assert_eq!(house.refusal("imbot.message.add", send(json!(99), "c")).await, no(400, "BOT_ID_ERROR"));
    assert_eq!(house.refusal("imbot.message.add", send(id.clone(), "")).await, no(403, "ACCESS_DENIED"));
    let message = house.result("imbot.message.add", send(Value::Null, "c")).await;
    let update = json!({ "BOT_ID": id, "CLIENT_ID": "c", "MESSAGE_ID": message, "MESSAGE": "y" });
    assert_eq!(house.result("imbot.message.update", update).await, true);
    let command = json!({ "BOT_ID": id, "CLIENT_ID": "c", "COMMAND": "rate" });
    assert_eq!(house.refusal("imbot.command.register", command).await, no(400, "EVENT_COMMAND_ADD"));
    receiver.answers(&[403]);
    house.control.make("/sim/messages", json!({ "from": 41, "bot": id, "text": "привет" })).await;
    assert_eq!(receiver.take().len(), 1, "and never again");
    assert_eq!(house.control.get("/sim/hooks").await[0]["status"], 403);
}
