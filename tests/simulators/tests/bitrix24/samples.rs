//! Every call of the samples is made and its answer compared in shape, refusals by status and code; every event of the
//! samples is brought about.

use pult_simulators::{
    bitrix24::{
        Portal, Press, WriteOrder,
        switches::SwitchOrder,
        world::{staff::UserOrder, tasks::TaskOrder},
    },
    service::{
        fault::{Fault, FaultOrder},
        php,
        post::MannerOrder,
    },
};
use serde_json::{Value, json};

use crate::{
    house::{House, SECRET},
    kit::{differences, sample, samples, send},
    receiver::Receiver,
};

const BOT_TOKEN: &str = "BOT_TOKEN_MAX_40_CHARS";

/// What has to be so before the sample's call.
async fn prepare(name: &str, house: &House) {
    let portal = house.portal.portal();
    let scopes = |scopes: &[&str]| {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        portal.switch(&SwitchOrder { scopes: Some(scopes), ..SwitchOrder::default() });
    };
    let refuse = |status, body| {
        let fault = Fault::Refuse { status, body, retry_after: None };
        portal.faults.set(FaultOrder { fault: Some(fault), ..FaultOrder::default() });
    };
    match name {
        "batch_all_failed_halt" => scopes(&["task"]),
        "batch_partial_error" => scopes(&["task"]),
        "err_insufficient_scope" => scopes(&["task"]),
        "user_search_brief_scope" => scopes(&["user_brief"]),
        "err_no_auth" => portal.switch(&SwitchOrder { revoked: Some(true), ..SwitchOrder::default() }),
        "err_gateway_html" => portal.faults.set(FaultOrder::new(Fault::Html { status: 502 }, "profile", 1)),
        "err_query_limit" => refuse(503, Value::Null),
        "err_operation_time_limit" => refuse(429, Value::Null),
        "tasks_task_update_forbidden" => refuse(400, Value::Null),
        "err_overload" => refuse(503, json!({ "error": "OVERLOAD_LIMIT" })),
        "err_portal_deleted" => refuse(500, json!({ "error": "PORTAL_DELETED" })),
        "err_commercial_plan" => refuse(403, json!({ "error": "ACCESS_DENIED" })),
        "im_notify_not_created" => portal.switch(&SwitchOrder { no_notify: Some(true), ..SwitchOrder::default() }),
        "calendar_accessibility_get" => {
            let absence = json!({
                "user": 41, "from": "2026-10-28T00:00:00+03:00", "to": "2026-11-06T12:00:00+03:00", "all_day": true,
            });
            house.control.order("/sim/absences", absence).await;
        }
        "user_get_page1" | "user_get_page2_last" => {
            let order = UserOrder { id: Some(100), count: Some(53), ..UserOrder::default() };
            portal.world(|world| world.staff.order_user(None, &order));
        }
        "imbot_message_add_ok" => {
            house.result("imbot.register", sample("bitrix24", "imbot_register_ok")["request"]["body"].clone()).await;
        }
        "imbot_v2_message_send" | "imbot_v2_event_get" => {
            new_bot(house).await;
            if name == "imbot_v2_event_get" {
                press_new(house).await;
            }
        }
        "tasks_task_add_ok" => file(house).await,
        "tasks_task_get_files" | "tasks_task_list_page" => {
            file(house).await;
            let add = sample("bitrix24", "tasks_task_add_ok")["request"]["body"].clone();
            assert_eq!(house.result("tasks.task.add", add).await["task"]["id"], "20417");
        }
        _ => {}
    }
}

/// The object 7751 that tasks of the samples hold.
async fn file(house: &House) {
    let upload = sample("bitrix24", "disk_folder_uploadfile_direct")["request"]["body"].clone();
    assert_eq!(house.result("disk.folder.uploadFile", upload).await["ID"], 7751);
}

/// The bot 640 with its command.
async fn new_bot(house: &House) {
    let register = sample("bitrix24", "imbot_v2_register_fetch")["request"]["body"].clone();
    assert_eq!(house.result("imbot.v2.Bot.register", register).await["bot"]["id"], 640);
    let fields = json!({ "command": "rate", "title": { "ru": "Оценка" } });
    let command = json!({ "botId": 640, "botToken": BOT_TOKEN, "fields": fields });
    house.result("imbot.v2.Command.register", command).await;
}

/// A press of the first button of the new bot's message.
async fn press_new(house: &House) {
    let send = sample("bitrix24", "imbot_v2_message_send")["request"]["body"].clone();
    let id = house.result("imbot.v2.Chat.Message.send", send).await["id"].as_u64().unwrap();
    house.portal.portal().press(id, &Press { button: Some(0), ..Press::default() }).unwrap();
    house.portal.portal().settled().await;
}

