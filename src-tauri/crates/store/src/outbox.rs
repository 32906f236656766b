//! The outbox: what is owed to the outside world, and every try.
//!
//! Deliberately not here: when to try again (the engine's lanes) and how (the integrations).

mod failed;
mod owed;

use pult_domain::{Effect, EffectId, EffectKey, EffectOrder, Instant, JournalId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{StoreError, coded, millis};

#[cfg(test)]
pub(crate) use failed::{DEAD, FAILED_GROUPS, GIVE_BACK};
pub use failed::{DEAD_COUNTED, Dead, FailedGroup, abandon, count_failed, dead, failed_groups, give_back};
pub use owed::{Owed, count_owed, ending, heads, owed};

/// What became of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EffectState {
    /// Waits for its turn.
    Queued,
    /// Being carried out, or was when the engine stopped.
    InFlight,
    /// Carried out.
    Done,
    /// The vendor will never do it.
    Refused,
    /// Its time had passed before it could be carried out.
    Expired,
    /// Given up after a day of trying.
    Dead,
    /// Taken back by a person.
    Cancelled,
}

impl EffectState {
    pub(crate) const ALL: [Self; 7] =
        [Self::Queued, Self::InFlight, Self::Done, Self::Refused, Self::Expired, Self::Dead, Self::Cancelled];

    /// Whether nothing more will happen to it by itself.
    #[must_use]
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::Queued | Self::InFlight)
    }
}

/// An effect as a list shows it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct EffectRow {
    /// Its id.
    pub id: EffectId,
    /// Its key.
    pub key: EffectKey,
    /// Who performs it.
    pub integration: String,
    /// What it does.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The effect.
    #[ts(type = "unknown")]
    pub effect: serde_json::Value,
    /// The decision that caused it.
    pub cause: JournalId,
    /// What became of it.
    pub state: EffectState,
    /// Ahead of the others.
    pub urgent: bool,
    /// Tries so far.
    pub attempts: u32,
    /// When it was ordered, milliseconds UTC.
    #[ts(type = "number")]
    pub created_at: i64,
    /// The next try, milliseconds UTC.
    #[ts(type = "number")]
    pub next_at: i64,
    /// Never after, milliseconds UTC.
    #[ts(type = "number | null")]
    pub not_after: Option<i64>,
    /// When it was settled, milliseconds UTC.
    #[ts(type = "number | null")]
    pub settled_at: Option<i64>,
    /// The last error, as JSON text.
    pub error: Option<String>,
}

/// One try as the console shows it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AttemptRow {
    /// When it began, milliseconds UTC.
    #[ts(type = "number")]
    pub started_at: i64,
    /// When it ended, milliseconds UTC.
    #[ts(type = "number")]
    pub finished_at: i64,
    /// `done` or the code of the error.
    pub outcome: String,
    /// What was said.
    #[ts(type = "Array<{ request: string, status: number | null, response: string }>")]
    pub exchanges: serde_json::Value,
}

/// Which effects a list shows, newest first.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(default)]
pub struct EffectFilter {
    /// Of one integration.
    pub integration: Option<String>,
    /// Of one kind.
    pub kind: Option<String>,
    /// In one state.
    pub state: Option<EffectState>,
    /// Refused, expired or dead: those a person should look at.
    pub failed: bool,
    /// What it has to do with, as somebody typed it; whoever asks says by [`Self::only`] which calls that are.
    pub search: Option<String>,
    /// Ordered at this instant or later, milliseconds UTC.
    #[ts(type = "number | null")]
    pub from: Option<i64>,
    /// Ordered before this instant, milliseconds UTC.
    #[ts(type = "number | null")]
    pub until: Option<i64>,
    /// Older than this: the next page.
    pub before: Option<EffectId>,
    /// None but these; never out of a request.
    #[serde(skip)]
    #[ts(skip)]
    pub only: Option<Vec<i64>>,
}

/// Orders an effect; one with the same key is ordered already and nothing happens.
///
/// # Errors
/// When it cannot be written.
pub fn insert(
    connection: &Connection,
    key: &EffectKey,
    integration: &str,
    order: &EffectOrder,
    cause: JournalId,
    now: Instant,
) -> Result<Option<EffectId>, StoreError> {
    let added = connection
        .prepare_cached(
            "INSERT INTO outbox (effect_key, integration, kind, subject, effect, journal_id, urgent, created_at, next_at, not_after)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            key.0,
            integration,
            order.effect.kind(),
            order.subject.0,
            serde_json::to_string(&order.effect)?,
            cause.0,
            order.urgent,
            millis(now),
            order.not_after.map(millis),
        ])?;
    Ok((added > 0).then(|| EffectId(connection.last_insert_rowid())))
}

