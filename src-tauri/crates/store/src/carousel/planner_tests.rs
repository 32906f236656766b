//! Asks SQLite's planner about every statement there is: none may walk through all assignments there ever were.

use pult_domain::{EmployeeId, ServiceId, TicketNumber};

use super::{
    read::{LogFilter, statement},
    sql,
};
use crate::{migrations::in_memory, plan_of};

/// The step that walks through a table that grows, if there is one.
fn walk(plan: &str) -> Option<&str> {
    plan.lines().find(|step| {
        let whole = step.starts_with("SCAN desk_assignment") || step.starts_with("SCAN a");
        // Indexes of what is owed or planned at this moment are short, whatever is kept.
        let short = ["desk_assignment_open", "desk_assignment_planned"].iter().any(|name| step.contains(name));
        whole && !short
    })
}

#[test]
fn no_statement_walks_through_all_assignments() {
    let connection = in_memory().unwrap();
    assert!(sql::ALL.len() > 50, "the list is there");
    for (name, statement) in sql::ALL {
        let plan = plan_of(&connection, statement);
        assert_eq!(walk(&plan), None, "{name}: {plan}");
        let sorted = plan.contains("FOR ORDER BY") && plan.contains("desk_assignment");
        assert!(!sorted, "{name}: {plan}");
    }
}

#[test]
fn no_page_of_the_log_walks() {
    let connection = in_memory().unwrap();
    let (service, person, ticket) = (Some(ServiceId(1)), Some(EmployeeId(1)), Some(TicketNumber(1)));
    for filter in [
        LogFilter::default(),
        LogFilter { service, ..LogFilter::default() },
        LogFilter { person, ..LogFilter::default() },
        LogFilter { ticket, ..LogFilter::default() },
        LogFilter { service, person, ticket },
    ] {
        let plan = plan_of(&connection, &statement(&filter));
        assert_eq!(walk(&plan), None, "{filter:?}: {plan}");
        assert!(!plan.contains("FOR ORDER BY"), "{filter:?}: {plan}");
    }
}

#[test]
fn the_test_sees_a_walk_when_there_is_one() {
    let connection = in_memory().unwrap();
    let plan = plan_of(&connection, "SELECT id FROM desk_assignment WHERE detail = 'x'");
    assert!(walk(&plan).is_some(), "{plan}");
}
