//! What is said through the bridge: mentions, files, changes of what was said, and long texts, both ways.
//!
//! Deliberately not here: marks of either system in texts (the integrations' tests).

use pult_simulators::{
    pachca::{
        Attached, SayOrder,
        world::{BOT, chat::Message, people::UserOrder},
    },
    tracker::{NewFile, switches::SwitchOrder, world::people::PersonOrder},
};

use crate::{
    bridge_house::{Bridge, DESK, IVAN, NINA, PAVEL},
    caller::look_until,
};

/// A person's program, whose words are nobody's.
const PROGRAM: u64 = 813;

/// Waits for the message in the thread that ends so.
async fn copied(bridge: &Bridge, anchor: &Message, end: &str) -> Message {
    let ends = |message: &Message| message.content.ends_with(end);
    look_until(|| bridge.space.space().in_thread_of(anchor.id).into_iter().find(ends)).await
}

/// Waits for the comment that holds this.
async fn comment(bridge: &Bridge, key: &str, words: &str) -> pult_simulators::tracker::world::issue::Comment {
    let all = || bridge.tracker.tracker().comments(key);
    look_until(|| all().into_iter().find(|comment| comment.text.contains(words))).await
}

#[tokio::test]
async fn whoever_is_mentioned_is_meant_exactly_and_told() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    let tracker = bridge.tracker.tracker();

    // By the login, by the nickname, which is the beginning of another's; unknown and suspended people stay as they are.
    let words = "@n.orlova и @ivan, посмотрите. Ещё @nobody, @s.gone и @ivan.bot";
    tracker.comment("vera", &key, words).unwrap();
    let message = copied(&bridge, &anchor, "@ivan.bot").await;
    assert!(
        message.content.ends_with("\n@nina.orlova и @ivan, посмотрите. Ещё @nobody, @s.gone и @ivan.bot"),
        "{}",
        message.content
    );
    let mut told = message.mentioned.clone();
    told.retain(|user| *user != 813);
    assert_eq!(told, [IVAN, NINA], "the vendor tells them, and nobody of the same beginning");
    tracker.comment("vera", &key, "Готово, проверяйте").unwrap();
    assert_eq!(copied(&bridge, &anchor, "проверяйте").await.mentioned, Vec::<u64>::new());

    // The other way whoever is mentioned may read the issue, and is let in once.
    for login in ["p.zhukov", "s.gone"] {
        tracker.hire(&PersonOrder { login: login.to_owned(), ..PersonOrder::default() });
    }
    bridge.quiet(&chief).await;
    let changes = || tracker.journal.count("issue_change");
    let before = changes();
    bridge
        .space
        .space()
        .say_in_thread(NINA, anchor.id, "@pz и снова @PZ, @nobody, @s.gone: помогите, пожалуйста")
        .unwrap();
    let said = comment(&bridge, &key, "помогите").await;
    assert_eq!(said.mentioned, Vec::<String>::new(), "the tracker summons nobody by itself");
    look_until(|| Some(()).filter(|()| bridge.issue(&key).access == ["p.zhukov"])).await;
    bridge.space.space().say_in_thread(NINA, anchor.id, "@pz, ещё раз спасибо").unwrap();
    comment(&bridge, &key, "спасибо").await;
    bridge.quiet(&chief).await;
    assert_eq!(changes(), before + 1, "he may read it already");
    assert_eq!(bridge.issue(&key).access, ["p.zhukov"]);
}

#[tokio::test]
async fn files_go_both_ways_and_those_too_large_leave_their_names() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    let (space, tracker) = (bridge.space.space(), bridge.tracker.tracker());
    tracker.switch(&SwitchOrder { largest_file: Some(1_000), ..SwitchOrder::default() });
    let file = |name: &str, size: usize| Attached { name: name.to_owned(), content: vec![b'a'; size] };
    let order = SayOrder {
        user: NINA,
        thread_of: Some(anchor.id),
        text: "Снимок экрана и журнал".to_owned(),
        files: vec![file("снимок экрана.png", 700), file("журнал.txt", 5_000)],
        ..SayOrder::default()
    };
    space.write(&order).unwrap();
    let said = comment(&bridge, &key, "Снимок экрана").await;
    assert!(said.text.contains("Файл «журнал.txt» остался в мессенджере: https://"), "{}", said.text);
    let files = tracker.files(&key);
    assert_eq!(files.len(), 1);
    assert_eq!((files[0].name.as_str(), files[0].content.len()), ("снимок экрана.png", 700));
    assert_eq!(files[0].comment, Some(said.id));

    // A file alone is said as well.
    space.write(&SayOrder { text: String::new(), files: vec![file("ещё.png", 10)], ..order }).unwrap();
    look_until(|| Some(()).filter(|()| tracker.files(&key).len() == 2)).await;

    let brought = |name: &'static str, content: &'static [u8]| NewFile { name, mimetype: "text/plain", content };
    tracker
        .comment_with_file("vera", &key, "Инструкция внутри", &brought("инструкция.txt", b"one, two, three"))
        .unwrap();
    let message = copied(&bridge, &anchor, "Инструкция внутри").await;
    let names = |message: &Message| {
        space.world(|world| message.files.iter().map(|id| world.files[id].clone()).collect::<Vec<_>>())
    };
    let files = names(&message);
    assert_eq!(
        (files.len(), files[0].name.as_str(), files[0].content.as_slice()),
        (1, "инструкция.txt", &b"one, two, three"[..])
    );
    static LARGE: [u8; 26 << 20] = [0; 26 << 20];
    tracker.comment_with_file("vera", &key, "Видео урока", &brought("урок.mp4", &LARGE)).unwrap();
    let end = format!("Файлы не скопированы: урок.mp4 — https://tracker.yandex.ru/{key}");
    let message = copied(&bridge, &anchor, &end).await;
    assert_eq!(names(&message).len(), 0);
    bridge.quiet(&chief).await;
    assert_eq!((bridge.comments(&key).len(), bridge.thread(&anchor).len()), (4, 4));
}

