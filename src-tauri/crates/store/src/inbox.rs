//! The inbox: what crossed the border, in the order it came.
//!
//! Deliberately not here: redaction (done before anything arrives here) and meaning (found after).

use pult_domain::{Instant, RecordId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{StoreError, blobs, coded, from_millis, millis};

/// Bodies up to this size stand in the row itself, bytes.
pub const INLINE_BODY: usize = 64 << 10;

/// How a record came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// A request to one of our addresses.
    Hook,
    /// Fetched by us.
    Poll,
    /// A person's act in the console.
    Console,
    /// A record run again.
    Replay,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// Not looked at yet.
    Waiting,
    /// Its facts were decided.
    Done,
    /// All of its facts were known already.
    Duplicate,
    /// It could not be understood.
    NotUnderstood,
    /// Deciding about it failed: a defect, kept for replay.
    Failed,
}

impl RecordState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Done, Self::Duplicate, Self::NotUnderstood, Self::Failed];
}

impl RecordKind {
    const ALL: [Self; 4] = [Self::Hook, Self::Poll, Self::Console, Self::Replay];
}

/// A record to be written.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// The integration it came by.
    pub integration: String,
    /// How.
    pub kind: RecordKind,
    /// The route's or poll's word.
    pub route: String,
    /// When.
    pub received_at: Instant,
    /// The sender's address, or the person.
    pub source: String,
    /// Why it counts as genuine, as JSON.
    pub verdict: String,
    /// Method, path, query and headers without secrets, as JSON.
    pub request: String,
    /// The body without secrets.
    pub body: Body,
    /// The record it repeats.
    pub replay_of: Option<RecordId>,
}

/// Where a body is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// In the row.
    Inline(Vec<u8>),
    /// In a file that is already safe on the disk.
    Blob(blobs::BlobRef),
}

/// A record as the pump takes it.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// The integration it came by.
    pub integration: String,
    /// How.
    pub kind: RecordKind,
    /// When.
    pub received_at: Instant,
    /// The sender's address, or the person.
    pub source: String,
    /// Method, path, query and headers, as JSON.
    pub request: String,
    /// The body, or the hash of its file.
    pub body: StoredBody,
    /// The record it repeats.
    pub replay_of: Option<RecordId>,
}

/// A body as it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredBody {
    /// The bytes.
    Inline(Vec<u8>),
    /// The hash that names the file.
    Blob(String),
    /// Erased on request, or past its retention.
    Erased,
}

/// A record as a list shows it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RecordRow {
    /// Its id.
    pub id: RecordId,
    /// The integration it came by.
    pub integration: String,
    /// How.
    pub kind: RecordKind,
    /// The route's or poll's word.
    pub route: String,
    /// When, milliseconds UTC.
    #[ts(type = "number")]
    pub received_at: i64,
    /// The sender's address, or the person.
    pub source: String,
    /// What became of it.
    pub state: RecordState,
    /// When it was decided, milliseconds UTC.
    #[ts(type = "number | null")]
    pub decided_at: Option<i64>,
    /// How many facts it held.
    pub facts: u32,
    /// The record it repeats.
    pub replay_of: Option<RecordId>,
    /// What was wrong with it, as JSON text.
    pub error: Option<String>,
    /// Why it counts as genuine, as JSON text.
    pub verdict: String,
    /// Size of the body, bytes; absent when it was erased.
    #[ts(type = "number | null")]
    pub bytes: Option<i64>,
}

/// Which records a list shows, newest first.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(default)]
pub struct RecordFilter {
    /// Of one integration.
    pub integration: Option<String>,
    /// In one state.
    pub state: Option<RecordState>,
    /// What it has to do with, as somebody typed it; whoever asks says by [`Self::only`] which records that are.
    pub search: Option<String>,
    /// Received at this instant or later, milliseconds UTC.
    #[ts(type = "number | null")]
    pub from: Option<i64>,
    /// Received before this instant, milliseconds UTC.
    #[ts(type = "number | null")]
    pub until: Option<i64>,
    /// Older than this record: the next page.
    pub before: Option<RecordId>,
    /// None but these; never out of a request.
    #[serde(skip)]
    #[ts(skip)]
    pub only: Option<Vec<i64>>,
}

/// Writes a record.
///
/// # Errors
/// When it cannot be written.
pub fn insert(connection: &Connection, record: &NewRecord) -> Result<RecordId, StoreError> {
    let (body, blob) = match &record.body {
        Body::Inline(bytes) => (Some(bytes.as_slice()), None),
        Body::Blob(blob) => {
            blobs::keep(connection, blob)?;
            (None, Some(blob.sha256.as_str()))
        }
    };
    connection
        .prepare_cached(
            "INSERT INTO inbox (integration, kind, route, received_at, source, verdict, request, body, blob, replay_of)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            record.integration,
            record.kind as i64,
            record.route,
            millis(record.received_at),
            record.source,
            record.verdict,
            record.request,
            body,
            blob,
            record.replay_of.map(|r| r.0),
        ])?;
    Ok(RecordId(connection.last_insert_rowid()))
}

