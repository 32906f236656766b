//! What the carousel goes by: days away, the catalogue of the service desk, its pages, and one token for everything.
//!
//! Deliberately not here: tickets and what becomes of them (`carousel`), and every form of an absence (the rule's tests).

use pult_simulators::{
    intradesk::{
        login::TokenOrder,
        world::{PersonOrder, ServiceOrder},
    },
    service::fault::{Fault, FaultOrder},
};
use serde_json::{Value, json};

use crate::{
    caller::{Caller, look_until},
    carousel_house::{
        Desk, POST, PRINT, bring, import_again, notices, person, service, switch_on, turn, with_a_hand_clock,
    },
    clock::set_clock,
};

#[tokio::test]
async fn a_turn_goes_on_after_whoever_had_the_last_ticket_over_every_page_of_the_list() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    let first = desk.tickets(POST, 2);
    turn(&chief, POST).await;
    assert_eq!(desk.ours(), [(first[0], 10), (first[1], 20)]);
    let four = desk.tickets(POST, 4);
    let done = turn(&chief, POST).await;
    assert_eq!(desk.ours()[2..], four.iter().copied().zip([30, 10, 20, 30]).collect::<Vec<_>>());
    assert_eq!(done["row"]["last"], 30);

    // More than a page of a hundred: all of them, in the order in which they were made.
    let many = desk.tickets(POST, 103);
    let before = desk.looks(POST);
    turn(&chief, POST).await;
    assert_eq!(desk.ours()[6..], many.iter().copied().zip([10, 20, 30].into_iter().cycle()).collect::<Vec<_>>());
    assert!(desk.looks(POST) >= before + 2, "two pages");
    // What is written is a text that holds JSON, and nothing else beside it.
    let writes = desk.0.tenant().journal.since(0).into_iter().filter(|call| call.name.starts_with("change"));
    let body = writes.map(|call| call.request["body"].clone()).next().unwrap();
    assert_eq!(body, json!({ "number": first[0], "blocks": { "executor": "{\"value\":{\"userid\":10}}" } }));
}

#[tokio::test]
async fn days_away_begin_and_end_with_their_days_halves_with_the_hour_and_a_rule_comes_every_week() {
    let desk = Desk::open().await;
    let zone = "time_zone = \"Europe/Moscow\"";
    let Some((house, pultd, chief)) = with_a_hand_clock(&desk, zone).await else { return };
    let keep = async |person: u64, more: Value| {
        let mut order = json!({ "person": person, "id": 0 });
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        chief.must("carousel.keep_absence", order).await;
    };
    // Two rows that overlap, a half of one day, and every Wednesday since last week.
    keep(10, json!({ "start": "2026-10-27", "end": "2026-10-28" })).await;
    keep(10, json!({ "start": "2026-10-28", "end": "2026-10-29" })).await;
    keep(20, json!({ "start": "2026-10-28", "end": "2026-10-28", "half": "first" })).await;
    keep(30, json!({ "start": "2026-10-21", "end": "2026-10-21", "rrule": "FREQ=WEEKLY" })).await;
    for (now, expected) in [
        ("2026-10-26T20:59:00Z", json!([10, 20, 30])),
        ("2026-10-26T21:01:00Z", json!([20, 30])),
        ("2026-10-28T09:59:00Z", json!([])),
        ("2026-10-28T10:01:00Z", json!([20])),
        ("2026-10-28T20:59:00Z", json!([20])),
        ("2026-10-28T21:01:00Z", json!([20, 30])),
        ("2026-10-29T20:59:00Z", json!([20, 30])),
        ("2026-10-29T21:01:00Z", json!([10, 20, 30])),
        ("2026-11-04T12:00:00Z", json!([10, 20])),
    ] {
        set_clock(&house, now).await;
        // No session of a week ago is good any more.
        let chief = pultd.signed_in("chief").await;
        assert_eq!(service(&chief, POST).await["present"], expected, "{now}");
    }
}

