//! Buttons of the bridge: who may press which, what becomes of the issue and of the buttons, and the three lists.
//!
//! Deliberately not here: the form, which is told in `bridge`, and every case of rights (the rule's tests).

use pult_simulators::{
    pachca::world::chat::Message,
    tracker::{
        IssueOrder,
        world::{people::PersonOrder, queue::transitions},
    },
};
use serde_json::json;

use crate::{
    bridge_house::{Bridge, DESK, NINA, PAVEL, VERA},
    caller::look_until,
};

/// The texts on the buttons of a message.
fn buttons(message: &Message) -> Vec<&str> {
    message.buttons.iter().flatten().map(|button| button.text.as_str()).collect()
}

/// Closing asks for nothing in this queue.
fn close_without_asking(bridge: &Bridge) {
    let mut ways = transitions();
    ways.iter_mut().for_each(|way| way.required.clear());
    bridge.tracker.tracker().set_transitions("DESK", ways);
}

/// Waits until the first message of a conversation has a button of this text.
async fn renewed(bridge: &Bridge, anchor: &Message, text: &str) {
    look_until(|| {
        let shown = bridge.space.space().world(|world| world.message(anchor.id).cloned())?;
        buttons(&shown).contains(&text).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_agent_takes_an_issue_and_moves_it_on_by_buttons() {
    let bridge = Bridge::open().await;
    bridge.make_agent();
    let (_house, _pultd, chief) = bridge.ready("agents = [\"Vera\"]").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.press(VERA, anchor.id, "Взять в работу");
    let told = bridge.told_as(VERA, 1).await;
    assert_eq!(told.content, format!("{key}: Открыт. Исполнитель: Вера Смирнова"));
    assert_eq!(bridge.issue(&key).assignee.as_deref(), Some("vera"));

    // The ways are offered in private, and one of them is gone.
    bridge.press(VERA, anchor.id, "Статус");
    let ways = bridge.told_as(VERA, 2).await;
    assert_eq!(ways.content, format!("{key}, сейчас «Открыт». Куда перевести?"));
    assert_eq!(buttons(&ways), ["В работу", "Закрыть"]);
    bridge.press(VERA, ways.id, "В работу");
    let told = bridge.told_as(VERA, 3).await;
    assert_eq!(told.content, format!("{key}: В работе. Исполнитель: Вера Смирнова"));
    assert_eq!(bridge.issue(&key).status, "inProgress");

    // A button of yesterday: that way is not open any more.
    bridge.press(VERA, ways.id, "В работу");
    let told = bridge.told_as(VERA, 4).await;
    assert_eq!(told.content, format!("{key}: из статуса «В работе» такого перехода нет."));

    // Closing asks for a resolution here: whoever pressed reads so in the tracker's words.
    bridge.press(VERA, anchor.id, "Закрыть");
    let told = bridge.told_as(VERA, 5).await;
    assert!(told.content.starts_with("Не получилось: ") && told.content.contains("resolution"), "{}", told.content);
    assert_eq!(bridge.issue(&key).status, "inProgress");
    bridge.quiet(&chief).await;
    assert_eq!((bridge.bots(DESK).len(), bridge.thread(&anchor).len()), (1, 0), "none of it is said aloud");
}

#[tokio::test]
async fn the_reporter_closes_and_reopens_and_does_nothing_else() {
    let bridge = Bridge::open().await;
    close_without_asking(&bridge);
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.press(NINA, anchor.id, "Закрыть");
    renewed(&bridge, &anchor, "Вернуть в работу").await;
    assert_eq!(bridge.issue(&key).status, "closed");
    assert_eq!(bridge.told_as(NINA, 1).await.content, format!("{key}: Закрыт. Исполнитель: —"));
    bridge.press(NINA, anchor.id, "Вернуть в работу");
    renewed(&bridge, &anchor, "Закрыть").await;
    assert_eq!(bridge.issue(&key).status, "open");
    assert_eq!(bridge.told_as(NINA, 2).await.content, format!("{key}: Открыт. Исполнитель: —"));
    for (count, button) in (3..).zip(["Взять в работу", "Статус"]) {
        bridge.press(NINA, anchor.id, button);
        assert_eq!(bridge.told_as(NINA, count).await.content, "Нет прав на это действие", "{button}");
    }

    // A stranger may do nothing, until the tracker has them among the followers.
    for (count, button) in (1..).zip(["Взять в работу", "Статус", "Закрыть"]) {
        bridge.press(PAVEL, anchor.id, button);
        let told = bridge.told_as(PAVEL, count).await;
        assert_eq!((told.content.as_str(), told.buttons.len()), ("Нет прав на это действие", 0), "{button}");
    }
    assert_eq!((bridge.issue(&key).status.as_str(), bridge.issue(&key).assignee), ("open", None));
    let login = "p.zhukov".to_owned();
    bridge.tracker.tracker().hire(&PersonOrder { login: login.clone(), ..PersonOrder::default() });
    let follow = json!({ "followers": { "add": [login] } });
    assert!(bridge.tracker.tracker().change("vera", &key, follow.as_object().unwrap()));
    bridge.press(PAVEL, anchor.id, "Взять в работу");
    look_until(|| bridge.issue(&key).assignee.filter(|assignee| *assignee == login)).await;

    // Closed in the tracker meanwhile: the press finds it so and brings the buttons up to date.
    bridge.told_as(PAVEL, 4).await;
    assert!(bridge.tracker.tracker().move_to("vera", &key, "closed"));
    let version = bridge.issue(&key).version;
    bridge.press(NINA, anchor.id, "Закрыть");
    renewed(&bridge, &anchor, "Вернуть в работу").await;
    bridge.quiet(&chief).await;
    assert_eq!(bridge.issue(&key).version, version, "nothing was done to it twice");
    assert_eq!(bridge.bots(DESK).len(), 1);
}

#[tokio::test]
async fn three_lists_show_everybody_what_is_theirs() {
    let bridge = Bridge::open().await;
    bridge
        .tracker
        .tracker()
        .switch(&pult_simulators::tracker::switches::SwitchOrder { index_lag_ms: Some(0), ..Default::default() });
    let tracker = bridge.tracker.tracker();
    let (_house, _pultd, chief) = bridge.ready("").await;
    bridge.space.space().write_to_bot(NINA, "привет").unwrap();
    let menu = bridge.told_as(NINA, 1).await;
    bridge.press(NINA, menu.id, "Мои задачи");
    let which = bridge.told_as(NINA, 2).await;
    assert_eq!(which.content, "Выберите, какие задачи показать:");
    assert_eq!(buttons(&which), ["Активные", "Закрытые (последние 10)", "Наблюдаю"]);

    // Nothing yet.
    for (count, list, words) in [
        (3, "Активные", "Активных задач не найдено ✅"),
        (4, "Закрытые (последние 10)", "Закрытых задач не найдено 📁"),
        (5, "Наблюдаю", "Наблюдаемых задач не найдено 📁"),
    ] {
        bridge.press(NINA, which.id, list);
        assert_eq!(bridge.told_as(NINA, count).await.content, words);
    }

    // Two of hers, one of somebody else's, twelve that are over, one she follows, one she may read, one that is both.
    let (_, first) = bridge.conversation(NINA, "Не открывается *почта*").await;
    let (_, second) = bridge.conversation(NINA, "Не печатает принтер").await;
    bridge.conversation(PAVEL, "Чужая заявка").await;
    bridge.quiet(&chief).await;
    assert!(tracker.assign("vera", &second, Some("vera")));
    tracker.hire(&PersonOrder { login: "n.orlova".to_owned(), ..PersonOrder::default() });
    let make = |summary: &str, fields: serde_json::Value| {
        let mut fields = fields.as_object().unwrap().clone();
        fields.insert("tags".to_owned(), json!(["Создана в Пачке"]));
        tracker.make(&IssueOrder { summary: Some(summary.to_owned()), fields, ..IssueOrder::default() }).unwrap()
    };
    let prefix = tracker.world(|world| world.queues["DESK"].full_key("pachcaUserId"));
    let over: Vec<String> = (1..=12)
        .map(|n| {
            let key = make(&format!("Старая {n}"), json!({ prefix.as_str(): NINA.to_string() }));
            assert!(tracker.move_to("vera", &key, "closed"));
            key
        })
        .collect();
    let followed = make("Следит", json!({ "followers": ["n.orlova"] }));
    let readable = make("Читает", json!({ "access": ["n.orlova"] }));
    let both = make("И то и другое", json!({ "followers": ["n.orlova"], "access": ["n.orlova"] }));

    bridge.press(NINA, which.id, "Активные");
    let item = |key: &str, words: &str, assignee: &str| {
        format!("[{key}](https://tracker.yandex.ru/{key}) — {words}\nИсполнитель: {assignee}")
    };
    let list = [
        "Открытые задачи:".to_owned(),
        item(&second, "Не печатает принтер (Открыт)", "Вера Смирнова"),
        item(&first, "Не открывается \\*почта\\* (Открыт)", "—"),
    ];
    assert_eq!(bridge.told_as(NINA, 6).await.content, list.join("\n\n"));
    bridge.press(NINA, which.id, "Закрытые (последние 10)");
    let told = bridge.told_as(NINA, 7).await.content;
    let mut list = vec!["Закрытые (последние 10):".to_owned()];
    list.extend((3..=12).rev().map(|n| item(&over[n - 1], &format!("Старая {n} (Закрыт)"), "—")));
    assert_eq!(told, list.join("\n\n"));
    bridge.press(NINA, which.id, "Наблюдаю");
    let told = bridge.told_as(NINA, 8).await.content;
    let list = [
        "Задачи, где я наблюдатель (последние 10):".to_owned(),
        item(&both, "И то и другое (Открыт)", "—"),
        item(&readable, "Читает (Открыт)", "—"),
        item(&followed, "Следит (Открыт)", "—"),
    ];
    assert_eq!(told, list.join("\n\n"));
    // The search fails: whoever asked reads so.
    bridge.break_tracker(
        pult_simulators::service::fault::Fault::Refuse {
            status: 403,
            body: serde_json::Value::Null,
            retry_after: None,
        },
        "search",
        1,
    );
    bridge.press(NINA, which.id, "Активные");
    assert_eq!(bridge.told_as(NINA, 9).await.content, "Ошибка при запросе задач в Трекере.");
}
