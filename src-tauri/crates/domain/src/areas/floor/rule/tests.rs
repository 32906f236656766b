//! Tables of the floor's rules: one line of the contract, one test.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::super::*;
use super::*;

fn at(second: i64) -> Instant {
    Instant::from_second(1_800_000_000 + second).unwrap()
}

fn policy() -> Policy {
    let limit = Limit { amber: SignedDuration::from_secs(900), red: SignedDuration::from_secs(1_800) };
    Policy {
        limits: BTreeMap::from([("not_ready".to_owned(), limit)]),
        notify_amber: false,
        command_life: SignedDuration::from_secs(15),
        weigh_after: SignedDuration::from_secs(60),
        silence: SignedDuration::from_secs(60),
        acts: true,
        queues: vec![],
    }
}

fn report(state: OperatorState, since: Option<Instant>) -> OperatorReport {
    OperatorReport {
        login_id: "70411".to_owned(),
        login_name: None,
        first_name: Some("Анна".to_owned()),
        last_name: Some("Петрова".to_owned()),
        extension: Some("1411".to_owned()),
        state,
        since,
        pending: None,
        reason: None,
    }
}

fn seen(report: OperatorReport) -> Fact {
    Fact::OperatorSeen { report: Box::new(report), team: Some("61".to_owned()) }
}

fn known_as(state: OperatorState, since: Option<Instant>) -> Known {
    let operator = KnownOperator {
        id: OperatorId(7),
        name: "Анна Петрова".to_owned(),
        state,
        since,
        pending: None,
        reason: None,
        interval: Some(IntervalId(70)),
        began: since,
        alarm: 0,
        missing: false,
        command: None,
        extension: Some("1411".to_owned()),
    };
    Known {
        operators: BTreeMap::from([("70411".to_owned(), operator)]),
        members: vec!["70411".to_owned()],
        next_operator: 8,
        next_interval: 71,
        next_command: 3,
        ..Known::default()
    }
}

fn began(decision: &Decision<Change>) -> Option<(Instant, Instant, bool)> {
    decision.changes.iter().find_map(|change| match change {
        Change::Begin { at, before_ended, approximate, .. } => Some((*at, *before_ended, *approximate)),
        _ => None,
    })
}

#[test]
fn somebody_new_is_named_and_joins_the_team() {
    let known = Known { next_operator: 1, next_interval: 1, ..Known::default() };
    let decision = decide(&seen(report(OperatorState::Ready, Some(at(0)))), at(1), &known, &policy());
    assert!(matches!(decision.changes[0], Change::Identify { operator: OperatorId(1), .. }));
    assert!(matches!(&decision.changes[2], Change::Join { team, .. } if team == "61"));
    assert_eq!(began(&decision), Some((at(0), at(0), false)));
}

#[test]
fn older_news_do_not_turn_the_clock_back() {
    let known = known_as(OperatorState::Talking, Some(at(20)));
    let decision = decide(&seen(report(OperatorState::Reserved, Some(at(10)))), at(21), &known, &policy());
    assert_eq!(decision.changes, vec![]);
}

#[test]
fn the_same_news_twice_change_nothing_and_a_pending_state_amends() {
    let known = known_as(OperatorState::Talking, Some(at(20)));
    let same = report(OperatorState::Talking, Some(at(20)));
    assert_eq!(decide(&seen(same.clone()), at(21), &known, &policy()).changes, vec![]);
    let pending = OperatorReport { pending: Some(OperatorState::NotReady), ..same };
    assert!(matches!(decide(&seen(pending), at(21), &known, &policy()).changes[..], [Change::Amend { .. }]));
}

#[test]
fn news_without_a_time_count_from_when_they_came() {
    let known = known_as(OperatorState::Talking, Some(at(20)));
    let decision = decide(&seen(report(OperatorState::Ready, None)), at(33), &known, &policy());
    assert_eq!(began(&decision), Some((at(33), at(33), true)));
}

