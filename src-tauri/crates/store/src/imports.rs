//! Imports of files: how far each has come, and the rows it would not take.
//!
//! Deliberately not here: reading files and what their rows mean (the engine's), and the rows themselves (their tables' files).

use pult_domain::Instant;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{StoreError, coded, millis};

/// Rejected rows kept of one import at most; more are only counted.
pub const REJECTED: u64 = 10_000;
/// The most of a rejected row that is kept, characters.
pub const ROW_TEXT: usize = 2_000;

/// A row of `import`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(as = "f64")]
pub struct ImportId(pub i64);

impl ImportId {
    /// How audit rows name the import.
    #[must_use]
    pub fn object(self) -> String {
        format!("import:{}", self.0)
    }
}

/// How an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// It goes on.
    Running,
    /// Every row was dealt with.
    Done,
    /// A person stopped it.
    Cancelled,
    /// The file or the disk stopped it.
    Failed,
    /// The engine stopped under it.
    Interrupted,
}

impl ImportState {
    const ALL: [Self; 5] = [Self::Running, Self::Done, Self::Cancelled, Self::Failed, Self::Interrupted];
}

/// A file about to be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImport {
    /// What its rows are.
    pub kind: String,
    /// Its name, without folders.
    pub file: String,
    /// What it holds, as SHA-256.
    pub sha256: String,
    /// Who imports it.
    pub started_by: String,
    /// How many rows it has.
    pub total: u64,
}

/// An import as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ImportRow {
    /// Its id.
    pub id: ImportId,
    /// What its rows are.
    pub kind: String,
    /// The file's name.
    pub file: String,
    /// How it stands.
    pub state: ImportState,
    /// Who started it.
    pub started_by: String,
    /// When it was started, or last taken up again, milliseconds UTC.
    #[ts(type = "number")]
    pub started_at: i64,
    /// When it ended, milliseconds UTC.
    #[ts(type = "number | null")]
    pub finished_at: Option<i64>,
    /// Rows of the file.
    #[ts(type = "number | null")]
    pub total: Option<u64>,
    /// Rows dealt with, those of earlier attempts at the same file among them.
    #[ts(type = "number")]
    pub done: u64,
    /// Rows that were new.
    #[ts(type = "number")]
    pub added: u64,
    /// Rows that were known and are as in the file now.
    #[ts(type = "number")]
    pub changed: u64,
    /// Rows that were not taken.
    #[ts(type = "number")]
    pub rejected: u64,
    /// What stopped it.
    pub error: Option<String>,
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RejectedRow {
    /// Its number, the first under the header being 1.
    #[ts(type = "number")]
    pub row: u64,
    /// The line of the file where it begins.
    #[ts(type = "number")]
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
    /// The row as it came, cut at 2,000 characters.
    pub text: String,
}

/// What a transaction of rows came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advance {
    /// Rows dealt with.
    pub rows: u64,
    /// New ones.
    pub added: u64,
    /// Known ones brought up to date.
    pub changed: u64,
    /// Those not taken.
    pub rejected: Vec<RejectedRow>,
}

const ROW: &str =
    "SELECT id, kind, file, state, started_by, started_at, finished_at, total, line, added, changed, rejected, error
    FROM import";

fn row(row: &Row<'_>) -> rusqlite::Result<ImportRow> {
    let count = |column: usize| row.get::<_, i64>(column).map(|n| n.unsigned_abs());
    Ok(ImportRow {
        id: ImportId(row.get(0)?),
        kind: row.get(1)?,
        file: row.get(2)?,
        state: coded(row, 3, &ImportState::ALL)?,
        started_by: row.get(4)?,
        started_at: row.get(5)?,
        finished_at: row.get(6)?,
        total: row.get::<_, Option<i64>>(7)?.map(i64::unsigned_abs),
        done: count(8)?,
        added: count(9)?,
        changed: count(10)?,
        rejected: count(11)?,
        error: row.get(12)?,
    })
}

/// Begins an import, or goes on with one of the same file that did not come to its end.
///
/// # Errors
/// When the same file is being imported right now.
pub fn begin(connection: &Connection, new: &NewImport, now: Instant) -> Result<ImportRow, StoreError> {
    let last: Option<ImportRow> = connection
        .prepare_cached(&format!("{ROW} WHERE kind = ?1 AND sha256 = ?2 ORDER BY id DESC LIMIT 1"))?
        .query_row([&new.kind, &new.sha256], row)
        .optional()?;
    match last.map(|l| (l.id, l.state)) {
        Some((_, ImportState::Running)) => Err(StoreError::Conflict("this file is being imported")),
        Some((id, ImportState::Cancelled | ImportState::Failed | ImportState::Interrupted)) => {
            connection
                .prepare_cached(
                    "UPDATE import SET state = 0, started_by = ?2, started_at = ?3, finished_at = NULL, total = ?4,
                         error = NULL, file = ?5
                     WHERE id = ?1",
                )?
                .execute(params![id.0, new.started_by, millis(now), new.total as i64, new.file])?;
            get(connection, id)
        }
        Some((_, ImportState::Done)) | None => {
            connection
                .prepare_cached(
                    "INSERT INTO import (kind, file, sha256, started_by, started_at, total) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![new.kind, new.file, new.sha256, new.started_by, millis(now), new.total as i64])?;
            get(connection, ImportId(connection.last_insert_rowid()))
        }
    }
}

/// Notes what rows came to; in their transaction, so that a crash neither skips nor repeats any.
///
/// # Errors
/// When there is no such import.
pub fn advance(connection: &Connection, id: ImportId, by: &Advance) -> Result<ImportRow, StoreError> {
    let kept: i64 = connection
        .prepare_cached("SELECT rejected FROM import WHERE id = ?1")?
        .query_row([id.0], |r| r.get(0))
        .optional()?
        .ok_or(StoreError::NotFound("import"))?;
    let room = REJECTED.saturating_sub(kept.unsigned_abs());
    for rejected in by.rejected.iter().take(usize::try_from(room).unwrap_or(usize::MAX)) {
        let text: String = rejected.text.chars().take(ROW_TEXT).collect();
        connection
            .prepare_cached(
                "INSERT INTO import_rejected (import_id, row, line, reason, text) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![id.0, rejected.row as i64, rejected.line as i64, rejected.reason, text])?;
    }
    connection
        .prepare_cached(
            "UPDATE import SET line = line + ?2, added = added + ?3, changed = changed + ?4, rejected = rejected + ?5
             WHERE id = ?1",
        )?
        .execute(params![id.0, by.rows as i64, by.added as i64, by.changed as i64, by.rejected.len() as i64])?;
    get(connection, id)
}

/// Notes that an import has ended.
///
/// # Errors
/// When there is no such import.
pub fn finish(
    connection: &Connection,
    id: ImportId,
    state: ImportState,
    error: Option<&str>,
    now: Instant,
) -> Result<ImportRow, StoreError> {
    connection
        .prepare_cached("UPDATE import SET state = ?2, error = ?3, finished_at = ?4 WHERE id = ?1")?
        .execute(params![id.0, state as i64, error, millis(now)])?;
    get(connection, id)
}

/// Notes at start that what was running is not: the engine went down under it. Says how many there were.
///
/// # Errors
/// When it cannot be written.
pub fn interrupt_all(connection: &Connection, now: Instant) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached("UPDATE import SET state = 4, finished_at = ?1 WHERE state = 0")?
        .execute([millis(now)])?)
}

