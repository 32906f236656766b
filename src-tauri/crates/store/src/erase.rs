//! One person's traces outside the calls: where they may stand, emptying a row of them, and a file that keeps no copies.
//!
//! That a row was there, when, and what became of it stays, so a repeat is still known for one. Deliberately not here: whose a
//! row is (the caller reads its text), the calls and their catalogue (`calls`), and forgetting by age (`retention`).

use std::{path::Path, time::Duration};

use pult_domain::{DocumentId, Explanation, Instant, RecordId, Subject};
use rusqlite::{Connection, OpenFlags, params};
use serde_json::Value;

use crate::{FILE, StoreError, erp, inbox, millis};

/// The rule of an entry whose content was erased; the console has a sentence for it.
pub const ERASED: &str = "erased";
/// The largest database rewritten beside a working engine, bytes: a larger one would keep its writes waiting for too long.
pub const REBUILT_LIVE: u64 = 64 << 20;
/// How long a rewriting waits for a write that is under way.
const PATIENCE: Duration = Duration::from_secs(5);

/// A table in which people may be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// What came in.
    Records,
    /// What was decided, and why.
    Entries,
    /// What was owed to other systems and said to them.
    Deliveries,
    /// Rows that an import did not take.
    ImportRows,
    /// Who did what in the console.
    Trail,
    /// What people wrote to each other.
    Messages,
    /// What people were told: the words of tickets among it.
    Notices,
    /// Documents of the accounting system, with the tasks made of them.
    Documents,
    /// What tickets say themselves.
    Tickets,
    /// What was said and changed in tickets.
    Comments,
    /// What people asked of tickets.
    Changes,
    /// What was said in conversations of issues.
    ChatItems,
    /// What issues were asked for with.
    ChatRequests,
    /// Titles of issues with a conversation.
    ChatTitles,
    /// What was noted about operators.
    Notes,
}

impl Place {
    /// All of them, causes before their consequences.
    pub const ALL: [Self; 15] = [
        Self::Records,
        Self::Entries,
        Self::Deliveries,
        Self::ImportRows,
        Self::Trail,
        Self::Messages,
        Self::Notices,
        Self::Documents,
        Self::Tickets,
        Self::Comments,
        Self::Changes,
        Self::ChatItems,
        Self::ChatRequests,
        Self::ChatTitles,
        Self::Notes,
    ];

