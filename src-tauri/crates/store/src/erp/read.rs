//! What people look at: pages of documents, how many stand where, and one of them line by line.
//!
//! Deliberately not here: what was decided about a document (the journal's), and links to the portal (whoever shows it).

use pult_domain::{
    DocumentId, RecordId,
    areas::erp::{Considered, Document, Stage, State, TaskState, Trouble},
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::sql;
use crate::{
    StoreError,
    column::{json, needed, word},
};

/// Documents of a page at most.
pub const LONGEST_PAGE: usize = 500;

/// One document as the console lists it. Instants are milliseconds UTC.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DocumentRow {
    /// Its id.
    pub id: DocumentId,
    /// The sender's id of it.
    pub guid: String,
    /// Its number, as people know it.
    pub number: String,
    /// Its date as it was written.
    pub date: Option<String>,
    /// What it is about.
    pub title: Option<String>,
    /// Whose it is, as it was written.
    pub author: Option<String>,
    /// What has become of it.
    pub state: State,
    /// What is under way; nothing, once it is settled.
    pub stage: Option<Stage>,
    /// Its lines: the tasks that are wanted.
    pub lines: u32,
    /// Tasks that are there.
    pub tasks: u32,
    /// Its files.
    pub files: u32,
    /// How often what failed was tried again by itself.
    pub tries: u32,
    /// Whether it has come with other words since and is worked on again after this.
    pub queued: bool,
    /// Why it was not worked on to its end.
    pub trouble: Option<Trouble>,
    /// The record it came in last.
    pub record: RecordId,
    /// When it came first.
    #[ts(type = "number")]
    pub received_at: i64,
    /// When something was last done about it.
    #[ts(type = "number")]
    pub updated_at: i64,
    /// When it was settled.
    #[ts(type = "number | null")]
    pub ended_at: Option<i64>,
}

/// A choice among the documents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
#[ts(rename = "DocumentFilter")]
pub struct Filter {
    /// Only in this state.
    pub state: Option<State>,
    /// Only with exactly this number.
    pub number: Option<String>,
}

/// A page, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "DocumentPage")]
pub struct Page {
    /// The documents.
    pub rows: Vec<DocumentRow>,
    /// Before which document the next page begins; absent on the last.
    pub next: Option<DocumentId>,
}

/// How many documents stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "DocumentCounts")]
pub struct Counts {
    /// Worked on.
    pub received: u32,
    /// Some of the tasks are missing.
    pub partial: u32,
    /// Everything is there.
    pub done: u32,
    /// Every task is there, what came after is not.
    pub update_failed: u32,
    /// No task is there.
    pub error: u32,
}

/// One document line by line.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DocumentDetail {
    /// The document.
    pub row: DocumentRow,
    /// More about it.
    pub description: Option<String>,
    /// Its lines in their order; after them tasks of lines it does not have any more.
    pub lines: Vec<DocumentLine>,
    /// Its files in their order.
    pub files: Vec<DocumentFile>,
}

/// A line and its task.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DocumentLine {
    /// Its key.
    pub key: String,
    /// The sub-department's name, as sent.
    pub name: String,
    /// A title of its own.
    pub title: Option<String>,
    /// How long the work takes.
    pub planned_minutes: Option<u32>,
    /// Whether the document has the line; it had it earlier otherwise.
    pub present: bool,
    /// Its task, once somebody was chosen.
    pub task: Option<DocumentTask>,
}

/// A task of a line.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DocumentTask {
    /// Where it stands.
    pub state: TaskState,
    /// The portal's number of the sub-department.
    #[ts(type = "number")]
    pub department: i64,
    /// The portal's number of whoever was chosen.
    #[ts(type = "number")]
    pub responsible: i64,
    /// The name; may be empty.
    pub responsible_name: String,
    /// The portal's number of it, once it is there.
    #[ts(type = "number | null")]
    pub task: Option<i64>,
    /// Seconds of work.
    pub estimate_s: Option<u32>,
    /// How many files were added to it.
    pub files: u32,
    /// The portal's words where it did not take something.
    pub detail: Option<String>,
    /// Among whom was chosen, and why this one.
    pub considered: Vec<Considered>,
    /// When somebody was chosen.
    #[ts(type = "number")]
    pub given_at: i64,
    /// When it was heard to be there.
    #[ts(type = "number | null")]
    pub created_at: Option<i64>,
    /// When it last changed.
    #[ts(type = "number")]
    pub updated_at: i64,
}

/// A file of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DocumentFile {
    /// Its name.
    pub name: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// SHA-256 of its content, hexadecimal.
    pub sha256: String,
    /// The portal's number of it, once it is there.
    #[ts(type = "number | null")]
    pub file: Option<i64>,
    /// Whether it could not be uploaded.
    pub failed: bool,
}

/// A page of documents before one of them.
///
/// # Errors
/// When it cannot be read.
pub fn page(
    connection: &Connection,
    filter: &Filter,
    before: Option<DocumentId>,
    limit: usize,
) -> Result<Page, StoreError> {
    let limit = limit.clamp(1, LONGEST_PAGE);
    let state = filter.state.map(|state| state.as_ref().to_owned());
    let mut rows: Vec<DocumentRow> = connection
        .prepare_cached(&statement(filter))?
        .query_map(params![before.map_or(i64::MAX, |b| b.0), limit as i64 + 1, state, filter.number], row)?
        .collect::<rusqlite::Result<_>>()?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| last.id);
    Ok(Page { rows, next })
}