/// One import.
///
/// # Errors
/// When there is none of that id.
pub fn get(connection: &Connection, id: ImportId) -> Result<ImportRow, StoreError> {
    connection
        .prepare_cached(&format!("{ROW} WHERE id = ?1"))?
        .query_row([id.0], row)
        .optional()?
        .ok_or(StoreError::NotFound("import"))
}

/// The newest imports, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn newest(connection: &Connection, limit: usize) -> Result<Vec<ImportRow>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{ROW} ORDER BY id DESC LIMIT ?1"))?;
    let rows = statement.query_map([limit as i64], row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The rejected rows of an import that were kept, in the file's order.
///
/// # Errors
/// When they cannot be read.
pub fn rejected(connection: &Connection, id: ImportId) -> Result<Vec<RejectedRow>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT row, line, reason, text FROM import_rejected WHERE import_id = ?1 ORDER BY row")?;
    let rows = statement.query_map([id.0], |r| {
        Ok(RejectedRow {
            row: r.get::<_, i64>(0)?.unsigned_abs(),
            line: r.get::<_, i64>(1)?.unsigned_abs(),
            reason: r.get(2)?,
            text: r.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{migrations::in_memory, plan_of};

    const NOW: Instant = Instant::UNIX_EPOCH;

    fn new(sha256: &str) -> NewImport {
        NewImport {
            kind: "staff".into(),
            file: "f.csv".into(),
            sha256: sha256.into(),
            started_by: "ann".into(),
            total: 9,
        }
    }

    fn bad(row: u64) -> RejectedRow {
        RejectedRow { row, line: row + 1, reason: "r".into(), text: "ж".repeat(ROW_TEXT + 1) }
    }

    #[test]
    fn the_same_file_goes_on_where_it_was_and_a_finished_one_begins_anew() {
        let db = in_memory().unwrap();
        let first = begin(&db, &new("aa"), NOW).unwrap();
        assert_eq!(begin(&db, &new("aa"), NOW), Err(StoreError::Conflict("this file is being imported")));
        assert_ne!(begin(&db, &new("bb"), NOW).unwrap().id, first.id);
        advance(&db, first.id, &Advance { rows: 4, added: 2, changed: 1, rejected: vec![bad(3)] }).unwrap();
        for stop in [ImportState::Cancelled, ImportState::Failed] {
            finish(&db, first.id, stop, Some("why"), NOW).unwrap();
            let again = begin(&db, &new("aa"), NOW).unwrap();
            assert_eq!((again.id, again.done, again.state, again.error), (first.id, 4, ImportState::Running, None));
        }
        assert_eq!(interrupt_all(&db, NOW).unwrap(), 2);
        assert_eq!(begin(&db, &new("aa"), NOW).unwrap().done, 4);
        let row = finish(&db, first.id, ImportState::Done, None, NOW).unwrap();
        assert_eq!((row.added, row.changed, row.rejected), (2, 1, 1));
        assert_ne!(begin(&db, &new("aa"), NOW).unwrap().id, first.id);
    }

    #[test]
    fn rejected_rows_are_kept_to_a_bound_and_counted_beyond() {
        let db = in_memory().unwrap();
        let id = begin(&db, &new("aa"), NOW).unwrap().id;
        for slice in 0..11 {
            let rejected = (0..1_000).map(|n| bad(slice * 1_000 + n)).collect();
            advance(&db, id, &Advance { rows: 1_000, rejected, ..Advance::default() }).unwrap();
        }
        let kept = rejected(&db, id).unwrap();
        assert_eq!(kept.len() as u64, REJECTED);
        assert_eq!(kept[0].text.chars().count(), ROW_TEXT);
        assert_eq!(get(&db, id).unwrap().rejected, 11_000);
    }

    #[test]
    fn finding_the_same_file_uses_its_index() {
        let db = in_memory().unwrap();
        let plan = plan_of(&db, &format!("{ROW} WHERE kind = ?1 AND sha256 = ?2 ORDER BY id DESC LIMIT 1"));
        assert!(plan.contains("import_file") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
