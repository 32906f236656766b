//! How an effect is carried out at a vendor, and what its outcome means for the next attempt.
//!
//! Deliberately not here: queues, pauses, breakers and counting (the engine's lanes).

use std::time::Duration;

use async_trait::async_trait;
use pult_domain::{Effect, EffectKey, Failure, Instant, Observed};
use serde::{Deserialize, Serialize};

use crate::transport::http::Answer;

/// What the engine does after a call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum CallError {
    /// The vendor is there and asks for patience (429, 503 with Retry-After, a limit).
    #[error("asked to come back later: {detail}")]
    Retry {
        /// No call before this time has passed; `None` leaves it to the lane's backoff.
        after: Option<Duration>,
        /// What was seen.
        detail: String,
    },
    /// The one thing spoken of is locked there for a while. It is tried again later, and everything else goes on.
    #[error("locked for a while: {detail}")]
    Locked {
        /// What was seen.
        detail: String,
    },
    /// Our credentials are wrong: every call of this connection stops until a person changes them.
    #[error("credentials refused: {detail}")]
    Unauthorized {
        /// What was seen.
        detail: String,
    },
    /// This call can never succeed.
    #[error("refused: {reason}")]
    Refused {
        /// The vendor's reason.
        reason: String,
        /// What kind of refusal it is.
        why: Failure,
    },
    /// Nothing reached the vendor, or it failed on its side: opens the breaker, uses up nothing.
    #[error("unreachable: {detail}")]
    Unreachable {
        /// What was seen.
        detail: String,
    },
    /// It may or may not have been done: to be settled before it is repeated.
    #[error("outcome unknown: {detail}")]
    OutcomeUnknown {
        /// What was seen.
        detail: String,
    },
}

/// One exchange with a vendor as the console shows it: without secrets, at most 64 KiB a side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Request line, headers and body.
    pub request: String,
    /// The status code, where there was an answer.
    pub status: Option<u16>,
    /// Headers and body of the answer.
    pub response: String,
}

/// One attempt at an effect: everything that was said, and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// What was said, in order; a sign-in before the call is an exchange of its own.
    pub exchanges: Vec<Exchange>,
    /// The facts of the receipt, or what to do next.
    pub outcome: Result<Vec<Observed>, CallError>,
}

impl CallError {
    /// The answer to an effect that [`Delivery::kinds`] does not name.
    #[must_use]
    pub fn not_ours(effect: &Effect) -> Self {
        Self::Refused { reason: format!("{} is not done here", effect.kind()), why: Failure::Unsupported }
    }
}

impl Attempt {
    /// As [`CallError::not_ours`], without a word said.
    #[must_use]
    pub fn not_ours(effect: &Effect) -> Self {
        Self { exchanges: vec![], outcome: Err(CallError::not_ours(effect)) }
    }
}

/// What a look-up says of an effect whose outcome is unknown.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// It was done: the receipt.
    Done(Vec<Observed>),
    /// It was not: it may be repeated.
    NotDone,
    /// The vendor answered, and cannot tell yet: nothing is wrong with it.
    NotYet {
        /// What was seen.
        detail: String,
    },
    /// The vendor cannot tell now.
    Unknown(CallError),
}

/// The terms of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneTerms {
    /// Calls under way at once; one per subject in any case.
    pub concurrency: usize,
    /// The most one attempt may take.
    pub timeout: Duration,
}

/// A rate limit that an effect falls under.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Limit {
    /// What is limited: a token, a chat, a portal.
    pub key: String,
    /// Calls per second, times 1000.
    pub per_second_milli: u32,
    /// Calls that may come at once.
    pub burst: u32,
}

/// A method of the vendor's whose answers [`Delivery::understand`] reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// The vendor's own word for it.
    pub name: &'static str,
    /// The kind of effect it is called for. Where a kind takes several methods, the last one named brings the receipt.
    pub kind: &'static str,
}

/// What an answer is the answer to.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// [`Method::name`].
    pub method: &'a str,
    /// The effect it was called for.
    pub effect: &'a Effect,
    /// The effect's key.
    pub key: &'a EffectKey,
    /// When the answer came.
    pub at: Instant,
}

/// What we can do at a vendor.
#[async_trait]
pub trait Delivery: Send + Sync {
    /// The kinds of effect performed here.
    fn kinds(&self) -> &'static [&'static str];

    /// The lane's terms.
    fn terms(&self) -> LaneTerms;

    /// The limits an effect falls under.
    fn limits(&self, effect: &Effect) -> Vec<Limit>;

    /// The vendor's methods called here.
    fn methods(&self) -> &'static [Method];

    /// What one answer means, whatever its status: the facts of the receipt, none where the method is only a step on the way to it.
    /// [`Self::perform`] reads by the same words, so what a preview shows is what would be made of it.
    ///
    /// # Errors
    /// What to do next; [`CallError::Refused`] as well for a method not among [`Self::methods`].
    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Vec<Observed>, CallError>;

    /// Carries the effect out, once.
    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt;

    /// Finds out what became of an effect. A mere reading is never in doubt: it answers [`Settled::NotDone`].
    async fn settle(&self, effect: &Effect, key: &EffectKey) -> Settled;
}