#[tokio::test]
async fn changes_of_what_was_said_are_nothing_new() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    let id = bridge.space.space().say_in_thread(NINA, anchor.id, "Кабель красный").unwrap();
    comment(&bridge, &key, "Кабель красный").await;
    bridge.space.space().edit(id, "Кабель синий").unwrap();
    bridge.space.space().delete(id).unwrap();
    bridge.space.space().settled().await;
    bridge.quiet(&chief).await;
    assert_eq!(bridge.comments(&key).len(), 1);
}

#[tokio::test]
async fn changes_of_what_was_said_are_noted_where_that_is_settled() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("edits = \"note\"").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    let space = bridge.space.space();
    let id = space.say_in_thread(NINA, anchor.id, "Кабель красный").unwrap();
    comment(&bridge, &key, "Кабель красный").await;
    space.edit(id, "Кабель синий").unwrap();
    let noted = comment(&bridge, &key, "Кабель синий").await;
    assert!(noted.text.starts_with("Сообщение изменено:\nКомментарий из Пачки от Нина Орлова"), "{}", noted.text);
    space.edit(id, "Кабель зелёный").unwrap();
    comment(&bridge, &key, "Кабель зелёный").await;
    space.delete(id).unwrap();
    comment(&bridge, &key, "Сообщение удалено:").await;
    // What was never copied is changed without a word: a program's words in the same thread, and a talk of another chat.
    let kitchen = space.make_chat("Вторая кухня", &[PAVEL, BOT]);
    let talk = space.say(PAVEL, kitchen, "Чай готов").unwrap();
    space.add_members(DESK, &[PROGRAM]).unwrap();
    let others = [
        space.say_in_thread(PROGRAM, anchor.id, "Погода хорошая").unwrap(),
        space.say_in_thread(PAVEL, talk, "Иду на кухню").unwrap(),
    ];
    bridge.quiet(&chief).await;
    for other in others {
        space.edit(other, "Погода плохая, чай остыл").unwrap();
        space.delete(other).unwrap();
    }
    bridge.quiet(&chief).await;
    let all = bridge.comments(&key);
    assert_eq!(all.len(), 4, "{all:?}");
    assert!(!all.iter().any(|(_, text)| text.contains("Погода") || text.contains("кухню")), "{all:?}");
    assert_eq!(bridge.made(), [key.as_str()]);
}

#[tokio::test]
async fn long_texts_are_cut_and_say_so() {
    let bridge = Bridge::open().await;
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    for (length, cut) in [(4_000, false), (4_001, true)] {
        let letter = if cut { "ж" } else { "щ" };
        bridge.space.space().say_in_thread(NINA, anchor.id, &letter.repeat(length)).unwrap();
        let said = comment(&bridge, &key, letter.repeat(4_000).as_str()).await;
        assert_eq!(said.text.contains("\n…(обрезано)"), cut, "{length}");
        assert_eq!(said.text.matches(letter).count(), 4_000);
    }
    bridge.tracker.tracker().comment("vera", &key, &"ф".repeat(4_001)).unwrap();
    let message = copied(&bridge, &anchor, &format!("…\nhttps://tracker.yandex.ru/{key}")).await;
    assert!(message.content.chars().count() <= 4_000);
    assert!(message.content.matches('ф').count() > 3_500);
    bridge.quiet(&chief).await;
    assert_eq!((bridge.comments(&key).len(), bridge.thread(&anchor).len()), (3, 3));
}

/// Fails when people are looked for on the first page alone: then nobody of the second is found, and somebody of whose name there is
/// another is taken for the only one.
#[tokio::test]
async fn whoever_is_named_is_looked_for_on_every_page_of_people() {
    const MANY: usize = 55;
    let bridge = Bridge::open().await;
    let space = bridge.space.space();
    let arrives = |nickname: &str, email: &str| {
        let order =
            UserOrder { nickname: Some(nickname.to_owned()), email: Some(email.to_owned()), ..UserOrder::default() };
        space.order_user(None, &order).unwrap()
    };
    // Every search below finds more than a page of fifty; pages are in the order people came.
    arrives("first.one", "twin@example.org");
    for n in 0..MANY {
        arrives(&format!("pavel.last.twin.{n}"), &format!("pavlov.twin.{n}@example.org"));
    }
    arrives("second.one", "twin@example.net");
    let last = arrives("pavel.last", "pavlov@example.org");
    bridge.tracker.tracker().hire(&PersonOrder { login: "pavlov".to_owned(), ..PersonOrder::default() });
    let (_house, _pultd, chief) = bridge.ready("").await;
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;

    // By a login in the tracker, and by a nickname in the messenger.
    bridge.tracker.tracker().comment("vera", &key, "@pavlov и @twin, посмотрите").unwrap();
    let message = copied(&bridge, &anchor, "посмотрите").await;
    assert!(message.content.ends_with("\n@pavel.last и @twin, посмотрите"), "{}", message.content);
    assert!(message.mentioned.contains(&last), "{:?}", message.mentioned);
    bridge.space.space().say_in_thread(NINA, anchor.id, "@pavel.last, помогите, пожалуйста").unwrap();
    comment(&bridge, &key, "помогите").await;
    bridge.quiet(&chief).await;
    assert_eq!(bridge.issue(&key).access, ["pavlov"]);
}
