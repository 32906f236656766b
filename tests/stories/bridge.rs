//! The bridge as those on both its ends have it: people who write in the messenger, and people who work in the tracker. Both systems are
//! simulated from their contracts.
//!
//! Deliberately not here: every case of the rule (its tests), and each row of the vendors' error tables (their integrations').

use pult_simulators::{
    pachca::{self, Attached, Outcome, Pressed, SayOrder, world::chat::Message},
    secret::Secret,
    service::post::MannerOrder,
    tracker,
};
use serde_json::{Value, json};
use url::Url;

use crate::{
    caller::{Caller, look_until},
    house::{House, Pultd, Setup, trust_ring},
};

const TOKEN: &str = "token of the story's bot";
const SIGNING: &str = "signing secret of the story";
const TRACKER_TOKEN: &str = "token of the story's robot";
const HOOK_KEY: &str = "c0ffee00112233445566778899aabbccddeeff00112233445566778899aabbcc";
const DIRECTORY: &str = "token of the story's directory";
/// The chat whose messages become issues, and people in it.
const DESK: u64 = 51_840;
const NINA: u64 = 815;

/// Both ends.
struct Bridge {
    space: pachca::Simulator,
    tracker: tracker::Simulator,
}

impl Bridge {
    async fn open() -> Self {
        trust_ring();
        let space =
            pachca::Settings { limit_scale: None, ..pachca::Settings::new(Secret::new(TOKEN), Secret::new(SIGNING)) };
        let tracker = tracker::Settings {
            directory_token: Some(Secret::new(DIRECTORY)),
            hook_key: Some(Secret::new(HOOK_KEY)),
            ..tracker::Settings::new(Secret::new(TRACKER_TOKEN))
        };
        let bridge =
            Self { space: pachca::start(space).await.unwrap(), tracker: tracker::start(tracker).await.unwrap() };
        bridge.tracker.tracker().switch(&tracker::switches::SwitchOrder { no_limit: true, ..Default::default() });
        bridge
    }

    /// A Pult between them; `areas` are further lines of its section.
    fn house(&self, areas: &str) -> House {
        let tracker = self.tracker.base();
        Setup::new()
            .secret("ct.pachca_token", TOKEN)
            .secret("ct.webhook_secret", SIGNING)
            .secret("ct.tracker_token", TRACKER_TOKEN)
            .secret("ct.tracker_hook_key", HOOK_KEY)
            .secret("ct.y360_token", DIRECTORY)
            .and(&format!(
                "[integrations.pachca]\nenabled = true\nbase = \"{}\"\npoll_s = 1\nemail_domain = \"example.com\"\n\
                 [integrations.tracker]\nenabled = true\nbase = \"{tracker}\"\norg_id = \"7654321\"\nqueue_key = \"DESK\"\n\
                 rate_per_second = 50\n[integrations.yandex360]\nenabled = true\nbase = \"{tracker}\"\norg_id = \"7654321\"\n\
                 [areas.chat_link]\ndesk_chats = [{DESK}]\n{areas}\n",
                self.space.base(),
            ))
            .build()
    }

    /// Sends what happens at both ends to this engine.
    fn tell(&self, pultd: &Pultd) {
        let hook = |name: &str| Some(Url::parse(&format!("{}/hooks/{name}", pultd.hooks)).unwrap());
        self.space.space().switch(&pachca::switches::SwitchOrder { hook_url: hook("pachca"), ..Default::default() });
        self.tracker
            .tracker()
            .switch(&tracker::switches::SwitchOrder { hook_url: hook("tracker"), ..Default::default() });
    }

    async fn ready(&self, areas: &str) -> (House, Pultd, Caller) {
        let house = self.house(areas);
        let (pultd, chief) = house.open().await;
        self.tell(&pultd);
        (house, pultd, chief)
    }

    /// What the bot wrote into a chat, oldest first.
    fn bots(&self, chat: u64) -> Vec<Message> {
        let bot = |message: &Message| message.user == pachca::world::BOT;
        self.space.space().messages(chat).into_iter().filter(bot).collect()
    }

    /// What the bot wrote to a person in private.
    fn told(&self, user: u64) -> Vec<Message> {
        self.space.space().direct_chat(user).map(|chat| self.bots(chat)).unwrap_or_default()
    }

    /// The first message of the newest issue's conversation and its key, once it stands in the chat.
    async fn anchor(&self, chat: u64, count: usize) -> (Message, String) {
        let anchor = look_until(|| self.bots(chat).into_iter().nth(count - 1)).await;
        let key = anchor.content.rsplit('/').next().unwrap_or_default().trim().to_owned();
        (anchor, key)
    }

    /// A message in the desk's chat, and the conversation it became.
    async fn conversation(&self, user: u64, text: &str) -> (Message, String) {
        let before = self.bots(DESK).len();
        self.space.space().say(user, DESK, text).unwrap();
        self.anchor(DESK, before + 1).await
    }

    /// Comments of an issue as (who, what).
    fn comments(&self, key: &str) -> Vec<(String, String)> {
        let all = self.tracker.tracker().comments(key);
        all.into_iter().map(|comment| (comment.author, comment.text)).collect()
    }

    /// What stands in a thread, oldest first.
    fn thread(&self, anchor: &Message) -> Vec<String> {
        self.space.space().in_thread_of(anchor.id).into_iter().map(|message| message.content).collect()
    }

    async fn pair(&self, chief: &Caller, key: &str) -> Value {
        let page = chief.must("chat_link.page", json!({ "filter": { "issue": key }, "limit": 1 })).await;
        let id = page["rows"][0]["id"].clone();
        chief.must("chat_link.pair", json!({ "id": id, "limit": 100 })).await
    }
}

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
