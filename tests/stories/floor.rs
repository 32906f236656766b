//! The floor as a supervisor has it: watched live through the simulated platform, acted on, and remembered with its gaps.
//!
//! Deliberately not here: what goes wrong (`floor_trouble`, `floor_news`), the platform's own rules (its simulator's tests) and which of two
//! reports is newer (the rule's).

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use pult_simulators::finesse::{
    NodeName,
    node::{NodeOrder, Rest, Xmpp},
};
use serde_json::{Value, json};

use crate::{
    platform::{
        PLATFORM_PASSWORD, board, operator, order, platform, puts, requests, row, session, stanzas, watching,
        watching_with,
    },
    senders::{feed, row as call_row},
};

#[tokio::test]
async fn every_change_is_on_the_screen_and_in_the_history() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    let board = session(&chief, "live").await;
    assert_eq!(board["teams"].as_array().unwrap().len(), 3);
    assert!(board["operators"].as_array().unwrap().len() >= 28, "two of them are in two teams");
    platform.core().set_state("71003", &order("READY", None)).unwrap();
    operator(&chief, "71003", |row| row["group"] == "ready").await;
    platform.core().set_state("71003", &order("NOT_READY", Some(21))).unwrap();
    let row = operator(&chief, "71003", |row| row["group"] == "not_ready").await;
    assert_eq!(row["reason"]["kind"], "chosen", "{row}");
    let now = Timestamp::now().as_millisecond();
    let page = chief
        .must("floor.stretches", json!({ "operator": row["id"], "from": now - 3_600_000, "to": now + 60_000 }))
        .await;
    let groups: Vec<&str> =
        page["stretches"].as_array().unwrap().iter().map(|s| s["group"].as_str().unwrap()).collect();
    assert!(groups.ends_with(&["ready", "not_ready"]), "{groups:?}");
    platform.stop().await;
}

#[tokio::test]
async fn queues_are_counted_where_the_platform_has_none() {
    let platform = platform().await;
    let words = "[areas.floor.queues.\"Продажи\"]\noperators = [\"71003\"]\ncalls = [\"74950001111\"]\n";
    let house = watching_with(&platform, "70490", PLATFORM_PASSWORD, words);
    let (pultd, chief) = house.open().await;
    session(&chief, "live").await;
    let counted = async |fits: fn(&Value) -> bool| {
        chief
            .until(async || {
                let queues = chief.must("floor.queues", json!({})).await;
                let row = queues["queues"][0].clone();
                assert_eq!((&row["origin"], &row["queue"]["name"]), (&json!("configured"), &json!("Продажи")));
                Some(row["queue"].clone()).filter(fits)
            })
            .await
    };
    platform.core().set_state("71003", &order("RESERVED", None)).unwrap();
    // The journal knows of nobody who waits: whoever is offered a call stands for it.
    let queue = counted(|queue| queue["reserved"] == 1).await;
    assert_eq!((&queue["waiting"], &queue["longest_since"], &queue["signed_in"]), (&json!(1), &Value::Null, &json!(1)));
    platform.core().set_state("71003", &order("TALKING", None)).unwrap();
    assert_eq!(counted(|queue| queue["talking"] == 1).await["waiting"], 0);
    let moscow = TimeZone::get("Europe/Moscow").unwrap();
    let began = Timestamp::now() - SignedDuration::from_secs(40);
    let mut call = call_row("m-1", &began.to_zoned(moscow).strftime("%Y-%m-%d %H:%M:%S").to_string(), "+74950001111");
    call["calls"]["result"] = json!(0);
    feed(&pultd.at_hooks(), &[call]).await;
    let queue = counted(|queue| !queue["longest_since"].is_null()).await;
    assert_eq!(queue["waiting"], 1);
    let since: Timestamp = queue["longest_since"].as_str().unwrap().parse().unwrap();
    assert_eq!(since.as_second(), began.as_second());
    platform.stop().await;
}

