//! Forms and what becomes of them: what is missing, the same form twice, a form of the settings, and an issue that is made although the
//! tracker fails at some of it or the directory is long.
//!
//! Deliberately not here: two topics and a blank text (`bridge`), a form that opens too late (`bridge_trouble`), and every bound of a text
//! (the rule's tests).

use std::collections::BTreeMap;

use jiff::Timestamp;
use pult_simulators::{
    pachca::{
        Outcome,
        world::{people::UserOrder, views::View},
    },
    service::fault::Fault,
    tracker::world::people::{PersonOrder, VISAS},
};
use serde_json::{Value, json};

use crate::{
    bridge_house::{Bridge, NINA, PAVEL, VERA, notices},
    caller::look_until,
};

const OPEN: &str = "Создать обращение в ServiceDesk";

/// Nina writes to the bot and opens the form.
async fn form(bridge: &Bridge) -> View {
    bridge.space.space().write_to_bot(NINA, "привет").unwrap();
    let menu = bridge.told_as(NINA, 1).await;
    let trigger = bridge.press(NINA, menu.id, OPEN);
    bridge.space.space().opened(&trigger).await
}

/// What is wrong with a form, by its blocks.
async fn faults(bridge: &Bridge, view: &View, data: Value) -> BTreeMap<String, String> {
    match bridge.space.space().submit(view.id, &data).await {
        Ok(Outcome::Errors { errors }) => errors,
        other => panic!("{data}: {other:?}"),
    }
}

/// The form as the messenger sends it, by its interface's description.
fn sent(view: &View, callback: Option<&str>, data: &Value) -> Vec<u8> {
    let body = json!({
        "type": "view", "event": "submit", "callback_id": callback, "private_metadata": view.private_metadata,
        "chat_id": view.chat, "user_id": view.user, "data": data, "webhook_timestamp": Timestamp::now().as_second(),
    });
    serde_json::to_vec(&body).unwrap()
}

#[tokio::test]
async fn a_form_without_a_topic_or_a_text_stays_open_and_sent_twice_is_one_request() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let view = form(&bridge).await;
    let errors = faults(&bridge, &view, json!({ "description": "Нет писем с утра" })).await;
    let topics = ["topic_internet", "topic_mango", "topic_other", "topic_workplace", "topic_yandex"];
    assert_eq!(errors.keys().map(String::as_str).collect::<Vec<_>>(), topics);
    assert!(errors.values().all(|words| words == "Выберите одну тему обращения."), "{errors:?}");
    let errors = faults(&bridge, &view, json!({ "topic_yandex": "Почта" })).await;
    let wanted = [("description".to_owned(), "Опишите проблему — это поле обязательно.".to_owned())];
    assert_eq!(errors, BTreeMap::from(wanted));
    bridge.quiet(&chief).await;
    assert_eq!(bridge.made(), Vec::<String>::new());

    // The corrected one is taken, and the same once more, as of a person who pressed twice, is another's echo.
    let data = json!({ "topic_yandex": "Почта", "description": "Нет писем с утра" });
    assert_eq!(bridge.space.space().submit(view.id, &data).await, Ok(Outcome::Closed));
    bridge.told_as(NINA, 2).await;
    let mut whole = json!(topics.iter().map(|topic| (*topic, Value::Null)).collect::<BTreeMap<_, _>>());
    whole.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
    for _ in 0..2 {
        bridge.space.space().tell_raw(sent(&view, view.callback_id.as_deref(), &whole));
    }
    bridge.quiet(&chief).await;
    let answered = bridge.space.space().post.delivered();
    let twice: Vec<_> = answered.iter().filter(|met| met.event == "raw").map(|met| met.status).collect();
    assert_eq!(twice, [Some(200); 2]);
    assert_eq!((bridge.made().len(), bridge.told(NINA).len()), (1, 2));
}

