//! What rules say about notices: raised for everybody or for people by name, no longer so, forgotten.
//!
//! Deliberately not here: reading them, and what people do with them.

use pult_domain::{Audience, Instant, JournalId, Notice, NoticeChange, NoticeClass, NoticeId, Subject};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    StoreError,
    column::{needed, word},
    millis,
    people::folded,
    query::many,
};

/// Characters that a search looks through, of each notice.
const SEARCHED: usize = 4_000;

/// To whom a notice is news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// To nobody: it stood already, or no longer does.
    Nobody,
    /// To everybody who may see its screen.
    Everybody,
    /// To these, by login: it is for them by name.
    These(Vec<String>),
}

/// A notice that was touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// Its row.
    pub id: NoticeId,
    /// To whom it is news.
    pub news: News,
}

/// Carries out what a decision says about a notice; returns the row it touched, and to whom it is news.
///
/// # Errors
/// When it cannot be written.
pub fn apply(
    connection: &Connection,
    change: &NoticeChange,
    decision: Option<JournalId>,
    now: Instant,
) -> Result<Option<Raised>, StoreError> {
    match change {
        NoticeChange::Raise(notice) => raise(connection, notice, decision, now).map(Some),
        NoticeChange::Clear { key } => clear(connection, key, now),
        NoticeChange::Read { key } => {
            let cleared = clear(connection, key, now)?;
            if let Some(Raised { id, .. }) = cleared {
                connection
                    .prepare_cached(
                        "UPDATE notice_to SET read_at = coalesce(read_at, ?2), snoozed_until = NULL
                         WHERE notice_id = ?1 AND why IS NOT NULL",
                    )?
                    .execute(params![id.0, millis(now)])?;
            }
            Ok(cleared)
        }
    }
}

fn clear(connection: &Connection, key: &str, now: Instant) -> Result<Option<Raised>, StoreError> {
    Ok(connection
        .prepare_cached("UPDATE notice SET cleared_at = ?2 WHERE key = ?1 AND cleared_at IS NULL RETURNING id")?
        .query_row(params![key, millis(now)], |r| r.get(0))
        .optional()?
        .map(|id| Raised { id: NoticeId(id), news: News::Nobody }))
}

/// Whether a notice is of a trouble, so that the incidents depend on it.
///
/// # Errors
/// When it cannot be read.
pub fn is_trouble(connection: &Connection, id: NoticeId) -> Result<bool, StoreError> {
    let sql = "SELECT class IN ('network_incident', 'floor_source', 'source', 'delivery') FROM notice WHERE id = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([id.0], |r| r.get(0)).optional()?.unwrap_or_default())
}

/// What a notice says, whoever asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// What it is about.
    pub class: NoticeClass,
    /// Where its screen is.
    pub subject: Subject,
    /// The sentence, as a code of the console's texts.
    pub code: String,
    /// Values for the sentence.
    pub values: serde_json::Map<String, serde_json::Value>,
}

/// What a notice says; `None` when it is there no more.
///
/// # Errors
/// When it cannot be read.
pub fn said(connection: &Connection, id: NoticeId) -> Result<Option<Said>, StoreError> {
    crate::query::one(connection, "SELECT class, subject, code, detail FROM notice WHERE id = ?1", [id.0], |r| {
        Ok(Said {
            class: word(r, 0)?.unwrap_or(NoticeClass::Other),
            subject: Subject(r.get(1)?),
            code: r.get(2)?,
            values: needed(r, 3)?,
        })
    })
}

fn raise(
    connection: &Connection,
    notice: &Notice,
    decision: Option<JournalId>,
    now: Instant,
) -> Result<Raised, StoreError> {
    let detail = serde_json::to_string(&notice.values)?;
    // A notice that grows worse is news again to whoever has read it.
    let worse: Option<i64> = connection
        .prepare_cached("SELECT id FROM notice WHERE key = ?1 AND cleared_at IS NULL AND level <> ?2")?
        .query_row([&notice.key, notice.level.as_ref()], |r| r.get(0))
        .optional()?;
    if let Some(id) = worse {
        connection
            .prepare_cached(
                "UPDATE notice_to SET read_at = NULL, done_at = NULL, snoozed_until = NULL, emptied_at = NULL
                 WHERE notice_id = ?1",
            )?
            .execute([id])?;
    }
    let (id, times): (i64, i64) = connection
        .prepare_cached(
            "INSERT INTO notice (key, class, level, subject, code, detail, journal_id, raised_at, updated_at, everyone, words)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10)
             ON CONFLICT (key) WHERE cleared_at IS NULL DO UPDATE SET
                 level = excluded.level, code = excluded.code, detail = excluded.detail, updated_at = excluded.updated_at,
                 journal_id = coalesce(excluded.journal_id, journal_id), times = times + 1,
                 everyone = max(everyone, excluded.everyone), words = excluded.words
             RETURNING id, times",
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
                notice.to == Audience::Everyone,
                words(notice),
            ],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
    let mut added = vec![];
    if let Audience::People(people) = &notice.to {
        let mut statement = connection.prepare_cached(
            "INSERT INTO notice_to (login, notice_id, why) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET times = times + 1, why = coalesce(why, excluded.why)
             RETURNING times",
        )?;
        for told in people {
            let times: i64 = statement.query_row(params![told.login, id, told.why], |r| r.get(0))?;
            if times == 1 {
                added.push(told.login.clone());
            }
        }
    }
    let news = match (times == 1 || worse.is_some(), &notice.to) {
        (true, Audience::Everyone) => News::Everybody,
        (true, Audience::People(_)) => News::These(named(connection, id)?),
        (false, _) if added.is_empty() => News::Nobody,
        (false, _) => News::These(added),
    };
    Ok(Raised { id: NoticeId(id), news })
}

/// Everybody a notice is for by name.
fn named(connection: &Connection, notice: i64) -> Result<Vec<String>, StoreError> {
    many(connection, NAMED, [notice], |r| r.get(0))
}

pub(super) const NAMED: &str = "SELECT login FROM notice_to WHERE notice_id = ?1 AND why IS NOT NULL ORDER BY login";

/// The texts and numbers of a notice, in small letters.
fn words(notice: &Notice) -> String {
    let mut words = notice.subject.0.clone();
    for value in notice.values.values() {
        let text = match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(number) => number.to_string(),
            _ => continue,
        };
        words.push('\n');
        words.push_str(&text);
    }
    folded(&words).chars().take(SEARCHED).collect()
}

pub(super) const FORGOTTEN: &str = "SELECT id FROM notice
     WHERE raised_at < ?1 AND (cleared_at IS NOT NULL OR class IN ('rating', 'document', 'ticket', 'message'))
     ORDER BY raised_at LIMIT ?2";

/// Forgets a slice of notices raised before an instant that have ceased to hold. What happened once, as a rating or a change of a
/// ticket did, never ceases, nor does a document that nobody has worked on again: such a notice goes by its age alone.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached(&format!("DELETE FROM notice WHERE id IN ({FORGOTTEN})"))?
        .execute(params![millis(before), most as i64])?)
}