#[tokio::test]
async fn whoever_sees_one_team_sees_its_operators_and_asks_nobody_else() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    house.person("north", "supervisor").await;
    let (pultd, chief) = house.open().await;
    let all = session(&chief, "live").await;
    let team = &all["teams"][0];
    let people = chief.must("people.list", json!({})).await;
    let id = people["people"].as_array().unwrap().iter().find(|p| p["login"] == "north").unwrap()["id"].clone();
    let rights = json!({ "role": "supervisor", "grants": [], "teams": [team["name"]] });
    chief.must("people.update", json!({ "id": id, "rights": rights })).await;
    let north = pultd.signed_in("north").await;
    let is_own = |row: &&Value| row["teams"].as_array().unwrap().contains(&team["id"]);
    let (own, others): (Vec<&Value>, Vec<&Value>) = all["operators"].as_array().unwrap().iter().partition(is_own);
    let seen = board(&north).await;
    assert_eq!(seen["teams"].as_array().unwrap().len(), 1);
    assert_eq!(seen["operators"].as_array().unwrap().len(), own.len());
    let (stranger, now) = (&others[0]["id"], Timestamp::now().as_millisecond());
    let rows = north.must("floor.rows", json!({ "ids": [stranger, own[0]["id"]] })).await;
    assert_eq!(rows["operators"].as_array().unwrap().len(), 1);
    for (name, of) in
        [("floor.moment", json!({ "at": now })), ("floor.totals", json!({ "from": now - 60_000, "to": now }))]
    {
        let heard = north.must(name, of).await;
        assert!(heard["operators"].as_array().unwrap().iter().all(|one| one["id"] != *stranger), "{name}");
    }
    let before = puts(&platform, 0);
    for (name, request) in [
        ("floor.operator", json!({ "id": stranger })),
        ("floor.stretches", json!({ "operator": stranger, "from": now - 60_000, "to": now })),
        ("floor.note", json!({ "operator": stranger, "text": "заметка" })),
        ("floor.note_edit", json!({ "operator": stranger, "note": 1, "text": "заметка" })),
        ("floor.note_remove", json!({ "operator": stranger, "note": 1 })),
        ("floor.messenger", json!({ "operator": stranger, "address": null })),
        ("floor.ask", json!({ "operators": [own[0]["id"], stranger], "wanted": "not_ready" })),
    ] {
        let answer = north.give(name, request).await;
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (403, &json!("forbidden")), "{name}");
    }
    assert_eq!(puts(&platform, 0), before, "not even the one who may be asked was");
    let names = north.get("/finesse/agents/status").await.json();
    assert_eq!(names.as_array().unwrap().len(), own.len());
    platform.stop().await;
}

#[tokio::test]
async fn a_request_is_done_when_the_state_shows_it_and_names_who_asked() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    house.person("eye", "viewer").await;
    let (pultd, chief) = house.open().await;
    session(&chief, "live").await;
    platform.core().set_state("71003", &order("READY", None)).unwrap();
    let row = operator(&chief, "71003", |row| row["group"] == "ready").await;
    let ask = json!({ "operators": [row["id"]], "wanted": "not_ready", "note": "собрание" });
    let eye = pultd.signed_in("eye").await;
    assert_eq!(eye.give("floor.ask", ask.clone()).await.status, 403, "a viewer only looks");
    let asked = chief.must("floor.ask", ask.clone()).await;
    assert_eq!(asked["requests"][0]["state"], "sent");
    let row = operator(&chief, "71003", |row| row["command"]["state"] == "done").await;
    assert_eq!((&row["group"], &row["reason"]["kind"]), (&json!("not_ready"), &json!("supervisor")));
    assert_eq!((&row["command"]["by"], &row["command"]["note"]), (&json!("chief"), &json!("собрание")));
    // From a call it is not possible, and nothing is sent.
    platform.core().set_state("71003", &order("TALKING", None)).unwrap();
    operator(&chief, "71003", |row| row["group"] == "talking").await;
    let before = puts(&platform, 0);
    assert_eq!(chief.must("floor.ask", ask).await["requests"][0]["state"], "refused_state");
    assert_eq!(puts(&platform, 0), before);
    let audit = chief
        .must("audit.page", json!({ "filter": { "actor": null, "object": null, "before": null }, "limit": 100 }))
        .await;
    let acts = audit["rows"].as_array().unwrap().iter().filter(|row| row["action"] == "floor.ask").count();
    assert_eq!(acts, 2);
    platform.stop().await;
}