#[test]
fn a_time_far_ahead_is_not_believed_and_blocks_nothing() {
    let far = at(3_600);
    let known = known_as(OperatorState::Ready, Some(at(0)));
    let ahead = decide(&seen(report(OperatorState::Talking, Some(far))), at(10), &known, &policy());
    assert_eq!(began(&ahead), Some((at(10), at(10), true)));
    let known = known_as(OperatorState::Talking, Some(far));
    let next = decide(&seen(report(OperatorState::Ready, Some(at(12)))), at(12), &known, &policy());
    assert_eq!(began(&next), Some((at(12), at(12), false)));
}

#[test]
fn what_happened_while_nobody_watched_is_not_guessed() {
    let team = TeamReport {
        id: "61".to_owned(),
        name: Some("Москва".to_owned()),
        members: vec![report(OperatorState::Talking, Some(at(100)))],
    };
    let known = Known { watched_until: Some(at(50)), ..known_as(OperatorState::Ready, Some(at(0))) };
    let decision = decide(&Fact::TeamSeen(team), at(120), &known, &policy());
    assert_eq!(began(&decision), Some((at(100), at(50), false)), "ready until the watch was lost, unknown until 100");
}

#[test]
fn whoever_moves_to_another_team_is_never_taken_for_signed_out() {
    let mut known = known_as(OperatorState::Ready, Some(at(0)));
    // News of the new team come first: known, but not in it yet.
    known.members = vec![];
    let same = seen(report(OperatorState::Ready, Some(at(0))));
    let joined = decide(&same, at(9), &known, &policy());
    assert!(matches!(&joined.changes[..], [Change::Join { team, operator: OperatorId(7), .. }] if team == "61"));
    // Then the old one is read without them.
    known.members = vec!["70411".to_owned()];
    known.elsewhere = known.members.iter().cloned().collect();
    let old = TeamReport { id: "62".to_owned(), name: None, members: vec![] };
    let left = decide(&Fact::TeamSeen(old), at(600), &known, &policy());
    assert!(matches!(&left.changes[..], [Change::Leave { team: Some(team), .. }] if team == "62"));
}

#[test]
fn a_team_that_is_none_of_ours_any_more_is_no_alarm() {
    let unwatched = vec!["61".to_owned(), "62".to_owned()];
    let known = Known { unwatched: unwatched.clone(), teams: unwatched, ..Known::default() };
    let clears = |decision: &Decision<Change>| {
        decision.notices.iter().any(|notice| matches!(notice, NoticeChange::Clear { key } if key == LOST_NOTICE))
    };
    let teams = vec![("61".to_owned(), None), ("63".to_owned(), Some("Вторая линия".to_owned()))];
    let one = decide(&Fact::TeamsSeen { teams }, at(0), &known, &policy());
    assert!(matches!(&one.changes[0], Change::DropTeam { team, .. } if team == "62"));
    assert!(matches!(&one.changes[2], Change::PutTeam { team, name: Some(_) } if team == "63"));
    assert!(!clears(&one), "team 61 is still not heard");
    let all = decide(&Fact::TeamsSeen { teams: vec![] }, at(0), &known, &policy());
    assert_eq!((all.changes.len(), clears(&all)), (2, true));
    let removed = Fact::WatchLost { teams: vec!["61".to_owned()], why: REMOVED.to_owned() };
    let removed = decide(&removed, at(0), &known, &policy());
    assert!(matches!(&removed.changes[..], [Change::DropTeam { .. }]));
    assert!(!removed.timers.iter().any(|timer| matches!(timer, TimerChange::Set { .. })));
}

#[test]
fn whoever_is_missing_from_the_answer_is_marked_and_leaves_with_the_next() {
    let team = TeamReport { id: "61".to_owned(), name: None, members: vec![] };
    let mut known = known_as(OperatorState::Ready, Some(at(0)));
    known.members = vec!["70411".to_owned()];
    let first = decide(&Fact::TeamSeen(team.clone()), at(9), &known, &policy());
    assert!(matches!(first.changes[..], [Change::Missing { operator: OperatorId(7), .. }]));
    known.operators.get_mut("70411").unwrap().missing = true;
    let second = decide(&Fact::TeamSeen(team), at(600), &known, &policy());
    assert!(matches!(second.changes[..], [Change::Leave { operator: OperatorId(7), .. }]));
}

