//! The console's commands of notices: whose they are, what people do with them, and what is told.
//!
//! Deliberately not here: raising them (the rules of each area).

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod house;

use pult_domain::{Audience, Instant, Level, Notice, NoticeChange, NoticeClass, Subject, Told};
use pult_engine::{
    auth::{Actor, Role, role::Rights},
    bus::Change,
    error::ErrorCode,
};
use pult_store::notices;
use serde_json::{Value, json};

use house::House;

fn at(seconds: i64) -> Instant {
    Instant::from_second(1_790_000_000 + seconds).unwrap()
}

impl House {
    /// Somebody is told of a change of a ticket.
    async fn tell(&self, entry: i64, login: &str) -> i64 {
        let to = Audience::People(vec![Told { login: login.to_owned(), why: "assignee".to_owned() }]);
        self.raise(format!("tickets:entry/{entry}"), NoticeClass::Ticket, Level::Info, to).await
    }

    async fn raise(&self, key: String, class: NoticeClass, level: Level, to: Audience) -> i64 {
        let (subject, code) = (Subject("ticket:4312".to_owned()), "tickets.entry".to_owned());
        let notice = Notice { key, class, level, subject, code, values: serde_json::Map::new(), to };
        let now = self.clock.now();
        let raise = move |c: &pult_store::Connection| notices::apply(c, &NoticeChange::Raise(notice), None, now);
        self.write(raise).await.unwrap().id.0
    }
}

