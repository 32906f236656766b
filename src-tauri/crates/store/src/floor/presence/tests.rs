//! Presence of operators: what a session heard is kept, what nobody heard is unknown, and what it says of a moment.

use proptest::prelude::*;
use pult_domain::areas::{
    floor::{Change, OperatorReport, OperatorState},
    messages::{Account, Change as Told},
};
use rusqlite::Connection;

use super::*;
use crate::{
    floor::{apply, close_watches, extend_watches, forget},
    messages,
    migrations::in_memory,
    people::{self, Profile, Rights, Role},
};

const PAVEL: OperatorId = OperatorId(1);
const ADDRESS: &str = "pavel@chat.example.com";

fn at(second: i64) -> Instant {
    Instant::from_second(1_800_000_000 + second).unwrap()
}

fn address() -> Address {
    Address::read(ADDRESS).unwrap()
}

/// A floor with one operator, whose messenger a supervisor named.
fn floor() -> Connection {
    let db = in_memory().unwrap();
    let report = OperatorReport {
        login_id: "70412".to_owned(),
        login_name: Some("porlov".to_owned()),
        first_name: Some("Павел".to_owned()),
        last_name: None,
        extension: None,
        state: OperatorState::Ready,
        since: None,
        pending: None,
        reason: None,
    };
    apply(&db, &Change::Identify { operator: PAVEL, report: Box::new(report) }, at(0)).unwrap();
    set_messenger(&db, PAVEL, Some(&address()), at(0)).unwrap();
    db
}

fn tell(db: &Connection, resource: &str, presence: Presence, second: i64) {
    let change = Told::Presence {
        account: Account::Bot,
        from: address(),
        resource: resource.to_owned(),
        presence,
        status: String::new(),
        at: at(second),
    };
    messages::apply(db, &change, at(second)).unwrap();
}

fn ended(db: &Connection, second: i64) {
    messages::apply(db, &Told::Unseen { account: Account::Bot }, at(second)).unwrap();
}

/// As the verdict looks: three minutes back and one ahead.
fn shown(db: &Connection, second: i64) -> Messenger {
    seen(db, PAVEL, at(second), (at(second - 180), at(second + 60))).unwrap()
}

fn spans(db: &Connection) -> i64 {
    db.query_row("SELECT count(*) FROM floor_presence", [], |r| r.get(0)).unwrap()
}

#[test]
fn a_messenger_that_went_off_at_the_same_time_is_told_from_one_that_was_off() {
    let db = floor();
    tell(&db, "desk", Presence::Online, 100);
    tell(&db, "desk", Presence::Offline, 1_000);
    let moments = [50, 500, 990, 1_100, 1_500].map(|second| shown(&db, second));
    let want = [Messenger::NotWatched, Messenger::There, Messenger::WentOff, Messenger::WentOff, Messenger::Off];
    assert_eq!(moments, want);
}

#[test]
fn whoever_came_back_before_it_began_had_not_gone_off() {
    let db = floor();
    tell(&db, "desk", Presence::Online, 0);
    tell(&db, "desk", Presence::Offline, 100);
    tell(&db, "desk", Presence::Online, 130);
    assert_eq!(shown(&db, 200), Messenger::There);
}

#[test]
fn another_program_that_stays_on_keeps_them_present() {
    let db = floor();
    tell(&db, "phone", Presence::Away, 0);
    tell(&db, "desk", Presence::Busy, 10);
    assert_eq!(shown(&db, 100), Messenger::There, "busy is at work");
    tell(&db, "desk", Presence::Offline, 200);
    assert_eq!(shown(&db, 205), Messenger::Away);
    assert_eq!(spans(&db), 3);
}

#[test]
fn what_no_session_heard_is_unknown() {
    let db = floor();
    tell(&db, "desk", Presence::Online, 0);
    ended(&db, 100);
    assert_eq!((shown(&db, 50), shown(&db, 200)), (Messenger::There, Messenger::NotWatched));
    tell(&db, "desk", Presence::Offline, 250);
    assert_eq!(shown(&db, 260), Messenger::Off, "that it went off at 250 nobody saw");
}

