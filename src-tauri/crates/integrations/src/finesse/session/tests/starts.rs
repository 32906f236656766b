//! Beginnings, and what stops them.

use pult_domain::Instant;

use super::{
    super::{
        super::{
            Transport,
            trouble::Trouble,
            wire::system::{Deployment, NodeName},
        },
        Command, Event, Gone, Heard, Question, Reading, Way,
    },
    bench::{ADDRESS, Bench, NodeWorld, info, plan, user},
};
use crate::{
    SessionState, StreamOrder,
    transport::{
        obstacle::Obstacle,
        tls::{Problem, Shown},
        xmpp::Lost,
    },
};

fn one(world: NodeWorld) -> Bench {
    Bench::new(plan(1), vec![world])
}

fn unreachable() -> Trouble {
    Trouble::Unreachable(Obstacle::Timeout, "timed out".to_owned())
}

fn shown() -> Box<Shown> {
    Box::new(Shown {
        sha256: "ab".repeat(32),
        subject: "CN=fin-0.cc.example".to_owned(),
        issuer: "CN=fin-0.cc.example".to_owned(),
        names: vec!["fin-0.cc.example".to_owned()],
        not_before: None,
        not_after: Instant::from_second(1_900_000_000).ok(),
        valid: true,
        named: true,
        accepted: vec![],
        problem: Some(Problem::Untrusted),
    })
}

#[test]
fn a_session_becomes_live_in_the_order_of_the_contract() {
    let mut bench = one(NodeWorld::new(&["61", "62"]));
    bench.pass(3_000);
    let report = bench.report();
    assert_eq!((report.state, report.transport.as_deref()), (SessionState::Live, Some("websocket:8445")));
    assert_eq!(report.features, ["express", "calls", "not_ready"]);
    let steps: Vec<&str> = bench
        .log
        .iter()
        .filter_map(|(_, command)| match command {
            Command::Probe { credentials: false, .. } => Some("probe"),
            Command::Read { what: Reading::Own, .. } => Some("own"),
            Command::Link { .. } => Some("link"),
            Command::Appear { .. } => Some("presence"),
            Command::Ask { question: Question::Subscribe(node), .. } if node.ends_with("/Users") => Some("team"),
            Command::Ask { question: Question::Subscribe(_), .. } => Some("member"),
            Command::Read { what: Reading::Team(_), .. } => Some("read"),
            Command::Read { what: Reading::Reasons(_), .. } => Some("reasons"),
            Command::Report(report) if report.state == SessionState::Live => Some("live"),
            _ => None,
        })
        .collect();
    assert_eq!(steps[..8], ["probe", "own", "link", "presence", "team", "team", "read", "read"]);
    assert_eq!(steps.iter().position(|step| *step == "member").map(|at| at > 7), Some(true));
    assert_eq!(steps.iter().filter(|step| **step == "member").count(), 4);
    assert_eq!(bench.notes(), ["+61", "+62"]);
    // Both lists of reasons are handed on as one.
    assert_eq!(bench.heard().iter().filter(|body| body.starts_with("<ReasonLists>")).count(), 1);
}

#[test]
fn the_states_on_the_way_are_told() {
    let mut bench = one(NodeWorld::new(&["61"]));
    bench.pass(3_000);
    let states: Vec<SessionState> = bench
        .log
        .iter()
        .filter_map(|(_, command)| match command {
            Command::Report(report) => Some(report.state),
            _ => None,
        })
        .collect();
    use SessionState::{Authenticating, Connecting, Live, Probing, Syncing};
    let mut seen = states.clone();
    seen.dedup();
    assert_eq!(seen, [Probing, Authenticating, Connecting, Syncing, Live]);
}

#[test]
fn twenty_five_teams_cost_twenty_five_readings_and_subscriptions_before_live() {
    let names: Vec<String> = (100..125).map(|id| id.to_string()).collect();
    let teams: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut world = NodeWorld::new(&teams);
    for (team, members) in &mut world.teams {
        *members = Ok((0..20).map(|at| format!("{team}-{at}")).collect());
    }
    let mut bench = one(world);
    while bench.log.iter().all(|(_, c)| !matches!(c, Command::Report(r) if r.state == SessionState::Live)) {
        bench.pass(50);
        assert!(bench.ms < 20_000);
    }
    let live =
        bench.log.iter().position(|(_, c)| matches!(c, Command::Report(r) if r.state == SessionState::Live)).unwrap();
    let before = &bench.log[..live];
    let teams_read = before.iter().filter(|(_, c)| matches!(c, Command::Read { what: Reading::Team(_), .. })).count();
    let own = before.iter().filter(|(_, c)| matches!(c, Command::Read { what: Reading::Own, .. })).count();
    assert_eq!((teams_read, own), (25, 1));
    bench.pass(20_000);
    let asked = bench.subscribed();
    assert_eq!(asked.iter().filter(|node| node.ends_with("/Users")).count(), 25);
    assert_eq!(asked.iter().filter(|node| node.ends_with("/Dialogs")).count(), 500);
}

