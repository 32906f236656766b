//! The carousel as those around it have it: the people who are given tickets, the supervisor who switches them on and off, and the service
//! desk, simulated from its contract.
//!
//! Deliberately not here: days away, catalogues and tokens (`carousel_days`), whose turn it is in every case (the rule's tests), and each
//! row of the service desk's error table (its integration's).

use pult_simulators::{
    intradesk::rival::{Moment, RivalOrder},
    service::fault::{Fault, FaultOrder},
};
use serde_json::{Value, json};

use crate::{
    caller::{Caller, look_until},
    carousel_house::{
        Desk, KEY, POST, PRINT, imported, log, not_told, notices, service, switch_on, turn, with_a_hand_clock,
    },
    clock::set_clock,
};

#[tokio::test]
async fn what_is_imported_is_off_and_what_is_switched_on_goes_round_oldest_first() {
    let desk = Desk::open().await;
    let house = desk.setup("", "").build();
    let (_pultd, chief) = house.open().await;
    imported(&chief).await;
    let tickets = desk.tickets(POST, 4);
    turn_without_anybody(&chief).await;
    assert_eq!((desk.looks(POST), desk.ours()), (0, vec![]), "nothing is on");
    switch_on(&chief, POST, &[10, 20, 30]).await;
    let done = turn(&chief, POST).await;
    assert_eq!(desk.ours(), tickets.iter().copied().zip([10, 20, 30, 10]).collect::<Vec<_>>());
    assert_eq!((&done["row"]["last"], &done["next"]), (&json!(10), &json!(20)));
    let rows = log(&chief, json!({ "ticket": tickets[1] })).await;
    assert_eq!(
        (&rows[0]["outcome"], &rows[0]["person"], &rows[0]["last"]),
        (&json!("confirmed"), &json!(20), &json!(10))
    );
    assert_eq!(rows[0]["considered"].as_array().unwrap().len(), 3);
    assert_eq!(desk.0.tenant().tokens().password, 1, "one token serves everything");
}

async fn turn_without_anybody(chief: &Caller) {
    chief.must("carousel.turn_now", json!({})).await;
    chief.until_settled().await;
}

#[tokio::test]
async fn whoever_is_away_today_is_passed_over_and_the_log_says_so() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    let today = chief.must("carousel.desk", json!({})).await["today"].clone();
    let leave = json!({ "person": 20, "id": 0, "start": today, "end": today });
    chief.must("carousel.keep_absence", leave.clone()).await;
    let tickets = desk.tickets(POST, 2);
    turn(&chief, POST).await;
    assert_eq!(desk.ours(), [(tickets[0], 10), (tickets[1], 30)]);
    let row = log(&chief, json!({ "ticket": tickets[1] })).await.remove(0);
    assert_eq!((&row["otherwise"], &row["considered"][1]["place"]), (&json!(20), &json!("off")));
    let backwards = json!({ "person": 20, "id": 0, "start": "2026-05-12", "end": "2026-05-10" });
    let refused = chief.give("carousel.keep_absence", backwards).await;
    assert_eq!((refused.status, refused.error().1.as_deref()), (400, Some("end")));
}

#[tokio::test]
async fn a_ticket_that_cannot_be_given_does_not_stop_the_others_nor_move_the_turn() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    let tickets = desk.tickets(POST, 3);
    let refusal = Fault::Refuse { status: 400, body: json!("bad block"), retry_after: None };
    desk.fault(refusal, &format!("change/{}", tickets[1]), None);
    turn(&chief, POST).await;
    assert_eq!(
        desk.ours(),
        [(tickets[0], 10), (tickets[2], 20)],
        "the third goes to the person the second was meant for"
    );
    let waiting = chief.must("carousel.waiting", json!({ "service": POST })).await;
    assert_eq!((&waiting["rows"][0]["tries"], &waiting["rows"][0]["ticket"]), (&json!(1), &json!(tickets[1])));
    // It is healed, but its time has not come; a person may say that it has.
    desk.heal();
    chief.must("carousel.release", json!({ "service": POST, "ticket": tickets[1] })).await;
    turn(&chief, POST).await;
    assert_eq!(desk.executor(tickets[1]), Some(30));
}