/// Scenario 1.
#[tokio::test]
async fn scenario_01_a_wrong_password_is_shown_to_the_platform_once() {
    let platform = platform().await;
    let house = watching(&platform, "70490", "not the password");
    let (_pultd, chief) = house.open().await;
    session(&chief, "auth_failed").await;
    let shown = board(&chief).await["session"]["detail"].as_str().unwrap().to_owned();
    assert!(shown.contains("1 in a row"), "{shown}");
    let own = |text: &String| text.contains("/User/70490");
    assert_eq!(requests(&platform, 0).iter().filter(|text| own(text)).count(), 1);
    assert_eq!(
        stanzas(&platform, 0).len(),
        0,
        "nobody signs in to notifications with a password that is known to be wrong"
    );
    // A person who mended it asks for another try; nothing but that leads to one.
    house.must(&["secret", "set", "finesse.password"], PLATFORM_PASSWORD).await;
    chief.must("floor.connect", json!({})).await;
    session(&chief, "live").await;
    let log = std::fs::read_to_string(house.log()).unwrap_or_default();
    assert!(!log.contains(PLATFORM_PASSWORD) && !log.contains("not the password"));
    platform.stop().await;
}

/// Scenario 6.
#[tokio::test]
async fn scenario_06_when_a_node_dies_the_other_goes_on_and_the_gap_is_not_guessed() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    session(&chief, "live").await;
    platform.core().set_state("71003", &order("READY", None)).unwrap();
    let ready = operator(&chief, "71003", |row| row["group"] == "ready").await;
    let down = NodeOrder { xmpp: Some(Xmpp::Down), rest: Some(Rest::Down), ..NodeOrder::default() };
    platform.core().order_node(NodeName::A, &down);
    // The move may be over before anybody looks: the banner says that it was made.
    let moved = chief
        .until(async || {
            let board = board(&chief).await;
            let watched = board["teams"].as_array().unwrap().iter().all(|team| team["why"].is_null());
            (board["session"]["state"] == "live" && board["session"]["switched"] == true && watched).then_some(board)
        })
        .await;
    assert_eq!(moved["session"]["node"], "127.0.0.2");
    assert_eq!(row(&moved, "71003")["interval"], ready["interval"], "the same state before and after is one stretch");
    platform.stop().await;
}

#[tokio::test]
async fn what_happened_while_pult_was_stopped_is_unknown() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (pultd, chief) = house.open().await;
    session(&chief, "live").await;
    platform.core().set_state("71003", &order("READY", None)).unwrap();
    let ready = operator(&chief, "71003", |row| row["group"] == "ready").await;
    pultd.stop().await;
    let stopped = Timestamp::now();
    platform.core().set_state("71003", &order("TALKING", None)).unwrap();
    platform.core().set_state("71003", &order("READY", None)).unwrap();
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    session(&chief, "live").await;
    let again = operator(&chief, "71003", |row| row["group"] == "ready").await;
    assert_ne!(again["interval"], ready["interval"]);
    // Between our end and the beginning of what is so now, nobody saw anything.
    let since = again["since"].as_i64().unwrap();
    let between = (stopped.as_millisecond() + since) / 2;
    let moment = chief.must("floor.moment", json!({ "at": between })).await;
    let then = moment["operators"].as_array().unwrap().iter().find(|m| m["id"] == ready["id"]).unwrap().clone();
    assert!(since <= stopped.as_millisecond() || then["group"] == "unknown", "{then}");
    platform.stop().await;
}

#[tokio::test]
async fn the_addresses_of_old_answer_from_the_floor() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    session(&chief, "live").await;
    let everybody = chief.get("/finesse/agents/status").await.json();
    let names: Vec<&str> = everybody.as_array().unwrap().iter().map(|a| a["displayName"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && names.len() >= 28, "{names:?}");
    assert_eq!(chief.get("/finesse/health-check").await.json()["status"], "ok");
    assert_eq!(chief.get("/finesse/check-connection").await.status, 200);
    let nobody = chief.get("/finesse/session").await;
    assert_eq!((nobody.status, nobody.json()["error"].as_str()), (401, Some("Требуется авторизация Finesse")));
    assert_eq!(chief.post("/finesse/login", &json!({ "username": "71003" })).await.status, 400);
    let wrong = chief.post("/finesse/login", &json!({ "username": "71003", "password": "wrong" })).await;
    assert_eq!(wrong.status, 401);
    let login = json!({ "username": "71003", "password": PLATFORM_PASSWORD });
    let user = chief.post("/finesse/login", &login).await.json();
    assert_eq!((&user["user"]["username"], &user["user"]["role"]), (&json!("71003"), &json!("Agent")));
    assert_eq!(chief.get("/finesse/session").await.json()["user"]["loginId"], "71003");
    assert_eq!(chief.get("/finesse/agent/state").await.json()["success"], true);
    let out = chief.post("/finesse/logout", &json!({})).await.json();
    assert_eq!(out["message"], "Выход выполнен успешно");
    assert_eq!(chief.get("/finesse/session").await.status, 401);
    platform.stop().await;
}
