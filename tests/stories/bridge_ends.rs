//! Where conversations begin and where they end: which messages become issues, requests that fail, conversations only the tracker
//! remembers, first messages that are gone, and rights that are taken away.
//!
//! Deliberately not here: what is said in between (`bridge_words`), and losses on the way (`bridge_trouble`).

use pult_simulators::{
    pachca::switches::{SCOPES, SwitchOrder as SpaceOrder},
    service::{fault::Fault, post::MannerOrder},
    tracker::switches::SwitchOrder,
};
use serde_json::json;

use crate::{
    bridge_house::{Bridge, DESK, NINA, PAVEL, notices},
    caller::look_until,
};

#[tokio::test]
async fn only_new_messages_of_people_in_the_desks_chat_become_issues() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let space = bridge.space.space();
    let other = space.make_chat("Не стол заявок", &[NINA, PAVEL, pult_simulators::pachca::world::BOT]);
    let elsewhere = space.say(NINA, other, "Это просто разговор").unwrap();
    look_until(|| bridge.bots(other).into_iter().next()).await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.quiet(&chief).await;
    let first = space.messages(DESK)[0].id;
    space.edit(first, "Не открывается почта и календарь").unwrap();
    space.say_in_thread(PAVEL, elsewhere, "Не о том").unwrap();
    space.say_in_thread(NINA, first, "И ещё").unwrap();
    space.react(NINA, anchor.id, "👍").unwrap();
    space.delete(first).unwrap();
    bridge.quiet(&chief).await;
    assert_eq!(bridge.made(), [key.as_str()]);
    assert_eq!((bridge.bots(DESK).len(), bridge.bots(other).len(), bridge.comments(&key).len()), (1, 1, 0));
    assert_eq!(bridge.bots(other)[0].content, "Выберите действие:");
}

#[tokio::test]
async fn every_message_becomes_an_issue_or_none_where_that_is_settled() {
    for (mode, issues) in [("all", 3), ("off", 0)] {
        let bridge = Bridge::open().await;
        let (_house, _pultd, chief) = bridge.ready(&format!("direct_create = \"{mode}\"")).await;
        let space = bridge.space.space();
        let other = space.make_chat("Не стол заявок", &[NINA, pult_simulators::pachca::world::BOT]);
        space.say(NINA, DESK, "Не открывается почта").unwrap();
        space.say(NINA, other, "Не печатает принтер").unwrap();
        space.write_to_bot(NINA, "Не звонит телефон").unwrap();
        look_until(|| {
            Some(()).filter(|()| bridge.told(NINA).len() + bridge.bots(DESK).len() + bridge.bots(other).len() == 3)
        })
        .await;
        bridge.quiet(&chief).await;
        assert_eq!(bridge.made().len(), issues, "{mode}");
    }
}