#[test]
fn a_wrong_password_is_sent_once_and_to_one_node_only() {
    let mut world = NodeWorld::new(&["61"]);
    world.own = Err(Trouble::WrongPassword);
    let mut bench = Bench::new(plan(2), vec![world.clone(), world]);
    bench.pass(600_000);
    assert_eq!(bench.state(), SessionState::AuthFailed);
    assert_eq!(bench.report().cause.as_deref(), Some("http_401"));
    assert_eq!(bench.count(|command| matches!(command, Command::Read { .. } | Command::Link { .. })), 1);
}

#[test]
fn after_four_wrong_passwords_nobody_may_try_for_five_minutes() {
    let mut world = NodeWorld::new(&["61"]);
    world.own = Err(Trouble::WrongPassword);
    let mut bench = one(world);
    let owns = |bench: &Bench| bench.count(|command| matches!(command, Command::Read { what: Reading::Own, .. }));
    for tries in 1..=4 {
        bench.pass(10_000);
        assert_eq!(owns(&bench), tries);
        let code = ["http_401", "http_401", "sign_in_last", "sign_in_blocked"][tries - 1];
        assert_eq!(bench.report().cause.as_deref(), Some(code));
        assert_eq!(bench.report().retry_at.is_some(), tries == 4, "the person sees when they may try again");
        bench.happen(Event::Order(StreamOrder::Connect));
    }
    bench.pass(240_000);
    bench.happen(Event::Order(StreamOrder::Connect));
    bench.pass(10_000);
    assert_eq!((owns(&bench), bench.state()), (4, SessionState::AuthFailed));
    bench.pass(60_000);
    bench.world[0].own = Ok(user(&["Supervisor"], &["61"]));
    bench.happen(Event::Order(StreamOrder::Connect));
    bench.pass(10_000);
    assert_eq!(bench.state(), SessionState::Live);
}

#[test]
fn a_password_found_bad_by_any_reading_or_by_a_request_stops_everything_until_a_person_asks() {
    for by_request in [false, true] {
        let mut bench = one(NodeWorld::new(&["61", "62"]));
        bench.pass(20_000);
        assert_eq!(bench.state(), SessionState::Live);
        let reads = |bench: &Bench| bench.count(|command| matches!(command, Command::Read { .. }));
        let before = reads(&bench);
        if by_request {
            bench.happen(Event::Dismissed);
        } else {
            bench.world[0].teams.insert("61".to_owned(), Err(Trouble::WrongPassword));
            bench.pass(700_000);
        }
        assert_eq!(bench.state(), SessionState::AuthFailed);
        let shown = reads(&bench) - before;
        assert!(shown <= 2, "{shown}: the team's, and one that was under way");
        bench.happen(Event::Dismissed);
        bench.pass(3_600_000);
        assert_eq!(reads(&bench) - before, shown);
        bench.world[0].teams.insert("61".to_owned(), Ok(vec!["611".to_owned()]));
        bench.happen(Event::Order(StreamOrder::Connect));
        bench.pass(20_000);
        assert_eq!(bench.state(), SessionState::Live);
    }
}

#[test]
fn a_password_refused_while_signing_in_to_notifications_stops_everything() {
    let mut world = NodeWorld::new(&["61"]);
    world.ways = vec![];
    world.no_way = Gone::Lost(Lost::NotAuthorized);
    let mut bench = Bench::new(plan(2), vec![world.clone(), world]);
    bench.pass(600_000);
    assert_eq!(bench.state(), SessionState::AuthFailed);
    assert_eq!(bench.count(|command| matches!(command, Command::Link { .. })), 1);
    assert_eq!(bench.count(|command| matches!(command, Command::Refused)), 1);
}

