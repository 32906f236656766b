//! Triggers: when they act, what they say, how they prove it, and what becomes of it on the way.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{HOOK_KEY, House, REF, refused, said},
    kit::sample,
    receiver::{Received, Receiver},
};

/// The comments that hooks name.
fn named(got: &[Received]) -> Vec<String> {
    got.iter().map(|got| said(got)["comment"]["id"].as_str().unwrap().to_owned()).collect()
}

async fn with_issue() -> (House, Receiver, String) {
    let (house, receiver) = House::heard().await;
    let key = house.issue(json!({})).await;
    (house, receiver, key)
}

#[tokio::test]
async fn a_persons_comment_is_told_as_in_the_sample_and_the_robots_is_not() {
    let (house, receiver, key) = with_issue().await;
    house.still().await;
    house.control.order("/sim/clock", json!({ "freeze": true })).await;
    house.post(&format!("issues/{key}/comments"), json!({ "text": "a" })).await;
    house.tracker().settled().await;
    assert!(receiver.take().is_empty(), "CommentAuthorNot");
    let made =
        house.control.make(&format!("/sim/issues/{key}/comment"), json!({ "person": "vera", "text": "b" })).await;
    assert_eq!(made, json!({ "ids": [13] }));
    let got = receiver.take();
    let mut wanted = sample("tracker", "hook_comment")["delivery"]["body"].clone();
    wanted["sentAt"] = house.tracker().hands.now().as_second().to_string().into();
    assert_eq!(got.iter().map(said).collect::<Vec<_>>(), [wanted]);
    assert_eq!((got[0].uri.path(), &got[0].headers["x-hook-secret"]), ("/hook", &HOOK_KEY.parse().unwrap()));
    assert!(got[0].headers.contains_key("x-startrek-transport"));
    assert_eq!(got[0].headers["content-type"], "application/json");
    house.post(&format!("issues/{key}/transitions/start_progress/_execute"), json!({ "comment": "c" })).await;
    house.tracker().settled().await;
    let got = receiver.take();
    assert_eq!(got.len(), 1, "the status is told whoever changed it");
    assert_eq!((&said(&got[0])["type"], &said(&got[0])["status"]), (&json!("issueStatusEvent"), &json!("inProgress")));
}

#[tokio::test]
async fn of_several_comments_in_one_step_the_first_is_named() {
    let (house, receiver, key) = with_issue().await;
    assert_eq!(house.tracker().comment_several("vera", &key, &["a", "b", "c"]), [12, 13, 14]);
    house.tracker().settled().await;
    assert_eq!(named(&receiver.take()), ["12"]);
    assert_eq!(house.tracker().comment("nobody", &key, "a"), None);
    assert_eq!(house.tracker().comment("vera", "DESK-9", "a"), None);
}

#[tokio::test]
async fn variables_are_put_in_as_they_are_and_json_guards_fields_of_the_issue_only() {
    let (house, receiver, _) = with_issue().await;
    let key = house.issue(json!({ "summary": "a \"b\"", "tags": ["x", "y"], "assignee": "petr", REF: "r1" })).await;
    let body = "{{issue.key}}|{{issue.summary}}|{{issue.summary.json}}|{{issue.tags}}|{{issue.tags.json}}|\
        {{issue.local.sourceRef}}|{{issue.local.pachcaChatId}}|{{issue.status.key}}|{{issue.previousStatus}}|\
        {{issue.assignee.login}}|{{issue.assignee.email}}|{{issue.description}}|{{userComment.text}}|\
        {{userComment.text.json}}|{{userComment.author}}|{{userComment.author.lastname}}|{{userComment.author.uid}}|\
        {{generatedComment.text}}|{{currentDateTime.date}}|{{nothing}}|{{open";
    house.control.order("/sim/queues/DESK/triggers", json!({ "id": 1, "event": "comment-create", "body": body })).await;
    house.tracker().comment("vera", &key, "\"error 5\".\nЕщё раз");
    house.tracker().settled().await;
    let today = house.tracker().hands.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let wanted = format!(
        "{key}|a \"b\"|\"a \\\"b\\\"\"|x, y|[\"x\",\"y\"]|r1||open||petr|petr@example.com||\"error 5\".\nЕщё раз||\
         Вера Смирнова|Смирнова|8000000000000101||{today}||{{{{open"
    );
    assert_eq!(receiver.take()[0].body, wanted);
    let quoted = "{\"type\":\"issueCommentEvent\",\"key\":\"{{issue.key}}\",\"comment\":{\"id\":\"{{userComment.id}}\",\
        \"text\":\"{{userComment.text}}\"}}";
    house
        .control
        .order("/sim/queues/DESK/triggers", json!({ "id": 1, "event": "comment-create", "body": quoted }))
        .await;
    house.tracker().comment("vera", &key, "Проверил порт: \"error 5\".\nПерезагрузите телефон");
    house.tracker().settled().await;
    let broken = sample("tracker", "hook_comment_broken_json")["delivery"]["raw_body"].as_str().unwrap().to_owned();
    assert_eq!(receiver.take()[0].body, broken.replace("DESK-41", &key));
}

