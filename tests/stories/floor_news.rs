//! The floor when single news are late, doubled, broken or refused, and when there are very many of them at once.
//!
//! Deliberately not here: nodes and links (`floor_trouble`), requests (`floor_requests`).

use std::{collections::BTreeMap, time::Instant};

use jiff::{SignedDuration, Timestamp};
use pult_simulators::finesse::{
    control::StateOrder,
    journal::Kind,
    world::script::{Measure, Scenario},
};
use serde_json::{Value, json};

use crate::{
    bars::tell,
    caller::{Caller, look_until},
    platform::{
        PLATFORM_PASSWORD, board, board_that, fault, live, mark, operator, order, platform, platform_of, put, requests,
        row, sign_ins, subscribed, team_reads, teams, watching,
    },
};

/// The states of an operator since an instant, oldest first.
async fn stretches(chief: &Caller, operator: &Value, from: Timestamp) -> Vec<Value> {
    let ask = json!({ "operator": operator, "from": from.as_millisecond(), "to": from.as_millisecond() + 3_600_000 });
    chief.must("floor.stretches", ask).await["stretches"].as_array().unwrap().clone()
}

/// Scenario 3.
#[tokio::test]
async fn scenario_03_calls_of_members_that_may_not_be_followed_are_asked_for_no_more_and_nothing_else_suffers() {
    let platform = platform_of(2, 30, false).await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    let forbidden = || {
        let entries = platform.core().journal.since(0).into_iter();
        entries.filter(|entry| entry.kind == Kind::Out && entry.text.contains("<forbidden")).count()
    };
    look_until(|| (forbidden() >= 2).then_some(())).await;
    put(&platform, "71003", "TALKING");
    operator(&chief, "71003", |row| row["group"] == "talking").await;
    let board = board(&chief).await;
    assert_eq!(board["session"]["state"], "live");
    assert!(!board["session"]["features"].as_array().unwrap().contains(&json!("calls")), "{}", board["session"]);
    let asked = subscribed(&platform, 0, "/Dialogs").len();
    assert!(asked <= 20, "{asked} of 60 were asked for after the first refusal in each of two teams");
    assert!(requests(&platform, 0).iter().all(|text| !text.contains("/Dialogs")));
    platform.stop().await;
}

/// Scenario 4.
#[tokio::test]
async fn scenario_04_of_two_changes_told_in_the_wrong_order_the_later_one_stays() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    let now = || Timestamp::now().round(jiff::Unit::Millisecond).unwrap();
    let since = now();
    let begun = StateOrder { at: Some(since.to_string()), ..order("READY", None) };
    assert!(platform.core().set_state("71003", &begun).unwrap());
    let ready = operator(&chief, "71003", |row| row["since"] == since.as_millisecond()).await;
    // What comes within a fifth of a second is told backwards.
    fault(&platform, json!({ "reorder": 1000 })).await;
    let from = now();
    let [first, second] = [0, 200].map(|ms| from + SignedDuration::from_millis(ms));
    for (state, at) in [("RESERVED", first), ("TALKING", second)] {
        let order = StateOrder { at: Some(at.to_string()), ..order(state, None) };
        assert!(platform.core().set_state("71003", &order).unwrap());
    }
    let talking = operator(&chief, "71003", |row| row["state"] == "talking").await;
    // Whatever is told after both were: the older one has come to nothing by then.
    fault(&platform, json!({ "heal": true })).await;
    put(&platform, "71005", "WORK");
    operator(&chief, "71005", |row| row["state"] == "wrap_up").await;
    let after = operator(&chief, "71003", |_| true).await;
    assert_eq!((&after["state"], &after["interval"]), (&json!("talking"), &talking["interval"]));
    assert_eq!(after["since"], second.as_millisecond());
    let states: Vec<_> =
        stretches(&chief, &ready["id"], since).await.iter().map(|stretch| stretch["group"].clone()).collect();
    assert_eq!(states, ["ready", "talking"]);
    platform.stop().await;
}

/// Scenario 5.
#[tokio::test]
async fn scenario_05_news_told_twice_change_nothing_and_a_state_to_come_is_shown_beside_the_one_there_is() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    fault(&platform, json!({ "duplicate": 1.0 })).await;
    put(&platform, "71003", "TALKING");
    let talking = operator(&chief, "71003", |row| row["state"] == "talking").await;
    let pending = StateOrder { pending: "NOT_READY".to_owned(), ..order("TALKING", None) };
    assert!(platform.core().set_state("71003", &pending).unwrap());
    let row = operator(&chief, "71003", |row| row["pending"] == "not_ready").await;
    assert_eq!(
        (&row["state"], &row["interval"], &row["since"]),
        (&json!("talking"), &talking["interval"], &talking["since"])
    );
    put(&platform, "71003", "NOT_READY");
    let row = operator(&chief, "71003", |row| row["state"] == "not_ready").await;
    assert_eq!(row["pending"], Value::Null);
    let from = Timestamp::from_millisecond(talking["since"].as_i64().unwrap()).unwrap();
    let states: Vec<_> =
        stretches(&chief, &row["id"], from).await.iter().map(|stretch| stretch["group"].clone()).collect();
    assert_eq!(states, ["talking", "not_ready"], "each once");
    platform.stop().await;
}