#[test]
fn a_missing_password_stops_as_well() {
    let mut world = NodeWorld::new(&["61"]);
    world.own = Err(Trouble::NoSecret);
    let mut bench = one(world);
    bench.pass(60_000);
    assert_eq!((bench.state(), bench.report().cause.as_deref()), (SessionState::AuthFailed, Some("no_secret")));
}

#[test]
fn a_status_that_is_not_in_service_sends_us_to_the_other_node() {
    for status in ["OUT_OF_SERVICE", "PARTIAL_SERVICE", "WAKING", ""] {
        let mut first = NodeWorld::new(&["61"]);
        first.info = Ok(info(status));
        let mut bench = Bench::new(plan(2), vec![first, NodeWorld::new(&["61"])]);
        bench.pass(10_000);
        let report = bench.report();
        assert_eq!((report.state, report.node.as_deref()), (SessionState::Live, Some("fin-1.cc.example")), "{status}");
    }
}

#[test]
fn where_no_node_is_in_service_its_word_is_shown() {
    let mut world = NodeWorld::new(&["61"]);
    world.info = Ok(info("PARTIAL_SERVICE"));
    let mut bench = one(world);
    bench.pass(1_000);
    let report = bench.report();
    assert_eq!(report.state, SessionState::OutOfService);
    assert!(report.detail.contains("PARTIAL_SERVICE") && report.retry_at.is_some(), "{report:?}");
    bench.pass(60_000);
    let probes: Vec<u64> =
        bench.log.iter().filter(|(_, c)| matches!(c, Command::Probe { .. })).map(|(at, _)| *at).collect();
    assert!(probes.len() > 2 && probes.windows(2).all(|two| two[1] - two[0] >= 5_000), "{probes:?}");
}

#[test]
fn a_node_made_ready_for_a_rest_is_the_second_choice() {
    let mut first = NodeWorld::new(&["61"]);
    first.info = Ok(crate::finesse::wire::SystemInfo { maintenance: true, ..info("IN_SERVICE") });
    let mut bench = Bench::new(plan(2), vec![first.clone(), NodeWorld::new(&["61"])]);
    bench.pass(5_000);
    assert_eq!(bench.report().node.as_deref(), Some("fin-1.cc.example"));
    let mut alone = one(first);
    alone.pass(5_000);
    assert_eq!(alone.state(), SessionState::Live);
}

#[test]
fn nothing_reached_is_tried_again_with_growing_pauses() {
    let mut world = NodeWorld::new(&["61"]);
    world.info = Err(unreachable());
    let mut bench = one(world);
    bench.pass(300_000);
    let report = bench.report();
    assert_eq!((report.state, report.cause.as_deref()), (SessionState::Offline, Some("timeout")));
    let probes = bench.count(|command| matches!(command, Command::Probe { .. }));
    assert!((10..=60).contains(&probes), "{probes} probes in five minutes");
    bench.world[0].info = Ok(info("IN_SERVICE"));
    bench.pass(31_000);
    assert_eq!(bench.state(), SessionState::Live);
}

#[test]
fn another_way_of_signing_in_is_said_and_ours_not_tried() {
    for mode in ["SSO", "HYBRID"] {
        let mut world = NodeWorld::new(&["61"]);
        world.info = Ok(crate::finesse::wire::SystemInfo { auth_mode: Some(mode.to_owned()), ..info("IN_SERVICE") });
        let mut bench = one(world);
        bench.pass(60_000);
        assert_eq!(bench.state(), SessionState::SsoUnsupported);
        assert_eq!(bench.count(|command| matches!(command, Command::Read { .. } | Command::Link { .. })), 0);
    }
}

#[test]
fn an_untrusted_certificate_stops_before_any_credentials() {
    let mut world = NodeWorld::new(&["61"]);
    world.info = Err(Trouble::Certificate(shown()));
    let mut bench = Bench::new(plan(2), vec![world.clone(), world]);
    bench.pass(600_000);
    let report = bench.report();
    assert_eq!((report.state, report.cause.as_deref()), (SessionState::CertProblem, Some("tls_untrusted")));
    assert!(report.detail.contains(&"ab".repeat(32)) && report.detail.contains("CN=fin-0"), "{}", report.detail);
    assert_eq!(bench.count(|command| matches!(command, Command::Probe { .. })), 2);
    assert_eq!(bench.count(|command| matches!(command, Command::Read { .. } | Command::Link { .. })), 0);
}