    /// Two numbers that name a row, its subject, its text, its body and the file of its body.
    fn sql(self) -> &'static str {
        match self {
            Self::Records => {
                "SELECT id, 0, '', request || char(10) || coalesce(error, ''), body, blob FROM inbox
                 WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::Entries => {
                "SELECT id, 0, subject, fact || char(10) || changes || char(10) || explanation || char(10) || fact_key
                     || char(10) || subject, NULL, NULL FROM journal
                 WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::Deliveries => {
                "SELECT id, 0, subject, effect || char(10) || coalesce(error, '') || char(10) || effect_key || char(10) || subject
                     || char(10) || coalesce((SELECT group_concat(exchanges, char(10)) FROM attempt WHERE effect_id = outbox.id), ''),
                     NULL, NULL FROM outbox
                 WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::ImportRows => {
                "SELECT import_id, row, '', text || char(10) || reason, NULL, NULL FROM import_rejected
                 WHERE (import_id, row) < (?1, ?2) ORDER BY import_id DESC, row DESC LIMIT ?3"
            }
            Self::Messages => {
                "SELECT id, 0, '', text || char(10) || coalesce(words, '') || char(10) || coalesce(detail, ''), NULL, NULL FROM message
                 WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::Notices => {
                "SELECT id, 0, subject, key || char(10) || detail || char(10) || words || char(10) || subject, NULL, NULL FROM notice
                 WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::Documents => {
                "SELECT id, 0, '', document || char(10) || coalesce(queued, '') || char(10) || coalesce(trouble, '')
                     || char(10) || coalesce((SELECT group_concat(coalesce(ordered, '') || char(10) || coalesce(detail, ''), char(10))
                                              FROM erp_task WHERE document_id = erp_request.id), '')
                     || char(10) || coalesce((SELECT group_concat(coalesce(name, ''), char(10))
                                              FROM erp_file WHERE document_id = erp_request.id), ''),
                     NULL, NULL FROM erp_request
                 WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::Tickets => {
                "SELECT id, 0, '', subject || char(10) || description || char(10) || custom, NULL, NULL FROM ticket
                 WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::Comments => {
                "SELECT id, 0, '', coalesce(notes, '') || char(10) || details, NULL, NULL FROM ticket_entry
                 WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::Changes => {
                "SELECT id, 0, '', ask || char(10) || coalesce(trouble, ''), NULL, NULL FROM ticket_change
                 WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::ChatItems => {
                "SELECT id, 0, '', text || char(10) || files, NULL, NULL FROM ct_item WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::ChatRequests => {
                "SELECT id, 0, '', summary || char(10) || text || char(10) || files, NULL, NULL FROM ct_request
                 WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::ChatTitles => {
                "SELECT id, 0, '', summary, NULL, NULL FROM ct_link WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::Notes => {
                "SELECT id, 0, '', text, NULL, NULL FROM floor_note WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
            Self::Trail => {
                "SELECT id, 0, '', object || char(10) || detail, NULL, NULL FROM audit
                 WHERE id < ?1 ORDER BY id DESC LIMIT ?3"
            }
        }
    }
}

/// What names a row of a place.
pub type Key = (i64, i64);

/// A row that may be about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// What names the row.
    pub key: Key,
    /// What it is about; empty when about nothing in particular.
    pub subject: Subject,
    /// Everything it says, but for a body.
    pub text: String,
    /// Its body.
    pub body: Vec<u8>,
    /// The file of its body.
    pub blob: Option<String>,
}

/// A page of a place, newest first, after `before`.
///
/// # Errors
/// When it cannot be read.
pub fn traces(
    connection: &Connection,
    place: Place,
    before: Option<Key>,
    most: usize,
) -> Result<Vec<Trace>, StoreError> {
    let (first, second) = before.unwrap_or((i64::MAX, i64::MAX));
    let mut statement = connection.prepare_cached(place.sql())?;
    // Only the numbers that the statement mentions may be bound.
    let mut values: Vec<(&str, i64)> = vec![("?1", first), ("?3", most as i64)];
    if place == Place::ImportRows {
        values.push(("?2", second));
    }
    let bound: Vec<(&str, &dyn rusqlite::ToSql)> =
        values.iter().map(|(n, v)| (*n, v as &dyn rusqlite::ToSql)).collect();
    let rows = statement.query_map(bound.as_slice(), |r| {
        Ok(Trace {
            key: (r.get(0)?, r.get(1)?),
            subject: Subject(r.get(2)?),
            text: r.get(3)?,
            body: r.get::<_, Option<Vec<u8>>>(4)?.unwrap_or_default(),
            blob: r.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether a row has been emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emptied {
    /// It says nothing any more.
    Yes,
    /// A call to another system is under way with it; it can be emptied when that has ended.
    UnderWay,
}

/// Empties a row. Its own key is replaced where the person's number or address stands in it. What is owed and not yet begun is taken back.
///
/// # Errors
/// When it cannot be written.
pub fn empty(connection: &Connection, place: Place, key: Key, name: &str, now: Instant) -> Result<Emptied, StoreError> {
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| -> Result<usize, StoreError> {
        Ok(connection.prepare_cached(sql)?.execute(values)?)
    };
    match place {
        Place::Records => {
            inbox::erase_body(connection, RecordId(key.0))?;
            run("UPDATE inbox SET error = NULL WHERE id = ?1", params![key.0])?;
        }
        Place::Entries => {
            let why = serde_json::to_string(&Explanation::of(ERASED, serde_json::Value::Null))?;
            run(
                "UPDATE journal SET fact = 'null', changes = '[]', explanation = ?2,
                     fact_key = iif(instr(fact_key, ?3) > 0, 'erased/' || id, fact_key),
                     subject = iif(instr(subject, ?3) > 0, '', subject)
                 WHERE id = ?1",
                params![key.0, why, name],
            )?;
        }
        Place::Deliveries => {
            let emptied = run(
                "UPDATE outbox SET effect = 'null', error = NULL, settled_at = coalesce(settled_at, ?3),
                     state = iif(state = 0, 6, state),
                     effect_key = iif(instr(effect_key, ?2) > 0, 'erased/' || id, effect_key),
                     subject = iif(instr(subject, ?2) > 0, '', subject)
                 WHERE id = ?1 AND state <> 1",
                params![key.0, name, millis(now)],
            )?;
            if emptied == 0 {
                return Ok(Emptied::UnderWay);
            }
            run("UPDATE attempt SET exchanges = '[]' WHERE effect_id = ?1", params![key.0])?;
        }
        Place::ImportRows => {
            run("DELETE FROM import_rejected WHERE import_id = ?1 AND row = ?2", params![key.0, key.1])?;
        }
        Place::Messages => {
            run("UPDATE message SET text = '', words = NULL, detail = NULL WHERE id = ?1", params![key.0])?;
        }
        Place::Notices => {
            let detail: String =
                connection.query_row("SELECT detail FROM notice WHERE id = ?1", params![key.0], |r| r.get(0))?;
            run(
                "UPDATE notice SET detail = ?2, words = '', key = iif(instr(key, ?3) > 0, 'erased/' || id, key),
                     subject = iif(instr(subject, ?3) > 0, '', subject)
                 WHERE id = ?1",
                params![key.0, without_words(&detail)?, name],
            )?;
        }
        Place::Documents => return erp::erase(connection, DocumentId(key.0)),
        Place::Tickets => {
            run("UPDATE ticket SET subject = '', description = '', custom = '[]' WHERE id = ?1", params![key.0])?;
            run("DELETE FROM ticket_words WHERE rowid = ?1", params![key.0])?;
        }
        Place::Comments => {
            run("UPDATE ticket_entry SET notes = NULL, details = '[]' WHERE id = ?1", params![key.0])?;
        }
        Place::Changes => {
            // What is being sent is read again when its answer comes.
            if run("DELETE FROM ticket_change WHERE id = ?1 AND state <> 'sending'", params![key.0])? == 0 {
                return Ok(Emptied::UnderWay);
            }
        }
        Place::ChatItems => {
            run("UPDATE ct_item SET text = '', files = '[]', mentioned = '[]' WHERE id = ?1", params![key.0])?;
        }
        Place::ChatRequests => {
            run("UPDATE ct_request SET summary = '', text = '', files = '[]' WHERE id = ?1", params![key.0])?;
        }
        Place::ChatTitles => {
            run("UPDATE ct_link SET summary = '' WHERE id = ?1", params![key.0])?;
        }
        Place::Notes => {
            run("DELETE FROM floor_note WHERE id = ?1", params![key.0])?;
        }
        Place::Trail => {
            run(
                "UPDATE audit SET detail = '{\"erased\":true}', object = iif(instr(object, ?2) > 0, '', object) WHERE id = ?1",
                params![key.0, name],
            )?;
        }
    }
    Ok(Emptied::Yes)
}

/// The values of a sentence without what is said in them: what happened, and when, is still told.
fn without_words(values: &str) -> Result<String, StoreError> {
    fn bare(value: &mut Value) {
        match value {
            Value::String(_) => *value = Value::Null,
            Value::Array(all) => all.iter_mut().for_each(bare),
            Value::Object(fields) => fields.values_mut().for_each(bare),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut values: Value = serde_json::from_str(values)?;
    bare(&mut values);
    Ok(serde_json::to_string(&values)?)
}

/// Rewrites the database's file, so that what was deleted does not stay in its free pages, and empties the log of writes.
/// Blocking; writes wait meanwhile.
///
/// # Errors
/// [`StoreError::Busy`] when somebody reads or writes for too long; [`StoreError::DiskFull`] when there is no room for a second
/// copy. The database is then as it was.
pub fn rebuild(folder: &Path) -> Result<(), StoreError> {
    let connection = Connection::open_with_flags(folder.join(FILE), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch("VACUUM")?;
    let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0))?;
    if busy { Err(StoreError::Busy) } else { Ok(()) }
}

/// How large the database's file is with its log of writes, bytes.
#[must_use]
pub fn size(folder: &Path) -> u64 {
    let size = |name: String| std::fs::metadata(folder.join(name)).map_or(0, |m| m.len());
    size(FILE.to_owned()) + size(format!("{FILE}-wal"))
}

#[cfg(test)]
mod tests;
