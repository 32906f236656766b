//! The console's commands of messages: everybody has their own, and what was read is read.
//!
//! Deliberately not here: sessions (the integration's), and which of what came is kept (the rule's).

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod house;

use pult_domain::{
    Area, Fact, FactKey, Instant, Observed,
    areas::messages::{Account, Address, Fact as MessageFact, Incoming, Way},
};
use pult_engine::{
    auth::{Actor, Role, role::Rights},
    bus::Change,
    decide::{self, Source},
    error::ErrorCode,
};
use pult_store::{
    messages,
    people::{self, Profile},
};
use serde_json::json;

use house::House;

fn began() -> Instant {
    Instant::from_second(1_790_000_000).unwrap()
}

fn who(login: &str) -> Actor {
    Actor { login: login.to_owned(), rights: Rights::of(Role::Operator), ..Actor::local_window() }
}

/// Anna with an account of her own, Boris without one.
async fn start() -> House {
    let house = House::start(began());
    let write = |c: &pult_store::Connection| {
        for login in ["anna", "boris"] {
            let profile = Profile { email: Some(format!("{login}@example.com")), ..Profile::default() };
            people::insert(c, login, &profile, &Rights::of(Role::Operator), began())?;
        }
        messages::connect(c, 1, &Address::read("anna@chat.example.com").unwrap(), began())
    };
    house.write(write).await;
    house
}

impl House {
    /// Somebody of the house writes to Anna.
    async fn heard(&self, n: i64) {
        let incoming = Incoming {
            account: Account::Person(1),
            peer: Address::read("boris@example.com").unwrap(),
            ours: false,
            uid: Some(format!("u{n}")),
            archive: None,
            body: format!("Сообщение {n}"),
            at: began() + jiff::SignedDuration::from_secs(n),
            way: Way::Live,
        };
        let fact = Fact::Messages(MessageFact::Heard(Box::new(incoming)));
        let observed = Observed { key: FactKey(format!("heard/{n}")), at: began(), fact };
        let terms = self.engine.registry().terms();
        let write = move |c: &pult_store::Connection| {
            let source = Source { name: "messenger".to_owned(), ..Source::default() };
            decide::fact(c, &observed, &source, began(), &terms)
        };
        self.write(write).await;
    }
}

#[tokio::test]
async fn everybody_sees_their_own_conversations_and_nobody_anothers() {
    let house = start().await;
    for n in 1..=3 {
        house.heard(n).await;
    }
    let own = house.must(&who("anna"), "messages.overview", json!({})).await;
    assert_eq!((&own["unread"], &own["connected"], &own["me"]), (&json!(3), &json!(false), &json!(1)));
    assert_eq!(own["account"]["address"], "anna@chat.example.com");
    assert_eq!(own["conversations"][0]["last"]["text"], "Сообщение 3");
    assert_eq!(own["conversations"][0]["person"]["login"], "boris");
    let others = house.must(&who("boris"), "messages.overview", json!({})).await;
    assert_eq!((&others["conversations"], &others["account"]), (&json!([]), &json!(null)));
    let page = json!({ "peer": "boris@example.com", "limit": 2 });
    let first = house.must(&who("anna"), "messages.list", page.clone()).await;
    assert_eq!(first["rows"].as_array().unwrap().len(), 2);
    let next = json!({ "peer": "boris@example.com", "limit": 2, "before": first["next"] });
    assert_eq!(house.must(&who("anna"), "messages.list", next).await["rows"][0]["text"], "Сообщение 1");
    assert_eq!(house.must(&who("boris"), "messages.list", page).await["rows"], json!([]));
}