#[tokio::test]
async fn a_trigger_proves_itself_in_four_ways() {
    let (house, receiver, key) = with_issue().await;
    let set = async |extra: Value| {
        let mut trigger = json!({ "id": 1, "event": "comment-create", "body": "{}" });
        trigger.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        house.control.order("/sim/queues/DESK/triggers", trigger).await;
        house.tracker().comment("vera", &key, "a");
        house.tracker().settled().await;
        receiver.take().remove(0).headers
    };
    assert!(!set(json!({})).await.contains_key("authorization"));
    let basic = set(json!({ "auth": { "type": "Basic", "login": "desk", "password": "tulip" } })).await;
    assert_eq!(basic["authorization"], "Basic ZGVzazp0dWxpcA==");
    let token = set(json!({ "auth": { "type": "OAuth", "token": "tulip" } })).await;
    assert_eq!(token["authorization"], "Bearer tulip");
    let own = json!({ "auth": { "type": "OAuth", "token": "tulip", "header": "X-Desk", "token_type": "" } });
    assert_eq!(set(own).await["x-desk"], "tulip");
    let headers = set(json!({ "headers": [["X-Hook-Secret", "one"], ["X-Other", "two"]] })).await;
    assert_eq!((&headers["x-hook-secret"], &headers["x-other"]), (&"one".parse().unwrap(), &"two".parse().unwrap()));
    let queues = house.control.get("/sim/queues").await;
    assert!(!queues.to_string().contains("two"), "secrets are hidden once they are set");
    house.control.order("/sim/hooks", json!({ "wrong_secret": true })).await;
    assert_eq!(
        set(json!({ "headers": [["X-Hook-Secret", "one"]] })).await["x-hook-secret"],
        "certainly-not-the-secret"
    );
    house.switch(json!({ "no_secret": true })).await;
    assert!(!set(json!({ "headers": [["X-Hook-Secret", "one"]] })).await.contains_key("x-hook-secret"));
}

#[tokio::test]
async fn events_conditions_and_addresses_decide_what_is_told() {
    let (house, receiver, key) = with_issue().await;
    let other = Receiver::open().await;
    let trigger = json!({ "id": 7, "event": "create", "body": "{{issue.key}}", "url": other.url() });
    house.control.order("/sim/queues/DESK/triggers", trigger).await;
    let made = house.control.make("/sim/issues", json!({ "summary": "Новая" })).await["key"].clone();
    assert_eq!((other.take().remove(0).body.into(), receiver.take().len()), (made, 0));
    let not_vera = json!({ "id": 1, "event": "comment-create", "commentAuthorNot": ["vera"], "body": "{{userComment.author.login}}" });
    house.control.order("/sim/queues/DESK/triggers", not_vera).await;
    house.tracker().comment("vera", &key, "a");
    house.tracker().comment("petr", &key, "b");
    house.post(&format!("issues/{key}/comments"), json!({ "text": "c" })).await;
    house.tracker().settled().await;
    let bodies: Vec<_> = receiver.take().into_iter().map(|got| got.body).collect();
    assert_eq!(bodies, ["petr", "desk-robot"]);
    assert_eq!(house.control.ask(Method::DELETE, "/sim/queues/DESK/triggers/1", Value::Null).await.status, 204);
    house.tracker().comment("petr", &key, "d");
    house.switch(json!({ "hook_url": other.url() })).await;
    house.control.order(&format!("/sim/issues/{key}/move"), json!({ "status": "inProgress" })).await;
    assert_eq!((receiver.take().len(), other.take().len()), (0, 1), "told elsewhere from now on");
}

