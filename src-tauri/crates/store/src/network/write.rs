//! Carries out what a decision says about the network.
//!
//! Deliberately not here: deciding it.

use pult_domain::{
    Instant, TargetId,
    areas::network::{Change, Cycle, Definition, Grade, Maintenance, Schedule},
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{grade_code, sql};
use crate::{StoreError, millis};

/// The most characters kept of what was seen.
const DETAIL: usize = 200;
/// The most characters kept of who signed a certificate.
const ISSUER: usize = 128;
/// The end of what has none.
const FOR_EVER: i64 = i64::MAX;

/// Carries out one change of a fact that happened at `at`, and says which target it touched; nothing when it is all or none.
///
/// # Errors
/// When it cannot be written; the transaction it runs in should be rolled back then.
pub fn apply(connection: &Connection, change: &Change, at: Instant) -> Result<Option<TargetId>, StoreError> {
    let now = millis(at);
    match change {
        Change::Record { target, cycle, grade, planned, .. } => {
            record(connection, *target, cycle, *grade, *planned, now)?;
            seen(connection, change, now)?;
            Ok(Some(*target))
        }
        Change::OpenIncident { target, grade, trouble, muted_by, planned, told } => {
            connection.prepare_cached(sql::OPEN)?.execute(params![
                target.0,
                now,
                grade_code(*grade),
                trouble,
                muted_by.map(|t| t.0),
                planned,
                told,
            ])?;
            Ok(Some(*target))
        }
        Change::KeepIncident { incident, grade, muted_by, planned, told } => {
            let row = params![incident.0, grade_code(*grade), muted_by.map(|t| t.0), planned, told];
            touched(connection, sql::KEEP, row)
        }
        Change::CloseIncident { incident } => touched(connection, sql::CLOSE, params![incident.0, now]),
        Change::CertificateTold { target, level } => {
            let level = level.as_ref().map(AsRef::as_ref);
            connection.prepare_cached(sql::CERTIFICATE_TOLD)?.execute(params![target.0, level])?;
            Ok(Some(*target))
        }
        Change::BeginWatch => {
            connection.prepare_cached(sql::BEGIN_WATCH)?.execute([now])?;
            Ok(None)
        }
        Change::EndWatch => {
            connection.prepare_cached(sql::END_WATCH)?.execute([now])?;
            Ok(None)
        }
        Change::SetTarget { target, definition, anew } => {
            set_target(connection, *target, definition)?;
            if *anew {
                connection.prepare_cached(sql::BEGIN_ANEW)?.execute([target.0])?;
            }
            Ok(Some(*target))
        }
        Change::RemoveTarget { target } => {
            connection.prepare_cached(sql::REMOVE_TARGET)?.execute([target.0])?;
            // Its history may be long: it is forgotten in slices.
            connection.prepare_cached(sql::GONE)?.execute([target.0])?;
            Ok(Some(*target))
        }
        Change::SetMaintenance { id, maintenance, by } => {
            set_maintenance(connection, id.0, maintenance, by, now)?;
            Ok(maintenance.target)
        }
        Change::LiftMaintenance { id } => Ok(connection
            .prepare_cached(sql::LIFT_MAINTENANCE)?
            .query_row([id.0], |r| r.get::<_, Option<i64>>(0))
            .optional()?
            .flatten()
            .map(TargetId)),
    }
}

fn touched(connection: &Connection, sql: &str, row: &[&dyn rusqlite::ToSql]) -> Result<Option<TargetId>, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_row(row, |r| r.get(0)).optional()?.map(TargetId))
}

