//! Carries out what a decision says about documents, and forgets what is old.
//!
//! Deliberately not here: deciding it. What is done to a row is what the rule does to the copy it holds, change by change.

use pult_domain::{
    DocumentId, Instant,
    areas::{
        cases::Thing,
        erp::{Change, Chosen, Document, Trouble},
    },
};
use rusqlite::{Connection, params};

use super::{
    known::{FAILED, READING},
    sql,
};
use crate::{StoreError, cases, millis};

/// Rows a document has at most, roughly: its own, its tasks and its files.
const ROWS_EACH: usize = 50;

/// Carries out one change, and says which document it touched; nothing where it is about the house.
///
/// # Errors
/// When it cannot be written; the transaction it runs in should be rolled back then.
pub fn apply(connection: &Connection, change: &Change) -> Result<Option<DocumentId>, StoreError> {
    let run = |statement: &str, values: &[&dyn rusqlite::ToSql]| -> Result<(), StoreError> {
        connection.prepare_cached(statement)?.execute(values)?;
        Ok(())
    };
    match change {
        Change::Begin { id, document, record, at } => {
            let text = serde_json::to_string(document)?;
            run(sql::BEGIN, params![id.0, document.guid, document.number, text, record.0, millis(*at)])?;
            note(connection, *id, document)?;
            Ok(Some(*id))
        }
        Change::Again { id, document, record, tries, at } => {
            let text = serde_json::to_string(document)?;
            run(sql::AGAIN, params![id.0, document.number, text, record.0, tries, millis(*at)])?;
            run(sql::AGAIN_NOT_THERE, params![id.0])?;
            run(sql::AGAIN_THERE, params![id.0, millis(*at)])?;
            run(sql::AGAIN_FILES, params![id.0])?;
            note(connection, *id, document)?;
            Ok(Some(*id))
        }
        Change::Queue { id, document, record } => {
            run(sql::QUEUE, params![id.0, serde_json::to_string(document)?, record.0])?;
            Ok(Some(*id))
        }
        Change::Stage { id, stage, at } => {
            run(sql::STAGE, params![id.0, stage.as_ref(), millis(*at)])?;
            Ok(Some(*id))
        }
        Change::Trouble { id, trouble } => {
            run(sql::TROUBLE, params![id.0, serde_json::to_string(trouble)?])?;
            Ok(Some(*id))
        }
        Change::Settle { id, state, trouble, at } => {
            run(sql::SETTLE, params![id.0, state.as_ref(), text_of(trouble.as_ref())?, millis(*at)])?;
            Ok(Some(*id))
        }
        Change::Choose { id, chosen, at } => {
            choose(connection, *id, chosen, *at)?;
            Ok(Some(*id))
        }
        Change::Task { id, key, state, task, detail, at } => {
            run(sql::TASK, params![id.0, key, state.as_ref(), task, detail, millis(*at)])?;
            Ok(Some(*id))
        }
        Change::Attached { id, key, files } => {
            for file in files {
                run(sql::ATTACH, params![id.0, key, file])?;
            }
            Ok(Some(*id))
        }
        Change::Lose { id, key } => {
            run(sql::LOSE, params![id.0, key])?;
            Ok(Some(*id))
        }
        Change::File { id, sha256, file } => {
            run(sql::FILE, params![id.0, sha256, file])?;
            Ok(Some(*id))
        }
        Change::Remember { part, payload, at } => {
            run(sql::REMEMBER, params![part.as_ref(), payload.to_string(), millis(*at)])?;
            Ok(None)
        }
        Change::Reading { since, failed } => {
            mark(connection, READING, *since)?;
            mark(connection, FAILED, *failed)?;
            Ok(None)
        }
        Change::ForgetDirectory => {
            run(sql::FORGET_DIRECTORY, params![])?;
            Ok(None)
        }
    }
}

/// What the document's texts name.
pub(super) fn note(connection: &Connection, id: DocumentId, document: &Document) -> Result<(), StoreError> {
    let texts = [("title", &document.title), ("text", &document.description)];
    let texts: Vec<_> = texts.into_iter().filter_map(|(place, text)| Some((place, text.as_deref()?))).collect();
    cases::note(connection, &format!("document:{id}"), &Thing::Document(id), &texts)
}

fn choose(connection: &Connection, id: DocumentId, chosen: &Chosen, at: Instant) -> Result<(), StoreError> {
    let order = &chosen.order;
    connection.prepare_cached(sql::CHOOSE)?.execute(params![
        id.0,
        order.key,
        chosen.name,
        chosen.department,
        order.responsible,
        serde_json::to_string(order)?,
        order.estimate_s,
        serde_json::to_string(&chosen.considered)?,
        millis(at),
    ])?;
    Ok(())
}

fn mark(connection: &Connection, kind: &str, at: Option<Instant>) -> Result<(), StoreError> {
    match at {
        Some(at) => connection.prepare_cached(sql::REMEMBER)?.execute(params![kind, "null", millis(at)])?,
        None => connection.prepare_cached(sql::UNREMEMBER)?.execute([kind])?,
    };
    Ok(())
}

fn text_of(trouble: Option<&Trouble>) -> Result<Option<String>, StoreError> {
    Ok(trouble.map(serde_json::to_string).transpose()?)
}

/// Forgets a slice of documents that were settled before an instant, with their tasks and files; how many documents there were. One sent
/// again after that is a new one.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    let most = (most / ROWS_EACH).max(1);
    Ok(connection.prepare_cached(sql::FORGET)?.execute(params![millis(before), most as i64])?)
}
