//! The doors of the bridge and what is behind them: who gets in at either end, what is found without anybody having come, and a tracker that
//! lacks something or limits.
//!
//! Deliberately not here: what is said through the bridge (`bridge_words`), and outages (`bridge_trouble`).

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use pult_simulators::{
    pachca::SayOrder,
    service::{
        fault::{Fault, FaultOrder},
        post::MannerOrder,
    },
};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    bridge_house::{Bridge, DESK, HOOK_KEY, NINA, PAVEL, SIGNING, notices},
    caller::{Caller, look_until},
};

/// The messenger's signature of these bytes.
fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SIGNING.as_bytes()).unwrap();
    mac.update(body);
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

/// Waits until the issue has so many comments.
async fn comments(bridge: &Bridge, key: &str, count: usize) {
    look_until(|| (bridge.comments(key).len() >= count).then_some(())).await;
}

#[tokio::test]
async fn a_signature_is_over_the_very_bytes_and_of_this_minute() {
    let bridge = Bridge::open().await;
    let (_house, pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.quiet(&chief).await;
    let hooks = pultd.at_hooks();
    let send = async |body: &str, signature: &str| {
        let request = hooks.request(Method::POST, "/hooks/pachca").header("content-type", "application/json");
        hooks.send(request.header("pachca-signature", signature).body(body.to_owned())).await.status
    };
    let event = |at: i64| {
        let reaction = json!({ "type": "reaction", "event": "new", "message_id": anchor.id, "code": "👍", "user_id": NINA,
            "created_at": "2026-11-22T10:00:00.000Z", "webhook_timestamp": at });
        reaction.to_string()
    };
    let now = Timestamp::now().as_second();
    let body = event(now);
    assert_eq!(send(&body, &signature(body.as_bytes())).await, 200);
    // One byte less, the same said with other spaces, another body's, and one of a minute ago.
    assert_eq!(send(&body, &signature(&body.as_bytes()[1..])).await, 401);
    assert_eq!(send(&body.replace("\":", "\": "), &signature(body.as_bytes())).await, 401);
    assert_eq!(send(&body, &signature(event(now - 1).as_bytes()).to_uppercase()).await, 401);
    let old = event(now - 75);
    assert_eq!(send(&old, &signature(old.as_bytes())).await, 401);
    // How the header's name is written says nothing.
    bridge.space.space().post.order(MannerOrder { capitals: Some(true), ..MannerOrder::default() });
    bridge.space.space().say_in_thread(NINA, anchor.id, "Заголовок заглавными буквами").unwrap();
    comments(&bridge, &key, 1).await;
    let met = bridge.space.space().post.delivered();
    assert!(met.iter().all(|delivery| delivery.status == Some(200)), "{met:?}");

    // At the other end it is a secret, whatever the body says.
    let hint = json!({ "v": 1, "type": "issueCommentEvent", "key": key, "comment": { "id": "1" } });
    let tell = async |secret: Option<&str>| {
        let mut request = hooks.request(Method::POST, "/hooks/tracker").json(&hint);
        if let Some(secret) = secret {
            request = request.header("x-hook-secret", secret);
        }
        hooks.send(request).await.status
    };
    let changed = |place: usize| {
        let mut letters = HOOK_KEY.to_owned().into_bytes();
        letters[place] = if letters[place] == b'0' { b'1' } else { b'0' };
        String::from_utf8(letters).unwrap()
    };
    let (first, last) = (changed(0), changed(HOOK_KEY.len() - 1));
    assert_eq!((tell(None).await, tell(Some(&first)).await, tell(Some(&last)).await), (401, 401, 401));
    assert_eq!(tell(Some(HOOK_KEY)).await, 200);
    bridge.quiet(&chief).await;
    assert_eq!((bridge.comments(&key).len(), bridge.thread(&anchor).len()), (1, 1));
}

#[tokio::test]
async fn what_no_hook_told_of_is_marked_in_its_conversation() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.quiet(&chief).await;
    let space = bridge.space.space();
    let told = "Об этом сообщил вебхук";
    space.say_in_thread(NINA, anchor.id, told).unwrap();
    comments(&bridge, &key, 1).await;
    space.post.order(MannerOrder { lose_every: Some(1), ..MannerOrder::default() });
    let lost = "А об этом никто не сообщил";
    space.say_in_thread(NINA, anchor.id, lost).unwrap();
    comments(&bridge, &key, 2).await;
    // A hook that comes after all takes no mark away.
    bridge.quiet(&chief).await;
    let pair = bridge.pair(&chief, &key).await;
    let item = |text: &str| {
        let items = pair["lineage"]["items"].as_array().unwrap();
        items.iter().find(|item| item["text"].as_str().is_some_and(|said| said.contains(text))).unwrap().clone()
    };
    assert_eq!(item(told)["recovered_at"], Value::Null);
    let marked = item(lost);
    let (at, found) = (marked["at"].as_i64().unwrap(), marked["recovered_at"].as_i64());
    assert!(found.is_some_and(|found| found >= at - 60_000), "{marked}");
}

