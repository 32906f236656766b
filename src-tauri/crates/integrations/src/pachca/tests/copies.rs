//! Comments on their way into their thread, with those they name and their files; and files on their way out.

use pult_domain::{
    ChatItemId, Effect, EffectKey,
    areas::chat_link::{self, FileLink, owed::Reply},
};
use serde_json::{Value, json};

use super::{
    calls::{fact, key, message, since},
    samples::answered,
    server::{Chat, Line, like, line},
    *,
};
use crate::Settled;

const AT: &str = "2026-11-20T09:15:02.000Z";
/// The thread's own chat.
const HOME: i64 = 2_900_000_123;

fn reply(text: &str) -> Reply {
    Reply {
        item: ChatItemId(12),
        issue: "DESK-41".to_owned(),
        url: "https://tracker.example.com/DESK-41".to_owned(),
        chat: 51_840,
        anchor: 700_108,
        author: "Вера [С.]".to_owned(),
        text: text.to_owned(),
        files: vec![],
        since: since(),
    }
}

fn effect(reply: Reply) -> Effect {
    Effect::PostReply(Box::new(reply))
}

fn words(text: &str) -> String {
    format!("🔔 Добавлен комментарий:\nАвтор: Вера \\[С.\\]\n{text}")
}

fn in_thread(id: i64, content: &str) -> Value {
    let mut message = message(id, HOME, 90_210, content, AT);
    (message["entity_type"], message["entity_id"]) = (json!("thread"), json!(30_777));
    message
}

fn stands(id: i64, content: &str) -> Line {
    line(201, json!({"data": in_thread(id, content)}))
}

fn listed(rows: &[Value]) -> Line {
    line(200, json!({"data": rows}))
}

fn copied(message: i64, thread: Option<i64>) -> chat_link::Fact {
    chat_link::Fact::Replied { item: ChatItemId(12), message, thread, gone: false }
}

/// A copy in the main line of the chat, because the conversation has no place of its own any more.
fn in_main_line(message: i64) -> chat_link::Fact {
    chat_link::Fact::Replied { item: ChatItemId(12), message, thread: None, gone: true }
}

#[tokio::test]
async fn a_comment_goes_into_the_thread_of_its_issue() {
    let (chat, pachca) = Chat::with([like(201, "thread_create"), like(201, "message_create_thread_by_id")]).await;
    let outcome = pachca.perform(&effect(reply(" посмотрю *сегодня*\n")), &key()).await.outcome;
    assert_eq!(fact(outcome), copied(700_115, Some(30_777)));
    assert_eq!(chat.lines(), ["POST messages/700108/thread", "POST messages"]);
    let want = json!({"message": {
        "entity_type": "thread", "entity_id": 30_777, "content": words("посмотрю \\*сегодня\\*"), "skip_invite_mentions": true,
    }, "link_preview": false});
    assert_eq!((chat.heard()[0].body.as_str(), chat.heard()[1].json()), ("", want));
}

#[tokio::test]
async fn whoever_is_named_is_really_mentioned_and_nobody_else() {
    let found = |nickname: &str, email: &str| {
        line(200, json!({"data": [{"id": 5, "nickname": nickname, "email": email}], "meta": {"total": 1}}))
    };
    let nobody = || line(200, json!({"data": [], "meta": {"total": 0, "paginate": {"next_page": "x"}}}));
    let script =
        [found("vera_s", "v.sokol@example.com"), nobody(), nobody(), like(201, "thread_create"), stands(1, "x")];
    let (chat, pachca) = Chat::with_settings(script, |s| s.email_domain = "example.com".to_owned()).await;
    let text = "@V.Sokol, @v.sokol и @nobody. Пишите на a@example.com";
    let outcome = pachca.perform(&effect(reply(text)), &key()).await.outcome;
    assert_eq!(fact(outcome), copied(1, Some(30_777)));
    let heard = chat.heard();
    let asked: Vec<_> = heard.iter().filter_map(|heard| heard.param("query")).collect();
    assert_eq!(asked, ["V.Sokol", "nobody", "nobody@example.com"]);
    let sent = &heard.last().unwrap().json()["message"];
    assert_eq!(sent["content"], words("@vera_s, @vera_s и @nobody. Пишите на a@example.com"));
    assert_eq!(sent["skip_invite_mentions"], false);
    assert_eq!((&sent["entity_type"], &sent["entity_id"]), (&json!("discussion"), &json!(HOME)));
}

