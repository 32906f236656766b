//! What the gate was asked: counts of everything, details of the newest calls. Never a login, password or session id.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

use super::{Refusal, fault::Page};

/// Calls kept in detail; older ones live on in the counts alone.
const KEPT: usize = 10_000;

/// How a call ended, faults apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A session or a card was given.
    Answered,
    /// The gate said no.
    Refused(&'static str),
    /// A fault took the place of the answer.
    Faulted,
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.code())
    }
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// When it came in.
    pub at: Timestamp,
    /// Which page.
    pub page: Page,
    /// The agency asked for, when that could be read.
    pub agency_id: Option<u32>,
    /// How it ended.
    pub outcome: Outcome,
}

/// All calls so far.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Journal {
    /// Calls of the login page, refused and faulted ones included.
    pub logins: u64,
    /// Calls of the card page, likewise.
    pub views: u64,
    /// The newest calls, oldest first.
    pub entries: VecDeque<Entry>,
}

impl Journal {
    pub(super) fn record(&mut self, page: Page, agency_id: Option<u32>, outcome: Outcome, at: Timestamp) {
        match page {
            Page::Login => self.logins += 1,
            Page::View | Page::Any => self.views += 1,
        }
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { at, page, agency_id, outcome });
    }
}
