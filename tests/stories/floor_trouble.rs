//! The floor when the platform is in trouble: nodes that fail, fall silent or rest, certificates and passwords that change, another
//! session of ours, a notification node that is not there, a computer that slept.
//!
//! Deliberately not here: what is wrong with single news (`floor_news`) and with requests (`floor_requests`).

use jiff::{SignedDuration, Timestamp};
use pult_simulators::{
    finesse::{NodeName, Simulator, journal::Entry, tls::Signer},
    hands::ClockOrder,
};
use serde_json::{Value, json};

use crate::{
    caller::{Caller, look_until},
    clock::{has_a_hand_clock, set_clock},
    house::House,
    platform::{
        PLATFORM_PASSWORD, asked, board, board_that, fault, is_live, live, mark, node, operator, platform,
        platform_of_its_own, put, requests, row, session, sign_ins, strange_to, subscribed, team_reads, teams,
        watching,
    },
};

const ENGINE: &str = "70490";

fn house_of(platform: &Simulator) -> House {
    watching(platform, ENGINE, PLATFORM_PASSWORD)
}

/// Ends every stream of a node, which goes on working.
async fn shake(platform: &Simulator, name: NodeName) {
    node(platform, name, json!({ "xmpp": "down" })).await;
    node(platform, name, json!({ "xmpp": "up" })).await;
}

/// Waits until the session is at work at another node than before.
async fn moved(chief: &Caller) -> Value {
    board_that(chief, |board| is_live(board) && board["session"]["switched"] == true).await
}

/// Every operator as the board has them is as the platform has them.
fn assert_the_same(platform: &Simulator, board: &Value) {
    let people = platform.core().with_world(|world, _| world.people.clone());
    for person in people.iter().filter(|person| person.listed) {
        let row = row(board, &person.id);
        let word = person.state.word().to_lowercase().replace("logout", "signed_out");
        assert_eq!(row["state"], word.replace("work", "wrap_up"), "{row}");
        assert_eq!(row["since"].as_i64(), person.since.map(Timestamp::as_millisecond), "{row}");
    }
}

/// Scenario 2.
#[tokio::test]
async fn scenario_02_a_password_changed_while_at_work_is_shown_once_and_what_is_known_stays_with_its_age() {
    let platform = platform().await;
    let house = house_of(&platform);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    put(&platform, "71003", "READY");
    operator(&chief, "71003", |row| row["group"] == "ready").await;
    // What is read at the beginning has been: a question under way would be a try of its own.
    look_until(|| {
        let all = asked(&platform, 0);
        let read = |end: &str| all.iter().any(|entry: &Entry| entry.text.ends_with(end) && entry.status == Some(200));
        ["category=LOGOUT", "category=NOT_READY"].into_iter().all(read).then_some(())
    })
    .await;
    assert!(platform.core().set_password(ENGINE, "the password of tomorrow").unwrap());
    let since = mark(&platform);
    shake(&platform, NodeName::A).await;
    let aged = |team: &Value| team["why"].is_string() && team["watched_until"].is_i64();
    let board =
        board_that(&chief, |board| board["session"]["state"] == "auth_failed" && teams(board).iter().all(aged)).await;
    assert_eq!(row(&board, "71003")["group"], "ready");
    let refused = asked(&platform, since).iter().filter(|entry| entry.status == Some(401)).count();
    assert_eq!((refused, sign_ins(&platform, since)), (1, 0), "one try, at one node, by one way");
    platform.stop().await;
}

/// Scenario 6.
#[tokio::test]
async fn scenario_06_a_node_that_comes_back_is_not_returned_to() {
    let platform = platform().await;
    let house = house_of(&platform);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    let since = mark(&platform);
    node(&platform, NodeName::A, json!({ "xmpp": "down", "rest": "down" })).await;
    let board = moved(&chief).await;
    assert_eq!(board["session"]["node"], "127.0.0.2");
    assert_the_same(&platform, &board);
    let mut nodes = subscribed(&platform, since, "/Users");
    nodes.sort();
    let expected: Vec<String> = teams(&board)
        .iter()
        .map(|team| format!("/finesse/api/Team/{}/Users", team["team_id"].as_str().unwrap()))
        .collect();
    assert!(nodes.len() == 3 && expected.iter().all(|node| nodes.contains(node)), "{nodes:?}");
    assert_eq!(team_reads(&platform, since), 3);

    // The other is well again. Work goes on where it is.
    node(&platform, NodeName::A, json!({ "xmpp": "up", "rest": "up" })).await;
    let since = mark(&platform);
    assert_eq!(chief.must("floor.refresh", json!({})).await["taken"], true);
    look_until(|| (team_reads(&platform, since) == 3).then_some(())).await;
    put(&platform, "71003", "TALKING");
    operator(&chief, "71003", |row| row["group"] == "talking").await;
    let entries = platform.core().journal.since(since);
    assert!(entries.iter().all(|entry| entry.node != Some(NodeName::A)), "nothing is asked of it");
    let session = board_that(&chief, is_live).await["session"].clone();
    assert_eq!((&session["node"], &session["switched"]), (&json!("127.0.0.2"), &json!(true)));
    platform.stop().await;
}