#[tokio::test]
async fn a_request_the_tracker_refuses_is_told_of_and_can_be_tried_again() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let mut events = chief.listen().await;
    let body = json!({ "errors": {}, "errorMessages": ["Очередь на обслуживании"], "statusCode": 422 });
    bridge.break_tracker(Fault::Refuse { status: 422, body, retry_after: None }, "issue_create", 1);
    bridge.space.space().say(NINA, DESK, "Не открывается почта").unwrap();
    let told = look_until(|| bridge.bots(DESK).into_iter().next()).await;
    assert!(told.content.starts_with("Не удалось создать задачу в трекере: "), "{}", told.content);
    assert!(told.content.contains("Очередь на обслуживании"), "{}", told.content);
    assert!(told.content.ends_with(". Обратитесь в ServiceDesk или попробуйте позже."), "{}", told.content);
    bridge.quiet(&chief).await;
    assert_eq!(notices(&chief).await, ["chat_link.request_failed"]);
    assert_eq!(events.ids_of("chat_link").await, [0], "an open console hears of a request that has no conversation");
    let desk = chief.must("chat_link.desk", json!({})).await;
    chief.must("chat_link.request_again", json!({ "id": desk["requests"][0]["id"] })).await;
    let (anchor, key) = bridge.anchor(DESK, 2).await;
    bridge.quiet(&chief).await;
    assert_eq!(bridge.made(), [key.as_str()]);
    assert!(anchor.content.contains("Тема: Не открывается почта"));
    assert_eq!(notices(&chief).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_pult_that_knows_nothing_any_more_finds_its_conversations_in_the_tracker() {
    let bridge = Bridge::open().await;
    let (_house, pultd, chief) = bridge.ready("").await;
    let (first, first_key) = bridge.conversation(NINA, "Не открывается почта").await;
    let (second, second_key) = bridge.conversation(PAVEL, "Не печатает принтер").await;
    bridge.quiet(&chief).await;
    let linked = |key: &str| bridge.issue(key).locals.contains_key("pachcaMessageId");
    assert!(linked(&first_key) && linked(&second_key));
    assert!(pultd.stop().await.success());
    bridge.tracker.tracker().switch(&SwitchOrder { index_lag_ms: Some(0), ..SwitchOrder::default() });

    let (_house, _pultd, chief) = bridge.ready("").await;
    bridge.space.space().say_in_thread(NINA, first.id, "Теперь и календарь").unwrap();
    bridge.tracker.tracker().comment("vera", &second_key, "Какой этаж?").unwrap();
    look_until(|| Some(()).filter(|()| bridge.comments(&first_key).len() == 1 && bridge.thread(&second).len() == 1))
        .await;
    bridge.tracker.tracker().comment("vera", &first_key, "Смотрим").unwrap();
    bridge.space.space().say_in_thread(PAVEL, second.id, "Третий этаж").unwrap();
    bridge.quiet(&chief).await;
    assert_eq!((bridge.comments(&first_key).len(), bridge.thread(&first).len()), (2, 2));
    assert_eq!((bridge.comments(&second_key).len(), bridge.thread(&second).len()), (2, 2));
    assert_eq!((bridge.made().len(), bridge.bots(DESK).len()), (2, 2));
}

#[tokio::test]
async fn a_comment_of_a_conversation_whose_first_message_is_gone_is_said_in_the_chat_once() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.quiet(&chief).await;
    bridge.space.space().delete(anchor.id).unwrap();
    bridge.tracker.tracker().comment("vera", &key, "Почта снова работает").unwrap();
    let said = look_until(|| bridge.bots(DESK).into_iter().next()).await;
    assert!(said.content.contains("Почта снова работает"), "{}", said.content);
    bridge.quiet(&chief).await;
    assert_eq!((bridge.bots(DESK).len(), bridge.comments(&key).len()), (1, 1));
    // What comes after it waits for a person, who is told once; nothing is lost.
    for words in ["Проверьте ещё раз", "Закрываю"] {
        bridge.tracker.tracker().comment("vera", &key, words).unwrap();
    }
    bridge.quiet(&chief).await;
    let pair = bridge.pair(&chief, &key).await;
    assert_eq!(
        (&pair["lineage"]["pair"]["paused_why"], &pair["lineage"]["pair"]["held"]),
        (&json!("chat_gone"), &json!(2))
    );
    assert_eq!(notices(&chief).await, ["chat_link.chat_gone"]);
    assert_eq!(bridge.bots(DESK).len(), 1);
    chief.must("chat_link.resume", json!({ "id": pair["lineage"]["pair"]["id"] })).await;
    bridge.quiet(&chief).await;
    assert_eq!(bridge.bots(DESK).len(), 3);
}

#[tokio::test]
async fn an_issue_that_is_gone_stops_its_pair_alone_and_keeps_what_is_said() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    let (other, other_key) = bridge.conversation(PAVEL, "Не печатает принтер").await;
    bridge.quiet(&chief).await;
    let body = json!({ "errors": {}, "errorMessages": ["Задача не существует."], "statusCode": 404 });
    bridge.break_tracker(Fault::Refuse { status: 404, body, retry_after: None }, &format!("comment_add/{key}"), 1);
    for words in ["Теперь и календарь", "И контакты"] {
        bridge.space.space().say_in_thread(NINA, anchor.id, words).unwrap();
        bridge.quiet(&chief).await;
    }
    bridge.space.space().say_in_thread(PAVEL, other.id, "Третий этаж").unwrap();
    look_until(|| Some(()).filter(|()| bridge.comments(&other_key).len() == 1)).await;
    bridge.quiet(&chief).await;
    let pair = bridge.pair(&chief, &key).await;
    assert_eq!(
        (&pair["lineage"]["pair"]["paused_why"], &pair["lineage"]["pair"]["held"]),
        (&json!("issue_gone"), &json!(2))
    );
    assert_eq!((notices(&chief).await, bridge.comments(&key).len()), (vec!["chat_link.issue_gone".to_owned()], 0));
    chief.must("chat_link.resume", json!({ "id": pair["lineage"]["pair"]["id"] })).await;
    look_until(|| Some(()).filter(|()| bridge.comments(&key).len() == 2)).await;
    bridge.quiet(&chief).await;
    assert_eq!(notices(&chief).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_issue_that_is_locked_is_waited_for_and_the_others_go_on() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    let (other, other_key) = bridge.conversation(PAVEL, "Не печатает принтер").await;
    bridge.quiet(&chief).await;
    let body = json!({ "errors": {}, "errorMessages": ["Задача изменяется."], "statusCode": 423 });
    bridge.break_tracker(Fault::Refuse { status: 423, body, retry_after: None }, &format!("comment_add/{key}"), 1);
    bridge.space.space().say_in_thread(NINA, anchor.id, "Теперь и календарь").unwrap();
    let of_it = format!("/issues/{key}/comments");
    let tried = || {
        let all = bridge.tracker.tracker().journal.since(0);
        all.iter().filter(|entry| entry.name == "comment_add" && entry.line.contains(&of_it)).count()
    };
    look_until(|| Some(()).filter(|()| tried() == 1)).await;
    bridge.space.space().say_in_thread(PAVEL, other.id, "Третий этаж").unwrap();
    look_until(|| Some(()).filter(|()| bridge.comments(&other_key).len() == 1)).await;
    assert_eq!((tried(), bridge.comments(&key).len()), (1, 0), "the locked one waits alone");
    look_until(|| Some(()).filter(|()| bridge.comments(&key).len() == 1)).await;
    bridge.quiet(&chief).await;
    assert_eq!((tried(), notices(&chief).await), (2, vec![]));
}

