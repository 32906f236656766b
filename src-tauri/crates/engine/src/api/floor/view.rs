//! What the floor's commands are asked and answer.
//!
//! Deliberately not here: the rows themselves (the store's), and doing anything.

use std::collections::BTreeMap;

use pult_domain::{
    IntervalId, OperatorId,
    areas::floor::{CommandState, Group, Verdict, Wanted},
};
use pult_integrations::SessionReport;
use pult_store::{
    floor::{self, CommandRow, Moment, NoteRow, OperatorRow, QueueRow, TeamRow},
    journal::EntryRow,
    network::TargetMoment,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The floor as it is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FloorBoard {
    /// The engine's time, milliseconds UTC.
    #[ts(type = "number")]
    pub now: i64,
    /// The teams, by name.
    pub teams: Vec<TeamRow>,
    /// The operators, in no promised order.
    pub operators: Vec<OperatorRow>,
    /// The queues, by name.
    pub queues: Vec<QueueRow>,
    /// How the session with the source is; absent while there is none.
    pub session: Option<SessionReport>,
    /// Whether requests can be carried out.
    pub acts: bool,
    /// When a state has lasted too long, by its word or its group's, seconds.
    pub limits: Vec<LimitRow>,
}

/// The queues alone: those Pult counts change with every operator and call.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Queues {
    /// The queues, by name.
    pub queues: Vec<QueueRow>,
}

/// How many operators are in each group: what the tray needs of the floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FloorCounts {
    /// By group; a group nobody is in is left out.
    pub by_group: BTreeMap<Group, u32>,
    /// Whether the source is heard; if not, these are its last words.
    pub heard: bool,
}

/// When a state has lasted too long.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LimitRow {
    /// The word of a state or of a group; a state's own goes first.
    pub word: String,
    /// The first limit, seconds.
    #[ts(type = "number")]
    pub amber: i64,
    /// The second limit, seconds; absent when there is none.
    #[ts(type = "number | null")]
    pub red: Option<i64>,
}

/// Some operators by id.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OperatorIds {
    /// Up to 500.
    pub ids: Vec<OperatorId>,
}

/// Some operators as they are.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Operators {
    /// Those that are in a team.
    pub operators: Vec<OperatorRow>,
}

/// One moment.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MomentRequest {
    /// Milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
}

/// Everybody at one moment.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Moments {
    /// Everybody who was in a team then, also those who have left since, and those who are in one now.
    pub operators: Vec<Moment>,
    /// Every target of the network, as it answered then.
    pub targets: Vec<TargetMoment>,
}

/// A period of one operator.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct StretchesRequest {
    /// Who.
    pub operator: OperatorId,
    /// Milliseconds UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// Milliseconds UTC; at most 92 days later.
    #[ts(type = "number")]
    pub to: i64,
}

/// A period.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PeriodRequest {
    /// Milliseconds UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// Milliseconds UTC; at most 92 days later.
    #[ts(type = "number")]
    pub to: i64,
}

/// How long everybody was in each group.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FloorTotals {
    /// Those who were seen at all.
    pub operators: Vec<floor::OperatorTimes>,
}

/// One operator.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OperatorRequest {
    /// Who.
    pub id: OperatorId,
}

/// Everything about one operator but their time line.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OperatorPanel {
    /// As they are; absent when they have left every team.
    pub operator: Option<OperatorRow>,
    /// Where their messenger is, if anybody knows: how it was is evidence of why they were not ready.
    pub messenger: Option<floor::OperatorMessenger>,
    /// Requests, newest first.
    pub commands: Vec<CommandRow>,
    /// Notes, newest first.
    pub notes: Vec<NoteRow>,
    /// What was decided about them, newest first, each with its reason.
    pub decisions: Vec<EntryRow>,
}

/// Asks for a state.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// Whose, up to 500.
    pub operators: Vec<OperatorId>,
    /// What it should become.
    pub wanted: Wanted,
    /// Why, up to 200 characters.
    #[serde(default)]
    pub note: String,
}

/// What became of the asking; the outcome shows in the rows.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Asked {
    /// One for each operator, in the order asked.
    pub requests: Vec<AskedOne>,
}

/// One request.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AskedOne {
    /// Whose state.
    pub operator: OperatorId,
    /// How far it has come; absent when there is no such operator.
    pub state: Option<CommandState>,
}

/// A note about an operator.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoteRequest {
    /// About whom.
    pub operator: OperatorId,
    /// 1 to 200 characters.
    pub text: String,
}

/// Puts one's own note right.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoteEdit {
    /// About whom it is.
    pub operator: OperatorId,
    /// Which.
    #[ts(type = "number")]
    pub note: i64,
    /// 1 to 200 characters.
    pub text: String,
}

/// Takes one's own note back.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoteRemoval {
    /// About whom it is.
    pub operator: OperatorId,
    /// Which.
    #[ts(type = "number")]
    pub note: i64,
}

/// Settles where an operator's messenger is.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "OperatorMessengerRequest")]
pub struct MessengerRequest {
    /// Whose.
    pub operator: OperatorId,
    /// `name@domain`; absent takes it back.
    pub address: Option<String>,
}

/// Judges a "not ready" otherwise.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OverruleRequest {
    /// Whose stretch it is.
    pub operator: OperatorId,
    /// Which stretch.
    pub interval: IntervalId,
    /// The verdict; absent takes one's own back.
    pub verdict: Option<Verdict>,
    /// Why, up to 200 characters.
    #[serde(default)]
    pub note: String,
}

/// Whether a session took an order.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct Ordered {
    /// It did; a reading anew comes at most once in 5 s.
    pub taken: bool,
}
