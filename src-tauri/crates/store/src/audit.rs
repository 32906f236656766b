//! The audit trail: who changed what, written in the transaction of the change itself.
//!
//! Deliberately not here: what systems did by themselves (the journal) and what was read (nobody is watched reading).

use pult_domain::Instant;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{StoreError, millis};

/// The longest detail kept, bytes of JSON; a longer one is replaced by its size.
pub const DETAIL: usize = 16 << 10;

/// An act to be noted.
#[derive(Debug, Clone)]
pub struct NewAudit<'a> {
    /// When.
    pub at: Instant,
    /// Who: a login, `key:<name>`, `window` or `command line`.
    pub actor: &'a str,
    /// What was done, `person.block` for one.
    pub action: &'a str,
    /// What it was done to, `person:17` for one; empty when to nothing in particular.
    pub object: &'a str,
    /// What changed. Never a secret.
    pub detail: serde_json::Value,
    /// Where the act came from; empty on this very machine.
    pub address: &'a str,
}

/// An act as the console shows it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AuditRow {
    /// Its id.
    #[ts(type = "number")]
    pub id: i64,
    /// When, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// What it was done to.
    pub object: String,
    /// What changed.
    #[ts(type = "unknown")]
    pub detail: serde_json::Value,
    /// Where the act came from.
    pub address: String,
}

/// Which acts a list shows, newest first.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(default)]
pub struct AuditFilter {
    /// Of one actor.
    pub actor: Option<String>,
    /// Done to one object.
    pub object: Option<String>,
    /// Older than this: the next page.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
}

/// Notes an act.
///
/// # Errors
/// When it cannot be written; the act itself must not stand then.
pub fn insert(connection: &Connection, act: &NewAudit<'_>) -> Result<(), StoreError> {
    let mut detail = serde_json::to_string(&act.detail)?;
    if detail.len() > DETAIL {
        detail = serde_json::json!({ "too_long_bytes": detail.len() }).to_string();
    }
    connection
        .prepare_cached(
            "INSERT INTO audit (at, actor, action, object, detail, address) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![millis(act.at), act.actor, act.action, act.object, detail, act.address])?;
    Ok(())
}

/// The statement of [`page`] for a filter; apart so that the planner test sees what is really asked.
pub(crate) fn page_sql(filter: &AuditFilter) -> String {
    // Acts on one object are few even for the busiest actor, so the object's index is the one to walk.
    let (actor, object) = match (&filter.actor, &filter.object) {
        (Some(_), Some(_)) => ("AND +actor = ?3", "AND object = ?4"),
        (Some(_), None) => ("AND actor = ?3", "AND ?4 IS NULL"),
        (None, Some(_)) => ("AND ?3 IS NULL", "AND object = ?4"),
        (None, None) => ("AND ?3 IS NULL", "AND ?4 IS NULL"),
    };
    format!(
        "SELECT id, at, actor, action, object, detail, address FROM audit WHERE id < ?1 {actor} {object}
         ORDER BY id DESC LIMIT ?2"
    )
}

/// A page of acts, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn page(connection: &Connection, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
    let mut statement = connection.prepare_cached(&page_sql(filter))?;
    let before = filter.before.unwrap_or(i64::MAX);
    let rows = statement.query_map(params![before, limit as i64, filter.actor, filter.object], row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn row(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        id: row.get(0)?,
        at: row.get(1)?,
        actor: row.get(2)?,
        action: row.get(3)?,
        object: row.get(4)?,
        detail: serde_json::from_str(row.get_ref(5)?.as_str()?).unwrap_or_default(),
        address: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{migrations::in_memory, plan_of};

    fn act<'a>(actor: &'a str, object: &'a str) -> NewAudit<'a> {
        NewAudit { at: Instant::UNIX_EPOCH, actor, action: "a", object, detail: json!({"n": 1}), address: "::1" }
    }

    #[test]
    fn pages_by_actor_and_object_newest_first() {
        let db = in_memory().unwrap();
        for (actor, object) in [("ann", "x:1"), ("bob", "x:1"), ("ann", "x:2")] {
            insert(&db, &act(actor, object)).unwrap();
        }
        let ids = |filter: AuditFilter| page(&db, &filter, 10).unwrap().iter().map(|r| r.id).collect::<Vec<_>>();
        assert_eq!(ids(AuditFilter::default()), [3, 2, 1]);
        assert_eq!(ids(AuditFilter { actor: Some("ann".into()), ..Default::default() }), [3, 1]);
        assert_eq!(ids(AuditFilter { object: Some("x:1".into()), ..Default::default() }), [2, 1]);
        let both = AuditFilter { actor: Some("ann".into()), object: Some("x:1".into()), before: None };
        assert_eq!(ids(both), [1]);
        assert_eq!(ids(AuditFilter { before: Some(2), ..Default::default() }), [1]);
        assert_eq!(page(&db, &AuditFilter::default(), 1).unwrap()[0].detail, json!({"n": 1}));
    }

    #[test]
    fn a_detail_without_measure_is_not_kept() {
        let db = in_memory().unwrap();
        insert(&db, &NewAudit { detail: json!("x".repeat(DETAIL)), ..act("ann", "") }).unwrap();
        assert_eq!(page(&db, &AuditFilter::default(), 1).unwrap()[0].detail, json!({"too_long_bytes": DETAIL + 2}));
    }

    #[test]
    fn no_page_reads_the_whole_trail() {
        let db = in_memory().unwrap();
        let some = || Some(String::new());
        for (actor, object, index) in
            [(some(), None, "audit_actor"), (None, some(), "audit_object"), (some(), some(), "audit_object")]
        {
            let plan = plan_of(&db, &page_sql(&AuditFilter { actor, object, before: None }));
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{plan}");
        }
        let plan = plan_of(&db, &page_sql(&AuditFilter::default()));
        assert!(plan.contains("SEARCH audit USING INTEGER PRIMARY KEY"), "{plan}");
    }
}
