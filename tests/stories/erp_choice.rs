//! Who gets the tasks of a document, as the portal's people have it: by either measure of busy, whoever is away or cannot be read, over
//! all pages, by turn, and until when.
//!
//! Deliberately not here: every case of a choice and of working time (the rule's tests).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use pult_simulators::{
    bitrix24::{
        switches::SwitchOrder,
        world::{
            staff::{Absence, DepartmentOrder, UserOrder},
            tasks::TaskOrder,
        },
    },
    service::fault::{Fault, FaultOrder},
};
use serde_json::json;

use crate::{
    caller::Caller,
    clock::{has_a_hand_clock, set_clock},
    erp_house::{Works, document, is_ok, row, says},
};

/// The department of these stories and the first of its people.
const CUTTING: &str = "Раскрой";
const FIRST: u64 = 300;

impl Works {
    /// A department with so many people, numbered from the first.
    async fn cutting(count: u64) -> Self {
        let works = Self::open().await;
        works.portal.portal().switch(&SwitchOrder { no_limit: true, ..SwitchOrder::default() });
        works.portal.portal().world(|world| {
            let id = world.staff.add_department(DepartmentOrder { name: CUTTING.to_owned(), parent: None });
            let people =
                UserOrder { id: Some(FIRST), count: Some(count), departments: Some(vec![id]), ..UserOrder::default() };
            world.staff.order_user(None, &people);
        });
        works
    }

    /// Gives somebody open tasks of so many hours each.
    fn busy(&self, person: u64, count: u64, hours: u64) {
        let order = TaskOrder {
            responsible: Some(person),
            count: Some(count),
            time_estimate: Some(hours * 3_600),
            ..TaskOrder::default()
        };
        self.portal.portal().order_task(None, &order).unwrap();
    }

    /// Somebody is away from an hour ago until in an hour.
    fn away(&self, person: u64) {
        let hour = SignedDuration::from_hours(1);
        let (from, to) = (Timestamp::now() - hour, Timestamp::now() + hour);
        let absence = Absence { user: person, from, to, all_day: false, accessibility: "absent".to_owned() };
        self.portal.portal().world(|world| world.staff.absences.push(absence));
    }

    fn unreadable(&self, people: &[u64]) {
        self.portal.portal().switch(&SwitchOrder { unreadable: Some(people.to_vec()), ..SwitchOrder::default() });
    }
}

/// Why each of those considered for the newest document was taken or left.
async fn reasons(chief: &Caller) -> BTreeMap<u64, String> {
    let done = row(chief, "done").await;
    let detail = chief.must("erp.detail", json!({ "id": done["id"] })).await;
    let considered = detail["document"]["lines"][0]["task"]["considered"].as_array().unwrap();
    let told = considered.iter().map(|one| (one["id"].as_u64().unwrap(), one["reason"].as_str().unwrap().to_owned()));
    told.collect()
}

#[tokio::test]
async fn each_measure_of_busy_chooses_by_its_own_figures() {
    for (metric, chosen) in [("remaining_time", FIRST + 1), ("open_count", FIRST)] {
        let works = Works::cutting(2).await;
        // One long task is more work than three short ones, and fewer of them.
        works.busy(FIRST, 1, 10);
        works.busy(FIRST + 1, 3, 1);
        let house = works.house(&format!("busy_metric = \"{metric}\""), "");
        let (_pultd, _chief) = house.open().await;
        is_ok(&works.send(&document("d1", &[("l1", CUTTING)])).await);
        assert_eq!(works.task("l1").responsible, chosen, "{metric}");
    }
}

