//! Nodes that fail, and those that take over.

use super::{
    super::{
        super::{trouble::Trouble, wire::system::Complaint},
        Command, Event, Heard, Reading,
    },
    bench::{Bench, NodeWorld, info, plan},
};
use crate::{
    SessionState, StreamOrder,
    transport::{obstacle::Obstacle, xmpp::Lost},
};

const SYSTEM: &str = "/finesse/api/SystemInfo";

fn status(text: &str) -> String {
    format!(
        "<Update><data><systemInfo><status>{text}</status></systemInfo></data><event>PUT</event><source>{SYSTEM}</source></Update>"
    )
}

fn refused() -> Trouble {
    Trouble::Unreachable(Obstacle::Refused, "connection refused".to_owned())
}

fn presence(available: bool) -> Heard {
    Heard::Presence { from: "finesse@cc.example/node-a".to_owned(), available }
}

#[test]
fn a_node_that_is_shut_down_is_left_for_the_other_and_not_returned_to() {
    let mut bench = Bench::live(&["61", "62"]);
    bench.pass(60_000);
    bench.forget();
    bench.world[0].info = Err(refused());
    bench.world[1].teams.insert("61".to_owned(), Ok(vec!["611".to_owned()]));
    let before = bench.ms;
    bench.lose(Lost::Ended("system-shutdown".to_owned()));
    assert_eq!(bench.notes(), ["- link"], "at once");
    while bench.state() != SessionState::Live {
        bench.pass(100);
        assert!(bench.ms - before < 25_000, "it takes too long");
    }
    let report = bench.report();
    assert_eq!((report.node.as_deref(), report.switched), (Some("fin-1.cc.example"), true));
    assert_eq!(bench.team_reads(), 2);
    bench.world[0].info = Ok(info("IN_SERVICE"));
    bench.pass(600_000);
    assert_eq!(bench.report().node.as_deref(), Some("fin-1.cc.example"));
    assert_eq!(bench.state(), SessionState::Live);
}

#[test]
fn a_link_that_breaks_alone_is_made_again_at_the_same_node() {
    let mut bench = Bench::live(&["61"]);
    bench.pass(61_000);
    bench.forget();
    let before = bench.ms;
    bench.lose(Lost::Broken(Obstacle::Broken, "reset".to_owned()));
    bench.pass(2_000);
    assert_eq!(bench.state(), SessionState::Live);
    assert_eq!((bench.report().node.as_deref(), bench.report().switched), (Some("fin-0.cc.example"), false));
    let probe = bench.log.iter().find(|(_, command)| matches!(command, Command::Probe { .. })).unwrap().0;
    assert_eq!(probe, before, "the first try is at once");
}

#[test]
fn a_node_that_was_asked_a_moment_ago_is_not_left_for_that() {
    let mut bench = Bench::live(&["61"]);
    bench.pass(60_000);
    // It was in doubt, and alone was asked how it is.
    for available in [true, false, true] {
        bench.hear(presence(available));
    }
    bench.pass(100);
    assert_eq!(bench.state(), SessionState::Live);
    bench.lose(Lost::Broken(Obstacle::Broken, "reset".to_owned()));
    bench.pass(7_000);
    let report = bench.report();
    assert_eq!((report.state, report.node.as_deref()), (SessionState::Live, Some("fin-0.cc.example")));
}

#[test]
fn a_link_that_breaks_again_and_again_is_tried_less_and_less_often() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    for _ in 0..40 {
        while bench.link.is_none() {
            bench.pass(100);
        }
        bench.lose(Lost::Closed);
    }
    let begun: Vec<u64> =
        bench.log.iter().filter(|(_, c)| matches!(c, Command::Link { .. })).map(|(at, _)| *at).collect();
    let late: u64 = begun.windows(2).rev().take(20).map(|two| two[1] - two[0]).sum::<u64>() / 20;
    assert!(late > 10_000, "{late} ms between tries at the end");
}

