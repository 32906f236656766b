//! Commands of the traffic with the outside world: what came in, what went out, why, and doing it again.
//!
//! Deliberately not here: deciding and calling (pump and lanes).

pub mod again;
mod back;
pub(super) mod seek;
mod sight;
pub mod why;

use jiff::SignedDuration;
use pult_domain::{EffectId, Instant, RecordId};
use pult_store::{
    Connection, StoreError, connections,
    inbox::{self, RecordFilter, RecordRow, StoredBody},
    journal::{self, EntryRow},
    outbox::{self, AttemptRow, EffectFilter, EffectRow, EffectState},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use self::sight::Looker;
use super::Nothing;
use crate::{
    Engine,
    auth::Actor,
    decide::{self, Decided},
    error::{ApiError, ErrorCode},
    lanes::{LaneHealth, take_back},
    terms::Terms,
    troubles,
};

/// Rows of a page at most.
const PAGE: usize = 500;
/// Bytes of a body shown; the rest is said to be there.
const SHOWN: usize = 64 << 10;
/// Tries shown, newest first.
const ATTEMPTS: usize = 50;
/// Things acted on at once at most.
const AT_ONCE: usize = 500;
/// Records counted as waiting or not understood at most; beyond, "more than".
pub(super) const COUNTED: usize = 10_000;
/// How far back failures count as needing somebody.
pub(super) const RECENT: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The state of the traffic, by integration.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Summary {
    /// Records that wait for a decision.
    pub waiting: usize,
    /// Calls of the last seven days that need somebody, counted up to 10,000.
    pub failed: usize,
    /// Each integration that is switched on.
    pub integrations: Vec<IntegrationSummary>,
}

/// One integration's traffic.
#[derive(Debug, Clone, Serialize, TS)]
pub struct IntegrationSummary {
    /// Its name.
    pub name: String,
    /// Calls not made yet.
    pub owed: usize,
    /// Its lane, when it makes calls.
    pub lane: Option<LaneHealth>,
    /// Pause, trouble, last signs of life.
    pub connection: connections::ConnectionRow,
}

/// A page of records.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RecordsRequest {
    /// Which.
    pub filter: RecordFilter,
    /// How many, up to 500.
    pub limit: usize,
}

/// Records, newest first; fewer than asked for means that there are no more.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RecordPage {
    /// The rows.
    pub rows: Vec<RecordRow>,
}

/// One record.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RecordRequest {
    /// Which.
    pub id: RecordId,
}

/// Everything about a record.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RecordDetail {
    /// The record.
    pub row: RecordRow,
    /// Request and body are kept back: it tells of a call or an operator that whoever asks may not see.
    pub withheld: bool,
    /// Method, path, query and headers, secrets masked; `null` when erased or kept back.
    #[ts(
        type = "null | { route: string, method: string, path: string, query: Array<[string, string]>, headers: Array<[string, string]> }"
    )]
    pub request: serde_json::Value,
    /// The body as text, up to 64 KiB; absent when erased, kept back or not text.
    pub body: Option<String>,
    /// Whether there is more of the body than shown.
    pub body_cut: bool,
    /// What it led to, oldest first.
    pub entries: Vec<EntryRow>,
    /// The calls it led to, oldest first.
    pub effects: Vec<EffectRow>,
}

/// A page of calls to the outside world.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct EffectsRequest {
    /// Which.
    pub filter: EffectFilter,
    /// How many, up to 500.
    pub limit: usize,
}

/// Calls to the outside world, newest first; fewer than asked for means that there are no more.
#[derive(Debug, Clone, Serialize, TS)]
pub struct EffectPage {
    /// The rows.
    pub rows: Vec<EffectRow>,
}

/// One call to the outside world.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct EffectRequest {
    /// Which.
    pub id: EffectId,
}

/// Everything about one call to the outside world.
#[derive(Debug, Clone, Serialize, TS)]
pub struct EffectDetail {
    /// The call.
    pub row: EffectRow,
    /// The decision that ordered it.
    pub cause: EntryRow,
    /// Its tries, newest first.
    pub attempts: Vec<AttemptRow>,
    /// What its receipt led to.
    pub entries: Vec<EntryRow>,
}

/// Runs records again.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// Which, up to 500.
    pub ids: Vec<RecordId>,
}

