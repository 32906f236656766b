//! The journal: every fact, what was decided about it, and why.
//!
//! Deliberately not here: the state that decisions change (each area has its own file).

use pult_domain::{EffectId, Explanation, Instant, JournalId, RecordId, Subject};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use ts_rs::TS;

use crate::{StoreError, millis};

/// An entry to be written.
#[derive(Debug, Clone)]
pub struct NewEntry<'a> {
    /// When it happened.
    pub at: Instant,
    /// When it was decided.
    pub decided_at: Instant,
    /// The area's word.
    pub area: &'a str,
    /// The fact's word.
    pub kind: &'a str,
    /// The integration, `console` or `timer`.
    pub source: &'a str,
    /// Unique within the source.
    pub fact_key: &'a str,
    /// What the decision was about.
    pub subject: Option<&'a Subject>,
    /// The record that held the fact.
    pub record: Option<RecordId>,
    /// The effect whose receipt the fact is.
    pub effect: Option<EffectId>,
    /// The person behind it.
    pub actor: Option<&'a str>,
    /// The fact, as JSON.
    pub fact: String,
    /// The changes, as JSON.
    pub changes: String,
    /// The kinds of effect it ordered, in order.
    pub ordered: Vec<&'static str>,
    /// Why.
    pub explanation: &'a Explanation,
}

/// An entry as the console shows it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct EntryRow {
    /// Its id.
    pub id: JournalId,
    /// When it happened, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// When it was decided, milliseconds UTC.
    #[ts(type = "number")]
    pub decided_at: i64,
    /// The area's word.
    pub area: String,
    /// The fact's word.
    pub kind: String,
    /// The integration, `console` or `timer`.
    pub source: String,
    /// What the decision was about.
    pub subject: String,
    /// The record that held the fact.
    pub record: Option<RecordId>,
    /// The effect whose receipt the fact is.
    pub effect: Option<EffectId>,
    /// The person behind it.
    pub actor: Option<String>,
    /// The fact.
    #[ts(type = "unknown")]
    pub fact: serde_json::Value,
    /// The changes.
    #[ts(type = "unknown")]
    pub changes: serde_json::Value,
    /// The kinds of effect it ordered, in order; one ordered before by the same key stands in no new row of the outbox.
    pub ordered: Vec<String>,
    /// Why.
    pub explanation: Explanation,
}

/// Whether the fact has been decided before, and where.
///
/// # Errors
/// When it cannot be read.
pub fn find(connection: &Connection, source: &str, fact_key: &str) -> Result<Option<JournalId>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT id FROM journal WHERE source = ?1 AND fact_key = ?2")?
        .query_row([source, fact_key], |r| r.get(0))
        .optional()?
        .map(JournalId))
}

/// Writes an entry.
///
/// # Errors
/// When it cannot be written, or the fact is there already.
pub fn insert(connection: &Connection, entry: &NewEntry<'_>) -> Result<JournalId, StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO journal (at, decided_at, area, kind, source, fact_key, subject, record_id, effect_id, actor, fact,
                 changes, explanation, ordered)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            millis(entry.at),
            millis(entry.decided_at),
            entry.area,
            entry.kind,
            entry.source,
            entry.fact_key,
            entry.subject.map_or("", |s| s.0.as_str()),
            entry.record.map(|r| r.0),
            entry.effect.map(|e| e.0),
            entry.actor,
            entry.fact,
            entry.changes,
            serde_json::to_string(entry.explanation)?,
            serde_json::to_string(&entry.ordered)?,
        ])?;
    Ok(JournalId(connection.last_insert_rowid()))
}

/// The record at the beginning of the chain that ordered an effect.
///
/// # Errors
/// When it cannot be read.
pub fn record_of_effect(connection: &Connection, effect: EffectId) -> Result<Option<RecordId>, StoreError> {
    let record: Option<Option<i64>> = connection
        .prepare_cached("SELECT j.record_id FROM outbox o JOIN journal j ON j.id = o.journal_id WHERE o.id = ?1")?
        .query_row([effect.0], |r| r.get(0))
        .optional()?;
    Ok(record.flatten().map(RecordId))
}

const ROW: &str = "SELECT id, at, decided_at, area, kind, source, subject, record_id, effect_id, actor, fact, changes,
    explanation, ordered FROM journal";

fn row(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    let json = |index: usize| -> rusqlite::Result<serde_json::Value> {
        // What cannot be read is shown as absent rather than making the whole page fail.
        Ok(serde_json::from_str(row.get_ref(index)?.as_str()?).unwrap_or_default())
    };
    Ok(EntryRow {
        id: JournalId(row.get(0)?),
        at: row.get(1)?,
        decided_at: row.get(2)?,
        area: row.get(3)?,
        kind: row.get(4)?,
        source: row.get(5)?,
        subject: row.get(6)?,
        record: row.get::<_, Option<i64>>(7)?.map(RecordId),
        effect: row.get::<_, Option<i64>>(8)?.map(EffectId),
        actor: row.get(9)?,
        fact: json(10)?,
        changes: json(11)?,
        ordered: serde_json::from_value(json(13)?).unwrap_or_default(),
        explanation: serde_json::from_value(json(12)?)
            .unwrap_or_else(|_| Explanation::of("unreadable", serde_json::Value::Null)),
    })
}

/// One entry.
///
/// # Errors
/// When there is none of that id.
pub fn get(connection: &Connection, id: JournalId) -> Result<EntryRow, StoreError> {
    connection
        .prepare_cached(&format!("{ROW} WHERE id = ?1"))?
        .query_row([id.0], row)
        .optional()?
        .ok_or(StoreError::NotFound("journal entry"))
}

/// The entries a record led to, oldest first.
///
/// # Errors
/// When they cannot be read.
pub fn of_record(connection: &Connection, record: RecordId, limit: usize) -> Result<Vec<EntryRow>, StoreError> {
    list(connection, "WHERE record_id = ?1 ORDER BY id LIMIT ?2", &[&record.0, &(limit as i64)])
}

/// The entries the receipts of an effect led to, oldest first.
///
/// # Errors
/// When they cannot be read.
pub fn of_effect(connection: &Connection, effect: EffectId) -> Result<Vec<EntryRow>, StoreError> {
    list(connection, "WHERE effect_id = ?1 ORDER BY id", &[&effect.0])
}

/// The newest entries about a subject, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn of_subject(connection: &Connection, subject: &Subject, limit: usize) -> Result<Vec<EntryRow>, StoreError> {
    list(connection, "WHERE subject = ?1 AND subject <> '' ORDER BY id DESC LIMIT ?2", &[&subject.0, &(limit as i64)])
}

fn list(connection: &Connection, tail: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<EntryRow>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{ROW} {tail}"))?;
    let rows = statement.query_map(values, row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
