//! The command of the shift handover: what happened since an instant, as figures and lists and as a text to copy.
//!
//! Nothing of it is stored: the same database at the same time gives the same text. Each part is narrowed as its own screen is.
//! Deliberately not here: reports over days (`reports`).

mod text;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use pult_domain::{Instant, Level, NoticeClass, OperatorId, Subject, TroubleId, areas::floor::Group, trouble::Cause};
use pult_store::{
    Connection, StoreError,
    floor::{self, OperatorTimes},
    incidents, network, notices,
    outbox::{self, FailedGroup},
    ratings,
    shift::{self, Calls, Note, Tickets},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{deliveries::COUNTED, floor::scope::Scope};
use crate::{Engine, auth::Actor, error::ApiError};

/// A shift, where nobody says when it began.
const SHIFT: SignedDuration = SignedDuration::from_hours(12);
/// The longest period.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A ticket nobody has changed for so long stands still.
const STILL: SignedDuration = SignedDuration::from_hours(3 * 24);
/// An operator is worth a word who was not ready for so long, milliseconds.
const NOT_READY: i64 = 30 * 60_000;
/// Lines of a part at most.
const LINES: usize = 10;
/// Notices of a class read at most.
const RAISED: usize = 2_000;

/// The language of the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "HandoverLanguage")]
pub enum Language {
    /// Russian.
    #[default]
    Ru,
    /// English.
    En,
}

/// A handover.
#[derive(Debug, Clone, Copy, Default, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct HandoverRequest {
    /// Since when, milliseconds UTC, at most seven days ago; absent for the last twelve hours.
    #[ts(type = "number | null")]
    pub since: Option<i64>,
    /// The language of the text.
    pub language: Language,
}

/// An incident of a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ShiftIncident {
    /// Which.
    pub id: TroubleId,
    /// What it came from.
    pub cause: Cause,
    /// What that is called: a target's title, a source's name.
    pub title: String,
    /// The worst it had.
    pub level: Level,
    /// Since when, milliseconds UTC.
    #[ts(type = "number")]
    pub since: i64,
    /// When it was over, milliseconds UTC; absent while it goes on.
    #[ts(type = "number | null")]
    pub ended_at: Option<i64>,
    /// Who took it on.
    pub acknowledged_by: Option<String>,
}

/// An operator worth a word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ShiftOperator {
    /// Who.
    pub id: OperatorId,
    /// The name.
    pub name: String,
    /// How often past a limit that people are told of.
    pub too_long: u32,
    /// How long not ready, milliseconds, of what was seen.
    #[ts(type = "number")]
    pub not_ready_ms: i64,
}

/// A closing with a bad rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ShiftRating {
    /// The issue.
    pub issue: String,
    /// Its title.
    pub title: String,
}

/// Ratings of the closings of a shift.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ShiftRatings {
    /// Answers of authors: good, normal, bad.
    pub answered: [u32; 3],
    /// Rated for want of an answer.
    pub automatic: u32,
    /// Without an answer so far.
    pub waiting: u32,
    /// Authors who could not be asked.
    pub not_asked: u32,
    /// Bad ones that people were told of in the shift, the oldest first, ten at most.
    pub bad: Vec<ShiftRating>,
}

/// What the carousel did in a shift.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ShiftCarousel {
    /// Tickets given.
    pub given: u32,
    /// Tries that came to nothing.
    pub failed: u32,
    /// Services that had nobody, by name.
    pub nobody: Vec<String>,
}

/// A shift.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Handover {
    /// Its beginning, milliseconds UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// Its end: now, milliseconds UTC.
    #[ts(type = "number")]
    pub until: i64,
    /// The zone of the text's times.
    pub zone: String,
    /// Incidents that go on or were over in it.
    pub incidents: Vec<ShiftIncident>,
    /// Calls that began in it.
    pub calls: Calls,
    /// Operators worth a word, ten at most.
    pub operators: Vec<ShiftOperator>,
    /// Tickets, as far as whoever asks may see them.
    pub tickets: Tickets,
    /// Ratings.
    pub ratings: ShiftRatings,
    /// The carousel.
    pub carousel: ShiftCarousel,
    /// Calls to other systems that need somebody now.
    pub stuck: Vec<FailedGroup>,
    /// Notes about operators.
    pub notes: Vec<Note>,
    /// All of it in words.
    pub text: String,
}