/// Scenario 7.
#[tokio::test]
async fn scenario_07_a_link_that_falls_silent_is_found_dead_and_the_other_node_goes_on() {
    let platform = platform().await;
    let house = house_of(&platform);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    // Connections stay open and nothing moves on them; requests are answered as ever.
    node(&platform, NodeName::A, json!({ "xmpp": "hang" })).await;
    put(&platform, "71003", "TALKING");
    let old = board_that(&chief, |board| teams(board).iter().all(|team| team["why"].is_string())).await;
    assert_ne!(old["session"]["state"], "live");
    let board = moved(&chief).await;
    assert_eq!(board["session"]["node"], "127.0.0.2");
    assert_the_same(&platform, &board);
    platform.stop().await;
}

/// Scenario 8.
#[tokio::test]
async fn scenario_08_a_node_that_rests_is_waited_for_and_what_it_never_told_is_read() {
    let platform = platform().await;
    let house = house_of(&platform);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    for login in ["71003", "71005", "71015"] {
        put(&platform, login, "READY");
        operator(&chief, login, |row| row["group"] == "ready").await;
    }
    let (since, began) = (mark(&platform), Timestamp::now());
    node(&platform, NodeName::A, json!({ "status": "OUT_OF_SERVICE" })).await;
    let board = board_that(&chief, |board| {
        board["session"]["state"] == "out_of_service" && teams(board).iter().all(|team| team["why"] == "out_of_service")
    })
    .await;
    assert!(board["session"]["detail"].as_str().unwrap().contains("OUT_OF_SERVICE"), "{}", board["session"]);
    fault(&platform, json!({ "dropEvents": 1.0 })).await;
    for login in ["71003", "71005", "71015"] {
        put(&platform, login, "TALKING");
    }
    fault(&platform, json!({ "heal": true })).await;
    node(&platform, NodeName::A, json!({ "status": "IN_SERVICE" })).await;
    let board = live(&chief).await;
    assert_the_same(&platform, &board);
    assert_eq!(row(&board, "71015")["group"], "talking");
    assert_eq!((&board["session"]["node"], &board["session"]["switched"]), (&json!("127.0.0.1"), &json!(false)));
    assert_eq!(
        (sign_ins(&platform, since), team_reads(&platform, since)),
        (0, 3),
        "the link was kept, each team read once"
    );
    let probes = requests(&platform, since).iter().filter(|text| text.contains("/SystemInfo")).count();
    let most = Timestamp::now().duration_since(began).as_secs() / 5 + 1;
    assert!(i64::try_from(probes).unwrap() <= most, "{probes} questions about the node where {most} were allowed");
    platform.stop().await;
}

/// Scenario 9.
#[tokio::test]
async fn scenario_09_a_node_that_is_only_partly_in_service_is_passed_over_and_its_word_is_shown() {
    let platform = platform().await;
    for name in NodeName::BOTH {
        node(&platform, name, json!({ "status": "PARTIAL_SERVICE" })).await;
    }
    let house = house_of(&platform);
    let (_pultd, chief) = house.open().await;
    let board = session(&chief, "out_of_service").await;
    assert!(board["session"]["detail"].as_str().unwrap().contains("PARTIAL_SERVICE"), "{}", board["session"]);
    assert!(
        requests(&platform, 0).iter().all(|text| text.ends_with("/SystemInfo")),
        "nobody's password is shown there"
    );
    node(&platform, NodeName::B, json!({ "status": "IN_SERVICE" })).await;
    let board = live(&chief).await;
    assert_eq!(board["session"]["node"], "127.0.0.2");
    platform.stop().await;
}

/// Scenario 13.
#[tokio::test]
async fn scenario_13_a_stranger_s_certificate_is_shown_before_any_password_is_and_a_changed_one_is_never_accepted_by_itself()
 {
    let platform = platform().await;
    let own = async |name| platform.core().show_certificate(name, Signer::Own, None, false).unwrap();
    own(NodeName::A).await;
    own(NodeName::B).await;
    let house = strange_to(&platform, ENGINE, PLATFORM_PASSWORD);
    let (pultd, chief) = house.open().await;
    let fingerprint = |board: &Value| {
        let detail = board["session"]["detail"].as_str().unwrap();
        detail
            .split_once("SHA-256 ")
            .unwrap_or_else(|| panic!("{detail}"))
            .1
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    };
    let board = session(&chief, "cert_problem").await;
    let first = fingerprint(&board);
    assert_eq!(board["session"]["cause"], "tls_untrusted");
    assert_eq!(platform.core().journal.since(0).len(), 0, "nothing was sent before somebody accepted it");

    let pins = json!({ "changes": { "integrations.finesse.pins": [&first] } });
    chief.must("settings.write", pins).await;
    live(&chief).await;

    // The next day it is another one. (A session that goes on may resume what it agreed on with the one it has accepted.)
    assert!(pultd.stop().await.success());
    own(NodeName::A).await;
    let since = mark(&platform);
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    let board = session(&chief, "cert_problem").await;
    assert_ne!(fingerprint(&board), first);
    assert_eq!(board["session"]["cause"], "tls_changed");
    assert_eq!((requests(&platform, since), sign_ins(&platform, since)), (vec![], 0), "not a byte more");
    // Asking for another try is not accepting it.
    chief.must("floor.connect", json!({})).await;
    let again = board["session"]["since"].clone();
    board_that(&chief, |board| board["session"]["state"] == "cert_problem" && board["session"]["since"] != again).await;
    assert!(asked(&platform, since).is_empty());
    platform.stop().await;
}

