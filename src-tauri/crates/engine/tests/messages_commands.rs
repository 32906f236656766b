//! The console's commands of messages: everybody has their own, and what was read is read.
//!
//! Deliberately not here: sessions (the integration's), and which of what came is kept (the rule's).

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use pult_domain::{
    Area, Fact, FactKey, Instant, Observed,
    areas::messages::{Account, Address, Fact as MessageFact, Incoming, Way},
};
use pult_engine::{
    Engine, Parts,
    api::dispatch,
    auth::{Actor, Role, role::Rights},
    bus::Change,
    clock::Clock,
    config::{Config, ConfigFile},
    decide::{self, Source},
    error::{ApiError, ErrorCode},
    secrets::SecretStore,
};
use pult_store::{
    Store, messages,
    people::{self, Profile},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

struct House {
    engine: Engine,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn began() -> Instant {
    Instant::from_second(1_790_000_000).unwrap()
}

fn who(login: &str) -> Actor {
    Actor { login: login.to_owned(), rights: Rights::of(Role::Operator), ..Actor::local_window() }
}

impl House {
    /// Anna with an account of her own, Boris without one.
    async fn start() -> Self {
        // Another test of this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (folder, stop) = (tempfile::tempdir().unwrap(), CancellationToken::new());
        let engine = Engine::start(Parts {
            config: Config::parse("").unwrap(),
            config_file: ConfigFile::new(folder.path().join("pult.toml")),
            store: Store::open(folder.path()).unwrap(),
            secrets: SecretStore::with_file(folder.path(), |_| None),
            clock: Clock::hand(began()),
            stop: stop.clone(),
        });
        let house = Self { engine, stop, _folder: folder };
        let write = |c: &pult_store::Connection| {
            for login in ["anna", "boris"] {
                let profile = Profile { email: Some(format!("{login}@example.com")), ..Profile::default() };
                people::insert(c, login, &profile, &Rights::of(Role::Operator), began())?;
            }
            messages::connect(c, 1, &Address::read("anna@chat.example.com").unwrap(), began())
        };
        house.engine.store().write(write).await.unwrap();
        house
    }

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
        self.engine.store().write(write).await.unwrap();
    }

    async fn ask(&self, login: &str, name: &str, request: Value) -> Result<Value, ApiError> {
        dispatch(&self.engine, &who(login), name, request).await
    }

    async fn must(&self, login: &str, name: &str, request: Value) -> Value {
        self.ask(login, name, request).await.unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }
}

#[tokio::test]
async fn everybody_sees_their_own_conversations_and_nobody_anothers() {
    let house = House::start().await;
    for n in 1..=3 {
        house.heard(n).await;
    }
    let own = house.must("anna", "messages.overview", json!({})).await;
    assert_eq!((&own["unread"], &own["connected"], &own["me"]), (&json!(3), &json!(false), &json!(1)));
    assert_eq!(own["account"]["address"], "anna@chat.example.com");
    assert_eq!(own["conversations"][0]["last"]["text"], "Сообщение 3");
    assert_eq!(own["conversations"][0]["person"]["login"], "boris");
    let others = house.must("boris", "messages.overview", json!({})).await;
    assert_eq!((&others["conversations"], &others["account"]), (&json!([]), &json!(null)));
    let page = json!({ "peer": "boris@example.com", "limit": 2 });
    let first = house.must("anna", "messages.list", page.clone()).await;
    assert_eq!(first["rows"].as_array().unwrap().len(), 2);
    let next = json!({ "peer": "boris@example.com", "limit": 2, "before": first["next"] });
    assert_eq!(house.must("anna", "messages.list", next).await["rows"][0]["text"], "Сообщение 1");
    assert_eq!(house.must("boris", "messages.list", page).await["rows"], json!([]));
}

#[tokio::test]
async fn what_was_seen_is_read_in_the_list_of_notices_too() {
    let house = House::start().await;
    for n in 1..=2 {
        house.heard(n).await;
    }
    let unread = || house.must("anna", "notices.unread", json!({}));
    assert_eq!(unread().await["unread"], 1, "one notice of one conversation");
    assert_eq!(house.must("boris", "notices.unread", json!({})).await["unread"], 0);
    let mut changes = house.engine.bus().listen();
    let seen = |id: i64| json!({ "peer": "boris@example.com", "upto": id });
    assert_eq!(house.must("boris", "messages.seen", seen(2)).await["unread"], 0, "it is not his");
    assert_eq!(house.must("anna", "messages.seen", seen(1)).await["unread"], 1);
    assert_eq!(house.must("anna", "messages.seen", seen(2)).await["unread"], 0);
    let standing = house.must("anna", "notices.list", json!({ "which": "standing", "limit": 10 })).await;
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
    let house = House::start().await;
    let write = json!({ "peer": "boris@example.com", "text": "Добрый день" });
    assert_eq!(house.ask("anna", "messages.write", write).await.unwrap_err().code, ErrorCode::NotFound);
    let connect = json!({ "address": "boris@chat.example.com", "password": "сезам" });
    assert_eq!(house.ask("boris", "messages.connect", connect).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(house.ask("anna", "messages.try_again", json!({})).await.unwrap_err().code, ErrorCode::NotFound);
    for text in ["", "   "] {
        let empty = json!({ "peer": "boris@example.com", "text": text });
        assert_eq!(house.ask("anna", "messages.write", empty).await.unwrap_err().field.as_deref(), Some("text"));
    }
    house.must("anna", "messages.disconnect", json!({})).await;
    assert_eq!(house.must("anna", "messages.overview", json!({})).await["account"], json!(null));
}

#[tokio::test]
async fn notices_go_to_the_settled_address_or_the_persons_own() {
    let house = House::start().await;
    let reach = house.must("anna", "notices.messenger", json!({})).await;
    assert_eq!((&reach["own"], &reach["address"]), (&json!("anna@example.com"), &json!("anna@example.com")));
    assert_eq!(reach["connected"], json!(false));
    let mut settled = house.must("anna", "notices.preferences", json!({})).await;
    settled["messenger"] = json!("anna@chat.example.com");
    house.must("anna", "notices.set_preferences", settled.clone()).await;
    assert_eq!(house.must("anna", "notices.messenger", json!({})).await["address"], "anna@chat.example.com");
    settled["messenger"] = json!("nobody");
    assert!(house.ask("anna", "notices.set_preferences", settled).await.is_err());
}

#[tokio::test]
async fn colleagues_are_found_by_name_at_the_address_they_read() {
    let house = House::start().await;
    let mut settled = house.must("boris", "notices.preferences", json!({})).await;
    settled["messenger"] = json!("b.lisin@chat.example.com");
    house.must("boris", "notices.set_preferences", settled).await;
    let boris = json!({ "address": "b.lisin@chat.example.com", "person": { "login": "boris", "full_name": "" } });
    assert_eq!(house.must("anna", "messages.colleagues", json!({})).await["rows"], json!([boris]));
    let anna = json!({ "address": "anna@chat.example.com", "person": { "login": "anna", "full_name": "" } });
    assert_eq!(house.must("boris", "messages.colleagues", json!({})).await["rows"], json!([anna]));
}

#[tokio::test]
async fn what_people_wrote_is_written_down_nowhere_else() {
    let house = House::start().await;
    house.heard(7).await;
    let read = |c: &pult_store::Connection| {
        let text = |sql: &str| c.query_row(sql, [], |r| r.get::<_, String>(0));
        Ok(text("SELECT group_concat(fact || changes || explanation) FROM journal")?)
    };
    let journal = house.engine.store().read(read).await.unwrap();
    assert!(journal.contains("heard") && !journal.contains("Сообщение"), "{journal}");
}
