//! Asks SQLite's planner about the statements of notices: none may walk through a table that grows.

use super::{Which, acts, mutes, raise, read};
use crate::{migrations, plan_of};

#[test]
fn every_list_goes_along_an_index_and_none_is_sorted() {
    let db = migrations::in_memory().unwrap();
    let places = [
        Which::Unread,
        Which::Read,
        Which::Open,
        Which::Done,
        Which::Snoozed,
        Which::Muted,
        Which::Standing,
        Which::All,
    ];
    let lists = places.into_iter().flat_map(|which| read::walks(which, false)).chain(read::walks(Which::All, true));
    for sql in lists.flatten() {
        let plan = plan_of(&db, &sql);
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
}

#[test]
fn nothing_else_walks_through_all_notices_either() {
    let db = migrations::in_memory().unwrap();
    let one =
        format!("SELECT n.id FROM notice n LEFT JOIN notice_to t ON t.login = ?1 AND t.notice_id = n.id {}", read::ONE);
    for sql in [&one, read::HORIZON, read::BACK, acts::DUE, mutes::MUTES, raise::FORGOTTEN, raise::NAMED] {
        let plan = plan_of(&db, sql);
        assert!(!plan.contains("SCAN"), "{sql}\n{plan}");
    }
    // The lowest of an index is one step, which the planner calls a search.
    let next_due = plan_of(&db, acts::NEXT_DUE);
    assert!(next_due.contains("SEARCH notice_to USING COVERING INDEX notice_to_due"), "{next_due}");
    // One row of the answer is counted from a list that has an end.
    let of_subject = plan_of(&db, read::OF_SUBJECT);
    assert!(of_subject.contains("SEARCH n USING") && !of_subject.contains("SCAN n"), "{of_subject}");
}
