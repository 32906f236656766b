//! A clock that jumps: set forward, set back, or gone on while the computer slept. Nothing happens twice and no deadline is lost.
//!
//! Needs a `pultd` built with the feature `hand-clock`; with any other the story says so and is skipped.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::UnixStream,
};

use crate::{
    caller::Caller,
    house::{House, PATIENCE},
    senders::{feed, ring, row},
};

/// Turns the engine's clock over its local socket.
pub(crate) async fn set_clock(house: &House, now: &str) {
    let mut line = BufReader::new(UnixStream::connect(house.data().join("control.sock")).await.unwrap());
    let question = json!({ "command": "clock.set", "request": { "now": now } });
    line.write_all(format!("{question}\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(PATIENCE, line.read_line(&mut answer)).await.expect("no answer").unwrap();
    assert!(answer.contains("\"ok\""), "{answer}");
}

async fn states(chief: &Caller) -> Vec<String> {
    chief.calls().await.iter().map(|call| call["state"].as_str().unwrap().to_owned()).collect()
}

/// The engine's house, when its program has a clock that can be turned.
async fn house_with_a_hand_clock() -> Option<House> {
    let house = House::usual();
    has_a_hand_clock(&house).await.then_some(())?;
    house.person("chief", "admin").await;
    Some(house)
}

/// Whether the program has a clock that can be turned; where it has none, the story says so and is skipped.
pub(crate) async fn has_a_hand_clock(house: &House) -> bool {
    let asked = house.run(&["serve", "--hand-clock", "2026-03-28T12:00:00Z", "--help"]).await;
    if !asked.status.success() {
        eprintln!("SKIPPED: this pultd was built without the feature hand-clock");
    }
    asked.status.success()
}

#[tokio::test]
async fn a_jump_repeats_nothing_and_loses_no_deadline() {
    let Some(house) = house_with_a_hand_clock().await else { return };
    let pultd = house.try_serve(&["--hand-clock", "2026-03-28T12:00:00Z"]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    let hooks = pultd.at_hooks();
    ring(&hooks, "newcall", "+37060011122", "o.belova").await;
    chief.until_settled().await;
    assert_eq!(states(&chief).await, ["open"]);

    // Set back by half a minute: a repeat is still one.
    set_clock(&house, "2026-03-28T11:59:30Z").await;
    ring(&hooks, "newcall", "+37060011122", "o.belova").await;
    chief.until_settled().await;
    assert_eq!(states(&chief).await, ["open"]);
    // Back by an hour and forward again: nothing is due, and sessions hold.
    set_clock(&house, "2026-03-28T11:00:00Z").await;
    set_clock(&house, "2026-03-28T12:00:00Z").await;
    assert_eq!(states(&chief).await, ["open"]);

    // The computer slept for five hours: the call nobody ended is ended, once, at no known time.
    set_clock(&house, "2026-03-28T17:00:00Z").await;
    let call = chief.until(async || chief.calls().await.pop().filter(|call| call["state"] == "ended")).await;
    assert_eq!(call["ended_at"], Value::Null);
    for now in ["2026-03-28T11:00:00Z", "2026-03-28T18:00:00Z"] {
        set_clock(&house, now).await;
    }
    chief.until_settled().await;
    let why = chief.must("deliveries.why", json!({ "of": "subject", "subject": format!("call:{}", call["id"]) })).await;
    let ends = why["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "end_never_reported").count();
    assert_eq!(ends, 1);
}

#[tokio::test]
async fn a_deadline_that_passed_while_the_engine_was_down_is_met_at_its_start() {
    let Some(house) = house_with_a_hand_clock().await else { return };
    let pultd = house.try_serve(&["--hand-clock", "2026-03-28T12:00:00Z"]).await.unwrap();
    ring(&pultd.at_hooks(), "newcall", "+37060011122", "o.belova").await;
    pultd.signed_in("chief").await.until_settled().await;
    pultd.kill().await;
    let pultd = house.try_serve(&["--hand-clock", "2026-03-28T20:00:00Z"]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    chief.until(async || (states(&chief).await == ["ended"]).then_some(())).await;
}

#[tokio::test]
async fn a_day_of_23_hours_holds_all_its_calls() {
    let Some(house) = house_with_a_hand_clock().await else { return };
    // Moscow has no such day; Vilnius puts its clocks forward on this one, at 03:00.
    let pultd = house.try_serve(&["--hand-clock", "2026-03-28T21:59:59Z"]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    let instants = [
        "2026-03-28T21:59:59Z",
        "2026-03-28T22:00:00Z",
        "2026-03-29T00:59:59Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T20:59:59Z",
        "2026-03-29T21:00:00Z",
    ];
    for (n, now) in instants.into_iter().enumerate() {
        set_clock(&house, now).await;
        ring(&pultd.at_hooks(), "newcall", &format!("+3706001112{n}"), "o.belova").await;
        chief.until_settled().await;
    }
    for (day, calls) in [("2026-03-28", 1), ("2026-03-29", 4), ("2026-03-30", 1)] {
        let filter = json!({ "centre": "vilnius", "days": { "from": day, "to": day } });
        assert_eq!(chief.calls_of(filter).await.len(), calls, "{day}");
    }
    // A leap day is a day like any other.
    feed(&pultd.at_hooks(), &[row("leap", "2028-02-29 23:59:59", "+74950001111")]).await;
    let answer = chief.get("/api/moscow-calls?date=2028-02-29").await.json();
    assert_eq!(answer["calls"][0]["time"], "29.02.2028, 23:59:59");
}