/// The statement of a filter; parameters are numbered the same in all of them.
pub(super) fn statement(filter: &Filter) -> String {
    let columns = sql::ROW_OF_ID.trim_end_matches(" WHERE id = ?1");
    // Every number is mentioned, so that all of them may be bound.
    let state = if filter.state.is_some() { "state = ?3" } else { "?3 IS NULL" };
    let number = if filter.number.is_some() { "number = ?4" } else { "?4 IS NULL" };
    format!("{columns} WHERE id < ?1 AND {state} AND {number} ORDER BY id DESC LIMIT ?2")
}

/// Documents by id.
///
/// # Errors
/// When they cannot be read.
pub fn by_ids(connection: &Connection, ids: &[DocumentId]) -> Result<Vec<DocumentRow>, StoreError> {
    let mut statement = connection.prepare_cached(sql::ROW_OF_ID)?;
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(statement.query_row([id.0], row).optional()?);
    }
    Ok(rows)
}

/// How many documents stand where, of all that are kept.
///
/// # Errors
/// When they cannot be counted.
pub fn counts(connection: &Connection) -> Result<Counts, StoreError> {
    let mut statement = connection.prepare_cached(sql::COUNT)?;
    let mut count = |state: State| -> Result<u32, StoreError> {
        let number: i64 = statement.query_row([state.as_ref()], |r| r.get(0))?;
        Ok(u32::try_from(number).unwrap_or(u32::MAX))
    };
    Ok(Counts {
        received: count(State::Received)?,
        partial: count(State::Partial)?,
        done: count(State::Done)?,
        update_failed: count(State::UpdateFailed)?,
        error: count(State::Error)?,
    })
}

/// One document line by line.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn detail(connection: &Connection, id: DocumentId) -> Result<DocumentDetail, StoreError> {
    let row = by_ids(connection, &[id])?.pop().ok_or(StoreError::NotFound("document"))?;
    let document: Document = connection.prepare_cached(sql::DOCUMENT)?.query_row([id.0], |r| needed(r, 0))?;
    let mut tasks: Vec<(String, String, DocumentTask)> =
        connection.prepare_cached(sql::TASK_ROWS)?.query_map([id.0], task)?.collect::<rusqlite::Result<_>>()?;
    let mut lines: Vec<DocumentLine> = Vec::with_capacity(document.lines.len());
    for line in document.lines {
        let place = tasks.iter().position(|(key, ..)| *key == line.key);
        let task = place.map(|place| tasks.remove(place).2);
        let (key, name, title, planned_minutes) = (line.key, line.name, line.title, line.planned_minutes);
        lines.push(DocumentLine { key, name, title, planned_minutes, present: true, task });
    }
    lines.extend(tasks.into_iter().map(|(key, name, task)| DocumentLine {
        key,
        name,
        title: None,
        planned_minutes: None,
        present: false,
        task: Some(task),
    }));
    let mut known = connection.prepare_cached(sql::FILE_ROW)?;
    let mut files = Vec::with_capacity(document.files.len());
    for file in document.files {
        let disk = known.query_row(params![id.0, file.sha256], |r| r.get::<_, Option<i64>>(0)).optional()?;
        let (failed, there) = (disk == Some(None), disk.flatten());
        files.push(DocumentFile { name: file.name, size: file.size, sha256: file.sha256, file: there, failed });
    }
    Ok(DocumentDetail { row, description: document.description, lines, files })
}

fn row(r: &Row<'_>) -> rusqlite::Result<DocumentRow> {
    Ok(DocumentRow {
        id: DocumentId(r.get(0)?),
        guid: r.get(1)?,
        number: r.get(2)?,
        date: r.get(3)?,
        title: r.get(4)?,
        author: r.get(5)?,
        state: word(r, 6)?.unwrap_or(State::Error),
        stage: word(r, 7)?,
        lines: r.get(8)?,
        tasks: r.get(9)?,
        files: r.get(10)?,
        tries: r.get(11)?,
        queued: r.get(12)?,
        trouble: json(r, 13)?,
        record: RecordId(r.get(14)?),
        received_at: r.get(15)?,
        updated_at: r.get(16)?,
        ended_at: r.get(17)?,
    })
}

fn task(r: &Row<'_>) -> rusqlite::Result<(String, String, DocumentTask)> {
    let responsible: i64 = r.get(4)?;
    let considered: Vec<Considered> = needed(r, 9)?;
    let chosen = considered.iter().find(|row| row.id == responsible);
    let task = DocumentTask {
        state: word(r, 2)?.unwrap_or(TaskState::Refused),
        department: r.get(3)?,
        responsible,
        responsible_name: chosen.map(|row| row.name.clone()).unwrap_or_default(),
        task: r.get(5)?,
        estimate_s: r.get(6)?,
        files: r.get(7)?,
        detail: r.get(8)?,
        considered,
        given_at: r.get(10)?,
        created_at: r.get(11)?,
        updated_at: r.get(12)?,
    };
    Ok((r.get(0)?, r.get(1)?, task))
}
