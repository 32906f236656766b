//! Asks SQLite's planner about every statement there is: none may walk through all messages there ever were.

use super::sql;
use crate::{migrations::in_memory, plan_of};

/// Tables that only grow.
const GROWING: [&str; 2] = ["message", "conversation"];

/// The step that walks through a table that grows, if there is one.
fn walk(plan: &str) -> Option<&str> {
    let scans = |step: &&str| GROWING.iter().any(|table| *step == format!("SCAN {table}"));
    plan.lines().find(scans).or_else(|| plan.lines().find(|step| step.starts_with("SCAN person")))
}

#[test]
fn no_statement_walks_through_all_messages() {
    let connection = in_memory().unwrap();
    assert!(sql::ALL.len() > 40, "the list is there");
    for (name, statement) in sql::ALL {
        // The list of administrators is as long as there are people; it is read when something failed.
        if *name == "ADMINS" {
            continue;
        }
        let plan = plan_of(&connection, statement);
        assert_eq!(walk(&plan), None, "{name}: {plan}");
    }
}

#[test]
fn no_list_of_messages_is_sorted() {
    let connection = in_memory().unwrap();
    for statement in [sql::PAGE, sql::LAST_OF, sql::CONVERSATIONS, sql::OLD, sql::NEWEST] {
        let plan = plan_of(&connection, statement);
        assert!(!plan.contains("FOR ORDER BY"), "{statement}\n{plan}");
    }
}

#[test]
fn the_test_sees_a_walk_when_there_is_one() {
    let connection = in_memory().unwrap();
    let plan = plan_of(&connection, "SELECT id FROM message WHERE text = 'x'");
    assert!(walk(&plan).is_some(), "{plan}");
}
