//! Now: a system that dies is one incident, told once and once more when it is over; calls that were given up are one notice until
//! somebody deals with them; a shift is handed over in words.
//!
//! Deliberately not here: which notices have one cause (`pult_domain::trouble`), and the screen.

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

async fn house(gatehouse: &Gatehouse, lanes: &str) -> House {
    let lanes = format!("[lanes]\nbackoff_base_ms = 10\nbackoff_max_s = 1\n{lanes}");
    let house = Setup::new().unhurried().agencies(gatehouse).and(&lanes).build();
    import_phones(&house).await;
    house.person("chief", "admin").await;
    house
}

/// Everything that was shown to somebody at once since a notice, and where to go on.
async fn toasts(who: &Caller, after: &Value) -> Vec<String> {
    let news = who.must("notices.news", json!({ "after": after, "since": null })).await;
    let fresh = news["fresh"].as_array().unwrap().iter();
    fresh
        .filter(|new| new["announcement"]["toast"] == true)
        .map(|new| new["notice"]["code"].as_str().unwrap().to_owned())
        .collect()
}

async fn incidents(who: &Caller) -> Vec<Value> {
    who.must("now.get", json!({})).await["incidents"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_dead_system_is_one_incident_and_one_note_when_it_is_back() {
    let gatehouse = Gatehouse::open().await;
    let quick = "breaker_failures = 2\nbreaker_pause_s = 1\nbreaker_pause_max_s = 1\ntell_after_s = 0\n";
    let house = house(&gatehouse, quick).await;
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    let begin = chief.must("notices.news", json!({ "after": null, "since": null })).await["newest"].clone();
    assert_eq!(chief.must("now.get", json!({})).await["sentence"]["code"], "quiet");
    gatehouse.gate.set_fault(Fault::ServerError, Page::View, None);
    for (n, agency) in agencies()[2..7].iter().enumerate() {
        call_of(&pultd, agency, &format!("o{n}")).await;
    }
    let incident = chief.until(async || incidents(&chief).await.pop()).await;
    assert_eq!(incident["cause"], json!({ "kind": "source", "name": "agencies" }));
    assert_eq!(incident["notices"][0]["code"], "source.unreachable");
    assert_eq!(chief.must("now.get", json!({})).await["sentence"]["code"], "incident");
    let taken = chief.must("now.acknowledge", json!({ "id": incident["id"], "acknowledged": true })).await;
    assert_eq!(taken["incidents"][0]["acknowledged_by"], "chief");

    gatehouse.gate.heal();
    chief.until(async || incidents(&chief).await.is_empty().then_some(())).await;
    assert_eq!(toasts(&chief, &begin).await, ["incident.recovered"], "what is over is told no more");
    let all = chief.must("notices.list", json!({ "which": "all", "limit": 100 })).await;
    let codes: Vec<_> = all["rows"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["incident.recovered", "source.unreachable"]);
    assert!(pultd.stop().await.success());
}

#[tokio::test]
async fn given_up_calls_are_one_notice_until_they_are_repeated_and_a_shift_is_handed_over() {
    let gatehouse = Gatehouse::open().await;
    let house = house(&gatehouse, "breaker_failures = 100\ngive_up_hours = 1\n").await;
    if !has_a_hand_clock(&house).await {
        return;
    }
    let pultd = house.try_serve(&["--hand-clock", BEGIN]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    gatehouse.gate.set_fault(Fault::ServerError, Page::View, None);
    for (n, agency) in agencies()[2..5].iter().enumerate() {
        call_of(&pultd, agency, &format!("o{n}")).await;
    }
    let in_state = async |state: &str| {
        let rows = effects(&chief).await;
        let all = rows.len() == 3 && rows.iter().all(|row| row["state"] == state);
        all.then(|| rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>())
    };
    chief.until(async || effects(&chief).await.iter().all(|row| row["attempts"] != 0).then_some(())).await;
    set_clock(&house, "2026-03-10T12:20:00Z").await;
    let expired = chief.until(async || in_state("expired").await).await;
    chief.must("deliveries.retry", json!({ "ids": expired })).await;
    chief.until(async || in_state("queued").await).await;
    // Tried once more, so that the system is known to be out of reach since then.
    let tried = |row: &Value| row["attempts"].as_u64() > Some(1) && row["state"] == "queued";
    chief.until(async || effects(&chief).await.iter().all(tried).then_some(())).await;
    set_clock(&house, "2026-03-10T14:20:00Z").await;
    let dead = chief.until(async || in_state("dead").await).await;

    let now = chief.must("now.get", json!({})).await;
    let told: Vec<_> = now["incidents"][0]["notices"].as_array().unwrap().iter().collect();
    let given_up = told.iter().find(|row| row["code"] == "deliveries.dead").unwrap();
    assert_eq!((&given_up["values"]["count"], &given_up["values"]["kind"]), (&json!(3), &json!("look_up_agency")));
    assert_eq!(now["incidents"].as_array().unwrap().len(), 1, "the dead system and what it left are one");
    assert_eq!(now["deliveries"]["groups"][0]["count"], 3);

    let shift = chief.must("handover.get", json!({})).await;
    assert_eq!(shift, chief.must("handover.get", json!({})).await, "the same to the byte");
    let text = shift["text"].as_str().unwrap();
    for line in ["Звонки: 3 ", "Сбои: 1", "agencies / look_up_agency: не доставлено 3"] {
        assert!(text.contains(line), "{line} in\n{text}");
    }

    gatehouse.gate.heal();
    chief.must("deliveries.cancel", json!({ "ids": [dead[0]] })).await;
    chief.must("deliveries.retry", json!({ "ids": dead[1..] })).await;
    chief.until(async || incidents(&chief).await.is_empty().then_some(())).await;
    let now = chief.must("now.get", json!({})).await;
    assert_eq!(now["deliveries"]["stuck"], 0);
    assert!(pultd.stop().await.success());
}
