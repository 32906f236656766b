//! What is kept of conversations and issues is read back whole, and forgotten whole.

use pult_domain::{
    ChatItemId, ChatLinkId, ChatRequestId, ChatWishId, Instant,
    areas::chat_link::{
        Action, Change, ChatMessage, ChatUser, Fact, FileLink, Item, ItemState, Link, Mentions, Place, Press, Request,
        RequestState, Side, User, Way, Wish, WishState, owed::Event,
    },
};
use rusqlite::Connection;

use super::{Filter, Which, apply, counts, erase_author, forget, lineage, load_known, page, requests};
use crate::migrations::in_memory;

fn at(second: i64) -> Instant {
    Instant::from_second(1_795_000_000 + second).unwrap()
}

fn link(id: i64) -> Link {
    Link {
        id: ChatLinkId(id),
        issue: format!("DESK-{id}"),
        issue_id: format!("{id:024x}"),
        url: format!("https://tracker.example.com/DESK-{id}"),
        summary: "Телефония".to_owned(),
        status: "Открыт".to_owned(),
        over: false,
        chat: Some(51_840),
        message: Some(90_000 + id),
        thread: None,
        user: Some(811),
        last_comment: Some("0".to_owned()),
        paused_at: None,
        paused_why: None,
        created_at: at(id),
    }
}

fn item(id: i64, link: i64, state: ItemState) -> Item {
    Item {
        id: ChatItemId(id),
        link: Some(ChatLinkId(link)),
        side: Side::Chat,
        external: format!("{}", 95_000 + id),
        event: Event::Written,
        message: Some(95_000 + id),
        parent: Some(94_000),
        user: Some(811),
        author: "Орлова Мария".to_owned(),
        text: "Нет гудка на втором телефоне".to_owned(),
        files: vec![FileLink { name: "фото.png".to_owned(), size: Some(12), source: "1/2".to_owned(), page: None }],
        mentioned: Mentions { logins: vec!["p.zhukov".to_owned()], by: Some("m.orlova".to_owned()) },
        hops: 1,
        origin: Some(ChatItemId(7)),
        state,
        reason: Some("echo".to_owned()),
        copy: Some("13".to_owned()),
        at: at(id),
    }
}

fn request(id: i64, state: RequestState) -> Request {
    Request {
        id: ChatRequestId(id),
        way: Way::Form,
        state,
        user: 811,
        chat: Some(51_840),
        message: Some(4),
        summary: "Телефония".to_owned(),
        subcategory: Some("Нет гудка".to_owned()),
        text: "Совсем".to_owned(),
        files: vec![],
        name: "Орлова Мария".to_owned(),
        login: Some("m.orlova".to_owned()),
        department: Some("Поддержка".to_owned()),
        link: None,
        digest: Some(format!("digest {id}")),
        trouble: None,
        at: at(id),
    }
}

fn person() -> ChatUser {
    ChatUser {
        id: 811,
        name: "Орлова Мария".to_owned(),
        nickname: "orlova".to_owned(),
        email: Some("M.Orlova@example.com".to_owned()),
        bot: false,
        suspended: false,
        own: false,
    }
}

fn keep(connection: &Connection, changes: impl IntoIterator<Item = Change>) {
    for change in changes {
        apply(connection, &change).unwrap();
    }
}

