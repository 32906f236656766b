//! Comments both ways.

use chat_link::owed::{Event, PostComment};

use super::{
    server::{Vendor, good, line, lost, perform},
    *,
};
use crate::Delivery;

const ISSUE: &str = "GET /v3/issues/DESK-41?expand=attachments";
const OURS: i64 = 8_000_000_000_000_077;

fn read(after: Option<&str>, named: Option<&str>) -> Effect {
    let text = |text: Option<&str>| text.map(str::to_owned);
    Effect::ReadComments { issue: "DESK-41".to_owned(), after: text(after), named: text(named), since: None }
}

fn myself() -> server::Line {
    good(json!({"uid": OURS, "login": "desk-robot", "hasLicense": true}))
}

fn comment(id: u32, by: i64, text: &str) -> Value {
    json!({
        "id": id,
        "text": text,
        "createdBy": {"id": by.to_string(), "display": "Вера Смирнова"},
        "createdAt": "2026-11-20T09:40:00.000+0000",
    })
}

async fn comments(tracker: &Tracker, effect: &Effect) -> (IssueCard, Vec<chat_link::Comment>) {
    let said = fact(perform(tracker, effect).await);
    let chat_link::Fact::CommentsRead { issue, comments, .. } = said else { panic!("{said:?}") };
    (*issue, comments)
}

fn ids(comments: &[chat_link::Comment]) -> Vec<&str> {
    comments.iter().map(|comment| comment.id.as_str()).collect()
}

#[tokio::test]
async fn all_comments_after_the_last_one_are_read_page_by_page() {
    let first: Vec<Value> = (11..111).map(|id| comment(id, if id == 12 { OURS } else { 101 }, "x")).collect();
    let (vendor, tracker) = Vendor::with([
        good(issue("DESK-41", json!({local("pachcaChatId"): "51840", local("pachcaMessageId"): "700108"}))),
        myself(),
        good(json!(first)),
        good(json!([comment(111, 101, "y")])),
    ])
    .await;
    let (card, read_ones) = comments(&tracker, &read(Some("10"), Some("12"))).await;
    assert_eq!(card.conversation.map(|place| (place.user, place.chat, place.message)), Some((None, 51_840, 700_108)));
    assert_eq!(read_ones.len(), 101);
    assert_eq!((read_ones[0].id.as_str(), read_ones[0].own, read_ones[1].own), ("11", false, true));
    assert_eq!(read_ones[0].at, "2026-11-20T09:40:00Z".parse().ok());
    let want = [
        ISSUE,
        "GET /v3/myself",
        "GET /v3/issues/DESK-41/comments?perPage=100&expand=attachments&id=10",
        "GET /v3/issues/DESK-41/comments?perPage=100&expand=attachments&id=110",
    ];
    assert_eq!(vendor.lines(), want);
    // Who we are is known by now, and what the tracker gives besides does not count.
    vendor.go_on([
        good(issue("DESK-41", json!({}))),
        good(json!([comment(9, 1, ""), comment(10, 1, ""), comment(11, 1, "")])),
    ]);
    assert_eq!(ids(&comments(&tracker, &read(Some("10"), None)).await.1), ["11"]);
}

#[tokio::test]
async fn where_nothing_was_handled_only_the_comment_named_is_read() {
    let rows = json!([comment(11, 1, "a"), comment(12, 1, "b"), comment(13, 1, "c")]);
    let (vendor, tracker) = Vendor::with([good(issue("DESK-41", json!({}))), myself(), good(rows.clone())]).await;
    assert_eq!(ids(&comments(&tracker, &read(None, Some("12"))).await.1), ["12"]);
    vendor.go_on([good(issue("DESK-41", json!({}))), good(rows.clone())]);
    assert!(comments(&tracker, &read(None, Some("99"))).await.1.is_empty());
    vendor.go_on([good(issue("DESK-41", json!({}))), good(rows)]);
    assert_eq!(ids(&comments(&tracker, &read(Some("0"), None)).await.1), ["11", "12", "13"]);
    assert_eq!(vendor.lines()[6], "GET /v3/issues/DESK-41/comments?perPage=100&expand=attachments");
    // Nothing is named: the issue alone tells how it is.
    vendor.go_on([good(issue("DESK-41", json!({"status": {"key": "Closed", "display": "Закрыт"}})))]);
    let (card, none) = comments(&tracker, &read(None, None)).await;
    assert!(none.is_empty() && card.over && card.status_name == "Закрыт");
    assert!(vendor.is_done() && vendor.lines().len() == 8);
}

