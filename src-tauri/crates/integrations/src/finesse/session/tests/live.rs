//! What is heard while the session is live.

use super::{
    super::{super::trouble::Trouble, Command, Event, Gone, Heard, Question, Reading},
    bench::{ADDRESS, Bench, NodeWorld, change, plan, user},
};
use crate::{SessionState, StreamOrder, transport::xmpp::Lost};

const TEAM: &str = "/finesse/api/Team/61/Users";
const T1: &str = "2026-03-17T08:40:00Z";

#[test]
fn what_is_heard_while_a_team_is_read_follows_its_picture() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.happen(Event::Order(StreamOrder::Refresh));
    assert_eq!(bench.team_reads(), 1);
    bench.change("61", "611", "TALKING", T1);
    assert_eq!(bench.heard(), Vec::<String>::new(), "it waits");
    bench.pass(100);
    assert_eq!(bench.heard(), ["61".to_owned(), change("611", "TALKING", T1)]);
    bench.change("61", "611", "WORK", T1);
    assert_eq!(bench.heard().len(), 3, "and later ones do not");
}

#[test]
fn a_reading_that_fails_lets_go_of_what_waited_for_it() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.world[0].teams.insert("61".to_owned(), Err(Trouble::Failed(500)));
    bench.happen(Event::Order(StreamOrder::Refresh));
    bench.change("61", "611", "TALKING", T1);
    bench.pass(100);
    assert_eq!(bench.heard(), [change("611", "TALKING", T1)]);
    assert_eq!(bench.state(), SessionState::Live);
}

#[test]
fn a_node_that_fails_at_a_reading_is_asked_again_thrice_and_then_about_itself() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.world[0].teams.insert("61".to_owned(), Err(Trouble::Failed(500)));
    bench.happen(Event::Order(StreamOrder::Refresh));
    bench.pass(10_000);
    assert_eq!(bench.team_reads(), 4);
    assert_eq!(bench.count(|command| matches!(command, Command::Probe { node: 0, .. })), 1);
}

#[test]
fn everybody_is_read_anew_at_most_once_in_five_seconds() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    for _ in 0..20 {
        bench.happen(Event::Order(StreamOrder::Refresh));
        bench.pass(500);
    }
    assert_eq!(bench.team_reads(), 2);
}

#[test]
fn teams_are_read_again_about_every_ten_minutes_and_no_oftener() {
    let mut bench = Bench::live(&["61", "62"]);
    bench.forget();
    bench.pass(60 * 60_000);
    assert!((10..=16).contains(&bench.team_reads()), "{} readings of two teams in an hour", bench.team_reads());
    let others = bench.count(|c| matches!(c, Command::Probe { .. } | Command::Read { what: Reading::Own, .. }));
    assert_eq!(others, 0);
}

#[test]
fn an_unknown_person_is_handed_on_and_the_team_read_two_seconds_later() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    for login_id in ["new1", "new2", "new3"] {
        bench.change("61", login_id, "READY", T1);
    }
    assert_eq!(bench.heard().len(), 3);
    bench.pass(1_900);
    assert_eq!(bench.team_reads(), 0);
    bench.pass(200);
    assert_eq!(bench.team_reads(), 1, "once for all three");
    assert!(bench.subscribed().contains(&"/finesse/api/User/new1/Dialogs".to_owned()));
}

#[test]
fn what_cannot_be_understood_is_not_applied_and_the_team_is_read_once() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.item(TEAM, "<Update><data>");
    bench.item(TEAM, "<Update/>");
    bench.pass(2_100);
    assert_eq!((bench.heard(), bench.team_reads()), (vec!["61".to_owned()], 1));
    bench.change("61", "611", "READY", T1);
    assert_eq!(bench.heard().len(), 2, "the next good one is");
}

#[test]
fn a_time_far_ahead_of_the_servers_clock_is_handed_on_and_doubted() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.change("61", "611", "READY", "2026-03-17T08:50:00Z");
    bench.pass(2_500);
    assert_eq!((bench.heard().len(), bench.team_reads()), (1, 0), "nine minutes ahead are nothing");
    bench.change("61", "611", "READY", "2026-03-17T09:50:00Z");
    bench.pass(2_500);
    assert_eq!((bench.heard().len(), bench.team_reads()), (3, 1));
}

