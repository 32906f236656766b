//! What the rules of the floor may look at: a small snapshot, loaded for one fact, and the house's limits.
//!
//! Deliberately not here: finding it (the store's).

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Group, OperatorState, QueueWords, Reason, ReasonKind, Wanted, verdict::Evidence};
use crate::{CommandId, Instant, IntervalId, OperatorId};

/// An operator as they were last known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownOperator {
    /// Who.
    pub id: OperatorId,
    /// The name shown.
    pub name: String,
    /// What they were doing.
    pub state: OperatorState,
    /// Since when, as the source said; absent when it did not.
    pub since: Option<Instant>,
    /// What was to come next.
    pub pending: Option<OperatorState>,
    /// Why.
    pub reason: Option<Reason>,
    /// The stretch of time that goes on.
    pub interval: Option<IntervalId>,
    /// When it began, by the source's time or, failing that, when we heard of it.
    pub began: Option<Instant>,
    /// How long is too long already: 0 not, 1 past the first limit, 2 past the second.
    pub alarm: u8,
    /// Absent from the newest answer about their team.
    pub missing: bool,
    /// A supervisor's request whose outcome is awaited.
    pub command: Option<(CommandId, Wanted)>,
    /// The phone.
    pub extension: Option<String>,
}

/// A request of a supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownCommand {
    /// Which.
    pub id: CommandId,
    /// Whose state.
    pub operator: OperatorId,
    /// The source's id of the operator.
    pub login_id: String,
    /// What it should become.
    pub wanted: Wanted,
    /// The source's ids of the operator's teams.
    pub teams: Vec<String>,
    /// Whether its outcome is still awaited.
    pub waiting: bool,
}

/// A stretch of time, for a judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownInterval {
    /// Which.
    pub id: IntervalId,
    /// Whose.
    pub operator: OperatorId,
    /// What they were doing.
    pub state: OperatorState,
    /// Whether a person has judged it.
    pub judged_by_person: bool,
    /// What speaks for one verdict or another.
    pub evidence: Evidence,
}

/// The snapshot for one fact; the parts a fact has no use for are empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// The operators the fact speaks of, by the source's id; for a team, all that were in it as well.
    pub operators: BTreeMap<String, KnownOperator>,
    /// The id the next new operator will get; the one after that the next number.
    pub next_operator: i64,
    /// The id the next stretch of time will get.
    pub next_interval: i64,
    /// The id the next request will get.
    pub next_command: i64,
    /// The source's ids of those who were in the team.
    pub members: Vec<String>,
    /// Those of them who are in another team as well that is watched.
    pub elsewhere: BTreeSet<String>,
    /// The source's ids of all teams.
    pub teams: Vec<String>,
    /// Until when the team was watched, when it is not watched now: what happened after that is not known.
    pub watched_until: Option<Instant>,
    /// Names of reasons, by the source's id of the reason.
    pub labels: BTreeMap<String, String>,
    /// The request the fact speaks of.
    pub command: Option<KnownCommand>,
    /// The stretch of time the fact speaks of.
    pub interval: Option<KnownInterval>,
    /// Teams nobody hears of now.
    pub unwatched: Vec<String>,
}

/// How long a state may last before somebody should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// The first limit: the row turns amber.
    pub amber: SignedDuration,
    /// The second: the row turns red.
    pub red: SignedDuration,
}

/// What the administrator settled for the floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Limits by the word of a state or of a group; a state's own goes first.
    pub limits: BTreeMap<String, Limit>,
    /// Whether the first limit is worth a notice, not only the second.
    pub notify_amber: bool,
    /// How long a request is worth waiting for (contracts/finesse 5.9).
    pub command_life: SignedDuration,
    /// How long after "not ready" began the evidence is weighed: colleagues' news must have come.
    pub weigh_after: SignedDuration,
    /// How long a source may be unheard before that is worth a notice.
    pub silence: SignedDuration,
    /// Whether requests can be carried out.
    pub acts: bool,
    /// Queues that are counted where the source has none.
    pub queues: Vec<QueueWords>,
}

impl Policy {
    /// The limit of a state.
    #[must_use]
    pub fn limit(&self, state: &OperatorState) -> Option<Limit> {
        self.limits.get(&state.word()).or_else(|| self.limits.get(state.group().as_ref())).copied()
    }

    /// Whether a stretch of this state is judged.
    #[must_use]
    pub fn judges(state: &OperatorState, reason: Option<&Reason>) -> bool {
        state.group() == Group::NotReady
            || (*state == OperatorState::SignedOut && reason.is_some_and(|r| r.kind != ReasonKind::Chosen))
    }
}
