//! Notices: what rules raised, whether it still holds, and who has read it.
//!
//! Deliberately not here: the sentence (the console's texts), and who is told in which way.

use pult_domain::{Instant, JournalId, Level, Notice, NoticeChange, NoticeClass, NoticeId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{StoreError, millis};

/// Notices of a page at most.
pub const LONGEST_PAGE: usize = 500;

/// A notice as the console shows it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct NoticeRow {
    /// Its id.
    pub id: NoticeId,
    /// What it is about.
    pub class: NoticeClass,
    /// How much it presses.
    pub level: Level,
    /// Where its screen is, for instance `operator:17`.
    pub subject: String,
    /// The sentence, as a code of the console's texts.
    pub code: String,
    /// Values for the sentence.
    #[ts(type = "Record<string, string | number | boolean | null>")]
    pub values: serde_json::Value,
    /// The decision that raised it.
    pub decision: Option<JournalId>,
    /// When it was raised, milliseconds UTC.
    #[ts(type = "number")]
    pub raised_at: i64,
    /// When it was last seen to hold, milliseconds UTC.
    #[ts(type = "number")]
    pub updated_at: i64,
    /// When it ceased to hold, milliseconds UTC; absent while it does.
    #[ts(type = "number | null")]
    pub cleared_at: Option<i64>,
    /// How often it was seen while it stood.
    pub times: u32,
    /// Whether the person who asks has read it.
    pub read: bool,
}

/// Which notices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Those the person has not read.
    #[default]
    Unread,
    /// Those that still hold.
    Standing,
    /// All.
    All,
}

/// Carries out what a decision says about a notice; returns the row it touched.
///
/// # Errors
/// When it cannot be written.
pub fn apply(
    connection: &Connection,
    change: &NoticeChange,
    decision: Option<JournalId>,
    now: Instant,
) -> Result<Option<NoticeId>, StoreError> {
    match change {
        NoticeChange::Raise(notice) => raise(connection, notice, decision, now).map(Some),
        NoticeChange::Clear { key } => Ok(connection
            .prepare_cached("UPDATE notice SET cleared_at = ?2 WHERE key = ?1 AND cleared_at IS NULL RETURNING id")?
            .query_row(params![key, millis(now)], |r| r.get(0))
            .optional()?
            .map(NoticeId)),
    }
}

fn raise(
    connection: &Connection,
    notice: &Notice,
    decision: Option<JournalId>,
    now: Instant,
) -> Result<NoticeId, StoreError> {
    let detail = serde_json::to_string(&notice.values)?;
    // A notice that grows worse is news again to whoever has read it.
    let worse: Option<i64> = connection
        .prepare_cached("SELECT id FROM notice WHERE key = ?1 AND cleared_at IS NULL AND level <> ?2")?
        .query_row([&notice.key, notice.level.as_ref()], |r| r.get(0))
        .optional()?;
    if let Some(id) = worse {
        connection.prepare_cached("DELETE FROM notice_seen WHERE notice_id = ?1")?.execute([id])?;
    }
    Ok(NoticeId(
        connection
            .prepare_cached(
                "INSERT INTO notice (key, class, level, subject, code, detail, journal_id, raised_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)
                 ON CONFLICT (key) WHERE cleared_at IS NULL DO UPDATE SET
                     level = excluded.level, code = excluded.code, detail = excluded.detail, updated_at = excluded.updated_at,
                     journal_id = coalesce(excluded.journal_id, journal_id), times = times + 1
                 RETURNING id",
            )?
            .query_row(
                params![
                    notice.key,
                    notice.class.as_ref(),
                    notice.level.as_ref(),
                    notice.subject.0,
                    notice.code,
                    detail,
                    decision.map(|d| d.0),
                    millis(now),
                ],
                |r| r.get(0),
            )?,
    ))
}

const COLUMNS: &str = "n.id, n.class, n.level, n.subject, n.code, n.detail, n.journal_id, n.raised_at, n.updated_at, n.cleared_at, n.times,
    EXISTS (SELECT 1 FROM notice_seen s WHERE s.login = ?1 AND s.notice_id = n.id)";

/// A page of notices, newest first, before an id.
///
/// # Errors
/// When it cannot be read.
pub fn page(
    connection: &Connection,
    login: &str,
    which: Which,
    before: Option<NoticeId>,
    limit: usize,
) -> Result<Vec<NoticeRow>, StoreError> {
    let condition = match which {
        Which::All => "",
        Which::Standing => "AND n.cleared_at IS NULL",
        Which::Unread => "AND NOT EXISTS (SELECT 1 FROM notice_seen s WHERE s.login = ?1 AND s.notice_id = n.id)",
    };
    let sql = format!("SELECT {COLUMNS} FROM notice n WHERE n.id < ?2 {condition} ORDER BY n.id DESC LIMIT ?3");
    let rows = connection
        .prepare_cached(&sql)?
        .query_map(params![login, before.map_or(i64::MAX, |b| b.0), limit.min(LONGEST_PAGE) as i64], row)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// Notices by id.
///
/// # Errors
/// When they cannot be read.
pub fn by_ids(connection: &Connection, login: &str, ids: &[NoticeId]) -> Result<Vec<NoticeRow>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM notice n WHERE n.id = ?2"))?;
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(statement.query_row(params![login, id.0], row).optional()?);
    }
    Ok(rows)
}

