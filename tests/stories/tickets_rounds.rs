//! Rounds of the looking at tickets: what happens within one second, a crash in the middle of many pages, a tracker that switches its
//! interface off, and a ticket that is deleted.
//!
//! Deliberately not here: clocks that are wrong (`tickets_many`), what a notice says (`tickets`), a week's absence, whose many tickets are
//! one notice, and every order of events (the rule's own properties).

use std::collections::BTreeMap;

use pult_simulators::{hands::ClockOrder, redmine::switches::SwitchOrder};
use serde_json::{Value, json};

use crate::{
    bridge_house::notices as standing,
    caller::look_until,
    tickets_house::{Desk, make, notices},
};

/// Two looks more at the list.
async fn two_looks(desk: &Desk) {
    let asked = desk.redmine().journal.count("issues");
    look_until(|| (desk.redmine().journal.count("issues") > asked + 1).then_some(())).await;
}

#[tokio::test]
async fn three_changes_of_one_second_are_all_told_though_two_came_after_the_look() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let anna = desk.pultd.signed_in("anna").await;
    // The tracker's clock stands, so that everything is of the same second.
    desk.redmine().turn_clock(ClockOrder { freeze: Some(true), ..ClockOrder::default() });
    desk.redmine().comment("sup1", 1, "Раз", false).unwrap();
    desk.notices(&anna, 1, 1).await;
    for text in ["Два", "Три"] {
        desk.redmine().comment("sup1", 1, text, false).unwrap();
    }
    desk.notices(&anna, 1, 3).await;
    two_looks(&desk).await;
    desk.chief.until_settled().await;
    let told = notices(&anna, 1).await;
    let said: Vec<_> = told.iter().map(|row| row["values"]["comment"].as_str().unwrap()).collect();
    assert_eq!(said, ["Раз", "Два", "Три"]);
}

#[tokio::test]
async fn a_crash_after_120_of_250_changed_tickets_repeats_nothing_and_loses_nothing() {
    const ALL: u64 = 250;
    let desk = Desk::with("admin", |redmine| (0..ALL).for_each(|_| _ = make(redmine, "Нет звука"))).await;
    desk.known(ALL).await;
    desk.chief.until_settled().await;
    let Desk { tracker, house, pultd, .. } = desk;
    assert!(pultd.stop().await.success());
    for id in 1..=ALL {
        tracker.redmine().comment("sup1", id, "Пока никто не смотрел", false).unwrap();
    }
    let journal = &tracker.redmine().journal;
    let before = journal.count("issue");
    let pultd = house.serve().await;
    look_until(|| (journal.count("issue") >= before + 120).then_some(())).await;
    pultd.kill().await;
    let pultd = house.serve().await;
    let (chief, anna) = (pultd.signed_in("chief").await, pultd.signed_in("anna").await);
    let told = async || {
        let all = anna.must("notices.list", json!({ "which": "all", "limit": 500 })).await;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for row in all["rows"].as_array().unwrap() {
            *counts.entry(row["subject"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        counts
    };
    anna.until(async || (told().await.len() as u64 == ALL).then_some(())).await;
    let asked = journal.count("issues");
    look_until(|| (journal.count("issues") > asked + 1).then_some(())).await;
    chief.until_settled().await;
    let counts = told().await;
    assert!(counts.len() as u64 == ALL && counts.values().all(|count| *count == 1), "{counts:?}");
}

#[tokio::test]
async fn an_interface_that_is_switched_off_is_one_alert_and_on_again_it_goes_on() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let anna = desk.pultd.signed_in("anna").await;
    desk.chief.until_settled().await;
    let before = standing(&desk.chief).await;
    desk.redmine().switch(&SwitchOrder { rest: Some(false), ..SwitchOrder::default() });
    desk.redmine().comment("sup1", 1, "Пока было выключено", false).unwrap();
    let raised = async || {
        let mut now = standing(&desk.chief).await;
        now.retain(|code| !before.contains(code));
        now
    };
    desk.chief.until(async || (!raised().await.is_empty()).then_some(())).await;
    two_looks(&desk).await;
    assert_eq!(raised().await, ["source.refused"], "one alert");
    assert!(notices(&anna, 1).await.is_empty());
    desk.redmine().switch(&SwitchOrder { rest: Some(true), ..SwitchOrder::default() });
    let told = desk.notices(&anna, 1, 1).await;
    assert_eq!(told[0]["values"]["comment"], "Пока было выключено");
    desk.chief.until(async || raised().await.is_empty().then_some(())).await;
}

#[tokio::test]
async fn a_deleted_ticket_is_told_as_gone_once() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let anna = desk.pultd.signed_in("anna").await;
    desk.redmine().delete("sup1", 1).unwrap();
    // One look that does not find it may be a mishap; the second one is not, and a third is no news.
    for (looks, told) in [(1, 0), (2, 1), (3, 1)] {
        let asked = desk.redmine().journal.count("issue");
        anna.give("tickets.open", json!({ "id": 1 })).await;
        if looks < 3 {
            look_until(|| (desk.redmine().journal.count("issue") > asked).then_some(())).await;
        }
        desk.chief.until_settled().await;
        let gone: Vec<Value> =
            notices(&anna, 1).await.into_iter().filter(|row| row["code"] == "tickets.gone").collect();
        assert_eq!(gone.len(), told, "after {looks} looks: {gone:?}");
    }
}