/// Scenario 3 of the messenger's contract. It fails when a hook of 61 seconds ago is let in, when its event is lost with it, and when a fresh
/// hook of an event that the history has told already makes another comment of it.
#[tokio::test]
async fn an_event_whose_hook_is_stale_is_turned_away_and_comes_out_of_the_history_once() {
    let bridge = Bridge::open().await;
    let (_house, pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.quiet(&chief).await;
    let space = bridge.space.space();
    // The only hooks from here on are those sent by hand.
    space.post.order(MannerOrder { lose_every: Some(1), ..MannerOrder::default() });
    space.say_in_thread(NINA, anchor.id, "Теперь и календарь").unwrap();
    let event = space.history().into_iter().rfind(|event| event.event_type == "message_new").unwrap();
    let hooks = pultd.at_hooks();
    let send = async |age: i64| {
        let mut body = json!(event.payload);
        body["webhook_timestamp"] = (Timestamp::now().as_second() - age).into();
        let body = body.to_string();
        let request = hooks.request(Method::POST, "/hooks/pachca").header("content-type", "application/json");
        hooks.send(request.header("pachca-signature", signature(body.as_bytes())).body(body)).await.status
    };
    assert_eq!(send(61).await, 401);
    comments(&bridge, &key, 1).await;
    bridge.quiet(&chief).await;
    assert_eq!(send(0).await, 200);
    bridge.quiet(&chief).await;
    assert_eq!(bridge.comments(&key).len(), 1);
    let pair = bridge.pair(&chief, &key).await;
    let items = pair["lineage"]["items"].as_array().unwrap().iter();
    let told: Vec<bool> =
        items.filter(|item| item["text"] == "Теперь и календарь").map(|item| item["recovered_at"].is_i64()).collect();
    assert_eq!(told, [true], "once, and by the history");
}

#[tokio::test]
async fn a_quoted_message_does_not_change_whose_conversation_it_is() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (first, first_key) = bridge.conversation(NINA, "Не открывается почта").await;
    let (second, second_key) = bridge.conversation(PAVEL, "Не печатает принтер").await;
    bridge.quiet(&chief).await;
    let order = SayOrder {
        user: NINA,
        thread_of: Some(first.id),
        text: "Как в соседней заявке".to_owned(),
        quotes: Some(second.id),
        ..SayOrder::default()
    };
    bridge.space.space().write(&order).unwrap();
    comments(&bridge, &first_key, 1).await;
    bridge.quiet(&chief).await;
    assert_eq!((bridge.comments(&first_key).len(), bridge.comments(&second_key).len()), (1, 0));
}

#[tokio::test]
async fn a_queue_that_lacks_a_field_is_named_with_it_and_makes_nothing() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    assert!(bridge.tracker.tracker().remove_local_field("DESK", "name"));
    bridge.space.space().say(NINA, DESK, "Не открывается почта").unwrap();
    chief.until(async || notices(&chief).await.contains(&"chat_link.request_failed".to_owned()).then_some(())).await;
    let request = chief.must("chat_link.desk", json!({})).await["requests"][0].to_string();
    assert!(request.contains("DESK") && request.contains("name"), "{request}");
    assert_eq!((bridge.made().len(), bridge.tracker.tracker().journal.count("issue_create")), (0, 0));
}

