//! Commands of Now: what needs somebody at this moment, in one answer, and taking an incident on.
//!
//! Each part is narrowed as its own screen is. Deliberately not here: the sentences (the console's), and finding what has one cause
//! (`pult_domain::trouble`).

pub(super) mod operators;
mod sentence;

use jiff::SignedDuration;
use pult_domain::{Area, Instant, NoticeClass, RatingId, Subject, TroubleId, areas::ratings::State};
use pult_store::{
    Connection, StoreError,
    carousel::{self, Oldest},
    incidents::{self, IncidentRow},
    notices::{self, Eyes, Filter, NoticeRow},
    outbox::{self, FailedGroup},
    ratings,
    tickets::{self, TicketFilter, TicketWhose},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use operators::{NowOperator, NowOperators, SnoozeOperator, TakeOperator};
pub use sentence::{NowCode, NowLevel, Sentence};

use super::{
    Nothing,
    deliveries::{COUNTED, RECENT},
    health::Source,
    notices::ahead,
};
use crate::{Engine, auth::Actor, error::ApiError};

/// Notices of one incident shown at most; it says how many there are.
const SHOWN: usize = 50;
/// Ratings due soon shown at most.
const DUE_SHOWN: usize = 5;
/// Ratings looked at for those due soon.
const DUE_COUNTED: usize = 200;
/// A rating is due soon when its time is over within this.
const SOON: SignedDuration = SignedDuration::from_hours(2);
/// News of tickets counted at most.
const NEWS: usize = 100;

/// An incident: notices that stand for one cause.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Incident {
    /// What is kept of it.
    #[serde(flatten)]
    #[ts(flatten)]
    pub record: IncidentRow,
    /// Its notices, 50 at most, those that still hold first; the one that says best what it is comes before all.
    pub notices: Vec<NoticeRow>,
}

/// Tickets that concern whoever looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct NowTickets {
    /// Open tickets they work on.
    pub assigned: u32,
    /// News of tickets they have not read, counted up to 100.
    pub news: usize,
}

/// A rating whose time is over soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DueRating {
    /// The request.
    pub id: RatingId,
    /// Of which issue.
    #[ts(type = "number")]
    pub issue: i64,
    /// The issue's title.
    pub title: String,
    /// Who was asked.
    pub author: Option<String>,
    /// When the time is over, milliseconds UTC.
    #[ts(type = "number")]
    pub deadline_at: i64,
}

/// Ratings that wait for an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct NowRatings {
    /// How many are due within two hours.
    pub due: u32,
    /// What is due next, five at most, whenever that is.
    pub next: Vec<DueRating>,
}

/// Calls to other systems that need somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct NowDeliveries {
    /// How many of the last seven days, counted up to 10,000.
    pub stuck: usize,
    /// By integration, kind and state, the largest group first.
    pub groups: Vec<FailedGroup>,
}

/// What needs somebody at this moment.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Now {
    /// The engine's time, milliseconds UTC.
    #[ts(type = "number")]
    pub now: i64,
    /// The worst there is.
    pub sentence: Sentence,
    /// Incidents that go on, the worst first; those out of sight last.
    pub incidents: Vec<Incident>,
    /// Operators past a limit; absent where none are watched.
    pub operators: Option<NowOperators>,
    /// The oldest ticket nobody has; absent where none waits.
    pub unassigned: Option<Oldest>,
    /// Tickets that concern whoever looks.
    pub tickets: NowTickets,
    /// Ratings that wait for an answer.
    pub ratings: NowRatings,
    /// Calls to other systems that need somebody.
    pub deliveries: NowDeliveries,
    /// The sources that are switched on, and how old what they told is.
    pub sources: Vec<Source>,
}

/// Takes an incident on, or lets it go.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeIncident {
    /// Which.
    pub id: TroubleId,
    /// On, or no longer.
    pub acknowledged: bool,
}

/// Takes an incident out of everybody's sight for a while.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SnoozeIncident {
    /// Which.
    pub id: TroubleId,
    /// Until, milliseconds UTC, a year ahead at most; absent brings it back now.
    #[ts(type = "number | null")]
    pub until: Option<i64>,
}