#[test]
fn one_nodes_untrusted_certificate_leaves_the_other_in_use() {
    let mut world = NodeWorld::new(&["61"]);
    world.info = Err(Trouble::Certificate(shown()));
    let mut bench = Bench::new(plan(2), vec![world, NodeWorld::new(&["61"])]);
    bench.pass(5_000);
    assert_eq!((bench.state(), bench.report().node.as_deref()), (SessionState::Live, Some("fin-1.cc.example")));
    bench.lose(Lost::Closed);
    bench.pass(60_000);
    let asked = bench.count(|command| matches!(command, Command::Probe { node: 0, .. }));
    assert_eq!(asked, 1, "nothing more is sent to a node whose certificate is in question");
}

#[test]
fn a_node_that_speaks_only_to_those_it_knows_is_shown_the_password_at_the_own_user_first() {
    let mut world = NodeWorld::new(&["61"]);
    world.shy = true;
    let mut bench = one(world.clone());
    bench.pass(5_000);
    assert_eq!(bench.state(), SessionState::Live);
    let order: Vec<bool> = bench
        .log
        .iter()
        .filter_map(|(_, command)| match command {
            Command::Probe { credentials, .. } => Some(*credentials),
            _ => None,
        })
        .collect();
    assert_eq!(order, [false, true]);
    world.own = Err(Trouble::WrongPassword);
    let mut bench = one(world);
    bench.pass(60_000);
    assert_eq!(bench.state(), SessionState::AuthFailed);
    assert_eq!(bench.count(|command| matches!(command, Command::Probe { credentials: true, .. })), 0);
}

#[test]
fn a_second_node_is_learnt_only_where_the_first_goes_by_its_own_name() {
    let name = |host: &str| Some(NodeName { host: host.to_owned(), https: Some(9445), xmpp_tls: None });
    for (first, second, learnt) in [
        ("FIN-0.cc.example", "fin-b.cc.example", Some("fin-b.cc.example")),
        ("fin-b.cc.example", "fin-0.cc.example", Some("fin-b.cc.example")),
        ("fin-a.cc.example", "fin-b.cc.example", None),
    ] {
        let told =
            crate::finesse::wire::SystemInfo { primary: name(first), secondary: name(second), ..info("IN_SERVICE") };
        let mut world = NodeWorld::new(&["61"]);
        world.info = Ok(told);
        let mut bench = one(world);
        bench.pass(2_000);
        let found = bench.log.iter().find_map(|(_, command)| match command {
            Command::Learn(plan) => Some((plan.host.as_str(), plan.port)),
            _ => None,
        });
        assert_eq!(found, learnt.map(|host| (host, 9445)), "{first} {second}");
    }
}

#[test]
fn the_ways_are_tried_in_order_and_the_one_that_worked_comes_first_next_time() {
    let ways = |bench: &Bench| -> Vec<Way> {
        let ways = bench.log.iter().filter_map(|(_, command)| match command {
            Command::Link { way, .. } => Some(*way),
            _ => None,
        });
        ways.collect()
    };
    let mut world = NodeWorld::new(&["61"]);
    world.ways = vec![Way::DirectTls];
    let mut allowed = plan(1);
    allowed.direct_tls = true;
    let mut bench = Bench::new(allowed, vec![world.clone()]);
    bench.pass(5_000);
    assert_eq!(ways(&bench), [Way::Websocket, Way::OldWebsocket, Way::DirectTls]);
    assert_eq!(bench.report().transport.as_deref(), Some("tls:5223"));
    bench.forget();
    bench.lose(Lost::Closed);
    bench.pass(10_000);
    assert_eq!(ways(&bench), [Way::DirectTls]);

    let mut bench = one(world);
    bench.pass(5_000);
    assert_eq!(ways(&bench), [Way::Websocket, Way::OldWebsocket]);
    assert_eq!(bench.state(), SessionState::Polling);
}

#[test]
fn where_nothing_can_be_heard_teams_are_read_one_by_one_and_hearing_is_tried_again() {
    let mut world = NodeWorld::new(&["61", "62"]);
    world.ways = vec![];
    let mut bench = one(world);
    bench.pass(3_000);
    assert_eq!((bench.state(), bench.report().transport.as_deref()), (SessionState::Polling, Some("polling")));
    assert_eq!(bench.notes(), ["+61", "+62"]);
    bench.forget();
    bench.pass(300_000);
    assert!((14..=26).contains(&bench.team_reads()), "{} readings of two teams in five minutes", bench.team_reads());
    bench.world[0].ways = vec![Way::Websocket];
    bench.forget();
    bench.pass(65_000);
    assert_eq!((bench.state(), bench.notes()), (SessionState::Live, vec![]));
}

