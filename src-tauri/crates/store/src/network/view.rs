//! What the console and the routes are shown of the network.
//!
//! Deliberately not here: where it is read from (`read`, `chart`).

use pult_domain::{
    IncidentId, MaintenanceId, TargetId,
    areas::network::{Definition, Grade, Schedule, Trouble},
};
use serde::Serialize;
use ts_rs::TS;

/// Targets there may be.
pub const MOST_TARGETS: usize = 500;

/// A target with how it is.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct TargetRow {
    /// Its id.
    pub id: TargetId,
    /// What it is.
    pub definition: Definition,
    /// It stands in for a target nobody knows, and cannot be taken away.
    pub is_default: bool,
    /// Its grade; absent while it is not watched or too little has been seen.
    pub grade: Option<Grade>,
    /// It has had the grade since, milliseconds UTC.
    #[ts(type = "number | null")]
    pub since: Option<i64>,
    /// Past this instant what is here is old: it is not watched, milliseconds UTC.
    #[ts(type = "number")]
    pub watched_until: i64,
    /// The newest cycle.
    pub last: Option<LastCycle>,
    /// The last instant its certificate is good for, milliseconds UTC.
    #[ts(type = "number | null")]
    pub certificate_until: Option<i64>,
    /// Who signed the certificate.
    pub certificate_issuer: Option<String>,
    /// When the certificate was read, milliseconds UTC.
    #[ts(type = "number | null")]
    pub certificate_read_at: Option<i64>,
}

/// The newest cycle of a target.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct LastCycle {
    /// Its figures.
    #[serde(flatten)]
    pub cycle: CycleRow,
    /// What was seen, for a person who looks closer.
    pub detail: String,
}

/// One cycle.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct CycleRow {
    /// When, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// The grade of this cycle alone.
    pub grade: Grade,
    /// Packets sent.
    pub sent: u32,
    /// Packets without an answer.
    pub lost: u32,
    /// The fastest, ms; absent, like the next three, when nothing answered.
    pub min_ms: Option<f64>,
    /// The middle one, ms.
    pub median_ms: Option<f64>,
    /// The slowest, ms.
    pub max_ms: Option<f64>,
    /// The mean distance of one packet from the next, ms.
    pub jitter_ms: Option<f64>,
    /// TCP connections were opened because echo requests could not be sent.
    pub tcp_instead: bool,
    /// Asked in a time in which it may be silent.
    pub planned: bool,
    /// What stood in the way.
    pub trouble: Option<Trouble>,
    /// The status code of a page.
    pub status: Option<u16>,
}

/// A stretch of time in which a target was in trouble.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct IncidentRow {
    /// Its id.
    pub id: IncidentId,
    /// Which target.
    pub target: TargetId,
    /// Since when, milliseconds UTC.
    #[ts(type = "number")]
    pub began_at: i64,
    /// Until when, milliseconds UTC; absent while it lasts.
    #[ts(type = "number | null")]
    pub ended_at: Option<i64>,
    /// At its worst.
    pub worst: Grade,
    /// What stood in the way when it began.
    pub trouble: Option<Trouble>,
    /// The target whose silence explained it.
    pub muted_by: Option<TargetId>,
    /// It was to be expected.
    pub planned: bool,
}

/// A time in which targets may be silent.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct MaintenanceRow {
    /// Its id.
    pub id: MaintenanceId,
    /// For which target; all of them when absent.
    pub target: Option<TargetId>,
    /// When.
    pub schedule: Schedule,
    /// Why.
    pub note: String,
    /// Who set it.
    pub set_by: String,
    /// When it was set, milliseconds UTC.
    #[ts(type = "number")]
    pub set_at: i64,
}

/// What was last seen of a target from a workstation.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct WorkstationRow {
    /// Which target.
    pub target: TargetId,
    /// A name the workstation keeps for itself.
    pub station: String,
    /// Who sits there.
    pub login: String,
    /// When, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// It has been so since, milliseconds UTC.
    #[ts(type = "number")]
    pub since: i64,
    /// Whether it answered.
    pub reached: bool,
    /// How long that took, ms; from a page a rough figure.
    pub time_ms: Option<f64>,
    /// The status code, which a page cannot see.
    pub status: Option<u16>,
    /// What stood in the way.
    pub trouble: Option<Trouble>,
    /// A page looked, not a program.
    pub browser: bool,
}

/// A target as the worker needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Which.
    pub id: TargetId,
    /// How it is asked.
    pub definition: Definition,
}
