//! The console's commands about tickets: who sees which, who may change what, and whose files go out. No tracker is connected: what is
//! allowed ends there, and nothing before it says so.
//!
//! Deliberately not here: what is asked of the tracker (the rule's stories), and people's own keys there (the tracker's).

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod house;

use pult_domain::{
    Effect, EffectKey, EffectOrder, Explanation, Instant, Subject, TicketChangeId, TicketId,
    areas::tickets::{
        Ask, Asked, AskedState, Attachment, Card, Change, Dictionary, Entry, Intent, Named, Project, Ticket,
        TicketUser, Wanted,
    },
};
use pult_engine::{
    auth::{Actor, Role, role::Rights},
    clock::Clock,
    error::{ApiError, ErrorCode},
};
use pult_store::{journal, outbox, people, tickets};
use serde_json::{Value, json};

use house::House;

const MARIA: i64 = 7;

fn at(second: i64) -> Instant {
    Instant::from_second(1_790_000_000 + second).unwrap()
}

fn named(id: i64, name: &str) -> Named {
    Named { id, name: name.to_owned() }
}

/// A ticket with a public comment, a private one and a file of its own.
fn ticket(id: i64, author: Option<i64>, email: Option<&str>) -> Ticket {
    let card = Card {
        id: TicketId(id),
        project: named(1, "Поддержка"),
        tracker: named(1, "Ошибка"),
        status: named(1, "Новая"),
        closed: Some(false),
        priority: named(4, "Обычный"),
        author: author.map(|id| named(id, "Орлова Мария")),
        assignee: None,
        category: None,
        parent: None,
        subject: format!("Заявка {id}"),
        description: String::new(),
        done_ratio: 0,
        private: false,
        emails: email.iter().map(|email| (*email).to_owned()).collect(),
        custom: vec![],
        start_date: None,
        due_date: None,
        created_on: at(id),
        updated_on: at(id),
        closed_on: None,
    };
    let entry = |number: i64, private: bool, notes: &str| Entry {
        id: id * 10 + number,
        user: named(8, "Жуков Пётр"),
        notes: Some(notes.to_owned()),
        private,
        details: vec![],
        created_on: at(id),
        updated_on: None,
    };
    let file = Attachment {
        id: id * 100,
        name: "фото.png".to_owned(),
        size: 3,
        content_type: None,
        author: None,
        created_on: at(id),
    };
    Ticket {
        card,
        entries: vec![entry(1, false, "Всем"), entry(2, true, "Тихо")],
        attachments: vec![file],
        watchers: vec![],
        children: vec![],
        allowed: None,
    }
}

fn known() -> Vec<Change> {
    let read = |ticket: Ticket| Change::Ticket { ticket: Box::new(ticket), followed: true, told: true, at: at(100) };
    let what = Intent::Change {
        ticket: TicketId(1),
        wanted: Wanted { status: Some(2), ..Wanted::default() },
        seen: Wanted::default(),
        note: Some("Слова".to_owned()),
        private: false,
        files: vec![],
    };
    let asked = Asked {
        id: TicketChangeId(1),
        ticket: Some(TicketId(1)),
        ask: Ask { by: "maria".to_owned(), name: "Орлова Мария".to_owned(), account: None, what },
        state: AskedState::Sending,
        trouble: None,
        entries: vec![],
        at: at(0),
        settled_at: None,
    };
    let maria = TicketUser {
        id: MARIA,
        login: None,
        name: "Орлова Мария".to_owned(),
        email: Some("maria@example.com".to_owned()),
    };
    let project = Project { id: 1, name: "Поддержка".to_owned(), trackers: vec![], members: vec![] };
    let lists = Dictionary { users: vec![maria], projects: vec![project], ..Dictionary::default() };
    vec![
        Change::Dictionary { dictionary: Box::new(lists), at: at(0) },
        read(ticket(1, Some(MARIA), None)),
        read(ticket(2, None, Some("maria@example.com"))),
        read(ticket(3, None, Some("amaria@example.com"))),
        Change::Asked { asked: Box::new(asked) },
    ]
}

