//! The network: targets, how each answered and when nobody looked, incidents, maintenance, and what workstations saw.
//!
//! Deliberately not here: deciding what a cycle means (`pult_domain::areas::network`), and whose side is broken, which whoever
//! asks judges from these rows.

mod chart;
mod forget;
mod known;
mod moment;
#[cfg(test)]
mod planner_tests;
mod read;
mod sql;
#[cfg(test)]
mod tests;
mod view;
mod workstation;
mod write;

use pult_domain::areas::network::Grade;

pub(crate) use chart::saw;
pub use chart::{Availability, Beats, LONGEST_CHART, Points, Span, availability, beats, chart};
pub use forget::{Limits, forget_some};
pub use known::load_known;
pub use moment::{TargetMoment, moment};
pub use read::{
    LONGEST_HISTORY, check_definition, default_target, exists, history, incidents, maintenance, maintenances, places,
    targets, watched,
};
pub use view::{CycleRow, IncidentRow, LastCycle, MOST_TARGETS, MaintenanceRow, TargetRow, Watched, WorkstationRow};
pub use workstation::{Report, report, reports};
pub use write::apply;

/// Grades by the number a column keeps.
const GRADES: [Grade; 5] = [Grade::Excellent, Grade::Good, Grade::Average, Grade::Poor, Grade::Disconnected];

/// The number of a grade.
fn grade_code(grade: Grade) -> i64 {
    GRADES.iter().position(|g| *g == grade).unwrap_or_default() as i64
}

/// The grade of a number, where there is one.
fn grade_of(code: Option<i64>) -> Option<Grade> {
    GRADES.get(usize::try_from(code?).ok()?).copied()
}

/// Microseconds as milliseconds with two decimals: what people read.
fn ms(us: i64) -> f64 {
    (us as f64 / 10.0).round() / 100.0
}
