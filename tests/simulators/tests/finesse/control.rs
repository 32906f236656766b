//! The control interface, its scenarios and faults, and the journal.

use pult_simulators::finesse::{Backend, NodeName, Settings, world::Plan};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    house::{House, PASSWORD, SUPERVISOR, small, text_of},
    talk::Talk,
};

const JID: &str = "70400@fin-a.cc.example/console-1";
const AGENT: &str = "71003";

async fn states(house: &House) -> Vec<(String, String, Option<u64>)> {
    let all = house.sim_get("/sim/agents").await;
    let agents = all.as_array().unwrap().iter().filter(|agent| agent["supervisor"] == false);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    agents.map(|agent| (text(&agent["id"]), text(&agent["state"]), agent["reason"].as_u64())).collect()
}

#[tokio::test]
async fn orders_are_checked() {
    let house = House::new().await;
    assert_eq!(house.try_sim("/sim/agents/nobody/state", json!({ "state": "READY" })).await, 404);
    assert_eq!(house.try_sim("/sim/agents/71003/state", json!({ "mood": "good" })).await, 422);
    assert_eq!(house.try_sim("/sim/agents/71003/state", json!({ "state": "READY", "at": "noon" })).await, 422);
    assert_eq!(house.try_sim("/sim/fault", json!({ "unknown": 1 })).await, 422);
    assert_eq!(house.try_sim("/sim/node/a", json!({ "xmpp": "sideways" })).await, 422);
    assert_eq!(house.try_sim("/sim/node/c", json!({})).await, 400);
    assert_eq!(house.try_sim("/sim/scenario/earthquake", json!({})).await, 400);
    let settings = Settings { control: "0.0.0.0:0".parse().unwrap(), ..small() };
    assert!(pult_simulators::finesse::start(settings).await.is_err(), "loopback only");
    let front = house.http.get(house.url(NodeName::A, "/sim/state")).send().await.unwrap();
    assert_eq!(front.status(), 404, "never on the front");
}

#[tokio::test]
async fn any_word_can_be_a_state() {
    let house = House::new().await;
    house.sim("/sim/agents/71003/state", json!({ "state": "LUNCH_ROBOT", "at": "2026-03-17T08:00:00Z" })).await;
    let team = house.get("/finesse/api/Team/61").await;
    assert!(team.body.contains("<state>LUNCH_ROBOT</state>"));
    assert!(team.body.contains("<stateChangeTime>2026-03-17T08:00:00.000Z</stateChangeTime>"), "{}", team.body);
}

#[tokio::test]
async fn a_whole_night_shift_signs_in_at_once() {
    let settings = small();
    let plan = Plan { night: true, ..settings.plan.clone() };
    let house = House::with(Settings { plan, ..settings }).await;
    assert!(states(&house).await.iter().all(|(_, state, _)| state == "LOGOUT"));
    let mut talk = Talk::supervisor(&house).await;
    for team in [61, 62, 63] {
        talk.subscribe(&format!("/finesse/api/Team/{team}/Users"), JID).await.unwrap();
    }
    house.sim("/sim/clock", json!({ "freeze": true })).await;
    house.sim("/sim/scenario/login-storm", json!({ "seconds": 2 })).await;
    house.sim("/sim/clock", json!({ "advance": 2 })).await;
    let mut heard = std::collections::BTreeSet::new();
    while heard.len() < 30 {
        let update = talk.update().await;
        assert_eq!(text_of(&update, "code").as_deref(), Some("32760"));
        heard.insert(text_of(&update, "loginId").unwrap());
    }
}

#[tokio::test]
async fn a_storm_brings_its_changes() {
    let house = House::new().await;
    house.sim("/sim/clock", json!({ "freeze": true })).await;
    let mut talk = Talk::supervisor(&house).await;
    for team in [61, 62, 63] {
        talk.subscribe(&format!("/finesse/api/Team/{team}/Users"), JID).await.unwrap();
    }
    house.sim("/sim/scenario/storm", json!({ "seconds": 1, "rate": 200 })).await;
    house.sim("/sim/clock", json!({ "advance": 1 })).await;
    // Two agents are members of two teams, so that there may be a few more.
    for _ in 0..200 {
        talk.update().await;
    }
}

#[tokio::test]
async fn lunch_and_a_broken_network_pass() {
    let house = House::new().await;
    house.sim("/sim/clock", json!({ "freeze": true })).await;
    for (agent, _, _) in states(&house).await {
        house.put_into(&agent, "READY").await;
    }
    house.sim("/sim/scenario/lunch", json!({ "seconds": 60 })).await;
    house.sim("/sim/clock", json!({ "advance": 60 })).await;
    let at_lunch = states(&house).await.iter().filter(|(_, _, reason)| *reason == Some(21)).count();
    assert_eq!(at_lunch, 10);
    house.sim("/sim/clock", json!({ "advance": 700 })).await;
    assert!(states(&house).await.iter().all(|(_, state, _)| state == "READY"), "everybody is back");

    house.sim("/sim/scenario/network-break", json!({ "seconds": 60 })).await;
    house.sim("/sim/clock", json!({ "advance": 1 })).await;
    let broken = |states: &[(String, String, Option<u64>)]| {
        states.iter().filter(|(_, _, reason)| matches!(reason, Some(32_759 | 32_765))).count()
    };
    assert!(broken(&states(&house).await) > 0);
    house.sim("/sim/clock", json!({ "advance": 63 })).await;
    assert_eq!(broken(&states(&house).await), 0);
    assert!(states(&house).await.iter().all(|(_, state, _)| state == "READY"));
}

