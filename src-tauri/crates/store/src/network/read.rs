//! Reads targets, their history and what is set about them.
//!
//! Deliberately not here: charts and totals (`chart`), and what workstations saw (`workstation`).

use pult_domain::{
    IncidentId, Instant, MaintenanceId, TargetId,
    areas::network::{Definition, Grade, ProbeKind, Schedule, Trouble},
    trouble::Place,
};
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};

use super::{
    GRADES, grade_of, ms, sql,
    view::{CycleRow, IncidentRow, LastCycle, MOST_TARGETS, MaintenanceRow, TargetRow, Watched},
};
use crate::{StoreError, calls::unreadable, coded, millis};

/// Cycles of a history at most.
pub const LONGEST_HISTORY: usize = 100_000;

/// Reads the columns of a definition.
pub(super) fn definition(row: &Row<'_>) -> rusqlite::Result<Definition> {
    let kind: String = row.get(4)?;
    Ok(Definition {
        key: row.get(1)?,
        title: row.get(2)?,
        host: row.get(3)?,
        kind: kind.parse::<ProbeKind>().map_err(|_| unreadable(4, Type::Text, "a kind of probe nobody knows"))?,
        port: row.get(5)?,
        path: row.get(6)?,
        packets: row.get(7)?,
        period_s: row.get(8)?,
        certificate_port: row.get(9)?,
        workstation_url: row.get(10)?,
        parent: row.get::<_, Option<i64>>(11)?.map(TargetId),
        enabled: row.get(12)?,
    })
}

/// Reads the columns of a cycle.
pub(super) fn cycle(row: &Row<'_>) -> rusqlite::Result<CycleRow> {
    let time = |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(ms));
    Ok(CycleRow {
        at: row.get(0)?,
        grade: coded(row, 1, &GRADES)?,
        sent: row.get(2)?,
        lost: row.get(3)?,
        min_ms: time(4)?,
        median_ms: time(5)?,
        max_ms: time(6)?,
        jitter_ms: time(7)?,
        tcp_instead: row.get(8)?,
        planned: row.get(9)?,
        trouble: trouble(row, 10)?,
        status: row.get(11)?,
    })
}

