//! Notes about operators: written, put right and taken back by whoever wrote them.
//!
//! Deliberately not here: who may write one (the list of commands), and that it is audited (whoever calls).

use pult_domain::{Instant, OperatorId};
use rusqlite::{Connection, Row, params};
use serde::Serialize;
use ts_rs::TS;

use crate::{
    StoreError, millis,
    query::{many, one},
};

/// A note about an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NoteRow {
    /// Its id.
    #[ts(type = "number")]
    pub id: i64,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub by: String,
    /// When, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// When it was last put right, milliseconds UTC; absent where it is as it was written.
    #[ts(type = "number | null")]
    pub changed_at: Option<i64>,
}

/// What becomes of one's own note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteChange {
    /// Other words.
    Edit(String),
    /// It is taken back.
    Remove,
}

fn note(r: &Row<'_>) -> rusqlite::Result<NoteRow> {
    Ok(NoteRow { id: r.get(0)?, text: r.get(1)?, by: r.get(2)?, at: r.get(3)?, changed_at: r.get(4)? })
}

pub(super) const NOTES: &str =
    "SELECT id, text, by, at, changed_at FROM floor_note WHERE operator = ?1 ORDER BY id DESC LIMIT ?2";

/// An operator's newest notes, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn notes_of(connection: &Connection, operator: OperatorId, most: usize) -> Result<Vec<NoteRow>, StoreError> {
    many(connection, NOTES, params![operator.0, most as i64], note)
}

/// Writes a note about an operator.
///
/// # Errors
/// When it cannot be written, or there is no such operator.
pub fn add_note(
    connection: &Connection,
    operator: OperatorId,
    text: &str,
    by: &str,
    at: Instant,
) -> Result<(), StoreError> {
    let rows = connection
        .prepare_cached(
            "INSERT INTO floor_note (operator, text, by, at) SELECT id, ?2, ?3, ?4 FROM floor_operator WHERE id = ?1",
        )?
        .execute(params![operator.0, text, by, millis(at)])?;
    if rows == 0 { Err(StoreError::NotFound("operator")) } else { Ok(()) }
}

/// Changes a note of somebody's own about an operator.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such note, [`StoreError::Conflict`] when somebody else wrote it.
pub fn change_note(
    connection: &Connection,
    operator: OperatorId,
    id: i64,
    by: &str,
    change: &NoteChange,
    at: Instant,
) -> Result<(), StoreError> {
    let author: Option<String> =
        one(connection, "SELECT by FROM floor_note WHERE id = ?1 AND operator = ?2", params![id, operator.0], |r| {
            r.get(0)
        })?;
    match author {
        None => return Err(StoreError::NotFound("note")),
        Some(author) if author != by => return Err(StoreError::Conflict("somebody else wrote this note")),
        Some(_) => {}
    }
    match change {
        NoteChange::Edit(text) => connection
            .prepare_cached("UPDATE floor_note SET text = ?2, changed_at = ?3 WHERE id = ?1")?
            .execute(params![id, text, millis(at)])?,
        NoteChange::Remove => connection.prepare_cached("DELETE FROM floor_note WHERE id = ?1")?.execute([id])?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use pult_domain::areas::floor::{Change, OperatorReport, OperatorState};

    use super::*;
    use crate::{
        floor::{apply, by_ids, forget},
        migrations::in_memory,
    };

    const ANNA: OperatorId = OperatorId(1);

    fn at(second: i64) -> Instant {
        Instant::from_second(1_800_000_000 + second).unwrap()
    }

    fn floor() -> Connection {
        let db = in_memory().unwrap();
        let report = OperatorReport {
            login_id: "70411".to_owned(),
            login_name: None,
            first_name: None,
            last_name: None,
            extension: None,
            state: OperatorState::Ready,
            since: None,
            pending: None,
            reason: None,
        };
        for change in [
            Change::Identify { operator: ANNA, report: Box::new(report) },
            Change::Join { team: "61".to_owned(), name: None, operator: ANNA },
        ] {
            apply(&db, &change, at(0)).unwrap();
        }
        add_note(&db, ANNA, "гарнитура", "chief", at(10)).unwrap();
        db
    }

    #[test]
    fn ones_own_note_can_be_put_right_and_taken_back_and_anothers_cannot() {
        let db = floor();
        let id = notes_of(&db, ANNA, 5).unwrap()[0].id;
        let edit = NoteChange::Edit("новая гарнитура".to_owned());
        for change in [&edit, &NoteChange::Remove] {
            let refused = change_note(&db, ANNA, id, "other", change, at(20));
            assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        }
        change_note(&db, ANNA, id, "chief", &edit, at(20)).unwrap();
        let note = notes_of(&db, ANNA, 5).unwrap().remove(0);
        assert_eq!((note.text.as_str(), note.changed_at), ("новая гарнитура", Some(millis(at(20)))));
        change_note(&db, ANNA, id, "chief", &NoteChange::Remove, at(30)).unwrap();
        assert!(notes_of(&db, ANNA, 5).unwrap().is_empty());
        let gone = change_note(&db, ANNA, id, "chief", &NoteChange::Remove, at(40));
        assert!(matches!(gone, Err(StoreError::NotFound(_))), "{gone:?}");
    }

    #[test]
    fn a_note_of_another_operator_is_not_reached_through_this_one() {
        let db = floor();
        let id = notes_of(&db, ANNA, 5).unwrap()[0].id;
        let strange = change_note(&db, OperatorId(2), id, "chief", &NoteChange::Remove, at(20));
        assert!(matches!(strange, Err(StoreError::NotFound(_))), "{strange:?}");
    }

    #[test]
    fn a_row_bears_a_sign_of_its_notes_until_they_are_forgotten_by_their_age() {
        let db = floor();
        add_note(&db, ANNA, "обучение", "chief", at(50)).unwrap();
        let sign = |db: &Connection| by_ids(db, &[ANNA]).unwrap()[0].note.clone().map(|note| (note.count, note.text));
        assert_eq!(sign(&db), Some((2, "обучение".to_owned())));
        assert_eq!(forget(&db, at(50), 10).unwrap(), 1);
        assert_eq!(sign(&db), Some((1, "обучение".to_owned())));
        assert_eq!(forget(&db, at(51), 10).unwrap(), 1);
        assert_eq!(sign(&db), None);
    }
}