#[tokio::test]
async fn files_of_a_comment_are_told_with_where_they_are() {
    let whole = json!({"attachments": [
        {"id": "5", "name": "лог.txt", "size": 12, "content": "https://api.example.com/v3/issues/DESK-41/attachments/5/x"},
    ]});
    let mut with_files = comment(11, 1, "");
    with_files["attachments"] = json!([
        {"id": "5", "display": "короткое.txt"},
        {"id": "6", "display": "b.png", "self": "https://api.example.com/v3/attachments/6"},
        {"id": "7"},
    ]);
    let (_, tracker) = Vendor::with([good(issue("DESK-41", whole)), myself(), good(json!([with_files]))]).await;
    let (_, read_ones) = comments(&tracker, &read(Some("0"), None)).await;
    let file = |name: &str, size, source: &str| FileLink {
        name: name.to_owned(),
        size,
        source: source.to_owned(),
        page: None,
    };
    let want = [
        file("лог.txt", Some(12), "https://api.example.com/v3/issues/DESK-41/attachments/5/x"),
        file("b.png", None, "https://api.example.com/v3/attachments/6"),
    ];
    assert_eq!(read_ones[0].files, want);
}

#[tokio::test]
async fn only_issues_of_our_queue_count() {
    let (vendor, tracker) = Vendor::with([good(issue("OTHER-5", json!({"queue": {"key": "OTHER", "id": "7"}})))]).await;
    let moved = word(&perform(&tracker, &read(None, Some("1"))).await);
    assert_eq!(moved, "refused does_not_exist: the issue is not of the queue DESK");
    // Of another queue's issue nothing is asked at all.
    for key in ["OTHER-5", "../users", "DESK-1/x"] {
        let effect = Effect::ReadComments { issue: key.to_owned(), after: None, named: None, since: None };
        assert!(word(&perform(&tracker, &effect).await).starts_with("refused does_not_exist"), "{key}");
    }
    assert_eq!(vendor.lines(), [ISSUE]);
}

#[tokio::test]
async fn a_queue_may_be_known_by_its_id() {
    let other = |settings: &mut Settings| settings.queue_id = "29".to_owned();
    let renamed = json!({"queue": {"key": "HELP", "id": 29}});
    let (_, tracker) = Vendor::with_settings([good(issue("HELP-5", renamed))], secrets(), other).await;
    assert_eq!(word(&perform(&tracker, &read(None, None)).await), "comments_read");
}

fn post(change: impl FnOnce(&mut PostComment)) -> Effect {
    let mut post = PostComment {
        item: ChatItemId(5),
        issue: "DESK-41".to_owned(),
        author: "Мария *Орлова*".to_owned(),
        user: 811,
        event: Event::Written,
        text: "всё равно не работает".to_owned(),
        files: vec![],
        since: now(),
    };
    change(&mut post);
    Effect::PostComment(Box::new(post))
}

fn posted(id: Value) -> server::Line {
    line(201, json!({"id": id, "longId": "673d"}).to_string())
}