/// Scenario 15.
#[tokio::test]
async fn scenario_15_of_two_sessions_of_one_installation_the_older_one_yields_until_a_person_asks() {
    let platform = platform().await;
    let house = house_of(&platform);
    let (pultd, chief) = house.open().await;
    live(&chief).await;
    assert!(pultd.stop().await.success());
    // Somebody copied a computer.
    let other = house_of(&platform);
    std::fs::copy(house.data().join("installation"), other.data().join("installation")).unwrap();
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    live(&chief).await;
    let (_second, boss) = other.open().await;
    live(&boss).await;
    let unwatched = |board: &Value| teams(board).iter().all(|team| team["why"].is_string());
    board_that(&chief, |board| board["session"]["state"] == "conflict" && unwatched(board)).await;
    let since = mark(&platform);
    put(&platform, "71003", "TALKING");
    operator(&boss, "71003", |row| row["group"] == "talking").await;
    assert_eq!(sign_ins(&platform, since), 0, "nobody goes to and fro");
    assert_eq!(board(&chief).await["session"]["state"], "conflict");
    // "Connect here".
    chief.must("floor.connect", json!({})).await;
    live(&chief).await;
    session(&boss, "conflict").await;
    platform.stop().await;
}

/// Scenario 17.
#[tokio::test]
async fn scenario_17_a_team_whose_node_is_not_there_is_read_at_intervals_while_the_others_are_heard() {
    // A real notification service has no orders for taking a node away and giving it back.
    let platform = platform_of_its_own().await;
    fault(&platform, json!({ "missing": ["/finesse/api/Team/62/Users"] })).await;
    let house = house_of(&platform);
    let (_pultd, chief) = house.open().await;
    let board = live(&chief).await;
    let told = (&board["session"]["cause"], &board["session"]["detail"]);
    assert_eq!(told, (&json!("teams_polled"), &json!("62")), "the board says which team is not heard");
    put(&platform, "71003", "TALKING");
    operator(&chief, "71003", |row| row["group"] == "talking").await;
    // One of the team that is not heard: the next reading shows it.
    put(&platform, "71015", "TALKING");
    let row = operator(&chief, "71015", |row| row["group"] == "talking").await;
    let here = teams(&board).iter().find(|team| team["team_id"] == "62").unwrap()["id"].clone();
    assert!(row["teams"].as_array().unwrap().contains(&here), "{row}");
    // The node is made: the next try to hear it works.
    fault(&platform, json!({ "heal": true })).await;
    let board = board_that(&chief, |board| is_live(board) && board["session"]["cause"].is_null()).await;
    assert_eq!(board["session"]["detail"], "");
    platform.stop().await;
}

/// Scenario 18.
#[tokio::test]
async fn scenario_18_after_a_sleep_everything_is_read_anew_and_lasts_by_the_platform_s_time() {
    let platform = platform().await;
    let house = house_of(&platform);
    if !has_a_hand_clock(&house).await {
        return;
    }
    house.person("chief", "admin").await;
    let begin = Timestamp::now();
    let _pultd = house.try_serve(&["--hand-clock", &begin.to_string()]).await.unwrap();
    let chief = _pultd.signed_in("chief").await;
    live(&chief).await;
    for login in ["71003", "71005"] {
        put(&platform, login, "READY");
        operator(&chief, login, |row| row["group"] == "ready").await;
    }
    // The computer sleeps; the platform's end of the link is gone without a word, and the floor goes on without us.
    node(&platform, NodeName::A, json!({ "xmpp": "hang" })).await;
    platform.core().turn_clock(ClockOrder { advance: Some(600.0), ..ClockOrder::default() });
    put(&platform, "71003", "TALKING");
    platform.core().turn_clock(ClockOrder { advance: Some(600.0), ..ClockOrder::default() });
    let since = mark(&platform);
    let woke = begin + SignedDuration::from_mins(20);
    set_clock(&house, &woke.to_string()).await;
    let old = board_that(&chief, |board| teams(board).iter().all(|team| team["why"].is_string())).await;
    assert!(old["session"]["detail"].as_str().unwrap().contains("after a sleep"), "{}", old["session"]);
    node(&platform, NodeName::A, json!({ "xmpp": "up" })).await;
    let board = live(&chief).await;
    assert_the_same(&platform, &board);
    assert_eq!(team_reads(&platform, since), 3, "each team is read once, whatever fell due meanwhile");
    let talking = row(&board, "71003");
    let lasted = board["now"].as_i64().unwrap() - talking["since"].as_i64().unwrap();
    assert!((595_000..=605_000).contains(&lasted), "{lasted} ms in a call that began ten minutes ago");
    platform.stop().await;
}