#[tokio::test]
async fn a_form_of_the_settings_has_names_and_a_callback_of_its_own() {
    let form_of = json!({
        "callback": "desk_new", "title": "Новая заявка", "submit": "Послать", "close": "Назад",
        "blocks": [
            { "type": "radio", "name": "about", "label": "О чём", "options": ["Сеть", "Принтер"] },
            {
                "type": "input", "name": "what", "label": "Что случилось", "placeholder": "Коротко", "multiline": false,
                "required": true, "min_length": 3, "max_length": 200
            },
        ],
    });
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready(&format!("form = '''{form_of}'''")).await;
    let view = form(&bridge).await;
    assert_eq!((view.callback_id.as_deref(), &view.view["title"]), (Some("desk_new"), &json!("Новая заявка")));
    let errors = faults(&bridge, &view, json!({})).await;
    assert_eq!(errors.keys().map(String::as_str).collect::<Vec<_>>(), ["about", "what"]);
    let data = json!({ "about": "Сеть", "what": "Не работает розетка" });
    // Under the usual callback it is a form nobody knows here.
    bridge.space.space().tell_raw(sent(&view, Some("sd_form"), &data));
    bridge.quiet(&chief).await;
    assert_eq!(bridge.made(), Vec::<String>::new());
    assert_eq!(bridge.space.space().submit(view.id, &data).await, Ok(Outcome::Closed));
    let anchor = bridge.told_as(NINA, 2).await;
    assert!(anchor.content.contains("Тема: О чём"), "{}", anchor.content);
    bridge.quiet(&chief).await;
    let made = bridge.made();
    assert_eq!(made.len(), 1);
    let issue = bridge.issue(&made[0]);
    let description = issue.description.unwrap_or_default();
    assert_eq!(issue.summary, "О чём");
    assert!(
        description.contains("*Подкатегория:* Сеть") && description.contains("Не работает розетка"),
        "{description}"
    );
}

#[tokio::test]
async fn an_issue_that_could_not_be_given_its_conversation_gets_it_later_and_talks_meanwhile() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    bridge.break_tracker(Fault::Html { status: 502 }, "issue_change", 3);
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.space.space().say_in_thread(NINA, anchor.id, "Теперь и календарь").unwrap();
    bridge.tracker.tracker().comment("vera", &key, "Смотрим").unwrap();
    look_until(|| Some(()).filter(|()| bridge.comments(&key).len() == 2 && bridge.thread(&anchor).len() == 2)).await;
    bridge.quiet(&chief).await;
    let locals = bridge.issue(&key).locals;
    assert_eq!(locals.get("pachcaMessageId"), Some(&json!(anchor.id.to_string())), "{locals:?}");
    assert_eq!((bridge.made(), bridge.comments(&key).len(), bridge.thread(&anchor).len()), (vec![key], 2, 2));
    assert_eq!(notices(&chief).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_department_of_somebody_on_the_last_page_of_the_directory_is_in_their_issue() {
    let bridge = Bridge::open().await;
    let order = UserOrder { email: Some("last@example.com".to_owned()), ..UserOrder::default() };
    bridge.space.space().order_user(Some(PAVEL), &order).unwrap();
    let tracker = bridge.tracker.tracker();
    let last = PersonOrder { login: "last".to_owned(), department: Some(VISAS), ..PersonOrder::default() };
    tracker.hire(&last);
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (_, key) = bridge.conversation(PAVEL, "Не печатает принтер").await;
    bridge.quiet(&chief).await;
    assert_eq!(bridge.issue(&key).locals.get("department"), Some(&json!("Визовый отдел")));
    assert!(tracker.journal.count("directory_users") >= 3, "215 people, a hundred a page");
}

#[tokio::test]
async fn a_transition_whose_answer_was_lost_is_not_made_twice() {
    let bridge = Bridge::open().await;
    bridge.make_agent();
    let (_house, _pultd, chief) = bridge.ready("agents = [\"Vera\"]").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.press(VERA, anchor.id, "Статус");
    let ways = bridge.told_as(VERA, 1).await;
    bridge.break_tracker(Fault::DropAfterCommit, "transition", 1);
    bridge.press(VERA, ways.id, "В работу");
    let told = bridge.told_as(VERA, 2).await;
    assert!(told.content.starts_with(&format!("{key}: В работе.")), "{}", told.content);
    bridge.quiet(&chief).await;
    assert_eq!(bridge.issue(&key).status, "inProgress");
    let calls = bridge.tracker.tracker().journal.count("transition");
    assert_eq!((calls, bridge.told(VERA).len()), (1, 2), "it was looked up");
}
