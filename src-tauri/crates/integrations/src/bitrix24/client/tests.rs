use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use super::{
    super::tests::{KEY, Portal, clock, good, is_clean},
    *,
};
use crate::{samples::Secrets, transport::http::Answer};

async fn client() -> (Portal, Client, Arc<AtomicI64>) {
    let portal = Portal::default();
    let base = portal.open().await;
    let (second, clock) = clock();
    let secrets = [Key::Users, Key::Messages].map(|key| (key.secret().to_owned(), KEY.to_owned()));
    let client = Client::new(base, (2, 40), None, Arc::new(Secrets(secrets.into())), clock).unwrap();
    (portal, client, second)
}

fn reading(method: &'static str) -> Call {
    Call::repeatable(Key::Users, method, json!({}))
}

/// The class of a call error, and what kind of refusal it is.
fn class(error: &CallError) -> String {
    match error {
        CallError::Retry { .. } => "retry".to_owned(),
        CallError::Locked { .. } => "locked".to_owned(),
        CallError::Unauthorized { .. } => "unauthorized".to_owned(),
        CallError::Refused { why, .. } => format!("refused {why:?}"),
        CallError::Unreachable { .. } => "unreachable".to_owned(),
        CallError::OutcomeUnknown { .. } => "unknown".to_owned(),
    }
}

fn judged(status: u16, headers: &[(&str, &str)], body: &str, intent: Intent) -> Result<Success, Trouble> {
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        all.insert(name.parse::<::http::HeaderName>().unwrap(), value.parse().unwrap());
    }
    let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers: all, body: body.to_owned().into() };
    read(&answer, "tasks.task.add", intent)
}

