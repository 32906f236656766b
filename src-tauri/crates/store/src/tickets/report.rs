//! Tickets as reports look at them: all of a project between two instants, and those that have stood still.
//!
//! Deliberately not here: grouping them (`pult_domain::areas::tickets::report`).

use pult_domain::{
    Instant, TicketId,
    areas::tickets::{
        Named,
        quality::Sorted,
        report::{Day, Line},
    },
};
use rusqlite::{Connection, Row, named_params, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    page::{COLUMNS, TicketRow, row},
    sql,
};
use crate::{
    StoreError,
    column::needed,
    from_millis, millis,
    query::{many, one},
};

/// Tickets of a report at most: more are not counted, and the report says so.
pub const MOST_LINES: usize = 500_000;

/// Tickets that have stood still.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
#[ts(rename = "StaleTickets")]
pub struct Stale {
    /// Of which project.
    #[ts(type = "number")]
    pub project: i64,
    /// For so many days at least, 1 to 3,650.
    pub days: u32,
    /// Of one status.
    #[ts(type = "number | null")]
    pub status: Option<i64>,
    /// Of one who works on them; 0 for nobody.
    #[ts(type = "number | null")]
    pub executor: Option<i64>,
}

/// A page of tickets that have stood still, the longest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "StaleTicketPage")]
pub struct StalePage {
    /// They.
    pub rows: Vec<TicketRow>,
    /// How many there are.
    pub total: u32,
}

/// The tickets of a project whose day lies between two instants, the last first, and whether there are more than [`MOST_LINES`].
///
/// # Errors
/// When they cannot be read.
pub fn lines(
    connection: &Connection,
    project: i64,
    day: Day,
    between: (Instant, Instant),
) -> Result<(Vec<Line>, bool), StoreError> {
    let statement = match day {
        Day::Created => sql::LINES_CREATED,
        Day::Closed => sql::LINES_CLOSED,
    };
    let values = params![project, millis(between.0), millis(between.1), MOST_LINES as i64 + 1];
    let mut found = many(connection, statement, values, line)?;
    let cut = found.len() > MOST_LINES;
    found.truncate(MOST_LINES);
    Ok((found, cut))
}

fn line(r: &Row<'_>) -> rusqlite::Result<Line> {
    let (who, name): (Option<i64>, Option<String>) = (r.get(5)?, r.get(6)?);
    Ok(Line {
        id: TicketId(r.get(0)?),
        subject: r.get(1)?,
        status: Named { id: r.get(2)?, name: r.get(3)? },
        closed: r.get(4)?,
        executor: who.map(|id| Named { id, name: name.unwrap_or_default() }),
        created_on: from_millis(r.get(7)?),
        closed_on: r.get::<_, Option<i64>>(8)?.map(from_millis),
    })
}

/// The tickets of a project that were written between two instants, as a tally looks at them, and whether there are more than
/// [`MOST_LINES`].
///
/// # Errors
/// When they cannot be read.
pub fn sorted(
    connection: &Connection,
    project: i64,
    between: (Instant, Instant),
) -> Result<(Vec<Sorted>, bool), StoreError> {
    let person = |r: &Row<'_>, column: usize| {
        let (id, name): (Option<i64>, Option<String>) = (r.get(column)?, r.get(column + 1)?);
        Ok::<_, rusqlite::Error>(id.map(|id| Named { id, name: name.unwrap_or_default() }))
    };
    let values = params![project, millis(between.0), millis(between.1), MOST_LINES as i64 + 1];
    let mut found = many(connection, sql::SORTED, values, |r| {
        Ok(Sorted {
            tracker: r.get(0)?,
            status: r.get(1)?,
            category: r.get(2)?,
            author: person(r, 3)?,
            executor: person(r, 5)?,
            custom: needed(r, 7)?,
        })
    })?;
    let cut = found.len() > MOST_LINES;
    found.truncate(MOST_LINES);
    Ok((found, cut))
}

/// Tickets that are not over and have had the same status since an instant, from a place on.
///
/// # Errors
/// When they cannot be read.
pub fn stale(
    connection: &Connection,
    which: &Stale,
    since: Instant,
    skip: usize,
    limit: usize,
) -> Result<StalePage, StoreError> {
    let values = named_params! {
        ":project": which.project, ":since": millis(since), ":status": which.status, ":executor": which.executor,
    };
    let total = one(connection, &format!("SELECT count(*) {STILL}"), values, |r| r.get(0))?.unwrap_or_default();
    let values = named_params! {
        ":project": which.project, ":since": millis(since), ":status": which.status, ":executor": which.executor,
        ":limit": limit as i64, ":skip": skip as i64,
    };
    Ok(StalePage { rows: many(connection, &still_page(), values, row)?, total })
}

/// Which tickets have stood still.
const STILL: &str =
    "FROM ticket t WHERE t.project_id = :project AND t.closed = 0 AND t.gone_at IS NULL AND t.status_at <= :since
     AND (:status IS NULL OR t.status_id = :status)
     AND (:executor IS NULL OR coalesce(t.assignee_id, 0) = :executor)";

fn still_page() -> String {
    format!("SELECT {COLUMNS} {STILL} ORDER BY t.status_at, t.id LIMIT :limit OFFSET :skip")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{migrations::in_memory, plan_of};

    #[test]
    fn a_report_walks_through_its_own_period_of_its_own_project() {
        let db = in_memory().unwrap();
        let statements = [
            (sql::LINES_CREATED, "ticket_project"),
            (sql::LINES_CLOSED, "ticket_ended"),
            (sql::SORTED, "ticket_project"),
        ];
        for (statement, index) in statements {
            let plan = plan_of(&db, statement);
            assert!(plan.contains(&format!("SEARCH ticket USING INDEX {index}")), "{plan}");
            assert!(!plan.contains("FOR ORDER BY"), "{plan}");
        }
    }

    #[test]
    fn what_stands_still_is_found_in_its_order() {
        let db = in_memory().unwrap();
        for statement in [format!("SELECT count(*) {STILL}"), still_page()] {
            let plan = plan_of(&db, &statement);
            assert!(plan.contains("SEARCH t USING INDEX ticket_still"), "{plan}");
            assert!(!plan.contains("FOR ORDER BY"), "{plan}");
        }
    }
}