/// Marks an effect as being carried out, before anything is sent.
///
/// # Errors
/// When it cannot be written, or the effect is settled.
pub fn begin(connection: &Connection, id: EffectId) -> Result<(), StoreError> {
    let changed = connection
        .prepare_cached("UPDATE outbox SET state = 1, attempts = attempts + 1 WHERE id = ?1 AND state < 2")?
        .execute([id.0])?;
    if changed == 0 { Err(StoreError::Conflict("the effect is settled")) } else { Ok(()) }
}

/// Puts an effect back until `next_at`; with `in_flight` its outcome is unknown and is to be looked up first.
///
/// # Errors
/// When it cannot be written.
pub fn postpone(
    connection: &Connection,
    id: EffectId,
    next_at: Instant,
    in_flight: bool,
    error: &str,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE outbox SET state = ?2, next_at = ?3, error = ?4 WHERE id = ?1 AND state < 2")?
        .execute(params![id.0, i64::from(in_flight), millis(next_at), error])?;
    Ok(())
}

/// Settles an effect for good.
///
/// # Errors
/// When it cannot be written.
pub fn settle(
    connection: &Connection,
    id: EffectId,
    state: EffectState,
    error: Option<&str>,
    now: Instant,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE outbox SET state = ?2, error = ?3, settled_at = ?4 WHERE id = ?1")?
        .execute(params![id.0, state as i64, error, millis(now)])?;
    Ok(())
}

/// Queues a failed effect again because a person asked for it.
///
/// # Errors
/// When it is not a failed one, or its content was erased.
pub fn revive(connection: &Connection, id: EffectId, now: Instant) -> Result<(), StoreError> {
    let changed = connection
        .prepare_cached(
            "UPDATE outbox SET state = 0, next_at = ?2, created_at = ?2, not_after = NULL, settled_at = NULL
             WHERE id = ?1 AND state IN (3, 4, 5, 6) AND effect <> 'null'",
        )?
        .execute(params![id.0, millis(now)])?;
    if changed == 0 {
        Err(StoreError::Conflict("only a failed delivery whose content was not erased can be repeated"))
    } else {
        Ok(())
    }
}

/// Keeps what was said in one try.
///
/// # Errors
/// When it cannot be written.
pub fn note_attempt(
    connection: &Connection,
    id: EffectId,
    started_at: Instant,
    finished_at: Instant,
    outcome: &str,
    exchanges: &str,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO attempt (effect_id, started_at, finished_at, outcome, exchanges) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![id.0, millis(started_at), millis(finished_at), outcome, exchanges])?;
    Ok(())
}

const ROW: &str =
    "id, effect_key, integration, kind, subject, effect, journal_id, state, urgent, attempts, created_at, next_at,
    not_after, settled_at, error";

fn row(row: &Row<'_>) -> rusqlite::Result<EffectRow> {
    Ok(EffectRow {
        id: EffectId(row.get(0)?),
        key: EffectKey(row.get(1)?),
        integration: row.get(2)?,
        kind: row.get(3)?,
        subject: row.get(4)?,
        effect: Effect::shown(serde_json::from_str(row.get_ref(5)?.as_str()?).unwrap_or_default()),
        cause: JournalId(row.get(6)?),
        state: coded(row, 7, &EffectState::ALL)?,
        urgent: row.get(8)?,
        attempts: row.get(9)?,
        created_at: row.get(10)?,
        next_at: row.get(11)?,
        not_after: row.get(12)?,
        settled_at: row.get(13)?,
        error: row.get(14)?,
    })
}