#[tokio::test]
async fn who_is_away_or_cannot_be_read_is_left_out_under_each_measure_and_it_is_said_why() {
    for metric in ["remaining_time", "open_count"] {
        let works = Works::cutting(3).await;
        for (person, tasks) in [(FIRST, 2), (FIRST + 1, 1), (FIRST + 2, 1)] {
            works.busy(person, tasks, 1);
        }
        works.away(FIRST + 1);
        works.unreadable(&[FIRST + 2]);
        let house = works.house(&format!("busy_metric = \"{metric}\""), "");
        let (_pultd, chief) = house.open().await;
        is_ok(&works.send(&document("d1", &[("l1", CUTTING)])).await);
        assert_eq!(works.task("l1").responsible, FIRST, "{metric}");
        let told = reasons(&chief).await;
        let words: Vec<&str> = told.values().map(String::as_str).collect();
        assert_eq!(words, ["least", "absent", "unknown"], "{metric}");
        // Nobody who can be read: nothing is made, whoever is there.
        works.unreadable(&[FIRST, FIRST + 1, FIRST + 2]);
        let before = works.tasks().len();
        assert_eq!(works.send(&document("d2", &[("l2", CUTTING)])).await.status, 500, "{metric}");
        assert_eq!(works.tasks().len(), before);
    }
}

#[tokio::test]
async fn when_everybody_is_away_the_work_is_given_all_the_same_and_marked() {
    let works = Works::cutting(2).await;
    for person in [FIRST, FIRST + 1] {
        works.away(person);
    }
    works.busy(FIRST, 1, 1);
    let house = works.house("", "");
    let (_pultd, chief) = house.open().await;
    is_ok(&works.send(&document("d1", &[("l1", CUTTING)])).await);
    assert_eq!(works.task("l1").responsible, FIRST + 1);
    assert_eq!(reasons(&chief).await[&(FIRST + 1)], "least_of_absent");
}

#[tokio::test]
async fn the_only_idle_one_of_a_hundred_and_twenty_is_found_on_the_third_page() {
    let works = Works::cutting(120).await;
    for person in FIRST..FIRST + 119 {
        works.busy(person, 1, 1);
    }
    let house = works.house("", "sync_timeout_s = 60");
    let (_pultd, _chief) = house.open().await;
    is_ok(&works.send(&document("d1", &[("l1", CUTTING)])).await);
    assert_eq!(works.task("l1").responsible, FIRST + 119);
}

#[tokio::test]
async fn two_departments_of_one_name_create_nothing_and_are_both_named() {
    let works = Works::cutting(1).await;
    let twin = works.portal.portal().world(|world| {
        world.staff.add_department(DepartmentOrder { name: " раскрой".to_owned(), parent: Some(12) })
    });
    let house = works.house("", "");
    let (_pultd, _chief) = house.open().await;
    let answer = works.send(&document("d1", &[("l0", "Литьё"), ("l1", CUTTING)])).await;
    let text = format!("Подотделов \"{CUTTING}\" несколько, их номера: {}, {twin}", twin - 1);
    says(&answer, 500, &text);
    assert_eq!(works.tasks().len(), 0);
}

#[tokio::test]
async fn people_as_busy_as_each_other_take_turns() {
    let works = Works::cutting(3).await;
    let house = works.house("", "");
    let (_pultd, _chief) = house.open().await;
    let mut given = vec![];
    for n in 0..4 {
        let key = format!("l{n}");
        is_ok(&works.send(&document(&format!("d{n}"), &[(key.as_str(), CUTTING)])).await);
        let task = works.task(&key);
        given.push(task.responsible);
        let done = TaskOrder { status: Some(5), ..TaskOrder::default() };
        works.portal.portal().order_task(Some(task.id), &done).unwrap();
    }
    assert_eq!(given, [FIRST, FIRST + 1, FIRST + 2, FIRST], "who was never given one, then who was longest ago");
}

