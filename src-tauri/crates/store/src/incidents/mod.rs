//! Incidents: which notices stand for one cause, who took one on, and when it was over.
//!
//! Deliberately not here: finding the cause (`pult_domain::trouble`), and whom is told (the engine's).

#[cfg(test)]
mod planner_tests;
mod read;
#[cfg(test)]
mod tests;
mod write;

use pult_domain::{Level, NoticeId, TroubleId, trouble::Cause};
use serde::Serialize;
use ts_rs::TS;

pub use read::{between, get, known, open, standing};
pub use write::{acknowledge, apply, forget, snooze};

/// Incidents of a list at most.
pub const MOST: usize = 200;

/// An incident as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "IncidentRecord")]
pub struct IncidentRow {
    /// Its id.
    pub id: TroubleId,
    /// What it comes from.
    pub cause: Cause,
    /// The worst it had.
    pub level: Level,
    /// The notice that says best what it is.
    pub head: NoticeId,
    /// Since when, milliseconds UTC.
    #[ts(type = "number")]
    pub since: i64,
    /// When nothing of it held any more, milliseconds UTC; absent while it goes on.
    #[ts(type = "number | null")]
    pub ended_at: Option<i64>,
    /// What it came from works again.
    pub recovered: bool,
    /// Who took it on.
    pub acknowledged_by: Option<String>,
    /// When, milliseconds UTC.
    #[ts(type = "number | null")]
    pub acknowledged_at: Option<i64>,
    /// Who took it out of sight.
    pub snoozed_by: Option<String>,
    /// Until when, milliseconds UTC.
    #[ts(type = "number | null")]
    pub snoozed_until: Option<i64>,
    /// Its notices, those that no longer hold among them, the oldest first.
    pub members: Vec<NoticeId>,
}

/// A notice of a trouble that holds, as the cause of it is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRow {
    /// Which.
    pub id: NoticeId,
    /// What it is about.
    pub class: pult_domain::NoticeClass,
    /// How much it presses.
    pub level: Level,
    /// The key it was raised with.
    pub key: String,
    /// Where its screen is.
    pub subject: pult_domain::Subject,
    /// Since when.
    pub since: pult_domain::Instant,
}