pub(super) async fn get(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Now, ApiError> {
    let viewer = engine.ticket_viewer(actor).await?;
    let health = engine.health().await?;
    let (now, who, eyes) = (engine.clock().now(), actor.clone(), actor.eyes());
    let heard = engine.floor_session().map(|session| session.state.is_heard());
    let watched = engine.floor_source().is_some();
    let read = move |c: &Connection| {
        let operators = match watched {
            true => Some(operators::past_a_limit(c, &who, heard.unwrap_or_default(), now)?),
            false => None,
        };
        let assigned = TicketFilter { whose: TicketWhose::Assigned, closed: Some(false), ..TicketFilter::default() };
        let assigned = tickets::counts(c, &viewer, &assigned)?.total;
        let unread = Filter { class: Some(NoticeClass::Ticket), limit: NEWS, ..Filter::default() };
        let news = notices::page(c, &eyes, &unread, now)?.rows.len();
        Ok(Now {
            now: now.as_millisecond(),
            sentence: Sentence::quiet(),
            incidents: seen(c, incidents::open(c)?, &eyes, now)?,
            operators,
            unassigned: carousel::oldest(c)?,
            tickets: NowTickets { assigned, news },
            ratings: due(c, now)?,
            deliveries: stuck(c, now)?,
            sources: health.sources,
        })
    };
    let mut found = engine.store().read(read).await?;
    found.sentence = Sentence::of(&found);
    Ok(found)
}

/// Incidents as somebody sees them, the worst first and those out of sight last.
fn seen(c: &Connection, rows: Vec<IncidentRow>, eyes: &Eyes, now: Instant) -> Result<Vec<Incident>, StoreError> {
    let mut found = Vec::new();
    for record in rows {
        let newest = record.members.iter().rev().take(SHOWN).copied().filter(|id| *id != record.head);
        let mut ids = vec![record.head];
        ids.extend(newest);
        let mut notices = notices::by_ids(c, eyes, &ids, now)?;
        notices.truncate(SHOWN);
        notices.sort_by_key(|row| (row.id != record.head, row.cleared_at.is_some(), row.id));
        found.push(Incident { record, notices });
    }
    let away = |incident: &Incident| incident.is_snoozed(now.as_millisecond());
    found.sort_by_key(|incident| {
        (away(incident), std::cmp::Reverse(incident.record.level), incident.record.since, incident.record.id)
    });
    Ok(found)
}

impl Incident {
    fn is_snoozed(&self, now: i64) -> bool {
        self.record.snoozed_until.is_some_and(|until| until > now)
    }
}

fn due(c: &Connection, now: Instant) -> Result<NowRatings, StoreError> {
    let waiting = ratings::page(c, &ratings::Filter::default(), None, DUE_COUNTED)?.rows.into_iter();
    let next: Vec<DueRating> = waiting
        .filter(|row| row.state == State::Asked && row.held_at.is_none())
        .map(|row| DueRating {
            id: row.id,
            issue: row.issue.0,
            title: row.title,
            author: row.author_name,
            deadline_at: row.deadline_at,
        })
        .collect();
    let soon = now.saturating_add(SOON).map_or(i64::MAX, Instant::as_millisecond);
    let due = next.iter().filter(|row| row.deadline_at <= soon).count();
    let due = u32::try_from(due).unwrap_or(u32::MAX);
    Ok(NowRatings { due, next: next.into_iter().take(DUE_SHOWN).collect() })
}

fn stuck(c: &Connection, now: Instant) -> Result<NowDeliveries, StoreError> {
    let since = now.checked_sub(RECENT).unwrap_or(Instant::UNIX_EPOCH);
    let groups = outbox::failed_groups(c, since, COUNTED)?;
    let stuck = groups.iter().map(|group| group.count as usize).sum();
    Ok(NowDeliveries { stuck, groups })
}

/// Does something with an incident, notes who did, and tells all windows.
async fn act(
    engine: &Engine,
    actor: &Actor,
    id: TroubleId,
    action: &'static str,
    detail: serde_json::Value,
    act: impl FnOnce(&Connection, &str, Instant) -> Result<(), StoreError> + Send + 'static,
) -> Result<Now, ApiError> {
    let (who, now) = (actor.clone(), engine.clock().now());
    let write = move |c: &Connection| {
        act(c, &who.login, now)?;
        who.note(c, action, &Subject(format!("incident:{id}")).0, detail, now)?;
        Ok(incidents::get(c, id)?.members)
    };
    let members = engine.store().write(write).await?;
    engine.bus().changed(Area::Notices, members.into_iter().map(|id| id.0).collect());
    get(engine, actor, Nothing {}).await
}

pub(super) async fn acknowledge(engine: &Engine, actor: &Actor, request: AcknowledgeIncident) -> Result<Now, ApiError> {
    let AcknowledgeIncident { id, acknowledged } = request;
    let detail = serde_json::json!({ "acknowledged": acknowledged });
    act(engine, actor, id, "now.acknowledge", detail, move |c, by, now| {
        incidents::acknowledge(c, id, acknowledged.then_some(by), now)
    })
    .await
}

pub(super) async fn snooze(engine: &Engine, actor: &Actor, request: SnoozeIncident) -> Result<Now, ApiError> {
    let until = ahead(request.until, engine.clock().now())?;
    let id = request.id;
    let detail = serde_json::json!({ "until": request.until });
    act(engine, actor, id, "now.snooze", detail, move |c, by, _| incidents::snooze(c, id, until.map(|at| (by, at))))
        .await
}

#[cfg(test)]
mod tests;