#[test]
fn what_is_kept_is_what_a_rule_sees() {
    let connection = in_memory().unwrap();
    let wish = Wish {
        id: ChatWishId(1),
        state: WishState::Person,
        user: 811,
        chat: Some(5),
        press: Some(Press { action: Action::Take, link: Some(ChatLinkId(1)) }),
        trouble: Some("нет".to_owned()),
        at: at(1),
    };
    let user = User { person: person(), fetched_at: at(5) };
    let waiting = request(1, RequestState::Author);
    keep(
        &connection,
        [
            Change::Link(Box::new(link(1))),
            Change::Request(Box::new(waiting.clone())),
            Change::Wish(Box::new(wish.clone())),
            Change::Item(Box::new(item(1, 1, ItemState::Done))),
            Change::User(Box::new(user.clone())),
            Change::Echo { side: Side::Chat, external: "95001".to_owned(), at: at(1) },
        ],
    );
    let written = |id: i64, parent: i64| {
        Fact::Written(ChatMessage {
            id,
            chat: 9,
            place: Place::Thread { parent: Some(parent) },
            user: 811,
            text: String::new(),
        })
    };
    let known = load_known(&connection, &written(95_001, 90_001), at(60)).unwrap();
    assert_eq!((known.link, known.item, known.user), (Some(link(1)), Some(item(1, 1, ItemState::Done)), Some(user)));
    assert!(known.ours);
    let known = load_known(&connection, &written(95_002, 90_001), at(60)).unwrap();
    assert_eq!((known.recent.len(), known.item.is_some(), known.ours), (1, false, false));
    assert_eq!((known.recent[0].hops, known.next.item), (1, ChatItemId(2)));
    let known = load_known(&connection, &written(95_002, 90_001), at(60 * 60)).unwrap();
    assert_eq!(known.recent, [], "an hour ago is no echo");

    let read = Fact::ChatUserRead { user: Box::new(person()) };
    let known = load_known(&connection, &read, at(60)).unwrap();
    assert_eq!((known.requests, known.wishes, known.links), (vec![waiting], vec![wish], vec![link(1)]));
}

#[test]
fn a_row_kept_again_is_as_it_is_now() {
    let connection = in_memory().unwrap();
    let paused = Link { paused_at: Some(at(9)), paused_why: Some("echo".to_owned()), thread: Some(77), ..link(1) };
    let mended = Request { state: RequestState::Done, link: Some(ChatLinkId(1)), ..request(1, RequestState::Failed) };
    keep(
        &connection,
        [
            Change::Link(Box::new(link(1))),
            Change::Request(Box::new(request(1, RequestState::Failed))),
            Change::Item(Box::new(item(1, 1, ItemState::Reading))),
            Change::Link(Box::new(paused.clone())),
            Change::Request(Box::new(mended)),
            Change::Item(Box::new(item(1, 1, ItemState::Held))),
        ],
    );
    let known = load_known(&connection, &Fact::ResumeAsked { link: ChatLinkId(1), by: String::new() }, at(9)).unwrap();
    assert_eq!((known.link, known.held), (Some(paused), vec![item(1, 1, ItemState::Held)]));
    assert_eq!(requests(&connection, 10).unwrap(), []);
    let shown = lineage(&connection, ChatLinkId(1), None, 10).unwrap().unwrap();
    assert_eq!((shown.items.len(), shown.request.map(|r| r.state)), (1, Some(RequestState::Done)));
    assert_eq!(
        (shown.pair.held, shown.pair.failed, shown.pair.last.map(|last| last.state)),
        (1, 0, Some(ItemState::Held))
    );
}

#[test]
fn pages_go_through_every_pair_once_and_counts_say_what_waits() {
    let connection = in_memory().unwrap();
    for id in 1..=7 {
        keep(&connection, [Change::Link(Box::new(link(id)))]);
    }
    keep(
        &connection,
        [
            Change::Item(Box::new(item(1, 3, ItemState::Failed))),
            Change::Item(Box::new(item(2, 3, ItemState::Held))),
            Change::Link(Box::new(Link { paused_at: Some(at(9)), ..link(3) })),
            Change::Request(Box::new(request(1, RequestState::Failed))),
            Change::Request(Box::new(request(2, RequestState::Creating))),
            Change::Request(Box::new(request(3, RequestState::Opened))),
        ],
    );
    let (mut seen, mut after) = (vec![], None);
    loop {
        let page = page(&connection, &Filter::default(), after, 3).unwrap();
        seen.extend(page.rows.iter().map(|row| row.id.0));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    for which in [Which::Paused, Which::Stuck] {
        let found = page(&connection, &Filter { which, issue: None }, None, 10).unwrap();
        assert_eq!(found.rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), [3], "{which:?}");
    }
    let one = page(&connection, &Filter { issue: Some("DESK-5".to_owned()), ..Filter::default() }, None, 10).unwrap();
    assert_eq!(one.rows.len(), 1);
    let counts = counts(&connection).unwrap();
    assert_eq!((counts.pairs, counts.paused, counts.held, counts.failed), (7, 1, 1, 1));
    assert_eq!((counts.under_way, counts.not_created), (1, 1));
}

