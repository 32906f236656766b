//! How far the list of tickets has been read (contracts/redmine 6).
//!
//! The first look goes through the list once; after it each cycle goes through a window of what was changed. All that is needed to go on after
//! a crash stands in the cursor. Deliberately not here: asking (`poll`).

use jiff::SignedDuration;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};

use super::{
    client::Listed,
    query::{Statuses, Style},
    wire::Row,
};

/// The version of this cursor.
const VERSION: u8 = 1;
/// Pages of one walk: a server that always answers a full page must not keep us for ever.
const MAX_PAGES: u32 = 2_000;
/// The most rows remembered between two pages; forgetting them costs repeats.
const MAX_EDGE: usize = 2_000;
/// How far a row may lie before the instant that was asked for, and a little.
const SLACK: SignedDuration = SignedDuration::from_secs(2);
/// Who was away for so long is told in one sentence of what was missed,
const AWAY: SignedDuration = SignedDuration::from_mins(10);
/// if it was more than this.
const MANY: u64 = 200;

/// The cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    v: u8,
    /// By which the tracker is told from another.
    pub(super) of: String,
    /// By which the projects that are named are told from others.
    pub(super) scope: String,
    /// Records made so far: by this a commit is recognised.
    pub(super) told: u64,
    /// The tracker's time up to which everything is handled; none before the first look is done.
    pub(super) done: Option<Instant>,
    /// The cycle under way.
    pub(super) cycle: Option<Cycle>,
}

/// A walk through the list, and what is left of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cycle {
    /// From when on changes count; none in the first look.
    pub(super) from: Option<Instant>,
    /// The tracker's time when it began; none where it tells none.
    pub(super) began: Option<Instant>,
    /// The latest change seen.
    pub(super) newest: Option<Instant>,
    /// People are told in one sentence.
    pub(super) many: bool,
    /// Which list of the first look.
    pub(super) leg: usize,
    /// Where to read on; none when all pages are read.
    pub(super) walk: Option<Walk>,
    /// Tickets still to be read.
    pub(super) pending: Vec<i64>,
}

/// A place in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Walk {
    /// The change to read on from.
    pub(super) since: Option<Instant>,
    /// Rows to pass over from there.
    pub(super) offset: u64,
    pages: u32,
    /// Rows that were seen already and may come again.
    edge: Vec<(i64, Instant)>,
}

impl Cursor {
    /// The cursor, where it is one of this version and of this tracker; else the first look begins.
    pub(super) fn of(kept: Option<&str>, of: String, scope: String) -> Self {
        let kept: Option<Self> = kept.and_then(|kept| serde_json::from_str(kept).ok());
        match kept.filter(|kept| kept.v == VERSION && kept.of == of) {
            // Other projects: their tickets are looked at first, and the time stands meanwhile.
            Some(kept) if kept.scope != scope => Self { scope, cycle: Some(Cycle::first()), ..kept },
            Some(kept) => kept,
            None => Self { v: VERSION, of, scope, told: 0, done: None, cycle: None },
        }
    }

    /// From when on changes count after what is handled.
    pub(super) fn from(&self, overlap: SignedDuration) -> Option<Instant> {
        self.done.map(|done| done.checked_sub(overlap).unwrap_or(done))
    }

    /// The cycle to go on with.
    pub(super) fn cycle(&mut self, overlap: SignedDuration) -> Cycle {
        let from = self.from(overlap);
        self.cycle.take().unwrap_or_else(|| match from {
            Some(from) => Cycle { from: Some(from), walk: Some(Walk::from(Some(from))), ..Cycle::first() },
            None => Cycle::first(),
        })
    }

    /// Takes note of a cycle: it goes on, or everything up to its beginning is handled.
    pub(super) fn note(&mut self, cycle: Cycle, now: Instant) {
        if !cycle.is_over() {
            self.cycle = Some(cycle);
            return;
        }
        self.cycle = None;
        self.done = match (cycle.from, self.done) {
            // It was a look at other projects.
            (None, Some(done)) => Some(done),
            // A tracker without a ticket and without a clock: whatever comes is new.
            (None, None) => {
                cycle.began.or(cycle.newest).or_else(|| now.checked_sub(SignedDuration::from_hours(24)).ok())
            }
            // The tracker's clock may have been set back; without one the time never goes back.
            (Some(_), done) => cycle.began.or(cycle.newest.max(done)),
        };
    }
}