#[test]
fn a_node_that_says_it_is_out_of_service_keeps_its_link_and_is_read_anew_when_it_is_back() {
    let mut bench = Bench::live(&["61", "62"]);
    bench.pass(30_000);
    bench.forget();
    bench.world[0].info = Ok(info("OUT_OF_SERVICE"));
    bench.item(SYSTEM, &status("OUT_OF_SERVICE"));
    assert_eq!((bench.state(), bench.notes()), (SessionState::OutOfService, vec!["- out_of_service".to_owned()]));
    bench.pass(10_000);
    let asked = bench.count(|command| matches!(command, Command::Probe { .. } | Command::Read { .. }));
    assert!(asked <= 2, "{asked} requests while it is out of service");
    bench.world[0].info = Ok(info("IN_SERVICE"));
    bench.item(SYSTEM, &status("IN_SERVICE"));
    bench.pass(200);
    assert_eq!(bench.state(), SessionState::Live);
    assert_eq!(bench.notes()[1..], ["+61", "+62"]);
    assert_eq!(bench.count(|command| matches!(command, Command::Unlink { .. })), 0);
}

#[test]
fn a_node_that_stays_out_of_service_is_left_after_twenty_seconds() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.world[0].info = Ok(info("OUT_OF_SERVICE"));
    bench.item(SYSTEM, &status("OUT_OF_SERVICE"));
    bench.pass(19_900);
    assert_eq!(bench.count(|command| matches!(command, Command::Probe { node: 1, .. })), 0);
    bench.pass(5_000);
    let report = bench.report();
    assert_eq!((report.state, report.node.as_deref()), (SessionState::Live, Some("fin-1.cc.example")));
    assert!(report.switched);
}

#[test]
fn where_no_other_node_is_better_it_waits_for_its_own() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    for node in &mut bench.world {
        node.info = Ok(info("OUT_OF_SERVICE"));
    }
    bench.item(SYSTEM, &status("OUT_OF_SERVICE"));
    bench.pass(120_000);
    assert_eq!(bench.state(), SessionState::OutOfService);
    for node in 0..2 {
        let probes = bench.count(|command| matches!(command, Command::Probe { node: at, .. } if *at == node));
        assert!((15..=25).contains(&probes), "{probes} questions to node {node} in two minutes");
    }
    bench.world[0].info = Ok(info("IN_SERVICE"));
    bench.pass(6_000);
    assert_eq!((bench.state(), bench.report().node.as_deref()), (SessionState::Live, Some("fin-0.cc.example")));
}

#[test]
fn the_servers_own_user_counts_only_when_it_was_there_before() {
    let mut bench = Bench::live(&["61"]);
    bench.hear(presence(false));
    assert_eq!(bench.state(), SessionState::Live, "never seen is not known");
    bench.hear(presence(true));
    bench.hear(presence(false));
    let report = bench.report();
    assert_eq!((report.state, report.cause.as_deref()), (SessionState::OutOfService, Some("server_user_gone")));
    bench.pass(8_000);
    assert_eq!(bench.state(), SessionState::OutOfService, "in service alone is not enough");
    bench.hear(presence(true));
    bench.pass(6_000);
    assert_eq!(bench.state(), SessionState::Live);
}

#[test]
fn a_server_user_that_never_shows_itself_is_asked_once() {
    let asks = |bench: &Bench| bench.count(|command| matches!(command, Command::Watch { .. }));
    let mut bench = Bench::live(&["61"]);
    bench.pass(60_000);
    assert_eq!(asks(&bench), 1);
    let mut bench = Bench::live(&["61"]);
    bench.hear(presence(true));
    bench.pass(60_000);
    assert_eq!(asks(&bench), 0);
}

