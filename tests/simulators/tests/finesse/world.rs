//! The world without any wire: the same seed gives the same run, and a run looks like a working day.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use pult_simulators::finesse::{
    world::{Deployment, Happening, Plan, World},
    xml::Order,
};

const START: i64 = 1_790_000_000;

fn plan(deployment: Deployment, seed: u64) -> Plan {
    Plan { deployment, teams: 25, team_size: 20, seed, night: false, live: true }
}

/// Everything told in so many minutes: node and document.
fn run(plan: &Plan, minutes: i64) -> Vec<(String, String)> {
    let start = Timestamp::from_second(START).unwrap();
    let mut world = World::new(plan, start);
    world.run(start + SignedDuration::from_mins(minutes));
    let told = world.take().into_iter().filter_map(|happening| match happening {
        Happening::Notice(notice) => Some((notice.node.clone(), notice.update().fragment(Order::Alphabetical))),
        Happening::Node(..) => None,
    });
    told.collect()
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for deployment in [Deployment::Uccx, Deployment::Ucce] {
        let first = run(&plan(deployment, 7), 10);
        assert_eq!(first, run(&plan(deployment, 7), 10));
        assert_ne!(first, run(&plan(deployment, 8), 10));
    }
}

#[test]
fn looking_more_often_changes_nothing() {
    let start = Timestamp::from_second(START).unwrap();
    let mut world = World::new(&plan(Deployment::Uccx, 7), start);
    let mut count = 0;
    for second in 1..=600 {
        world.run(start + SignedDuration::from_secs(second));
        count += world.take().len();
    }
    assert_eq!(count, run(&plan(Deployment::Uccx, 7), 10).len());
}

#[test]
fn five_hundred_agents_make_one_to_five_changes_a_second() {
    let told = run(&plan(Deployment::Uccx, 1), 30);
    let changes = told.iter().filter(|(node, _)| node.ends_with("/Users")).count();
    assert!((1_800..=9_000).contains(&changes), "{changes} in half an hour");
}

#[test]
fn only_one_product_holds_calls_and_counts_queues() {
    for (deployment, has) in [(Deployment::Uccx, false), (Deployment::Ucce, true)] {
        let told = run(&plan(deployment, 1), 30);
        for part in ["<state>HOLD</state>", "<state>WORK_READY</state>", "<callsInQueue>"] {
            assert_eq!(told.iter().any(|(_, text)| text.contains(part)), has, "{part} of {deployment:?}");
        }
        assert_eq!(told.iter().any(|(_, text)| text.contains("<wrapUpItem>")), !has);
        assert!(told.iter().any(|(_, text)| text.contains("<pendingState>NOT_READY</pendingState>")));
        assert!(told.iter().any(|(_, text)| text.contains("<code>32763</code>")), "somebody did not answer");
    }
}

#[test]
fn queues_are_told_at_most_every_ten_seconds() {
    let told = run(&plan(Deployment::Ucce, 1), 10);
    let of_one = told.iter().filter(|(node, _)| node == "/finesse/api/Queue/5031").count();
    assert!((1..=61).contains(&of_one), "{of_one} in ten minutes");
}

#[test]
fn everybody_has_an_id_and_a_name_of_their_own() {
    let start = Timestamp::from_second(START).unwrap();
    for deployment in [Deployment::Uccx, Deployment::Ucce] {
        let world = World::new(&plan(deployment, 1), start);
        assert_eq!(world.people.len(), 504);
        let ids: BTreeSet<_> = world.people.iter().map(|person| person.id.to_lowercase()).collect();
        let names: BTreeSet<_> = world.people.iter().map(|person| (&person.first, &person.last)).collect();
        let logins: BTreeSet<_> = world.people.iter().map(|person| &person.login_name).collect();
        assert_eq!((ids.len(), names.len(), logins.len()), (504, 504, 504));
        let words = world.people.iter().any(|person| person.id.chars().any(|letter| !letter.is_ascii_digit()));
        assert_eq!(words, deployment == Deployment::Uccx);
        assert!(world.people.iter().any(|person| person.also.is_some()), "somebody is in two teams");
    }
}
