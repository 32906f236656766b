//! Deadlines that survive a restart.
//!
//! Deliberately not here: what a deadline means (its area knows by the key) and waiting for it (the engine does).

use pult_domain::{Instant, TimerChange};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{StoreError, from_millis, millis};

/// A deadline that has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The area's word.
    pub area: String,
    /// The area's own key.
    pub key: String,
    /// When it was due.
    pub at: Instant,
}

/// Sets, moves or lifts a deadline.
///
/// # Errors
/// When it cannot be written.
pub fn apply(connection: &Connection, area: &str, change: &TimerChange) -> Result<(), StoreError> {
    match change {
        TimerChange::Set { key, due } => connection
            .prepare_cached(
                "INSERT INTO timer (area, key, due_at) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET due_at = ?3",
            )?
            .execute(params![area, key, millis(*due)])?,
        TimerChange::Lift { key } => {
            connection.prepare_cached("DELETE FROM timer WHERE area = ?1 AND key = ?2")?.execute(params![area, key])?
        }
    };
    Ok(())
}

/// Whether a deadline is set.
///
/// # Errors
/// When it cannot be read.
pub fn is_set(connection: &Connection, area: &str, key: &str) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM timer WHERE area = ?1 AND key = ?2")?.exists(params![area, key])?)
}

/// Deadlines passed by `now`, oldest first.
///
/// # Errors
/// When they cannot be read.
pub fn due(connection: &Connection, now: Instant, limit: usize) -> Result<Vec<Due>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT area, key, due_at FROM timer WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2")?;
    let rows = statement.query_map(params![millis(now), limit as i64], |r| {
        Ok(Due { area: r.get(0)?, key: r.get(1)?, at: from_millis(r.get(2)?) })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// When the next deadline is due.
///
/// # Errors
/// When it cannot be read.
pub fn next_due(connection: &Connection) -> Result<Option<Instant>, StoreError> {
    let at: Option<i64> = connection
        .prepare_cached("SELECT due_at FROM timer ORDER BY due_at LIMIT 1")?
        .query_row([], |r| r.get(0))
        .optional()?;
    Ok(at.map(from_millis))
}
