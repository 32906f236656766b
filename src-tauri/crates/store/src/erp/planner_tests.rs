//! Asks SQLite's planner about every statement there is: none may walk through all documents, tasks or files there ever were.

use pult_domain::areas::erp::State;

use super::{
    read::{Filter, statement},
    sql,
};
use crate::{migrations::in_memory, plan_of};

/// The step that walks through a table that grows, if there is one.
fn walk(plan: &str) -> Option<&str> {
    // A handful of rows each; indexes of what is under way only are short, whatever is kept.
    let short =
        ["erp_cache", "sqlite_sequence", "erp_request_waiting", "erp_task_creating", "VIRTUAL TABLE", "CONSTANT ROW"];
    plan.lines().filter(|step| step.starts_with("SCAN ")).find(|step| !short.iter().any(|name| step.contains(name)))
}

#[test]
fn no_statement_walks_through_all_documents() {
    let connection = in_memory().unwrap();
    assert!(sql::ALL.len() > 25, "the list is there");
    for (name, statement) in sql::ALL {
        let plan = plan_of(&connection, statement);
        assert_eq!(walk(&plan), None, "{name}: {plan}");
        // Tasks and files of one document are few.
        assert!(!plan.contains("FOR ORDER BY") || plan.contains("(document_id=?)"), "{name}: {plan}");
    }
}

#[test]
fn no_page_is_sorted_or_walks() {
    let connection = in_memory().unwrap();
    for (state, number) in [(None, false), (Some(State::Error), false), (None, true), (Some(State::Done), true)] {
        let filter = Filter { state, number: number.then(String::new) };
        let plan = plan_of(&connection, &statement(&filter));
        assert_eq!(walk(&plan), None, "{filter:?}: {plan}");
        assert!(!plan.contains("FOR ORDER BY"), "{filter:?}: {plan}");
    }
}

#[test]
fn the_test_sees_a_walk_when_there_is_one() {
    let connection = in_memory().unwrap();
    for statement in [
        "SELECT id FROM erp_request WHERE tries = 3",
        "SELECT id FROM erp_task t WHERE t.responsible_id = 41",
        "SELECT id FROM erp_request WHERE ended_at IS NULL ORDER BY number",
    ] {
        let plan = plan_of(&connection, statement);
        assert!(walk(&plan).is_some(), "{plan}");
    }
}