/// Repeats or takes back calls. What was so already is left alone and said to be so.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RetryRequest {
    /// Which, up to 500.
    pub ids: Vec<EffectId>,
}

/// What became of each thing acted on.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Outcomes {
    /// In the order asked.
    pub outcomes: Vec<Outcome>,
}

/// How an act on one thing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It was done just now.
    Done,
    /// Nothing was left to do: it was so already.
    Already,
    /// It was not done; the error says why.
    Refused,
}

/// What became of one thing.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Outcome {
    /// Its id.
    #[ts(type = "number")]
    pub id: i64,
    /// How it ended.
    pub ending: Ending,
    /// The new record of a replay.
    #[ts(type = "number | null")]
    pub new_id: Option<i64>,
    /// Why not.
    pub error: Option<ApiError>,
}

/// Stops the calls of an integration, or lets them go on. What comes in is taken in either way.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PauseRequest {
    /// Which.
    pub integration: String,
    /// Stop, or go on.
    pub paused: bool,
}

fn page_size(limit: usize) -> Result<usize, ApiError> {
    if limit == 0 || limit > PAGE { Err(ApiError::field("limit", format!("1 to {PAGE}"))) } else { Ok(limit) }
}

fn few<T>(ids: Vec<T>) -> Result<Vec<T>, ApiError> {
    if ids.len() > AT_ONCE { Err(ApiError::field("ids", format!("at most {AT_ONCE}"))) } else { Ok(ids) }
}

pub(super) async fn summary(engine: &Engine, _: &Actor, _: Nothing) -> Result<Summary, ApiError> {
    let names: Vec<&'static str> = engine.registry().all().iter().map(|i| i.name()).collect();
    let (lanes, since) = (engine.lanes(), engine.clock().now().checked_sub(RECENT).unwrap_or(Instant::UNIX_EPOCH));
    let performing: Vec<&'static str> =
        engine.registry().all().iter().filter(|i| i.delivery().is_some()).map(|i| i.name()).collect();
    let (failed, integrations) = engine
        .store()
        .read(move |c| {
            let mut list = Vec::new();
            for name in names {
                list.push(IntegrationSummary {
                    name: name.to_owned(),
                    owed: outbox::count_owed(c, name)?,
                    lane: lanes.iter().find(|l| l.integration == name && performing.contains(&name)).cloned(),
                    connection: connections::get(c, name)?,
                });
            }
            Ok((outbox::count_failed(c, since, COUNTED)?, list))
        })
        .await?;
    Ok(Summary { waiting: engine.backlog(), failed, integrations })
}

pub(super) async fn records(engine: &Engine, actor: &Actor, request: RecordsRequest) -> Result<RecordPage, ApiError> {
    let (limit, mut filter) = (page_size(request.limit)?, request.filter);
    seek::check_span(filter.from, filter.until)?;
    let seek = seek::of(engine, actor, filter.search.as_deref()).await?;
    let read = move |c: &Connection| {
        filter.only = seek(c)?.map(|sought| sought.records);
        inbox::page(c, &filter, limit)
    };
    let rows = engine.store().read(read).await?;
    Ok(RecordPage { rows })
}

pub(super) async fn record(engine: &Engine, actor: &Actor, request: RecordRequest) -> Result<RecordDetail, ApiError> {
    let (id, blobs, looker) = (request.id, engine.store().clone(), Looker::of(engine, actor).await?);
    Ok(engine
        .store()
        .read(move |c| {
            let record = inbox::get(c, id)?;
            let bytes = match &record.body {
                StoredBody::Inline(bytes) => Some(bytes.clone()),
                StoredBody::Blob(hash) => blobs.blobs().get(hash).ok(),
                StoredBody::Erased => None,
            };
            let (row, entries, sight) = (inbox::get_row(c, id)?, journal::of_record(c, id, PAGE)?, looker.sight(c)?);
            let withheld = !sight.tells(c, &row, &entries)?;
            let entries = sight.entries(c, entries)?;
            let mut effects = Vec::new();
            for entry in &entries {
                effects.extend(outbox::of_entry(c, entry.id)?);
            }
            let effects = sight.effects(c, effects)?;
            let bytes = bytes.filter(|_| !withheld);
            let body_cut = bytes.as_ref().is_some_and(|b| b.len() > SHOWN);
            let body = bytes.map(|b| String::from_utf8_lossy(&b[..b.len().min(SHOWN)]).into_owned());
            let request = if withheld { None } else { serde_json::from_str(&record.request).ok() };
            let request = request.unwrap_or_default();
            Ok(RecordDetail { row, withheld, request, body, body_cut, entries, effects })
        })
        .await?)
}

