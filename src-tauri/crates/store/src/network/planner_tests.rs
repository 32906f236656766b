//! Asks SQLite's planner about every statement there is: none may walk through a table that grows with time.

use rusqlite::Connection;

use super::sql;
use crate::{migrations::in_memory, plan_of};

/// Tables with a row for each cycle, minute, stretch or incident there ever was. Targets, maintenance and what workstations saw last
/// are few by their bounds.
const GROWING: [&str; 4] = ["network_cycle", "network_minute", "network_watch", "network_incident"];

/// The step that walks through a whole growing table, if there is one.
fn walk(connection: &Connection, statement: &str) -> Option<String> {
    plan_of(connection, statement)
        .lines()
        .find(|step| {
            let name = step.strip_prefix("SCAN ").and_then(|rest| rest.split_whitespace().next());
            // Incidents that last are as few as targets: the index holds nothing else.
            let lasting = step.contains("network_incident_open");
            name.is_some_and(|name| GROWING.contains(&name) || name == "i") && !lasting
        })
        .map(str::to_owned)
}

#[test]
fn no_statement_walks_through_a_growing_table() {
    let connection = in_memory().unwrap();
    assert!(sql::ALL.len() > 40, "the list is there");
    for (name, statement) in sql::ALL {
        assert_eq!(walk(&connection, statement), None, "{name}: {}", plan_of(&connection, statement));
    }
}

#[test]
fn nothing_drawn_is_sorted() {
    let connection = in_memory().unwrap();
    for statement in [sql::HISTORY, sql::CHART_CYCLES, sql::WATCH, sql::INCIDENTS] {
        let plan = plan_of(&connection, statement);
        assert!(!plan.contains("FOR ORDER BY"), "{statement}: {plan}");
    }
}

#[test]
fn the_test_sees_a_walk_when_there_is_one() {
    let connection = in_memory().unwrap();
    for statement in
        ["SELECT at FROM network_cycle WHERE lost > 0", "SELECT i.id FROM network_incident i WHERE i.worst = 4"]
    {
        assert!(walk(&connection, statement).is_some(), "{statement}: {}", plan_of(&connection, statement));
    }
}
