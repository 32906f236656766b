//! How every target was at one second, as it was stored then.
//!
//! Deliberately not here: how they are now (`view`), and what a time looked like (`chart`).

use pult_domain::{TargetId, areas::network::Grade};
use rusqlite::{Connection, params};
use serde::Serialize;
use ts_rs::TS;

use super::{chart::grade_of_cycles, grade_of, sql};
use crate::{
    StoreError,
    query::{many, one},
};

/// A minute, ms.
const MINUTE: i64 = 60_000;

/// A target at one second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TargetMoment {
    /// Which.
    pub id: TargetId,
    /// What addresses name it by.
    pub key: String,
    /// Its name.
    pub title: String,
    /// How it answered last before; absent where nobody watched, and for silence that was to be expected.
    pub grade: Option<Grade>,
    /// It may be silent: a maintenance.
    pub planned: bool,
}

/// Every target that is watched today, as it was at an instant, milliseconds UTC; those of today that were not watched then are grey.
///
/// # Errors
/// When they cannot be read.
pub fn moment(connection: &Connection, at: i64) -> Result<Vec<TargetMoment>, StoreError> {
    let targets = many(connection, sql::NAMES, [], |r| {
        Ok((TargetId(r.get(0)?), r.get::<_, String>(1)?, r.get::<_, String>(2)?, r.get::<_, i64>(3)?))
    })?;
    let mut moments = Vec::with_capacity(targets.len());
    for (id, key, title, watched_until) in targets {
        let seen = match watched_from(connection, id, at, watched_until)? {
            Some(from) => as_it_answered(connection, id, from, at)?,
            None => None,
        };
        let (grade, planned) = seen.unwrap_or((None, false));
        moments.push(TargetMoment { id, key, title, grade, planned });
    }
    Ok(moments)
}

/// Since when a target had been watched at an instant; nothing when it was not. The newest stretch lasts until the next cycle is overdue.
fn watched_from(
    connection: &Connection,
    target: TargetId,
    at: i64,
    watched_until: i64,
) -> Result<Option<i64>, StoreError> {
    let span: Option<(i64, i64, bool)> =
        one(connection, sql::WATCHED_AT, params![target.0, at], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    Ok(span.and_then(|(from, until, newest)| {
        let until = if newest { until.max(watched_until) } else { until };
        (at <= until).then_some(from)
    }))
}

/// The grade of the last cycle before an instant, or of its minute once the cycles are forgotten.
fn as_it_answered(
    connection: &Connection,
    target: TargetId,
    from: i64,
    at: i64,
) -> Result<Option<(Option<Grade>, bool)>, StoreError> {
    let cycle: Option<(Option<i64>, bool)> =
        one(connection, sql::CYCLE_AT, params![target.0, from, at], |r| Ok((r.get(0)?, r.get(1)?)))?;
    if let Some((code, planned)) = cycle {
        let grade = grade_of(code);
        let silent = planned && grade == Some(Grade::Disconnected);
        return Ok(Some((grade.filter(|_| !silent), planned)));
    }
    let minute = at.div_euclid(MINUTE);
    one(connection, sql::MINUTE_AT, params![target.0, minute], |r| {
        let (cycles, failed, planned): (i64, i64, i64) = (r.get(0)?, r.get(1)?, r.get(2)?);
        let median_us = u32::try_from(r.get::<_, i64>(3)?).unwrap_or(u32::MAX);
        Ok((grade_of_cycles(cycles, failed, planned, median_us), planned > 0))
    })
}
