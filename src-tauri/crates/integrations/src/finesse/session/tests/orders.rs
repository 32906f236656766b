//! Every order of events: the rules the bench keeps hold, and in the end the session lives again.

use proptest::prelude::*;

use super::{
    super::{
        super::{Transport, trouble::Trouble, wire::system::Complaint},
        Event, Given, Gone, Heard, Way,
    },
    bench::{ADDRESS, Bench, NodeWorld, info, plan, record, user},
};
use crate::{
    SessionState, StreamOrder,
    transport::{obstacle::Obstacle, xmpp::Lost},
};

/// Something that happens to the session or its cluster.
#[derive(Debug, Clone)]
enum Fate {
    Pass(u64),
    Sleep(i64),
    Order(bool),
    Info(usize, u8),
    Own(usize, u8),
    Team(usize, u8),
    Ways(usize, u8),
    Refuse(u8),
    Hang(usize, bool),
    Lose(u8),
    Word(u8),
    Room(bool),
    /// Something nobody asked for, with a number that may or may not be in use.
    Stray(u8, u64),
}

fn fates() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => (0_u64..40_000).prop_map(Fate::Pass),
        1 => (0_i64..2_000_000).prop_map(Fate::Sleep),
        2 => any::<bool>().prop_map(Fate::Order),
        3 => (0_usize..2, 0_u8..6).prop_map(|(node, kind)| Fate::Info(node, kind)),
        2 => (0_usize..2, 0_u8..6).prop_map(|(node, kind)| Fate::Own(node, kind)),
        2 => (0_usize..2, 0_u8..8).prop_map(|(node, kind)| Fate::Team(node, kind)),
        2 => (0_usize..2, 0_u8..8).prop_map(|(node, kind)| Fate::Ways(node, kind)),
        1 => (0_u8..5).prop_map(Fate::Refuse),
        1 => (0_usize..2, any::<bool>()).prop_map(|(node, hangs)| Fate::Hang(node, hangs)),
        3 => (0_u8..5).prop_map(Fate::Lose),
        4 => (0_u8..10).prop_map(Fate::Word),
        1 => any::<bool>().prop_map(Fate::Room),
        2 => (0_u8..6, 0_u64..60).prop_map(|(kind, id)| Fate::Stray(kind, id)),
    ]
}

fn trouble(kind: u8) -> Trouble {
    match kind {
        0 => Trouble::Unreachable(Obstacle::Timeout, String::new()),
        1 => Trouble::OutOfService,
        2 => Trouble::Failed(500),
        3 => Trouble::NoRights(Complaint::default()),
        4 => Trouble::NotFound,
        5 => Trouble::Later(Some(std::time::Duration::from_secs(7))),
        6 => Trouble::Refused(400, Complaint::default()),
        _ => Trouble::Strange(String::new()),
    }
}

fn lost(kind: u8) -> Lost {
    match kind {
        0 => Lost::Closed,
        1 => Lost::Ended("system-shutdown".to_owned()),
        2 => Lost::Ended("conflict".to_owned()),
        3 => Lost::Broken(Obstacle::Broken, String::new()),
        4 => Lost::NotAuthorized,
        5 => Lost::SignIn("temporary-auth-failure".to_owned()),
        _ => Lost::NotSpoken(String::new()),
    }
}

fn healthy() -> NodeWorld {
    let mut world = NodeWorld::new(&["61", "62", "63"]);
    world.ways = vec![Way::Websocket, Way::OldWebsocket, Way::DirectTls];
    world
}

fn befall(bench: &mut Bench, fate: Fate) {
    match fate {
        Fate::Pass(ms) => bench.pass(ms),
        Fate::Sleep(ms) => bench.slept += ms,
        Fate::Order(connect) => {
            let order = if connect { StreamOrder::Connect } else { StreamOrder::Refresh };
            bench.happen(Event::Order(order));
        }
        Fate::Info(node, kind) => {
            bench.world[node].shy = kind == 5;
            bench.world[node].info = match kind {
                0 => Ok(info("OUT_OF_SERVICE")),
                1 => Err(trouble(0)),
                2 => Err(trouble(5)),
                _ => Ok(info("IN_SERVICE")),
            };
        }
        Fate::Own(node, kind) => {
            bench.world[node].own = match kind {
                0 => Err(Trouble::WrongPassword),
                1 => Err(Trouble::Stopped),
                2 => Err(trouble(0)),
                3 => Ok(user(&["Agent"], &[])),
                4 => Ok(user(&["Supervisor"], &["61", "64"])),
                _ => Ok(user(&["Supervisor"], &["61", "62", "63"])),
            };
        }
        Fate::Team(node, kind) => {
            let answer = if kind == 7 { Ok(vec!["611".to_owned()]) } else { Err(trouble(kind)) };
            bench.world[node].teams.insert("61".to_owned(), answer);
        }
        Fate::Ways(node, kind) => {
            bench.world[node].ways = if kind == 7 { vec![Way::Websocket] } else { vec![] };
            bench.world[node].no_way = Gone::Lost(lost(kind));
        }
        Fate::Refuse(kind) => {
            let conditions = ["item-not-found", "forbidden", "internal-server-error"];
            for world in &mut bench.world {
                world.refused.clear();
                if let Some(condition) = conditions.get(usize::from(kind)) {
                    world.refused.insert("62/Users".to_owned(), (*condition).to_owned());
                    world.refused.insert("1/Dialogs".to_owned(), (*condition).to_owned());
                }
            }
        }
        Fate::Hang(node, hangs) => bench.world[node].hangs = hangs,
        Fate::Lose(kind) => {
            if bench.link.is_some() {
                bench.lose(lost(kind));
            }
        }
        Fate::Word(kind) => {
            if bench.link.is_some() {
                word(bench, kind);
            }
        }
        Fate::Room(room) => bench.happen(if room { Event::Room } else { Event::Overflow }),
        Fate::Stray(kind, id) => stray(bench, kind, id),
    }
}