#[test]
fn not_ready_sets_its_limit_and_its_judgement_and_leaving_it_lifts_them() {
    let known = known_as(OperatorState::Ready, Some(at(0)));
    let enter = decide(&seen(report(OperatorState::NotReady, Some(at(10)))), at(10), &known, &policy());
    let keys = enter.timers.iter().filter_map(|t| match t {
        TimerChange::Set { key, due } => Some((key.as_str(), *due)),
        TimerChange::Lift { .. } => None,
    });
    assert_eq!(keys.collect::<Vec<_>>(), [("limit/7/71/amber", at(910)), ("judge/71", at(70))]);
}

#[test]
fn a_state_that_lasts_too_long_is_amber_then_red_and_red_is_a_notice() {
    let known = known_as(OperatorState::NotReady, Some(at(0)));
    let amber = decide(&fact_of_timer("limit/7/70/amber").unwrap(), at(900), &known, &policy());
    assert_eq!(amber.timers, [TimerChange::Set { key: "limit/7/70/red".to_owned(), due: at(1_800) }]);
    assert_eq!(amber.notices, vec![]);
    let red = decide(&fact_of_timer("limit/7/70/red").unwrap(), at(1_800), &known, &policy());
    assert!(matches!(&red.notices[..], [NoticeChange::Raise(n)] if n.key == "floor/limit/7"));
    let past = decide(&fact_of_timer("limit/7/69/red").unwrap(), at(1_800), &known, &policy());
    assert_eq!((past.changes, past.notices), (vec![], vec![]));
}

#[test]
fn a_request_waits_for_the_state_and_is_never_taken_for_done() {
    let known = known_as(OperatorState::Ready, Some(at(0)));
    let ask = Fact::StateAsked {
        operator: OperatorId(7),
        wanted: Wanted::NotReady,
        note: String::new(),
        by: "boris".to_owned(),
        account: None,
    };
    let asked = decide(&ask, at(5), &known, &policy());
    assert!(matches!(asked.changes[..], [Change::Ask { command: CommandId(3), .. }]));
    assert_eq!(asked.effects[0].not_after, Some(at(20)));
    assert_eq!(asked.timers, [TimerChange::Set { key: "command/3".to_owned(), due: at(20) }]);

    let mut waits = known;
    waits.operators.get_mut("70411").unwrap().command = Some((CommandId(3), Wanted::NotReady));
    let other = decide(&seen(report(OperatorState::Reserved, Some(at(6)))), at(6), &waits, &policy());
    assert!(!other.changes.iter().any(|c| matches!(c, Change::Answer { .. })));
    let done = decide(&seen(report(OperatorState::NotReady, Some(at(7)))), at(7), &waits, &policy());
    assert!(done.changes.iter().any(|c| matches!(c, Change::Answer { state: CommandState::Done, .. })));
    let pending =
        OperatorReport { pending: Some(OperatorState::NotReady), ..report(OperatorState::Ready, Some(at(0))) };
    let done = decide(&seen(pending), at(7), &waits, &policy());
    assert!(done.changes.iter().any(|c| matches!(c, Change::Answer { state: CommandState::Done, .. })));
}

#[test]
fn a_second_request_and_one_the_state_forbids_are_refused_without_being_sent() {
    let ask = |wanted| Fact::StateAsked {
        operator: OperatorId(7),
        wanted,
        note: String::new(),
        by: "boris".to_owned(),
        account: None,
    };
    let talking = known_as(OperatorState::Talking, Some(at(0)));
    let refused = decide(&ask(Wanted::NotReady), at(1), &talking, &policy());
    assert_eq!(refused.effects, vec![]);
    assert!(matches!(refused.changes[1], Change::Answer { state: CommandState::RefusedState, .. }));
    let mut waits = known_as(OperatorState::Ready, Some(at(0)));
    waits.operators.get_mut("70411").unwrap().command = Some((CommandId(2), Wanted::SignedOut));
    assert_eq!(decide(&ask(Wanted::NotReady), at(1), &waits, &policy()).effects, vec![]);
}