#[tokio::test]
async fn a_failover_takes_node_a_down_and_brings_it_back() {
    let house = House::new().await;
    house.sim("/sim/clock", json!({ "freeze": true })).await;
    house.put_into(AGENT, "TALKING").await;
    let mut talk = Talk::supervisor(&house).await;
    house.sim("/sim/scenario/failover", json!({ "seconds": 30 })).await;
    talk.hear_with("<system-shutdown").await;
    let b = house.http.get(house.url(NodeName::B, "/finesse/api/Team/61")).basic_auth(SUPERVISOR, Some(PASSWORD));
    let team = b.send().await.unwrap().text().await.unwrap();
    assert!(team.contains("<pendingState>LOGOUT</pendingState>"), "{team}");
    let at_a = || house.request(Method::GET, "/finesse/api/SystemInfo").send();
    while !at_a().await.is_err_and(|error| error.is_connect()) {}
    house.sim("/sim/clock", json!({ "advance": 31 })).await;
    while at_a().await.is_err() {}
    assert_eq!(house.get("/finesse/api/SystemInfo").await.text("status").as_deref(), Some("IN_SERVICE"));
}

#[tokio::test]
async fn events_are_lost_doubled_and_turned_round() {
    let house = House::new().await;
    let mut talk = Talk::supervisor(&house).await;
    talk.subscribe("/finesse/api/Team/61/Users", JID).await.unwrap();
    house.sim("/sim/fault", json!({ "dropEvents": 1.0 })).await;
    house.put_into(AGENT, "READY").await;
    house.sim("/sim/fault", json!({ "dropEvents": 0.0, "duplicate": 1.0 })).await;
    house.put_into(AGENT, "WORK").await;
    for _ in 0..2 {
        assert_eq!(text_of(&talk.update().await, "state").as_deref(), Some("WORK"));
    }
    // Each change is four notifications: the user's and the team's, and those of the call.
    house.sim("/sim/fault", json!({ "heal": true, "reorder": 6 })).await;
    let control = house.cluster.core();
    for state in ["RESERVED", "TALKING"] {
        let order = serde_json::from_value(json!({ "state": state })).unwrap();
        assert!(control.set_state(AGENT, &order).unwrap());
    }
    for state in ["TALKING", "RESERVED"] {
        assert_eq!(text_of(&talk.update().await, "state").as_deref(), Some(state), "backwards");
    }
}

#[tokio::test]
async fn the_journal_counts_requests() {
    let house = House::new().await;
    house.get("/finesse/api/Team/61").await;
    house.order(AGENT, "NONSENSE").await;
    let log = house.sim_get("/sim/log").await;
    let of = |line: &str| log.as_array().unwrap().iter().find(|entry| entry["text"] == line).cloned().unwrap();
    let get = of("GET /finesse/api/Team/61");
    assert_eq!(
        (&get["status"], &get["who"], &get["node"], &get["kind"]),
        (&json!(200), &json!("70400"), &json!("a"), &json!("rest"))
    );
    let put = of("PUT /finesse/api/User/71003");
    assert_eq!((&put["status"], &put["requestId"]), (&json!(400), &json!("r-1")));
    let after = put["number"].as_u64().unwrap();
    assert_eq!(house.sim_get(&format!("/sim/log?since={after}")).await, json!([]));
}

/// A day's start on the full size: 500 agents, and Prosody where there is one.
#[tokio::test(flavor = "multi_thread")]
async fn the_full_size_starts_on_both_backends() {
    for backend in [Backend::BuiltIn, Backend::Prosody] {
        if backend == Backend::Prosody && !pult_simulators::prosody::is_installed() {
            eprintln!("SKIPPED: there is no prosody on this machine");
            continue;
        }
        let settings = small();
        let plan = Plan { teams: 25, team_size: 20, ..settings.plan.clone() };
        let began = std::time::Instant::now();
        let house = House::with(Settings { plan, backend, ..settings }).await;
        eprintln!("{backend:?}: {:?}", began.elapsed());
        assert_eq!(states(&house).await.len(), 500);
        let mut engine = Talk::bound(&house, "70490", "console-1").await;
        engine.available(0).await;
        for team in 61..86 {
            let node = format!("/finesse/api/Team/{team}/Users");
            engine.subscribe(&node, "70490@fin-a.cc.example/console-1").await.unwrap();
        }
        house.put_into("71500", "WORK").await;
        assert_eq!(text_of(&engine.update().await, "loginId").as_deref(), Some("71500"));
        house.cluster.stop().await;
    }
}
