//! What can happen on the network, as far as we watch it.
//!
//! Deliberately not here: packets (the probes'), and consequences (the rule's).

use serde::{Deserialize, Serialize};

use super::{Cycle, Definition, Maintenance};
use crate::{MaintenanceId, TargetId};

/// Something about the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// The engine asked a target and this is how it answered.
    CycleSeen {
        /// Which target.
        target: TargetId,
        /// How it answered.
        cycle: Box<Cycle>,
    },
    /// Targets are watched from now on.
    WatchBegan {
        /// How many.
        targets: usize,
    },
    /// Targets are not watched any longer.
    WatchLost {
        /// Why, as a code of the console's texts.
        why: String,
    },
    /// An administrator described a target, a new one or anew.
    TargetSet {
        /// Which; absent for a new one.
        target: Option<TargetId>,
        /// As what.
        definition: Box<Definition>,
        /// Who, a login of the console.
        by: String,
    },
    /// An administrator took a target away, and its history with it.
    TargetRemoved {
        /// Which.
        target: TargetId,
        /// Who, a login of the console.
        by: String,
    },
    /// An administrator set a time in which a target may be silent.
    MaintenanceSet {
        /// For what, and when.
        maintenance: Box<Maintenance>,
        /// Who, a login of the console.
        by: String,
    },
    /// An administrator took such a time back.
    MaintenanceLifted {
        /// Which.
        maintenance: MaintenanceId,
        /// Who, a login of the console.
        by: String,
    },
}

impl Fact {
    /// A stable word for logs, counters and the journal.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CycleSeen { .. } => "cycle_seen",
            Self::WatchBegan { .. } => "watch_began",
            Self::WatchLost { .. } => "watch_lost",
            Self::TargetSet { .. } => "target_set",
            Self::TargetRemoved { .. } => "target_removed",
            Self::MaintenanceSet { .. } => "maintenance_set",
            Self::MaintenanceLifted { .. } => "maintenance_lifted",
        }
    }

    /// Whether it only says how things are. Such a fact leaves a journal entry only when something follows from it: the network's own
    /// history keeps the rest.
    #[must_use]
    pub fn is_observation(&self) -> bool {
        matches!(self, Self::CycleSeen { .. })
    }
}
