//! What a decision does to the journal of calls.
//!
//! Deliberately not here: rows, columns and limits of columns (the store's).

use serde::{Deserialize, Serialize};

use crate::{AgencyId, CallId, Instant, PhoneNumber};

use super::{AgencyCard, Lack, ReportedCall};

/// One change, applied in the order given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A new call of the Vilnius centre.
    Begin(NewCall),
    /// The call is over.
    End {
        /// Which.
        call: CallId,
        /// When; absent when the end was never reported and so is unknown.
        at: Option<Instant>,
    },
    /// What it was about.
    SetTheme {
        /// Which.
        call: CallId,
        /// The theme.
        theme: String,
    },
    /// The "called back" mark.
    SetCalledBack {
        /// Which.
        call: CallId,
        /// Who and when, or nothing to take the mark away.
        mark: Option<(String, Instant)>,
    },
    /// The agency's card has come; its name and contact person are written once per call.
    KeepCard {
        /// Which.
        call: CallId,
        /// The card.
        card: Box<AgencyCard>,
    },
    /// The agency's card will not come.
    NoCard {
        /// Which.
        call: CallId,
        /// Why.
        lack: Lack,
    },
    /// A call of the Moscow journal: a new row, or the known one brought up to date.
    Report {
        /// The row to fill; absent for a new one.
        call: Option<CallId>,
        /// The row's key among all sources, for instance `feed/4711`.
        source_key: String,
        /// What is known of it.
        reported: Box<ReportedCall>,
    },
}

/// A call of the Vilnius centre as it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCall {
    /// The id promised to it.
    pub id: CallId,
    /// The row's key among all sources.
    pub source_key: String,
    /// When it began; its end is the same instant until one is reported (behaviour/helpdesk 2.2 step 4).
    pub at: Instant,
    /// The caller.
    pub phone: PhoneNumber,
    /// The operator's id at the telephony.
    pub curator: String,
    /// The agency, `0` when the number belongs to none.
    pub agency: AgencyId,
    /// The region code of the centre.
    pub region: String,
    /// Whether an agency card has been asked for.
    pub card_asked: bool,
}
