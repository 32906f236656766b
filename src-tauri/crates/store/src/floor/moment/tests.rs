//! Any second: whoever was there, gone since or not, and the call they were in.

use pult_domain::areas::floor::{Change, Direction, OperatorReport};

use super::*;
use crate::{
    floor::{apply, extend_watches},
    from_millis,
    migrations::in_memory,
};

fn at(second: i64) -> Instant {
    Instant::from_second(1_800_000_000 + second).unwrap()
}

fn report(login: &str, first: &str) -> Box<OperatorReport> {
    Box::new(OperatorReport {
        login_id: login.to_owned(),
        login_name: None,
        first_name: Some(first.to_owned()),
        last_name: None,
        extension: None,
        state: OperatorState::Ready,
        since: Some(at(0)),
        pending: None,
        reason: None,
    })
}

const ANNA: OperatorId = OperatorId(1);
const PAVEL: OperatorId = OperatorId(2);

/// Two operators of one team, ready since 0 and watched from 0 to 1 000; Pavel left at 500.
fn floor() -> Connection {
    let db = in_memory().unwrap();
    let tell = |change: Change, second: i64| apply(&db, &change, at(second)).unwrap();
    for (operator, login, first) in [(ANNA, "70411", "Анна"), (PAVEL, "70412", "Павел")] {
        tell(Change::Identify { operator, report: report(login, first) }, 0);
        tell(Change::Join { team: "61".to_owned(), name: Some("Москва".to_owned()), operator }, 0);
        let begin = Change::Begin {
            operator,
            interval: IntervalId(operator.0),
            report: report(login, first),
            at: at(0),
            approximate: false,
            before_ended: at(0),
        };
        tell(begin, 0);
    }
    tell(Change::Watch { teams: vec!["61".to_owned()], at: at(0) }, 0);
    tell(Change::Leave { team: None, operator: PAVEL }, 500);
    extend_watches(&db, at(1_000)).unwrap();
    db
}

fn call(db: &Connection, id: i64, operator: &str, began: i64, ended: Option<i64>) {
    db.execute("INSERT OR IGNORE INTO operators (name) VALUES (?1)", [operator]).unwrap();
    db.execute(
        "INSERT INTO calls (id, source_key, centre, day, started_at, ended_at, state, phone, operator_id)
         SELECT ?1, 'feed/' || ?1, 0, 20270115, ?2, ?3, ?3 IS NOT NULL, '37060011122', id FROM operators WHERE name = ?4",
        params![id, millis(at(began)), ended.map(|ended| millis(at(ended))), operator],
    )
    .unwrap();
}

fn of(db: &Connection, operator: OperatorId, second: i64) -> Option<Moment> {
    moment(db, &Sight::default(), at(second), at(1_000)).unwrap().into_iter().find(|moment| moment.id == operator)
}

#[test]
fn whoever_has_left_since_is_as_they_were_and_after_that_is_not_there() {
    let db = floor();
    let then = of(&db, PAVEL, 400).unwrap();
    assert_eq!((then.gone, then.group, then.name.as_str(), then.teams.len()), (true, Group::Ready, "Павел", 1));
    assert_eq!(of(&db, PAVEL, 600), None);
    assert_eq!(of(&db, ANNA, 600).map(|anna| (anna.gone, anna.group)), Some((false, Group::Ready)));
}

#[test]
fn whoever_came_back_is_among_those_of_today() {
    let db = floor();
    let back = Change::Join { team: "61".to_owned(), name: None, operator: PAVEL };
    apply(&db, &back, at(700)).unwrap();
    let then = of(&db, PAVEL, 400).unwrap();
    assert_eq!((then.gone, then.teams.len()), (false, 1));
}

#[test]
fn the_call_of_a_second_is_the_one_that_had_begun_and_not_ended() {
    let db = floor();
    call(&db, 1, "Анна", 100, Some(200));
    call(&db, 2, "70412", 150, Some(300));
    call(&db, 3, "Анна", 900, None);
    let calls = |second| [ANNA, PAVEL].map(|who| of(&db, who, second).and_then(|then| then.call?.id).map(|id| id.0));
    assert_eq!(calls(99), [None, None]);
    assert_eq!(calls(150), [Some(1), Some(2)], "by name, and by login");
    assert_eq!(calls(200), [None, Some(2)], "the second it ended it was over");
    assert_eq!(calls(950), [Some(3), None], "open still");
    let shown = of(&db, ANNA, 150).unwrap().call.unwrap();
    assert_eq!((from_millis(shown.began), shown.phone.as_deref()), (at(100), Some("37060011122")));
}

#[test]
fn calls_of_a_centre_that_may_not_be_seen_are_not_told() {
    let db = floor();
    call(&db, 1, "Анна", 100, Some(200));
    call(&db, 2, "Павел", 100, Some(200));
    db.execute("UPDATE calls SET centre = 1 WHERE id = 2", []).unwrap();
    let vilnius = Sight::of(false, None);
    let seen = moment(&db, &vilnius, at(150), at(1_000)).unwrap();
    let calls: Vec<_> = seen.into_iter().map(|then| then.call.and_then(|call| call.phone)).collect();
    assert_eq!(calls, [None, Some("37060011122".to_owned())]);
    db.execute("UPDATE calls SET ended_at = NULL, state = 0", []).unwrap();
    let open = moment(&db, &vilnius, at(150), at(1_000)).unwrap();
    assert_eq!(open.into_iter().filter(|then| then.call.is_some()).count(), 1);
}

#[test]
fn a_call_whose_end_nobody_told_is_not_said_to_go_on() {
    let db = floor();
    call(&db, 1, "Анна", 100, Some(200));
    db.execute("UPDATE calls SET ended_at = NULL", []).unwrap();
    assert_eq!(of(&db, ANNA, 150).unwrap().call, None);
}

#[test]
fn what_goes_on_now_is_not_in_the_journal_yet_and_is_shown_all_the_same() {
    let db = floor();
    let dialog = DialogReport {
        id: "d1".to_owned(),
        login_id: "70411".to_owned(),
        phase: DialogPhase::Active,
        direction: Direction::Inbound,
        number: Some("37060033344".to_owned()),
        dialed: None,
        queue: None,
        began: Some(at(800)),
        changed: None,
        wrap_up: None,
    };
    for operator in [ANNA, PAVEL] {
        apply(&db, &Change::PutDialog { operator, dialog: Box::new(dialog.clone()) }, at(800)).unwrap();
    }
    let shown = |who, second| of(&db, who, second).and_then(|then| then.call).map(|call| (call.id, call.began));
    assert_eq!(shown(ANNA, 900), Some((None, millis(at(800)))));
    assert_eq!(shown(ANNA, 700), None);
    assert_eq!(shown(ANNA, 1_001), None, "nobody watches then");
    let of_vilnius = moment(&db, &Sight::of(false, None), at(900), at(1_000)).unwrap();
    assert!(of_vilnius.iter().all(|then| then.call.is_none()), "its centre is not known");
}

#[test]
fn the_journal_is_read_by_its_index() {
    let db = floor();
    let plan = crate::plan_of(&db, CALLS_AT);
    assert!(plan.contains("SEARCH c USING INDEX calls_started") && !plan.contains("SCAN c"), "{plan}");
}