#[test]
fn every_error_of_the_contract_says_what_to_do_next() {
    for (status, code, repeatable, once) in [
        (503, "QUERY_LIMIT_EXCEEDED", "retry", "retry"),
        (200, "QUERY_LIMIT_EXCEEDED", "retry", "retry"),
        (429, "OPERATION_TIME_LIMIT", "retry", "retry"),
        (503, "OVERLOAD_LIMIT", "unauthorized", "unauthorized"),
        (500, "INTERNAL_SERVER_ERROR", "unreachable", "unknown"),
        (500, "ERROR_UNEXPECTED_ANSWER", "unreachable", "unknown"),
        (500, "PORTAL_DELETED", "unauthorized", "unauthorized"),
        (401, "NO_AUTH_FOUND", "unauthorized", "unauthorized"),
        (401, "expired_token", "unauthorized", "unauthorized"),
        (403, "insufficient_scope", "refused Rights", "refused Rights"),
        (403, "INVALID_CREDENTIALS", "refused Rights", "refused Rights"),
        (403, "user_access_error", "refused Rights", "refused Rights"),
        (403, "ACCESS_DENIED", "refused Rights", "refused Rights"),
        (400, "ACCESS_ERROR", "refused Rights", "refused Rights"),
        (403, "WRONG_AUTH_TYPE", "refused Rights", "refused Rights"),
        (400, "INVALID_REQUEST", "refused Refused", "refused Refused"),
        (400, "ERROR_BATCH_LENGTH_EXCEEDED", "refused Unsupported", "refused Unsupported"),
        (405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "refused Unsupported", "refused Unsupported"),
        (404, "ERROR_METHOD_NOT_FOUND", "refused Unsupported", "refused Unsupported"),
        (400, "ERROR_CORE", "refused Refused", "refused Refused"),
        (400, "0", "refused Refused", "refused Refused"),
        (400, "100", "refused Refused", "refused Refused"),
        (400, "ERROR_ARGUMENT", "refused Refused", "refused Refused"),
        (400, "MESSAGE_EMPTY", "refused Refused", "refused Refused"),
        (400, "KEYBOARD_OVERSIZE", "refused Refused", "refused Refused"),
        (400, "", "refused Refused", "refused Refused"),
        (400, "USER_NOT_FOUND", "refused DoesNotExist", "refused DoesNotExist"),
        (400, "CHAT_ID", "refused DoesNotExist", "refused DoesNotExist"),
        (400, "ERROR_NOT_FOUND", "refused DoesNotExist", "refused DoesNotExist"),
        (400, "BOT_NOT_FOUND", "refused DoesNotExist", "refused DoesNotExist"),
        (400, "BOT_ID_ERROR", "refused DoesNotExist", "refused DoesNotExist"),
        (400, "APP_ID_ERROR", "refused Refused", "refused Refused"),
        (400, "BOT_OWNERSHIP_ERROR", "refused Refused", "refused Refused"),
        (400, "BOT_TOKEN_NOT_SPECIFIED", "refused Refused", "refused Refused"),
        (400, "BOT_TOKEN_INVALID_LENGTH", "refused Refused", "refused Refused"),
        (400, "ERROR_COULD_NOT_SAVE_FILE", "refused Refused", "refused Refused"),
        (401, "SOMETHING_NEW", "unauthorized", "unauthorized"),
        (500, "SOMETHING_NEW", "unreachable", "unknown"),
    ] {
        let body = json!({"error": code, "error_description": "one<br>two"}).to_string();
        for (intent, want) in [(Intent::Repeatable, repeatable), (Intent::Once, once)] {
            let trouble = judged(status, &[], &body, intent).unwrap_err();
            assert_eq!((class(&trouble.error).as_str(), trouble.code), (want, code.to_uppercase()), "{status} {code}");
            assert!(trouble.error.to_string().contains("(one two)"), "{}", trouble.error);
        }
    }
    let scope = judged(403, &[], r#"{"error":"insufficient_scope","error_description":""}"#, Intent::Once).unwrap_err();
    assert!(scope.to_string().contains("tasks.task.add") && scope.to_string().contains("scope task"), "{scope}");
}

#[test]
fn an_envelope_may_be_loose_and_what_is_none_is_in_doubt() {
    for (status, body, repeatable, once) in [
        // A key `error` is a failure whatever it holds and whatever the status is.
        (200, r#"{"result":1,"error":""}"#, "refused Refused", "refused Refused"),
        (200, r#"{"error":100}"#, "refused Refused", "refused Refused"),
        (200, r#"{"error":null}"#, "refused Refused", "refused Refused"),
        (400, r#"{"result":1}"#, "refused Refused", "refused Refused"),
        (500, r#"{"result":1}"#, "unreachable", "unknown"),
        (200, "{}", "unreachable", "unknown"),
        (200, r#"{"result":{"ta"#, "unreachable", "unknown"),
        (200, "[]", "unreachable", "unknown"),
        (200, "<html>log in</html>", "unreachable", "unknown"),
        (502, "<html>Bad Gateway</html>", "unreachable", "unknown"),
        (503, "<html>busy</html>", "unreachable", "unknown"),
        (504, "", "unreachable", "unknown"),
        (404, "<html>no such page</html>", "unreachable", "unreachable"),
        (302, "", "unreachable", "unreachable"),
        (401, "<html>who are you</html>", "unauthorized", "unauthorized"),
        (429, "", "retry", "retry"),
    ] {
        for (intent, want) in [(Intent::Repeatable, repeatable), (Intent::Once, once)] {
            let trouble = judged(status, &[], body, intent).unwrap_err();
            assert_eq!(class(&trouble.error), want, "{status} {body}");
        }
    }
    let busy = judged(503, &[("retry-after", "9")], "<html>busy</html>", Intent::Once).unwrap_err();
    assert!(matches!(busy.error, CallError::Retry { after: Some(after), .. } if after.as_secs() == 9));
    let page = judged(502, &[], &format!("<html>{}", "ы".repeat(5_000)), Intent::Once).unwrap_err();
    assert!(page.to_string().chars().count() < 300);
    let loose =
        r#"{"result":[],"total":"53","next":50,"time":{"finish":1793180400.175,"operating_reset_at":1793181000}}"#;
    let success = judged(200, &[], loose, Intent::Once).unwrap();
    assert_eq!((success.total, success.next), (Some(53), Some(50)));
    assert_eq!(success.reset_in.map(|reset| reset.as_secs()), Some(599));
    let old = judged(200, &[], r#"{"result":null,"time":[]}"#, Intent::Once).unwrap();
    assert_eq!(old, Success::default());
}

#[tokio::test]
async fn neither_an_exchange_nor_an_error_shows_the_webhook() {
    let (portal, client, _) = client().await;
    let mut said = vec![];
    portal.tell("profile", 400, &json!({"error": "ERROR_CORE", "error_description": format!("bad {KEY} and T0KEN")}));
    let call = Call::repeatable(Key::Users, "profile", json!({"a": "T0KEN"})).hiding(["T0KEN".to_owned()]);
    let trouble = client.call(&call, &mut said).await.unwrap_err();
    assert!(trouble.to_string().contains("bad *** and ***"), "{trouble}");
    assert!(said[0].request.contains("/***/profile.json") && !said[0].request.contains("T0KEN"), "{}", said[0].request);
    is_clean(&said);
    let nobody = Client::new(
        "http://127.0.0.1:9/rest/1/".parse().unwrap(),
        (2, 40),
        None,
        Arc::new(Secrets([(Key::Users.secret().to_owned(), KEY.to_owned())].into())),
        clock().1,
    );
    let (mut said, nobody) = (vec![], nobody.unwrap());
    let trouble = nobody.call(&call, &mut said).await.unwrap_err();
    assert_eq!(class(&trouble.error), "unreachable");
    assert!(!trouble.to_string().contains(KEY) && !trouble.to_string().contains("rest/1"), "{trouble}");
    is_clean(&said);
}

#[tokio::test]
async fn a_method_that_used_up_its_time_rests_alone() {
    let (portal, client, second) = client().await;
    let mut said = vec![];
    let limit = json!({"error": "OPERATION_TIME_LIMIT"});
    // The last good answer said that a bucket leaves 600 s after it.
    portal.tell("tasks.task.list", 200, &good(json!({"tasks": []})));
    client.call(&reading("tasks.task.list"), &mut said).await.unwrap();
    second.fetch_add(510, Ordering::SeqCst);
    portal.tell("tasks.task.list", 429, &limit);
    let first = client.call(&reading("tasks.task.list"), &mut said).await.unwrap_err();
    assert!(matches!(first.error, CallError::Retry { after: None, .. }), "a lane's own wait: {first:?}");
    second.fetch_add(89, Ordering::SeqCst);
    client.call(&reading("tasks.task.list"), &mut said).await.unwrap_err();
    portal.tell("im.message.add", 200, &good(json!(1)));
    client.call(&reading("im.message.add"), &mut said).await.unwrap();
    assert_eq!(portal.methods(), ["tasks.task.list", "tasks.task.list", "im.message.add"]);
    second.fetch_add(1, Ordering::SeqCst);
    portal.tell("tasks.task.list", 429, &limit);
    client.call(&reading("tasks.task.list"), &mut said).await.unwrap_err();
    assert_eq!(portal.methods().len(), 4, "asked again when the bucket has left");
    // Nothing better is known now: a minute.
    second.fetch_add(59, Ordering::SeqCst);
    client.call(&reading("tasks.task.list"), &mut said).await.unwrap_err();
    assert_eq!(portal.methods().len(), 4);
    second.fetch_add(1, Ordering::SeqCst);
    portal.tell("tasks.task.list", 200, &good(json!({"tasks": []})));
    client.call(&reading("tasks.task.list"), &mut said).await.unwrap();
}

#[tokio::test]
async fn who_would_wait_long_comes_back_with_nothing_sent() {
    let (portal, client, _) = client().await;
    let mut said = vec![];
    portal.tell("profile", 503, &json!({"error": "QUERY_LIMIT_EXCEEDED"}));
    let full = client.call(&reading("profile"), &mut said).await.unwrap_err();
    let CallError::Retry { after: Some(after), .. } = full.error else { panic!("{full:?}") };
    assert!(after >= Duration::from_millis(500) && after <= Duration::from_secs(1), "{after:?}");
    for _ in 0..4 {
        client.pace().refused(client.now(), 1.0);
    }
    let held = client.call(&Call::once(Key::Users, "im.message.add", json!({})), &mut said).await.unwrap_err();
    assert!(matches!(held.error, CallError::Retry { after: Some(after), .. } if after > QUEUE), "{held:?}");
    assert_eq!((portal.methods().len(), said.len()), (1, 1));
}

fn page(ids: std::ops::Range<u64>, next: Option<u64>) -> Value {
    let rows: Vec<_> = ids.map(|id| json!({"ID": id.to_string()})).collect();
    let mut page = good(json!(rows));
    if let Some(next) = next {
        page["next"] = json!(next);
    }
    page
}

fn ids(rows: &[Value]) -> Vec<u64> {
    rows.iter().map(|row| row["ID"].as_str().unwrap().parse().unwrap()).collect()
}

const ALL: Listing = Listing { under: None, id: "ID", most: 1_000 };

#[tokio::test]
async fn a_list_is_read_to_its_end_and_each_row_once() {
    let (portal, client, _) = client().await;
    portal.tell("user.get", 200, &page(100..150, Some(50)));
    portal.tell("user.get", 200, &page(149..153, None));
    let rows = client.list(reading("user.get"), ALL, &mut vec![]).await.unwrap();
    assert_eq!(ids(&rows), (100..153).collect::<Vec<_>>());
    let starts: Vec<_> = portal.seen().calls.iter().map(|(_, params)| params["start"].clone()).collect();
    assert_eq!(starts, [0, 50]);
}

#[tokio::test]
async fn a_list_ends_at_its_bound_or_where_the_portal_turns_in_a_circle_and_is_never_a_part() {
    let (portal, client, _) = client().await;
    portal.tell("user.get", 200, &page(0..50, Some(50)));
    let few = Listing { most: 20, ..ALL };
    assert_eq!(client.list(reading("user.get"), few, &mut vec![]).await.unwrap().len(), 20);
    portal.tell("user.get", 200, &page(0..50, Some(50)));
    portal.tell("user.get", 200, &page(50..100, Some(50)));
    assert_eq!(client.list(reading("user.get"), ALL, &mut vec![]).await.unwrap().len(), 100);
    portal.tell("user.get", 200, &page(0..50, Some(50)));
    portal.tell("user.get", 500, &json!({"error": "INTERNAL_SERVER_ERROR"}));
    assert!(client.list(reading("user.get"), ALL, &mut vec![]).await.is_err());
    portal.tell("tasks.task.list", 200, &good(json!({"tasks": [{"id": "1"}, {"id": 2}, {"id": "2"}]})));
    let tasks = Listing { under: Some("tasks"), id: "id", most: 10 };
    assert_eq!(client.list(reading("tasks.task.list"), tasks, &mut vec![]).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_long_list_is_read_by_ids_without_counting() {
    let (portal, client, _) = client().await;
    portal.tell("user.get", 200, &page(1..51, None));
    portal.tell("user.get", 200, &page(51..60, None));
    let call =
        Call::repeatable(Key::Users, "user.get", json!({"FILTER": {"ACTIVE": true}, "sort": "ID", "order": "ASC"}));
    let rows = client.list_by_id(call.clone(), "FILTER", ALL, &mut vec![]).await.unwrap();
    assert_eq!(ids(&rows), (1..60).collect::<Vec<_>>());
    assert_eq!(
        portal.last(),
        json!({"FILTER": {"ACTIVE": true, ">ID": "50"}, "sort": "ID", "order": "ASC", "start": -1})
    );
    // A portal that ignores the condition shows the same page for ever.
    portal.tell("user.get", 200, &page(1..51, None));
    portal.tell("user.get", 200, &page(1..51, None));
    assert_eq!(client.list_by_id(call, "FILTER", ALL, &mut vec![]).await.unwrap().len(), 50);
}

fn command(name: &str, method: &'static str, params: Value) -> Command {
    Command { name: name.to_owned(), method, intent: Intent::Repeatable, params }
}

#[tokio::test]
async fn a_batch_tells_done_failed_and_not_run() {
    let (portal, client, _) = client().await;
    let commands = [
        command("a", "profile", json!({})),
        command("b", "sonet_group.get", json!({"FILTER": {"NAME": "Задачи"}})),
        command("c", "user.get", json!({"ID": "$result[a][ID]"})),
    ];
    let maps = json!({"result": {"a": {"ID": "7"}}, "result_error": {"b": {"error": "insufficient_scope"}}, "result_total": {"a": "2"}, "result_next": []});
    portal.tell("batch", 200, &good(maps));
    let ran = client.batch(Key::Users, &commands, true, &mut vec![]).await.unwrap();
    assert!(matches!(&ran[0], Ran::Done(Success { total: Some(2), next: None, .. })), "{ran:?}");
    assert!(matches!(&ran[1], Ran::Failed(trouble) if class(&trouble.error) == "refused Rights"), "{ran:?}");
    assert_eq!(ran[2], Ran::NotRun);
    let sent = json!({"halt": 1, "cmd": {
        "a": "profile",
        "b": "sonet_group.get?FILTER%5BNAME%5D=%D0%97%D0%B0%D0%B4%D0%B0%D1%87%D0%B8",
        "c": "user.get?ID=%24result%5Ba%5D%5BID%5D",
    }});
    assert_eq!(portal.last(), sent);
    portal.tell("batch", 200, &good(json!({"result": [], "result_error": [], "result_total": []})));
    let ran = client.batch(Key::Users, &commands, false, &mut vec![]).await.unwrap();
    assert_eq!(ran, vec![Ran::NotRun; 3]);
}

#[tokio::test]
async fn a_batch_that_did_not_go_ran_nothing_and_one_that_broke_off_is_in_doubt_where_it_writes() {
    let (portal, client, _) = client().await;
    let writing = Command { intent: Intent::Once, ..command("b", "tasks.task.add", json!({})) };
    let both = [command("a", "profile", json!({})), writing];
    portal.tell_text("batch", 502, "<html></html>");
    portal.tell_text("batch", 502, "<html></html>");
    let trouble = client.batch(Key::Users, &both[..1], false, &mut vec![]).await.unwrap_err();
    assert_eq!(class(&trouble.error), "unreachable");
    let trouble = client.batch(Key::Users, &both, false, &mut vec![]).await.unwrap_err();
    assert_eq!(class(&trouble.error), "unknown");
    portal.tell("batch", 503, &json!({"error": "QUERY_LIMIT_EXCEEDED"}));
    let trouble = client.batch(Key::Users, &both, false, &mut vec![]).await.unwrap_err();
    assert_eq!(class(&trouble.error), "retry");
    let many = vec![command("a", "profile", json!({})); 51];
    let trouble = client.batch(Key::Users, &many, false, &mut vec![]).await.unwrap_err();
    assert_eq!(class(&trouble.error), "refused Unsupported");
    assert_eq!(portal.methods().len(), 3);
}

#[tokio::test]
async fn a_command_that_used_up_its_methods_time_freezes_that_method() {
    let (portal, client, _) = client().await;
    let commands = [command("a", "tasks.task.list", json!({}))];
    let maps = json!({"result": [], "result_error": {"a": {"error": "OPERATION_TIME_LIMIT"}}});
    portal.tell("batch", 200, &good(maps));
    let ran = client.batch(Key::Users, &commands, false, &mut vec![]).await.unwrap();
    assert!(matches!(&ran[0], Ran::Failed(trouble) if class(&trouble.error) == "retry"), "{ran:?}");
    assert_eq!(class(&client.batch(Key::Users, &commands, false, &mut vec![]).await.unwrap_err().error), "retry");
    assert_eq!(class(&client.call(&reading("tasks.task.list"), &mut vec![]).await.unwrap_err().error), "retry");
    assert_eq!(portal.methods().len(), 1);
}

#[tokio::test]
async fn a_command_that_met_the_full_bucket_holds_everybody_back() {
    let (portal, client, _) = client().await;
    let commands = [command("a", "profile", json!({})), command("b", "scope", json!({}))];
    let maps = json!({"result": {"a": {}}, "result_error": {"b": {"error": "QUERY_LIMIT_EXCEEDED"}}});
    portal.tell("batch", 200, &good(maps));
    let ran = client.batch(Key::Users, &commands, false, &mut vec![]).await.unwrap();
    let outcomes = ran.into_iter().map(|ran| ran.outcome().map_err(|trouble| class(&trouble.error)).map(|_| ()));
    assert_eq!(outcomes.collect::<Vec<_>>(), [Ok(()), Err("retry".to_owned())]);
    assert!(client.pace().take(client.now()).is_err());
    assert_eq!(class(&Ran::NotRun.outcome().unwrap_err().error), "retry", "it may be asked for again");
}

fn first(name: &str, page: &Value, most: usize) -> First {
    let answer = Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: page.to_string().into() };
    let page = read(&answer, "user.get", Intent::Repeatable).unwrap();
    let listing = Listing { most, ..ALL };
    First { command: command(name, "user.get", json!({"FILTER": {"ACTIVE": true}})), listing, page }
}

fn counted(mut page: Value, total: u64) -> Value {
    page["total"] = json!(total);
    page
}

#[tokio::test]
async fn lists_are_read_on_together_and_each_stands_for_itself() {
    let (portal, client, _) = client().await;
    let rows = |ids: std::ops::Range<u64>| page(ids, None)["result"].clone();
    let lists = vec![
        // One row is repeated, and rows are added while the pages are read.
        first("a", &counted(page(0..50, Some(50)), 101), 1_000),
        first("b", &counted(page(0..50, Some(50)), 60), 1_000),
        first("c", &counted(page(0..3, None), 3), 1_000),
        first("d", &counted(page(0..50, Some(50)), 500), 100),
        first("e", &page(0..50, Some(50)), 1_000),
    ];
    portal.tell(
        "batch",
        200,
        &good(json!({
            "result": {"a_50": rows(49..99), "a_100": rows(99..149), "e_50": rows(50..60)},
            "result_error": {"b_50": {"error": "INTERNAL_SERVER_ERROR"}},
            "result_next": {"a_50": 100, "a_100": 150},
            "result_total": [],
        })),
    );
    portal.tell("batch", 200, &good(json!({"result": {"a_150": rows(149..151)}, "result_error": []})));
    let read = client.rest(Key::Users, lists, &mut vec![]).await.unwrap();
    assert_eq!(ids(read[0].as_ref().unwrap()), (0..151).collect::<Vec<_>>());
    assert_eq!(class(&read[1].as_ref().unwrap_err().error), "unreachable", "a part is never given for the whole");
    assert_eq!(read[2].as_ref().unwrap().len(), 3);
    assert!(read[3].as_ref().unwrap_err().to_string().contains("user.get has 500 rows"), "{:?}", read[3]);
    assert_eq!(ids(read[4].as_ref().unwrap()), (0..60).collect::<Vec<_>>());
    assert_eq!(portal.methods().len(), 2);
    assert_eq!(portal.seen().calls[0].1["cmd"]["a_50"], "user.get?FILTER%5BACTIVE%5D=1&start=50");
    portal.tell("batch", 503, &json!({"error": "QUERY_LIMIT_EXCEEDED"}));
    let lists = vec![first("a", &counted(page(0..50, Some(50)), 101), 1_000)];
    assert_eq!(class(&client.rest(Key::Users, lists, &mut vec![]).await.unwrap_err().error), "retry");
}
