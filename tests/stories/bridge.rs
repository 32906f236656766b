//! The bridge as those on both its ends have it: people who write in the messenger, and people who work in the tracker. Both systems are
//! simulated from their contracts.
//!
//! Deliberately not here: every case of the rule (its tests), each row of the vendors' error tables (their integrations'), buttons and lists
//! (`bridge_buttons`), losses and limits (`bridge_trouble`).

use pult_simulators::{
    pachca::{Attached, Outcome, Pressed, SayOrder},
    service::post::MannerOrder,
};
use serde_json::{Value, json};

use crate::{
    bridge_house::{Bridge, DESK, NINA},
    caller::look_until,
};

#[tokio::test]
async fn a_message_in_the_desks_chat_becomes_an_issue_and_stays_one_conversation_with_it() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта\nПишет: нет *связи*").await;
    let lines: Vec<&str> = anchor.content.lines().collect();
    assert_eq!(lines[0], "📩 Обращение в ServiceDesk");
    assert_eq!(lines[1], "Тема: Не открывается почта");
    assert!(
        anchor.content.ends_with(&format!("Ссылка на задачу: https://tracker.yandex.ru/{key}")),
        "{}",
        anchor.content
    );
    let buttons: Vec<&str> = anchor.buttons.iter().flatten().map(|button| button.text.as_str()).collect();
    assert_eq!(buttons, ["Взять в работу", "Статус", "Закрыть", "Мои задачи"]);

    // The issue shows its conversation.
    let issue = look_until(|| {
        let issue = bridge.tracker.tracker().issue(&key)?;
        let linked = issue
            .locals
            .iter()
            .any(|(name, value)| name.ends_with("pachcaMessageId") && *value == json!(anchor.id.to_string()));
        linked.then_some(issue)
    })
    .await;
    assert_eq!(issue.summary, "Не открывается почта");
    assert_eq!(issue.description.as_deref(), Some("Не открывается почта\nПишет: нет \\*связи\\*"), "as it was written");

    // Both ways.
    bridge.space.space().say_in_thread(NINA, anchor.id, "Теперь и календарь").unwrap();
    let comments = look_until(|| Some(bridge.comments(&key)).filter(|all| !all.is_empty())).await;
    assert!(comments[0].1.starts_with("Комментарий из Пачки от Нина Орлова (id 815):"), "{comments:?}");
    assert!(comments[0].1.contains("Теперь и календарь"));
    bridge.tracker.tracker().comment("vera", &key, "Перезагрузите почтовую программу").unwrap();
    let thread = look_until(|| Some(bridge.thread(&anchor)).filter(|all| all.len() > 1)).await;
    assert_eq!(thread[1], "🔔 Добавлен комментарий:\nАвтор: Вера Смирнова\nПерезагрузите почтовую программу");

    // Nothing comes back.
    bridge.space.space().settled().await;
    bridge.tracker.tracker().settled().await;
    chief.until_settled().await;
    assert_eq!((bridge.comments(&key).len(), bridge.thread(&anchor).len(), bridge.bots(DESK).len()), (2, 2, 1));
    let pair = bridge.pair(&chief, &key).await;
    let states: Vec<&str> =
        pair["lineage"]["items"].as_array().unwrap().iter().map(|i| i["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["done", "done", "skipped"], "the first message has no files to copy");
    assert_eq!(pair["lineage"]["request"]["state"], "done");
    let file = chief.file("chat_link.export", json!({ "issue": key })).await;
    let line = file.lines().nth(1).unwrap();
    assert!(line.contains(&key) && line.contains("Перезагрузите почтовую программу"), "{file}");
}

#[tokio::test]
async fn whoever_writes_to_the_bot_gets_the_menu_and_with_the_form_one_issue() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    bridge.space.space().write_to_bot(NINA, "привет").unwrap();
    let menu = look_until(|| bridge.told(NINA).into_iter().next()).await;
    assert_eq!(menu.content, "Выберите действие:");
    let Ok(Pressed::Trigger(trigger)) = bridge.space.space().press(NINA, menu.id, "Создать обращение в ServiceDesk")
    else {
        panic!("no such button")
    };
    let view = bridge.space.space().opened(&trigger).await;
    let filled = |topics: &[(&str, &str)], text: &str| {
        let mut data = serde_json::Map::new();
        data.extend(topics.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        data.insert("description".to_owned(), json!(text));
        Value::Object(data)
    };
    let twice = filled(&[("topic_mango", "Проблемы с качеством связи"), ("topic_yandex", "Почта")], "Нет писем");
    let Ok(Outcome::Errors { errors }) = bridge.space.space().submit(view.id, &twice).await else { panic!("taken") };
    assert!(errors.contains_key("topic_mango") && errors.contains_key("topic_yandex"), "{errors:?}");
    let blank = filled(&[("topic_yandex", "Почта")], "  ");
    let Ok(Outcome::Errors { errors }) = bridge.space.space().submit(view.id, &blank).await else { panic!("taken") };
    assert_eq!(errors["description"], "Опишите проблему — это поле обязательно.");
    let right = filled(&[("topic_yandex", "Почта")], "Нет писем с утра");
    let sent = bridge.space.space().submit(view.id, &right).await;
    assert_eq!(sent, Ok(Outcome::Closed));

    let anchor = look_until(|| bridge.told(NINA).into_iter().nth(1)).await;
    assert!(anchor.content.contains("Тема: Проблемы с сервисами Яндекс"), "{}", anchor.content);
    chief.until_settled().await;
    let issues: Vec<_> = bridge
        .tracker
        .tracker()
        .issues()
        .into_iter()
        .filter(|i| i.tags.contains(&"Создана в Пачке".to_owned()))
        .collect();
    assert_eq!(issues.len(), 1);
    assert!(
        issues[0].description.as_deref().unwrap_or_default().contains("*Подкатегория:* Почта"),
        "{:?}",
        issues[0].description
    );
}

#[tokio::test]
async fn nothing_unsigned_is_believed_at_either_end() {
    let bridge = Bridge::open().await;
    let (_house, pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не печатает принтер на этаже").await;
    let hooks = pultd.at_hooks();
    let forged = json!({"type": "message", "event": "new", "id": 1, "entity_type": "thread", "entity_id": 1, "content": "@vera впусти",
        "user_id": NINA, "chat_id": 1, "thread": {"message_id": anchor.id, "message_chat_id": DESK}, "webhook_timestamp": 1});
    assert_eq!(hooks.post("/hooks/pachca", &forged).await.status, 401);
    let comment =
        json!({"type": "issueCommentEvent", "issue": {"key": key}, "comment": {"id": 7, "text": "поддельный"}});
    assert_eq!(hooks.post("/hooks/tracker", &comment).await.status, 401);
    bridge.space.space().post.order(MannerOrder {
        wrong_secret: Some(true),
        again_ms: Some(vec![]),
        ..Default::default()
    });
    bridge.space.space().say_in_thread(NINA, anchor.id, "Подписано чужим секретом").unwrap();
    bridge.space.space().settled().await;
    // The history of events knows it all the same, and nobody can forge that.
    look_until(|| Some(()).filter(|()| bridge.comments(&key).len() == 1)).await;
    chief.until_settled().await;
    assert_eq!(bridge.thread(&anchor).len(), 1);
}

#[tokio::test]
async fn a_picture_beside_the_first_message_is_in_the_issue() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let picture = Attached { name: "экран.png".to_owned(), content: b"a picture".to_vec() };
    let order = SayOrder {
        user: NINA,
        chat: Some(DESK),
        text: "Вот что пишет почта".to_owned(),
        files: vec![picture],
        ..SayOrder::default()
    };
    bridge.space.space().write(&order).unwrap();
    let (_, key) = bridge.anchor(DESK, 1).await;
    let files = look_until(|| Some(bridge.tracker.tracker().files(&key)).filter(|files| !files.is_empty())).await;
    assert_eq!((files[0].name.as_str(), files[0].content.as_slice()), ("экран.png", &b"a picture"[..]));
    chief.until_settled().await;
    assert_eq!(bridge.comments(&key).len(), 1);
}
