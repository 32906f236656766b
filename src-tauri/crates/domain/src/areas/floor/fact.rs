//! What can happen on the floor.
//!
//! Deliberately not here: the source's XML (its integration's), and consequences (the rule's).

use serde::{Deserialize, Serialize};

use super::{DialogReport, OperatorReport, QueueReport, Reason, TeamReport, Verdict, Wanted};
use crate::{CommandId, Failure, IntervalId, OperatorId};

/// Something about the floor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// A team in full, read anew: it replaces what was known of the team, whatever the times in it say.
    TeamSeen(TeamReport),
    /// One operator has changed, in the order the source told it.
    OperatorSeen {
        /// How they are now.
        report: Box<OperatorReport>,
        /// The team whose news it came with; absent on a person's own channel.
        team: Option<String>,
    },
    /// An operator was removed from a team's news.
    OperatorGone {
        /// The source's id of the person.
        login_id: String,
        /// The team whose news it came with; absent for all.
        team: Option<String>,
    },
    /// A call of an operator began or changed.
    DialogSeen(Box<DialogReport>),
    /// A call of an operator is over for them.
    DialogGone {
        /// The source's id of the call.
        id: String,
        /// Whose.
        login_id: String,
    },
    /// A queue's figures.
    QueueSeen(Box<QueueReport>),
    /// A queue is no more.
    QueueGone {
        /// The source's id of the queue.
        id: String,
    },
    /// The teams there are for us. Whatever else was known of the source is none of ours any more.
    TeamsSeen {
        /// The source's ids, with names where they were told.
        teams: Vec<(String, Option<String>)>,
    },
    /// The house's list of reasons.
    ReasonsSeen {
        /// All of them.
        reasons: Vec<Reason>,
    },
    /// News of these teams can be relied on from now: they were read and their changes are heard.
    WatchBegan {
        /// The source's ids.
        teams: Vec<String>,
    },
    /// News of these teams can no longer be relied on.
    WatchLost {
        /// The source's ids; empty for all of the source.
        teams: Vec<String>,
        /// Why, as a code of the console's texts.
        why: String,
    },
    /// A supervisor asks for a state.
    StateAsked {
        /// Whose.
        operator: OperatorId,
        /// What it should become.
        wanted: Wanted,
        /// The supervisor's words, at most 200 characters.
        note: String,
        /// Who asked, a login of the console.
        by: String,
        /// The account at the source to act with; the engine's own when absent.
        account: Option<String>,
    },
    /// The source has taken a request; whether it is done shows in the state.
    RequestTaken {
        /// Which request.
        command: CommandId,
    },
    /// The source has told of a change that it made for a request.
    RequestShown {
        /// Which request.
        command: CommandId,
    },
    /// A request came to nothing.
    RequestFailed {
        /// Which request.
        command: CommandId,
        /// Why.
        failure: Failure,
        /// The source's words.
        detail: String,
    },
    /// A request has waited for its outcome for as long as it was worth.
    RequestOverdue {
        /// Which request.
        command: CommandId,
    },
    /// Nobody saw the outcome of a request, not even by looking once more.
    RequestUnsettled {
        /// Which request.
        command: CommandId,
    },
    /// An operator has been in a state for so long that somebody should look.
    TooLong {
        /// Who.
        operator: OperatorId,
        /// The interval that was meant; another one since then makes this void.
        interval: IntervalId,
        /// Past the second limit, not only the first.
        red: bool,
    },
    /// It is time to say what a "not ready" was caused by.
    JudgementDue {
        /// Which stretch of time.
        interval: IntervalId,
    },
    /// A source has not been heard for so long that somebody should know.
    StillLost,
    /// A person judges a "not ready" otherwise than we did.
    VerdictGiven {
        /// Which stretch of time.
        interval: IntervalId,
        /// The verdict; absent takes the person's own back.
        verdict: Option<Verdict>,
        /// Who, a login of the console.
        by: String,
        /// Why, at most 200 characters.
        note: String,
    },
}

impl Fact {
    /// A stable word for logs, counters and the journal.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TeamSeen(_) => "team_seen",
            Self::TeamsSeen { .. } => "teams_seen",
            Self::OperatorSeen { .. } => "operator_seen",
            Self::OperatorGone { .. } => "operator_gone",
            Self::DialogSeen(_) => "dialog_seen",
            Self::DialogGone { .. } => "dialog_gone",
            Self::QueueSeen(_) => "queue_seen",
            Self::QueueGone { .. } => "queue_gone",
            Self::ReasonsSeen { .. } => "reasons_seen",
            Self::WatchBegan { .. } => "watch_began",
            Self::WatchLost { .. } => "watch_lost",
            Self::StateAsked { .. } => "state_asked",
            Self::RequestTaken { .. } => "request_taken",
            Self::RequestShown { .. } => "request_shown",
            Self::RequestFailed { .. } => "request_failed",
            Self::RequestOverdue { .. } => "request_overdue",
            Self::RequestUnsettled { .. } => "request_unsettled",
            Self::TooLong { .. } => "too_long",
            Self::JudgementDue { .. } => "judgement_due",
            Self::StillLost => "still_lost",
            Self::VerdictGiven { .. } => "verdict_given",
        }
    }

    /// Whether it only says how things are. Such a fact leaves a journal entry only when something follows from it: the floor's
    /// own history keeps the rest.
    #[must_use]
    pub fn is_observation(&self) -> bool {
        matches!(
            self,
            Self::TeamSeen(_)
                | Self::TeamsSeen { .. }
                | Self::OperatorSeen { .. }
                | Self::OperatorGone { .. }
                | Self::DialogSeen(_)
                | Self::DialogGone { .. }
                | Self::QueueSeen(_)
                | Self::QueueGone { .. }
                | Self::ReasonsSeen { .. }
                | Self::RequestShown { .. }
        )
    }
}