/// An engine that knows three tickets, two of them Maria's, and no tracker.
async fn start() -> House {
    let house = House::with("[areas.tickets]\nmax_file_mb = 1\n", Clock::system());
    let write = |c: &pult_store::Connection| {
        for login in ["maria", "boris", "anna"] {
            let email = Some(format!("{login}@example.com"));
            let profile = people::Profile { full_name: login.to_owned(), email, ..people::Profile::default() };
            people::insert(c, login, &profile, &Rights::of(Role::Viewer), at(0))?;
        }
        known().iter().try_for_each(|change| tickets::apply(c, change).map(|_| ()))
    };
    house.write(write).await;
    house
}

impl House {
    async fn answer(&self, login: &str, role: Role, name: &str, request: Value) -> Result<Value, ApiError> {
        let actor = Actor { login: login.to_owned(), rights: Rights::of(role), ..Actor::local_window() };
        self.ask(&actor, name, request).await
    }

    async fn viewer(&self, login: &str, name: &str, request: Value) -> Result<Value, ApiError> {
        self.answer(login, Role::Viewer, name, request).await
    }

    /// Why it was refused, and the field at fault.
    async fn refused(&self, login: &str, name: &str, request: Value) -> (ErrorCode, String) {
        let error = self.viewer(login, name, request).await.unwrap_err();
        (error.code, error.field.unwrap_or_default())
    }

    /// Decisions about these subjects, the last of which ordered a comment.
    async fn decided(&self, subjects: &'static [&'static str], words: &'static str) {
        let write = move |c: &pult_store::Connection| {
            for (number, subject) in subjects.iter().enumerate() {
                let subject = Subject((*subject).to_owned());
                let entry = journal::NewEntry {
                    at: at(0),
                    decided_at: at(0),
                    area: "tickets",
                    kind: "asked",
                    source: "console",
                    fact_key: &format!("asked/{number}"),
                    subject: Some(&subject),
                    record: None,
                    effect: None,
                    actor: None,
                    fact: "{}".to_owned(),
                    changes: "[]".to_owned(),
                    ordered: vec!["change_ticket"],
                    explanation: &Explanation::of("asked", Value::Null),
                };
                let cause = journal::insert(c, &entry)?;
                let Some(Effect::ChangeTicket(mut change)) = Effect::example("change_ticket") else { panic!() };
                change.note.as_mut().unwrap().text = words.to_owned();
                let order =
                    EffectOrder { subject, effect: Effect::ChangeTicket(change), not_after: None, urgent: false };
                if number + 1 == subjects.len() {
                    outbox::insert(c, &EffectKey(format!("k{number}")), "redmine", &order, cause, at(0))?;
                }
            }
            Ok(())
        };
        self.write(write).await;
    }

    async fn uploads(&self, login: &str, name: &str, bytes: &[u8]) -> Result<Value, ApiError> {
        let content = data_encoding::BASE64.encode(bytes);
        let request = json!({ "name": name, "content_type": "image/png", "content_base64": content });
        self.viewer(login, "tickets.upload", request).await
    }
}

