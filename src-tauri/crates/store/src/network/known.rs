//! The snapshot a rule decides upon.
//!
//! Deliberately not here: anything decided.

use jiff::SignedDuration;
use pult_domain::{
    IncidentId, Instant, Level, MaintenanceId, TargetId,
    areas::network::{Child, Fact, Grade, Known, OpenIncident, Parent, Policy, Run, TargetState, Window},
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{GRADES, grade_of, read, sql};
use crate::{StoreError, from_millis, millis};

/// Everything the rule may look at for one fact that happened at `at`.
///
/// # Errors
/// When it cannot be read.
pub fn load_known(connection: &Connection, fact: &Fact, at: Instant, policy: &Policy) -> Result<Known, StoreError> {
    let mut known = Known {
        next_target: TargetId(number(connection, sql::NEXT_TARGET)?),
        next_maintenance: MaintenanceId(number(connection, sql::NEXT_MAINTENANCE)?),
        target: None,
        parents: vec![],
        children: vec![],
        windows: vec![],
    };
    let target = match fact {
        Fact::CycleSeen { target, .. } | Fact::TargetRemoved { target, .. } => Some(*target),
        Fact::TargetSet { target, .. } => *target,
        Fact::MaintenanceSet { maintenance, .. } => maintenance.target,
        Fact::WatchBegan { .. } | Fact::WatchLost { .. } | Fact::MaintenanceLifted { .. } => None,
    };
    let Some(target) = target else { return Ok(known) };
    known.target = state(connection, target, policy)?;
    if matches!(fact, Fact::CycleSeen { .. }) && known.target.is_some() {
        known.parents = parents(connection, target, at)?;
        known.children = children(connection, target)?;
        known.windows = windows(connection, target, at)?;
    }
    Ok(known)
}

fn number(connection: &Connection, sql: &str) -> Result<i64, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_row([], |r| r.get(0))?)
}

fn state(connection: &Connection, id: TargetId, policy: &Policy) -> Result<Option<TargetState>, StoreError> {
    let row = connection
        .prepare_cached(sql::TARGET_STATE)?
        .query_row([id.0], |r| {
            let definition = read::definition(r)?;
            let watched_until: i64 = r.get(17)?;
            Ok(TargetState {
                id,
                run: Run { grade: grade_of(r.get(13)?), recent: recent_of(&r.get::<_, String>(14)?) },
                // Where watching ended or began anew since, what was asked before does not count.
                asked: r.get::<_, Option<i64>>(15)?.filter(|asked| *asked <= watched_until).map(from_millis),
                period: definition
                    .period_s
                    .map_or(policy.period, |seconds| SignedDuration::from_secs(i64::from(seconds))),
                incident: None,
                certificate_told: r.get::<_, Option<String>>(16)?.and_then(|word| word.parse::<Level>().ok()),
                definition,
            })
        })
        .optional()?;
    let Some(mut state) = row else { return Ok(None) };
    state.incident = connection
        .prepare_cached(sql::OPEN_INCIDENT)?
        .query_row([id.0], |r| {
            Ok(OpenIncident {
                id: IncidentId(r.get(0)?),
                began: from_millis(r.get(1)?),
                grade: crate::coded(r, 2, &GRADES)?,
                told: r.get(3)?,
            })
        })
        .optional()?;
    Ok(Some(state))
}

fn parents(connection: &Connection, id: TargetId, at: Instant) -> Result<Vec<Parent>, StoreError> {
    let mut statement = connection.prepare_cached(sql::PARENTS)?;
    let rows = statement.query_map([id.0], |r| {
        // A parent nobody watches explains nothing.
        let watched = r.get::<_, i64>(4)? >= millis(at);
        let recent = recent_of(&r.get::<_, String>(3)?);
        Ok(Parent {
            id: TargetId(r.get(0)?),
            title: r.get(1)?,
            grade: grade_of(r.get(2)?).filter(|_| watched),
            last_lost: watched && recent.last() == Some(&Grade::Disconnected),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn children(connection: &Connection, id: TargetId) -> Result<Vec<Child>, StoreError> {
    let mut statement = connection.prepare_cached(sql::CHILDREN)?;
    let rows =
        statement.query_map([id.0], |r| Ok(Child { id: TargetId(r.get(0)?), incident: IncidentId(r.get(1)?) }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn windows(connection: &Connection, id: TargetId, at: Instant) -> Result<Vec<Window>, StoreError> {
    let mut statement = connection.prepare_cached(sql::WINDOWS)?;
    let rows = statement.query_map(params![id.0, millis(at)], |r| {
        Ok(Window { id: MaintenanceId(r.get(0)?), schedule: read::schedule(r, 1)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Grades written as digits.
fn recent_of(digits: &str) -> Vec<Grade> {
    digits.chars().filter_map(|c| grade_of(c.to_digit(10).map(i64::from))).collect()
}