#[tokio::test]
async fn an_imported_pair_without_one_of_its_days_keeps_nobody_away_and_a_whole_one_is_edited_like_any_other() {
    let desk = Desk::open().await;
    let zone = "time_zone = \"Europe/Moscow\"";
    let Some((house, pultd, chief)) = with_a_hand_clock(&desk, zone).await else { return };
    switch_on(&chief, PRINT, &[40, 50]).await;
    let people = "ID;NAME;OFF_START_DATE;OFF_END_DATE\n10;Десятый;;2026-10-28\n20;Двадцатый;2026-10-28;\n\
                  30;Тридцатый;2026-10-28 08:00:00;2026-10-28\n40;Сороковой;2000-01-01;2000-01-01\n50;Пятидесятый;;\n";
    let row = bring(&house, "carousel-people", people).await;
    assert_eq!((&row["changed"], &row["rejected"]), (&json!(5), &json!(0)), "{row}");
    let present = async |chief: &Caller| {
        [service(chief, POST).await["present"].clone(), service(chief, PRINT).await["present"].clone()]
    };
    assert_eq!(present(&chief).await, [json!([10, 20]), json!([40, 50])], "switches are left as they were");
    for id in [10, 20, 40, 50] {
        assert_eq!(person(&chief, id).await["absences"], json!([]), "{id}");
    }
    let absence = person(&chief, 30).await["absences"][0].clone();
    assert_eq!(absence["source"], "import", "{absence}");
    set_clock(&house, "2026-10-28T21:01:00Z").await;
    assert_eq!(present(&chief).await[0], json!([10, 20, 30]), "back the day after");
    let longer = json!({ "person": 30, "id": absence["id"], "start": "2026-10-28", "end": "2026-10-29" });
    chief.must("carousel.keep_absence", longer).await;
    assert_eq!(present(&chief).await[0], json!([10, 20]));
    drop(pultd);
}

#[tokio::test]
async fn a_turn_that_came_with_an_import_goes_on_and_the_laboratory_repeats_it() {
    let desk = Desk::open().await;
    let (house, _pultd, chief) = desk.ready("").await;
    bring(&house, "carousel-services", "ID;NAME;LAST_USER_ID\n54001;Почта;20\n").await;
    let tickets = desk.tickets(POST, 4);
    let done = turn(&chief, POST).await;
    assert_eq!(desk.ours(), tickets.iter().copied().zip([30, 10, 20, 30]).collect::<Vec<_>>());
    assert_eq!(done["row"]["last"], 30);
    // Moved once more in between: the next ticket goes on from there.
    bring(&house, "carousel-services", "ID;NAME;LAST_USER_ID\n54001;Почта;10\n").await;
    desk.tickets(POST, 2);
    turn(&chief, POST).await;
    assert_eq!(desk.ours()[4..].iter().map(|(_, person)| *person).collect::<Vec<_>>(), [20, 30]);
    let today = chief.must("carousel.desk", json!({})).await["today"].clone();
    let lab = chief.must("carousel.lab", json!({ "from": today, "to": today })).await;
    let run = lab["runs"].as_array().unwrap().iter().find(|run| run["strategy"] == "turn").unwrap();
    assert_eq!((&lab["tickets"], &run["same"]), (&json!(6), &json!(6)), "{lab}");
}

