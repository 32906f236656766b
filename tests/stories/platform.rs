//! The simulated telephony platform, the house that watches it, and what its board and the platform's journal show.
//!
//! The scenarios of contracts/finesse.md, section 13: `scenario_NN_` begins the name of the story that tells number NN. Notifications are
//! carried by the real Prosody (where it is not installed, by the simulator's own stream, and the story says so). Late, doubled, swapped, lost
//! and broken news are made before they are handed to it: what it is given it delivers in that order.
//!
//! | scenario | told by | stream |
//! |---|---|---|
//! | 1 | `floor::scenario_01_a_wrong_password…` | Prosody, which is never asked |
//! | 2 | `floor_trouble::scenario_02_a_password_changed…` | Prosody |
//! | 3 | `floor_news::scenario_03_calls_of_members…` | Prosody |
//! | 4 | `floor_news::scenario_04_of_two_changes…` | Prosody |
//! | 5 | `floor_news::scenario_05_news_told_twice…` | Prosody |
//! | 6 | `floor_trouble::scenario_06_a_node_that_comes_back…` | Prosody |
//! | 6 | `floor::scenario_06_when_a_node_dies…` | Prosody |
//! | 7 | `floor_trouble::scenario_07_a_link_that_falls_silent…` | Prosody |
//! | 8 | `floor_trouble::scenario_08_a_node_that_rests…` | Prosody |
//! | 9 | `floor_trouble::scenario_09_a_node_that_is_only_partly…` | Prosody |
//! | 10 | `floor_news::scenario_10_a_state_nobody_knows…` | Prosody |
//! | 11 | `floor_news::scenario_11_five_hundred…` | Prosody |
//! | 12 | `floor_news::scenario_12_a_broken_notification…` | Prosody |
//! | 13 | `floor_trouble::scenario_13_a_stranger_s_certificate…` | Prosody |
//! | 14 | `floor_requests::scenario_14_a_refused_request…` | Prosody |
//! | 14 | `floor_requests::scenario_14_a_request_waits…` | Prosody |
//! | 14 | `floor_requests::scenario_14_a_request_nobody_saw…` | Prosody |
//! | 15 | `floor_trouble::scenario_15_of_two_sessions…` | Prosody |
//! | 16 | `floor_news::scenario_16_who_is_signed_out…` | Prosody |
//! | 17 | `floor_trouble::scenario_17_a_team_whose_node…` | built in |
//! | 18 | `floor_trouble::scenario_18_after_a_sleep…` | Prosody |
//!
//! Number 17 needs a node to be taken away and given back while somebody asks for it, for which there is no order to a real server.
//!
//! Deliberately not here: what is told of them (`floor`, `floor_news`, `floor_trouble`).

use pult_simulators::{
    finesse::{
        Backend, NodeName, Settings, Simulator,
        control::StateOrder,
        fault::FaultOrder,
        journal::{Entry, Kind},
        node::NodeOrder,
        start,
        world::Plan,
    },
    prosody,
    secret::Secret,
};
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    house::{House, Setup, trust_ring},
};

pub(crate) const PLATFORM_PASSWORD: &str = "platform password of the story";

/// A platform on which nothing moves by itself: three teams of ten, everybody at work.
pub(crate) async fn platform() -> Simulator {
    platform_of(3, 10, true).await
}

/// The same with so many teams. `member_dialogs`: whether a supervisor may follow the calls of the operators. A real Prosody carries the
/// notifications of each node where it is installed.
pub(crate) async fn platform_of(teams: usize, team_size: usize, member_dialogs: bool) -> Simulator {
    if prosody::is_installed() {
        return platform_on(Backend::Prosody, teams, team_size, member_dialogs).await;
    }
    eprintln!("NOT WITH THE REAL SERVER, the stream of the simulator stands in: there is no `prosody` on this machine");
    platform_on(Backend::BuiltIn, teams, team_size, member_dialogs).await
}

/// The same on a stream of the simulator's own, for what no real server can be told to do.
pub(crate) async fn platform_of_its_own() -> Simulator {
    platform_on(Backend::BuiltIn, 3, 10, true).await
}

async fn platform_on(backend: Backend, teams: usize, team_size: usize, member_dialogs: bool) -> Simulator {
    trust_ring();
    let settings = Settings::new(Secret::new(PLATFORM_PASSWORD));
    let plan = Plan { teams, team_size, live: false, ..settings.plan.clone() };
    start(Settings { backend, plan, member_dialogs, ..settings }).await.unwrap()
}

/// A house that watches the platform with this account and trusts its authority.
pub(crate) fn watching(platform: &Simulator, login: &str, password: &str) -> House {
    watching_with(platform, login, password, "")
}

/// The same with further sections.
pub(crate) fn watching_with(platform: &Simulator, login: &str, password: &str, sections: &str) -> House {
    let house = setup(platform, login, password).and(sections).build();
    let ca = house.folder().join("platform-ca.pem");
    std::fs::write(&ca, platform.authority()).unwrap();
    let config = std::fs::read_to_string(house.config()).unwrap();
    std::fs::write(house.config(), config.replace("# ca", &format!("ca = {}", json!(ca)))).unwrap();
    house
}

