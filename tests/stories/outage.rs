//! A vendor that is down for an hour, Pult killed in the middle of it: everything that was owed is delivered when it is back, in order per
//! subject, once, and meanwhile it is left alone more and more.
//!
//! Needs a `pultd` built with the feature `hand-clock`; with any other the story says so and is skipped. Deliberately not here: each way to
//! fail (`bridge_trouble`, `gate`).

use std::{fs, time::Duration};

use jiff::{SignedDuration, Timestamp};
use pult_simulators::{
    hands::ClockOrder,
    pachca::world::chat::Message,
    service::fault::{Fault, FaultOrder},
    tracker::world::people::PersonOrder,
};
use serde_json::{Value, json};

use crate::{
    bridge_house::{Bridge, NINA, PAVEL},
    caller::Caller,
    clock::{has_a_hand_clock, set_clock},
    house::{House, PATIENCE, Pultd},
    senders::ring,
};

/// One failure opens the breaker; it stays open for a minute, then longer, five minutes at most.
const LANES: &str =
    "[lanes]\nbreaker_failures = 1\nbreaker_pause_s = 60\nbreaker_pause_max_s = 300\nbackoff_max_s = 60\n";

/// How long a call may go on before it counts as ended, seconds.
const OPEN_S: i32 = 4 * 3600;

/// Pult before, during and after the outage.
struct Hour {
    bridge: Bridge,
    house: House,
    pultd: Pultd,
    chief: Caller,
    now: Timestamp,
}

impl Hour {
    /// A Pult whose clock can be turned and stands where the messenger's does; none where it cannot be.
    async fn open() -> Option<Self> {
        let bridge = Bridge::open().await;
        for login in ["n.orlova", "p.zhukov"] {
            bridge.tracker.tracker().hire(&PersonOrder { login: login.to_owned(), ..PersonOrder::default() });
        }
        let messenger = bridge.space.space();
        messenger.turn_clock(ClockOrder { freeze: Some(true), ..ClockOrder::default() });
        let now = Timestamp::from_second(messenger.hands.now().as_second()).unwrap();
        let house = bridge.house("");
        let text = fs::read_to_string(house.config()).unwrap();
        let (rest, _) = text.split_once("[lanes]").unwrap();
        fs::write(house.config(), format!("{rest}{LANES}")).unwrap();
        has_a_hand_clock(&house).await.then_some(())?;
        house.person("chief", "admin").await;
        let pultd = house.try_serve(&["--hand-clock", &now.to_string()]).await.unwrap();
        let chief = pultd.signed_in("chief").await;
        bridge.tell(&pultd);
        Some(Self { bridge, house, pultd, chief, now })
    }

    /// Lets every call to the tracker fail like this from now on.
    fn breaks(&self, retry_after: Option<u32>) {
        let fault = Some(Fault::Refuse { status: 503, body: Value::Null, retry_after });
        self.bridge.tracker.tracker().faults.set(FaultOrder { heal: true, fault, ..FaultOrder::default() });
    }

    /// Turns both clocks on.
    async fn turn(&mut self, seconds: i32) {
        self.now += SignedDuration::from_secs(i64::from(seconds));
        let advance = Some(f64::from(seconds));
        self.bridge.space.space().turn_clock(ClockOrder { advance, ..ClockOrder::default() });
        set_clock(&self.house, &self.now.to_string()).await;
    }

    /// How the tracker's lane is.
    async fn lane(&self) -> Value {
        let summary = self.chief.must("deliveries.summary", json!({})).await;
        let rows = summary["integrations"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == "tracker").unwrap().clone()
    }

    /// The lane, once it leaves the tracker alone until later; how it is is no change that anybody is told of.
    async fn rests(&self) -> Value {
        let resting = async {
            let mut again = tokio::time::interval(Duration::from_millis(20));
            loop {
                again.tick().await;
                let lane = self.lane().await;
                let until = lane["lane"]["closed_until"].as_i64();
                if until.is_some_and(|until| until > self.now.as_millisecond()) && lane["lane"]["in_flight"] == 0 {
                    return lane;
                }
            }
        };
        tokio::time::timeout(PATIENCE, resting).await.expect("it never rests")
    }

    /// Minutes go by, in each of which the lane tries what it would try by itself.
    async fn minutes(&mut self, count: u32) {
        for _ in 0..count {
            self.turn(60).await;
            self.rests().await;
        }
    }

    /// Calls about comments that the tracker has met.
    fn met(&self) -> usize {
        let all = self.bridge.tracker.tracker().journal.since(0);
        all.iter().filter(|entry| entry.line.contains("/comments")).count()
    }

    fn say(&self, who: u64, anchor: &Message, words: &[&str]) {
        for words in words {
            self.bridge.space.space().say_in_thread(who, anchor.id, words).unwrap();
        }
    }