pub(super) async fn effects(engine: &Engine, actor: &Actor, request: EffectsRequest) -> Result<EffectPage, ApiError> {
    let (limit, mut filter) = (page_size(request.limit)?, request.filter);
    seek::check_span(filter.from, filter.until)?;
    let looker = Looker::of(engine, actor).await?;
    let seek = seek::of(engine, actor, filter.search.as_deref()).await?;
    let read = move |c: &Connection| {
        filter.only = seek(c)?.map(|sought| sought.effects);
        looker.sight(c)?.effects(c, outbox::page(c, &filter, limit)?)
    };
    Ok(EffectPage { rows: engine.store().read(read).await? })
}

pub(super) async fn effect(engine: &Engine, actor: &Actor, request: EffectRequest) -> Result<EffectDetail, ApiError> {
    let (id, looker) = (request.id, Looker::of(engine, actor).await?);
    let read = move |c: &Connection| {
        let (row, sight) = (outbox::get(c, id)?, looker.sight(c)?);
        let cause = journal::get(c, row.cause)?;
        // What was said to the other side and back is all of it about this.
        if !sight.sees_subject(c, &row.subject)? || !sight.sees_subject(c, &cause.subject)? {
            return Ok(None);
        }
        let (attempts, entries) = (outbox::attempts(c, id, ATTEMPTS)?, journal::of_effect(c, id)?);
        Ok(Some(EffectDetail { cause, attempts, entries: sight.entries(c, entries)?, row }))
    };
    engine.store().read(read).await?.ok_or_else(not_theirs)
}

fn not_theirs() -> ApiError {
    ApiError::new(ErrorCode::Forbidden, "it tells of a call or an operator that this account may not see")
}

pub(super) async fn preview(
    engine: &Engine,
    actor: &Actor,
    request: RecordRequest,
) -> Result<crate::replay::Preview, ApiError> {
    let (id, looker) = (request.id, Looker::of(engine, actor).await?);
    let told =
        move |c: &Connection| looker.sight(c)?.tells(c, &inbox::get_row(c, id)?, &journal::of_record(c, id, PAGE)?);
    if !engine.store().read(told).await? {
        return Err(not_theirs());
    }
    Ok(engine.preview(request.id).await?)
}

pub(super) async fn replay(engine: &Engine, actor: &Actor, request: ReplayRequest) -> Result<Outcomes, ApiError> {
    let ids = few(request.ids)?;
    let mut outcomes = Vec::new();
    for id in ids {
        let new = engine.replay(id, &actor.login).await;
        let new_id = new.as_ref().ok().map(|r| r.0);
        outcomes.push(Outcome { new_id, ..Outcome::of(id.0, new.map(|_| Ending::Done)) });
    }
    engine.note(actor, "deliveries.replay", &named(&outcomes)).await?;
    Ok(Outcomes { outcomes })
}

pub(super) async fn retry(engine: &Engine, actor: &Actor, request: RetryRequest) -> Result<Outcomes, ApiError> {
    let (now, by, terms) = (engine.clock().now(), actor.login.clone(), engine.registry().terms());
    on_each(engine, actor, "deliveries.retry", request, move |c, id| {
        let row = outbox::get(c, id)?;
        match row.state {
            EffectState::Queued | EffectState::InFlight | EffectState::Done => Ok((Ending::Already, None)),
            state => match back::of(c, &row)? {
                Some(message) => Ok((Ending::Done, Some(back::again(c, &row, message, &by, now, &terms)?))),
                None => {
                    outbox::revive(c, id, now)?;
                    Ok((Ending::Done, fewer_dead(c, id, state, now, &terms)?))
                }
            },
        }
    })
    .await
}

