//! Asks SQLite's planner about every statement there is: none may walk through all requests there ever were.

use pult_domain::areas::ratings::State;

use super::{
    read::{Filter, Which, statement},
    sql,
};
use crate::{migrations::in_memory, plan_of};

/// The step that walks through the table, if there is one. Going back through the newest is a walk that stops at the page's end.
fn walk(plan: &str) -> Option<&str> {
    plan.lines().find(|step| step.starts_with("SCAN rating_request"))
}

#[test]
fn no_statement_walks_through_all_requests() {
    let connection = in_memory().unwrap();
    assert!(sql::ALL.len() > 15, "the list is there");
    for (name, statement) in sql::ALL {
        let plan = plan_of(&connection, statement);
        assert_eq!(walk(&plan), None, "{name}: {plan}");
    }
}

#[test]
fn no_page_is_sorted_or_walks() {
    let connection = in_memory().unwrap();
    for which in [Which::Pending, Which::Ended, Which::NotAsked] {
        let period = Filter {
            which,
            outcome: Some(State::Rated),
            closed_from: Some(0),
            closed_until: Some(1),
            ..Filter::default()
        };
        for filter in [Filter { which, ..Filter::default() }, period] {
            let plan = plan_of(&connection, &statement(&filter));
            assert_eq!(walk(&plan), None, "{filter:?}: {plan}");
            assert!(!plan.contains("FOR ORDER BY"), "{filter:?}: {plan}");
        }
    }
}

#[test]
fn the_test_sees_a_walk_when_there_is_one() {
    let connection = in_memory().unwrap();
    let plan = plan_of(&connection, "SELECT id FROM rating_request WHERE title = 'x'");
    assert!(walk(&plan).is_some(), "{plan}");
}