/// Waits until the newest order of the carousel has been tried and came to nothing.
async fn tried_in_vain(chief: &Caller, ticket: u64) {
    chief
        .until(async || {
            let effects = chief.must("deliveries.effects", json!({ "filter": {}, "limit": 1 })).await;
            let newest = &effects["rows"][0];
            (newest["effect"]["ticket"] == ticket && newest["error"].is_string()).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_ticket_that_fails_on_their_side_frees_its_service_after_its_burst() {
    let refuse = |status: u16| Fault::Refuse { status, body: Value::Null, retry_after: None };
    // An error, a connection cut before anything was done, and a success that is none.
    for fault in [refuse(500), Fault::Reset, refuse(200)] {
        let desk = Desk::open().await;
        let Some((house, _pultd, chief)) = with_a_hand_clock(&desk, "").await else { return };
        let tickets = desk.tickets(POST, 3);
        desk.fault(fault, &format!("change/{}", tickets[1]), None);
        chief.must("carousel.turn_now", json!({})).await;
        tried_in_vain(&chief, tickets[1]).await;
        // Its burst is over; what comes after it has the whole of its own.
        set_clock(&house, "2026-10-28T09:00:30Z").await;
        look_until(|| desk.executor(tickets[2])).await;
        assert_eq!(desk.ours(), [(tickets[0], 10), (tickets[2], 20)]);
    }
}

#[tokio::test]
async fn a_write_that_was_taken_counts_however_late_it_is_seen() {
    let desk = Desk::open().await;
    let Some((house, _pultd, chief)) = with_a_hand_clock(&desk, "").await else { return };
    let tickets = desk.tickets(POST, 1);
    let later = Fault::Refuse { status: 429, body: Value::Null, retry_after: Some(60) };
    // The reading before the write goes well, the one after it is asked for patience longer than the burst lasts.
    let order = FaultOrder { after: 1, ..FaultOrder::new(later, &format!("read/{}", tickets[0]), 1) };
    desk.0.tenant().faults.set(order);
    chief.must("carousel.turn_now", json!({})).await;
    tried_in_vain(&chief, tickets[0]).await;
    assert_eq!(desk.ours(), [(tickets[0], 10)]);
    set_clock(&house, "2026-10-28T09:02:00Z").await;
    chief.until(async || (service(&chief, POST).await["row"]["last"] == 10).then_some(())).await;
    assert_eq!(desk.ours(), [(tickets[0], 10)], "it was written once");
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_looked_up_and_the_turn_moves_once() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    let tickets = desk.tickets(POST, 2);
    desk.fault(Fault::DropAfterCommit, "change", Some(1));
    turn(&chief, POST).await;
    assert_eq!(desk.ours(), [(tickets[0], 10), (tickets[1], 20)], "each was written once");
    assert_eq!(service(&chief, POST).await["row"]["last"], 20);
}

#[tokio::test]
async fn a_hard_end_in_the_middle_of_a_write_gives_nobody_a_second_ticket() {
    let desk = Desk::open().await;
    let (house, pultd, chief) = desk.ready("").await;
    let tickets = desk.tickets(POST, 2);
    desk.fault(Fault::StallAfterCommit, "change", Some(1));
    chief.must("carousel.turn_now", json!({})).await;
    look_until(|| (desk.ours() == [(tickets[0], 10)]).then_some(())).await;
    pultd.kill().await;
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    chief.until(async || (service(&chief, POST).await["row"]["last"] == 20).then_some(())).await;
    assert_eq!(desk.ours(), [(tickets[0], 10), (tickets[1], 20)]);
}

#[tokio::test]
async fn a_service_writes_one_ticket_at_a_time_and_services_go_side_by_side() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    switch_on(&chief, PRINT, &[40, 50]).await;
    desk.tickets(POST, 3);
    desk.tickets(PRINT, 3);
    desk.0.tenant().hold(true);
    chief.must("carousel.turn_now", json!({})).await;
    look_until(|| (desk.0.tenant().in_flight().now.len() == 2).then_some(())).await;
    desk.0.tenant().hold(false);
    look_until(|| (desk.ours().len() == 6).then_some(())).await;
    let counts = desk.0.tenant().in_flight();
    assert_eq!((counts.highest[&POST], counts.highest[&PRINT], counts.highest_of_all), (1, 1, 2));
}

#[tokio::test]
async fn a_ticket_somebody_took_meanwhile_is_left_to_them() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    let tickets = desk.tickets(POST, 2);
    let rival = RivalOrder { moment: Moment::AfterList, task: Some(tickets[0]), person: Some(30), times: Some(1) };
    desk.0.tenant().order_rival(rival);
    turn(&chief, POST).await;
    assert_eq!(desk.ours(), [(tickets[1], 10)]);
    assert_eq!(desk.executor(tickets[0]), Some(30));
    assert_eq!(log(&chief, json!({ "ticket": tickets[0] })).await[0]["outcome"], "taken");
}

#[tokio::test]
async fn a_person_the_service_desk_refuses_is_flagged_and_the_ticket_goes_on() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    desk.block(10);
    let tickets = desk.tickets(POST, 2);
    turn(&chief, POST).await;
    assert_eq!(desk.ours(), [(tickets[0], 20), (tickets[1], 30)]);
    assert_eq!(notices(&chief).await, ["carousel.refused"]);
    let people = chief.must("carousel.desk", json!({})).await;
    let flagged = |p: &&Value| p["row"]["flagged_at"].is_number();
    assert_eq!(people["people"].as_array().unwrap().iter().filter(flagged).count(), 1);
}