#[tokio::test]
async fn a_token_without_a_scope_is_named_and_what_waits_is_sent_once_it_has_it() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.quiet(&chief).await;
    let space = bridge.space.space();
    let scopes = |but: &str| SCOPES.iter().filter(|scope| **scope != but).map(|scope| (*scope).to_owned()).collect();
    space.switch(&SpaceOrder { scopes: Some(scopes("messages:create")), ..SpaceOrder::default() });
    bridge.tracker.tracker().comment("vera", &key, "Почта снова работает").unwrap();
    let raised = async || notices(&chief).await.contains(&"chat_link.barred".to_owned()).then_some(());
    chief.until(raised).await;
    bridge.quiet(&chief).await;
    let asked = space.journal.count("message_create");
    let pair = bridge.pair(&chief, &key).await;
    let item = &pair["lineage"]["items"][0];
    assert_eq!(item["state"], "failed");
    assert!(item["reason"].as_str().unwrap().contains("messages:create"), "{item}");
    space.switch(&SpaceOrder { scopes: Some(scopes("")), ..SpaceOrder::default() });
    chief.must("chat_link.send_item", json!({ "pair": pair["lineage"]["pair"]["id"], "id": item["id"] })).await;
    look_until(|| Some(()).filter(|()| bridge.thread(&anchor).len() == 1)).await;
    bridge.quiet(&chief).await;
    assert_eq!((space.journal.count("message_create"), bridge.thread(&anchor).len()), (asked + 1, 1));
    assert_eq!(notices(&chief).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_tracker_that_answers_with_lists_is_understood_as_well() {
    let bridge = Bridge::open().await;
    bridge.tracker.tracker().switch(&SwitchOrder {
        myself_list: Some(true),
        issue_list: Some(true),
        comment_list: Some(true),
        status_type: Some(true),
        ..SwitchOrder::default()
    });
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.space.space().say_in_thread(NINA, anchor.id, "Теперь и календарь").unwrap();
    bridge.tracker.tracker().comment("vera", &key, "Смотрим").unwrap();
    look_until(|| Some(()).filter(|()| bridge.comments(&key).len() == 2 && bridge.thread(&anchor).len() == 2)).await;
    // A hook of an older template, and one whose JSON a quotation mark has broken: the text is the interface's.
    bridge.tracker.tracker().post.order(MannerOrder { lose_every: Some(1), ..Default::default() });
    let id = bridge.tracker.tracker().comment("vera", &key, "Он говорит: \"сейчас\"").unwrap();
    bridge.tracker.tracker().settled().await;
    bridge.tracker.tracker().post.order(MannerOrder { heal: true, lose_every: Some(0), ..Default::default() });
    let broken = format!(
        "{{\"type\":\"issueCommentEvent\",\"key\":\"{key}\",\"comment\":{{\"id\":\"{id}\",\"text\":\"Он \"подделка\"\"}}}}"
    );
    assert!(bridge.tracker.tracker().tell_raw("DESK", 1, &broken));
    look_until(|| Some(()).filter(|()| bridge.thread(&anchor).len() == 3)).await;
    let old = json!({ "type": "issueCommentEvent", "issue": { "issueKey": key, "local": { "pachcaChatId": 1, "pachcaMessageId": 2 } },
        "comment": { "commentId": id, "body": "подделка", "author": "Кто-то" } });
    assert!(bridge.tracker.tracker().tell_raw("DESK", 1, &old.to_string()));
    bridge.quiet(&chief).await;
    let said = bridge.thread(&anchor);
    assert_eq!(said.len(), 3);
    assert!(said[2].ends_with("Он говорит: \"сейчас\"") && !said.concat().contains("подделка"), "{said:?}");
}
