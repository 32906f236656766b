//! Asks SQLite's planner about every statement there is: none may walk through all that was ever said.

use super::{
    read::{Filter, Which, statement},
    sql,
};
use crate::{migrations::in_memory, plan_of};

/// The step that walks through a table that grows, if there is one.
fn walk(plan: &str) -> Option<&str> {
    plan.lines().find(|step| {
        let whole = ["ct_link", "ct_request", "ct_wish", "ct_item", "ct_echo", "ct_user"]
            .iter()
            .any(|table| step.starts_with(&format!("SCAN {table}")));
        // Indexes of what is paused, stuck or under way at this moment are short, whatever is kept.
        let short = ["ct_link_paused", "ct_item_held", "ct_item_finding", "ct_request_trouble"]
            .iter()
            .any(|name| step.contains(name));
        whole && !short
    })
}

#[test]
fn no_statement_walks_through_all_that_was_said() {
    let connection = in_memory().unwrap();
    assert!(sql::ALL.len() > 35, "the list is there");
    for (name, statement) in sql::ALL {
        let plan = plan_of(&connection, statement);
        assert_eq!(walk(&plan), None, "{name}: {plan}");
        assert!(!plan.contains("FOR ORDER BY"), "{name}: {plan}");
    }
}

#[test]
fn no_page_is_sorted_or_walks() {
    let connection = in_memory().unwrap();
    for which in [Which::All, Which::Paused, Which::Stuck] {
        for issue in [None, Some("DESK-1".to_owned())] {
            let filter = Filter { which, issue };
            let plan = plan_of(&connection, &statement(&filter));
            assert_eq!(walk(&plan), None, "{filter:?}: {plan}");
        }
    }
}

#[test]
fn the_test_sees_a_walk_when_there_is_one() {
    let connection = in_memory().unwrap();
    let plan = plan_of(&connection, "SELECT id FROM ct_item WHERE reason = 'x'");
    assert!(walk(&plan).is_some(), "{plan}");
}
