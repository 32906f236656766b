//! The floor's history: what is known of a second, and what is not; and the calls its queues are counted from.

use pult_domain::{
    Instant, IntervalId, OperatorId,
    areas::floor::{self, Change, Fact, Group, OperatorReport, OperatorState, Verdict},
};
use rusqlite::Connection;

use super::*;
use crate::{calls::Sight, migrations};

fn at(second: i64) -> Instant {
    Instant::from_second(1_800_000_000 + second).unwrap()
}

fn report(state: OperatorState, since: Instant) -> Box<OperatorReport> {
    Box::new(OperatorReport {
        login_id: "70411".to_owned(),
        login_name: None,
        first_name: Some("Анна".to_owned()),
        last_name: None,
        extension: None,
        state,
        since: Some(since),
        pending: None,
        reason: None,
    })
}

const ANNA: OperatorId = OperatorId(1);

fn begin(interval: i64, state: OperatorState, began: i64, before_ended: i64) -> Change {
    Change::Begin {
        operator: ANNA,
        interval: IntervalId(interval),
        report: report(state, at(began)),
        at: at(began),
        approximate: false,
        before_ended: at(before_ended),
    }
}

fn watch(from: i64) -> Change {
    Change::Watch { teams: vec!["61".to_owned()], at: at(from) }
}

fn unwatch(to: i64) -> Change {
    Change::Unwatch { teams: vec![], at: at(to), why: "dns".to_owned() }
}

/// Watched 0..50 and from 100: ready from 0, talking from 30; something else happened in the gap, wrap-up since 80.
fn floor() -> Connection {
    let db = migrations::in_memory().unwrap();
    let join = Change::Join { team: "61".to_owned(), name: Some("Москва".to_owned()), operator: ANNA };
    for change in [
        Change::Identify { operator: ANNA, report: report(OperatorState::Ready, at(0)) },
        begin(1, OperatorState::Ready, 0, 0),
        join,
        watch(0),
        begin(2, OperatorState::Talking, 30, 30),
        unwatch(50),
        begin(3, OperatorState::WrapUp, 80, 50),
        watch(100),
    ] {
        apply(&db, &change, at(0)).unwrap();
    }
    extend_watches(&db, at(200)).unwrap();
    db
}

#[test]
fn every_second_is_as_it_was_and_what_nobody_saw_is_unknown() {
    let db = floor();
    let group = |second: i64| moment(&db, &Sight::default(), at(second), at(200)).unwrap()[0].group;
    let seconds = [10, 40, 60, 90, 150, 201];
    let groups = seconds.map(group);
    let want = [Group::Ready, Group::Talking, Group::Unknown, Group::WrapUp, Group::WrapUp, Group::Unknown];
    assert_eq!(groups, want, "the state since 80 was told at 100, so 90 is known; 201 is not yet");
}

#[test]
fn a_state_seen_again_after_a_gap_is_known_throughout() {
    let db = floor();
    for change in [unwatch(210), watch(300)] {
        apply(&db, &change, at(0)).unwrap();
    }
    assert_eq!(moment(&db, &Sight::default(), at(250), at(300)).unwrap()[0].group, Group::WrapUp);
}

#[test]
fn totals_leave_out_what_nobody_saw() {
    let totals = totals(&floor(), at(20), at(200), at(200)).unwrap();
    let by_group = &totals[0].by_group;
    let seconds = |group| by_group.get(&group).copied().unwrap_or_default() / 1000;
    assert_eq!((seconds(Group::Ready), seconds(Group::Talking), seconds(Group::WrapUp)), (10, 20, 120));
    assert_eq!(totals[0].talks, 1);
}

#[test]
fn a_day_of_one_operator_begins_with_what_was_going_on() {
    let page = stretches(&floor(), ANNA, at(35), at(500), at(200)).unwrap();
    let spans: Vec<_> = page.stretches.iter().map(|s| (s.group, (s.known_until - s.began) / 1000, s.open)).collect();
    assert_eq!(spans, [(Group::Talking, 20, false), (Group::WrapUp, 120, true)]);
}

#[test]
fn whoever_left_every_team_is_in_no_state_for_too_long() {
    let db = floor();
    let due = Fact::TooLong { operator: ANNA, interval: IntervalId(3), red: true };
    assert_eq!(load_known(&db, &due).unwrap().operators.len(), 1);
    for left in [
        Change::Leave { team: None, operator: ANNA },
        Change::Join { team: "62".to_owned(), name: None, operator: ANNA },
        Change::DropTeam { team: "62".to_owned(), at: at(200) },
    ] {
        apply(&db, &left, at(200)).unwrap();
        let there = usize::from(matches!(left, Change::Join { .. }));
        assert_eq!(load_known(&db, &due).unwrap().operators.len(), there, "{left:?}");
    }
}

#[test]
fn a_hard_end_leaves_what_was_last_known() {
    let db = floor();
    close_watches(&db).unwrap();
    assert_eq!(moment(&db, &Sight::default(), at(150), at(300)).unwrap()[0].group, Group::WrapUp);
    assert_eq!(moment(&db, &Sight::default(), at(250), at(300)).unwrap()[0].group, Group::Unknown);
    assert_eq!(board(&db).unwrap().teams[0].why.as_deref(), Some("stopped"));
}