#[tokio::test]
async fn a_comment_is_worth_more_than_its_mentions() {
    let refused = line(403, answered("err_403_scope"));
    let (chat, pachca) = Chat::with([refused, like(201, "thread_create"), stands(1, "x")]).await;
    assert_eq!(fact(pachca.perform(&effect(reply("@vera")), &key()).await.outcome), copied(1, Some(30_777)));
    assert_eq!(chat.heard()[2].json()["message"]["skip_invite_mentions"], true);
    let (chat, pachca) = Chat::with([line(502, "")]).await;
    let error = pachca.perform(&effect(reply("@vera")), &key()).await.outcome.unwrap_err();
    assert!(matches!(error, CallError::Unreachable { .. }) && chat.lines().len() == 1, "nothing was sent: it may pass");
}

#[tokio::test]
async fn without_a_thread_a_comment_goes_where_its_conversation_is() {
    let sent = |chat: &Chat| {
        let sent = chat.heard().last().unwrap().json()["message"].clone();
        (sent["entity_type"].clone(), sent["entity_id"].clone(), sent["parent_message_id"].clone())
    };
    let plain = |chat: i64| line(201, json!({"data": message(9, chat, 90_210, "x", AT)}));
    // The message stands in a thread itself.
    let anchor = line(
        200,
        json!({"data": {"id": 700_108, "entity_type": "thread", "entity_id": 4, "chat_id": 77, "content": ""}}),
    );
    let (chat, pachca) = Chat::with([like(400, "thread_create_in_thread_400"), anchor, plain(77)]).await;
    assert_eq!(fact(pachca.perform(&effect(reply("x")), &key()).await.outcome), copied(9, None));
    assert_eq!(sent(&chat), (json!("discussion"), json!(77), Value::Null));
    // It is gone: an answer to it, and where that cannot be, an ordinary message.
    let gone = || like(404, "message_get_404");
    let (chat, pachca) = Chat::with([gone(), plain(51_840)]).await;
    assert_eq!(fact(pachca.perform(&effect(reply("x")), &key()).await.outcome), in_main_line(9));
    assert_eq!(sent(&chat), (json!("discussion"), json!(51_840), json!(700_108)));
    let (chat, pachca) = Chat::with([gone(), gone(), plain(51_840)]).await;
    assert_eq!(fact(pachca.perform(&effect(reply("x")), &key()).await.outcome), in_main_line(9));
    assert_eq!(sent(&chat), (json!("discussion"), json!(51_840), Value::Null));
    // The thread goes between the two requests.
    let (chat, pachca) = Chat::with([like(201, "thread_create"), gone(), plain(51_840)]).await;
    assert_eq!(fact(pachca.perform(&effect(reply("x")), &key()).await.outcome), in_main_line(9));
    assert_eq!(sent(&chat), (json!("discussion"), json!(51_840), json!(700_108)));
    // Nothing helps: once each way, and no more.
    let (chat, pachca) = Chat::with([like(201, "thread_create"), gone(), gone(), gone()]).await;
    assert!(matches!(pachca.perform(&effect(reply("x")), &key()).await.outcome, Err(CallError::Refused { .. })));
    assert_eq!(chat.lines().len(), 4);
}

#[tokio::test]
async fn a_lost_comment_is_found_in_its_thread() {
    let text = words("готово");
    let (chat, pachca) = Chat::with([like(201, "thread_create"), Line::Breaks]).await;
    let order = effect(reply("готово"));
    assert!(matches!(pachca.perform(&order, &key()).await.outcome, Err(CallError::OutcomeUnknown { .. })));
    chat.go_on([like(201, "thread_create"), listed(&[in_thread(6, &text)])]);
    chat.go_on([listed(&[])]);
    let Settled::Done(facts) = pachca.settle(&order, &key()).await else { panic!() };
    assert_eq!(fact(Ok(facts)), copied(6, Some(30_777)));
    assert_eq!(chat.heard()[3].param("chat_id"), Some(HOME.to_string().as_str()));
    // Not there, and not in the main line either.
    let (_, pachca) = Chat::with([like(201, "thread_create"), listed(&[in_thread(6, "другое")]), listed(&[])]).await;
    assert!(matches!(pachca.settle(&order, &key()).await, Settled::NotDone));
    // It had to go to the main line.
    let there = message(8, 51_840, 90_210, &text, AT);
    let (_, pachca) = Chat::with([like(201, "thread_create"), listed(&[]), listed(&[there])]).await;
    let Settled::Done(facts) = pachca.settle(&order, &key()).await else { panic!() };
    assert_eq!(fact(Ok(facts)), copied(8, None));
}

