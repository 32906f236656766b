//! Operators, teams, dialogs and queues as a source shows them at one moment.
//!
//! Deliberately not here: which of two reports is newer, and what follows (the rule's).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::OperatorState;
use crate::Instant;

/// Where a reason comes from: what separates a person's choice from something that befell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ReasonKind {
    /// The operator chose it from the house's list.
    Chosen,
    /// A supervisor did it.
    Supervisor,
    /// The desktop or its network was lost.
    ConnectionLost,
    /// The phone went down, or its line was taken away.
    PhoneDown,
    /// The phone or the desktop came back.
    Restored,
    /// A call was offered and not taken.
    DidNotAnswer,
    /// The telephony platform failed or moved to its other node.
    PlatformFailed,
    /// The ordinary course of calls: off-hook, wrap-up over, call ended.
    CallFlow,
    /// Just signed in, or signed in again elsewhere.
    SignedIn,
    /// A code of the system that we have no meaning for.
    OtherSystem,
}

/// Why an operator is in a state. Valid only for the state it came with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Reason {
    /// The code people know, for instance 32767.
    #[ts(type = "number | null")]
    pub code: Option<i64>,
    /// The source's own id of the reason, by which a list names it.
    pub id: Option<String>,
    /// Its name as the source gives it.
    pub label: Option<String>,
    /// Where it comes from.
    pub kind: ReasonKind,
}

/// One operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorReport {
    /// The source's id of the person, case kept.
    pub login_id: String,
    /// What the person signs in with, where it differs.
    pub login_name: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The phone; none while signed out.
    pub extension: Option<String>,
    /// What they are doing.
    pub state: OperatorState,
    /// Since when; absent when the source has seen no change yet.
    pub since: Option<Instant>,
    /// What comes next, where that is settled.
    pub pending: Option<OperatorState>,
    /// Why.
    pub reason: Option<Reason>,
}

impl OperatorReport {
    /// First and last name, else the login name, else the id.
    #[must_use]
    pub fn display_name(&self) -> String {
        let parts: Vec<&str> = [&self.first_name, &self.last_name]
            .into_iter()
            .flatten()
            .map(|n| n.trim())
            .filter(|n| !n.is_empty())
            .collect();
        match parts.is_empty() {
            true => self.login_name.clone().filter(|n| !n.is_empty()).unwrap_or_else(|| self.login_id.clone()),
            false => parts.join(" "),
        }
    }
}

/// A team with everybody in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamReport {
    /// The source's id of the team.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Everybody in it; who is not here is no longer in the team's answer.
    pub members: Vec<OperatorReport>,
}

/// Whose call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Direction {
    /// Somebody calls us.
    Inbound,
    /// We call somebody.
    Outbound,
    /// Between colleagues.
    Internal,
    /// The source does not say.
    Unknown,
}

/// How far an operator's part of a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DialogPhase {
    /// Being set up or ringing.
    Ringing,
    /// Talking.
    Active,
    /// On hold.
    Held,
    /// Over, being written up.
    WrapUp,
    /// Over.
    Ended,
    /// It never came about.
    Failed,
}

/// One call of one operator. Numbers are personal data: shown, never logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DialogReport {
    /// The source's id of the call.
    pub id: String,
    /// Whose part of it this is.
    pub login_id: String,
    /// How far it is.
    pub phase: DialogPhase,
    /// Who called whom.
    pub direction: Direction,
    /// The other side's number, as it came.
    pub number: Option<String>,
    /// The number that was called.
    pub dialed: Option<String>,
    /// The queue it came through.
    pub queue: Option<String>,
    /// When it began.
    #[ts(type = "string | null")]
    pub began: Option<Instant>,
    /// When it was last changed.
    #[ts(type = "string | null")]
    pub changed: Option<Instant>,
    /// What the operator said it was about.
    pub wrap_up: Option<String>,
}

/// A queue's figures; an absent one is unknown to the source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueReport {
    /// The source's id of the queue.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Callers waiting.
    pub waiting: Option<u32>,
    /// Since when the one who has waited longest does.
    #[ts(type = "string | null")]
    pub longest_since: Option<Instant>,
    /// Operators waiting for a call.
    pub ready: Option<u32>,
    /// Operators taking no calls.
    pub not_ready: Option<u32>,
    /// Operators busy with other queues.
    pub busy_other: Option<u32>,
    /// Operators a call is being offered to.
    #[serde(default)]
    pub reserved: Option<u32>,
    /// Operators signed in.
    pub signed_in: Option<u32>,
    /// Operators talking, any direction.
    pub talking: Option<u32>,
    /// Operators after a call.
    pub wrap_up: Option<u32>,
}
