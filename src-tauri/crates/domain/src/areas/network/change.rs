//! What a decision does to the network's state and history.
//!
//! Deliberately not here: rows, columns and roll-ups (the store's).

use serde::{Deserialize, Serialize};

use super::{Cycle, Definition, Grade, Maintenance, Run};
use crate::{IncidentId, Instant, Level, MaintenanceId, TargetId};

/// One change, applied in the order given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A cycle for the history, and the grade it led to.
    Record {
        /// Which target.
        target: TargetId,
        /// How it answered.
        cycle: Box<Cycle>,
        /// The grade of this cycle alone.
        grade: Grade,
        /// Its grade from now on.
        run: Run,
        /// Since when it has that grade, when it is another one than before.
        since: Option<Instant>,
        /// It was asked in a time in which it may be silent.
        planned: bool,
        /// A later cycle than this instant belongs to another stretch of watching.
        watched_until: Instant,
    },
    /// A target is in trouble.
    OpenIncident {
        /// Which.
        target: TargetId,
        /// How badly.
        grade: Grade,
        /// What stood in the way, as a word.
        trouble: Option<String>,
        /// The target whose silence explains this one's.
        muted_by: Option<TargetId>,
        /// It was to be expected.
        planned: bool,
        /// Whether a notice is raised.
        told: bool,
    },
    /// An open trouble is worse, better, told, or no longer worth telling.
    KeepIncident {
        /// Which.
        incident: IncidentId,
        /// How badly it is now.
        grade: Grade,
        /// The target whose silence explains this one's.
        muted_by: Option<TargetId>,
        /// It is to be expected now.
        planned: bool,
        /// Whether its notice stands.
        told: bool,
    },
    /// A trouble is over.
    CloseIncident {
        /// Which.
        incident: IncidentId,
    },
    /// How urgently the end of a certificate has been told.
    CertificateTold {
        /// Which target's.
        target: TargetId,
        /// How; absent when it no longer is.
        level: Option<Level>,
    },
    /// Watching begins: what was seen before says nothing about now.
    BeginWatch,
    /// Watching ends.
    EndWatch,
    /// A target, new or described anew.
    SetTarget {
        /// Which.
        target: TargetId,
        /// As what.
        definition: Box<Definition>,
        /// It is asked otherwise than before, so its grade begins anew.
        anew: bool,
    },
    /// A target goes, and its history with it.
    RemoveTarget {
        /// Which.
        target: TargetId,
    },
    /// A time in which a target may be silent.
    SetMaintenance {
        /// Its id.
        id: MaintenanceId,
        /// For what, and when.
        maintenance: Box<Maintenance>,
        /// Who set it.
        by: String,
    },
    /// Such a time is taken back.
    LiftMaintenance {
        /// Which.
        id: MaintenanceId,
    },
}
