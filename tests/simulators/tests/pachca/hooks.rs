//! Webhooks: their signature, what is told and what is not, and every way in which they go wrong.

use pult_simulators::{
    pachca::{Settings, start},
    secret::Secret,
    service::sign::signature,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    house::{House, SECRET, ids, one, problems, said, settings},
    receiver::{Received, Receiver},
};

fn is_signed(got: &Received, secret: &str) -> bool {
    got.headers["pachca-signature"] == signature(&Secret::new(secret), got.body.as_bytes())
}

fn contents(receiver: &Receiver) -> Vec<String> {
    receiver.take().iter().map(|got| said(got)["content"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_webhook_is_signed_over_its_bytes_and_keeps_the_vendors_order() {
    let (house, receiver) = House::heard().await;
    house.control.make("/sim/messages", json!({ "user": 811, "chat": 51_840, "text": "Не печатает принтер" })).await;
    let got = receiver.take().pop().unwrap();
    assert!(is_signed(&got, SECRET));
    assert_eq!((got.uri.path(), got.uri.query()), ("/hook", None));
    assert_eq!(got.headers["user-agent"], "Faraday v2.12.2");
    assert_eq!(got.headers["content-type"], "application/json");
    let begins =
        r#"{"event":"new","type":"message","webhook_timestamp":1795166102,"chat_id":51840,"content":"Не печатает"#;
    assert!(got.body.starts_with(begins), "{}", got.body);
}

#[tokio::test]
async fn the_bot_hears_its_chats_its_threads_and_itself() {
    let (house, receiver) = House::heard().await;
    let space = house.space();
    space.say(811, 51_841, "на кухне").unwrap();
    let own = house.bot_writes(json!({ "entity_id": 51_840, "content": "Обращение DESK-41" })).await["id"].clone();
    space.say_in_thread(811, own.as_u64().unwrap(), "@vera проверил").unwrap();
    space.write_to_bot(812, "привет").unwrap();
    space.settled().await;
    let got: Vec<Value> = receiver.take().iter().map(said).collect();
    let events: Vec<_> = got.iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(events, ["message", "message", "chat_member", "message"]);
    assert_eq!((&got[0]["user_id"], &got[0]["id"]), (&json!(90_210), &own), "an echo");
    assert_eq!(got[1]["thread"], json!({ "message_id": own, "message_chat_id": 51_840 }));
    assert_eq!((&got[1]["entity_type"], &got[1]["parent_message_id"]), (&json!("thread"), &Value::Null));
    assert_eq!((&got[3]["entity_type"], &got[3]["entity_id"]), (&json!("user"), &json!(812)));
    house.control.order("/sim/switches", json!({ "ignore_own": true })).await;
    house.bot_writes(json!({ "entity_id": 51_840, "content": "ещё" })).await;
    house.control.order("/sim/switches", json!({ "commands_only": true })).await;
    space.say(811, 51_840, "просто так").unwrap();
    space.say(811, 51_840, "/task").unwrap();
    space.settled().await;
    assert_eq!(contents(&receiver), ["/task"]);
    house.control.order("/sim/switches", json!({ "commands_only": false, "events": ["message_delete"] })).await;
    let message = space.say(811, 51_840, "раз").unwrap();
    space.edit(message, "два").unwrap();
    space.delete(message).unwrap();
    space.settled().await;
    let got = receiver.take();
    assert_eq!((got.len(), &said(&got[0])["event"], &said(&got[0])["content"]), (1, &json!("delete"), &json!("два")));
}

#[tokio::test]
async fn webhooks_are_doubled_turned_round_forged_and_cut() {
    let (house, receiver) = House::heard().await;
    let manner = async |order: Value| house.control.order("/sim/hooks", order).await;
    let say = async |text: &str| {
        house.space().say(811, 51_840, text).unwrap();
        house.space().settled().await;
    };
    manner(json!({ "duplicates": 1 })).await;
    say("раз").await;
    assert_eq!(contents(&receiver), ["раз", "раз"]);
    manner(json!({ "heal": true, "reorder": 2 })).await;
    say("раз").await;
    say("два").await;
    assert_eq!(contents(&receiver), ["два", "раз"]);
    manner(json!({ "heal": true, "wrong_secret": true })).await;
    say("раз").await;
    let forged = receiver.take().pop().unwrap();
    assert!(!is_signed(&forged, SECRET) && forged.headers["pachca-signature"].len() == 64);
    manner(json!({ "heal": true, "cut": "half", "again_ms": [] })).await;
    say("раз").await;
    let half = receiver.take().pop().unwrap();
    assert!(serde_json::from_str::<Value>(&half.body).is_err() && !is_signed(&half, SECRET));
    manner(json!({ "heal": true, "cut": "connection", "again_ms": [] })).await;
    say("раз").await;
    assert!(receiver.take().is_empty());
    manner(json!({ "heal": true, "delay_ms": 30 })).await;
    say("поздно").await;
    assert_eq!(contents(&receiver), ["поздно"]);
    let met = house.control.get("/sim/hooks").await;
    let met = met.as_array().unwrap();
    assert_eq!(met[met.len() - 2]["failure"], "connection");
    assert!(met.last().unwrap()["took_ms"].as_u64().unwrap() >= 30);
    assert!(!json!(met).to_string().contains(SECRET));
    assert_eq!(house.space().history().len(), 7, "one for each deed, whatever became of its webhook");
}

#[tokio::test]
async fn lost_webhooks_stay_in_the_history() {
    let (house, receiver) = House::heard().await;
    let say = async |count: usize| {
        for n in 0..count {
            house.space().say(811, 51_840, &n.to_string()).unwrap();
        }
        house.space().settled().await;
        contents(&receiver)
    };
    house.control.order("/sim/hooks", json!({ "lose_every": 3 })).await;
    assert_eq!(say(7).await, ["0", "1", "3", "4", "6"]);
    let met = house.control.get("/sim/hooks").await;
    assert_eq!((&met[2]["failure"], &met[2]["status"]), (&json!("lost"), &Value::Null));
    let share = json!({ "heal": true, "lose_share": 0.5, "lose_seed": 7 });
    house.control.order("/sim/hooks", share.clone()).await;
    let first = say(20).await;
    assert!((1..20).contains(&first.len()), "{first:?}");
    house.control.order("/sim/hooks", share).await;
    assert_eq!(say(20).await, first, "the seed decides");
    assert_eq!(house.space().history().len(), 47);
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_with_the_old_time_or_a_new_one() {
    let (house, receiver) = House::heard().await;
    house.control.order("/sim/clock", json!({ "freeze": true })).await;
    let state = house.control.get("/sim/state").await;
    assert_eq!(state["manner"]["again_ms"], json!([1000, 5000, 25000]), "the pauses at the beginning");
    house.control.order("/sim/hooks", json!({ "again_ms": [0, 0, 0] })).await;
    receiver.answers(&[503, 500]);
    house.space().say(811, 51_840, "раз").unwrap();
    house.space().settled().await;
    let got = receiver.take();
    assert_eq!(got.len(), 3, "twice refused, then taken");
    assert!(got.iter().all(|one| one.body == got[0].body && is_signed(one, SECRET)));
    let attempts: Vec<_> = house.space().post.delivered().iter().map(|met| (met.attempt, met.status)).collect();
    assert_eq!(attempts, [(1, Some(503)), (2, Some(500)), (3, Some(200))]);
    receiver.answers(&[401, 401, 401, 401]);
    house.space().say(811, 51_840, "два").unwrap();
    house.space().settled().await;
    assert_eq!(receiver.take().len(), 4, "then it is given up");
    house.control.order("/sim/hooks", json!({ "renew": true })).await;
    receiver.replies(Some((503, "")));
    house.control.order("/sim/hooks", json!({ "reorder": 2 })).await;
    house.space().say(811, 51_840, "три").unwrap();
    house.control.order("/sim/clock", json!({ "advance": 61 })).await;
    house.control.order("/sim/hooks", json!({ "reorder": 0 })).await;
    let got = receiver.take();
    let times: Vec<_> = got.iter().map(|one| said(one)["webhook_timestamp"].as_i64().unwrap()).collect();
    assert_eq!(times, [1_795_166_102, 1_795_166_163]);
    assert!(got.iter().all(|one| is_signed(one, SECRET)));
}

#[tokio::test]
async fn a_pause_before_another_attempt_holds_up_nothing() {
    let (house, receiver) = House::heard().await;
    house.control.order("/sim/hooks", json!({ "again_ms": [0, 3_600_000] })).await;
    receiver.answers(&[503, 503]);
    house.space().say(811, 51_840, "раз").unwrap();
    house.space().say(811, 51_840, "два").unwrap();
    house.space().settled().await;
    assert_eq!(contents(&receiver), ["раз", "раз", "два"]);
    house.simulator.stop().await;
    let (house, receiver) = House::heard().await;
    house.control.order("/sim/hooks", json!({ "again_ms": [1] })).await;
    receiver.answers(&[503]);
    house.space().say(811, 51_840, "раз").unwrap();
    while house.space().post.delivered().len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(contents(&receiver), ["раз", "раз"]);
}

#[tokio::test]
async fn names_of_headers_may_be_in_capitals() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?x=1", listener.local_addr().unwrap());
    let simulator = start(Settings { hook_url: Some(url.parse().unwrap()), ..settings() }).await.unwrap();
    simulator.space().post.order(serde_json::from_value(json!({ "capitals": true })).unwrap());
    simulator.space().say(811, 51_840, "раз").unwrap();
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut got = Vec::new();
    while !String::from_utf8_lossy(&got).ends_with("message=700101\"}") {
        assert_ne!(stream.read_buf(&mut got).await.unwrap(), 0);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
    drop(stream);
    simulator.space().settled().await;
    let got = String::from_utf8(got).unwrap();
    let (head, body) = got.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hook?x=1 HTTP/1.1\r\n"), "{head}");
    assert!(
        head.contains(&format!("PACHCA-SIGNATURE: {}", signature(&Secret::new(SECRET), body.as_bytes()))),
        "{head}"
    );
    assert_eq!(simulator.space().post.delivered()[0].status, Some(200));
}

#[tokio::test]
async fn the_history_is_read_and_deleted_by_ulids() {
    let house = House::new().await;
    for n in 0..5 {
        house.space().say(811, 51_840, &n.to_string()).unwrap();
    }
    let first = house.get("/webhooks/events?limit=2").await.json();
    let rows = first["data"].as_array().unwrap();
    assert_eq!((&rows[0]["event_type"], &rows[0]["payload"]["content"]), (&json!("message_new"), &json!("4")));
    assert_eq!(rows[0]["id"].as_str().unwrap().len(), 26);
    assert!(rows[0]["id"].as_str() > rows[1]["id"].as_str(), "the newest first");
    let next = first["meta"]["paginate"]["next_page"].as_str().unwrap();
    let second = house.get(&format!("/webhooks/events?limit=2&cursor={next}")).await.json();
    assert_eq!(second["data"][0]["payload"]["content"], "2");
    let path = format!("/webhooks/events/{}", rows[0]["id"].as_str().unwrap());
    let deleted = house.delete(&path).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert_eq!(problems(&house.delete(&path).await), one(404, "id", "not_found"));
    assert_eq!(house.space().history().len(), 4);
    house.control.order("/sim/switches", json!({ "keep_history": false })).await;
    house.space().say(811, 51_840, "тихо").unwrap();
    assert_eq!(house.space().history().len(), 4);
}

#[tokio::test]
async fn the_bot_sets_its_own_address() {
    let house = House::new().await;
    let receiver = Receiver::open().await;
    let set = async |url: Value| house.put("/bot/webhook", json!({ "webhook": { "outgoing_url": url } })).await;
    let done = set(json!(receiver.url())).await;
    assert_eq!((done.status, &done.json()["data"]["webhook"]["outgoing_url"]), (200, &json!(receiver.url())));
    house.space().say(811, 51_840, "раз").unwrap();
    house.space().settled().await;
    assert_eq!(contents(&receiver), ["раз"]);
    for wrong in ["http://pult.example.com/hooks/pachca", "ftp://example.com", "hooks"] {
        assert_eq!(problems(&set(json!(wrong)).await), one(422, "outgoing_url", "invalid_webhook_url"), "{wrong}");
    }
    assert_eq!(problems(&set(Value::Null).await), one(422, "outgoing_url", "blank"));
    assert_eq!(problems(&house.put("/bot/webhook", json!({ "outgoing_url": "" })).await), one(422, "webhook", "blank"));
    assert_eq!(set(json!("https://pult.example.com/hooks/pachca")).await.status, 200);
    assert_eq!(set(json!("")).await.json()["data"]["webhook"]["outgoing_url"], Value::Null);
    house.space().say(811, 51_840, "два").unwrap();
    house.space().settled().await;
    assert!(receiver.take().is_empty());
    assert_eq!(ids(&house.get("/messages?chat_id=51840").await.json()).len(), 2);
}

#[tokio::test]
async fn any_bytes_and_any_event_are_told_to_an_address_that_may_change() {
    let house = House::new().await;
    let receiver = Receiver::open().await;
    house.control.order("/sim/switches", json!({ "hook_url": receiver.url() })).await;
    let raw = house.http.post(format!("http://{}/sim/hooks/raw", house.control.at)).body("{ \"type\" :\n1 }");
    assert_eq!(raw.send().await.unwrap().status(), 204);
    let got = receiver.take().pop().unwrap();
    assert!(got.body == "{ \"type\" :\n1 }" && is_signed(&got, SECRET));
    assert!(house.space().history().is_empty());
    let payload = json!({ "type": "video_call", "event": "started", "video_room_id": 5 });
    let order = json!({ "event_type": "video_call_started", "payload": payload });
    house.control.order("/sim/hooks/event", order).await;
    assert_eq!(said(&receiver.take()[0])["webhook_timestamp"], 1_795_166_102, "put in");
    assert_eq!(house.space().history().len(), 1);
}