#[test]
fn what_is_old_and_over_is_forgotten_and_conversations_stay() {
    let connection = in_memory().unwrap();
    keep(
        &connection,
        [
            Change::Link(Box::new(link(1))),
            Change::Item(Box::new(item(1, 1, ItemState::Done))),
            Change::Item(Box::new(item(2, 1, ItemState::Held))),
            Change::Request(Box::new(request(1, RequestState::Done))),
            Change::Request(Box::new(request(2, RequestState::Failed))),
            Change::Echo { side: Side::Tracker, external: "13".to_owned(), at: at(1) },
            Change::User(Box::new(User { person: person(), fetched_at: at(1) })),
            Change::User(Box::new(User { person: ChatUser { id: 812, ..person() }, fetched_at: at(100) })),
        ],
    );
    assert_eq!(forget(&connection, at(1), 10).unwrap(), 0);
    assert_eq!(forget(&connection, at(100), 10).unwrap(), 4);
    let known: Vec<i64> = connection
        .prepare("SELECT chat_id FROM ct_user")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(known, [812], "whoever was read lately is known still");
    let shown = lineage(&connection, ChatLinkId(1), None, 10).unwrap().unwrap();
    assert_eq!(shown.items.iter().map(|item| item.id.0).collect::<Vec<_>>(), [2], "what waits is not forgotten");
    assert_eq!(requests(&connection, 10).unwrap().len(), 1);
}

#[test]
fn what_somebody_said_is_erased_and_that_it_was_said_stays() {
    let connection = in_memory().unwrap();
    keep(
        &connection,
        [
            Change::Link(Box::new(link(1))),
            Change::Item(Box::new(item(1, 1, ItemState::Done))),
            Change::Item(Box::new(Item { user: Some(812), external: "x".to_owned(), ..item(2, 1, ItemState::Done) })),
            Change::Request(Box::new(Request { link: Some(ChatLinkId(1)), ..request(1, RequestState::Done) })),
            Change::User(Box::new(User { person: person(), fetched_at: at(1) })),
        ],
    );
    assert_eq!(erase_author(&connection, "m.orlova@EXAMPLE.com").unwrap(), ["DESK-1"]);
    let shown = lineage(&connection, ChatLinkId(1), None, 10).unwrap().unwrap();
    let texts: Vec<bool> = shown.items.iter().map(|item| item.text.is_empty() && item.files.is_empty()).collect();
    assert_eq!(texts, [false, true]);
    let request = shown.request.unwrap();
    assert_eq!((request.name.as_str(), request.text.as_str(), request.login), ("", "", None));
    assert_eq!(erase_author(&connection, "m.orlova@example.com").unwrap(), [""; 0]);
}

#[test]
fn whom_an_item_names_is_read_as_older_versions_kept_it() {
    let read = |json: &str| serde_json::from_str::<Mentions>(json).unwrap();
    let logins = vec!["p.zhukov".to_owned()];
    assert_eq!(read(r#"["p.zhukov"]"#), Mentions { logins: logins.clone(), by: None });
    let whole = Mentions { logins, by: Some("m.orlova".to_owned()) };
    assert_eq!(read(&serde_json::to_string(&whole).unwrap()), whole);
}
