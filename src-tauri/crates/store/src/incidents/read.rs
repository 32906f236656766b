//! Reading incidents, and the notices they are made of.
//!
//! Deliberately not here: changing them (`write`).

use pult_domain::{Instant, NoticeClass, NoticeId, Subject, TroubleId, trouble::Open};
use rusqlite::{Connection, Row, params};

use super::{IncidentRow, MOST, StandingRow};
use crate::{
    StoreError,
    column::{needed, word},
    from_millis, millis,
    query::{many, one},
};

const ROW: &str =
    "SELECT id, cause, level, head, began_at, ended_at, recovered, acknowledged_by, acknowledged_at, snoozed_by,
    snoozed_until FROM incident";
pub(super) const STANDING: &str =
    "SELECT id, class, level, key, subject, raised_at FROM notice INDEXED BY notice_trouble
    WHERE cleared_at IS NULL AND class IN ('network_incident', 'floor_source', 'source', 'delivery') ORDER BY id";
pub(super) const OPEN: &str = "WHERE ended_at IS NULL ORDER BY id LIMIT ?1";
pub(super) const ENDED: &str =
    "WHERE ended_at >= ?1 AND ended_at IS NOT NULL AND merged_into IS NULL ORDER BY ended_at DESC LIMIT ?2";
pub(super) const MEMBERS: &str = "SELECT notice_id FROM incident_member WHERE incident_id = ?1 ORDER BY notice_id";

/// The notices of troubles that hold, the oldest first.
///
/// # Errors
/// When they cannot be read.
pub fn standing(connection: &Connection) -> Result<Vec<StandingRow>, StoreError> {
    many(connection, STANDING, [], |r| {
        Ok(StandingRow {
            id: NoticeId(r.get(0)?),
            class: word(r, 1)?.unwrap_or(NoticeClass::Other),
            level: word(r, 2)?.unwrap_or(pult_domain::Level::Info),
            key: r.get(3)?,
            subject: Subject(r.get(4)?),
            since: from_millis(r.get(5)?),
        })
    })
}

/// The incidents that go on, as what becomes of them is decided, the oldest first. None is left out.
///
/// # Errors
/// When they cannot be read.
pub fn known(connection: &Connection) -> Result<Vec<Open>, StoreError> {
    let rows = rows(connection, OPEN, params![i64::MAX])?;
    Ok(rows
        .into_iter()
        .map(|row| Open { id: row.id, cause: row.cause, members: row.members.into_iter().collect() })
        .collect())
}

/// The incidents that go on, the oldest first.
///
/// # Errors
/// When they cannot be read.
pub fn open(connection: &Connection) -> Result<Vec<IncidentRow>, StoreError> {
    rows(connection, OPEN, params![MOST as i64])
}

/// The incidents of a period: those that go on, and those that ended in it or later and began by its end. The oldest first.
///
/// # Errors
/// When they cannot be read.
pub fn between(connection: &Connection, from: Instant, until: Instant) -> Result<Vec<IncidentRow>, StoreError> {
    let mut found = open(connection)?;
    found.extend(rows(connection, ENDED, params![millis(from), MOST as i64])?);
    found.retain(|row| row.since <= millis(until));
    found.sort_by_key(|row| (row.since, row.id));
    Ok(found)
}

/// One incident.
///
/// # Errors
/// When there is none of that id.
pub fn get(connection: &Connection, id: TroubleId) -> Result<IncidentRow, StoreError> {
    let found = one(connection, &format!("{ROW} WHERE id = ?1"), [id.0], row)?;
    let mut found = found.ok_or(StoreError::NotFound("incident"))?;
    found.members = members(connection, id)?;
    Ok(found)
}

fn rows(connection: &Connection, which: &str, values: impl rusqlite::Params) -> Result<Vec<IncidentRow>, StoreError> {
    let mut rows = many(connection, &format!("{ROW} {which}"), values, row)?;
    for row in &mut rows {
        row.members = members(connection, row.id)?;
    }
    Ok(rows)
}

fn members(connection: &Connection, id: TroubleId) -> Result<Vec<NoticeId>, StoreError> {
    many(connection, MEMBERS, [id.0], |r| r.get(0).map(NoticeId))
}

fn row(r: &Row<'_>) -> rusqlite::Result<IncidentRow> {
    Ok(IncidentRow {
        id: TroubleId(r.get(0)?),
        cause: needed(r, 1)?,
        level: word(r, 2)?.unwrap_or(pult_domain::Level::Info),
        head: NoticeId(r.get(3)?),
        since: r.get(4)?,
        ended_at: r.get(5)?,
        recovered: r.get(6)?,
        acknowledged_by: r.get(7)?,
        acknowledged_at: r.get(8)?,
        snoozed_by: r.get(9)?,
        snoozed_until: r.get(10)?,
        members: vec![],
    })
}