#[test]
fn a_persons_verdict_goes_before_ours_and_can_be_taken_back() {
    let db = floor();
    apply(&db, &begin(4, OperatorState::NotReady, 120, 120), at(0)).unwrap();
    let overrule = |verdict| Change::Overrule {
        interval: IntervalId(4),
        verdict,
        by: "boris".to_owned(),
        note: "видел сам".to_owned(),
        at: at(130),
    };
    assert_eq!(apply(&db, &overrule(Some(Verdict::Phone)), at(0)).unwrap(), Some(ANNA));
    let known = load_known(&db, &Fact::JudgementDue { interval: IntervalId(4) }).unwrap();
    assert!(known.interval.unwrap().judged_by_person);
    let by_verdict = |db: &Connection| totals(db, at(0), at(200), at(200)).unwrap()[0].not_ready_by_verdict.clone();
    assert!(by_verdict(&db).contains_key("phone"));
    apply(&db, &overrule(None), at(0)).unwrap();
    assert!(by_verdict(&db).contains_key("unknown"));
}

#[test]
fn what_is_asked_of_what_grows_is_found_by_an_index() {
    let db = migrations::in_memory().unwrap();
    let statements = [
        history::LAST_BEGUN,
        history::STRETCHES,
        history::BEFORE,
        history::WITHIN,
        history::COMMANDS,
        moment::STRETCH_AT,
        moment::CALLS_AT,
        evidence::COLLEAGUES,
        known::LAST_WATCH,
        notes::NOTES,
        presence::OPEN,
        presence::UNHEARD,
        presence::SPANS,
        presence::HEARD,
        presence::CLOSE_ALL,
        presence::ERASE,
        watch::BEGIN,
        watch::CLOSE,
        watch::EXTEND,
        watch::CLOSE_ALL,
    ];
    // As many as there are teams, or spans that go on: few, however long the house has worked.
    let few = ["SCAN t ", "floor_presence_open", "floor_watch_open"];
    for sql in statements.into_iter().chain(FORGET) {
        let plan = crate::plan_of(&db, sql);
        let whole = plan.lines().find(|step| step.starts_with("SCAN") && !few.iter().any(|word| step.contains(word)));
        assert!(whole.is_none(), "{sql}\n{plan}");
    }
}

#[test]
fn recent_calls_tell_all_they_say_of_themselves_and_older_ones_are_left_out() {
    let db = crate::migrations::in_memory().unwrap();
    db.execute_batch(
        "INSERT INTO operators VALUES (1, 'Анна Белова');
         INSERT INTO calls (source_key, centre, day, started_at, ended_at, state, phone, operator_id, result, type_call, theme,
             agency_name, region)
         VALUES ('a', 0, 20260101, 100000, 100000, 1, '74950001122', 1, 0, 5, 'Виза', 'Берег', 'lt'),
                ('b', 1, 20260101, 99999, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                ('c', 0, 20260101, 280001, NULL, 0, NULL, NULL, 3, NULL, NULL, NULL, NULL);",
    )
    .unwrap();
    let found =
        crate::calls::recent(&db, jiff::SignedDuration::from_mins(3), Instant::from_millisecond(280_000).unwrap())
            .unwrap();
    let says = ["Анна Белова", "74950001122", "Виза", "Берег", "lt", "Заказ тура"].map(str::to_owned).to_vec();
    assert_eq!(
        found,
        [floor::CountedCall { began: Instant::from_millisecond(100_000).unwrap(), result: Some(0), says }]
    );
}

#[test]
fn an_operator_is_found_in_the_journal_by_name_and_by_login() {
    let db = migrations::in_memory().unwrap();
    db.execute_batch(
        "INSERT INTO floor_team (id, team_id, name) VALUES (1, '61', 'Север'), (2, '62', 'Юг');
         INSERT INTO floor_operator (id, login_id, login_name, name, state)
             VALUES (10, '70411', 'anna', 'Анна', 'ready'), (11, '70412', NULL, 'Борис', 'ready');
         INSERT INTO operators (id, name) VALUES (1, 'Анна'), (2, '70411'), (3, 'anna'), (4, 'Борис'), (5, 'Вера');",
    )
    .unwrap();
    let named = |teams: &[&str]| {
        let teams: Vec<String> = teams.iter().map(|team| (*team).to_owned()).collect();
        teams_named(&db, &teams).unwrap()
    };
    assert_eq!(named(&[]), None);
    assert_eq!(named(&["Север", "62"]), Some([1, 2].into()));
    assert_eq!(named(&["Запад"]), Some([].into()), "a team that is no more opens nothing");
    let found: Vec<i64> = in_journal(&db, &[OperatorId(10)].into()).unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(found, [1, 2, 3]);
    let plan = crate::plan_of(&db, board::IN_JOURNAL);
    assert!(!plan.contains("SCAN"), "{plan}");
}
