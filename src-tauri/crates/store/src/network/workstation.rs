//! The second place to look from: what workstations last saw of each target.
//!
//! Deliberately not here: looking (the console's page or the window's process), and what follows from it (`side` of the domain).

use pult_domain::{Instant, TargetId, areas::network::Trouble};
use rusqlite::{Connection, OptionalExtension, params};

use super::{ms, read, sql, view::WorkstationRow};
use crate::{StoreError, millis};

/// Rows of an answer at most.
const MOST: usize = 2_000;
/// After so long without news a workstation is forgotten, ms.
const FORGOTTEN_AFTER: i64 = 24 * 3_600_000;

/// What a workstation saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Of which target.
    pub target: TargetId,
    /// A name the workstation keeps for itself, at most 64 characters.
    pub station: String,
    /// Who sits there.
    pub login: String,
    /// Whether it answered.
    pub reached: bool,
    /// How long that took, microseconds.
    pub time_us: Option<u32>,
    /// The status code, where it could be seen.
    pub status: Option<u16>,
    /// What stood in the way.
    pub trouble: Option<Trouble>,
    /// A page looked, not a program.
    pub browser: bool,
}

/// Keeps what a workstation saw, in place of what it saw before.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such target.
pub fn report(connection: &Connection, report: &Report, now: Instant) -> Result<(), StoreError> {
    let known = connection.prepare_cached(sql::EXISTS)?.query_row([report.target.0], |_| Ok(())).optional()?;
    known.ok_or(StoreError::NotFound("target"))?;
    connection.prepare_cached(sql::REPORT)?.execute(params![
        report.target.0,
        report.station,
        report.login,
        millis(now),
        report.reached,
        report.time_us,
        report.status,
        report.trouble.as_ref().map(AsRef::<str>::as_ref),
        report.browser,
    ])?;
    connection.prepare_cached(sql::FORGET_REPORTS)?.execute([millis(now) - FORGOTTEN_AFTER])?;
    Ok(())
}

/// What workstations saw since an instant, the newest first, at most 2,000 rows.
///
/// # Errors
/// When it cannot be read.
pub fn reports(connection: &Connection, since: Instant) -> Result<Vec<WorkstationRow>, StoreError> {
    let mut statement = connection.prepare_cached(sql::REPORTS)?;
    let rows = statement.query_map(params![millis(since), MOST as i64], |r| {
        Ok(WorkstationRow {
            target: TargetId(r.get(0)?),
            station: r.get(1)?,
            login: r.get(2)?,
            at: r.get(3)?,
            since: r.get(4)?,
            reached: r.get(5)?,
            time_ms: r.get::<_, Option<i64>>(6)?.map(ms),
            status: r.get(7)?,
            trouble: read::trouble(r, 8)?,
            browser: r.get(9)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