#[test]
fn the_sources_own_word_about_a_request_settles_it_whatever_the_state_shows() {
    let command = KnownCommand {
        id: CommandId(3),
        operator: OperatorId(7),
        login_id: "70411".to_owned(),
        wanted: Wanted::SignedOut,
        teams: vec!["61".to_owned()],
        waiting: true,
    };
    let known = Known { command: Some(command.clone()), ..known_as(OperatorState::Talking, Some(at(0))) };
    let shown = decide(&Fact::RequestShown { command: CommandId(3) }, at(2), &known, &policy());
    assert!(matches!(shown.changes[..], [Change::Answer { state: CommandState::Done, .. }]));
    assert_eq!(shown.timers, [TimerChange::Lift { key: "command/3".to_owned() }]);
    let settled = Known { command: Some(KnownCommand { waiting: false, ..command }), ..Known::default() };
    assert_eq!(decide(&Fact::RequestShown { command: CommandId(3) }, at(3), &settled, &policy()).changes, vec![]);
}

#[test]
fn an_overdue_request_is_looked_after_once_and_then_unknown_and_so_is_one_the_state_forbade() {
    let command = KnownCommand {
        id: CommandId(3),
        operator: OperatorId(7),
        login_id: "70411".to_owned(),
        wanted: Wanted::Ready,
        teams: vec!["61".to_owned()],
        waiting: true,
    };
    let known = Known { command: Some(command), ..Known::default() };
    let overdue = decide(&fact_of_timer("command/3").unwrap(), at(20), &known, &policy());
    assert!(matches!(overdue.effects[0].effect, Effect::LookAtOperator { .. }));
    let unsettled = decide(&Fact::RequestUnsettled { command: CommandId(3) }, at(22), &known, &policy());
    assert!(matches!(unsettled.changes[..], [Change::Answer { state: CommandState::Unknown, .. }]));
    let refused = |failure| Fact::RequestFailed { command: CommandId(3), failure, detail: String::new() };
    // Where the state did not allow it our picture was wrong, and nowhere else.
    assert_eq!(decide(&refused(Failure::Rights), at(21), &known, &policy()).effects, vec![]);
    let refused = decide(&refused(Failure::State), at(21), &known, &policy());
    assert!(matches!(refused.changes[..], [Change::Answer { state: CommandState::RefusedState, .. }]));
    assert_eq!(refused.effects[0].effect, overdue.effects[0].effect);
    let settled = Known { command: known.command.map(|c| KnownCommand { waiting: false, ..c }), ..Known::default() };
    assert_eq!(decide(&fact_of_timer("command/3").unwrap(), at(20), &settled, &policy()).effects, vec![]);
}

#[test]
fn a_short_silence_is_no_notice() {
    let lost = decide(&Fact::WatchLost { teams: vec![], why: "dns".to_owned() }, at(0), &Known::default(), &policy());
    assert_eq!(lost.timers, [TimerChange::Set { key: "lost".to_owned(), due: at(60) }]);
    assert_eq!(decide(&Fact::StillLost, at(60), &Known::default(), &policy()).notices, vec![]);
    let known = Known { unwatched: vec!["61".to_owned()], ..Known::default() };
    assert!(matches!(decide(&Fact::StillLost, at(60), &known, &policy()).notices[..], [NoticeChange::Raise(_)]));
}

#[test]
fn deadlines_of_another_version_are_not_understood() {
    assert_eq!(fact_of_timer("limit/x/1/red"), None);
    assert_eq!(fact_of_timer("moon/1"), None);
    assert_eq!(fact_of_timer("judge/4"), Some(Fact::JudgementDue { interval: IntervalId(4) }));
}