fn word(bench: &mut Bench, kind: u8) {
    let system = |status: &str| {
        format!(
            "<Update><data><systemInfo><status>{status}</status></systemInfo></data><event>PUT</event>\
             <source>/finesse/api/SystemInfo</source></Update>"
        )
    };
    let presence = |available| Heard::Presence { from: "finesse@cc.example".to_owned(), available };
    match kind {
        0 => bench.hear(presence(true)),
        1 => bench.hear(presence(false)),
        2 => bench.item("/finesse/api/SystemInfo", &system("OUT_OF_SERVICE")),
        3 => bench.item("/finesse/api/SystemInfo", &system("IN_SERVICE")),
        4 => bench.change("61", "stranger", "READY", ""),
        5 => bench.change("61", "611", "TALKING", "2030-01-01T00:00:00Z"),
        6 => bench.item("/finesse/api/Team/62/Users", "<Upd"),
        7 => bench.hear(Heard::Upset { node: "/finesse/api/Team/61/Users".to_owned() }),
        8 => bench.item("/finesse/api/User/70400", "<x/>"),
        _ => bench.hear(Heard::Sign),
    }
}

fn stray(bench: &mut Bench, kind: u8, id: u64) {
    // A link's own end and beginning belong to the bench; those of links that are not there are strays.
    let dead = bench.link.map_or(id, |(link, _)| link) + 1_000;
    match kind {
        0 => bench.happen(Event::Info { node: usize::from(id.is_multiple_of(3)), outcome: Ok(info("IN_SERVICE")) }),
        1 => {
            let given = Given::Team { members: vec![], record: record("team", "stray") };
            bench.happen(Event::Read { ticket: id + 10_000, outcome: Ok(given) });
        }
        2 => bench.happen(Event::Linked { link: dead, address: ADDRESS.to_owned() }),
        3 => bench.happen(Event::Unlinked { link: dead, why: Gone::Lost(Lost::NotAuthorized) }),
        4 => bench.happen(Event::Heard { link: dead, what: Heard::Sign }),
        _ => {
            if let Some((link, _)) = bench.link {
                let what = Heard::Answer { id: id + 10_000, outcome: Err("forbidden".to_owned()) };
                bench.happen(Event::Heard { link, what });
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_events_breaks_a_rule_and_a_healthy_cluster_is_live_again(
        fates in prop::collection::vec(fates(), 0..60),
        transport in prop::sample::select(vec![Transport::Auto, Transport::Websocket, Transport::DirectTls, Transport::Polling]),
        nodes in 1_usize..3,
    ) {
        let mut plan = plan(nodes);
        plan.transport = transport;
        plan.direct_tls = true;
        let mut bench = Bench::new(plan, vec![healthy(), healthy()]);
        for fate in fates {
            befall(&mut bench, fate);
        }
        // Everything is well again, a person asks, and there is room.
        bench.world = vec![healthy(), healthy()];
        bench.happen(Event::Room);
        bench.pass(400_000);
        bench.happen(Event::Order(StreamOrder::Connect));
        bench.pass(120_000);
        if bench.link.is_some() {
            bench.hear(Heard::Presence { from: "finesse@cc.example".to_owned(), available: true });
        }
        bench.happen(Event::Order(StreamOrder::Refresh));
        bench.pass(60_000);
        let want = if transport == Transport::Polling { SessionState::Polling } else { SessionState::Live };
        prop_assert_eq!(bench.state(), want);
        bench.happen(Event::Stop);
        bench.pass(10_000);
        prop_assert!(bench.machine.wake().is_none());
    }
}