pub(super) fn trouble(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Trouble>> {
    Ok(row.get::<_, Option<String>>(column)?.and_then(|word| word.parse().ok()))
}

/// The watched targets as far as incidents depend on them, by id.
///
/// # Errors
/// When they cannot be read.
pub fn places(connection: &Connection) -> Result<Vec<Place>, StoreError> {
    let mut statement = connection.prepare_cached(sql::PLACES)?;
    let rows = statement.query_map([], |r| {
        let (grade, planned) = (grade_of(r.get(3)?), r.get::<_, Option<bool>>(4)?);
        Ok(Place {
            target: TargetId(r.get(0)?),
            host: r.get(1)?,
            parent: r.get::<_, Option<i64>>(2)?.map(TargetId),
            down: grade == Some(Grade::Disconnected) && planned == Some(false),
            in_trouble: grade.is_some(),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every target with how it is at `now`, by id.
///
/// # Errors
/// When they cannot be read.
pub fn targets(connection: &Connection, now: Instant) -> Result<Vec<TargetRow>, StoreError> {
    let mut statement = connection.prepare_cached(sql::TARGETS)?;
    let rows = statement.query_map([], |r| {
        let watched_until: i64 = r.get(16)?;
        let definition = definition(r)?;
        // Nobody has looked for too long: what was seen last is shown as old, and the grade not at all.
        let watched = definition.enabled && watched_until >= millis(now);
        Ok(TargetRow {
            id: TargetId(r.get(0)?),
            is_default: r.get(13)?,
            grade: grade_of(r.get(14)?).filter(|_| watched),
            since: r.get::<_, Option<i64>>(15)?.filter(|_| watched),
            watched_until,
            certificate_until: r.get(17)?,
            certificate_issuer: r.get(18)?,
            certificate_read_at: r.get(19)?,
            last: last(r)?,
            definition,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn last(row: &Row<'_>) -> rusqlite::Result<Option<LastCycle>> {
    let Some(at) = row.get::<_, Option<i64>>(21)? else { return Ok(None) };
    let time = |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(ms));
    Ok(Some(LastCycle {
        cycle: CycleRow {
            at,
            grade: coded(row, 31, &GRADES)?,
            sent: row.get(22)?,
            lost: row.get(23)?,
            min_ms: time(24)?,
            median_ms: time(25)?,
            max_ms: time(26)?,
            jitter_ms: time(27)?,
            tcp_instead: row.get(28)?,
            planned: row.get(32)?,
            trouble: trouble(row, 29)?,
            status: row.get(30)?,
        },
        detail: row.get::<_, Option<String>>(20)?.unwrap_or_default(),
    }))
}

/// The targets to watch, by id.
///
/// # Errors
/// When they cannot be read.
pub fn watched(connection: &Connection) -> Result<Vec<Watched>, StoreError> {
    let mut statement = connection.prepare_cached(sql::WATCHED)?;
    let rows = statement.query_map([], |r| Ok(Watched { id: TargetId(r.get(0)?), definition: definition(r)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The target that stands in for one nobody knows.
///
/// # Errors
/// When it cannot be read.
pub fn default_target(connection: &Connection) -> Result<Option<TargetId>, StoreError> {
    Ok(connection.prepare_cached(sql::DEFAULT_TARGET)?.query_row([], |r| r.get(0)).optional()?.map(TargetId))
}

/// Whether there is such a target.
///
/// # Errors
/// When it cannot be read.
pub fn exists(connection: &Connection, id: TargetId) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached(sql::EXISTS)?.query_row([id.0], |_| Ok(())).optional()?.is_some())
}

/// Whether a definition may be taken: its key is free, its parent is there and not reached through it, and there is room.
///
/// # Errors
/// [`StoreError::NotFound`] for a target or parent that is not there, [`StoreError::Conflict`] for the rest.
pub fn check_definition(
    connection: &Connection,
    target: Option<TargetId>,
    definition: &Definition,
) -> Result<(), StoreError> {
    match target {
        Some(id) if !exists(connection, id)? => return Err(StoreError::NotFound("target")),
        Some(_) => {}
        None => {
            let count: i64 = connection.prepare_cached(sql::COUNT)?.query_row([], |r| r.get(0))?;
            if count >= MOST_TARGETS as i64 {
                return Err(StoreError::Conflict("there are 500 targets already: take one away first"));
            }
        }
    }
    let holder: Option<i64> =
        connection.prepare_cached(sql::ID_OF_KEY)?.query_row([&definition.key], |r| r.get(0)).optional()?;
    if holder.is_some_and(|id| Some(TargetId(id)) != target) {
        return Err(StoreError::Conflict("another target has this key"));
    }
    let Some(parent) = definition.parent else { return Ok(()) };
    if !exists(connection, parent)? {
        return Err(StoreError::NotFound("parent"));
    }
    let above: Vec<i64> =
        connection.prepare_cached(sql::ABOVE)?.query_map([parent.0], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    match target {
        Some(id) if parent == id || above.contains(&id.0) => {
            Err(StoreError::Conflict("a target is not reached through itself"))
        }
        _ if above.len() >= 7 => Err(StoreError::Conflict("a chain of parents has at most eight links")),
        _ => Ok(()),
    }
}

/// The last `most` cycles of a target, the oldest first.
///
/// # Errors
/// When they cannot be read.
pub fn history(connection: &Connection, target: TargetId, most: usize) -> Result<Vec<CycleRow>, StoreError> {
    let mut rows: Vec<CycleRow> = connection
        .prepare_cached(sql::HISTORY)?
        .query_map(params![target.0, most.min(LONGEST_HISTORY) as i64], cycle)?
        .collect::<rusqlite::Result<_>>()?;
    rows.reverse();
    Ok(rows)
}

/// Incidents of one target, or all that last, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn incidents(
    connection: &Connection,
    target: Option<TargetId>,
    before: Option<IncidentId>,
    most: usize,
) -> Result<Vec<IncidentRow>, StoreError> {
    let row = |r: &Row<'_>| {
        Ok(IncidentRow {
            id: IncidentId(r.get(0)?),
            target: TargetId(r.get(1)?),
            began_at: r.get(2)?,
            ended_at: r.get(3)?,
            worst: coded(r, 4, &GRADES)?,
            trouble: trouble(r, 5)?,
            muted_by: r.get::<_, Option<i64>>(6)?.map(TargetId),
            planned: r.get(7)?,
        })
    };
    Ok(match target {
        Some(target) => connection
            .prepare_cached(sql::INCIDENTS)?
            .query_map(params![target.0, before.map_or(i64::MAX, |b| b.0), most as i64], row)?
            .collect::<rusqlite::Result<_>>()?,
        None => connection.prepare_cached(sql::OPEN_INCIDENTS)?.query_map([], row)?.collect::<rusqlite::Result<_>>()?,
    })
}

/// Maintenances that are not over at `now`, the next to end first.
///
/// # Errors
/// When they cannot be read.
pub fn maintenances(connection: &Connection, now: Instant) -> Result<Vec<MaintenanceRow>, StoreError> {
    let mut statement = connection.prepare_cached(sql::MAINTENANCES)?;
    let rows = statement.query_map([millis(now)], |r| {
        Ok(MaintenanceRow {
            id: MaintenanceId(r.get(0)?),
            target: r.get::<_, Option<i64>>(1)?.map(TargetId),
            schedule: schedule(r, 2)?,
            note: r.get(3)?,
            set_by: r.get(4)?,
            set_at: r.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Reads a schedule.
pub(super) fn schedule(row: &Row<'_>, column: usize) -> rusqlite::Result<Schedule> {
    serde_json::from_str(&row.get::<_, String>(column)?)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}

/// Whether a maintenance is there, and for which target it is; the inner nothing stands for all.
///
/// # Errors
/// When it cannot be read.
pub fn maintenance(connection: &Connection, id: MaintenanceId) -> Result<Option<Option<TargetId>>, StoreError> {
    Ok(connection
        .prepare_cached(sql::MAINTENANCE_EXISTS)?
        .query_row([id.0], |r| Ok(r.get::<_, Option<i64>>(0)?.map(TargetId)))
        .optional()?)
}