const RECORD: &str = "id, integration, kind, received_at, source, request, body, blob, replay_of";

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let inline: Option<Vec<u8>> = row.get(6)?;
    let blob: Option<String> = row.get(7)?;
    Ok(Record {
        id: RecordId(row.get(0)?),
        integration: row.get(1)?,
        kind: coded(row, 2, &RecordKind::ALL)?,
        received_at: from_millis(row.get(3)?),
        source: row.get(4)?,
        request: row.get(5)?,
        body: match (inline, blob) {
            (Some(bytes), _) => StoredBody::Inline(bytes),
            (None, Some(hash)) => StoredBody::Blob(hash),
            (None, None) => StoredBody::Erased,
        },
        replay_of: row.get::<_, Option<i64>>(8)?.map(RecordId),
    })
}

/// The oldest records nobody has looked at, after `after`.
///
/// # Errors
/// When they cannot be read.
pub fn waiting(connection: &Connection, after: RecordId, limit: usize) -> Result<Vec<Record>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {RECORD} FROM inbox WHERE state <> 1 AND state = 0 AND id > ?1 ORDER BY id LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![after.0, limit as i64], record)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many records wait, counted up to `limit`.
///
/// # Errors
/// When they cannot be read.
pub fn count_waiting(connection: &Connection, limit: usize) -> Result<usize, StoreError> {
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM inbox WHERE state <> 1 AND state = 0 LIMIT ?1)")?
        .query_row([limit as i64], |r| r.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// One record.
///
/// # Errors
/// When there is none of that id.
pub fn get(connection: &Connection, id: RecordId) -> Result<Record, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {RECORD} FROM inbox WHERE id = ?1"))?
        .query_row([id.0], record)
        .optional()?
        .ok_or(StoreError::NotFound("record"))
}