#[test]
fn a_hard_end_leaves_what_was_last_heard() {
    let db = floor();
    tell(&db, "desk", Presence::Online, 0);
    extend_watches(&db, at(300)).unwrap();
    close_watches(&db).unwrap();
    assert_eq!((shown(&db, 299), shown(&db, 301)), (Messenger::There, Messenger::NotWatched));
}

#[test]
fn only_operators_are_followed_and_a_namesake_of_the_console_is_one() {
    let db = floor();
    let other = Address::read("porlov@example.com").unwrap();
    let told = |from: &Address| Told::Presence {
        account: Account::Bot,
        from: from.clone(),
        resource: "desk".to_owned(),
        presence: Presence::Online,
        status: String::new(),
        at: at(10),
    };
    messages::apply(&db, &told(&other), at(10)).unwrap();
    assert_eq!(spans(&db), 0, "a stranger");
    set_messenger(&db, PAVEL, None, at(20)).unwrap();
    let profile = Profile { email: Some("porlov@example.com".to_owned()), ..Profile::default() };
    people::insert(&db, "POrlov", &profile, &Rights::of(Role::Operator), at(20)).unwrap();
    assert_eq!(messenger_of(&db, PAVEL).unwrap(), Some(OperatorMessenger { address: other.clone(), settled: false }));
    messages::apply(&db, &told(&other), at(30)).unwrap();
    assert_eq!(spans(&db), 1);
}

#[test]
fn an_address_named_later_counts_from_then_on_and_is_one_operators() {
    let db = floor();
    set_messenger(&db, PAVEL, None, at(0)).unwrap();
    tell(&db, "desk", Presence::Online, 0);
    assert_eq!(spans(&db), 0);
    set_messenger(&db, PAVEL, Some(&address()), at(100)).unwrap();
    assert_eq!((shown(&db, 50), shown(&db, 150)), (Messenger::NotWatched, Messenger::There));
    let second = set_messenger(&db, OperatorId(2), Some(&address()), at(100));
    assert!(matches!(second, Err(StoreError::Conflict(_))), "{second:?}");
}

#[test]
fn presence_is_forgotten_by_its_age_and_with_the_person() {
    let db = floor();
    tell(&db, "desk", Presence::Online, 0);
    tell(&db, "desk", Presence::Offline, 100);
    assert_eq!(forget(&db, at(101), 10).unwrap(), 1);
    assert_eq!(spans(&db), 1, "the one that goes on stays");
    messages::erase_author(&db, ADDRESS).unwrap();
    assert_eq!((spans(&db), messenger_of(&db, PAVEL).unwrap()), (0, None));
}

proptest! {
    // Each case makes a database.
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever was heard: what is said of a moment that no span covers and before which nothing went off is nothing.
    #[test]
    fn nothing_is_made_up(heard in prop::collection::vec((0i64..600, 0usize..4), 0..12), second in 0i64..900) {
        const HOW: [Presence; 3] = [Presence::Online, Presence::Away, Presence::Offline];
        let mut heard = heard;
        heard.sort_unstable();
        let db = floor();
        for (when, how) in &heard {
            match HOW.get(*how) {
                Some(presence) => tell(&db, "desk", *presence, *when),
                None => ended(&db, *when),
            }
        }
        let said = shown(&db, second);
        let last = heard.iter().rev().find(|(when, _)| *when <= second);
        if last.is_none_or(|(_, how)| *how == 3) && !heard.iter().any(|(when, _)| (second..=second + 60).contains(when)) {
            prop_assert_eq!(said, Messenger::NotWatched);
        }
        if said == Messenger::WentOff {
            prop_assert!(heard.iter().any(|(when, how)| *how == 2 && (second - 180..=second + 60).contains(when)));
        }
    }
}