fn record(
    connection: &Connection,
    target: TargetId,
    cycle: &Cycle,
    grade: Grade,
    planned: bool,
    now: i64,
) -> Result<(), StoreError> {
    let rtt = cycle.rtt.as_ref();
    let new = connection.prepare_cached(sql::ADD_CYCLE)?.execute(params![
        target.0,
        now,
        grade_code(grade),
        cycle.sent,
        cycle.lost,
        rtt.map(|r| r.min_us),
        rtt.map(|r| r.median_us),
        rtt.map(|r| r.max_us),
        rtt.map(|r| r.jitter_us),
        cycle.tcp_instead,
        planned,
        cycle.trouble.as_ref().map(AsRef::<str>::as_ref),
        cycle.status,
    ])?;
    if new == 0 {
        // A cycle of that very instant is there: counting it twice would make the minute disagree with its cycles.
        return Ok(());
    }
    let failed = rtt.is_none();
    connection.prepare_cached(sql::ADD_TO_MINUTE)?.execute(params![
        target.0,
        now.div_euclid(60_000),
        failed,
        planned,
        planned && failed,
        cycle.sent,
        cycle.lost,
        rtt.map(|r| r.min_us),
        rtt.map(|r| r.max_us),
        rtt.map_or(0, |r| r.median_us),
        rtt.map_or(0, |r| r.jitter_us),
    ])?;
    Ok(())
}

/// The target's own row: its grade, its newest cycle, and how long watching can be said to go on.
fn seen(connection: &Connection, change: &Change, now: i64) -> Result<(), StoreError> {
    let Change::Record { target, cycle, grade, run, since, planned, watched_until } = change else { return Ok(()) };
    let before: i64 =
        connection.prepare_cached(sql::WATCHED_UNTIL)?.query_row([target.0], |r| r.get(0)).optional()?.unwrap_or(0);
    let stretch = if now <= before { sql::WATCHED_ON } else { sql::WATCHED_ANEW };
    connection.prepare_cached(stretch)?.execute(params![target.0, now])?;
    let rtt = cycle.rtt.as_ref();
    let recent: String = run.recent.iter().map(|g| grade_code(*g).to_string()).collect();
    connection.prepare_cached(sql::SEEN)?.execute(params![
        target.0,
        run.grade.map(grade_code),
        recent,
        since.map(millis),
        millis(*watched_until),
        now,
        cycle.sent,
        cycle.lost,
        rtt.map(|r| r.min_us),
        rtt.map(|r| r.median_us),
        rtt.map(|r| r.max_us),
        rtt.map(|r| r.jitter_us),
        cycle.tcp_instead,
        cycle.trouble.as_ref().map(AsRef::<str>::as_ref),
        cycle.status,
        crate::calls::clip(&cycle.detail, DETAIL),
        grade_code(*grade),
        planned,
    ])?;
    if let Some(certificate) = &cycle.certificate {
        let issuer = crate::calls::clip(&certificate.issuer, ISSUER);
        let row = params![target.0, millis(certificate.until), issuer, now];
        connection.prepare_cached(sql::CERTIFICATE)?.execute(row)?;
    }
    Ok(())
}

fn set_target(connection: &Connection, target: TargetId, definition: &Definition) -> Result<(), StoreError> {
    let d = definition;
    connection.prepare_cached(sql::SET_TARGET)?.execute(params![
        target.0,
        d.key,
        d.title.trim(),
        d.host,
        d.kind.as_ref(),
        d.port,
        d.path,
        d.packets,
        d.period_s,
        d.certificate_port,
        d.workstation_url,
        d.parent.map(|p| p.0),
        d.enabled,
    ])?;
    Ok(())
}

fn set_maintenance(
    connection: &Connection,
    id: i64,
    maintenance: &Maintenance,
    by: &str,
    now: i64,
) -> Result<(), StoreError> {
    let ends = match &maintenance.schedule {
        Schedule::Once { until, .. } => millis(*until),
        Schedule::Weekly { .. } => FOR_EVER,
    };
    let schedule = serde_json::to_string(&maintenance.schedule)?;
    let note = crate::calls::clip(maintenance.note.trim(), DETAIL);
    connection.prepare_cached(sql::SET_MAINTENANCE)?.execute(params![
        id,
        maintenance.target.map(|t| t.0),
        schedule,
        ends,
        note,
        by,
        now
    ])?;
    Ok(())
}
