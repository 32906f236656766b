//! Asks SQLite's planner about every statement there is: none may walk through a table that grows.

use super::sql;
use crate::{migrations::in_memory, plan_of};

/// The tables of hundreds of rows, whatever the house does, and a list that is handed over.
const SMALL: [&str; 2] = ["floor_operator", "json_each"];

/// The step that walks through a table that grows, if there is one.
fn walk(plan: &str) -> Option<&str> {
    plan.lines().find(|step| {
        let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
        // What was chosen from an index before.
        table.is_some_and(|table| !SMALL.contains(&table) && table != "j" && !table.starts_with('('))
    })
}

#[test]
fn no_statement_walks_through_what_grows() {
    let connection = in_memory().unwrap();
    assert!(sql::ALL.len() > 25, "the list is there");
    for (name, statement) in sql::ALL {
        let plan = plan_of(&connection, statement);
        assert_eq!(walk(&plan), None, "{name}: {plan}");
        assert!(!plan.contains("FOR ORDER BY"), "{name}: {plan}");
    }
}

#[test]
fn the_test_sees_a_walk_when_there_is_one() {
    let connection = in_memory().unwrap();
    for statement in ["SELECT part FROM case_mention WHERE place = 'x'", "SELECT id FROM case_hand WHERE by = 'x'"] {
        let plan = plan_of(&connection, statement);
        assert!(walk(&plan).is_some(), "{plan}");
    }
}