impl Cycle {
    pub(super) fn first() -> Self {
        let walk = Some(Walk::default());
        Self { from: None, began: None, newest: None, many: false, leg: 0, walk, pending: vec![] }
    }

    pub(super) fn is_over(&self) -> bool {
        self.walk.is_none() && self.pending.is_empty()
    }

    /// Takes note of when it began, and of how much there is.
    pub(super) fn begin(&mut self, listed: &Listed, done: Option<Instant>, now: Instant) {
        if self.walk.as_ref().is_some_and(|walk| walk.pages > 0) || self.leg > 0 {
            return;
        }
        self.began = listed.date;
        let away = done.is_some_and(|done| listed.date.unwrap_or(now).duration_since(done) > AWAY);
        self.many = away && listed.total.is_some_and(|total| total > MANY);
    }

    /// Takes note of a page, and of where to read on; the rows that are new.
    ///
    /// Nothing before `floor` is wanted; a list that starts with its newest end is read that far.
    pub(super) fn page(&mut self, listed: &Listed, rows: &[Row], style: Style, floor: Option<Instant>) -> Vec<Row> {
        self.newest = rows.iter().map(|row| row.changed).chain(self.newest).max();
        let Some(walk) = self.walk.take() else { return vec![] };
        let fresh: Vec<Row> = rows.iter().filter(|row| !walk.edge.contains(&(row.id, row.changed))).copied().collect();
        let count = listed.rows.len() as u64;
        let more =
            count > 0 && listed.total.map_or(count >= listed.limit, |total| walk.offset.saturating_add(count) < total);
        if style == Style::Descending {
            let wanted = |row: &Row| floor.is_none_or(|floor| row.changed >= floor.checked_sub(SLACK).unwrap_or(floor));
            let more = more && rows.iter().all(wanted) && walk.pages < MAX_PAGES;
            self.walk = more.then(|| walk.further(count, rows));
            return fresh.into_iter().filter(wanted).collect();
        }
        let last = rows.last().map(|row| row.changed);
        if more && walk.pages >= MAX_PAGES {
            // What was seen is handled, and the next cycle goes on from there.
            self.began = self.began.min(walk.since);
        } else if more {
            self.walk = Some(match last.filter(|last| walk.since.is_none_or(|since| *last > since)) {
                Some(last) => walk.on(last, rows),
                // A whole page of one second.
                None => walk.further(count, rows),
            });
        }
        fresh
    }
}

impl Walk {
    fn from(since: Option<Instant>) -> Self {
        Self { since, ..Self::default() }
    }

    /// From the last row on: rows that are changed meanwhile move to the end, and nothing is passed over.
    fn on(self, last: Instant, rows: &[Row]) -> Self {
        let edge = self.edge_with(rows, last);
        Self { since: Some(last), offset: 0, pages: self.pages + 1, edge }
    }

    /// The next rows of the same list.
    fn further(self, count: u64, rows: &[Row]) -> Self {
        let edge = self.since.map(|since| self.edge_with(rows, since)).unwrap_or_default();
        Self { offset: self.offset.saturating_add(count), pages: self.pages + 1, edge, since: self.since }
    }

    fn edge_with(&self, rows: &[Row], since: Instant) -> Vec<(i64, Instant)> {
        let earliest = since.checked_sub(SLACK).unwrap_or(since);
        let mut edge = self.edge.clone();
        edge.extend(rows.iter().map(|row| (row.id, row.changed)));
        edge.retain(|(_, changed)| *changed >= earliest);
        edge.drain(..edge.len().saturating_sub(MAX_EDGE));
        edge
    }
}

/// The lists of the first look: of each project that is named, or of all, those that are not over and those that are.
pub(super) fn leg(projects: &[String], leg: usize) -> Option<(Option<&str>, Statuses)> {
    let statuses = if leg.is_multiple_of(2) { Statuses::Open } else { Statuses::Closed };
    match projects.get(leg / 2) {
        Some(project) => Some((Some(project), statuses)),
        None if projects.is_empty() && leg < 2 => Some((None, statuses)),
        None => None,
    }
}
