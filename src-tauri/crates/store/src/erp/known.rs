//! The snapshot a rule decides upon.
//!
//! Deliberately not here: anything decided.

use std::collections::BTreeMap;

use pult_domain::{
    DocumentId, Instant, RecordId,
    areas::erp::{
        Cached, Directory, Fact, Kept, KeptFile, KeptTask, Known, Part, Reserved, Stage, State, Survey, TaskState,
    },
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::de::DeserializeOwned;

use super::sql;
use crate::{
    StoreError,
    column::{json, needed, word},
    from_millis, millis,
};

/// The mark of a reading under way.
pub(super) const READING: &str = "reading";
/// The mark of a reading that failed.
pub(super) const FAILED: &str = "failed";

/// Everything the rule may look at for one fact that came in a record.
///
/// # Errors
/// When it cannot be read.
pub fn load_known(connection: &Connection, fact: &Fact, record: RecordId) -> Result<Known, StoreError> {
    let next = DocumentId(connection.prepare_cached(sql::NEXT)?.query_row([], |r| r.get(0))?);
    let id = match fact {
        Fact::Requested { document } => connection
            .prepare_cached(sql::ID_OF_GUID)?
            .query_row([&document.guid], |r| r.get(0))
            .optional()?
            .map(DocumentId),
        _ => fact.document(),
    };
    let document = id.map(|id| kept(connection, id)).transpose()?.flatten();
    let waiting = match fact {
        Fact::DirectoryRead { .. } | Fact::DirectoryFailed { .. } => waiting(connection)?,
        _ => vec![],
    };
    let (reserved, last_given) = match fact {
        Fact::Surveyed { survey, .. } => (reserved(connection, survey)?, last_given(connection, survey)?),
        _ => (vec![], BTreeMap::new()),
    };
    Ok(Known { next, record, document, waiting, directory: directory(connection)?, reserved, last_given })
}

/// A document as it is kept.
///
/// # Errors
/// When it cannot be read.
pub fn kept(connection: &Connection, id: DocumentId) -> Result<Option<Kept>, StoreError> {
    let found = connection.prepare_cached(sql::OF_ID)?.query_row([id.0], |r| request(id, r)).optional()?;
    let Some(mut kept) = found else { return Ok(None) };
    kept.tasks =
        connection.prepare_cached(sql::TASKS)?.query_map([id.0], task)?.collect::<rusqlite::Result<Vec<_>>>()?;
    kept.files = connection
        .prepare_cached(sql::FILES)?
        .query_map([id.0], |r| Ok(KeptFile { sha256: r.get(0)?, file: r.get(1)? }))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Some(kept))
}

fn waiting(connection: &Connection) -> Result<Vec<Kept>, StoreError> {
    let ids: Vec<i64> =
        connection.prepare_cached(sql::WAITING)?.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(kept(connection, DocumentId(id))?);
    }
    Ok(found)
}

/// What is known of the house. A part that cannot be understood any more counts as never read.
///
/// # Errors
/// When it cannot be read.
pub fn directory(connection: &Connection) -> Result<Directory, StoreError> {
    Ok(Directory {
        departments: cached(connection, Part::Departments)?,
        people: cached(connection, Part::People)?,
        projects: cached(connection, Part::Project)?,
        schedule: cached(connection, Part::Schedule)?,
        reading: row_of(connection, READING)?.map(|(_, at)| at),
        failed: row_of(connection, FAILED)?.map(|(_, at)| at),
    })
}

fn cached<T: DeserializeOwned>(connection: &Connection, part: Part) -> Result<Option<Cached<T>>, StoreError> {
    let row = row_of(connection, part.as_ref())?;
    Ok(row.and_then(|(payload, at)| Some(Cached { value: serde_json::from_str(&payload).ok()?, at })))
}

fn row_of(connection: &Connection, kind: &str) -> Result<Option<(String, Instant)>, StoreError> {
    Ok(connection
        .prepare_cached(sql::CACHE)?
        .query_row([kind], |r| Ok((r.get(0)?, from_millis(r.get(1)?))))
        .optional()?)
}

fn reserved(connection: &Connection, survey: &Survey) -> Result<Vec<Reserved>, StoreError> {
    let mut statement = connection.prepare_cached(sql::RESERVED)?;
    let rows = statement.query_map(params![millis(survey.began)], |r| {
        Ok(Reserved { responsible: r.get(0)?, task: r.get(1)?, estimate_s: r.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn last_given(connection: &Connection, survey: &Survey) -> Result<BTreeMap<i64, Instant>, StoreError> {
    let mut statement = connection.prepare_cached(sql::LAST_GIVEN)?;
    let mut found = BTreeMap::new();
    for person in &survey.people {
        let at: Option<i64> = statement.query_row([person.id], |r| r.get(0))?;
        found.extend(at.map(|at| (person.id, from_millis(at))));
    }
    Ok(found)
}

fn request(id: DocumentId, r: &Row<'_>) -> rusqlite::Result<Kept> {
    let queued = json(r, 4)?.zip(r.get::<_, Option<i64>>(5)?.map(RecordId));
    Ok(Kept {
        id,
        // A word of another version: such a row waits for a person.
        state: word(r, 0)?.unwrap_or(State::Error),
        stage: word::<Stage>(r, 1)?,
        document: needed(r, 2)?,
        record: RecordId(r.get(3)?),
        queued,
        tasks: vec![],
        files: vec![],
        tries: r.get(6)?,
        trouble: json(r, 7)?,
    })
}

fn task(r: &Row<'_>) -> rusqlite::Result<KeptTask> {
    Ok(KeptTask {
        key: r.get(0)?,
        state: word(r, 1)?.unwrap_or(TaskState::Refused),
        responsible: r.get(2)?,
        task: r.get(3)?,
        order: json(r, 4)?,
        files: needed(r, 5)?,
        detail: r.get(6)?,
    })
}
