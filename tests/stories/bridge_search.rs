//! What the search of the tracker finds although no hook told of it, by a clock that is turned: a conversation another Pult began, and a
//! row that slipped past a page.
//!
//! Deliberately not here: what the history of the messenger brings (`bridge_trouble`), and how a walk is remembered (the integration's
//! tests).
//!
//! Needs a `pultd` built with the feature `hand-clock`; with any other each story says so and is skipped.

use jiff::{SignedDuration, Timestamp};
use pult_simulators::{
    hands::ClockOrder,
    pachca::world::chat::Message,
    service::{
        fault::{Fault, FaultOrder},
        post::MannerOrder,
    },
    tracker::{IssueOrder, switches::SwitchOrder},
};
use serde_json::Value;

use crate::{
    bridge_house::{Bridge, NINA, PAVEL},
    caller::{Caller, look_until},
    clock::{has_a_hand_clock, set_clock},
    house::{House, Pultd},
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

async fn minutes(house: &House, start: Timestamp, count: i64) {
    set_clock(house, &(start + SignedDuration::from_mins(count)).to_string()).await;
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
    let now = now + SignedDuration::from_mins(10);
    bridge.tracker.tracker().turn_clock(ClockOrder { advance: Some(600.0), ..ClockOrder::default() });
    let Some((house, _pultd, chief)) = bridge.standing(now).await else { return };
    bridge.tracker.tracker().comment("vera", &key, "Сказано без вебхука").unwrap();
    let searched = bridge.searched();
    minutes(&house, now, 6).await;
    look_until(|| (bridge.searched() > searched).then_some(())).await;
    look_until(|| (said(&bridge, &anchor, "Сказано без вебхука") == 1).then_some(())).await;
    for count in [12, 18] {
        let searched = bridge.searched();
        minutes(&house, now, count).await;
        look_until(|| (bridge.searched() > searched).then_some(())).await;
        bridge.quiet(&chief).await;
    }
    assert_eq!((said(&bridge, &anchor, "Сказано раньше"), bridge.thread(&anchor).len()), (1, 2), "each once");
}

#[tokio::test]
async fn a_row_that_slips_past_a_page_of_230_is_found_by_a_later_walk() {
    let bridge = Bridge::open().await;
    let now = stand(&bridge);
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

    // The second page fails, and before it is asked for again one of the first leaves it.
    let fault = Fault::Refuse { status: 500, body: Value::Null, retry_after: None };
    tracker.faults.set(FaultOrder { after: 1, ..FaultOrder::new(fault, "search", 1) });
    let searched = bridge.searched();
    minutes(&house, now, 6).await;
    look_until(|| (bridge.searched() == searched + 2).then_some(())).await;
    let mut first: Vec<_> = tracker.issues().into_iter().filter(|issue| issue.queue == "DESK").collect();
    first.sort_by_key(|issue| issue.updated_at);
    assert_eq!(first[100].key, key);
    tracker.comment("vera", &first[0].key, "Переехала в конец").unwrap();
    for count in 2..12 {
        let searched = bridge.searched();
        minutes(&house, now, 6 * count).await;
        look_until(|| (bridge.searched() > searched).then_some(())).await;
        bridge.quiet(&chief).await;
    }
    assert_eq!((said(&bridge, &anchor, "Об этом никто не сообщил"), bridge.thread(&anchor).len()), (1, 1));
}