#[test]
fn reading_at_intervals_may_be_chosen() {
    let mut plan = plan(1);
    plan.transport = Transport::Polling;
    let mut bench = Bench::new(plan, vec![NodeWorld::new(&["61"])]);
    bench.pass(300_000);
    assert_eq!(bench.state(), SessionState::Polling);
    assert_eq!(bench.count(|command| matches!(command, Command::Link { .. })), 0);
}

#[test]
fn an_account_that_supervises_nobody_sees_itself() {
    for own in [user(&["Agent"], &["61"]), user(&["Supervisor"], &[])] {
        let mut world = NodeWorld::new(&[]);
        world.own = Ok(own);
        let mut bench = one(world);
        bench.pass(5_000);
        assert_eq!((bench.state(), bench.report().cause.as_deref()), (SessionState::NoRights, Some("no_rights")));
        assert_eq!((bench.team_reads(), bench.subscribed()), (0, vec![]));
        bench.forget();
        let change = super::bench::change("70400", "READY", "");
        bench.item("/finesse/api/User/70400", &change);
        assert_eq!(bench.heard(), [change]);
        bench.pass(600_000);
        assert_eq!(bench.state(), SessionState::NoRights);
    }
}

#[test]
fn queues_are_asked_for_where_the_deployment_has_them() {
    let mut world = NodeWorld::new(&["61"]);
    world.info =
        Ok(crate::finesse::wire::SystemInfo { deployment: Some(Deployment::Enterprise), ..info("IN_SERVICE") });
    let mut bench = one(world);
    bench.pass(5_000);
    assert!(bench.report().features.contains(&"queues".to_owned()));
    let queues: Vec<_> = bench.subscribed().into_iter().filter(|node| node.contains("Queue")).collect();
    assert_eq!(queues, ["/finesse/api/User/70400/Queues", "/finesse/api/Queue/5031", "/finesse/api/Queue/5032"]);
}

#[test]
fn what_earlier_sessions_left_is_removed_unless_somebody_is_there() {
    let mut world = NodeWorld::new(&["61"]);
    let node = |id: &str| format!("/finesse/api/Team/{id}/Users");
    let of = |resource: &str| format!("70400@cc.example/{resource}");
    world.subscriptions = vec![
        (node("61"), ADDRESS.to_owned()),
        (node("99"), ADDRESS.to_owned()),
        (node("61"), of("console-aaaa")),
        (node("61"), of("console-bbbb")),
        (node("61"), of("desktop")),
        (node("61"), "70400@cc.example".to_owned()),
        (node("61"), "70999@cc.example/console-cccc".to_owned()),
    ];
    let mut bench = one(world);
    bench.pass(2_000);
    bench.hear(Heard::Presence { from: of("console-bbbb"), available: true });
    bench.pass(20_000);
    let removed: Vec<_> = bench
        .log
        .iter()
        .filter_map(|(_, command)| match command {
            Command::Ask { question: Question::Unsubscribe { node, address }, .. } => {
                Some((node.clone(), address.clone()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(removed, [(node("99"), ADDRESS.to_owned()), (node("61"), of("console-aaaa"))]);
}

#[test]
fn a_good_bye_gives_up_what_was_subscribed_and_says_that_we_leave() {
    let mut bench = Bench::live(&["61"]);
    bench.forget();
    bench.happen(Event::Stop);
    bench.pass(1_000);
    let given_up =
        bench.count(|command| matches!(command, Command::Ask { question: Question::Unsubscribe { .. }, .. }));
    assert_eq!(given_up, 3, "the team and its two members' calls");
    let end: Vec<_> = bench.log.iter().map(|(_, command)| command).collect();
    assert!(end.iter().any(|command| matches!(command, Command::Unlink { leaving: true, .. })));
    assert!(matches!(end.last(), Some(Command::Finished)), "{:?}", end.last());

    let mut bench = Bench::live(&["61"]);
    bench.world[0].hangs = true;
    bench.happen(Event::Stop);
    bench.pass(3_500);
    assert_eq!(bench.count(|command| matches!(command, Command::Finished)), 1, "nobody waits for a dead server");
}