#[tokio::test]
async fn two_equal_comments_of_a_minute_are_told_apart() {
    let other = EffectKey::from("pachca/other");
    let first = Effect::PostReply(Box::new(Reply { item: ChatItemId(11), ..reply("готово") }));
    let (chat, pachca) = Chat::with([like(201, "thread_create"), stands(5, &words("готово"))]).await;
    assert!(pachca.perform(&first, &other).await.outcome.is_ok());
    chat.go_on([like(201, "thread_create"), Line::Breaks]);
    let second = effect(reply("готово"));
    assert!(pachca.perform(&second, &key()).await.outcome.is_err());
    let marked = format!("{}\nDESK-41 (№ 12)", words("готово"));
    assert_eq!(chat.heard()[3].json()["message"]["content"], marked);
    // The equal one is that of the other effect: it is not taken for this one.
    let plain = in_thread(5, &words("готово"));
    chat.go_on([like(201, "thread_create"), listed(std::slice::from_ref(&plain)), listed(&[])]);
    assert!(matches!(pachca.settle(&second, &key()).await, Settled::NotDone));
    chat.go_on([like(201, "thread_create"), listed(&[in_thread(6, &marked), plain]), listed(&[])]);
    let Settled::Done(facts) = pachca.settle(&second, &key()).await else { panic!() };
    assert_eq!(fact(Ok(facts)), copied(6, Some(30_777)));
    // A minute later nothing has to be told apart.
    let clock = Arc::new(std::sync::Mutex::new(now()));
    let hand = Arc::clone(&clock);
    let script = [like(201, "thread_create"), stands(5, "x"), like(201, "thread_create"), stands(6, "x")];
    let (chat, pachca) = Chat::at(script, |_| {}, Arc::new(move || *hand.lock().unwrap())).await;
    assert!(pachca.perform(&first, &other).await.outcome.is_ok());
    *clock.lock().unwrap() += Duration::from_secs(60);
    assert!(pachca.perform(&second, &key()).await.outcome.is_ok());
    assert_eq!(chat.heard()[3].json()["message"]["content"], words("готово"));
}

fn theirs(name: &str, source: &str) -> FileLink {
    FileLink { name: name.to_owned(), size: None, source: source.to_owned(), page: None }
}

/// The form of an upload at this very server.
fn form() -> Line {
    line(
        201,
        r#"{"more":"m","policy":"p","acl":"private","key":"up/1/${filename}","Content-Disposition":"attachment","direct_url":"HERE/put"}"#,
    )
}

#[tokio::test]
async fn files_of_a_comment_go_with_it_and_the_rest_is_named() {
    let script = [like(201, "thread_create"), form(), line(204, ""), form(), line(403, "<Error/>"), stands(1, "x")];
    let (chat, pachca) = Chat::with(script).await;
    let files = vec![
        theirs("../фото 1.png", "content"),
        theirs("b.pdf", "other"),
        theirs("c.pdf", "gone"),
        FileLink { size: Some(1 << 40), ..theirs("d.iso", "large") },
    ];
    let attempt = pachca.perform(&effect(Reply { files, ..reply("готово") }), &key()).await;
    assert_eq!(fact(attempt.outcome), copied(1, Some(30_777)));
    let heard = chat.heard();
    assert_eq!(
        chat.lines(),
        ["POST messages/700108/thread", "POST uploads", "POST /put", "POST uploads", "POST /put", "POST messages"]
    );
    assert_eq!((heard[2].authorization.as_deref(), heard[1].authorization.is_some()), (None, true));
    let places: Vec<_> = ["\"Content-Disposition\"", "\"acl\"", "\"policy\"", "\"key\"", "\"more\"", "\"file\""]
        .iter()
        .map(|name| heard[2].body.find(&format!("name={name}")).unwrap())
        .collect();
    assert!(places.is_sorted(), "the order documented, the file last: {}", heard[2].body);
    assert!(
        heard[2].body.contains("filename=\"_фото 1.png\"") && heard[2].body.contains("content"),
        "{}",
        heard[2].body
    );
    let sent = &heard[5].json()["message"];
    let file = json!({"key": "up/1/_фото 1.png", "name": "_фото 1.png", "file_type": "image", "size": 7});
    assert_eq!(sent["files"], json!([file]));
    let left = "Файлы не скопированы: b.pdf, c.pdf, d.iso — https://tracker.example.com/DESK-41";
    assert_eq!(sent["content"], format!("{}\n{left}", words("готово")));
    let kept = serde_json::to_string(&attempt.exchanges).unwrap();
    assert!(!kept.contains("\"p\"") && !kept.contains("content\\r"), "{kept}");
    // Such a message is found as well.
    chat.go_on([like(201, "thread_create"), listed(&[in_thread(1, sent["content"].as_str().unwrap())]), listed(&[])]);
    let order = effect(Reply { files: vec![theirs("b.pdf", "other")], ..reply("готово") });
    assert!(matches!(pachca.settle(&order, &key()).await, Settled::Done(_)));
}