#[tokio::test]
async fn planned_work_is_due_in_working_time_over_a_weekend_and_a_given_day_goes_before_it() {
    let works = Works::cutting(2).await;
    let house = works.house("", "");
    if !has_a_hand_clock(&house).await {
        return;
    }
    house.person("chief", "admin").await;
    // Friday, 17:00 in Moscow; the house works from 9 to 19, Monday to Friday.
    let _pultd = house.try_serve(&["--hand-clock", "2026-03-27T14:00:00Z"]).await.unwrap();
    let mut sent = document("d1", &[("l1", CUTTING), ("l2", CUTTING)]);
    sent["calculations"][0]["planned_minutes"] = 240.into();
    sent["calculations"][1]["planned_minutes"] = 60.into();
    sent["calculations"][1]["deadline"] = "2026-04-02T12:30:00".into();
    is_ok(&works.send(&sent).await);
    let (planned, given) = (works.task("l1"), works.task("l2"));
    // Two hours on Friday and two on Monday.
    assert_eq!((planned.deadline, planned.time_estimate), (Some("2026-03-30T08:00:00Z".parse().unwrap()), 14_400));
    assert_eq!(given.deadline, Some("2026-04-02T09:30:00Z".parse().unwrap()));
    let (start, end) = planned.plan.unwrap();
    assert_eq!((start, Some(end)), ("2026-03-27T14:00:00Z".parse().unwrap(), planned.deadline));
}

#[tokio::test]
async fn planned_work_leaves_a_holiday_out_and_goes_on_on_a_saturday_that_is_worked() {
    // Thursday before the first of May, and the Friday before a Saturday the portal calls a working day, with which a year ends.
    for (now, minutes, due) in [
        ("2026-04-30T14:00:00Z", 240, "2026-05-04T08:00:00Z"),
        ("2033-12-30T14:00:00Z", 480, "2033-12-31T12:00:00Z"),
        ("2033-12-30T14:00:00Z", 780, "2034-01-03T07:00:00Z"),
    ] {
        let works = Works::cutting(1).await;
        let house = works.house("", "");
        if !has_a_hand_clock(&house).await {
            return;
        }
        house.person("chief", "admin").await;
        let _pultd = house.try_serve(&["--hand-clock", now]).await.unwrap();
        let mut sent = document("d1", &[("l1", CUTTING)]);
        sent["calculations"][0]["planned_minutes"] = minutes.into();
        is_ok(&works.send(&sent).await);
        let deadline = works.task("l1").deadline.unwrap();
        assert_eq!(deadline, due.parse::<Timestamp>().unwrap(), "{minutes} minutes from {now}");
    }
}

#[tokio::test]
async fn what_is_known_of_the_house_is_read_anew_in_time_and_serves_for_a_day_without_the_portal() {
    let works = Works::cutting(1).await;
    let house = works.house("", "");
    if !has_a_hand_clock(&house).await {
        return;
    }
    house.person("chief", "admin").await;
    let pultd = house.try_serve(&["--hand-clock", "2026-03-26T09:00:00Z"]).await.unwrap();
    let send = async |key: &str| works.send(&document(key, &[(key, CUTTING)])).await;
    is_ok(&send("first").await);
    let read = works.calls("department.get");
    is_ok(&send("soon").await);
    assert_eq!(works.calls("department.get"), read, "known for an hour");
    set_clock(&house, "2026-03-26T10:30:00Z").await;
    is_ok(&send("later").await);
    assert!(works.calls("department.get") > read, "and then read anew");

    // A portal that does not tell its departments any more: yesterday's are good enough, those of the day before are not.
    let body = json!({ "error": "ERROR_CORE", "error_description": "нет" });
    let fault = Fault::Refuse { status: 400, body, retry_after: None };
    works.fault(FaultOrder { times: None, ..FaultOrder::new(fault, "department.get", 1) });
    set_clock(&house, "2026-03-26T18:00:00Z").await;
    is_ok(&send("stale").await);
    assert_eq!(works.task("stale").responsible, FIRST);
    set_clock(&house, "2026-03-28T18:00:00Z").await;
    let chief = pultd.signed_in("chief").await;
    let answer = send("too-old").await;
    assert_eq!(answer.status, 500, "{}", answer.text());
    let failed = row(&chief, "error").await;
    assert_eq!(failed["guid"], "too-old");
    assert!(works.tasks().iter().all(|task| task.xml_id.as_deref() != Some("too-old")));
    works.heal();
    set_clock(&house, "2026-03-28T18:05:00Z").await;
    is_ok(&send("too-old").await);
}
