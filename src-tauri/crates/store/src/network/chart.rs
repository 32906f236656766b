//! Time drawn: points of a chart, heartbeats, and how much of a time a target answered.
//!
//! A span is drawn from cycles while it is short and they are kept, and from minutes otherwise; what was not watched is told apart
//! from what did not answer. Deliberately not here: colours, words and gaps of a line (the console's).

use pult_domain::{
    TargetId,
    areas::{floor::ProbedTarget, network::Grade},
};
use rusqlite::{Connection, params};
use serde::Serialize;
use ts_rs::TS;

use super::{ms, sql};
use crate::{StoreError, query::one};

/// Points of a chart at most.
pub const LONGEST_CHART: usize = 2_000;
/// Cells of a row of heartbeats at most.
const MOST_CELLS: usize = 360;
/// A minute, ms.
const MINUTE: i64 = 60_000;

/// From one instant to another, milliseconds UTC, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From.
    pub from: i64,
    /// To.
    pub until: i64,
}

/// Points of a chart, column by column; all columns are of one length.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[ts(rename = "ChartPoints")]
pub struct Points {
    /// From one point to the next where nothing is missing, ms; a greater distance is a gap.
    #[ts(type = "number")]
    pub step_ms: i64,
    /// When, milliseconds UTC, ascending.
    #[ts(type = "Array<number>")]
    pub at: Vec<i64>,
    /// The middle time, ms; absent where nothing answered.
    pub median_ms: Vec<Option<f64>>,
    /// The fastest, ms.
    pub min_ms: Vec<Option<f64>>,
    /// The slowest, ms.
    pub max_ms: Vec<Option<f64>>,
    /// The mean distance of one packet from the next, ms.
    pub jitter_ms: Vec<Option<f64>>,
    /// The part of the packets that was lost, 0 to 1.
    pub loss: Vec<f64>,
    /// Whether it fell into a time in which the target may be silent.
    pub planned: Vec<bool>,
    /// Stretches in which the target was watched, `[from, until]`, milliseconds UTC.
    #[ts(type = "Array<[number, number]>")]
    pub watched: Vec<(i64, i64)>,
}

/// A row of heartbeats: a letter for each cell, the oldest first. `e` excellent, `g` good, `a` average, `p` poor, `d` disconnected,
/// `m` silent in a maintenance, `.` not watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Beats {
    /// Where the first cell begins, milliseconds UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// How long a cell is, ms.
    #[ts(type = "number")]
    pub cell_ms: i64,
    /// The letters.
    pub cells: String,
}

/// How much of a time a target answered. What was not watched, and silence in a maintenance, count neither way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, TS)]
pub struct Availability {
    /// How long it was watched, ms.
    #[ts(type = "number")]
    pub watched_ms: i64,
    /// Cycles that count.
    #[ts(type = "number")]
    pub cycles: i64,
    /// Cycles of those without any answer.
    #[ts(type = "number")]
    pub failed: i64,
    /// Packets sent.
    #[ts(type = "number")]
    pub sent: i64,
    /// Packets without an answer.
    #[ts(type = "number")]
    pub lost: i64,
    /// The part of the cycles that was answered, 0 to 1; absent where nothing was watched.
    pub share: Option<f64>,
}

/// The points of a span. Cycles are drawn where at most [`LONGEST_CHART`] of them fit at a cycle each `period_ms` and none has been
/// forgotten yet, which are those since `kept_from`.
///
/// # Errors
/// When they cannot be read.
pub fn chart(
    connection: &Connection,
    target: TargetId,
    span: Span,
    period_ms: i64,
    kept_from: i64,
) -> Result<Points, StoreError> {
    let length = (span.until - span.from).max(1);
    let period = period_ms.max(1);
    let mut points = Points::default();
    if span.from >= kept_from && length / period <= LONGEST_CHART as i64 {
        points.step_ms = period;
        let values = params![target.0, span.from, span.until, LONGEST_CHART as i64];
        collect(connection, sql::CHART_CYCLES, values, &mut points)?;
    } else {
        let minutes = (length / MINUTE).max(1).unsigned_abs().div_ceil(LONGEST_CHART as u64 / 2) as i64;
        points.step_ms = minutes * MINUTE;
        let (from, until) = (span.from.div_euclid(MINUTE), span.until.div_euclid(MINUTE) + 1);
        collect(connection, sql::CHART_MINUTES, params![target.0, from, until, minutes], &mut points)?;
    }
    points.watched = watched(connection, target, span)?;
    Ok(points)
}