/// The statement of [`page`] for a filter; apart so that the planner test sees what is really asked.
pub(crate) fn page_sql(filter: &EffectFilter) -> String {
    let only = filter.only.is_some();
    // A call that was tried again bears a new instant: ids do not tell the order of these, the index of instants does.
    let within = !only && (filter.from.is_some() || filter.until.is_some());
    let state = match filter.state {
        Some(state) if only => format!("AND +state = {}", state as i64),
        None if filter.failed && only => "AND +state IN (3, 4, 5)".to_owned(),
        Some(EffectState::Queued) => "AND state < 2 AND state = 0".to_owned(),
        Some(EffectState::InFlight) => "AND state < 2 AND state = 1".to_owned(),
        Some(state @ (EffectState::Refused | EffectState::Expired | EffectState::Dead)) => {
            format!("AND state IN (3, 4, 5) AND state = {}", state as i64)
        }
        Some(state) => format!("AND state = {}", state as i64),
        None if filter.failed => "AND state IN (3, 4, 5)".to_owned(),
        None => String::new(),
    };
    let integration = match &filter.integration {
        Some(_) if only => "AND +integration = ?3",
        Some(_) => "AND integration = ?3",
        None => "AND ?3 IS NULL",
    };
    let kind = if filter.kind.is_some() { "AND +kind = ?4" } else { "AND ?4 IS NULL" };
    let (table, edges) = match within {
        true => ("outbox INDEXED BY outbox_created", "+id < ?1 AND created_at >= ?5 AND created_at < ?6"),
        false => ("outbox", "id < ?1 AND +created_at >= ?5 AND +created_at < ?6"),
    };
    let only = if only { "AND id IN (SELECT value FROM json_each(?7))" } else { "AND ?7 IS NULL" };
    format!("SELECT {ROW} FROM {table} WHERE {edges} {integration} {kind} {state} {only} ORDER BY id DESC LIMIT ?2")
}

/// A page of effects, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn page(connection: &Connection, filter: &EffectFilter, limit: usize) -> Result<Vec<EffectRow>, StoreError> {
    let mut statement = connection.prepare_cached(&page_sql(filter))?;
    let before = filter.before.map_or(i64::MAX, |e| e.0);
    let only = filter.only.as_ref().map(serde_json::to_string).transpose()?;
    let (from, until) = (filter.from.unwrap_or(i64::MIN), filter.until.unwrap_or(i64::MAX));
    let values = params![before, limit as i64, filter.integration, filter.kind, from, until, only];
    let rows = statement.query_map(values, row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// One effect as a list shows it.
///
/// # Errors
/// When there is none of that id.
pub fn get(connection: &Connection, id: EffectId) -> Result<EffectRow, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {ROW} FROM outbox WHERE id = ?1"))?
        .query_row([id.0], row)
        .optional()?
        .ok_or(StoreError::NotFound("delivery"))
}

/// The effect of a key, when it was ordered.
///
/// # Errors
/// When it cannot be read.
pub fn find(connection: &Connection, key: &EffectKey) -> Result<Option<EffectRow>, StoreError> {
    Ok(connection
        .prepare_cached(&format!("SELECT {ROW} FROM outbox WHERE effect_key = ?1"))?
        .query_row([&key.0], row)
        .optional()?)
}

/// The effects a decision ordered.
///
/// # Errors
/// When they cannot be read.
pub fn of_entry(connection: &Connection, entry: JournalId) -> Result<Vec<EffectRow>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {ROW} FROM outbox WHERE journal_id = ?1 ORDER BY id"))?;
    let rows = statement.query_map([entry.0], row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The tries of an effect, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn attempts(connection: &Connection, id: EffectId, limit: usize) -> Result<Vec<AttemptRow>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT started_at, finished_at, outcome, exchanges FROM attempt WHERE effect_id = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![id.0, limit as i64], |r| {
        Ok(AttemptRow {
            started_at: r.get(0)?,
            finished_at: r.get(1)?,
            outcome: r.get(2)?,
            exchanges: serde_json::from_str(r.get_ref(3)?.as_str()?).unwrap_or_default(),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many effects of a record's chain are not settled yet.
///
/// # Errors
/// When it cannot be read.
pub fn count_open_of_record(connection: &Connection, record: pult_domain::RecordId) -> Result<usize, StoreError> {
    let count: i64 = connection
        .prepare_cached(
            "SELECT count(*) FROM journal j JOIN outbox o ON o.journal_id = j.id WHERE j.record_id = ?1 AND o.state < 2",
        )?
        .query_row([record.0], |r| r.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The effects of a record's chain, in the order they were asked for: their kind and what has become of them.
///
/// # Errors
/// When it cannot be read.
pub fn outcomes_of_record(
    connection: &Connection,
    record: pult_domain::RecordId,
) -> Result<Vec<(String, EffectState)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT o.kind, o.state FROM journal j JOIN outbox o ON o.journal_id = j.id WHERE j.record_id = ?1 ORDER BY o.id",
    )?;
    let rows = statement.query_map([record.0], |r| Ok((r.get(0)?, coded(r, 1, &EffectState::ALL)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
