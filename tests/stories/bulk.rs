//! Calls to the outside world that a person repeats or takes back as a group: each has an end of its own, and everything that waited
//! for it hears of that end.
//!
//! Deliberately not here: how a call comes to be given up (`gate`), and one alone.

use pult_simulators::{
    agencies::fault::{Fault, Page},
    catalogue::agencies,
};
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    clock::{has_a_hand_clock, set_clock},
    gate::{call_of, effects},
    house::{Gatehouse, House, Setup, import_phones},
};

const BEGIN: &str = "2026-03-10T12:00:00Z";

/// A house that gives up within the hour and can turn its clock.
async fn house(gatehouse: &Gatehouse) -> Option<House> {
    let lanes = "[lanes]\nbackoff_base_ms = 10\nbackoff_max_s = 1\nbreaker_failures = 100\ngive_up_hours = 1\n";
    let house = Setup::new().unhurried().agencies(gatehouse).and(lanes).build();
    has_a_hand_clock(&house).await.then_some(())?;
    import_phones(&house).await;
    house.person("chief", "admin").await;
    Some(house)
}

/// The calls to the outside world, oldest first, once there are so many and all are in that state.
async fn all(chief: &Caller, count: usize, state: &str) -> Vec<Value> {
    let look = async || {
        let rows = effects(chief).await;
        (rows.len() == count && rows.iter().all(|row| row["state"] == state)).then_some(rows)
    };
    chief.until(look).await
}

fn ids(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| row["id"].clone()).collect()
}

/// Gives a command about a group; how it ended for each.
async fn endings(chief: &Caller, command: &str, ids: &[Value]) -> Vec<String> {
    let outcomes = chief.must(command, json!({ "ids": ids })).await["outcomes"].clone();
    let rows = outcomes.as_array().unwrap();
    assert!(rows.iter().map(|row| &row["id"]).eq(ids), "in the order asked");
    rows.iter().map(|row| row["ending"].as_str().unwrap().to_owned()).collect()
}

async fn cards(chief: &Caller) -> Vec<String> {
    chief.calls().await.iter().map(|row| row["card_state"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_group_that_was_given_up_is_repeated_and_every_card_is_found() {
    let gatehouse = Gatehouse::open().await;
    let Some(house) = house(&gatehouse).await else { return };
    let pultd = house.try_serve(&["--hand-clock", BEGIN]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    gatehouse.gate.set_fault(Fault::ServerError, Page::View, None);
    for (n, agency) in agencies()[2..6].iter().enumerate() {
        call_of(&pultd, agency, &format!("o{n}")).await;
    }
    let tried = async |times: u64| {
        let rows = effects(&chief).await;
        let all = rows.len() == 4 && rows.iter().all(|row| row["attempts"].as_u64() >= Some(times));
        (all && rows.iter().all(|row| row["state"] == "queued")).then_some(())
    };
    chief.until(async || tried(1).await).await;
    // A card is of use for some minutes; whoever asks for it later has all the time there is.
    set_clock(&house, "2026-03-10T12:20:00Z").await;
    let expired = all(&chief, 4, "expired").await;
    assert_eq!(endings(&chief, "deliveries.retry", &ids(&expired)).await, ["done"; 4]);
    chief.until(async || tried(2).await).await;
    // Nobody mends it for two hours: each is tried once more and given up.
    set_clock(&house, "2026-03-10T14:20:00Z").await;
    let dead = all(&chief, 4, "dead").await;
    assert!(cards(&chief).await.iter().all(|state| state == "missing"), "{:?}", cards(&chief).await);
    assert_eq!(chief.must("deliveries.summary", json!({})).await["failed"], 4);

    // One of them is repeated alone; then all are, with one that never was.
    gatehouse.gate.heal();
    assert_eq!(endings(&chief, "deliveries.retry", &ids(&dead)[..1]).await, ["done"]);
    chief.until(async || (effects(&chief).await[0]["state"] == "done").then_some(())).await;
    let mut group = ids(&dead);
    group.push(json!(999_999));
    let ended = endings(&chief, "deliveries.retry", &group).await;
    assert_eq!(ended, ["already", "done", "done", "done", "refused"]);
    all(&chief, 4, "done").await;
    chief.until(async || cards(&chief).await.iter().all(|state| state == "found").then_some(())).await;
    assert_eq!(chief.must("deliveries.summary", json!({})).await["failed"], 0);
    let before = gatehouse.gate.journal().entries.len();
    assert_eq!(endings(&chief, "deliveries.retry", &ids(&dead)).await, ["already"; 4], "once more changes nothing");
    // What is done is not taken back.
    assert_eq!(endings(&chief, "deliveries.cancel", &ids(&dead)).await, ["refused"; 4]);
    chief.until_settled().await;
    assert_eq!(gatehouse.gate.journal().entries.len(), before);
    assert!(pultd.stop().await.success());
}

#[tokio::test]
async fn a_group_that_is_taken_back_is_never_sent_and_whoever_waited_for_it_is_told() {
    let gatehouse = Gatehouse::open().await;
    let Some(house) = house(&gatehouse).await else { return };
    let pultd = house.try_serve(&["--hand-clock", BEGIN]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    chief.must("deliveries.pause", json!({ "integration": "agencies", "paused": true })).await;
    for (n, agency) in agencies()[2..6].iter().enumerate() {
        call_of(&pultd, agency, &format!("o{n}")).await;
    }
    let queued = all(&chief, 4, "queued").await;
    let group = ids(&queued);
    assert_eq!(endings(&chief, "deliveries.cancel", &group[..3]).await, ["done"; 3]);
    assert_eq!(endings(&chief, "deliveries.cancel", &group).await, ["already", "already", "already", "done"]);
    all(&chief, 4, "cancelled").await;
    // Nobody waits for a card that will not come, and the reason names who decided so.
    assert!(cards(&chief).await.iter().all(|state| state == "missing"), "{:?}", cards(&chief).await);
    let detail = chief.must("deliveries.effect", json!({ "id": group[0] })).await;
    let told = &detail["entries"][0];
    assert_eq!((&told["kind"], &told["actor"]), (&json!("agency_missing"), &json!("chief")), "{detail}");
    chief.must("deliveries.pause", json!({ "integration": "agencies", "paused": false })).await;
    chief.until_settled().await;
    assert_eq!(gatehouse.gate.journal().entries.len(), 0, "nothing was sent");

    // Somebody thinks better of two of them.
    assert_eq!(endings(&chief, "deliveries.retry", &group[1..3]).await, ["done"; 2]);
    let found = async || {
        let found = cards(&chief).await.iter().filter(|state| *state == "found").count();
        (found == 2).then_some(())
    };
    chief.until(found).await;
    let states: Vec<_> = effects(&chief).await.iter().map(|row| row["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["cancelled", "done", "done", "cancelled"]);
    assert!(pultd.stop().await.success());
}