fn collect(
    connection: &Connection,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
    points: &mut Points,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    while let Some(row) = rows.next()? {
        let (cycles, failed): (i64, i64) = (row.get(1)?, row.get(2)?);
        let answered = cycles > failed;
        let time = |column: usize| -> rusqlite::Result<Option<f64>> {
            Ok(row.get::<_, Option<i64>>(column)?.filter(|_| answered).map(ms))
        };
        let (sent, lost): (i64, i64) = (row.get(3)?, row.get(4)?);
        points.at.push(row.get(0)?);
        points.loss.push(share(lost, sent).unwrap_or_default());
        points.min_ms.push(time(5)?);
        points.median_ms.push(time(6)?);
        points.max_ms.push(time(7)?);
        points.jitter_ms.push(time(8)?);
        points.planned.push(row.get::<_, i64>(9)? > 0);
    }
    Ok(())
}

fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Stretches of a span in which a target was watched.
fn watched(connection: &Connection, target: TargetId, span: Span) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut statement = connection.prepare_cached(sql::WATCH)?;
    let rows = statement.query_map(params![target.0, span.from, span.until, LONGEST_CHART as i64], |r| {
        Ok((r.get::<_, i64>(0)?.max(span.from), r.get::<_, i64>(1)?.min(span.until)))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The heartbeats of a target up to an instant: so many cells of so many minutes each.
///
/// # Errors
/// When they cannot be read.
pub fn beats(
    connection: &Connection,
    target: TargetId,
    until: i64,
    minutes: i64,
    cells: usize,
) -> Result<Beats, StoreError> {
    let (minutes, cells) = (minutes.max(1), cells.clamp(1, MOST_CELLS));
    let cell_ms = minutes * MINUTE;
    let end = until.div_euclid(cell_ms) + 1;
    let first = end - cells as i64;
    let mut letters = vec!['.'; cells];
    let mut statement = connection.prepare_cached(sql::CHART_MINUTES)?;
    let mut rows = statement.query(params![target.0, first * minutes, end * minutes, minutes])?;
    while let Some(row) = rows.next()? {
        let cell = row.get::<_, i64>(0)? / cell_ms - first;
        let Some(letter) = usize::try_from(cell).ok().and_then(|cell| letters.get_mut(cell)) else { continue };
        let (cycles, failed, planned): (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(9)?);
        let median_us = u32::try_from(row.get::<_, Option<i64>>(6)?.unwrap_or_default()).unwrap_or(u32::MAX);
        *letter = beat(cycles, failed, planned, median_us);
    }
    Ok(Beats { from: first * cell_ms, cell_ms, cells: letters.into_iter().collect() })
}

/// The grade of some cycles together; absent for silence that was to be expected.
pub(super) fn grade_of_cycles(cycles: i64, failed: i64, planned: i64, median_us: u32) -> Option<Grade> {
    match failed {
        _ if failed > 0 && planned > 0 => None,
        _ if failed * 2 >= cycles => Some(Grade::Disconnected),
        0 => Some(Grade::of_time(median_us)),
        _ => Some(Grade::Poor),
    }
}

fn beat(cycles: i64, failed: i64, planned: i64, median_us: u32) -> char {
    match grade_of_cycles(cycles, failed, planned, median_us) {
        None => 'm',
        Some(Grade::Excellent) => 'e',
        Some(Grade::Good) => 'g',
        Some(Grade::Average) => 'a',
        Some(Grade::Poor) => 'p',
        Some(Grade::Disconnected) => 'd',
    }
}

/// The default target, how often it was asked in a span, and how often it answered badly or not at all; maintenance is left out.
pub(crate) fn saw(connection: &Connection, span: Span) -> Result<Option<ProbedTarget>, StoreError> {
    one(connection, sql::SAW, params![span.from, span.until], |r| {
        Ok(ProbedTarget { id: TargetId(r.get(0)?), key: r.get(1)?, title: r.get(2)?, asked: r.get(3)?, bad: r.get(4)? })
    })
}

/// How much of a span a target answered.
///
/// # Errors
/// When it cannot be read.
pub fn availability(connection: &Connection, target: TargetId, span: Span) -> Result<Availability, StoreError> {
    let (from, until) = (span.from.div_euclid(MINUTE), span.until.div_euclid(MINUTE) + 1);
    let counts: [i64; 6] = connection.prepare_cached(sql::COUNTS)?.query_row(params![target.0, from, until], |r| {
        Ok([r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?])
    })?;
    let [all, all_failed, planned, planned_failed, sent, lost] = counts;
    // A maintenance is left out whole: answers during it are no merit either.
    let (cycles, failed) = (all - planned, all_failed - planned_failed);
    let watched_ms = watched(connection, target, span)?.iter().map(|(from, until)| until - from).sum();
    Ok(Availability { watched_ms, cycles, failed, sent, lost, share: share(cycles - failed, cycles) })
}