#[test]
fn a_purge_reads_the_team_anew() {
    let mut bench = Bench::live(&["61", "62"]);
    bench.forget();
    bench.hear(Heard::Upset { node: TEAM.to_owned() });
    bench.pass(100);
    assert_eq!(bench.heard(), ["61"]);
}

#[test]
fn a_team_that_cannot_be_heard_is_polled_and_asked_for_again_while_the_others_are_live() {
    for condition in ["item-not-found", "forbidden", "not-authorized"] {
        let teams = ["61", "62", "63"];
        let mut world = NodeWorld::new(&teams);
        world.refused.insert("63/Users".to_owned(), condition.to_owned());
        let mut bench = Bench::new(plan(1), vec![world]);
        bench.pass(3_000);
        let report = bench.report();
        assert_eq!((report.state, report.detail.as_str()), (SessionState::Live, "63"), "{condition}");
        assert_eq!(report.cause.as_deref(), Some("teams_polled"));
        bench.forget();
        bench.pass(120_000);
        assert!((3..=5).contains(&bench.team_reads()), "{} readings in two minutes", bench.team_reads());
        let asked = bench.subscribed().iter().filter(|node| node.ends_with("63/Users")).count();
        assert_eq!(asked, 2, "once a minute");
        bench.world[0].refused.clear();
        bench.pass(62_000);
        assert_eq!(bench.report().detail, "");
    }
}

#[test]
fn a_notification_service_that_fails_is_asked_four_times_and_then_given_up() {
    let mut world = NodeWorld::new(&["61"]);
    world.refused.insert("61/Users".to_owned(), "internal-server-error".to_owned());
    let mut bench = Bench::new(plan(1), vec![world]);
    while bench.count(|command| matches!(command, Command::Unlink { .. })) == 0 {
        bench.pass(20);
        assert!(bench.ms < 20_000, "it goes on asking");
    }
    assert_eq!(bench.subscribed().len(), 4);
}

#[test]
fn the_first_refusal_of_a_members_calls_ends_them_for_the_team() {
    let mut world = NodeWorld::new(&["61", "62"]);
    for members in world.teams.values_mut() {
        *members = Ok((0..100).map(|at| format!("a{at}")).collect());
    }
    world.teams.insert("62".to_owned(), Ok(vec!["b1".to_owned(), "b2".to_owned()]));
    for at in 0..100 {
        world.refused.insert(format!("a{at}/Dialogs"), "forbidden".to_owned());
    }
    let mut bench = Bench::new(plan(1), vec![world]);
    bench.pass(30_000);
    let asked = |start: &str| bench.subscribed().iter().filter(|node| node.contains(&format!("User/{start}"))).count();
    assert!(asked("a") <= 10, "{} after the first refusal", asked("a"));
    assert_eq!(asked("b"), 2);
}

#[test]
fn a_members_calls_are_told_with_their_phone() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    let node = "/finesse/api/User/611/Dialogs";
    bench.item(node, &format!("<Update><data/><event>PUT</event><source>{node}</source></Update>"));
    let phone = bench.log.iter().find_map(|(_, command)| match command {
        Command::Hear(record) => record.query_value("extension").map(str::to_owned),
        _ => None,
    });
    assert_eq!(phone.as_deref(), Some("5413"));
}

#[test]
fn a_failed_request_is_told_by_its_id() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    let text = crate::samples::text("finesse", "21-update-async-error.xml");
    bench.item(TEAM, &text);
    let told = bench.log.iter().any(|(_, command)| {
        matches!(command, Command::Failed { request_id, complaint }
            if request_id.starts_with("c0a1f7b2") && complaint.is("Invalid State"))
    });
    assert!(told && bench.heard().is_empty());
}

#[test]
fn a_team_the_server_no_longer_knows_is_dropped_after_a_second_question() {
    let mut bench = Bench::live(&["61", "62"]);
    bench.forget();
    bench.world[0].teams.remove("62");
    bench.happen(Event::Order(StreamOrder::Refresh));
    bench.pass(1_000);
    assert_eq!(bench.notes(), Vec::<String>::new());
    bench.pass(3_000);
    assert_eq!(bench.notes(), ["-62 removed"]);
    assert_eq!(bench.state(), SessionState::Live);
}

