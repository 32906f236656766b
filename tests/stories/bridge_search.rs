//! What the search of the tracker finds although no hook told of it, by a clock that is turned: a conversation another Pult began, and a
//! row that slipped past a page; and what becomes of an issue that it never finds.
//!
//! Deliberately not here: what the history of the messenger brings (`bridge_trouble`), and how a walk is remembered (the integration's
//! tests).
//!
//! Needs a `pultd` built with the feature `hand-clock`; with any other each story says so and is skipped.

use std::{collections::BTreeSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use pult_simulators::{
    hands::ClockOrder,
    pachca::world::chat::Message,
    service::{
        fault::{Fault, FaultOrder},
        journal::Entry,
        post::MannerOrder,
    },
    tracker::{IssueOrder, switches::SwitchOrder, world::people::PersonOrder},
};
use serde_json::{Value, json};

use crate::{
    bridge_house::{Bridge, DESK, NINA, PAVEL, notices},
    caller::{Caller, look_until},
    clock::{has_a_hand_clock, set_clock},
    house::{House, PATIENCE, Pultd},
};

impl Bridge {
    /// How often the search was asked.
    fn searched(&self) -> u64 {
        self.tracker.tracker().journal.count("search")
    }

    /// A Pult whose clock stands at `now`, as the messenger's does, and whose first look is over; none where it cannot be turned.
    async fn standing(&self, now: Timestamp) -> Option<(House, Pultd, Caller)> {
        let house = self.house("");
        has_a_hand_clock(&house).await.then_some(())?;
        house.person("chief", "admin").await;
        let pultd = house.try_serve(&["--hand-clock", &now.to_string()]).await.unwrap();
        let chief = pultd.signed_in("chief").await;
        self.tell(&pultd);
        chief.until_settled().await;
        Some((house, pultd, chief))
    }

    /// No hook of the tracker arrives any more.
    fn deaf(&self) {
        self.tracker.tracker().post.order(MannerOrder { lose_every: Some(1), ..MannerOrder::default() });
    }
}

/// Both clocks of the messenger's signatures stand at the same second.
fn stand(bridge: &Bridge) -> Timestamp {
    let clock = bridge.space.space();
    clock.turn_clock(ClockOrder { freeze: Some(true), ..ClockOrder::default() });
    bridge.tracker.tracker().switch(&SwitchOrder { index_lag_ms: Some(0), ..SwitchOrder::default() });
    Timestamp::from_second(clock.hands.now().as_second()).unwrap()
}

/// Turns the clock on, a minute at a time, until it is so: from when on the next look is waited for is seen by nobody.
async fn turn_until(house: &House, now: &mut Timestamp, holds: impl Fn() -> bool) {
    let turning = async {
        let mut again = tokio::time::interval(Duration::from_millis(50));
        while !holds() {
            *now += SignedDuration::from_mins(1);
            set_clock(house, &now.to_string()).await;
            again.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, turning).await.expect("it never showed");
}

fn said(bridge: &Bridge, anchor: &Message, words: &str) -> usize {
    bridge.thread(anchor).iter().filter(|text| text.ends_with(words)).count()
}

#[tokio::test]
async fn a_conversation_of_another_pult_is_found_by_the_search_and_goes_on_with_what_is_new() {
    let bridge = Bridge::open().await;
    let now = stand(&bridge);
    let Some((_first, pultd, chief)) = bridge.standing(now).await else { return };
    let (anchor, key) = bridge.conversation(NINA, "Не открывается почта").await;
    bridge.tracker.tracker().comment("vera", &key, "Сказано раньше").unwrap();
    look_until(|| (said(&bridge, &anchor, "Сказано раньше") == 1).then_some(())).await;
    bridge.quiet(&chief).await;
    assert!(pultd.stop().await.success());

    // Another one, which knows nothing and is told nothing.
    bridge.deaf();
    let mut now = now + SignedDuration::from_mins(10);
    bridge.tracker.tracker().turn_clock(ClockOrder { advance: Some(600.0), ..ClockOrder::default() });
    let Some((house, _pultd, chief)) = bridge.standing(now).await else { return };
    bridge.tracker.tracker().comment("vera", &key, "Сказано без вебхука").unwrap();
    turn_until(&house, &mut now, || said(&bridge, &anchor, "Сказано без вебхука") == 1).await;
    for _ in 0..2 {
        let searched = bridge.searched();
        turn_until(&house, &mut now, || bridge.searched() > searched).await;
        bridge.quiet(&chief).await;
    }
    assert_eq!((said(&bridge, &anchor, "Сказано раньше"), bridge.thread(&anchor).len()), (1, 2), "each once");
}

#[tokio::test]
async fn a_row_that_slips_past_a_page_of_230_is_found_by_a_later_walk() {
    let bridge = Bridge::open().await;
    let mut now = stand(&bridge);
    let tracker = bridge.tracker.tracker();
    let Some((house, _pultd, chief)) = bridge.standing(now).await else { return };
    let (anchor, key) = bridge.conversation(PAVEL, "Не печатает принтер").await;
    bridge.quiet(&chief).await;
    bridge.deaf();
    // A hundred issues were changed before the one of the conversation, and the rest after it: it is the first of the second page.
    let others = tracker.issues().iter().filter(|issue| issue.queue == "DESK" && issue.key != key).count() as u64;
    let make = |count: u64| tracker.make(&IssueOrder { count: Some(count), ..IssueOrder::default() }).unwrap();
    make(100 - others);
    tracker.comment("vera", &key, "Об этом никто не сообщил").unwrap();
    make(129);
    let rows = tracker.issues().iter().filter(|issue| issue.queue == "DESK").count();
    assert_eq!(rows, 230);

    // From the second page on everything fails, and before it is asked for again one of the first leaves it.
    let fault = Fault::Refuse { status: 500, body: Value::Null, retry_after: None };
    tracker.faults.set(FaultOrder {
        fault: Some(fault),
        on: Some("search".to_owned()),
        after: 1,
        ..FaultOrder::default()
    });
    let searched = bridge.searched();
    turn_until(&house, &mut now, || bridge.searched() >= searched + 2).await;
    let mut first: Vec<_> = tracker.issues().into_iter().filter(|issue| issue.queue == "DESK").collect();
    first.sort_by_key(|issue| issue.updated_at);
    assert_eq!(first[100].key, key);
    tracker.comment("vera", &first[0].key, "Переехала в конец").unwrap();
    tracker.faults.set(FaultOrder { heal: true, ..FaultOrder::default() });
    turn_until(&house, &mut now, || said(&bridge, &anchor, "Об этом никто не сообщил") == 1).await;
    for _ in 0..4 {
        let searched = bridge.searched();
        turn_until(&house, &mut now, || bridge.searched() > searched).await;
        bridge.quiet(&chief).await;
    }
    assert_eq!((said(&bridge, &anchor, "Об этом никто не сообщил"), bridge.thread(&anchor).len()), (1, 1));
}

/// Fails when an issue that is there and is not found is made once more, also by an engine that has forgotten that it is there; when nobody is
/// told of it in the end; and when a person's order to go on makes another one in its place.
#[tokio::test]
async fn an_issue_that_is_never_found_is_made_once_and_left_to_a_person() {
    let bridge = Bridge::open().await;
    let mut now = stand(&bridge);
    let tracker = bridge.tracker.tracker();
    let Some((house, pultd, _)) = bridge.standing(now).await else { return };
    // Whoever asks has an account there, or the first call would be refused; its answer is lost, and the search is weeks behind.
    tracker.hire(&PersonOrder { login: "n.orlova".to_owned(), ..PersonOrder::default() });
    tracker.switch(&SwitchOrder { index_lag_ms: Some(u32::MAX.into()), ..SwitchOrder::default() });
    bridge.break_tracker(Fault::DropAfterCommit, "issue_create", 1);
    bridge.space.space().say(NINA, DESK, "Не открывается почта").unwrap();
    let created = || tracker.journal.since(0).into_iter().filter(|call| call.name == "issue_create");
    let looked_for = || {
        let calls = tracker.journal.since(0);
        let ours = |call: &&Entry| call.name == "search" && call.request.to_string().contains("console:");
        calls.iter().filter(ours).count()
    };
    look_until(|| (bridge.made().len() == 1).then_some(())).await;
    turn_until(&house, &mut now, || created().count() == 2 && looked_for() >= 10).await;
    pultd.kill().await;
    let (pultd, before) = (house.try_serve(&["--hand-clock", &now.to_string()]).await.unwrap(), looked_for());
    bridge.tell(&pultd);
    turn_until(&house, &mut now, || looked_for() >= before + 4).await;
    let uniques: BTreeSet<String> = created().map(|call| call.request["asked"]["body"]["unique"].to_string()).collect();
    assert_eq!((bridge.made().len(), uniques.len(), bridge.bots(DESK).len()), (1, 1, 0), "{uniques:?}");
    assert!(uniques.iter().all(|unique| unique.starts_with("\"console:")), "{uniques:?}");
    let chief = pultd.signed_in("chief").await;
    let filter = json!({ "integration": "tracker", "kind": "create_issue" });
    let owed = chief.must("deliveries.effects", json!({ "filter": filter, "limit": 10 })).await["rows"].clone();
    assert_eq!(owed.as_array().unwrap().len(), 1);
    assert!(owed[0]["error"].as_str().unwrap().contains("the issue exists"), "{owed}");

    // A day later a person is to see to it.
    now += SignedDuration::from_hours(25);
    set_clock(&house, &now.to_string()).await;
    let chief = pultd.signed_in("chief").await;
    chief.until(async || notices(&chief).await.contains(&"chat_link.request_failed".to_owned()).then_some(())).await;
    let request = chief.must("chat_link.desk", json!({})).await["requests"][0].clone();
    assert_eq!(request["state"], "failed", "{request}");

    // The search has caught up, and somebody has it tried again: it is the issue that was there all the time.
    tracker.switch(&SwitchOrder { index_lag_ms: Some(0), ..SwitchOrder::default() });
    chief.must("chat_link.request_again", json!({ "id": request["id"] })).await;
    let about = bridge.made()[0].clone();
    let anchored =
        || bridge.bots(DESK).iter().filter(|message| message.content.contains(&format!("/{about}"))).count() == 1;
    turn_until(&house, &mut now, anchored).await;
    chief.until_settled().await;
    assert_eq!(bridge.made(), [about.as_str()]);
    assert!(!notices(&chief).await.contains(&"chat_link.request_failed".to_owned()));
}