#[tokio::test]
async fn a_tracker_that_limits_is_waited_for_and_one_that_forbids_is_told_of_once() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.quiet(&chief).await;
    let tracker = bridge.tracker.tracker();
    for (count, pause) in (1..).zip([Some(1), None]) {
        bridge.break_tracker(Fault::Refuse { status: 429, body: Value::Null, retry_after: pause }, "comment_add", 2);
        bridge.space.space().say_in_thread(NINA, anchor.id, &format!("Сообщение номер {count}")).unwrap();
        comments(&bridge, &key, count).await;
        bridge.quiet(&chief).await;
        assert_eq!(bridge.comments(&key).len(), count, "{pause:?}");
    }
    let no_right = json!({ "errors": {}, "errorMessages": ["Нет прав на комментарии"], "statusCode": 403 });
    let fault = Fault::Refuse { status: 403, body: no_right, retry_after: None };
    tracker.faults.set(FaultOrder { times: None, ..FaultOrder::new(fault, "comment_add", 1) });
    for n in 1..=3 {
        bridge.space.space().say_in_thread(NINA, anchor.id, &format!("Это сообщение не пустят: {n}")).unwrap();
    }
    raised(&chief, "chat_link.barred").await;
    bridge.quiet(&chief).await;
    let asked = tracker.journal.count("comment_add");
    bridge.quiet(&chief).await;
    assert_eq!((tracker.journal.count("comment_add"), bridge.comments(&key).len()), (asked, 2), "no loop");
    assert_eq!(notices(&chief).await, ["chat_link.barred"], "once, however much is kept back");
    // It is let in again: whatever gets through takes the notice back.
    tracker.faults.set(FaultOrder { heal: true, ..FaultOrder::default() });
    bridge.space.space().say_in_thread(NINA, anchor.id, "А это пустят").unwrap();
    comments(&bridge, &key, 3).await;
    bridge.quiet(&chief).await;
    assert_eq!(notices(&chief).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_check_names_chats_to_choose_from_and_tells_what_became_of_the_triggers_calls() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (_, key) = bridge.conversation(NINA, "Не открывается почта").await;
    let step = async |integration: &str, step: &str| {
        let report = chief.must("settings.check", json!({ "integration": integration })).await;
        report["steps"].as_array().unwrap().iter().find(|found| found["step"] == step).cloned()
    };
    let chats = step("pachca", "chats").await.unwrap();
    assert!(
        chats["choices"].as_array().unwrap().contains(&json!({ "value": DESK, "name": "Служба поддержки" })),
        "{chats}"
    );
    assert_eq!(step("tracker", "trigger_log").await, None, "no trigger is named");

    chief.must("settings.write", json!({ "changes": { "integrations.tracker.trigger_ids": [1] } })).await;
    let tracker = bridge.tracker.tracker();
    tracker.comment("vera", &key, "Смотрим").unwrap();
    bridge.quiet(&chief).await;
    let log = step("tracker", "trigger_log").await.unwrap();
    assert_eq!((&log["ok"], &log["detail"]), (&json!(true), &json!("trigger 1: the last 1 calls were taken")));
    tracker.post.order(MannerOrder { wrong_secret: Some(true), ..MannerOrder::default() });
    tracker.comment("vera", &key, "Готово").unwrap();
    bridge.quiet(&chief).await;
    let log = step("tracker", "trigger_log").await.unwrap();
    assert_eq!(log["ok"], false, "{log}");
    let detail = log["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("trigger 1: 1 of the last 2 calls were not taken") && detail.ends_with("HTTP 401"),
        "{detail}"
    );
}

/// Waits until a notice stands.
async fn raised(chief: &Caller, code: &str) {
    chief.until(async || notices(chief).await.iter().any(|known| known == code).then_some(())).await;
}