#[tokio::test]
async fn an_upload_that_may_pass_holds_the_comment_back() {
    for second in [line(502, ""), Line::Says(429, Some("7"), String::new()), Line::Breaks] {
        let (chat, pachca) = Chat::with([like(201, "thread_create"), form(), second]).await;
        let order = effect(Reply { files: vec![theirs("a.png", "x")], ..reply("готово") });
        let error = pachca.perform(&order, &key()).await.outcome.unwrap_err();
        assert!(matches!(error, CallError::Unreachable { .. } | CallError::Retry { .. }), "{error:?}");
        assert_eq!(chat.lines().len(), 3, "no message was sent, so nothing is in doubt");
    }
}

fn at(source: &str) -> FileLink {
    theirs("a.png", source)
}

#[tokio::test]
async fn a_file_of_a_message_is_fetched_from_where_the_message_says_it_is_now() {
    let shown = json!({"data": {
        "id": 700_130, "chat_id": 51_840, "user_id": 811, "content": "",
        "files": [{"id": 55, "key": "k", "name": "a.png", "url": "HERE/files/55?X-Amz-Signature=hush"}],
    }});
    let (chat, pachca) = Chat::with([line(200, &shown), line(200, "<html>a page</html>"), line(200, &shown)]).await;
    let files = pachca.attachments().unwrap();
    assert_eq!(files.fetch(&at("message:700130/55"), 100).await.unwrap(), "<html>a page</html>");
    assert_eq!(chat.lines(), ["GET messages/700130", "GET /files/55"]);
    assert_eq!(chat.heard()[1].authorization, None, "the token goes to nobody else");
    let gone = files.fetch(&at("message:700130/56"), 100).await.unwrap_err();
    assert!(matches!(gone, CallError::Refused { why: pult_domain::Failure::DoesNotExist, .. }));
}

#[tokio::test]
async fn a_file_is_fetched_only_from_hosts_the_messenger_named_and_within_its_bound() {
    let (chat, pachca) = Chat::with([]).await;
    let here = |chat: &Pachca, path: &str| chat.settings.base.join(path).unwrap().to_string();
    let files = pachca.attachments().unwrap();
    chat.go_on([line(200, "12345"), line(200, "123456"), line(404, "<Error/>"), line(502, "")]);
    let own = here(&pachca, "/files/1");
    assert_eq!(files.fetch(&at(&own), 5).await.unwrap(), "12345");
    let refused = |error: CallError| matches!(error, CallError::Refused { .. });
    assert!(refused(files.fetch(&at(&own), 5).await.unwrap_err()), "longer than allowed");
    assert!(refused(files.fetch(&at(&own), 5).await.unwrap_err()), "not there any more");
    assert!(matches!(files.fetch(&at(&own), 5).await.unwrap_err(), CallError::Unreachable { .. }));
    let told = FileLink { size: Some(6), ..at(&own) };
    assert!(refused(files.fetch(&told, 5).await.unwrap_err()));
    for source in ["http://files.example.com/1", "file:///etc/passwd", "nonsense", "message:x/1", ""] {
        assert!(refused(files.fetch(&at(source), 5).await.unwrap_err()), "{source}");
    }
    assert_eq!(chat.lines().len(), 4, "the rest was not asked for");
    // An unknown host is asked after, once, and not followed.
    chat.go_on([form()]);
    let error = files.fetch(&at("https://files.example.com/1?X-Amz-Signature=hush"), 5).await.unwrap_err();
    let CallError::Refused { reason, why: pult_domain::Failure::Rights } = &error else { panic!("{error:?}") };
    assert!(
        reason.contains("files.example.com") && reason.contains("file_hosts") && !reason.contains("hush"),
        "{reason}"
    );
    assert_eq!(chat.lines().last().unwrap(), "POST uploads");
}