#[tokio::test]
async fn what_is_renamed_or_gone_over_there_is_so_here_and_what_people_set_stays() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    let leave = json!({ "person": 20, "id": 0, "start": "2026-01-01", "end": "2026-01-02" });
    chief.must("carousel.keep_absence", leave).await;
    let tickets = desk.tickets(POST, 1);
    turn(&chief, POST).await;
    assert_eq!(desk.ours(), [(tickets[0], 10)]);

    let tenant = desk.0.tenant();
    let name = "Почта \"новая\" \\ с\nпереносом 📮";
    let order = ServiceOrder { name: Some(name.to_owned()), ..ServiceOrder::default() };
    tenant.order_service(Some(POST), &order).unwrap();
    let order = PersonOrder { last_name: Some("Иванов".to_owned()), ..PersonOrder::default() };
    tenant.order_person(Some(20), &order).unwrap();
    tenant.change(|world| {
        world.people.remove(&30);
        world.services.remove(&PRINT);
    });
    import_again(&chief).await;
    let post = service(&chief, POST).await;
    assert_eq!(
        (&post["row"]["name"], &post["row"]["enabled"], &post["row"]["last"]),
        (&json!(name), &json!(true), &json!(10))
    );
    let twenty = person(&chief, 20).await;
    assert!(twenty["row"]["name"].as_str().unwrap().contains("Иванов"), "{twenty}");
    assert_eq!((&twenty["row"]["enabled"], twenty["absences"].as_array().unwrap().len()), (&json!(true), 1));
    assert!(!person(&chief, 30).await["row"]["removed_at"].is_null());
    assert!(!service(&chief, PRINT).await["row"]["removed_at"].is_null());
    // Whoever is gone is given nothing any more.
    let more = desk.tickets(POST, 3);
    turn(&chief, POST).await;
    assert_eq!(desk.ours()[1..], more.iter().copied().zip([20, 10, 20]).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_lists_of_another_company_are_not_taken_while_anything_is_switched_on() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    let report = chief.must("settings.check", json!({ "integration": "intradesk" })).await;
    let states = report["steps"].as_array().unwrap().iter().find(|step| step["step"] == "statuses").unwrap();
    let known = desk.0.tenant().world(|world| world.statuses.len());
    assert_eq!(states["choices"].as_array().unwrap().len(), known, "{report}");

    desk.0.tenant().change(|world| {
        world.people.clear();
        world.services.clear();
    });
    desk.group(71);
    desk.person(710, PersonOrder { groups: Some(vec![71]), ..PersonOrder::default() });
    desk.service(54_901, "Чужая", &[71]);
    let now = import_again(&chief).await;
    assert_eq!(now["trouble"], "other_tenant", "{now}");
    assert_eq!(notices(&chief).await, ["carousel.import_failed"]);
    assert_eq!(service(&chief, POST).await["present"], json!([10, 20, 30]), "everything stays as it was");
    // Nothing is given out: then it is a person's affair whose lists they are.
    chief.must("carousel.switch_service", json!({ "service": POST, "enabled": false })).await;
    let now = import_again(&chief).await;
    assert_eq!((&now["trouble"], &now["services"]["inserted"]), (&Value::Null, &json!(1)), "{now}");
    assert_eq!(notices(&chief).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_empty_list_of_people_wipes_nobody_and_is_told() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    let empty = Fault::Refuse { status: 200, body: json!({ "@odata.count": 0, "value": [] }), retry_after: None };
    desk.fault(empty, "employees", None);
    chief.must("carousel.import_now", json!({})).await;
    chief.until(async || notices(&chief).await.contains(&"carousel.import_failed".to_owned()).then_some(())).await;
    assert_eq!(person(&chief, 10).await["row"]["enabled"], true);
    assert_eq!(service(&chief, POST).await["present"], json!([10, 20, 30]));
    desk.heal();
    import_again(&chief).await;
    assert_eq!(notices(&chief).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_of_the_work_is_renewed_once_for_all_and_no_ticket_is_lost() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    switch_on(&chief, PRINT, &[40, 50]).await;
    let tenant = desk.0.tenant();
    let before = tenant.tokens();
    let tickets: Vec<u64> = [desk.tickets(POST, 6), desk.tickets(PRINT, 6)].concat();
    chief.must("carousel.turn_now", json!({})).await;
    // Writes of both services are under way, each behind its reading.
    look_until(|| (desk.ours().len() >= 2).then_some(())).await;
    tenant.order_tokens(TokenOrder { expire: true, forget_refresh: false });
    look_until(|| tickets.iter().all(|ticket| desk.executor(*ticket).is_some()).then_some(())).await;
    chief.until_settled().await;
    let after = tenant.tokens();
    assert_eq!(after.password + after.refresh, before.password + before.refresh + 1, "one renewal for all");
    assert_eq!((desk.ours().len(), after.refused), (12, before.refused), "each written once");
}

#[tokio::test]
async fn an_import_cut_short_after_its_first_page_changes_nothing() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = desk.ready("").await;
    for id in 1_000..1_110 {
        desk.person(id, PersonOrder { groups: Some(vec![61]), ..PersonOrder::default() });
    }
    let fault = Fault::Refuse { status: 403, body: Value::Null, retry_after: None };
    let order = FaultOrder { after: 1, times: None, ..FaultOrder::new(fault, "employees", 1) };
    desk.0.tenant().faults.set(order);
    chief.must("carousel.import_now", json!({})).await;
    chief.until(async || notices(&chief).await.contains(&"carousel.import_failed".to_owned()).then_some(())).await;
    let known = async || chief.must("carousel.desk", json!({})).await["people"].as_array().unwrap().len();
    assert_eq!(known().await, 5);
    desk.heal();
    import_again(&chief).await;
    assert_eq!(known().await, 115);
    assert_eq!(person(&chief, 1_050).await["row"]["enabled"], false, "whoever is new is off");
}
