//! What a run has brought about: counts, and the newest acknowledgements one by one, for tests that compare them with
//! what Pult kept.

use std::collections::VecDeque;

use serde::Serialize;

/// Acknowledgements kept one by one; counts go on beyond.
const KEPT: usize = 100_000;

/// What was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A `newcall` of Vilnius.
    NewCall,
    /// The same `newcall` again.
    Repeat,
    /// An `endcall`.
    EndCall,
    /// A theme.
    Theme,
    /// A row of the Moscow feed that was new to Pult or updated one; which of the two is told by counts alone.
    Row,
}

/// One acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Acknowledged {
    /// What it was.
    pub kind: Kind,
    /// The generator's key of the call, or the row's `source_id`.
    pub key: String,
    /// Path of the call card, where the answer led to one.
    pub card: Option<String>,
}

/// A run so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Acknowledged first `newcall`s.
    pub new_calls: u64,
    /// Acknowledged repeats.
    pub repeats: u64,
    /// Acknowledged `endcall`s.
    pub end_calls: u64,
    /// Acknowledged themes.
    pub themes: u64,
    /// Rows the feed took as new.
    pub rows_accepted: u64,
    /// Rows the feed updated.
    pub rows_updated: u64,
    /// Rows the feed refused one by one.
    pub rows_rejected: u64,
    /// Requests Pult refused for good, or answered in a way the contract does not know.
    pub refused: u64,
    /// Requests sent again after 429, 5xx or a broken connection.
    pub retries: u64,
    /// Requests given up, and calls dropped because too many were open.
    pub lost: u64,
    /// The newest acknowledgements, oldest first.
    pub acknowledged: VecDeque<Acknowledged>,
}

impl Tally {
    pub(super) fn acknowledge(&mut self, kind: Kind, key: impl Into<String>, card: Option<String>) {
        match kind {
            Kind::NewCall => self.new_calls += 1,
            Kind::Repeat => self.repeats += 1,
            Kind::EndCall => self.end_calls += 1,
            Kind::Theme => self.themes += 1,
            Kind::Row => {}
        }
        if self.acknowledged.len() == KEPT {
            self.acknowledged.pop_front();
        }
        self.acknowledged.push_back(Acknowledged { kind, key: key.into(), card });
    }
}