#[tokio::test]
async fn every_call_of_the_samples_is_answered_in_its_shape() {
    let mut calls = 0;
    for (name, sample) in samples("bitrix24").into_iter().filter(|(_, sample)| sample["kind"] == "call") {
        let house = House::new().await;
        prepare(&name, &house).await;
        let asked = &sample["request"];
        let path = asked["path"].as_str().unwrap().replace("WEBHOOK_SECRET", SECRET);
        let base = house.portal.base().replace("/rest/7/", "");
        let answer = send(house.http.post(format!("{base}{path}")).json(&asked["body"])).await.unwrap();
        let wanted = &sample["response"];
        assert_eq!(json!(answer.status), wanted["status"], "{name}: {}", answer.text);
        calls += 1;
        if name == "err_gateway_html" {
            assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{name}");
            continue;
        }
        let (got, body) = (answer.json(), &wanted["body"]);
        assert_eq!(got["error"], body["error"], "{name}");
        // What the samples leave out of long answers, or what another sample of the method shows.
        let more: &[&str] = match name.as_str() {
            "batch_partial_error" => &["NAME", "LAST_NAME", "PERSONAL_GENDER", "TIME_ZONE"],
            "tasks_task_list_page" => &["groupId"],
            _ => &[],
        };
        assert_eq!(differences(body, &got, more), Vec::<String>::new(), "{name}: {got}");
    }
    assert!(calls > 45, "{calls}");
}

#[tokio::test]
async fn answers_of_the_samples_are_those_of_this_world() {
    let house = House::new().await;
    let request = |name: &str| sample("bitrix24", name)["request"]["body"].clone();
    for name in [
        "user_search_by_email_one",
        "user_search_by_email_none",
        "timeman_schedule_get",
        "timeman_schedule_get_missing",
    ] {
        let path = sample("bitrix24", name)["request"]["path"].as_str().unwrap().to_owned();
        let got = house.call(path.rsplit('/').next().unwrap(), request(name)).await.json();
        let wanted = sample("bitrix24", name)["response"]["body"].clone();
        assert_eq!((&got["result"], &got["total"]), (&wanted["result"], &wanted["total"]), "{name}");
    }
    prepare("calendar_accessibility_get", &house).await;
    let away = house.result("calendar.accessibility.get", request("calendar_accessibility_get")).await;
    assert_eq!(away, sample("bitrix24", "calendar_accessibility_get")["response"]["body"]["result"]);
}

fn decoded(body: &str) -> Value {
    php::tree(&php::pairs(body))
}

async fn old_bot(house: &House, receiver: &Receiver) {
    let register = json!({
        "CODE": "sc_rating", "TYPE": "B", "EVENT_HANDLER": receiver.url(), "PROPERTIES": { "NAME": "Оценка" },
        "CLIENT_ID": "sc-client-1",
    });
    assert_eq!(house.result("imbot.register", register).await, 612);
    let command = json!({
        "BOT_ID": 612, "COMMAND": "rate", "EVENT_COMMAND_ADD": receiver.url(), "CLIENT_ID": "sc-client-1",
        "LANG": [{ "LANGUAGE_ID": "ru", "TITLE": "Оценка" }],
    });
    assert_eq!(house.result("imbot.command.register", command).await, 19);
}

fn press(portal: &Portal, message: &Value) {
    let press = Press { button: Some(0), ..Press::default() };
    portal.press(message.as_u64().unwrap(), &press).unwrap();
}

#[tokio::test]
async fn every_event_of_the_samples_is_sent_in_its_shape() {
    let (house, receiver) = House::heard().await;
    let portal = house.portal.portal();
    let compare = |name: &str, got: &str| {
        let wanted = &sample("bitrix24", name)["decoded"];
        assert_eq!(differences(wanted, &decoded(got), &[]), Vec::<String>::new(), "{name}: {got}");
    };
    old_bot(&house, &receiver).await;
    let add = sample("bitrix24", "imbot_message_add_ok")["request"]["body"].clone();
    let message = house.result("imbot.message.add", add).await;
    press(portal, &message);
    portal.settled().await;
    let got = receiver.take().pop().unwrap().body;
    compare("event_onimcommandadd_keyboard", &got);
    assert_eq!(decoded(&got)["data"]["COMMAND"]["19"]["MESSAGE_ID"], message.to_string());
    portal.post.order(MannerOrder { wrong_secret: Some(true), ..MannerOrder::default() });
    portal.press(message.as_u64().unwrap(), &Press { button: Some(0), force: true, ..Press::default() }).unwrap();
    portal.settled().await;
    let forged = decoded(&receiver.take().pop().unwrap().body);
    assert_eq!(forged["auth"]["application_token"], "FORGED");
    assert_eq!(forged["data"]["COMMAND"]["19"]["AUTH"]["application_token"], "APP_TOKEN", "the inner one is right");
    portal.post.order(MannerOrder { heal: true, ..MannerOrder::default() });
    portal.write(&WriteOrder { from: 41, bot: 612, text: "отлично, спасибо & до связи".to_owned() }).unwrap();
    portal.settled().await;
    compare("event_onimbotmessageadd_private", &receiver.take().pop().unwrap().body);
    assert!(portal.order_task(Some(20_390), &TaskOrder { status: Some(5), ..TaskOrder::default() }).is_some());
    portal.settled().await;
    compare("event_ontaskupdate_outgoing", &receiver.take().pop().unwrap().body);
    let fields = json!({
        "code": "sc_rating", "botToken": BOT_TOKEN, "properties": { "name": "Оценка" }, "eventMode": "webhook",
        "webhookUrl": receiver.url(),
    });
    house.result("imbot.v2.Bot.register", json!({ "fields": fields })).await;
    let command = json!({ "command": "rate", "title": { "ru": "Оценка" } });
    let command = json!({ "botId": 640, "botToken": BOT_TOKEN, "fields": command });
    house.result("imbot.v2.Command.register", command).await;
    press_new(&house).await;
    compare("event_v2_commandadd_webhook", &receiver.take().pop().unwrap().body);
}