fn person(login: &str, role: Role) -> Actor {
    Actor { login: login.to_owned(), rights: Rights::of(role), ..Actor::local_window() }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_and_does_their_own_and_another_s_notice_is_not_there() {
    let house = House::start(at(0));
    let (anna, olga) = (person("anna", Role::Supervisor), person("olga", Role::Operator));
    let own = house.tell(1, "olga").await;
    let all = house.raise("a".to_owned(), NoticeClass::Rating, Level::Warning, Audience::Everyone).await;
    let seen = async |who: &Actor| {
        let page = house.must(who, "notices.list", json!({ "which": "all", "limit": 10 })).await;
        page["rows"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((seen(&anna).await, seen(&olga).await), (vec![all], vec![own]));
    for (who, id) in [(&anna, own), (&olga, all), (&anna, 999)] {
        for (name, request) in [
            ("notices.mark", json!({ "ids": [id], "read": true })),
            ("notices.finish", json!({ "ids": [id], "done": true })),
            ("notices.snooze", json!({ "ids": [id], "until": at(60).as_millisecond() })),
            ("notices.why", json!({ "id": id })),
        ] {
            assert_eq!(house.ask(who, name, request).await.unwrap_err().code, ErrorCode::NotFound, "{name}");
        }
    }
    let why = house.must(&olga, "notices.why", json!({ "id": own })).await;
    assert_eq!((&why["notice"]["why"], &why["announcement"]["why"]), (&json!("assignee"), &json!("new")));
    // Read once is read for all windows of the person, who are told to look.
    let mut listener = house.engine.bus().listen();
    let marked = house.must(&olga, "notices.mark", json!({ "ids": [own], "read": true })).await;
    assert_eq!(marked["unread"], 0);
    assert!(matches!(listener.next().await, Some(Change::Changed { ids, .. }) if ids == [own]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emptied_list_comes_back_at_nine_seconds_and_not_at_eleven() {
    let (house, anna) = (House::start(at(0)), person("anna", Role::Viewer));
    for entry in 0..60 {
        house.tell(entry, "anna").await;
    }
    let emptied = house.must(&anna, "notices.empty", json!({})).await;
    assert_eq!(emptied, json!({ "removed": 60, "unread": 0 }));
    house.clock.set(at(9));
    let back = house.must(&anna, "notices.undo_empty", json!({})).await;
    assert_eq!(back, json!({ "removed": 60, "unread": 60 }));
    house.must(&anna, "notices.empty", json!({})).await;
    house.clock.set(at(20));
    assert_eq!(house.ask(&anna, "notices.undo_empty", json!({})).await.unwrap_err().code, ErrorCode::Conflict);
    let history = house.must(&anna, "notices.list", json!({ "which": "done", "limit": 100 })).await;
    assert_eq!(history["rows"].as_array().unwrap().len(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn news_are_told_once_and_a_storm_in_one_sentence() {
    let (house, anna) = (House::start(at(0)), person("anna", Role::Viewer));
    house.tell(0, "anna").await;
    let first = house.must(&anna, "notices.news", json!({})).await;
    assert_eq!(first["fresh"], json!([]), "what was there before is in the list");
    let next = async |last: &Value| {
        house.must(&anna, "notices.news", json!({ "after": last["newest"], "since": last["now"] })).await
    };
    house.clock.set(at(60));
    house.tell(1, "anna").await;
    house.tell(2, "boris").await;
    let news = next(&first).await;
    assert_eq!((news["fresh"].as_array().unwrap().len(), &news["storm"]), (1, &Value::Null));
    assert_eq!(news["fresh"][0]["announcement"]["toast"], true);
    assert_eq!(next(&news).await["fresh"], json!([]));
    for entry in 3..8 {
        house.tell(entry, "anna").await;
    }
    assert_eq!(next(&news).await["storm"], 6, "with the one that was told singly");
    house.must(&anna, "notices.hold_back", json!({ "until": at(3600).as_millisecond() })).await;
    let held = next(&news).await;
    assert_eq!((&held["storm"], &held["fresh"][0]["announcement"]["why"]), (&Value::Null, &json!("do_not_disturb")));
    let lifted = house.must(&anna, "notices.hold_back", json!({ "until": null })).await;
    assert_eq!(lifted["quiet_until"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_is_counted_beyond_what_is_told_of_it_and_no_further_back_than_it_lasts() {
    let (house, anna) = (House::start(at(0)), person("anna", Role::Viewer));
    let begin = house.must(&anna, "notices.news", json!({})).await;
    house.tell(0, "anna").await;
    // Told singly, and longer ago than a storm lasts.
    let first = house.must(&anna, "notices.news", json!({ "after": begin["newest"], "since": begin["now"] })).await;
    assert_eq!((first["fresh"].as_array().unwrap().len(), &first["storm"]), (1, &Value::Null));
    house.clock.set(at(10));
    for entry in 1..=300 {
        house.tell(entry, "anna").await;
    }
    let news = house.must(&anna, "notices.news", json!({ "after": first["newest"], "since": first["now"] })).await;
    assert_eq!((news["fresh"].as_array().unwrap().len(), &news["storm"]), (50, &json!(300)));
    // Who asks late, after a time out of reach, is not told of each by itself either.
    house.clock.set(at(600));
    let late = house.must(&anna, "notices.news", json!({ "after": first["newest"], "since": first["now"] })).await;
    assert_eq!((late["fresh"].as_array().unwrap().len(), &late["storm"]), (50, &json!(300)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snoozed_notice_comes_back_by_itself_and_is_news() {
    let (house, anna) = (House::start(at(0)), person("anna", Role::Viewer));
    let id = house.tell(1, "anna").await;
    let until = at(600).as_millisecond();
    let snoozed = house.must(&anna, "notices.snooze", json!({ "ids": [id], "until": until })).await;
    assert_eq!(snoozed["unread"], 0);
    let past = json!({ "ids": [id], "until": at(-1).as_millisecond() });
    assert_eq!(house.ask(&anna, "notices.snooze", past).await.unwrap_err().field.as_deref(), Some("until"));
    let last = house.must(&anna, "notices.news", json!({})).await;
    let mut listener = house.engine.bus().listen();
    house.clock.set(at(600));
    while !matches!(listener.next().await, Some(Change::Changed { ids, .. }) if ids == [id]) {}
    let news = house.must(&anna, "notices.news", json!({ "after": last["newest"], "since": last["now"] })).await;
    assert_eq!(news["fresh"][0]["notice"]["id"], id);
    assert_eq!(house.must(&anna, "notices.unread", json!({})).await["unread"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn mutes_and_preferences_are_one_s_own() {
    let house = House::start(at(0));
    let (anna, boris) = (person("anna", Role::Viewer), person("boris", Role::Viewer));
    let mute = json!({ "kind": "subject", "target": "ticket:4312", "until": null });
    let muted = house.must(&anna, "notices.mute", mute).await;
    house.tell(1, "anna").await;
    house.tell(2, "boris").await;
    let counts = async |who: &Actor| house.must(who, "notices.counts", json!({})).await;
    assert_eq!(counts(&anna).await, json!({ "unread": 0, "read": 0, "snoozed": 0, "muted": 1 }));
    assert_eq!(counts(&boris).await["unread"], 1);
    let id = &muted["mutes"][0]["id"];
    let refused = house.ask(&boris, "notices.unmute", json!({ "id": id })).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);
    assert_eq!(house.must(&anna, "notices.unmute", json!({ "id": id })).await["mutes"], json!([]));

    let mut wanted = house.must(&anna, "notices.preferences", json!({})).await;
    assert_eq!((&wanted["check_seconds"], &wanted["scope"]), (&json!(30), &json!("mine")));
    wanted["check_seconds"] = json!(9);
    let refused = house.ask(&anna, "notices.set_preferences", wanted.clone()).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("check_seconds"));
    wanted["check_seconds"] = json!(10);
    house.must(&anna, "notices.set_preferences", wanted.clone()).await;
    assert_eq!(house.must(&anna, "notices.preferences", json!({})).await, wanted);
    assert_eq!(house.must(&boris, "notices.preferences", json!({})).await["check_seconds"], 30);
}
