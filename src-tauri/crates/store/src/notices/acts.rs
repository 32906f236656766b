//! What people do with their notices: read, put aside, snooze, empty the list and take that back.
//!
//! There is one receipt for all ways a notice reaches somebody: what is read in one place is read everywhere. Every act is on notices
//! that are theirs; another's is not there. Deliberately not here: mutes and preferences (files of their own).

use jiff::SignedDuration;
use pult_domain::{Instant, NoticeClass, NoticeId};
use rusqlite::{Connection, params};

use super::{Eyes, Filter, Which, read};
use crate::{StoreError, millis};

/// Notices put aside by emptying a list once, at most.
pub const EMPTIED_AT_MOST: usize = 5_000;
/// How long emptying a list can be taken back.
const TAKE_BACK: SignedDuration = SignedDuration::from_secs(10);

/// Changes somebody's row of each notice, made where there is none; refuses those that are not theirs. Parameters: login, notice, now,
/// one value.
fn change(
    connection: &Connection,
    eyes: &Eyes,
    ids: &[NoticeId],
    set: &str,
    value: Option<i64>,
    now: Instant,
) -> Result<(), StoreError> {
    if read::by_ids(connection, eyes, ids, now)?.len() < ids.len() {
        return Err(StoreError::NotFound("notice"));
    }
    let mut made = connection.prepare_cached("INSERT OR IGNORE INTO notice_to (login, notice_id) VALUES (?1, ?2)")?;
    // The last condition holds always: not every act has a use for both values.
    let mut changed = connection.prepare_cached(&format!(
        "UPDATE notice_to SET emptied_at = NULL, {set}
         WHERE login = ?1 AND notice_id = ?2 AND (?3 IS NOT NULL OR ?4 IS NULL)"
    ))?;
    for id in ids {
        made.execute(params![eyes.login, id.0])?;
        changed.execute(params![eyes.login, id.0, millis(now), value])?;
    }
    Ok(())
}

/// Marks notices read, or unread again.
///
/// # Errors
/// When one is not theirs, or it cannot be written.
pub fn mark(
    connection: &Connection,
    eyes: &Eyes,
    ids: &[NoticeId],
    read: bool,
    now: Instant,
) -> Result<(), StoreError> {
    let set = if read { "read_at = coalesce(read_at, ?3)" } else { "read_at = NULL, done_at = NULL" };
    change(connection, eyes, ids, set, None, now)
}

/// Puts notices aside for good, or takes them back; back, they are read.
///
/// # Errors
/// When one is not theirs, or it cannot be written.
pub fn done(
    connection: &Connection,
    eyes: &Eyes,
    ids: &[NoticeId],
    done: bool,
    now: Instant,
) -> Result<(), StoreError> {
    let set = match done {
        true => "done_at = coalesce(done_at, ?3), read_at = coalesce(read_at, ?3), snoozed_until = NULL",
        false => "done_at = NULL",
    };
    change(connection, eyes, ids, set, None, now)
}

/// Takes notices out of sight until an instant, or brings them back now; back, they are unread.
///
/// # Errors
/// When one is not theirs, or it cannot be written.
pub fn snooze(
    connection: &Connection,
    eyes: &Eyes,
    ids: &[NoticeId],
    until: Option<Instant>,
    now: Instant,
) -> Result<(), StoreError> {
    change(
        connection,
        eyes,
        ids,
        "snoozed_until = ?4, read_at = NULL, done_at = NULL, back_at = NULL",
        until.map(millis),
        now,
    )
}

pub(super) const DUE: &str = "SELECT login, notice_id FROM notice_to WHERE snoozed_until <= ?1 LIMIT 500";

/// Brings back what was snoozed until now or earlier, 500 at most.
///
/// # Errors
/// When it cannot be written.
pub fn due(connection: &Connection, now: Instant) -> Result<Vec<NoticeId>, StoreError> {
    let rows: Vec<(String, i64)> = connection
        .prepare_cached(DUE)?
        .query_map([millis(now)], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut lift = connection.prepare_cached(
        "UPDATE notice_to SET snoozed_until = NULL, back_at = ?3 WHERE login = ?1 AND notice_id = ?2",
    )?;
    for (login, id) in &rows {
        lift.execute(params![login, id, millis(now)])?;
    }
    Ok(rows.into_iter().map(|(_, id)| NoticeId(id)).collect())
}

pub(super) const NEXT_DUE: &str = "SELECT min(snoozed_until) FROM notice_to WHERE snoozed_until IS NOT NULL";

/// When the next snoozed notice is to come back; may have passed.
///
/// # Errors
/// When it cannot be read.
pub fn next_due(connection: &Connection) -> Result<Option<Instant>, StoreError> {
    let next: Option<i64> = connection.prepare_cached(NEXT_DUE)?.query_row([], |r| r.get(0))?;
    Ok(next.map(crate::from_millis))
}

/// Empties somebody's list: whatever is unread, or read and not put aside, is done; of one class where it is named, and of these codes
/// where some are. What is snoozed or muted stays. Returns what was done.
///
/// # Errors
/// When it cannot be written.
pub fn empty(
    connection: &Connection,
    eyes: &Eyes,
    class: Option<NoticeClass>,
    codes: Option<&[&str]>,
    now: Instant,
) -> Result<Vec<NoticeId>, StoreError> {
    let mut ids = Vec::new();
    let mut before = None;
    while ids.len() < EMPTIED_AT_MOST {
        let filter = Filter { which: Which::Open, class, before, limit: read::LONGEST_PAGE, ..Filter::default() };
        let page = read::page(connection, eyes, &filter, now)?;
        let named = |code: &str| codes.is_none_or(|codes| codes.contains(&code));
        ids.extend(page.rows.iter().filter(|row| named(&row.code)).map(|row| row.id));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    ids.truncate(EMPTIED_AT_MOST);
    // Only the last emptying can be taken back.
    connection
        .prepare_cached("UPDATE notice_to SET emptied_at = NULL WHERE login = ?1 AND emptied_at IS NOT NULL")?
        .execute([&eyes.login])?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO notice_to (login, notice_id, read_at, done_at, emptied_at) VALUES (?1, ?2, ?3, ?3, ?3)
         ON CONFLICT DO UPDATE SET was_read_at = read_at, read_at = coalesce(read_at, ?3), done_at = ?3, emptied_at = ?3",
    )?;
    for id in &ids {
        statement.execute(params![eyes.login, id.0, millis(now)])?;
    }
    Ok(ids)
}

/// Takes the last emptying of somebody's list back, within ten seconds.
///
/// # Errors
/// When it is too late, nothing was emptied, or it cannot be written.
pub fn undo_empty(connection: &Connection, login: &str, now: Instant) -> Result<Vec<NoticeId>, StoreError> {
    let at: Option<i64> = connection
        .prepare_cached("SELECT max(emptied_at) FROM notice_to WHERE login = ?1 AND emptied_at IS NOT NULL")?
        .query_row([login], |r| r.get(0))?;
    let at = at.map(crate::from_millis).ok_or(StoreError::Conflict("there is nothing to take back"))?;
    if now.duration_since(at) > TAKE_BACK {
        return Err(StoreError::Conflict("it is too late to take this back: the notices are among those done"));
    }
    let ids: Vec<i64> = connection
        .prepare_cached(
            "UPDATE notice_to SET done_at = NULL, read_at = was_read_at, was_read_at = NULL, emptied_at = NULL
             WHERE login = ?1 AND emptied_at = ?2 RETURNING notice_id",
        )?
        .query_map(params![login, millis(at)], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ids.into_iter().map(NoticeId).collect())
}