#[test]
fn teams_won_and_lost_are_noticed_on_the_own_users_node() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.world[0].own = Ok(user(&["Supervisor"], &["62"]));
    bench.world[0].teams.insert("62".to_owned(), Ok(vec!["621".to_owned()]));
    let body = "<Update><data><user><loginId>70400</loginId><roles><role>Supervisor</role></roles>\
                <teams><Team><id>62</id></Team></teams></user></data><event>PUT</event><source>/finesse/api/User/70400</source></Update>";
    bench.item("/finesse/api/User/70400", body);
    bench.pass(5_000);
    assert_eq!(bench.notes(), ["-61 removed", "+62"]);
    assert!(bench.subscribed().contains(&"/finesse/api/Team/62/Users".to_owned()));
    assert!(!bench.heard().contains(&body.to_owned()), "a supervisor's own row is not shown for that");
}

#[test]
fn a_silent_link_is_found_dead_within_thirty_seconds() {
    let mut bench = Bench::live(&["61"]);
    bench.pass(60_000);
    assert_eq!(bench.state(), SessionState::Live);
    bench.world[0].hangs = true;
    bench.forget();
    bench.pass(30_000);
    assert_eq!(bench.count(|command| matches!(command, Command::Unlink { .. })), 1);
    assert_eq!(bench.notes().first().map(String::as_str), Some("- link"));
}

#[test]
fn any_word_keeps_a_link_alive() {
    let mut bench = Bench::live(&["61"]);
    bench.world[0].hangs = true;
    for _ in 0..30 {
        bench.pass(5_000);
        bench.hear(Heard::Sign);
    }
    assert_eq!(bench.state(), SessionState::Live);
    let pings = bench.count(|command| matches!(command, Command::Ask { question: Question::Ping, .. }));
    assert!((13..=16).contains(&pings), "{pings} pings in 150 s, whatever else is said");
}

#[test]
fn after_a_sleep_the_other_side_has_three_seconds() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.slept += 20 * 60_000;
    bench.pass(500);
    bench.pass(500);
    assert_eq!((bench.state(), bench.team_reads()), (SessionState::Live, 1), "it answers, and all is read anew");

    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.world[0].hangs = true;
    bench.slept += 20 * 60_000;
    bench.pass(10);
    bench.pass(3_100);
    assert_eq!(bench.count(|command| matches!(command, Command::Unlink { .. })), 1);
}

#[test]
fn what_finds_no_room_is_dropped_said_and_read_anew() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.happen(Event::Overflow);
    assert_eq!(bench.notes(), ["- overflow"]);
    bench.change("61", "611", "TALKING", T1);
    bench.pass(60_000);
    assert_eq!((bench.heard(), bench.team_reads()), (vec![], 0));
    bench.happen(Event::Room);
    bench.pass(100);
    assert_eq!(bench.notes(), ["- overflow", "+61"]);
    assert_eq!(bench.heard().first().map(String::as_str), Some("61"));
}

#[test]
fn another_session_of_our_name_ends_ours_until_a_person_asks() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.lose(Lost::Ended("conflict".to_owned()));
    bench.pass(600_000);
    assert_eq!((bench.state(), bench.notes()), (SessionState::Conflict, vec!["- conflict".to_owned()]));
    assert_eq!(bench.count(|command| matches!(command, Command::Link { .. } | Command::Probe { .. })), 0);
    bench.happen(Event::Order(StreamOrder::Refresh));
    bench.pass(1_000);
    assert_eq!(bench.state(), SessionState::Conflict, "only by that one order");
    bench.happen(Event::Order(StreamOrder::Connect));
    bench.pass(3_000);
    assert_eq!(bench.state(), SessionState::Live);
}

#[test]
fn words_of_a_dead_link_count_for_nothing() {
    let mut bench = Bench::live(&["61"]);
    let (old, _) = bench.link.unwrap();
    bench.lose(Lost::Closed);
    bench.pass(10_000);
    assert_eq!(bench.state(), SessionState::Live);
    bench.forget();
    bench.happen(Event::Heard { link: old, what: Heard::Upset { node: TEAM.to_owned() } });
    bench.happen(Event::Unlinked { link: old, why: Gone::Lost(Lost::Closed) });
    bench.happen(Event::Linked { link: old, address: ADDRESS.to_owned() });
    bench.pass(100);
    assert_eq!((bench.state(), bench.team_reads()), (SessionState::Live, 0));
}