#[test]
fn requests_that_fail_while_the_link_is_up_lead_to_a_question_about_the_node() {
    for trouble in [Trouble::OutOfService, refused()] {
        let mut bench = Bench::live(&["61"]);
        bench.pass(10_000);
        bench.forget();
        bench.world[0].teams.insert("61".to_owned(), Err(trouble.clone()));
        bench.world[0].info = Err(trouble);
        bench.happen(Event::Order(StreamOrder::Refresh));
        bench.pass(1_000);
        assert_eq!(bench.state(), SessionState::OutOfService);
        bench.pass(30_000);
        assert_eq!(bench.report().node.as_deref(), Some("fin-1.cc.example"));
    }
}

#[test]
fn a_node_that_wants_to_be_left_alone_is() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.world[0].teams.insert("61".to_owned(), Err(Trouble::Later(Some(std::time::Duration::from_secs(60)))));
    bench.happen(Event::Order(StreamOrder::Refresh));
    bench.pass(100);
    bench.forget();
    bench.pass(59_000);
    assert_eq!(bench.count(|command| matches!(command, Command::Read { .. } | Command::Probe { .. })), 0);
    bench.pass(3_000);
    assert_eq!(bench.team_reads(), 1);
}

#[test]
fn a_lack_of_rights_makes_the_team_old_and_keeps_the_session() {
    let mut bench = Bench::live(&["61", "62"]);
    bench.forget();
    bench.world[0].teams.insert(
        "62".to_owned(),
        Err(Trouble::NoRights(Complaint { kind: "Authorization Failure".to_owned(), ..Complaint::default() })),
    );
    bench.happen(Event::Order(StreamOrder::Refresh));
    bench.pass(60_000);
    assert_eq!((bench.state(), bench.notes()), (SessionState::Live, vec!["-62 no_rights".to_owned()]));
    let reads = bench.count(|command| matches!(command, Command::Read { what: Reading::Team(id), .. } if id == "62"));
    assert_eq!(reads, 1, "it is not asked for again and again");
}

#[test]
fn a_password_changed_while_live_stops_after_one_try_at_one_node() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    for node in &mut bench.world {
        node.own = Err(Trouble::WrongPassword);
    }
    bench.lose(Lost::Closed);
    bench.pass(600_000);
    assert_eq!(bench.state(), SessionState::AuthFailed);
    assert_eq!(bench.count(|command| matches!(command, Command::Read { .. } | Command::Link { .. })), 1);
}

#[test]
fn while_teams_are_read_at_intervals_a_dead_node_begins_the_search_anew() {
    let mut worlds = vec![NodeWorld::new(&["61"]), NodeWorld::new(&["61"])];
    worlds[0].ways = vec![];
    let mut bench = Bench::new(plan(2), worlds);
    bench.pass(3_000);
    assert_eq!(bench.state(), SessionState::Polling);
    bench.world[0].teams.insert("61".to_owned(), Err(refused()));
    bench.world[0].info = Err(refused());
    bench.pass(60_000);
    assert_eq!((bench.state(), bench.report().node.as_deref()), (SessionState::Live, Some("fin-1.cc.example")));
}

#[test]
fn a_node_that_was_heard_and_cannot_be_any_more_is_left_for_one_that_can() {
    let mut bench = Bench::live(&["61"]);
    bench.world[0].ways = vec![];
    bench.lose(Lost::Broken(Obstacle::Timeout, "no sign of life".to_owned()));
    bench.pass(60_000);
    let report = bench.report();
    assert_eq!((report.state, report.node.as_deref()), (SessionState::Live, Some("fin-1.cc.example")));
    // Where neither can be heard, nobody goes to and fro: the teams are read.
    bench.world[1].ways = vec![];
    bench.lose(Lost::Broken(Obstacle::Timeout, "no sign of life".to_owned()));
    bench.pass(60_000);
    bench.forget();
    bench.pass(300_000);
    assert_eq!(
        (bench.state(), bench.count(|command| matches!(command, Command::MoveTo(_)))),
        (SessionState::Polling, 0)
    );
}