/// How many notices a person has not read, counted up to `most`.
///
/// # Errors
/// When they cannot be counted.
pub fn count_unread(connection: &Connection, login: &str, most: usize) -> Result<usize, StoreError> {
    let count: i64 = connection
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM notice n
                 WHERE NOT EXISTS (SELECT 1 FROM notice_seen s WHERE s.login = ?1 AND s.notice_id = n.id)
                 ORDER BY n.id DESC LIMIT ?2)",
        )?
        .query_row(params![login, most as i64], |r| r.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Marks notices read by a person, or unread again.
///
/// # Errors
/// When it cannot be written.
pub fn mark(
    connection: &Connection,
    login: &str,
    ids: &[NoticeId],
    read: bool,
    now: Instant,
) -> Result<usize, StoreError> {
    let mut changed = 0;
    for id in ids {
        changed += match read {
            true => connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO notice_seen (notice_id, login, seen_at) SELECT id, ?2, ?3 FROM notice WHERE id = ?1",
                )?
                .execute(params![id.0, login, millis(now)])?,
            false => connection
                .prepare_cached("DELETE FROM notice_seen WHERE notice_id = ?1 AND login = ?2")?
                .execute(params![id.0, login])?,
        };
    }
    Ok(changed)
}

/// Forgets a slice of notices raised before an instant that have ceased to hold. What happened once, as a rating did, never ceases,
/// nor does a document that nobody has worked on again: such a notice goes by its age alone.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached(
            "DELETE FROM notice WHERE id IN
                 (SELECT id FROM notice WHERE raised_at < ?1 AND (cleared_at IS NOT NULL OR class IN ('rating', 'document'))
                  ORDER BY raised_at LIMIT ?2)",
        )?
        .execute(params![millis(before), most as i64])?)
}

fn row(row: &Row<'_>) -> rusqlite::Result<NoticeRow> {
    let (class, level, values): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(5)?);
    Ok(NoticeRow {
        id: NoticeId(row.get(0)?),
        class: class.parse().unwrap_or(NoticeClass::Other),
        level: level.parse().unwrap_or(Level::Info),
        subject: row.get(3)?,
        code: row.get(4)?,
        values: serde_json::from_str(&values).unwrap_or_default(),
        decision: row.get::<_, Option<i64>>(6)?.map(JournalId),
        raised_at: row.get(7)?,
        updated_at: row.get(8)?,
        cleared_at: row.get(9)?,
        times: row.get(10)?,
        read: row.get(11)?,
    })
}

#[cfg(test)]
mod tests {
    use pult_domain::Subject;

    use super::*;
    use crate::migrations;

    fn open() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrations::run(&mut connection).unwrap();
        connection
    }

    fn notice(level: Level) -> NoticeChange {
        NoticeChange::Raise(Notice {
            key: "floor/threshold/17".to_owned(),
            class: NoticeClass::FloorThreshold,
            level,
            subject: Subject("operator:17".to_owned()),
            code: "too_long".to_owned(),
            values: serde_json::Map::new(),
        })
    }

    #[test]
    fn the_same_trouble_is_one_notice_until_it_is_over() {
        let (db, now) = (open(), Instant::UNIX_EPOCH);
        let first = apply(&db, &notice(Level::Warning), None, now).unwrap().unwrap();
        assert_eq!(apply(&db, &notice(Level::Warning), None, now).unwrap(), Some(first));
        let clear = NoticeChange::Clear { key: "floor/threshold/17".to_owned() };
        assert_eq!(apply(&db, &clear, None, now).unwrap(), Some(first));
        assert_eq!(apply(&db, &clear, None, now).unwrap(), None);
        assert_ne!(apply(&db, &notice(Level::Warning), None, now).unwrap(), Some(first));
    }

    #[test]
    fn a_read_notice_that_grows_worse_is_unread_again() {
        let (db, now) = (open(), Instant::UNIX_EPOCH);
        let id = apply(&db, &notice(Level::Warning), None, now).unwrap().unwrap();
        assert_eq!(mark(&db, "anna", &[id], true, now).unwrap(), 1);
        apply(&db, &notice(Level::Warning), None, now).unwrap();
        assert_eq!((count_unread(&db, "anna", 100).unwrap(), count_unread(&db, "boris", 100).unwrap()), (0, 1));
        apply(&db, &notice(Level::Critical), None, now).unwrap();
        let [row] = page(&db, "anna", Which::Unread, None, 10).unwrap().try_into().unwrap();
        assert_eq!((row.level, row.times, row.read), (Level::Critical, 3, false));
    }

    #[test]
    fn what_happened_once_is_forgotten_by_age_and_what_still_holds_is_not() {
        let (db, now) = (open(), Instant::UNIX_EPOCH);
        apply(&db, &notice(Level::Warning), None, now).unwrap();
        let NoticeChange::Raise(standing) = notice(Level::Warning) else { unreachable!() };
        let rating = Notice { key: "ratings.bad/7".to_owned(), class: NoticeClass::Rating, ..standing };
        let document = Notice { key: "erp.document/3".to_owned(), class: NoticeClass::Document, ..rating.clone() };
        for notice in [rating, document] {
            apply(&db, &NoticeChange::Raise(notice), None, now).unwrap();
        }
        assert_eq!(forget(&db, now, 10).unwrap(), 0);
        assert_eq!(forget(&db, Instant::from_second(1).unwrap(), 10).unwrap(), 2);
        let left = page(&db, "anna", Which::All, None, 10).unwrap();
        assert_eq!(left.iter().map(|row| row.class).collect::<Vec<_>>(), [NoticeClass::FloorThreshold]);
    }
}