#[tokio::test]
async fn hooks_are_doubled_turned_round_delayed_and_lost() {
    let (house, receiver, key) = with_issue().await;
    let manner = async |order: Value| house.control.order("/sim/hooks", order).await;
    let comment = async |count: usize| {
        for _ in 0..count {
            house.tracker().comment("vera", &key, "a");
        }
        house.tracker().settled().await;
        named(&receiver.take())
    };
    manner(json!({ "duplicates": 1, "gap_ms": 5 })).await;
    assert_eq!(comment(1).await, ["12", "12"]);
    manner(json!({ "heal": true, "reorder": 2, "delay_ms": 1 })).await;
    assert_eq!(comment(2).await, ["14", "13"]);
    manner(json!({ "heal": true, "lose_every": 2 })).await;
    assert_eq!(comment(4).await, ["15", "17"]);
    let met = house.control.get("/sim/hooks").await;
    let lost = met.as_array().unwrap().iter().filter(|met| met["failure"] == "lost");
    assert_eq!(lost.count(), 2);
    manner(json!({ "heal": true, "lose_share": 0.5, "lose_seed": 3 })).await;
    let first: Vec<u64> = comment(20).await.iter().map(|id| id.parse::<u64>().unwrap() - 19).collect();
    assert!((4..17).contains(&first.len()), "{first:?}");
    manner(json!({ "lose_seed": 3 })).await;
    let again: Vec<u64> = comment(20).await.iter().map(|id| id.parse::<u64>().unwrap() - 39).collect();
    assert_eq!(first, again, "the seed decides");
    manner(json!({ "heal": true, "lose_share": 1.0 })).await;
    assert_eq!(comment(3).await, [""; 0]);
}

#[tokio::test]
async fn the_log_of_a_trigger_shows_what_was_sent_and_met_without_its_secrets() {
    let (house, receiver, key) = with_issue().await;
    receiver.answers(&[503]);
    house.tracker().comment("vera", &key, "a");
    let other = house.issue(json!({})).await;
    house.tracker().comment("vera", &other, "b");
    house.tracker().settled().await;
    let log = async |query: &str| house.get(&format!("queues/DESK/triggers/1/webhooks/log{query}")).await;
    let all = log("").await.json();
    assert_eq!((&all[0]["response"]["status"], &all[1]["response"]["status"]), (&json!(200), &json!(503)));
    assert!(all[1]["request"]["body"].as_str().unwrap().contains(&key), "newest first");
    assert_eq!((&all[1]["triggerId"], all[1]["duration"].is_u64()), (&json!(1), true));
    assert!(!all.to_string().contains(HOOK_KEY), "hidden");
    let id = house.tracker().issue(&key).unwrap().id;
    assert_eq!(log(&format!("?issueId={id}")).await.json().as_array().unwrap().len(), 1);
    let later = "?from=2126-11-20T09:15:02.347%2B0000";
    assert_eq!(log(later).await.json(), json!([]));
    assert_eq!(log("?to=2126-11-20T09:15:02.347%2B0000&limit=10").await.json().as_array().unwrap().len(), 2);
    assert_eq!(refused(&log("?limit=5").await).0, 400);
    assert_eq!(refused(&log("?from=yesterday").await).0, 400);
    assert_eq!(refused(&house.get("queues/DESK/triggers/99/webhooks/log").await).0, 404);
    assert_eq!(house.get("queues/DESK/triggers/2/webhooks/log").await.json(), json!([]));
}

#[tokio::test]
async fn any_text_can_be_sent_with_the_triggers_proof() {
    let (house, receiver, _) = with_issue().await;
    for name in ["hook_comment_old_shape", "hook_empty_variables", "hook_comment_broken_json"] {
        let text = sample("tracker", name)["delivery"]["raw_body"].as_str().unwrap().to_owned();
        let request = house.http.post(format!("http://{}/sim/queues/DESK/triggers/1/raw", house.control.at));
        assert_eq!(request.body(text.clone()).send().await.unwrap().status(), 204);
        let got = receiver.take().remove(0);
        assert_eq!((got.body, &got.headers["x-hook-secret"]), (text, &HOOK_KEY.parse().unwrap()));
    }
}
