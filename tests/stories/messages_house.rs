//! A real chat server, and a Pult whose engine and people have accounts there, as all stories of messages have them.
//!
//! Deliberately not here: anything that is proved.

use pult_simulators::{
    messenger::{DOMAIN, Server, Terms, program::Program},
    prosody,
    redmine::Simulator,
    secret::Secret,
};
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    house::Setup,
    tickets_house::{Desk, make},
};

/// Everybody's password at the chat server.
pub(crate) const PASSWORD: &str = "zq-pä&ss <word>";
/// The engine's own account, and people's.
pub(crate) const BOT: &str = "desk";
pub(crate) const USERS: [&str; 4] = [BOT, "vera", "boris", "guest"];

pub(crate) fn address(user: &str) -> String {
    format!("{user}@{DOMAIN}")
}

/// The chat server; nothing where it is not installed.
pub(crate) async fn chat() -> Option<Server> {
    chat_with(Terms::default()).await
}

/// A chat server that differs from the usual one; nothing where it is not installed.
pub(crate) async fn chat_with(terms: Terms) -> Option<Server> {
    if !prosody::is_installed() {
        eprintln!("{}", prosody::MISSING);
        return None;
    }
    Some(Server::start(&USERS, &Secret::new(PASSWORD), terms).await.unwrap())
}

/// A Pult whose engine has an account there.
pub(crate) fn with_messenger(setup: Setup, server: &Server, password: &str) -> Setup {
    with_messenger_at(setup, server, server.clear, password)
}

/// The same, which comes there by another port.
pub(crate) fn with_messenger_at(setup: Setup, server: &Server, port: u16, password: &str) -> Setup {
    setup.secret("xmpp.password", password).and(&format!(
        "[integrations.xmpp]\nenabled = true\njid = \"{}\"\nhost = \"127.0.0.1\"\nport = {}\ntls = \"starttls\"\nca = \"{}\"\n",
        address(BOT),
        port,
        server.ca().display()
    ))
}

/// A desk with one ticket, of which Boris wants to hear in his messenger.
pub(crate) async fn desk(server: &Server, password: &str) -> (Desk, Caller) {
    desk_set_up(|setup| with_messenger(setup, server, password)).await
}

/// The same, with what `more` adds to its settings.
pub(crate) async fn desk_set_up(more: impl FnOnce(Setup) -> Setup) -> (Desk, Caller) {
    let desk = Desk::set_up("admin", |redmine| _ = make(redmine, "Нет звука"), more).await;
    desk.known(1).await;
    let boris = desk.pultd.signed_in("boris").await;
    duplicate_to(&boris, &address("boris")).await;
    (desk, boris)
}

/// Somebody wants to hear of tickets in their messenger.
pub(crate) async fn duplicate_to(caller: &Caller, address: &str) {
    let mut wishes = caller.must("notices.preferences", json!({})).await;
    wishes["messenger"] = address.into();
    wishes["rules"] = json!([{
        "class": "ticket", "least": "info", "toast": true, "sound": true, "messenger": true, "urgent": false
    }]);
    caller.must("notices.set_preferences", wishes).await;
}

/// How the engine's own session is.
pub(crate) async fn session(caller: &Caller) -> Value {
    caller.must("notices.messenger", json!({})).await["session"].clone()
}

pub(crate) async fn until_live(caller: &Caller) {
    caller.until(async || (session(caller).await["state"] == "live").then_some(())).await;
}

/// The agent says something in the ticket; what the messenger is to tell of it.
pub(crate) fn comment(tracker: &Simulator, text: &str) -> String {
    tracker.redmine().comment("agent1", 1, text, false).unwrap();
    format!("В задачу #1 добавлен новый комментарий\n\n{text}\nНет звука\n{}/issues/1", tracker.base())
}

pub(crate) async fn bodies(program: &mut Program, count: usize) -> Vec<String> {
    let mut heard = vec![];
    while heard.len() < count {
        heard.push(program.message().await.unwrap().body);
    }
    heard
}

/// Waits until so many messages were handed over, and no others are there.
pub(crate) async fn handed_over(chief: &Caller, count: usize) -> Vec<Value> {
    chief
        .until(async || {
            let rows = sendings(chief).await;
            assert!(rows.len() <= count, "{} messages and not {count}: {rows:?}", rows.len());
            (rows.len() == count && rows.iter().all(|row| row["state"] == "done")).then_some(rows)
        })
        .await
}

/// Calls that send a message, oldest first.
pub(crate) async fn sendings(chief: &Caller) -> Vec<Value> {
    let filter = json!({ "integration": "xmpp", "kind": "send_message" });
    let page = chief.must("deliveries.effects", json!({ "filter": filter, "limit": 100 })).await;
    let mut rows = page["rows"].as_array().unwrap().clone();
    rows.reverse();
    rows
}

/// Somebody connects an account of their own, and it is heard.
pub(crate) async fn connect(caller: &Caller, user: &str) {
    caller.must("messages.connect", json!({ "address": address(user), "password": PASSWORD })).await;
    caller
        .until(async || {
            let own = caller.must("messages.overview", json!({})).await;
            (own["account"]["session"]["state"] == "live").then_some(())
        })
        .await;
}

/// How many notices somebody has not read.
pub(crate) async fn unread(caller: &Caller) -> usize {
    let all = caller.must("notices.list", json!({ "which": "unread", "limit": 10 })).await;
    all["rows"].as_array().unwrap().len()
}

pub(crate) async fn conversation(caller: &Caller, peer: &str, count: usize) -> Vec<Value> {
    let ask = json!({ "peer": address(peer), "limit": 50 });
    caller
        .until(async || {
            let page = caller.must("messages.list", ask.clone()).await;
            let rows = page["rows"].as_array().unwrap();
            assert!(rows.len() <= count, "{} messages and not {count}: {rows:?}", rows.len());
            (rows.len() == count).then(|| rows.clone())
        })
        .await
}