#[tokio::test]
async fn a_service_without_people_is_not_asked_and_says_so() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    chief.must("carousel.switch_service", json!({ "service": PRINT, "enabled": true })).await;
    desk.tickets(PRINT, 1);
    turn(&chief, POST).await;
    assert_eq!(desk.looks(PRINT), 0);
    assert_eq!(notices(&chief).await, ["carousel.nobody"]);
    assert!(service(&chief, PRINT).await["row"]["nobody_since"].is_number());
    chief.must("carousel.switch_person", json!({ "person": 40, "enabled": true })).await;
    turn(&chief, PRINT).await;
    assert_eq!(notices(&chief).await, Vec::<String>::new());
    assert_eq!(desk.ours().len(), 1);
}

#[tokio::test]
async fn an_import_that_fails_in_part_changes_nothing_and_a_later_one_keeps_the_switches() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    desk.service(54_003, "Новая", &[61]);
    desk.fault(Fault::Refuse { status: 403, body: Value::Null, retry_after: None }, "serviceusers/54002", None);
    chief.must("carousel.import_now", json!({})).await;
    let trouble = |desk: &Value| desk["imported"]["trouble"].is_string().then_some(());
    chief.until(async || trouble(&chief.must("carousel.desk", json!({})).await)).await;
    let known = |desk: &Value| desk["services"].as_array().unwrap().len();
    assert_eq!(known(&chief.must("carousel.desk", json!({})).await), 2);
    assert_eq!(notices(&chief).await, ["carousel.import_failed"]);
    desk.heal();
    chief.must("carousel.import_now", json!({})).await;
    chief.until(async || (known(&chief.must("carousel.desk", json!({})).await) == 3).then_some(())).await;
    assert_eq!(service(&chief, 54_003).await["row"]["enabled"], false);
    assert_eq!(service(&chief, POST).await["row"]["enabled"], true);
    let desk = chief.must("carousel.desk", json!({})).await;
    assert_eq!((&desk["imported"]["services"]["inserted"], &desk["imported"]["trouble"]), (&json!(1), &Value::Null));
}

#[tokio::test]
async fn a_rehearsal_shows_who_would_be_given_what() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("dry_run = true").await;
    let tickets = desk.tickets(POST, 2);
    turn(&chief, POST).await;
    let plan: Vec<_> = log(&chief, json!({}))
        .await
        .iter()
        .map(|row| (row["ticket"].clone(), row["person"].clone(), row["state"].clone()))
        .collect();
    let planned = |n: usize, person: u64| (json!(tickets[n]), json!(person), json!("planned"));
    assert_eq!(plan, [planned(1, 20), planned(0, 10)]);
    let file = chief.file("carousel.export", json!({})).await;
    for (line, ticket) in file.lines().skip(1).zip([tickets[1], tickets[0]]) {
        assert!(line.contains(&ticket.to_string()) && line.contains("пробный прогон"), "{file}");
    }
    assert_eq!(file.lines().count(), 3, "{file}");
    assert_eq!((desk.ours(), &service(&chief, POST).await["row"]["last"]), (vec![], &Value::Null));
}

