//! The floor: operators, their states as they are this second and as they were, teams, queues, and what a supervisor may do.
//!
//! Deliberately not here: the journal of calls (an area of its own; a dialog seen here is told to it as a fact of its own).

pub mod change;
pub mod fact;
pub mod known;
mod merge;
pub mod queues;
pub mod report;
pub mod rule;
pub mod state;
pub mod verdict;

pub use change::{Change, CommandState};
pub use fact::Fact;
pub use known::{Known, KnownCommand, KnownInterval, KnownOperator, Limit, Policy};
pub use queues::{CountedCall, CountedOperator, QueueWords};
pub use report::{DialogPhase, DialogReport, Direction, OperatorReport, QueueReport, Reason, ReasonKind, TeamReport};
pub use rule::decide;
pub use state::{Group, OperatorState, Wanted};
/// The reason for which a team is not heard that the account supervises no more.
pub const REMOVED: &str = "removed";

pub use verdict::{Evidence, Judgement, Messenger, ProbedTarget, Probes, Verdict};