#[tokio::test]
async fn a_message_becomes_a_comment() {
    let (vendor, tracker) = Vendor::with([posted(json!(12)), line(201, r#"[{"id": "13"}]"#)]).await;
    for id in ["12", "13"] {
        let said = fact(perform(&tracker, &post(|_| {})).await);
        assert_eq!(said, chat_link::Fact::CommentPosted { item: ChatItemId(5), comment: id.to_owned() });
    }
    let asked = vendor.asked(0);
    assert_eq!(asked.line, "POST /v3/issues/DESK-41/comments?isAddToFollowers=false");
    let text = "Комментарий из Пачки от Мария \\*Орлова\\* (id 811):\n\nвсё равно не работает\n\n· ref c003e2";
    assert_eq!(asked.json(), json!({"text": text}));
}

#[tokio::test]
async fn a_comment_says_what_became_of_the_message() {
    let head = "Комментарий из Пачки от Мария \\*Орлова\\* (id 811):";
    let table: [(fn(&mut PostComment), String); 4] = [
        (|post| post.event = Event::Edited, format!("Сообщение изменено:\n{head}\n\nвсё равно не работает")),
        (|post| post.event = Event::Deleted, format!("Сообщение удалено:\n{head}\n\nвсё равно не работает")),
        (|post| post.text = "я".repeat(4000), format!("{head}\n\n{}", "я".repeat(4000))),
        (|post| post.text = "я".repeat(4001), format!("{head}\n\n{}\n…(обрезано)", "я".repeat(4000))),
    ];
    for (change, want) in table {
        let (vendor, tracker) = Vendor::with([posted(json!(12))]).await;
        assert_eq!(word(&perform(&tracker, &post(change)).await), "message_copied");
        assert_eq!(vendor.asked(0).json()["text"], format!("{want}\n\n· ref c003e2"));
    }
}

#[tokio::test]
async fn files_of_a_message_go_with_it_or_are_named() {
    let (vendor, tracker) = Vendor::with([line(201, r#"[{"id": "31"}]"#), posted(json!(12))]).await;
    let page = Some("https://chat.example.com/m/7".to_owned());
    let files = vec![file("a.txt", "1"), FileLink { page, ..file("b.txt", "gone") }];
    let effect = post(|post| (post.text, post.files) = (String::new(), files));
    assert_eq!(word(&perform(&tracker, &effect).await), "message_copied");
    let text = "Комментарий из Пачки от Мария \\*Орлова\\* (id 811):\n\nФайл «b.txt» остался в мессенджере: https://chat.example.com/m/7\n\n· ref c003e2";
    assert_eq!(vendor.asked(1).json(), json!({"text": text, "attachmentIds": ["31"]}));
}

#[tokio::test]
async fn a_comment_in_doubt_is_looked_for_by_its_reference() {
    let ours = |id, text: &str| comment(id, OURS, text);
    for (rows, want) in [
        (json!([ours(11, "x\n\n· ref c003e2")]), "done message_copied"),
        (json!([ours(11, "x\n\n· ref c003e2\nи ещё"), ours(12, "y\n· ref c003e2 \n")]), "done message_copied"),
        // Somebody else wrote the same, or we something else.
        (json!([comment(11, 101, "x\n\n· ref c003e2"), ours(12, "x\n\n· ref 000000")]), "not done"),
        (json!([]), "not done"),
    ] {
        let (vendor, tracker) = Vendor::with([lost(), myself(), good(rows)]).await;
        let effect = post(|_| {});
        assert_eq!(word(&perform(&tracker, &effect).await), "unknown");
        assert_eq!(settled(tracker.settle(&effect, &key()).await), want);
        assert_eq!(vendor.lines()[2], "GET /v3/issues/DESK-41/comments?perPage=100&expand=attachments");
    }
    let (_, tracker) = Vendor::with([line(429, "").with("retry-after", "3")]).await;
    assert_eq!(settled(tracker.settle(&post(|_| {}), &key()).await), "retry Some(3s)");
}

#[tokio::test]
async fn a_server_that_always_gives_a_full_page_is_left() {
    let full: Vec<Value> = (1..=100).map(|id| comment(id, 1, "x")).collect();
    let pages = (0..60).map(|n| {
        let mut page = full.clone();
        page[99]["id"] = json!(1000 + n);
        good(json!(page))
    });
    let (vendor, tracker) = Vendor::with([good(issue("DESK-41", json!({}))), myself()].into_iter().chain(pages)).await;
    assert_eq!(word(&perform(&tracker, &read(Some("0"), None)).await), "unreachable");
    assert_eq!(vendor.lines().len(), 52);
}

#[tokio::test]
async fn where_nothing_was_handled_those_since_an_instant_are_read() {
    let old = json!({"id": 11, "text": "Давно", "createdAt": "2026-11-20T09:00:00.000+0000"});
    let rows = json!([old, comment(12, 5, "Новое"), comment(13, 5, "И ещё")]);
    let (_, tracker) = Vendor::with([good(issue("DESK-41", json!({}))), myself(), good(rows)]).await;
    let Effect::ReadComments { issue, after, named, .. } = read(None, None) else { panic!() };
    let since = Some("2026-11-20T09:30:00Z".parse().unwrap());
    let (_, read) = comments(&tracker, &Effect::ReadComments { issue, after, named, since }).await;
    assert_eq!(ids(&read), ["12", "13"]);
}
