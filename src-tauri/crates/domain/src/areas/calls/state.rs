//! What the rules of calls may look at: a small snapshot, loaded for one fact.
//!
//! Deliberately not here: pages, totals and search for people (queries of the store).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AgencyId, CallId, Instant};

/// A contact centre.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    TS,
    strum::EnumString,
    strum::AsRefStr,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Centre {
    /// Москва: calls come from the call centre's own database.
    Moscow,
    /// Вильнюс: calls come from the telephony client.
    Vilnius,
}

/// Whether a call goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Begun and not ended.
    Open,
    /// Ended, at a known or unknown instant.
    Ended,
}

/// A call as far as a rule needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCall {
    /// Which.
    pub id: CallId,
    /// When it began.
    pub began: Instant,
    /// Whether it goes on.
    pub state: CallState,
    /// What it was about, when said.
    pub theme: Option<String>,
    /// Whether it is marked "called back".
    pub called_back: bool,
    /// Whether the agency's card has come.
    pub has_card: bool,
}

/// The snapshot for one fact; the parts a fact has no use for are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The id the next new call will get.
    pub next_call: CallId,
    /// Open calls of the fact's operator with the fact's number, newest first.
    pub open: Vec<OpenCall>,
    /// The call the fact names, or that has the fact's source key.
    pub call: Option<OpenCall>,
    /// Agencies that own the fact's number, compared digit by digit, each once, largest id first.
    pub agencies: Vec<AgencyId>,
    /// Another source's row of the same call: same operator and number, begun within [`Policy::same_call`] (behaviour/helpdesk 1.5).
    pub twin: Option<CallId>,
    /// The name of the operator the fact speaks of, where the floor knows it.
    pub operator: Option<String>,
}

/// What the administrator settled for calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// A second "new call" of the same operator and number within this time of an open call is the same call.
    pub repeat: jiff::SignedDuration,
    /// Rows of two sources that began within this time are the same call.
    pub same_call: jiff::SignedDuration,
    /// An open call of which no end was reported for this long is closed with an unknown end.
    pub open_at_most: jiff::SignedDuration,
    /// How long an agency card is worth waiting for.
    pub card_wait: jiff::SignedDuration,
    /// Region code written to calls of the Vilnius centre, at most 3 characters.
    pub region: String,
    /// What a wrap-up reason stands for.
    pub wrapup: super::watched::WrapupMap,
    /// Whether an agency service is connected; without one no card is asked for.
    pub agency_service: bool,
}
