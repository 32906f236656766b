//! Calls that came to nothing: how many there are of which kind, and putting them aside.
//!
//! Deliberately not here: trying one again (`revive`), and the list of them (`page`).

use pult_domain::{EffectId, Instant, MessageId};
use rusqlite::{Connection, params};
use serde::Serialize;
use ts_rs::TS;

use super::EffectState;
use crate::{StoreError, coded, from_millis, millis};

/// How many effects wait for a person: refused, expired or dead since `since`, counted up to `limit`.
///
/// # Errors
/// When it cannot be read.
pub fn count_failed(connection: &Connection, since: Instant, limit: usize) -> Result<usize, StoreError> {
    let count: i64 = connection
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state IN (3, 4, 5) AND created_at >= ?1 ORDER BY id DESC LIMIT ?2)",
        )?
        .query_row(params![millis(since), limit as i64], |r| r.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Calls that were given up, of one kind to one integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dead {
    /// How many, counted up to [`DEAD_COUNTED`].
    pub count: usize,
    /// When the oldest of them was ordered.
    pub oldest: Instant,
}

/// Dead calls of a group counted at most.
pub const DEAD_COUNTED: i64 = 1_000;

pub(crate) const DEAD: &str = "SELECT count(*), min(created_at) FROM
     (SELECT created_at FROM outbox WHERE state = 5 AND integration = ?1 AND kind = ?2 ORDER BY id LIMIT ?3)";

/// The dead calls of one kind to one integration; `None` where there are none.
///
/// # Errors
/// When they cannot be read.
pub fn dead(connection: &Connection, integration: &str, kind: &str) -> Result<Option<Dead>, StoreError> {
    let (count, oldest): (i64, Option<i64>) = connection
        .prepare_cached(DEAD)?
        .query_row(params![integration, kind, DEAD_COUNTED], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(oldest.map(|oldest| Dead { count: usize::try_from(count).unwrap_or_default(), oldest: from_millis(oldest) }))
}

/// Calls of one kind to one integration that wait for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FailedGroup {
    /// Who was to perform them.
    pub integration: String,
    /// What they do.
    pub kind: String,
    /// Refused, expired or dead.
    pub state: EffectState,
    /// How many.
    pub count: u32,
    /// When the oldest was ordered, milliseconds UTC.
    #[ts(type = "number")]
    pub oldest_at: i64,
}

pub(crate) const FAILED_GROUPS: &str = "SELECT integration, kind, state, count(*), min(created_at) FROM
     (SELECT integration, kind, state, created_at FROM outbox
      WHERE state IN (3, 4, 5) AND created_at >= ?1 ORDER BY id DESC LIMIT ?2)
     GROUP BY integration, kind, state ORDER BY count(*) DESC, integration, kind, state";

/// What waits for a person since `since`, the largest group first; of the newest `limit` calls.
///
/// # Errors
/// When it cannot be read.
pub fn failed_groups(connection: &Connection, since: Instant, limit: usize) -> Result<Vec<FailedGroup>, StoreError> {
    let mut statement = connection.prepare_cached(FAILED_GROUPS)?;
    let rows = statement.query_map(params![millis(since), limit as i64], |r| {
        Ok(FailedGroup {
            integration: r.get(0)?,
            kind: r.get(1)?,
            state: coded(r, 2, &EffectState::ALL)?,
            count: r.get(3)?,
            oldest_at: r.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Puts a failed effect aside for good because a person said so; nothing of it was done, and nothing will be.
///
/// # Errors
/// When it is not a failed one.
pub fn abandon(connection: &Connection, id: EffectId) -> Result<(), StoreError> {
    let changed = connection
        .prepare_cached("UPDATE outbox SET state = 6 WHERE id = ?1 AND state IN (3, 4, 5)")?
        .execute([id.0])?;
    if changed == 0 { Err(StoreError::Conflict("only a failed delivery can be put aside")) } else { Ok(()) }
}

/// The statement of [`give_back`]; apart so that the planner test sees what is really asked.
pub(crate) const GIVE_BACK: &str = "UPDATE outbox SET state = 3, error = ?2 WHERE state = 2 AND id =
     (SELECT max(id) FROM outbox WHERE kind = 'send_message' AND effect ->> '$.message' = ?1)";

/// A message that was handed over came back for good: the last call that sent it counts as refused from now on. One that is still under
/// way is left alone.
///
/// # Errors
/// When it cannot be written.
pub fn give_back(connection: &Connection, message: MessageId, error: &str) -> Result<(), StoreError> {
    connection.prepare_cached(GIVE_BACK)?.execute(params![message.0, error])?;
    Ok(())
}
