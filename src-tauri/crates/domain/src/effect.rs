//! What Pult owes the outside world, in the field's words. Which vendor performs a kind is the engine's list, not ours.
//!
//! Deliberately not here: attempts, errors, limits (the outbox and its lane), and any address or credential.

use serde::{Deserialize, Serialize};

use crate::{AgencyId, CallId, Instant, PhoneNumber, Subject};

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
}

impl Effect {
    /// A stable word for keys, counters and the console, for instance `look_up_agency`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::LookUpAgency { .. } => "look_up_agency",
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