pub(super) async fn get(engine: &Engine, actor: &Actor, request: HandoverRequest) -> Result<Handover, ApiError> {
    let now = engine.clock().now();
    let from = match request.since {
        None => now.checked_sub(SHIFT).unwrap_or(now),
        Some(since) => Instant::from_millisecond(since)
            .ok()
            .filter(|since| *since < now && now.duration_since(*since) <= LONGEST)
            .ok_or_else(|| ApiError::field("since", "an instant of the last seven days"))?,
    };
    let viewer = engine.ticket_viewer(actor).await?;
    let (who, terms) = (actor.clone(), engine.registry().terms());
    let zone = terms.zones.moscow.clone();
    let named = zone.iana_name().unwrap_or("UTC").to_owned();
    let read = move |c: &Connection| {
        let before = now.checked_sub(STILL).unwrap_or(Instant::UNIX_EPOCH);
        let week = now.checked_sub(super::deliveries::RECENT).unwrap_or(Instant::UNIX_EPOCH);
        let scope = Scope::of(c, &who)?;
        Ok(Handover {
            from: from.as_millisecond(),
            until: now.as_millisecond(),
            zone: named,
            incidents: shift_incidents(c, from, now)?,
            calls: shift::calls(c, &scope.calls(c)?, from, now)?,
            operators: operators(c, &scope, from, now)?,
            tickets: shift::tickets(c, &viewer, from, before)?,
            ratings: rated(c, from, now)?,
            carousel: carousel(c, from, now)?,
            stuck: outbox::failed_groups(c, week, COUNTED)?,
            notes: scope.keep(c, shift::notes(c, from, now)?, |note| note.operator)?,
            text: String::new(),
        })
    };
    let mut found = engine.store().read(read).await?;
    found.text = text::of(&found, &zone, request.language);
    Ok(found)
}

fn shift_incidents(c: &Connection, from: Instant, until: Instant) -> Result<Vec<ShiftIncident>, StoreError> {
    let titles: BTreeMap<_, _> =
        network::targets(c, until)?.into_iter().map(|row| (row.id, row.definition.title)).collect();
    let mut found = Vec::new();
    for row in incidents::between(c, from, until)? {
        let title = match &row.cause {
            Cause::Target(id) | Cause::Certificate(id) => match titles.get(id) {
                Some(title) => title.clone(),
                // A target that is no more is called what its notice called it.
                None => notices::said(c, row.head)?
                    .and_then(|said| Some(said.values.get("title")?.as_str()?.to_owned()))
                    .unwrap_or_default(),
            },
            Cause::Source(name) | Cause::Deliveries(name) => name.clone(),
        };
        found.push(ShiftIncident {
            id: row.id,
            cause: row.cause,
            title,
            level: row.level,
            since: row.since,
            ended_at: row.ended_at,
            acknowledged_by: row.acknowledged_by,
        });
    }
    Ok(found)
}

fn operators(c: &Connection, scope: &Scope, from: Instant, until: Instant) -> Result<Vec<ShiftOperator>, StoreError> {
    let board = scope.board(floor::board(c)?);
    let mut too_long: BTreeMap<OperatorId, u32> = BTreeMap::new();
    for raised in shift::raised(c, NoticeClass::FloorThreshold, from, until, RAISED)? {
        let id = Subject::operator_of(&raised.subject.0);
        if let Some(id) = id.filter(|_| raised.presses) {
            *too_long.entry(id).or_default() += 1;
        }
    }
    let times: BTreeMap<_, OperatorTimes> =
        floor::totals(c, from, until, until)?.into_iter().map(|times| (times.id, times)).collect();
    let mut found: Vec<ShiftOperator> = board
        .operators
        .into_iter()
        .map(|row| ShiftOperator {
            id: row.id,
            name: row.name,
            too_long: too_long.get(&row.id).copied().unwrap_or_default(),
            not_ready_ms: times.get(&row.id).and_then(|t| t.by_group.get(&Group::NotReady)).copied().unwrap_or(0),
        })
        .filter(|one| one.too_long > 0 || one.not_ready_ms >= NOT_READY)
        .collect();
    found.sort_by(|a, b| {
        let key = |one: &ShiftOperator| (std::cmp::Reverse(one.too_long), std::cmp::Reverse(one.not_ready_ms));
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name)).then_with(|| a.id.cmp(&b.id))
    });
    found.truncate(LINES);
    Ok(found)
}

fn rated(c: &Connection, from: Instant, until: Instant) -> Result<ShiftRatings, StoreError> {
    let counts = ratings::counts(c, from.as_millisecond(), until.as_millisecond())?;
    let value = |raised: &shift::Raised, name: &str| match raised.values.get(name) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let bad = shift::raised(c, NoticeClass::Rating, from, until, RAISED)?;
    let bad = bad.iter().filter(|raised| raised.code == "ratings.bad").take(LINES);
    Ok(ShiftRatings {
        answered: counts.by_user,
        automatic: counts.by_auto.iter().sum(),
        waiting: counts.pending,
        not_asked: counts.not_asked,
        bad: bad.map(|raised| ShiftRating { issue: value(raised, "issue"), title: value(raised, "title") }).collect(),
    })
}

fn carousel(c: &Connection, from: Instant, until: Instant) -> Result<ShiftCarousel, StoreError> {
    let counts = shift::assignments(c, from, until)?;
    let of = |state: &str| counts.get(state).copied().unwrap_or_default();
    let raised = shift::raised(c, NoticeClass::Carousel, from, until, RAISED)?;
    let mut nobody: Vec<String> = raised
        .iter()
        .filter(|raised| raised.code == "carousel.nobody")
        .filter_map(|raised| Some(raised.values.get("service")?.as_str()?.to_owned()))
        .collect();
    nobody.sort();
    nobody.dedup();
    Ok(ShiftCarousel { given: of("confirmed"), failed: of("failed"), nobody })
}