#[tokio::test]
async fn a_ticket_is_given_to_somebody_else_by_an_administrator() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    let tickets = desk.tickets(POST, 1);
    turn(&chief, POST).await;
    chief.must("carousel.reassign", json!({ "ticket": tickets[0], "to": 30 })).await;
    look_until(|| (desk.executor(tickets[0]) == Some(30)).then_some(())).await;
    chief.until_settled().await;
    assert_eq!(service(&chief, POST).await["row"]["last"], 10, "nobody's turn was moved");
    let rows = log(&chief, json!({ "ticket": tickets[0] })).await;
    assert_eq!(
        (&rows[0]["way"], &rows[0]["by"], &rows[0]["outcome"]),
        (&json!("reassigned"), &json!("chief"), &json!("confirmed"))
    );
    assert_eq!(chief.give("carousel.reassign", json!({ "ticket": 1, "to": 30 })).await.status, 409);
}

#[tokio::test]
async fn a_supervisor_changes_switches_and_absences_and_nothing_else() {
    let desk = Desk::open().await;
    let (house, pultd, _chief) = desk.ready("").await;
    house.person("anna", "supervisor").await;
    house.person("vera", "viewer").await;
    let (anna, vera) = (pultd.signed_in("anna").await, pultd.signed_in("vera").await);
    anna.must("carousel.switch_person", json!({ "person": 10, "enabled": false })).await;
    anna.must("carousel.switch_service", json!({ "service": POST, "enabled": false })).await;
    let leave = json!({ "person": 10, "id": 0, "start": "2026-12-01", "end": "2026-12-10", "half": "first" });
    let kept = anna.must("carousel.keep_absence", leave).await;
    let ten = kept["people"].as_array().unwrap().iter().find(|p| p["row"]["id"] == 10).unwrap().clone();
    anna.must("carousel.drop_absence", json!({ "id": ten["absences"][0]["id"] })).await;
    for (command, request) in [
        ("carousel.turn_now", json!({})),
        ("carousel.import_now", json!({})),
        ("carousel.reassign", json!({ "ticket": 1, "to": 10 })),
        ("carousel.release", json!({ "service": POST, "ticket": 1 })),
    ] {
        assert_eq!(anna.give(command, request).await.status, 403, "{command}");
    }
    let switch = json!({ "person": 10, "enabled": true });
    assert_eq!(vera.give("carousel.switch_person", switch).await.status, 403);
    assert_eq!(vera.must("carousel.desk", json!({})).await["services"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_and_stands_nowhere() {
    let desk = Desk::open().await;
    let wrong = "a wrong password of the story";
    let house = desk.setup("", "").build();
    house.must(&["secret", "set", "carousel.password"], wrong).await;
    let (pultd, chief) = house.open().await;
    look_until(|| (desk.0.tenant().tokens().refused == 1).then_some(())).await;
    chief.must("carousel.turn_now", json!({})).await;
    chief.must("engine.health", json!({})).await;
    assert_eq!(desk.0.tenant().tokens().refused, 1, "the account is not locked by us");
    pultd.stop().await;
    not_told(&house, wrong);
}

#[tokio::test]
async fn a_key_instead_of_a_password_asks_for_no_token_and_stands_nowhere() {
    let desk = Desk::open().await;
    let house = desk.setup("", "auth = \"apikey\"").build();
    house.must(&["secret", "set", "carousel.api_key"], KEY).await;
    let (pultd, chief) = house.open().await;
    imported(&chief).await;
    switch_on(&chief, POST, &[10]).await;
    let tickets = desk.tickets(POST, 1);
    turn(&chief, POST).await;
    assert_eq!(desk.ours(), [(tickets[0], 10)]);
    let tally = desk.0.tenant().tokens();
    assert_eq!((tally.password, tally.refused), (0, 0));
    pultd.stop().await;
    not_told(&house, KEY);
}
