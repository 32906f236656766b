//! What becomes of incidents, and what people do with them.
//!
//! Deliberately not here: deciding it (`pult_domain::trouble`).

use pult_domain::{
    Instant, NoticeId, TroubleId,
    trouble::{Change, Incident},
};
use rusqlite::{Connection, params};

use super::read;
use crate::{StoreError, millis};

/// Carries out what becomes of the incidents, all of it in the order given; returns those that ended because what they came from
/// works again.
///
/// # Errors
/// When it cannot be written.
pub fn apply(connection: &Connection, changes: &[Change], now: Instant) -> Result<Vec<TroubleId>, StoreError> {
    let mut recovered = Vec::new();
    // Where each of the folded ones stands now, for those that turned out to be part of it.
    let mut places = Vec::new();
    for change in changes {
        match change {
            Change::Begin(incident) => places.push(begin(connection, incident)?),
            Change::Keep { id, now } => {
                keep(connection, *id, now)?;
                places.push(*id);
            }
            Change::Merge { .. } => {}
            Change::End { id, recovered: works } => {
                end(connection, *id, None, *works, now)?;
                recovered.extend(works.then_some(*id));
            }
        }
    }
    for change in changes {
        if let Change::Merge { id, into } = change {
            let into = places.get(*into).copied();
            end(connection, *id, into, false, now)?;
            if let Some(into) = into {
                connection
                    .prepare_cached("UPDATE incident_member SET incident_id = ?2 WHERE incident_id = ?1")?
                    .execute([id.0, into.0])?;
            }
        }
    }
    Ok(recovered)
}

fn begin(connection: &Connection, incident: &Incident) -> Result<TroubleId, StoreError> {
    connection.prepare_cached("INSERT INTO incident (cause, level, head, began_at) VALUES (?1, ?2, ?3, ?4)")?.execute(
        params![
            serde_json::to_string(&incident.cause)?,
            incident.level.as_ref(),
            incident.head.0,
            millis(incident.since),
        ],
    )?;
    let id = TroubleId(connection.last_insert_rowid());
    members(connection, id, incident, Some(incident.head))?;
    Ok(id)
}

fn keep(connection: &Connection, id: TroubleId, incident: &Incident) -> Result<(), StoreError> {
    let before = read::get(connection, id)?;
    // An incident is called by the worst it had; one that grows worse is everybody's again.
    let worse = incident.level > before.level;
    connection
        .prepare_cached(
            "UPDATE incident SET cause = ?2, level = ?3, head = ?4, began_at = min(began_at, ?5),
                 snoozed_by = iif(?6, NULL, snoozed_by), snoozed_until = iif(?6, NULL, snoozed_until) WHERE id = ?1",
        )?
        .execute(params![
            id.0,
            serde_json::to_string(&incident.cause)?,
            incident.level.max(before.level).as_ref(),
            incident.head.0,
            millis(incident.since),
            worse,
        ])?;
    members(connection, id, incident, None)
}

/// Notes which notices an incident has. One that was told by itself once stays so.
fn members(
    connection: &Connection,
    id: TroubleId,
    incident: &Incident,
    told: Option<NoticeId>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO incident_member (notice_id, incident_id, told) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET incident_id = excluded.incident_id",
    )?;
    for notice in &incident.members {
        statement.execute(params![notice.0, id.0, told == Some(*notice)])?;
    }
    Ok(())
}

fn end(
    connection: &Connection,
    id: TroubleId,
    into: Option<TroubleId>,
    recovered: bool,
    now: Instant,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE incident SET ended_at = ?2, merged_into = ?3, recovered = ?4 WHERE id = ?1 AND ended_at IS NULL",
        )?
        .execute(params![id.0, millis(now), into.map(|id| id.0), recovered])?;
    Ok(())
}

/// Notes who takes an incident on, or that nobody does any more.
///
/// # Errors
/// When there is none, it is over, or it cannot be written.
pub fn acknowledge(connection: &Connection, id: TroubleId, by: Option<&str>, now: Instant) -> Result<(), StoreError> {
    let sql = "UPDATE incident SET acknowledged_by = ?2, acknowledged_at = ?3 WHERE id = ?1 AND ended_at IS NULL";
    changed(connection, id, sql, params![id.0, by, by.map(|_| millis(now))])
}

/// Takes an incident out of sight until an instant, or brings it back.
///
/// # Errors
/// When there is none, it is over, or it cannot be written.
pub fn snooze(connection: &Connection, id: TroubleId, until: Option<(&str, Instant)>) -> Result<(), StoreError> {
    let sql = "UPDATE incident SET snoozed_by = ?2, snoozed_until = ?3 WHERE id = ?1 AND ended_at IS NULL";
    changed(connection, id, sql, params![id.0, until.map(|u| u.0), until.map(|u| millis(u.1))])
}

fn changed(connection: &Connection, id: TroubleId, sql: &str, values: impl rusqlite::Params) -> Result<(), StoreError> {
    if connection.prepare_cached(sql)?.execute(values)? > 0 {
        return Ok(());
    }
    read::get(connection, id)?;
    Err(StoreError::Conflict("the incident is over"))
}

pub(super) const FORGOTTEN: &str =
    "SELECT id FROM incident WHERE ended_at IS NOT NULL AND ended_at < ?1 ORDER BY ended_at LIMIT ?2";

/// Forgets a slice of the incidents that were over before an instant.
///
/// # Errors
/// When it cannot be written.
pub fn forget(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached(&format!("DELETE FROM incident WHERE id IN ({FORGOTTEN})"))?
        .execute(params![millis(before), most as i64])?)
}
