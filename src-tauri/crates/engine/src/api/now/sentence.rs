//! The one sentence that says how it is: the worst there is, by a fixed order.
//!
//! A code with values; the console and the tray have the words. Deliberately not here: what is read to find it (`now`).

use pult_domain::Level;
use serde::Serialize;
use ts_rs::TS;

use super::{super::health::SourceState, Now, NowOperators};

/// A ticket that nobody has for longer than this needs somebody: the carousel looks every minute. Milliseconds.
const TICKET_WAITS: i64 = 10 * 60_000;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NowLevel {
    /// Nothing needs anybody.
    Ok,
    /// Somebody should look.
    Attention,
    /// Somebody must act.
    Trouble,
}

/// What the worst is, from the worst to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
pub enum NowCode {
    /// Incidents nobody has taken on: `count`; the first of the list is the worst.
    Incident,
    /// Operators past the second limit whom nobody has taken on: `count`, `operator`.
    Red,
    /// A ticket that nobody has had for long: `ticket`, `minutes`.
    Unassigned,
    /// Ratings whose time is over soon: `count`, `minutes` to the first.
    Due,
    /// Calls that need somebody: `count`.
    Stuck,
    /// Sources stopped by a person: `count`.
    Paused,
    /// Operators past the first limit whom nobody has taken on: `count`, `operator`.
    Amber,
    /// Incidents somebody has taken on: `count`, `by`.
    Handled,
    /// Nothing needs anybody.
    Quiet,
}

/// The sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "NowSentence")]
pub struct Sentence {
    /// What the worst is.
    pub code: NowCode,
    /// How bad that is.
    pub level: NowLevel,
    /// How many of it there are.
    pub count: u32,
    /// How long it has been so, or how long is left, minutes.
    #[ts(type = "number | null")]
    pub minutes: Option<i64>,
    /// Whose it is: an operator's name, a ticket's number, a person's login.
    pub name: Option<String>,
}

impl Sentence {
    pub(super) fn quiet() -> Self {
        Self { code: NowCode::Quiet, level: NowLevel::Ok, count: 0, minutes: None, name: None }
    }

    /// The worst of what was read.
    pub(super) fn of(now: &Now) -> Self {
        let said = |code, level, count: usize| Self {
            code,
            level,
            count: u32::try_from(count).unwrap_or(u32::MAX),
            ..Self::quiet()
        };
        let minutes = |ms: i64| Some(ms.max(0) / 60_000);
        let seen = || now.incidents.iter().filter(|incident| !incident.is_snoozed(now.now));
        let open: Vec<_> = seen().filter(|incident| incident.record.acknowledged_by.is_none()).collect();
        if let Some(since) = open.iter().map(|incident| incident.record.since).min() {
            let critical = open.iter().any(|incident| incident.record.level == Level::Critical);
            let level = if critical { NowLevel::Trouble } else { NowLevel::Attention };
            return Self { minutes: minutes(now.now - since), ..said(NowCode::Incident, level, open.len()) };
        }
        // What was last heard of a floor that is not heard is no news.
        let past = |count: fn(&NowOperators) -> u32, code| {
            let operators = now.operators.as_ref().filter(|operators| operators.heard && count(operators) > 0)?;
            // Those nobody deals with stand first, the worse before the rest.
            let name = operators.rows.first().map(|one| one.row.name.clone());
            Some(Self { name, ..said(code, NowLevel::Attention, count(operators) as usize) })
        };
        if let Some(red) = past(|operators| operators.waiting, NowCode::Red) {
            return red;
        }
        if let Some((ticket, since)) = now.unassigned.as_ref().and_then(|oldest| Some((oldest, oldest.created_at?)))
            && now.now - since >= TICKET_WAITS
        {
            let waiting = said(NowCode::Unassigned, NowLevel::Attention, ticket.waiting as usize);
            return Self { minutes: minutes(now.now - since), name: Some(ticket.ticket.to_string()), ..waiting };
        }
        if let (1.., Some(first)) = (now.ratings.due, now.ratings.next.first()) {
            let left = minutes(first.deadline_at - now.now);
            return Self { minutes: left, ..said(NowCode::Due, NowLevel::Attention, now.ratings.due as usize) };
        }
        if now.deliveries.stuck > 0 {
            return said(NowCode::Stuck, NowLevel::Attention, now.deliveries.stuck);
        }
        let paused = now.sources.iter().filter(|source| source.state == SourceState::Paused).count();
        if paused > 0 {
            return said(NowCode::Paused, NowLevel::Attention, paused);
        }
        if let Some(amber) = past(|operators| operators.amber_waiting, NowCode::Amber) {
            return amber;
        }
        let handled: Vec<_> = seen().collect();
        match handled.first() {
            Some(first) => Self {
                name: first.record.acknowledged_by.clone(),
                ..said(NowCode::Handled, NowLevel::Attention, handled.len())
            },
            None => Self::quiet(),
        }
    }
}
