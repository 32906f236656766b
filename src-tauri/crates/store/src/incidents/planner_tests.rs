//! Asks SQLite's planner about the statements of incidents: none may walk through a table that grows.

use super::{read, write};
use crate::{migrations, outbox, plan_of};

#[test]
fn what_stands_and_what_goes_on_are_found_by_their_own_indexes() {
    let db = migrations::in_memory().unwrap();
    // The indexes hold nothing but these: to walk along one is to read the answer.
    let standing = plan_of(&db, read::STANDING);
    assert!(standing.contains("SCAN notice USING INDEX notice_trouble") && !standing.contains("TEMP"), "{standing}");
    let open = plan_of(&db, &format!("SELECT id, cause FROM incident {}", read::OPEN));
    assert!(open.contains("SCAN incident USING INDEX incident_open") && !open.contains("TEMP"), "{open}");
}

#[test]
fn nothing_else_walks_through_a_table() {
    let db = migrations::in_memory().unwrap();
    let ended = format!("SELECT id, cause FROM incident {}", read::ENDED);
    for sql in [&ended, read::MEMBERS, write::FORGOTTEN, outbox::DEAD] {
        let plan = plan_of(&db, sql);
        let walks = plan.lines().any(|step| step.starts_with("SCAN") && !step.contains("(subquery"));
        assert!(!walks && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
    let back = plan_of(&db, outbox::GIVE_BACK);
    assert!(back.contains("outbox_message") && !back.contains("SCAN"), "{back}");
    let groups = plan_of(&db, outbox::FAILED_GROUPS);
    assert!(groups.contains("USING INDEX outbox_failed"), "failed calls only, from the newest down: {groups}");
}
