//! Where a fact meets its area: load the snapshot, ask the rule, apply the changes.
//!
//! Deliberately not here: the journal, the outbox and timers, which are the same for every area (`decide`).

pub mod again;
pub mod calls;
pub mod carousel;
pub mod chat_link;
pub mod erp;
pub mod floor;
pub mod messages;
pub mod network;
pub mod ratings;
pub mod tickets;

use std::borrow::Cow;

use pult_domain::{
    Answer, Area, EffectOrder, Explanation, Fact, Instant, NoticeChange, Observed, Subject, TimerChange,
};
use pult_store::{Connection, StoreError, inbox};

use crate::{decide::Source, terms::Terms};

/// What an area decided, its changes already applied.
pub struct AreaDecision {
    /// What it was about.
    pub subject: Option<Subject>,
    /// Rows of the area that changed.
    pub touched: Vec<i64>,
    /// The changes, as JSON for the journal.
    pub changes: serde_json::Value,
    /// What is owed to the outside world.
    pub effects: Vec<EffectOrder>,
    /// Deadlines set or lifted.
    pub timers: Vec<TimerChange>,
    /// What a person should know from now on, or no longer.
    pub notices: Vec<NoticeChange>,
    /// For a caller that waits.
    pub answer: Option<Answer>,
    /// Why.
    pub explanation: Explanation,
}

/// Decides about a fact and applies what follows to its area's state.
///
/// # Errors
/// When the state cannot be read or written.
pub fn decide(
    connection: &Connection,
    observed: &Observed,
    source: &Source,
    terms: &Terms,
) -> Result<AreaDecision, StoreError> {
    match &observed.fact {
        Fact::Calls(fact) => calls::decide(connection, fact, observed, source.record, terms),
        Fact::Floor(fact) => floor::decide(connection, fact, observed, terms),
        Fact::Network(fact) => network::decide(connection, fact, observed, terms),
        Fact::Ratings(fact) => ratings::decide(connection, fact, observed, source, terms),
        Fact::Erp(fact) => erp::decide(connection, fact, observed, source, terms),
        Fact::Carousel(fact) => carousel::decide(connection, fact, observed, terms),
        Fact::ChatLink(fact) => chat_link::decide(connection, fact, observed, source, terms),
        Fact::Tickets(fact) => tickets::decide(connection, fact, observed, terms),
        Fact::Messages(fact) => messages::decide(connection, fact, observed, terms),
    }
}

/// When what a chain began with was found by asking again: whoever told of it did so by a hook, or not at all.
fn found_at(connection: &Connection, source: &Source) -> Result<Option<Instant>, StoreError> {
    source.record.map_or(Ok(None), |record| inbox::fetched_at(connection, record))
}

/// A fact as it is written down: what people wrote to each other is left out.
#[must_use]
pub fn journaled(fact: &Fact) -> Cow<'_, Fact> {
    match fact {
        Fact::Messages(fact) => Cow::Owned(Fact::Messages(fact.without_words())),
        other => Cow::Borrowed(other),
    }
}

/// What a sender is told about a fact that was decided before.
#[must_use]
pub fn answer_to_repeat(fact: &Fact) -> Answer {
    match fact {
        Fact::Calls(fact) => calls::answer_to_repeat(fact),
        Fact::Ratings(fact) => ratings::answer_to_repeat(fact),
        Fact::Floor(_)
        | Fact::Network(_)
        | Fact::Erp(_)
        | Fact::Carousel(_)
        | Fact::ChatLink(_)
        | Fact::Tickets(_)
        | Fact::Messages(_) => Answer::Unchanged,
    }
}

/// An answer of some time ago, as it would be given now: the same, unless it said that the work goes on.
///
/// # Errors
/// When the state cannot be read.
pub fn answer_now(connection: &Connection, answer: &Answer) -> Result<Answer, StoreError> {
    erp::answer_now(connection, answer)
}

/// The fact a deadline stands for; `None` for a key this version does not know.
#[must_use]
pub fn fact_of_timer(area: Area, key: &str) -> Option<Fact> {
    match area {
        Area::Calls => calls::fact_of_timer(key).map(Fact::Calls),
        Area::Floor => floor::fact_of_timer(key).map(Fact::Floor),
        Area::Ratings => ratings::fact_of_timer(key).map(Fact::Ratings),
        Area::Erp => erp::fact_of_timer(key).map(Fact::Erp),
        Area::Carousel => carousel::fact_of_timer(key).map(Fact::Carousel),
        Area::Tickets => tickets::fact_of_timer(key).map(Fact::Tickets),
        Area::Messages => messages::fact_of_timer(key).map(Fact::Messages),
        Area::Network
        | Area::ChatLink
        | Area::Cases
        | Area::Notices
        | Area::Deliveries
        | Area::People
        | Area::Engine => None,
    }
}

/// Deadlines that must always be set under these terms: whatever an area does at intervals.
#[must_use]
pub fn standing(terms: &Terms) -> Vec<(Area, &'static str)> {
    let carousel = carousel::standing(&terms.carousel).into_iter().map(|key| (Area::Carousel, key));
    carousel.chain(tickets::standing(&terms.tickets).into_iter().map(|key| (Area::Tickets, key))).collect()
}