/// When a record was fetched by us, itself or the one it repeats; `None` for what came by itself, and for a record that is gone.
///
/// # Errors
/// When it cannot be read.
pub fn fetched_at(connection: &Connection, id: RecordId) -> Result<Option<Instant>, StoreError> {
    let first: Option<(i64, i64)> =
        connection.prepare_cached(FIRST)?.query_row([id.0], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
    Ok(first.filter(|(kind, _)| *kind == RecordKind::Poll as i64).map(|(_, at)| from_millis(at)))
}

/// The statement of [`fetched_at`].
pub(crate) const FIRST: &str = "SELECT kind, received_at FROM inbox
     WHERE id = (SELECT coalesce(replay_of, id) FROM inbox WHERE id = ?1)";

/// Notes what became of a record.
///
/// # Errors
/// When it cannot be written.
pub fn settle(
    connection: &Connection,
    id: RecordId,
    state: RecordState,
    facts: usize,
    error: Option<&str>,
    now: Instant,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE inbox SET state = ?2, facts = ?3, error = ?4, decided_at = ?5 WHERE id = ?1")?
        .execute(params![id.0, state as i64, facts as i64, error, millis(now)])?;
    Ok(())
}

const ROW: &str =
    "id, integration, kind, route, received_at, source, state, decided_at, facts, replay_of, error, verdict,
    coalesce(length(body), (SELECT bytes FROM blob WHERE sha256 = inbox.blob))";

fn row(row: &Row<'_>) -> rusqlite::Result<RecordRow> {
    Ok(RecordRow {
        id: RecordId(row.get(0)?),
        integration: row.get(1)?,
        kind: coded(row, 2, &RecordKind::ALL)?,
        route: row.get(3)?,
        received_at: row.get(4)?,
        source: row.get(5)?,
        state: coded(row, 6, &RecordState::ALL)?,
        decided_at: row.get(7)?,
        facts: row.get(8)?,
        replay_of: row.get::<_, Option<i64>>(9)?.map(RecordId),
        error: row.get(10)?,
        verdict: row.get(11)?,
        bytes: row.get(12)?,
    })
}

/// The statement of [`page`] for a filter; apart so that the planner test sees what is really asked.
pub(crate) fn page_sql(filter: &RecordFilter) -> String {
    // Records that were found already are few: no index of anything else is to be walked for them.
    let only = filter.only.is_some();
    let state = match filter.state {
        Some(RecordState::Done) => "AND +state = ?4",
        Some(_) if only => "AND +state = ?4",
        // The partial index answers only when its own condition stands in the question.
        Some(_) => "AND state <> 1 AND state = ?4",
        None => "AND ?4 IS NULL",
    };
    let integration = match &filter.integration {
        Some(_) if only => "AND +integration = ?3",
        Some(_) => "AND integration = ?3",
        None => "AND ?3 IS NULL",
    };
    let only = if only { "AND id IN (SELECT value FROM json_each(?8))" } else { "AND ?8 IS NULL" };
    format!(
        "SELECT {ROW} FROM inbox WHERE id < ?1 AND id >= ?5 AND received_at >= ?6 AND received_at < ?7 {integration} {state} {only}
         ORDER BY id DESC LIMIT ?2"
    )
}

/// A page of records, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn page(connection: &Connection, filter: &RecordFilter, limit: usize) -> Result<Vec<RecordRow>, StoreError> {
    let edge = |at: i64| first_since(connection, at);
    let low = filter.from.map(|at| edge(at.saturating_sub(DISORDER))).transpose()?.unwrap_or(i64::MIN);
    let high = filter.until.map(|at| edge(at.saturating_add(DISORDER))).transpose()?.unwrap_or(i64::MAX);
    let before = filter.before.map_or(i64::MAX, |r| r.0).min(high);
    let only = filter.only.as_ref().map(serde_json::to_string).transpose()?;
    let mut statement = connection.prepare_cached(&page_sql(filter))?;
    let values = params![
        before,
        limit as i64,
        filter.integration,
        filter.state.map(|state| state as i64),
        low,
        filter.from.unwrap_or(i64::MIN),
        filter.until.unwrap_or(i64::MAX),
        only,
    ];
    let rows = statement.query_map(values, row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How far records may stand out of the order they were received in: many are written at once, and clocks are put right. Milliseconds.
const DISORDER: i64 = 600_000;

/// The statement of [`first_since`].
pub(crate) const NEXT: &str = "SELECT id, received_at FROM inbox WHERE id >= ?1 ORDER BY id LIMIT 1";

/// The first record received at an instant or later, by halving: ids grow as time does, so no index of times is needed, which every
/// record would pay for.
fn first_since(connection: &Connection, at: i64) -> Result<i64, StoreError> {
    let mut next = connection.prepare_cached(NEXT)?;
    let newest = "SELECT coalesce(max(id), 0) + 1 FROM inbox";
    let mut high: i64 = connection.prepare_cached(newest)?.query_row([], |r| r.get(0))?;
    let mut low = 0_i64;
    while low < high {
        let middle = low + (high - low) / 2;
        let found = next.query_row([middle], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?))).optional()?;
        match found {
            Some((id, received)) if received < at => low = id + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// One record as a list shows it.
///
/// # Errors
/// When there is none of that id.
pub fn get_row(connection: &Connection, id: RecordId) -> Result<RecordRow, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {ROW} FROM inbox WHERE id = ?1"))?
        .query_row([id.0], row)
        .optional()?
        .ok_or(StoreError::NotFound("record"))
}

/// Forgets the body of a record and its headers and query, keeping that it came and what became of it.
///
/// # Errors
/// When there is none of that id.
pub fn erase_body(connection: &Connection, id: RecordId) -> Result<(), StoreError> {
    let blob: Option<String> = connection
        .prepare_cached("SELECT blob FROM inbox WHERE id = ?1")?
        .query_row([id.0], |r| r.get(0))
        .optional()?
        .ok_or(StoreError::NotFound("record"))?;
    if let Some(hash) = blob {
        blobs::release(connection, &hash)?;
    }
    connection
        .prepare_cached("UPDATE inbox SET body = NULL, blob = NULL, request = 'null' WHERE id = ?1")?
        .execute([id.0])?;
    Ok(())
}

/// Those of the given records that nobody has looked at, in the order given.
///
/// # Errors
/// When they cannot be read.
pub fn still_waiting(connection: &Connection, ids: &[RecordId]) -> Result<Vec<Record>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {RECORD} FROM inbox WHERE id = ?1 AND state = 0"))?;
    let mut found = Vec::new();
    for id in ids {
        found.extend(statement.query_row([id.0], record).optional()?);
    }
    Ok(found)
}

/// Writes a record again so that it is decided once more; a body kept as a file is shared.
///
/// # Errors
/// When its body was erased, or it cannot be written.
pub fn copy_for_replay(connection: &Connection, old: &Record, by: &str, now: Instant) -> Result<RecordId, StoreError> {
    match &old.body {
        StoredBody::Erased => return Err(StoreError::Conflict("the body was erased")),
        StoredBody::Blob(hash) => {
            connection.prepare_cached("UPDATE blob SET uses = uses + 1 WHERE sha256 = ?1")?.execute([hash])?;
        }
        StoredBody::Inline(_) => {}
    }
    connection
        .prepare_cached(
            "INSERT INTO inbox (integration, kind, route, received_at, source, verdict, request, body, blob, replay_of)
             SELECT integration, ?2, route, ?3, ?4, verdict, request, body, blob, coalesce(replay_of, id) FROM inbox WHERE id = ?1",
        )?
        .execute(params![old.id.0, RecordKind::Replay as i64, millis(now), by])?;
    Ok(RecordId(connection.last_insert_rowid()))
}