/// Scenario 10.
#[tokio::test]
async fn scenario_10_a_state_nobody_knows_is_kept_as_it_came_and_is_counted_as_unknown() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    put(&platform, "71003", "LUNCH_ROBOT");
    let board = board_that(&chief, |board| row(board, "71003")["state"] == "other:LUNCH_ROBOT").await;
    let unknown = board["operators"].as_array().unwrap().iter().filter(|row| row["group"] == "unknown");
    assert_eq!(unknown.map(|row| &row["login_id"]).collect::<Vec<_>>(), ["71003"]);
    assert_eq!(board["session"]["state"], "live");
    put(&platform, "71003", "READY");
    operator(&chief, "71003", |row| row["group"] == "ready").await;
    platform.stop().await;
}

/// Scenario 11.
#[tokio::test]
async fn scenario_11_five_hundred_who_sign_in_at_once_cost_one_reading_a_team_and_none_is_lost() {
    let platform = platform_of(25, 20, true).await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    let journal = platform.core().journal.since(0);
    assert_eq!((team_reads(&platform, 0), subscribed(&platform, 0, "/Users").len()), (25, 25));
    let single = |text: &String| text.contains("/User/") && !text.contains("/User/70490");
    assert_eq!(requests(&platform, 0).iter().filter(|text| single(text)).count(), 0, "nobody is asked for one by one");
    let calls = journal.iter().position(|entry| entry.text.contains("<subscribe ") && entry.text.contains("/Dialogs"));
    let last_team = journal.iter().rposition(|entry| entry.text.starts_with("GET /finesse/api/Team/"));
    assert!(calls.is_none_or(|calls| Some(calls) > last_team), "their calls come after the teams");

    let (since, began) = (mark(&platform), Instant::now());
    platform
        .core()
        .with_world(|world, now| world.play(Scenario::LoginStorm, Measure { seconds: Some(2), rate: None }, now));
    let expected = || -> BTreeMap<String, Value> {
        platform.core().with_world(|world, _| {
            let listed = world.people.iter().filter(|person| person.listed);
            listed
                .map(|person| {
                    (
                        person.id.clone(),
                        json!([person.state.word().to_lowercase(), person.since.map(Timestamp::as_millisecond)]),
                    )
                })
                .collect()
        })
    };
    let all_in = |board: &Value| {
        let rows = board["operators"].as_array().unwrap();
        rows.iter().filter(|row| row["state"] == "not_ready").count() == 500
    };
    let board = board_that(&chief, all_in).await;
    let all_shown_ms = began.elapsed().as_secs_f64() * 1e3;
    let shown: BTreeMap<String, Value> = board["operators"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["login_id"].as_str().unwrap().to_owned(), json!([row["state"], row["since"]])))
        .collect();
    let expected = expected();
    let lost = expected.iter().filter(|(login, state)| shown.get(*login) != Some(state)).count();
    tell("sign_in_storm", &json!({ "lost": lost, "all_shown_ms": all_shown_ms }));
    assert_eq!(shown, expected);
    assert_eq!((team_reads(&platform, since), sign_ins(&platform, since)), (0, 0), "what was told was enough");
    platform.stop().await;
}

/// Scenario 12.
#[tokio::test]
async fn scenario_12_a_broken_notification_is_not_applied_and_its_team_is_read_once() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    let begun = live(&chief).await;
    let name = row(&begun, "71003")["last_name"].as_str().unwrap().to_owned();
    let since = mark(&platform);
    fault(&platform, json!({ "malformed": "next", "node": "/finesse/api/Team/61/Users" })).await;
    put(&platform, "71003", "TALKING");
    // Good ones go on meanwhile.
    put(&platform, "71005", "WORK");
    let board = board_that(&chief, |board| row(board, "71005")["state"] == "wrap_up").await;
    assert_eq!(board["session"]["state"], "live");
    // What the broken one told is known from the reading that follows.
    operator(&chief, "71003", |row| row["state"] == "talking").await;
    let reads: Vec<_> = requests(&platform, since).into_iter().filter(|text| text.contains("/Team/")).collect();
    assert_eq!(reads, ["GET /finesse/api/Team/61"]);
    assert_eq!(sign_ins(&platform, since), 0, "the stream goes on");
    let log = std::fs::read_to_string(house.log()).unwrap();
    let warnings: Vec<_> = log.lines().filter(|line| line.contains("could not be understood")).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(!warnings[0].contains(&name) && !warnings[0].contains("71003"), "{warnings:?}");
    platform.stop().await;
}

/// Scenario 16.
#[tokio::test]
async fn scenario_16_who_is_signed_out_is_on_the_board_without_a_phone_and_without_a_duration() {
    let platform = platform().await;
    let gone = StateOrder { at: Some(String::new()), ..order("LOGOUT", None) };
    for login in ["71003", "71005"] {
        assert!(platform.core().set_state(login, &gone).unwrap());
    }
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    let board = live(&chief).await;
    for login in ["71003", "71005"] {
        let row = row(&board, login);
        let shown = (&row["group"], &row["extension"], &row["since"], &row["missing"]);
        assert_eq!(shown, (&json!("signed_out"), &Value::Null, &Value::Null, &json!(false)), "{row}");
    }
    for team in teams(&board) {
        let members = board["operators"].as_array().unwrap().iter();
        let count = members.filter(|row| row["teams"].as_array().unwrap().contains(&team["id"])).count();
        assert!(count >= 10, "{count} in {team}");
    }
    // Whoever comes back has a phone and a time again.
    put(&platform, "71003", "READY");
    let row = operator(&chief, "71003", |row| row["group"] == "ready").await;
    assert!(row["extension"].is_string() && row["since"].is_i64(), "{row}");
    platform.stop().await;
}
