//! What Pult owes the outside world, in the field's words. Which vendor performs a kind is the engine's list, not ours.
//!
//! Deliberately not here: attempts, errors, limits (the outbox and its lane), and any address or credential.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AgencyId, CallId, CommandId, Instant, PhoneNumber, Subject, areas::floor};

/// One outward act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// Read the card of an agency for a call that has just begun; the answer is an `AgencyFound` or `AgencyMissing` fact.
    LookUpAgency {
        /// The call the card is for.
        call: CallId,
        /// Whose card.
        agency: AgencyId,
        /// The caller: the card names the person who owns this number.
        phone: PhoneNumber,
    },
    /// Ask the telephony platform to change an operator's state. Lives 15 s and is never repeated; that it was taken is a
    /// `RequestTaken` fact, that it was done shows in the operator's state.
    ChangeOperatorState {
        /// The request it belongs to.
        command: CommandId,
        /// The platform's id of the operator.
        login_id: String,
        /// What the state should become.
        wanted: floor::Wanted,
        /// The account at the platform to act with; the engine's own when absent.
        account: Option<String>,
    },
    /// Look once at the operator whose request's outcome nobody saw: the team's answer, then `RequestUnsettled`.
    LookAtOperator {
        /// The request it belongs to.
        command: CommandId,
        /// The platform's id of the operator.
        login_id: String,
        /// The platform's ids of the operator's teams.
        teams: Vec<String>,
    },
}

impl Effect {
    /// A stable word for keys, counters and the console, for instance `look_up_agency`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::LookUpAgency { .. } => "look_up_agency",
            Self::ChangeOperatorState { .. } => "change_operator_state",
            Self::LookAtOperator { .. } => "look_at_operator",
        }
    }

    /// An effect of a kind with invented particulars: what the preview of an answer takes it to be the answer to.
    #[must_use]
    pub fn example(kind: &str) -> Option<Self> {
        match kind {
            "look_up_agency" => Some(Self::LookUpAgency {
                call: CallId(1),
                agency: AgencyId(1),
                phone: PhoneNumber::digits_of("+37060011122")?,
            }),
            "change_operator_state" => Some(Self::ChangeOperatorState {
                command: CommandId(1),
                login_id: "70411".to_owned(),
                wanted: floor::Wanted::NotReady,
                account: None,
            }),
            "look_at_operator" => Some(Self::LookAtOperator {
                command: CommandId(1),
                login_id: "70411".to_owned(),
                teams: vec!["61".to_owned()],
            }),
            _ => None,
        }
    }
}

/// An effect with the terms under which it may be carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectOrder {
    /// Effects of one subject go out one at a time, in order.
    pub subject: Subject,
    /// Past this instant it is never sent; the rule is told that it expired.
    pub not_after: Option<Instant>,
    /// Ahead of its lane's queue: a person is waiting.
    pub urgent: bool,
    /// What to do.
    pub effect: Effect,
}

/// Why an effect came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Failure {
    /// What it speaks of does not exist there.
    DoesNotExist,
    /// What it speaks of is in a state that does not allow it now.
    State,
    /// The account lacks the right.
    Rights,
    /// The other side cannot do such a thing.
    Unsupported,
    /// The other side refused for another reason.
    Refused,
    /// It could not be done while it was worth doing.
    TooLate,
}