    async fn owes(&self, count: u64) {
        self.chief.until(async || (self.lane().await["owed"] == count).then_some(())).await;
    }

    /// What of these stands in an issue, in the order it stands there.
    fn order(&self, key: &str, words: &[&str]) -> Vec<String> {
        let comments = self.bridge.comments(key);
        let said = comments.iter().flat_map(|(_, text)| words.iter().filter(|words| text.contains(**words)));
        said.map(|words| (*words).to_owned()).collect()
    }
}

#[tokio::test]
async fn an_hour_without_the_tracker_and_a_kill_in_it_lose_double_and_hurry_nothing() {
    let Some(mut hour) = Hour::open().await else { return };
    // A call that nobody will end; the deadline falls into the time when no Pult runs.
    ring(&hour.pultd.at_hooks(), "newcall", "+37060011122", "o.belova").await;
    let (nina, mail) = hour.bridge.conversation(NINA, "Не открывается почта").await;
    let (pavel, printer) = hour.bridge.conversation(PAVEL, "Не печатает принтер").await;
    hour.bridge.quiet(&hour.chief).await;
    hour.turn(OPEN_S - 31 * 60).await;
    hour.bridge.quiet(&hour.chief).await;
    assert_eq!(hour.chief.calls().await[0]["state"], "open");

    let of_mail = ["Теперь и календарь", "И контакты тоже", "И заметки", "Всё ещё ничего"];
    let of_printer = ["Картридж новый", "Бумага есть", "Лоток закрыт", "Кабель на месте"];
    let before = hour.met();
    hour.breaks(None);
    hour.say(NINA, &nina, &of_mail[..3]);
    hour.say(PAVEL, &pavel, &of_printer[..3]);
    hour.owes(6).await;
    // Each new call lets the lane try anew; from the next minute on it rests.
    hour.minutes(30).await;
    assert_eq!(hour.lane().await["lane"]["breaker"], "open");
    assert_eq!((hour.lane().await["owed"].as_u64(), hour.bridge.comments(&mail).len()), (Some(6), 0));
    let first_half = hour.met() - before;
    assert!((4..=16).contains(&first_half), "it was asked {first_half} times within half an hour");

    // Killed, and back two minutes later: nothing is forgotten, the deadline that passed is met.
    hour.pultd.kill().await;
    hour.now += SignedDuration::from_mins(2);
    hour.bridge.space.space().turn_clock(ClockOrder { advance: Some(120.0), ..ClockOrder::default() });
    hour.pultd = hour.house.try_serve(&["--hand-clock", &hour.now.to_string()]).await.unwrap();
    hour.chief = hour.pultd.signed_in("chief").await;
    hour.bridge.tell(&hour.pultd);
    let chief = &hour.chief;
    chief.until(async || chief.calls().await.pop().filter(|call| call["state"] == "ended")).await;
    hour.say(NINA, &nina, &of_mail[3..]);
    hour.say(PAVEL, &pavel, &of_printer[3..]);
    hour.owes(8).await;
    hour.minutes(10).await;

    // Now it asks for a quarter of an hour of peace, and gets it.
    hour.breaks(Some(900));
    let asked = async |hour: &Hour| {
        hour.lane().await["lane"]["closed_until"].as_i64() >= Some(hour.now.as_millisecond() + 900_000)
    };
    while !asked(&hour).await {
        hour.minutes(1).await;
    }
    let met = hour.met();
    hour.minutes(14).await;
    assert_eq!(hour.met(), met, "it was left alone for as long as it asked");
    let second_half = met - before - first_half;
    assert!(second_half <= 16, "it was asked {second_half} times");

    hour.bridge.tracker.tracker().faults.set(FaultOrder { heal: true, ..FaultOrder::default() });
    hour.turn(61).await;
    let done = async {
        let mut again = tokio::time::interval(Duration::from_millis(20));
        while hour.lane().await["owed"] != 0 {
            again.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, done).await.expect("not everything was delivered");
    hour.bridge.quiet(&hour.chief).await;
    assert_eq!(
        (hour.order(&mail, &of_mail), hour.order(&printer, &of_printer)),
        (of_mail.map(str::to_owned).to_vec(), of_printer.map(str::to_owned).to_vec())
    );
    assert_eq!((hour.bridge.comments(&mail).len(), hour.bridge.comments(&printer).len()), (4, 4), "each once");
    assert_eq!(hour.lane().await["lane"]["breaker"], "closed");
    let why = hour
        .chief
        .must(
            "deliveries.why",
            json!({ "of": "subject", "subject": format!("call:{}", hour.chief.calls().await[0]["id"]) }),
        )
        .await;
    let ends = why["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "end_never_reported").count();
    assert_eq!(ends, 1);
}
