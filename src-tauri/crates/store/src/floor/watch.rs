//! When a team's news, and what is heard of messengers, could be relied on.
//!
//! Deliberately not here: what was known then (`history`).

use pult_domain::{Instant, areas::floor::REMOVED};
use rusqlite::{Connection, params};

use super::presence;
use crate::{StoreError, millis};

pub(super) const BEGIN: &str =
    "INSERT INTO floor_watch (team, began, upto, open) SELECT t.id, ?2, ?2, 1 FROM floor_team t
     WHERE t.team_id = ?1 AND NOT EXISTS (SELECT 1 FROM floor_watch w WHERE w.team = t.id AND w.open = 1)";

/// Teams are watched from an instant on.
pub(super) fn begin(connection: &Connection, teams: &[String], at: Instant) -> Result<(), StoreError> {
    for team in teams {
        connection
            .prepare_cached(
                "INSERT INTO floor_team (team_id, name) VALUES (?1, ?1) ON CONFLICT DO UPDATE SET why = NULL",
            )?
            .execute([team])?;
        connection.prepare_cached(BEGIN)?.execute(params![team, millis(at)])?;
    }
    Ok(())
}

pub(super) const CLOSE: &str = "UPDATE floor_watch SET upto = max(upto, ?1), open = 0 WHERE open = 1";

/// Teams are not watched any more; none named means all.
pub(super) fn end(connection: &Connection, teams: &[String], at: Instant, why: &str) -> Result<(), StoreError> {
    if teams.is_empty() {
        connection.prepare_cached(CLOSE)?.execute([millis(at)])?;
        // Those that are none of ours stay so.
        connection.prepare_cached("UPDATE floor_team SET why = ?1 WHERE why IS NOT ?2")?.execute([why, REMOVED])?;
    }
    for team in teams {
        connection
            .prepare_cached(&format!("{CLOSE} AND team = (SELECT id FROM floor_team WHERE team_id = ?2)"))?
            .execute(params![millis(at), team])?;
        connection
            .prepare_cached("UPDATE floor_team SET why = ?2 WHERE team_id = ?1")?
            .execute([team.as_str(), why])?;
    }
    Ok(())
}

pub(super) const EXTEND: &str = "UPDATE floor_watch SET upto = max(upto, ?1) WHERE open = 1";

/// What is watched still is: called at short intervals, so that a hard end leaves the right end behind.
///
/// # Errors
/// When it cannot be written.
pub fn extend(connection: &Connection, now: Instant) -> Result<(), StoreError> {
    connection.prepare_cached(EXTEND)?.execute([millis(now)])?;
    presence::extend(connection, now)
}

pub(super) const CLOSE_ALL: &str = "UPDATE floor_watch SET open = 0 WHERE open = 1";

/// Nothing is watched: called when an engine starts, for what the one before left open.
///
/// # Errors
/// When it cannot be written.
pub fn close_all(connection: &Connection) -> Result<(), StoreError> {
    connection.prepare_cached(CLOSE_ALL)?.execute([])?;
    connection.prepare_cached("UPDATE floor_team SET why = 'stopped' WHERE why IS NULL")?.execute([])?;
    presence::close_all(connection)
}
