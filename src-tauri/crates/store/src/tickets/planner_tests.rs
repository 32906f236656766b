//! Asks SQLite's planner about every statement there is: none may walk through all tickets, or through all that happened to them.
//!
//! What somebody has to do with, and what a search finds, is their own set and may be sorted. Counting all tickets goes through all of
//! them, in an index made for it.

use super::{
    page::{TicketFilter, TicketWhose, by_id, counting, statement},
    sql,
};
use crate::{migrations::in_memory, plan_of};

/// Tables that grow with the tracker; the people and lists of it do not.
const GROWING: [&str; 11] = [
    "ticket",
    "t",
    "ticket_email",
    "ticket_entry",
    "e",
    "ticket_reader",
    "r",
    "ticket_attachment",
    "ticket_view",
    "ticket_change",
    "ticket_upload",
];

/// The step that walks through a table that grows, if there is one.
fn walk(plan: &str) -> Option<&str> {
    plan.lines().find(|step| {
        let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
        // New tickets on their way are few, whatever is kept, and those that are open and followed are gone through until there are enough.
        let short = ["ticket_change_new", "ticket_looked"].iter().any(|index| step.ends_with(index));
        let words = step.starts_with("SCAN ticket_words") && !step.contains(":M") && !step.contains(":=");
        words || !short && table.is_some_and(|table| GROWING.contains(&table))
    })
}

/// Every choice there is, and who makes it.
fn choices() -> impl Iterator<Item = (TicketFilter, bool)> {
    let whose = [TicketWhose::Mine, TicketWhose::Assigned, TicketWhose::All];
    let (closed, assignees) = ([None, Some(false), Some(true)], [None, Some(0), Some(8)]);
    let searches = [None, Some("принтер"), Some("#4312")];
    whose.into_iter().flat_map(move |whose| {
        closed.into_iter().flat_map(move |closed| {
            assignees.into_iter().flat_map(move |assignee| {
                searches.into_iter().flat_map(move |search| {
                    (0..16_u8).map(move |bits| {
                        let has = |bit: u8| bits & bit != 0;
                        let filter = TicketFilter {
                            whose,
                            closed,
                            assignee,
                            search: search.map(str::to_owned),
                            statuses: if has(1) { vec![1, 2] } else { vec![] },
                            project: has(2).then_some(1),
                            priority: has(4).then_some(4),
                        };
                        (filter, has(8))
                    })
                })
            })
        })
    })
}

#[test]
fn no_statement_walks_through_all_tickets() {
    let connection = in_memory().unwrap();
    assert!(sql::ALL.len() > 45, "the list is there");
    for (name, statement) in sql::ALL {
        let plan = plan_of(&connection, statement);
        assert_eq!(walk(&plan), None, "{name}: {plan}");
        // Those that are looked for come from two indexes.
        assert!(*name == "SWEEP" || !plan.contains("FOR ORDER BY"), "{name}: {plan}");
    }
    assert_eq!(walk(&plan_of(&connection, &by_id())), None);
}

#[test]
fn no_page_walks_and_none_of_many_is_sorted() {
    let connection = in_memory().unwrap();
    for (filter, all) in choices() {
        let plan = plan_of(&connection, &statement(&filter, all));
        assert_eq!(walk(&plan), None, "{filter:?} {all}: {plan}");
        let own = filter.whose == TicketWhose::Mine || filter.whose == TicketWhose::All && !all;
        let sorted = plan.contains("FOR ORDER BY") || plan.contains("LAST TERM");
        assert!(own || filter.search.is_some() || !sorted, "{filter:?} {all}: {plan}");
        // A set of one's own is found by what is theirs, and not by looking whether each ticket is.
        let found = ["rowid=?", "assignee_id=?"].iter().any(|by| plan.contains(by));
        let wide = filter.whose == TicketWhose::All && all && filter.search.is_none();
        assert!(wide || found, "{filter:?} {all}: {plan}");
    }
}

#[test]
fn figures_of_ones_own_are_found_and_those_of_all_are_read_from_an_index() {
    let connection = in_memory().unwrap();
    for (filter, all) in choices() {
        let plan = plan_of(&connection, &counting(&filter, all));
        let wide = filter.whose == TicketWhose::All && all && filter.search.is_none();
        let indexed = walk(&plan).is_none_or(|step| wide && step.contains("USING") && step.contains("INDEX"));
        assert!(indexed, "{filter:?} {all}: {plan}");
    }
    let everything = TicketFilter { whose: TicketWhose::All, ..TicketFilter::default() };
    for closed in [None, Some(false), Some(true)] {
        let plan = plan_of(&connection, &counting(&TicketFilter { closed, ..everything.clone() }, true));
        assert!(plan.contains("COVERING INDEX ticket_status"), "{plan}");
        assert!(!plan.contains("FOR GROUP BY"), "{plan}");
    }
}

#[test]
fn the_test_sees_a_walk_when_there_is_one() {
    let connection = in_memory().unwrap();
    for statement in ["SELECT id FROM ticket WHERE subject = 'x'", "SELECT rowid FROM ticket_words WHERE words = 'x'"] {
        let plan = plan_of(&connection, statement);
        assert!(walk(&plan).is_some(), "{plan}");
    }
}