pub(super) async fn cancel(engine: &Engine, actor: &Actor, request: RetryRequest) -> Result<Outcomes, ApiError> {
    let (now, by, terms) = (engine.clock().now(), actor.login.clone(), engine.registry().terms());
    on_each(engine, actor, "deliveries.cancel", request, move |c, id| {
        let row = outbox::get(c, id)?;
        match row.state {
            EffectState::Queued => Ok((Ending::Done, Some(take_back(c, &row, &by, now, &terms)?))),
            EffectState::InFlight => Err(StoreError::Conflict("it is being carried out")),
            EffectState::Done => Err(StoreError::Conflict("it was carried out")),
            EffectState::Cancelled => Ok((Ending::Already, None)),
            // None of these goes out any more unless somebody asks for it: they wait for a person no longer.
            state @ (EffectState::Refused | EffectState::Expired | EffectState::Dead) => {
                outbox::abandon(c, id)?;
                Ok((Ending::Done, fewer_dead(c, id, state, now, &terms)?))
            }
        }
    })
    .await
}

/// Brings the notice of given up calls up to date when one of them is none any more.
fn fewer_dead(
    connection: &Connection,
    id: EffectId,
    was: EffectState,
    now: Instant,
    terms: &Terms,
) -> Result<Option<Decided>, StoreError> {
    if was != EffectState::Dead {
        return Ok(None);
    }
    let row = outbox::get(connection, id)?;
    let change = troubles::given_up(connection, &row.integration, &row.kind)?;
    Ok(Some(decide::notices(connection, &[change], now, terms)?))
}

impl Outcome {
    fn of(id: i64, ending: Result<Ending, StoreError>) -> Self {
        match ending {
            Ok(ending) => Self { id, ending, new_id: None, error: None },
            Err(error) => Self { id, ending: Ending::Refused, new_id: None, error: Some(error.into()) },
        }
    }
}

async fn on_each(
    engine: &Engine,
    actor: &Actor,
    action: &'static str,
    request: RetryRequest,
    act: impl Fn(&pult_store::Connection, EffectId) -> Result<(Ending, Option<Decided>), StoreError>
    + Send
    + Sync
    + Clone
    + 'static,
) -> Result<Outcomes, ApiError> {
    let mut outcomes = Vec::new();
    for id in few(request.ids)? {
        let act = act.clone();
        let acted = engine.store().write(move |c| act(c, id)).await;
        if let Ok((_, Some(decided))) = &acted {
            engine.tell(std::slice::from_ref(decided));
        }
        outcomes.push(Outcome::of(id.0, acted.map(|(ending, _)| ending)));
    }
    engine.note(actor, action, &named(&outcomes)).await?;
    engine.mended();
    engine.bus().changed(pult_domain::Area::Deliveries, outcomes.iter().map(|o| o.id).collect());
    Ok(Outcomes { outcomes })
}

fn named(outcomes: &[Outcome]) -> String {
    outcomes.iter().filter(|o| o.ending == Ending::Done).map(|o| o.id.to_string()).collect::<Vec<_>>().join(",")
}

pub(super) async fn pause(engine: &Engine, actor: &Actor, request: PauseRequest) -> Result<Nothing, ApiError> {
    if !pult_integrations::names().contains(&request.integration.as_str()) {
        return Err(ApiError::field("integration", "no such integration"));
    }
    let (now, by, name) = (engine.clock().now(), actor.login.clone(), request.integration.clone());
    let action = if request.paused { "deliveries.pause" } else { "deliveries.resume" };
    let (actor, object, terms) = (actor.clone(), request.integration.clone(), engine.registry().terms());
    let decided = engine
        .store()
        .write(move |c| {
            connections::set_paused(c, &name, request.paused.then_some((by.as_str(), now)))?;
            let decided = match request.paused {
                true => Decided::default(),
                false => troubles::mended(c, &name, now, &terms)?,
            };
            actor.note(c, action, &object, serde_json::json!({}), now)?;
            Ok(decided)
        })
        .await?;
    engine.tell(&[decided]);
    engine.mended();
    Ok(Nothing {})
}

pub(super) async fn erase(engine: &Engine, actor: &Actor, request: RecordRequest) -> Result<Nothing, ApiError> {
    let id = request.id;
    let (actor, now) = (actor.clone(), engine.clock().now());
    engine
        .store()
        .write(move |c| {
            inbox::erase_body(c, id)?;
            actor.note(c, "deliveries.erase", &format!("record:{id}"), serde_json::json!({}), now)
        })
        .await?;
    engine.bus().changed(pult_domain::Area::Deliveries, vec![id.0]);
    Ok(Nothing {})
}
