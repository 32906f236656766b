//! What people do not want to hear of: one subject, or a class of notices, for a while or for good.
//!
//! Nothing is lost: what a mute held back is in the list again once it ends. Deliberately not here: how a mute is weighed (`choose`).

use pult_domain::{Instant, NoticeClass};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{StoreError, millis};

/// Mutes of one person at most; an older one has to go first.
const MOST: i64 = 500;
/// Characters of a subject at most.
const LONGEST: usize = 200;

/// The id of a mute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MuteId(#[ts(type = "number")] pub i64);

/// What a mute is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MuteKind {
    /// One subject: `ticket:4312`.
    Subject,
    /// A class of notices.
    Class,
}

impl MuteKind {
    fn word(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Class => "class",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Subject, Self::Class].into_iter().find(|kind| kind.word() == word)
    }
}

/// Something somebody does not want to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Mute {
    /// Its id.
    pub id: MuteId,
    /// A subject, or a class.
    pub kind: MuteKind,
    /// Which.
    pub target: String,
    /// Until, milliseconds UTC; absent is for good. May have passed.
    #[ts(type = "number | null")]
    pub until: Option<i64>,
    /// Since, milliseconds UTC.
    #[ts(type = "number")]
    pub muted_at: i64,
}

pub(super) const MUTES: &str = "SELECT id, kind, target, until, muted_at FROM notice_mute WHERE login = ?1";

/// A person's mutes, the newest first; those that have ended are left out.
///
/// # Errors
/// When they cannot be read.
pub fn mutes(connection: &Connection, login: &str, now: Instant) -> Result<Vec<Mute>, StoreError> {
    let mut statement = connection.prepare_cached(MUTES)?;
    let rows = statement.query_map([login], |r| {
        // A kind this version does not know mutes nothing.
        let Some(kind) = MuteKind::of(r.get_ref(1)?.as_str()?) else { return Ok(None) };
        let (id, target) = (MuteId(r.get(0)?), r.get(2)?);
        Ok(Some(Mute { id, kind, target, until: r.get(3)?, muted_at: r.get(4)? }))
    })?;
    let mut mutes: Vec<Mute> = rows.filter_map(Result::transpose).collect::<rusqlite::Result<_>>()?;
    mutes.retain(|mute| mute.until.is_none_or(|until| until > millis(now)));
    mutes.sort_by_key(|mute| std::cmp::Reverse((mute.muted_at, mute.id.0)));
    Ok(mutes)
}

/// Mutes a subject or a class for somebody; again is for the new length of time.
///
/// # Errors
/// When there is no such class, the subject is empty or too long, the person has too many mutes, or it cannot be written.
pub fn mute(
    connection: &Connection,
    login: &str,
    kind: MuteKind,
    target: &str,
    until: Option<Instant>,
    now: Instant,
) -> Result<MuteId, StoreError> {
    let target = target.trim();
    let known = match kind {
        MuteKind::Subject => !target.is_empty() && target.chars().count() <= LONGEST,
        MuteKind::Class => target.parse::<NoticeClass>().is_ok(),
    };
    if !known {
        return Err(StoreError::NotFound("subject or class of notices"));
    }
    // Those that have ended make room.
    connection
        .prepare_cached("DELETE FROM notice_mute WHERE login = ?1 AND until <= ?2")?
        .execute(params![login, millis(now)])?;
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM notice_mute WHERE login = ?1 AND NOT (kind = ?2 AND target = ?3)")?
        .query_row(params![login, kind.word(), target], |r| r.get(0))?;
    if count >= MOST {
        return Err(StoreError::Conflict("there are 500 mutes already: lift one first"));
    }
    Ok(MuteId(
        connection
            .prepare_cached(
                "INSERT INTO notice_mute (login, kind, target, until, muted_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (login, kind, target) DO UPDATE SET until = excluded.until, muted_at = excluded.muted_at
                 RETURNING id",
            )?
            .query_row(params![login, kind.word(), target, until.map(millis), millis(now)], |r| r.get(0))?,
    ))
}

/// Lifts a mute of somebody's own.
///
/// # Errors
/// When they have no such mute, or it cannot be written.
pub fn unmute(connection: &Connection, login: &str, id: MuteId) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM notice_mute WHERE id = ?1 AND login = ?2 RETURNING id")?
        .query_row(params![id.0, login], |r| r.get::<_, i64>(0))
        .optional()?
        .map(|_| ())
        .ok_or(StoreError::NotFound("mute"))
}