/// The same, trusting nobody.
pub(crate) fn strange_to(platform: &Simulator, login: &str, password: &str) -> House {
    setup(platform, login, password).build()
}

fn setup(platform: &Simulator, login: &str, password: &str) -> Setup {
    let url = format!("https://{}", platform.addresses(NodeName::A).front);
    Setup::new()
        .secret("finesse.password", password)
        .and(&format!("[integrations.finesse]\nenabled = true\nurl = \"{url}\"\nlogin = \"{login}\"\n# ca\n"))
}

pub(crate) async fn board(caller: &Caller) -> Value {
    caller.must("floor.board", json!({})).await
}

/// Waits until the board is as asked.
pub(crate) async fn board_that(caller: &Caller, fits: impl Fn(&Value) -> bool) -> Value {
    caller.until(async || Some(board(caller).await).filter(|board| fits(board))).await
}

/// Waits until the session is as said.
pub(crate) async fn session(caller: &Caller, state: &str) -> Value {
    board_that(caller, |board| board["session"]["state"] == state).await
}

/// Waits until the session is live and every team is watched.
pub(crate) async fn live(caller: &Caller) -> Value {
    board_that(caller, is_live).await
}

pub(crate) fn is_live(board: &Value) -> bool {
    board["session"]["state"] == "live" && teams(board).iter().all(|team| team["why"].is_null())
}

pub(crate) fn teams(board: &Value) -> &[Value] {
    board["teams"].as_array().unwrap()
}

pub(crate) fn row<'b>(board: &'b Value, login: &str) -> &'b Value {
    board["operators"].as_array().unwrap().iter().find(|row| row["login_id"] == login).unwrap()
}

/// Waits until an operator's row is as asked.
pub(crate) async fn operator(caller: &Caller, login: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let board = board_that(caller, |board| fits(row(board, login))).await;
    row(&board, login).clone()
}

pub(crate) fn order(state: &str, reason: Option<u32>) -> StateOrder {
    StateOrder { state: state.to_owned(), reason, pending: String::new(), at: None }
}

/// Puts somebody into a state.
pub(crate) fn put(platform: &Simulator, login: &str, state: &str) {
    assert!(platform.core().set_state(login, &order(state, None)).unwrap());
}

/// Makes something wrong with what the platform tells and answers from here on.
pub(crate) async fn fault(platform: &Simulator, order: Value) {
    // What was told before is not to be caught by it.
    platform.core().settled().await;
    let order: FaultOrder = serde_json::from_value(order).unwrap();
    platform.core().order_fault(&order);
}

/// Changes how a node is.
pub(crate) async fn node(platform: &Simulator, name: NodeName, order: Value) {
    let order: NodeOrder = serde_json::from_value(order).unwrap();
    platform.core().order_node(name, &order);
    platform.core().settled().await;
}

/// Where the platform's journal ends now.
pub(crate) fn mark(platform: &Simulator) -> u64 {
    platform.core().journal.since(0).last().map_or(0, |entry| entry.number)
}

/// What the platform was asked, by way of requests, after a mark.
pub(crate) fn asked(platform: &Simulator, since: u64) -> Vec<Entry> {
    let entries = platform.core().journal.since(since).into_iter();
    entries.filter(|entry| entry.kind == Kind::Rest).collect()
}

/// The same as lines.
pub(crate) fn requests(platform: &Simulator, since: u64) -> Vec<String> {
    asked(platform, since).into_iter().map(|entry| entry.text).collect()
}

/// What the platform heard on its streams after a mark.
pub(crate) fn stanzas(platform: &Simulator, since: u64) -> Vec<Entry> {
    let entries = platform.core().journal.since(since).into_iter();
    entries.filter(|entry| entry.kind == Kind::In).collect()
}

/// How often somebody began to sign in to the platform's notifications after a mark.
pub(crate) fn sign_ins(platform: &Simulator, since: u64) -> usize {
    stanzas(platform, since).iter().filter(|entry| entry.text.contains("<auth")).count()
}

/// Nodes that were subscribed to after a mark, in order, of those that end so.
pub(crate) fn subscribed(platform: &Simulator, since: u64, end: &str) -> Vec<String> {
    let node = |entry: &Entry| {
        let (_, rest) = entry.text.split_once("<subscribe ")?;
        let (_, rest) = rest.split_once("node=")?;
        let node = rest.trim_start_matches(['"', '\'']).split(['"', '\'']).next()?;
        node.ends_with(end).then(|| node.to_owned())
    };
    stanzas(platform, since).iter().filter_map(node).collect()
}

/// Changes the platform was asked for after a mark.
pub(crate) fn puts(platform: &Simulator, since: u64) -> usize {
    requests(platform, since).into_iter().filter(|text| text.starts_with("PUT ")).count()
}

/// How often teams were read after a mark.
pub(crate) fn team_reads(platform: &Simulator, since: u64) -> usize {
    requests(platform, since).into_iter().filter(|text| text.starts_with("GET /finesse/api/Team/")).count()
}
