//! Tickets as reports look at them: all of a project between two instants, and those that have stood still.
//!
//! Deliberately not here: grouping them (`pult_domain::areas::tickets::report`).

use pult_domain::{
    Instant, TicketId,
    areas::tickets::{
        Named,
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
    StoreError, from_millis, millis,
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

/// The tickets of a project whose day lies between two instants.
///
/// # Errors
/// When they cannot be read.
pub fn lines(
    connection: &Connection,
    project: i64,
    day: Day,
    between: (Instant, Instant),
) -> Result<Vec<Line>, StoreError> {
    let statement = match day {
        Day::Created => sql::LINES_CREATED,
        Day::Closed => sql::LINES_CLOSED,
    };
    let values = params![project, millis(between.0), millis(between.1), MOST_LINES as i64];
    many(connection, statement, values, line)
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
    let chosen =
        "FROM ticket t WHERE t.project_id = :project AND t.closed = 0 AND t.gone_at IS NULL AND t.status_at <= :since
        AND (:status IS NULL OR t.status_id = :status)
        AND (:executor IS NULL OR coalesce(t.assignee_id, 0) = :executor)";
    let values = named_params! {
        ":project": which.project, ":since": millis(since), ":status": which.status, ":executor": which.executor,
    };
    let total = one(connection, &format!("SELECT count(*) {chosen}"), values, |r| r.get(0))?.unwrap_or_default();
    let page = format!("SELECT {COLUMNS} {chosen} ORDER BY t.status_at, t.id LIMIT :limit OFFSET :skip");
    let values = named_params! {
        ":project": which.project, ":since": millis(since), ":status": which.status, ":executor": which.executor,
        ":limit": limit as i64, ":skip": skip as i64,
    };
    Ok(StalePage { rows: many(connection, &page, values, row)?, total })
}
