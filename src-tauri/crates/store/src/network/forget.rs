//! Forgetting what is past its time: cycles after days, minutes and incidents after months, and all of a target that is gone.
//!
//! Deliberately not here: when that is (configuration).

use pult_domain::{Instant, TargetId};
use rusqlite::{Connection, params};

use super::sql;
use crate::{StoreError, millis};

/// The instants before which each kind is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Single cycles.
    pub cycles: Instant,
    /// Minutes, when it was watched, and incidents.
    pub minutes: Instant,
}

/// Forgets a slice and says how many rows that were; nothing left is 0.
///
/// # Errors
/// When it cannot be written.
pub fn forget_some(connection: &Connection, limits: &Limits, most: usize, now: Instant) -> Result<usize, StoreError> {
    let most = most as i64;
    let ids: Vec<(i64, bool)> = connection
        .prepare_cached(sql::ALL_IDS)?
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, gone) in ids {
        // Of a target that is gone everything is past its time.
        let (cycles, minutes) = match gone {
            true => (i64::MAX, i64::MAX),
            false => (millis(limits.cycles), millis(limits.minutes)),
        };
        let by_minute = minutes.div_euclid(60_000);
        for (sql, before) in
            [(sql::FORGET_CYCLES, cycles), (sql::FORGET_MINUTES, by_minute), (sql::FORGET_WATCH, minutes)]
        {
            let rows = connection.prepare_cached(sql)?.execute(params![id, before, most])?;
            if rows > 0 {
                return Ok(rows);
            }
        }
        if gone {
            connection.prepare_cached(sql::FORGOTTEN)?.execute([id])?;
            tracing::debug!(target = %TargetId(id), "the history of a target that is gone was forgotten");
        }
    }
    let rows = connection.prepare_cached(sql::FORGET_INCIDENTS)?.execute(params![millis(limits.minutes), most])?;
    if rows > 0 {
        return Ok(rows);
    }
    Ok(connection.prepare_cached(sql::FORGET_MAINTENANCES)?.execute([millis(now)])?)
}
