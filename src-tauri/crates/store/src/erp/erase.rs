//! Takes what a document says out of it, when a person named in it is to be forgotten.
//!
//! That it was there, under which number, which sub-departments it was for and whose tasks were made of it stays, so that one sent again is known
//! for what it is. Deliberately not here: whose a document is (`erase` reads its text).

use pult_domain::{DocumentId, areas::erp::Document};
use rusqlite::{Connection, params};

use super::write::note;
use crate::{StoreError, erase::Emptied, query::one};

/// What stands in the place of a file's name.
const FILE: &str = "-";

/// Takes the words out of a document and its tasks. One that is being worked on keeps them until that has ended.
///
/// # Errors
/// When it cannot be written.
pub fn erase(connection: &Connection, id: DocumentId) -> Result<Emptied, StoreError> {
    let kept = one(connection, "SELECT document, ended_at FROM erp_request WHERE id = ?1", [id.0], |r| {
        Ok((r.get::<_, String>(0)?, r.get::<_, Option<i64>>(1)?))
    })?;
    let Some((text, ended_at)) = kept else { return Ok(Emptied::Yes) };
    if ended_at.is_none() {
        return Ok(Emptied::UnderWay);
    }
    let document = without_words(serde_json::from_str(&text)?);
    let run = |statement: &str, values: &[&dyn rusqlite::ToSql]| -> Result<usize, StoreError> {
        Ok(connection.prepare_cached(statement)?.execute(values)?)
    };
    let text = serde_json::to_string(&document)?;
    run(
        "UPDATE erp_request SET document = ?2, queued = NULL, queued_record_id = NULL, trouble = NULL WHERE id = ?1",
        params![id.0, text],
    )?;
    run("UPDATE erp_task SET ordered = NULL, detail = NULL WHERE document_id = ?1", params![id.0])?;
    run("UPDATE erp_file SET name = NULL WHERE document_id = ?1", params![id.0])?;
    note(connection, id, &document)?;
    Ok(Emptied::Yes)
}

fn without_words(document: Document) -> Document {
    let mut bare = Document { title: None, description: None, author: None, ..document };
    for line in &mut bare.lines {
        (line.title, line.description) = (None, None);
        line.items.clear();
    }
    for file in &mut bare.files {
        FILE.clone_into(&mut file.name);
    }
    bare
}
