//! A portal that limits and a portal whose pages overlap: a burst against its bucket of requests, a method that has used up its time, and
//! a row that two pages show.
//!
//! Deliberately not here: how long each pause is and that one call at a time follows a refusal (the client's own tests, on a clock of
//! theirs), and a portal that is full or away as a whole (`erp`).

use std::{collections::BTreeSet, net::TcpListener};

use pult_simulators::{
    bitrix24::{
        switches::SwitchOrder,
        world::staff::{DepartmentOrder, UserOrder},
    },
    hands::ClockOrder,
    service::{bucket::Limit, journal::Entry},
};
use serde_json::json;

use crate::{
    caller::{Caller, look_until},
    clock::set_clock,
    erp_house::{PORTAL_KEY, Works, document, is_ok, row},
    ratings_house::{Vendors, until},
};

const FULL: &str = "QUERY_LIMIT_EXCEEDED";
const USED_UP: &str = "OPERATION_TIME_LIMIT";

/// Another program calls the portal with the same webhook, from the same machine; whether it was let.
async fn elsewhere(portal: &pult_simulators::bitrix24::Simulator, method: &str) -> bool {
    let url = portal.base();
    let (origin, path) = url.split_at(url.find("/rest").unwrap());
    let answer = Caller::new(origin).post(&format!("{path}{PORTAL_KEY}/{method}"), &json!({})).await;
    assert!([200, 503].contains(&answer.status), "{}", answer.text());
    answer.status == 200
}

fn told(entry: &Entry, error: &str) -> bool {
    entry.error.as_deref() == Some(error)
}

#[tokio::test]
async fn a_burst_of_120_calls_ends_well_though_another_program_has_filled_the_bucket() {
    const ISSUES: usize = 60;
    // Twenty-five times as fast as an ordinary portal, and so is the pace of the settings; the bucket holds the usual fifty.
    let limit = Limit { drain: 50.0, ceiling: 50.0 };
    let vendors = Vendors::open().await;
    let house = vendors.linked("");
    let (pultd, chief) = house.open().await;
    vendors.tell(&pultd);
    chief.until_settled().await;
    let portal = vendors.portal.portal();
    // Its clock stands, so that nothing leaks out until we say so.
    portal.turn_clock(ClockOrder { freeze: Some(true), ..ClockOrder::default() });
    portal.switch(&SwitchOrder { limit: Some(limit), ..SwitchOrder::default() });
    // Until it is full: Pult itself may have asked something meanwhile.
    while elsewhere(&vendors.portal, "profile").await {}
    let before = portal.journal.since(0).last().unwrap().number;
    let mut issues = vec![];
    for _ in 0..ISSUES {
        issues.push(vendors.closed_issue(208).await);
    }
    let refused = || portal.journal.since(before).iter().filter(|entry| told(entry, FULL)).count();
    look_until(|| (refused() > 1).then_some(())).await;
    assert!(portal.journal.since(before).iter().all(|entry| told(entry, FULL)), "nothing got in");

    // A second later by its clock there is room again, and from then on the pace alone decides.
    let during = refused();
    portal.turn_clock(ClockOrder { freeze: Some(false), advance: Some(1.0), ..ClockOrder::default() });
    for issue in &issues {
        until(&chief, *issue, "asked").await;
    }
    chief.until_settled().await;
    // Four go at once at most, and what was under way at that moment may still have been refused.
    assert!(refused() <= during + 4, "{} after {during}", refused());
    let calls = portal.journal.since(before);
    let done = calls.iter().filter(|entry| entry.status == Some(200)).count();
    assert!(done >= 2 * ISSUES, "{done} calls");
    assert!(calls.iter().all(|entry| entry.status == Some(200) || told(entry, FULL)));
    for issue in issues {
        assert_eq!(vendors.questions(issue).len(), 1, "{issue} is asked about once");
    }
}

#[tokio::test]
async fn a_method_that_has_used_up_its_time_rests_alone_and_messages_go_on() {
    const LIST: &str = "tasks.task.list";
    let vendors = Vendors::open().await;
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let base = vendors.portal.base();
    let house = vendors
        .setup("public_url = \"https://hooks.example.com\"", "message_method = \"im\"", "")
        .secret("erp.bitrix_webhook", &format!("{base}{PORTAL_KEY}"))
        .and(&format!("[integrations.erp]\nenabled = true\nbind = \"127.0.0.1:{port}\"\nsync_timeout_s = 1\n"))
        .build();
    let Some((house, _pultd, chief)) = vendors.at_noon(house).await else { return };
    let portal = vendors.portal.portal();
    let costs = [(LIST.to_owned(), 500.0)].into();
    portal.switch(&SwitchOrder { costs: Some(costs), ..SwitchOrder::default() });
    assert!(elsewhere(&vendors.portal, LIST).await, "and with that its time is used up");
    let before = portal.journal.since(0).last().unwrap().number;
    let sent = document("d1", &[("l1", "Швейный цех")]);
    let sender = tokio::spawn(async move { Caller::new(&format!("http://127.0.0.1:{port}")).post("/", &sent).await });
    let lists = || portal.journal.since(before).into_iter().filter(|entry| entry.name == LIST).collect::<Vec<_>>();
    look_until(|| lists().iter().any(|entry| told(entry, USED_UP)).then_some(())).await;

    // The clock stands, and so that method rests; people are asked meanwhile.
    let asked = lists().len();
    for _ in 0..2 {
        let issue = vendors.closed_issue(208).await;
        until(&chief, issue, "asked").await;
    }
    assert_eq!(lists().len(), asked, "it was not asked for again");
    portal.world(|world| assert!(world.tasks.all.values().all(|task| task.xml_id.is_none())));

    let free = [(LIST.to_owned(), 0.02)].into();
    portal.switch(&SwitchOrder { costs: Some(free), ..SwitchOrder::default() });
    portal.turn_clock(ClockOrder { advance: Some(900.0), ..ClockOrder::default() });
    set_clock(&house, "2026-03-28T12:15:00Z").await;
    row(&chief, "done").await;
    let made = portal.world(|world| world.tasks.all.values().filter(|task| task.xml_id.is_some()).count());
    assert_eq!(made, 1);
    sender.abort();
}

#[tokio::test]
async fn a_row_that_two_pages_show_is_one_person() {
    const FIRST: u64 = 300;
    const COUNT: u64 = 53;
    let works = Works::open().await;
    works.portal.portal().world(|world| {
        let id = world.staff.add_department(DepartmentOrder { name: "Раскрой".to_owned(), parent: None });
        let order =
            UserOrder { id: Some(FIRST), count: Some(COUNT), departments: Some(vec![id]), ..UserOrder::default() };
        world.staff.order_user(None, &order);
        // One of the first page stands at the end of the second one, too.
        let twin = world.staff.users.iter().find(|user| user.id == FIRST).unwrap().clone();
        world.staff.users.push(twin);
    });
    let house = works.house("", "sync_timeout_s = 60");
    let (_pultd, chief) = house.open().await;
    is_ok(&works.send(&document("d1", &[("l1", "Раскрой")])).await);
    let done = row(&chief, "done").await;
    let detail = chief.must("erp.detail", json!({ "id": done["id"] })).await;
    let considered = detail["document"]["lines"][0]["task"]["considered"].as_array().unwrap();
    let ids: BTreeSet<u64> = considered.iter().map(|one| one["id"].as_u64().unwrap()).collect();
    assert_eq!((considered.len(), ids), (53, (FIRST..FIRST + COUNT).collect::<BTreeSet<_>>()));
    assert_eq!(works.tasks().len(), 1);
}