fn numbers(answer: &Value) -> Vec<i64> {
    answer["rows"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

/// As far as an act comes that is allowed: nobody is there to carry it out.
fn allowed() -> (ErrorCode, String) {
    (ErrorCode::Unreachable, String::new())
}

fn no_such_ticket() -> (ErrorCode, String) {
    (ErrorCode::NotFound, String::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_their_own_tickets_and_a_supervisor_all() {
    let house = start().await;
    for whose in ["mine", "all"] {
        let request = json!({ "filter": { "whose": whose }, "limit": 10 });
        let page = house.viewer("maria", "tickets.page", request.clone()).await.unwrap();
        assert_eq!(numbers(&page), [2, 1], "{whose}");
        assert_eq!(numbers(&house.viewer("boris", "tickets.page", request).await.unwrap()), [0; 0], "{whose}");
        let counts = house.viewer("maria", "tickets.counts", json!({ "filter": { "whose": whose } })).await.unwrap();
        assert_eq!(counts["total"], 2);
    }
    let rows = house.viewer("maria", "tickets.rows", json!({ "ids": [3, 2, 1, 9] })).await.unwrap();
    assert_eq!(numbers(&rows), [2, 1]);
    let request = json!({ "filter": { "whose": "all" }, "limit": 10 });
    let all = house.answer("anna", Role::Supervisor, "tickets.page", request.clone()).await.unwrap();
    assert_eq!(numbers(&all), [3, 2, 1]);
    let operator = house.answer("maria", Role::Operator, "tickets.page", request).await.unwrap();
    assert_eq!(numbers(&operator), [2, 1], "an operator has their own requests");
    let desk = house.viewer("maria", "tickets.desk", Value::Null).await.unwrap();
    assert_eq!((&desk["all"], &desk["me"], &desk["connected"]), (&json!(false), &json!(MARIA), &json!(false)));
    assert_eq!((&desk["account"], &desk["largest_file"]), (&Value::Null, &json!(1 << 20)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_others_is_as_one_that_is_not_there() {
    let house = start().await;
    for id in [3, 9] {
        for command in ["tickets.detail", "tickets.open"] {
            assert_eq!(house.refused("maria", command, json!({ "id": id })).await, no_such_ticket(), "{command} {id}");
        }
        let change = json!({ "id": id, "note": "Моё" });
        assert_eq!(house.refused("maria", "tickets.change", change).await, no_such_ticket());
        let file = json!({ "id": id * 100 });
        assert_eq!(house.refused("maria", "tickets.attachment", file).await, no_such_ticket());
    }
    assert_eq!(house.refused("maria", "tickets.attachment", json!({ "id": 100 })).await, allowed());
    assert_eq!(house.refused("boris", "tickets.attachment", json!({ "id": 100 })).await, no_such_ticket());
    let shown = house.viewer("maria", "tickets.open", json!({ "id": 1 })).await.unwrap();
    assert_eq!((&shown["entries"][0]["notes"], &shown["entries"][0]["hidden"]), (&json!("Всем"), &json!(false)));
    assert_eq!((&shown["entries"][1]["notes"], &shown["entries"][1]["hidden"]), (&Value::Null, &json!(true)));
    let shown = house.answer("anna", Role::Supervisor, "tickets.detail", json!({ "id": 1 })).await.unwrap();
    assert_eq!(shown["entries"][1]["hidden"], true, "nobody reads with the eyes of the engine's account");
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_and_calls_about_tickets_of_others_say_nothing_of_them() {
    let house = start().await;
    house.decided(&["ticket:1", "ticket:3", "tickets"], "Тайные слова").await;
    for (subject, all, own) in [("ticket:1", 1, 1), ("ticket:3", 1, 0), ("tickets", 1, 0)] {
        let request = json!({"of": "subject", "subject": subject});
        let boss = house.answer("boss", Role::Supervisor, "deliveries.why", request.clone()).await.unwrap();
        let maria = house.viewer("maria", "deliveries.why", request).await.unwrap();
        let entries = |why: &Value| why["entries"].as_array().unwrap().len();
        assert_eq!((entries(&boss), entries(&maria)), (all, own), "{subject}");
    }
    let request = json!({"filter": {}, "limit": 10});
    let all = house.answer("boss", Role::Supervisor, "deliveries.effects", request.clone()).await.unwrap();
    let own = house.viewer("maria", "deliveries.effects", request).await.unwrap();
    assert_eq!((all["rows"].as_array().unwrap().len(), own["rows"].as_array().unwrap().len()), (1, 1));
    let words = |page: &Value| page.to_string().contains("Тайные слова");
    assert!(words(&all) && !words(&own), "{own}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_of_their_own_a_viewer_comments_and_changes_no_field() {
    let house = start().await;
    for wanted in [json!({ "status": 2 }), json!({ "priority": 5 }), json!({ "assignee": 0 })] {
        let request = json!({ "id": 1, "wanted": wanted, "note": "Слова" });
        let refused = house.refused("maria", "tickets.change", request.clone()).await;
        assert_eq!(refused, (ErrorCode::Forbidden, String::new()), "{wanted}");
        let supervisor = house.answer("anna", Role::Supervisor, "tickets.change", request).await.unwrap_err();
        assert_eq!(supervisor.code, ErrorCode::Unreachable, "{wanted}");
    }
    assert_eq!(house.refused("maria", "tickets.change", json!({ "id": 1, "note": "Слова" })).await, allowed());
    // What only some may read needs an account of which it is known that it may.
    let request = json!({ "id": 1, "note": "Тихо", "private": true });
    assert_eq!(
        house.refused("maria", "tickets.change", request.clone()).await,
        (ErrorCode::BadField, "private".to_owned())
    );
    let supervisor = house.answer("anna", Role::Supervisor, "tickets.change", request).await.unwrap_err();
    assert_eq!(supervisor.field.as_deref(), Some("private"));
    // Nothing was kept of any of it.
    let shown = house.viewer("maria", "tickets.detail", json!({ "id": 1 })).await.unwrap();
    assert_eq!(shown["changes"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_of_ones_own_there_is_no_note_of_ones_own() {
    let house = start().await;
    for command in ["tickets.edit_note", "tickets.delete_note"] {
        let request = |id: i64, entry: i64, seen: &str| match command {
            "tickets.edit_note" => json!({ "id": id, "entry": entry, "seen": seen, "text": "Иначе" }),
            _ => json!({ "id": id, "entry": entry, "seen": seen }),
        };
        for (request, wanted) in [
            (request(1, 11, "Всем"), (ErrorCode::Forbidden, String::new())),
            (request(1, 9, "Всем"), no_such_ticket()),
            (request(3, 31, "Всем"), no_such_ticket()),
            (request(1, 11, " "), (ErrorCode::BadField, "seen".to_owned())),
        ] {
            assert_eq!(house.refused("maria", command, request.clone()).await, wanted, "{command} {request}");
        }
    }
    for text in [" ", &"ы".repeat(60_001)] {
        let request = json!({ "id": 1, "entry": 1, "seen": "Всем", "text": text });
        assert_eq!(
            house.refused("maria", "tickets.edit_note", request).await,
            (ErrorCode::BadField, "text".to_owned())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_and_numbers_have_bounds() {
    let house = start().await;
    let field = |name: &str| (ErrorCode::BadField, name.to_owned());
    let note = |long: usize| json!({ "id": 1, "note": "ы".repeat(long) });
    assert_eq!(house.refused("maria", "tickets.change", note(60_001)).await, field("note"));
    assert_eq!(house.refused("maria", "tickets.change", note(60_000)).await, allowed());
    let new = |subject: &str, description: usize, project: i64| {
        let description = "ы".repeat(description);
        json!({ "project": project, "subject": subject, "description": description })
    };
    let long = "ы".repeat(256);
    for (request, wanted) in [
        (new(" ", 1, 1), field("subject")),
        (new(&long, 1, 1), field("subject")),
        (new("Нет сети", 60_001, 1), field("description")),
        (new("Нет сети", 1, 2), field("project")),
        (new(&long[2..], 60_000, 1), allowed()),
    ] {
        assert_eq!(house.refused("maria", "tickets.create", request).await, wanted);
    }
    let ids = |count: i64| json!({ "ids": (1..=count).collect::<Vec<_>>() });
    assert_eq!(house.refused("maria", "tickets.rows", ids(501)).await, field("ids"));
    assert_eq!(numbers(&house.viewer("maria", "tickets.rows", ids(500)).await.unwrap()), [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_out_only_with_whoever_brought_it() {
    let house = start().await;
    let brought = house.uploads("maria", " фото.png ", b"abc").await.unwrap();
    let (sha256, size) = (brought["sha256"].as_str().unwrap().to_owned(), &brought["size"]);
    assert_eq!((&brought["name"], size), (&json!("фото.png"), &json!(3)));
    let with = |files: Vec<String>| json!({ "id": 1, "files": files });
    assert_eq!(house.refused("maria", "tickets.change", with(vec![sha256.clone()])).await, allowed());
    let field = (ErrorCode::BadField, "files".to_owned());
    // Whoever knows the number of a file has not brought it.
    let anna = house.answer("anna", Role::Supervisor, "tickets.change", with(vec![sha256.clone()])).await.unwrap_err();
    assert_eq!((anna.code, anna.field), (ErrorCode::BadField, Some("files".to_owned())));
    let new = json!({ "project": 1, "subject": "Нет сети", "description": "", "files": [sha256] });
    assert_eq!(house.refused("boris", "tickets.create", new.clone()).await, field);
    assert_eq!(house.refused("maria", "tickets.create", new).await, allowed());
    assert_eq!(house.refused("maria", "tickets.change", with(vec!["a".repeat(64)])).await, field);
    assert_eq!(house.refused("maria", "tickets.change", with(vec![sha256.clone(); 10])).await, allowed());
    assert_eq!(house.refused("maria", "tickets.change", with(vec![sha256; 11])).await, field);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_a_name_that_is_no_path_and_a_size_within_bounds() {
    let house = start().await;
    let long = "я".repeat(256);
    for name in ["", " ", "a/b.png", "..\\b.png", "a\0b", "a\nb", "..", ".", &long] {
        let error = house.uploads("maria", name, b"abc").await.unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (ErrorCode::BadField, Some("name")), "{name:?}");
    }
    let longest = &long[2..];
    assert_eq!(house.uploads("maria", longest, b"abc").await.unwrap()["name"], longest);
    let whole = vec![7; 1 << 20];
    assert!(house.uploads("maria", "много.bin", &whole).await.is_ok());
    for bytes in [vec![], vec![7; (1 << 20) + 1]] {
        let error = house.uploads("maria", "много.bin", &bytes).await.unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (ErrorCode::BadField, Some("content_base64")));
    }
    let request = json!({ "name": "a.png", "content_type": "", "content_base64": "***" });
    let field = (ErrorCode::BadField, "content_base64".to_owned());
    assert_eq!(house.refused("maria", "tickets.upload", request).await, field);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_followed_by_whoever_asked_for_it_and_by_supervisors() {
    let house = start().await;
    let request = json!({ "id": 1 });
    assert_eq!(house.viewer("maria", "tickets.change_state", request.clone()).await.unwrap()["state"], "sending");
    assert_eq!(house.refused("boris", "tickets.change_state", request.clone()).await, no_such_ticket());
    assert!(house.answer("anna", Role::Supervisor, "tickets.change_state", request).await.is_ok());
    assert_eq!(house.refused("maria", "tickets.change_state", json!({ "id": 9 })).await, no_such_ticket());
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_are_each_persons_own() {
    let house = start().await;
    let kept = |name: &str| json!({ "name": name, "filter": { "whose": "assigned" } });
    let answer = house.viewer("maria", "tickets.keep_filter", kept(" Мои ")).await.unwrap();
    assert_eq!(
        (&answer["filters"][0]["name"], &answer["filters"][0]["filter"]["whose"]),
        (&json!("Мои"), &json!("assigned"))
    );
    let count = async |login: &str| {
        let desk = house.viewer(login, "tickets.desk", Value::Null).await.unwrap();
        desk["filters"].as_array().unwrap().len()
    };
    assert_eq!((count("maria").await, count("boris").await), (1, 0));
    for name in [" ", &"я".repeat(61)] {
        let refused = house.refused("maria", "tickets.keep_filter", kept(name)).await;
        assert_eq!(refused, (ErrorCode::BadField, "name".to_owned()));
    }
    house.viewer("boris", "tickets.remove_filter", json!({ "name": "Мои" })).await.unwrap();
    assert_eq!(count("maria").await, 1);
    house.viewer("maria", "tickets.remove_filter", json!({ "name": "Мои" })).await.unwrap();
    assert_eq!(count("maria").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_tracker_is_connected_nobody_connects_a_key() {
    let house = start().await;
    let key = json!({ "key": "0123456789012345678901234567890123456789" });
    assert_eq!(house.refused("maria", "tickets.connect", key).await, no_such_ticket());
    assert!(house.viewer("maria", "tickets.disconnect", Value::Null).await.is_ok());
}
