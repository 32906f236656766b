//! A supervisor's requests when the platform refuses them, is slow to show them, or never tells what became of them.
//!
//! Deliberately not here: a request that goes well, and who may ask (`floor`).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    clock::{has_a_hand_clock, set_clock},
    platform::{
        PLATFORM_PASSWORD, fault, live, mark, operator, platform, put, puts, requests, row, team_reads, watching,
    },
};

async fn ask(chief: &Caller, operator: &Value, wanted: &str) -> Value {
    chief.must("floor.ask", json!({ "operators": [operator["id"]], "wanted": wanted })).await["requests"][0]["state"]
        .clone()
}

/// Scenario 14.
#[tokio::test]
async fn scenario_14_a_refused_request_says_why_and_leaves_the_state_alone() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    put(&platform, "71003", "READY");
    let ready = operator(&chief, "71003", |row| row["group"] == "ready").await;
    // A call comes in while the supervisor presses the button: our picture is behind the platform's.
    fault(&platform, json!({ "dropEvents": 1.0 })).await;
    put(&platform, "71003", "TALKING");
    fault(&platform, json!({ "heal": true })).await;
    let since = mark(&platform);
    assert_eq!(ask(&chief, &ready, "not_ready").await, "sent");
    let refused = operator(&chief, "71003", |row| row["command"]["state"] == "refused_state").await;
    assert_eq!((puts(&platform, since), &refused["pending"]), (1, &Value::Null));
    assert_ne!(refused["state"], "not_ready", "nothing is shown that is not so");
    // The team is looked at, for our picture was wrong.
    operator(&chief, "71003", |row| row["state"] == "talking").await;
    assert_eq!(puts(&platform, since), 1);
    platform.stop().await;
}

/// Scenario 14.
#[tokio::test]
async fn scenario_14_a_request_waits_until_the_state_shows_it_whether_or_not_it_is_named() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    put(&platform, "71003", "READY");
    let ready = operator(&chief, "71003", |row| row["group"] == "ready").await;
    fault(&platform, json!({ "echo": 0.0, "delayMs": 2000 })).await;
    assert_eq!(ask(&chief, &ready, "not_ready").await, "sent");
    let waiting = operator(&chief, "71003", |row| row["command"]["state"] == "taken").await;
    assert_eq!(
        (&waiting["state"], &waiting["interval"]),
        (&json!("ready"), &ready["interval"]),
        "never before it is so"
    );
    let done = operator(&chief, "71003", |row| row["command"]["state"] == "done").await;
    assert_eq!((&done["state"], &done["reason"]["kind"]), (&json!("not_ready"), &json!("supervisor")));
    assert_eq!(done["reason"]["code"], 33);
    platform.stop().await;
}

/// Scenario 14.
#[tokio::test]
async fn scenario_14_a_request_nobody_saw_the_end_of_is_looked_after_once_and_never_sent_again() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    if !has_a_hand_clock(&house).await {
        return;
    }
    house.person("chief", "admin").await;
    let mut now = Timestamp::now();
    let pultd = house.try_serve(&["--hand-clock", &now.to_string()]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    let board = live(&chief).await;
    assert_eq!(row(&board, "71003")["teams"].as_array().unwrap().len(), 1);
    put(&platform, "71003", "READY");
    let ready = operator(&chief, "71003", |row| row["group"] == "ready").await;
    for (wrong, state, shown) in [
        // It was done, and the news of it are lost: one look shows it.
        (json!({ "dropEvents": 1.0 }), "done", "not_ready"),
        // It came to nothing, and the news of that are lost too: a look shows nothing, and that is what is said.
        (json!({ "dropEvents": 1.0, "asyncError": "next" }), "unknown", "not_ready"),
    ] {
        let since = mark(&platform);
        fault(&platform, wrong).await;
        let wanted = if state == "done" { "not_ready" } else { "ready" };
        assert_eq!(ask(&chief, &ready, wanted).await, "sent");
        operator(&chief, "71003", |row| row["command"]["state"] == "taken").await;
        // The platform works on it for a moment; what it did is not told.
        platform_rests(&platform, wanted == "not_ready").await;
        assert_eq!(team_reads(&platform, since), 0);
        now += SignedDuration::from_secs(15);
        set_clock(&house, &now.to_string()).await;
        let after = operator(&chief, "71003", |row| row["command"]["state"] == state).await;
        assert_eq!(after["state"], shown);
        assert_eq!((puts(&platform, since), team_reads(&platform, since)), (1, 1), "{:?}", requests(&platform, since));
        fault(&platform, json!({ "heal": true })).await;
    }
    platform.stop().await;
}

/// Waits until the platform has worked off what it was asked.
async fn platform_rests(platform: &pult_simulators::finesse::Simulator, changes: bool) {
    crate::caller::look_until(|| {
        let is = platform.core().with_world(|world, _| {
            world.find("71003").is_some_and(|who| world.people[who].state.word() == "NOT_READY")
        });
        (!changes || is).then_some(())
    })
    .await;
}
