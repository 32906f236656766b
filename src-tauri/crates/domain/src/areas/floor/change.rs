//! What a decision does to the floor.
//!
//! Deliberately not here: rows and columns (the store's).

use serde::{Deserialize, Serialize};

use super::{DialogReport, OperatorReport, QueueReport, Reason, Verdict, Wanted, verdict::Judgement};
use crate::{CommandId, Instant, IntervalId, OperatorId};

/// One change, applied in the order given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Who an operator is: name, phone. A new one gets the id promised to them.
    Identify {
        /// Who.
        operator: OperatorId,
        /// As reported.
        report: Box<OperatorReport>,
    },
    /// What an operator does from now on: the stretch that went on ends, another begins.
    Begin {
        /// Who.
        operator: OperatorId,
        /// The id promised to the new stretch.
        interval: IntervalId,
        /// As reported.
        report: Box<OperatorReport>,
        /// When it began.
        at: Instant,
        /// The source gave no time, so `at` is when we heard of it.
        approximate: bool,
        /// When the stretch before ended, as far as anybody saw.
        before_ended: Instant,
    },
    /// Something about the stretch that goes on: what comes next, or the name of the reason.
    Amend {
        /// Who.
        operator: OperatorId,
        /// As reported.
        report: Box<OperatorReport>,
    },
    /// The operator is in the team.
    Join {
        /// The source's id of the team.
        team: String,
        /// Its name, where it is known.
        name: Option<String>,
        /// Who.
        operator: OperatorId,
    },
    /// The operator has left the team, or all of them.
    Leave {
        /// The source's id of the team; absent for all.
        team: Option<String>,
        /// Who.
        operator: OperatorId,
    },
    /// There is such a team.
    PutTeam {
        /// The source's id.
        team: String,
        /// Its name, where it is known.
        name: Option<String>,
    },
    /// The team is none of ours any more: nobody is in it for us, and nobody listens.
    DropTeam {
        /// The source's id.
        team: String,
        /// Since when.
        at: Instant,
    },
    /// The operator is not in the team's newest answer: shown as signed out and marked so, until the next answer.
    Missing {
        /// Who.
        operator: OperatorId,
        /// The id promised to the stretch that begins with it.
        interval: IntervalId,
        /// When it was noticed.
        at: Instant,
        /// When the stretch before ended, as far as anybody saw.
        before_ended: Instant,
    },
    /// A call of an operator.
    PutDialog {
        /// Who.
        operator: OperatorId,
        /// The call.
        dialog: Box<DialogReport>,
    },
    /// A call is over for an operator.
    DropDialog {
        /// Who.
        operator: OperatorId,
        /// The source's id of the call.
        id: String,
    },
    /// A queue's figures.
    PutQueue {
        /// The figures.
        queue: Box<QueueReport>,
        /// When they were heard.
        at: Instant,
    },
    /// A queue is no more.
    DropQueue {
        /// The source's id of the queue.
        id: String,
    },
    /// The names of reasons.
    PutReasons {
        /// All of them.
        reasons: Vec<Reason>,
    },
    /// Teams are watched from an instant on.
    Watch {
        /// The source's ids.
        teams: Vec<String>,
        /// From when.
        at: Instant,
    },
    /// Teams are not watched any more.
    Unwatch {
        /// The source's ids; empty for all.
        teams: Vec<String>,
        /// Since when.
        at: Instant,
        /// Why, as a code of the console's texts.
        why: String,
    },
    /// The stretch that goes on has lasted too long.
    Alarm {
        /// Who.
        operator: OperatorId,
        /// 1 past the first limit, 2 past the second.
        level: u8,
    },
    /// A supervisor's request.
    Ask {
        /// The id promised to it.
        command: CommandId,
        /// Whose state.
        operator: OperatorId,
        /// What it should become.
        wanted: Wanted,
        /// The supervisor's words.
        note: String,
        /// Who asked.
        by: String,
        /// When.
        at: Instant,
    },
    /// How far a request has come.
    Answer {
        /// Which.
        command: CommandId,
        /// How far.
        state: CommandState,
        /// The source's words.
        detail: String,
        /// When.
        at: Instant,
    },
    /// What a "not ready" was caused by.
    Judge {
        /// Which stretch.
        interval: IntervalId,
        /// The verdict with its evidence.
        judgement: Box<Judgement>,
    },
    /// A person's own verdict, or nothing to take it back.
    Overrule {
        /// Which stretch.
        interval: IntervalId,
        /// The verdict.
        verdict: Option<Verdict>,
        /// Who.
        by: String,
        /// Why.
        note: String,
        /// When.
        at: Instant,
    },
}

/// How far a supervisor's request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CommandState {
    /// On its way.
    Sent,
    /// The source has it.
    Taken,
    /// The state is, or is about to become, what was wanted.
    Done,
    /// The state does not allow it.
    RefusedState,
    /// The account may not.
    RefusedRights,
    /// The source cannot do it.
    Unsupported,
    /// Refused for another reason.
    Refused,
    /// It could not be sent in time.
    TooLate,
    /// It was sent, and nobody saw what became of it.
    Unknown,
}