#[tokio::test]
async fn what_was_seen_is_read_in_the_list_of_notices_too() {
    let house = start().await;
    for n in 1..=2 {
        house.heard(n).await;
    }
    let anna = who("anna");
    let unread = || house.must(&anna, "notices.unread", json!({}));
    assert_eq!(unread().await["unread"], 1, "one notice of one conversation");
    assert_eq!(house.must(&who("boris"), "notices.unread", json!({})).await["unread"], 0);
    let mut changes = house.engine.bus().listen();
    let seen = |id: i64| json!({ "peer": "boris@example.com", "upto": id });
    assert_eq!(house.must(&who("boris"), "messages.seen", seen(2)).await["unread"], 0, "it is not his");
    assert_eq!(house.must(&who("anna"), "messages.seen", seen(1)).await["unread"], 1);
    assert_eq!(house.must(&who("anna"), "messages.seen", seen(2)).await["unread"], 0);
    let standing = house.must(&who("anna"), "notices.list", json!({ "which": "standing", "limit": 10 })).await;
    assert_eq!(standing["rows"], json!([]));
    // Whose screen shows something else is told, and nobody's words.
    house.engine.bus().changed(Area::Calls, vec![]);
    let mut told = vec![];
    while let Some(Change::Changed { area, ids, .. }) = changes.next().await {
        match area {
            Area::Calls => break,
            Area::Messages => told.push(ids),
            _ => {}
        }
    }
    assert_eq!(told, [[1], [1]]);
}

#[tokio::test]
async fn without_a_messenger_nothing_is_said() {
    let house = start().await;
    let write = json!({ "peer": "boris@example.com", "text": "Добрый день" });
    assert_eq!(house.ask(&who("anna"), "messages.write", write).await.unwrap_err().code, ErrorCode::NotFound);
    let connect = json!({ "address": "boris@chat.example.com", "password": "сезам" });
    assert_eq!(house.ask(&who("boris"), "messages.connect", connect).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(house.ask(&who("anna"), "messages.try_again", json!({})).await.unwrap_err().code, ErrorCode::NotFound);
    for text in ["", "   "] {
        let empty = json!({ "peer": "boris@example.com", "text": text });
        assert_eq!(house.ask(&who("anna"), "messages.write", empty).await.unwrap_err().field.as_deref(), Some("text"));
    }
    house.must(&who("anna"), "messages.disconnect", json!({})).await;
    assert_eq!(house.must(&who("anna"), "messages.overview", json!({})).await["account"], json!(null));
}

#[tokio::test]
async fn notices_go_to_the_settled_address_or_the_persons_own() {
    let house = start().await;
    let reach = house.must(&who("anna"), "notices.messenger", json!({})).await;
    assert_eq!((&reach["own"], &reach["address"]), (&json!("anna@example.com"), &json!("anna@example.com")));
    assert_eq!(reach["connected"], json!(false));
    let mut settled = house.must(&who("anna"), "notices.preferences", json!({})).await;
    settled["messenger"] = json!("anna@chat.example.com");
    house.must(&who("anna"), "notices.set_preferences", settled.clone()).await;
    assert_eq!(house.must(&who("anna"), "notices.messenger", json!({})).await["address"], "anna@chat.example.com");
    settled["messenger"] = json!("nobody");
    assert!(house.ask(&who("anna"), "notices.set_preferences", settled).await.is_err());
}

#[tokio::test]
async fn colleagues_are_found_by_name_at_the_address_they_read() {
    let house = start().await;
    let mut settled = house.must(&who("boris"), "notices.preferences", json!({})).await;
    settled["messenger"] = json!("b.lisin@chat.example.com");
    house.must(&who("boris"), "notices.set_preferences", settled).await;
    let boris = json!({ "address": "b.lisin@chat.example.com", "person": { "login": "boris", "full_name": "" } });
    assert_eq!(house.must(&who("anna"), "messages.colleagues", json!({})).await["rows"], json!([boris]));
    let anna = json!({ "address": "anna@chat.example.com", "person": { "login": "anna", "full_name": "" } });
    assert_eq!(house.must(&who("boris"), "messages.colleagues", json!({})).await["rows"], json!([anna]));
}

#[tokio::test]
async fn what_people_wrote_is_written_down_nowhere_else() {
    let house = start().await;
    house.heard(7).await;
    let read = |c: &pult_store::Connection| {
        let text = |sql: &str| c.query_row(sql, [], |r| r.get::<_, String>(0));
        Ok(text("SELECT group_concat(fact || changes || explanation) FROM journal")?)
    };
    let journal = house.engine.store().read(read).await.unwrap();
    assert!(journal.contains("heard") && !journal.contains("Сообщение"), "{journal}");
}
