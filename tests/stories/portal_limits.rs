//! A portal that limits and a portal whose pages overlap: a method that has used up its time, and a row that two pages show.
//!
//! Deliberately not here: a burst against the bucket of requests (the client's own tests, on a clock of theirs), and a portal that is full
//! or away as a whole (`erp`).

use std::{collections::BTreeSet, net::TcpListener};

use pult_simulators::{
    bitrix24::{
        switches::SwitchOrder,
        world::staff::{DepartmentOrder, UserOrder},
    },
    hands::ClockOrder,
    service::journal::Entry,
};
use serde_json::json;

use crate::{
    caller::{Caller, look_until},
    clock::{has_a_hand_clock, set_clock},
    erp_house::{PORTAL_KEY, Works, document, is_ok, row},
    ratings_house::{NOON, Vendors, until},
};

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
    if !has_a_hand_clock(&house).await {
        return;
    }
    house.person("chief", "admin").await;
    let pultd = house.try_serve(&["--hand-clock", NOON]).await.unwrap();
    let chief = pultd.signed_in("chief").await;
    vendors.tell(&pultd);
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
