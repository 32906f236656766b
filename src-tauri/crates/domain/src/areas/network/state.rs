//! What the rules of the network may look at: a small snapshot, loaded for one fact.
//!
//! Deliberately not here: history, charts and heartbeats for people (queries of the store).

use jiff::{SignedDuration, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Definition, Grade, Run, Steadiness, Window};
use crate::{IncidentId, Instant, Level, MaintenanceId, TargetId};

/// A stretch of time in which a target is in trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenIncident {
    /// Its id.
    pub id: IncidentId,
    /// Since when.
    pub began: Instant,
    /// The grade it was last told with, or noted with when it was not told.
    pub grade: Grade,
    /// Whether a notice of it stands.
    pub told: bool,
}

/// A target as far as a rule needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetState {
    /// Which.
    pub id: TargetId,
    /// What it is.
    pub definition: Definition,
    /// Its grade.
    pub run: Run,
    /// When it was last asked.
    pub asked: Option<Instant>,
    /// From one cycle to the next.
    pub period: SignedDuration,
    /// Its trouble, when it is in one.
    pub incident: Option<OpenIncident>,
    /// How urgently its certificate's end has been told, when it has.
    pub certificate_told: Option<Level>,
}

/// What a target is reached through, the nearest that is in trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// Which.
    pub id: TargetId,
    /// What people call it.
    pub title: String,
    /// Its grade.
    pub grade: Option<Grade>,
    /// Whether its newest cycle had no answer, whatever its grade still is.
    pub last_lost: bool,
}

/// A target that is reached through this one and of whose trouble a notice stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    /// Which.
    pub id: TargetId,
    /// Its trouble.
    pub incident: IncidentId,
}

/// The snapshot for one fact; the parts a fact has no use for are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The id the next new target will get.
    pub next_target: TargetId,
    /// The id the next maintenance will get.
    pub next_maintenance: MaintenanceId,
    /// The target the fact names.
    pub target: Option<TargetState>,
    /// What it is reached through, nearest first.
    pub parents: Vec<Parent>,
    /// What is reached through it.
    pub children: Vec<Child>,
    /// Times in which it may be silent.
    pub windows: Vec<Window>,
}

/// What the administrator settled for the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How much must be seen before a grade changes.
    pub steadiness: Steadiness,
    /// From one cycle to the next, where the target names no other.
    pub period: SignedDuration,
    /// A certificate that ends within so many days is told.
    pub certificate_days: i64,
    /// The zone of weekly maintenance.
    pub zone: TimeZone,
}
